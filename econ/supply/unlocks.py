"""Opening balances, and unlocks by the calendar."""

from metalab.econ.kernel.world import World
from metalab.econ.supply.holder import compute_delegation, delegate_to_voters, release_vested
from metalab.econ.supply.supply import expire_airdrop, update_supply
from metalab.protocol.kernel.codes import BUCKETS, Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import SUPPLY, to_era
from metalab.protocol.supply.ledger import create_escrow, lend_float, open_airdrop
from metalab.protocol.supply.vesting import compute_scheduled, find_refresh


@rule
def get_day(w: World) -> int:
    """Today, in days from the token launch."""
    clock = w.state[0].clock
    return clock.offset + clock.day


@rule
def open_escrows(w: World) -> None:
    """All tokens there will ever be, in the escrow of their buckets."""
    left = SUPPLY
    for bucket in range(BUCKETS):
        amount = min(w.params[0].vesting.tokens[bucket], left)
        w.holders[bucket].index = bucket
        create_escrow(w.holders[bucket], w.pots[0], amount)
        left -= amount
    # A table that does not add up to the supply must not make or lose tokens: the treasury takes the difference.
    create_escrow(w.holders[Bucket.TREASURY], w.pots[0], left)


@rule
def open_supply(w: World) -> None:
    """Escrows, launch tranches, what vested between launch and row 0, the market float and the users' airdrop."""
    day = get_day(w)
    pots = w.pots[0]
    p = w.params[0].supply
    vesting = w.params[0].vesting
    open_escrows(w)
    for bucket in range(BUCKETS):
        # The airdrop does not vest to a holder: users, voters and traders are endowed out of its escrow.
        if bucket != Bucket.AIRDROP:
            release_vested(w.holders[bucket], pots, vesting, day)
    foundation = w.holders[Bucket.FOUNDATION]
    airdrop = w.holders[Bucket.AIRDROP]
    lend_float(foundation, pots, min(p.market_float, foundation.balance))
    open_airdrop(airdrop, pots, min(p.users_airdrop, airdrop.escrow))
    supply = w.state[0].supply
    update_supply(supply, w.state[0].issuance, pots, vesting, p, day)
    # A world that opens between two refreshes shows the figure of the one before.
    supply.reported = compute_scheduled(vesting, find_refresh(vesting, day))


@rule
def settle_genesis(w: World) -> None:
    """The last step of genesis: what voters and traders (a world may have none) did not take of the airdrop is claimable."""
    airdrop = w.holders[Bucket.AIRDROP]
    open_airdrop(airdrop, w.pots[0], airdrop.escrow)


@rule
def process_delegation(w: World) -> None:
    """On monthly dates insiders delegate part of what they keep of their unlocks."""
    p = w.params[0]
    for bucket in range(BUCKETS):
        holder = w.holders[bucket]
        amount = compute_delegation(holder, p.vesting, p.holders, get_day(w))
        if amount > 0:
            w.today[0].supply.delegated_era += to_era(delegate_to_voters(holder, w.voters, w.pots[0], amount))


@rule
def process_unlocks(w: World) -> None:
    """What vests today leaves escrow; insiders delegate; the airdrop expires; the series of the day are set."""
    day = get_day(w)
    pots = w.pots[0]
    vesting = w.params[0].vesting
    for bucket in range(BUCKETS):
        release_vested(w.holders[bucket], pots, vesting, day)
    # After the release: what insiders delegate comes out of what they have just received.
    process_delegation(w)
    expire_airdrop(w.state[0].supply, pots, w.params[0].airdrop, day)
    update_supply(w.state[0].supply, w.state[0].issuance, pots, vesting, w.params[0].supply, day)
