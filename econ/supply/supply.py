"""Circulating supply as everybody sees it (ECONOMY 1, 2, 5, 26)."""

from typing import Any

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter
from metalab.protocol.kernel.units import to_era
from metalab.protocol.supply.airdrop import Airdrop, is_claim_open
from metalab.protocol.supply.issuance import IssuanceState
from metalab.protocol.supply.ledger import return_airdrop
from metalab.protocol.supply.vesting import Vesting, compute_scheduled, compute_vested, find_refresh


class Supply(Record):
    """Opening balances, and what is expected of the supply ahead."""

    market_float: int = parameter(
        12_000_000,
        1_000_000,
        36_000_000,
        unit="ERA",
        source="ECONOMY 2; range assumed (up to three quarters of the foundation's launch tranche)",
        owner="team",
        binds="opening",
        doc="Loan of the foundation that opens the market float.",
    )
    users_airdrop: int = parameter(
        48_000_000,
        0,
        70_000_000,
        unit="ERA",
        source="ECONOMY 2; range assumed (0 to the whole airdrop)",
        owner="team",
        binds="opening",
        doc="Part of the airdrop that users can claim; voters and traders open with theirs.",
    )
    horizon_days: int = parameter(
        1_461, 0, 3_650, unit="day", source="chosen, because the calendar is public: what it will release is priced from the first day",
        owner="behaviour", doc="Days ahead of which the scheduled supply shares what the token is worth.",
    )  # fmt: skip
    reserve_share: float = parameter(
        0.5, 0.0, 1.0, unit="share", source="assumed", owner="behaviour",
        doc="Part of the treasury's tokens that the market expects to be paid out: paying more dilutes, burning them spares.",
    )  # fmt: skip


class SupplyState(Record):
    """Circulating series and what is known of the months ahead, in uERA."""

    scheduled: int = field("uERA", "pure calendar series, without the treasury")
    reported: int = field("uERA", "scheduled at the last refresh of the aggregators")
    effective: int = field("uERA", "scheduled - airdrop returned + treasury paid out + issued to others - burned")
    unlocked: int = field("uERA", "cumulative unlocks of all buckets")
    ahead: int = field("uERA", "scheduled supply at the end of the horizon (N of the fundamental)")
    treasury_paid: int = field("uERA", "cumulative payments out of the treasury to anyone")
    airdrop_returned: int = field("uERA", "cumulative airdrop returned to the treasury")


class SupplyMetrics(Record):
    """Supply at the end of a day."""

    circulating_scheduled_era: float = metric(
        "ERA", "Cumulative unlocks by the published schedule, without the treasury's; the airdrop counts at launch.", chart=True
    )
    circulating_reported_era: float = metric("ERA", "Scheduled supply at the last refresh of the aggregators.", chart=True)
    circulating_effective_era: float = metric(
        "ERA", "Scheduled less airdrop returned, plus treasury tokens paid out and issued ones, less burned.", chart=True
    )
    unlocked_era: float = metric("ERA", "Cumulative scheduled unlocks of all buckets.", chart=True)
    supply_total_era: float = metric("ERA", "Tokens in all accounts together, burned ones included: 10^9 and what was issued.", chart=True)
    treasury_era: float = metric("ERA", "Unlocked tokens of the community treasury.", better="high", chart=True)
    burned_era: float = metric("ERA", "Burned since launch.", chart=True)
    presold_investors_era: float = metric("ERA", "Sold forward by investors and not yet delivered.", chart=True)
    presold_foundation_era: float = metric("ERA", "Sold forward by the foundation and not yet delivered.", chart=True)
    presold_team_era: float = metric("ERA", "Sold forward by the team and not yet delivered.", chart=True)
    presold_rnd_era: float = metric("ERA", "Sold forward by R&D and not yet delivered.", chart=True)
    holders_sold_era: float = metric("ERA", "Sold by allocation holders today, forwards included.", chart=True)
    holders_sold_peak: float = metric("share", "Largest sale of one holder today / 7-day mean volume.", better="low", chart=True)
    delegated_era: float = metric("ERA", "Delegated by insiders to the voters today.", chart=True)


@rule
def compute_effective(supply: SupplyState, issuance: IssuanceState, pots: Pots) -> int:
    """What really circulates now, in uERA (ECONOMY 1)."""
    paid = supply.treasury_paid + issuance.issued - issuance.kept
    return supply.scheduled - supply.airdrop_returned + paid - pots.burned


@rule
def update_supply(supply: SupplyState, issuance: IssuanceState, pots: Pots, vesting: Vesting, p: Supply, day: int) -> None:
    """The series as known on the morning of a day (from launch), once its unlocks are out."""
    supply.scheduled = compute_scheduled(vesting, day)
    # The treasury's unlocks never count as circulating (MODEL 1), yet they are unlocks.
    supply.unlocked = supply.scheduled + compute_vested(vesting, Bucket.TREASURY, day)
    supply.effective = compute_effective(supply, issuance, pots)
    supply.ahead = compute_scheduled(vesting, day + p.horizon_days)
    # Aggregators print what was scheduled on the day of their refresh (ECONOMY 1).
    if find_refresh(vesting, day) == day:
        supply.reported = supply.scheduled


@rule
def expire_airdrop(supply: SupplyState, pots: Pots, p: Airdrop, day: int) -> None:
    """From the day of expiry on, what nobody claimed belongs to the treasury again."""
    rest = pots.unclaimed_airdrop
    if rest > 0 and not is_claim_open(day, p):
        return_airdrop(pots, rest)
        supply.airdrop_returned += rest


@rule
def sum_accounts(memory: Any, accounts: Any) -> int:
    """All uERA of a world: `accounts` says where in its `memory` each token field lies (first word, distance, count)."""
    total = 0
    for k in range(len(accounts)):
        place = accounts[k, 0]
        distance = accounts[k, 1]
        for _ in range(accounts[k, 2]):
            total += memory[place]
            place += distance
    return total


@rule
def record_supply(supply: SupplyState, issuance: IssuanceState, pots: Pots, total: int, today: SupplyMetrics) -> None:
    """The evening's figures; `total` is the sum of all accounts."""
    supply.effective = compute_effective(supply, issuance, pots)
    today.circulating_scheduled_era = to_era(supply.scheduled)
    today.circulating_reported_era = to_era(supply.reported)
    today.circulating_effective_era = to_era(supply.effective)
    today.unlocked_era = to_era(supply.unlocked)
    today.supply_total_era = to_era(total)
    today.treasury_era = to_era(pots.treasury)
    today.burned_era = to_era(pots.burned)
