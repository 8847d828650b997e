"""Opening balances, and unlocks by the calendar."""

from econ.agents.holder import HolderRow
from econ.supply import expire_airdrop, update_supply
from econ.world import World
from protocol.codes import BUCKETS, Bucket
from protocol.compiling import rule
from protocol.ledger.accounts import Pots
from protocol.ledger.supply import create_escrow, deliver_presold, lend_float, open_airdrop, unlock, unlock_treasury
from protocol.units import SUPPLY
from protocol.vesting import Vesting, compute_scheduled, compute_vested, find_refresh


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
        create_escrow(w.holders[bucket], w.pots[0], amount)
        left -= amount
    # A table that does not add up to the supply must not make or lose tokens: the treasury takes the difference.
    create_escrow(w.holders[Bucket.TREASURY], w.pots[0], left)


@rule
def release_vested(holder: HolderRow, pots: Pots, vesting: Vesting, bucket: int, day: int) -> int:
    """Unlock what is in escrow although it has vested by `day`; returns the amount that left escrow."""
    locked = vesting.tokens[bucket] - compute_vested(vesting, bucket, day)
    amount = holder.escrow - locked
    if amount <= 0:
        return 0
    if bucket == Bucket.TREASURY:
        unlock_treasury(holder, pots, amount)
        return amount
    delivered = min(holder.presold, amount)
    if delivered > 0:
        deliver_presold(holder, pots, delivered)
        holder.presold -= delivered
    unlock(holder, pots, amount - delivered)
    return amount


@rule
def open_supply(w: World) -> None:
    """Escrows, launch tranches, what vested between launch and row 0, the market float and the users' airdrop."""
    day = get_day(w)
    pots = w.pots[0]
    p = w.params[0].supply
    vesting = w.params[0].vesting
    supply = w.state[0].supply
    open_escrows(w)
    for bucket in range(BUCKETS):
        w.holders[bucket].index = bucket
        if bucket != Bucket.AIRDROP:
            release_vested(w.holders[bucket], pots, vesting, bucket, day)
    foundation = w.holders[Bucket.FOUNDATION]
    airdrop = w.holders[Bucket.AIRDROP]
    lend_float(foundation, pots, min(p.market_float, foundation.balance))
    open_airdrop(airdrop, pots, min(p.users_airdrop, airdrop.escrow))
    update_supply(supply, pots, vesting, p, day)
    supply.reported = compute_scheduled(vesting, find_refresh(vesting, day))


@rule
def settle_genesis(w: World) -> None:
    """What voters and traders did not take of the airdrop (a world may have none) becomes claimable; the last step of genesis."""
    airdrop = w.holders[Bucket.AIRDROP]
    open_airdrop(airdrop, w.pots[0], airdrop.escrow)


@rule
def process_unlocks(w: World) -> None:
    """What vests today leaves escrow; the airdrop expires; the series of the day are set."""
    day = get_day(w)
    pots = w.pots[0]
    vesting = w.params[0].vesting
    for bucket in range(BUCKETS):
        release_vested(w.holders[bucket], pots, vesting, bucket, day)
    expire_airdrop(w.state[0].supply, pots, w.params[0].supply, day)
    update_supply(w.state[0].supply, pots, vesting, w.params[0].supply, day)
