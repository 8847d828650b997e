"""Opening balances, and unlocks by the terms."""

from metalab.econ.kernel.world import World
from metalab.econ.supply.escrow import compute_terms, open_releases, release_vested
from metalab.econ.supply.holder import compute_delegation, delegate_to_voters
from metalab.econ.supply.supply import expect_scheduled, expire_airdrop, measure_supply, report_supply, sum_accounts
from metalab.protocol.kernel.codes import BUCKETS, Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import SUPPLY, to_era
from metalab.protocol.supply.ledger import create_escrow, lend_float, open_airdrop
from metalab.protocol.supply.unlock_table import find_rows
from metalab.protocol.supply.vesting import find_refresh


@rule
def get_day(w: World) -> int:
    """Today, in days from the token launch."""
    clock = w.state[0].clock
    return clock.offset + clock.day


@rule
def take_stock(w: World) -> None:
    """Measure what circulates, what is out and what the protocol holds."""
    s = w.state[0]
    made = SUPPLY + s.issuance.issued
    measure_supply(s.supply, w.holders, w.pots[0], made, sum_accounts(w.flat.memory, w.flat.idle))


@rule
def open_escrows(w: World) -> None:
    """All tokens there will ever be, in the escrow of their buckets, and whose terms are a table."""
    left = SUPPLY
    for bucket in range(BUCKETS):
        amount = min(w.params[0].vesting.tokens[bucket], left)
        holder = w.holders[bucket]
        holder.index = bucket
        first, count = find_rows(w.unlocks, bucket)
        holder.first_row = first
        holder.table_rows = count
        create_escrow(holder, w.pots[0], amount)
        left -= amount
    # A table that does not add up to the supply must not make or lose tokens: the treasury takes the difference.
    create_escrow(w.holders[Bucket.TREASURY], w.pots[0], left)
    for bucket in range(BUCKETS):
        w.holders[bucket].granted = w.holders[bucket].escrow


@rule
def open_supply(w: World) -> None:
    """Escrows, launch tranches, what vested between launch and row 0, the market float and the users' airdrop."""
    pots = w.pots[0]
    p = w.params[0].supply
    open_escrows(w)
    for bucket in range(BUCKETS):
        # The airdrop does not vest to a holder: users, voters and traders are endowed out of its escrow.
        if bucket != Bucket.AIRDROP:
            open_releases(w.holders[bucket], pots, w.params[0].vesting, w.unlocks, get_day(w))
    foundation = w.holders[Bucket.FOUNDATION]
    airdrop = w.holders[Bucket.AIRDROP]
    lend_float(foundation, pots, min(p.market_float, foundation.balance))
    open_airdrop(airdrop, pots, min(p.users_airdrop, airdrop.escrow))


@rule
def compute_reported(w: World, day: int) -> int:
    """What was out, without the treasury's, on a day before row 0, by the terms."""
    total = 0
    for bucket in range(BUCKETS):
        if bucket != Bucket.TREASURY:
            total += min(compute_terms(w.holders[bucket], w.params[0].vesting, w.unlocks, day), w.holders[bucket].granted)
    return total


@rule
def settle_genesis(w: World) -> None:
    """The last step of genesis: what voters and traders (a world may have none) did not take of the airdrop is claimable."""
    airdrop = w.holders[Bucket.AIRDROP]
    open_airdrop(airdrop, w.pots[0], airdrop.escrow)
    update_supply(w)
    # A world that opens between two refreshes shows the figure of the one before.
    w.state[0].supply.reported = compute_reported(w, find_refresh(w.params[0].vesting, get_day(w)))


@rule
def update_supply(w: World) -> None:
    """The series as known on the morning, once the day's unlocks are out."""
    p = w.params[0]
    supply = w.state[0].supply
    take_stock(w)
    supply.ahead = expect_scheduled(w.holders, p.vesting, w.unlocks, get_day(w) + p.supply.horizon_days)
    report_supply(supply, p.vesting, get_day(w))


@rule
def process_delegation(w: World) -> None:
    """On monthly dates insiders delegate part of what they keep of their unlocks."""
    for bucket in range(BUCKETS):
        holder = w.holders[bucket]
        amount = compute_delegation(holder, w.params[0].holders, get_day(w))
        if amount > 0:
            w.today[0].supply.delegated_era += to_era(delegate_to_voters(holder, w.voters, w.pots[0], amount))


@rule
def process_unlocks(w: World) -> None:
    """What is due today leaves escrow; insiders delegate; the airdrop expires; the series of the day are set."""
    day = get_day(w)
    pots = w.pots[0]
    for bucket in range(BUCKETS):
        release_vested(w.holders[bucket], pots, w.params[0].vesting, w.unlocks, day)
    # After the release: what insiders delegate comes out of what they have just received.
    process_delegation(w)
    expire_airdrop(pots, w.params[0].airdrop, day)
    update_supply(w)
