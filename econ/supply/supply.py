"""Circulating supply as everybody sees it (ECONOMY 1, 2, 5, 26)."""

from typing import Any

from metalab.econ.supply.escrow import HolderRow, expect_released, get_released
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, metric, parameter
from metalab.protocol.kernel.units import to_era
from metalab.protocol.supply.airdrop import Airdrop, is_claim_open
from metalab.protocol.supply.ledger import return_airdrop
from metalab.protocol.supply.unlock_table import UnlockRow
from metalab.protocol.supply.vesting import Vesting, find_refresh

PLACES = (1 << 40) - 1
"""All bits of a place in the memory of a world."""


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
        doc="Part of what the protocol itself holds that the market expects to be paid out: paying more dilutes, burning spares.",
    )  # fmt: skip


class SupplyState(Record):
    """Stocks of the ledger as last measured, and what the terms will add, in uERA."""

    scheduled: int = field("uERA", "released to all buckets but the treasury")
    reported: int = field("uERA", "scheduled at the last refresh of the aggregators")
    effective: int = field("uERA", "tokens in all accounts that circulate")
    unlocked: int = field("uERA", "released to all buckets")
    withheld: int = field("uERA", "what the protocol itself holds: neither circulating nor burned nor anybody's escrow but the treasury's")
    ahead: int = field("uERA", "scheduled supply at the end of the horizon (N of the fundamental)")


class SupplyMetrics(Record):
    """Supply at the end of a day."""

    circulating_scheduled_era: float = metric("ERA", "Released to all buckets but the treasury; the airdrop counts at launch.", chart=True)
    circulating_reported_era: float = metric("ERA", "Scheduled supply at the last refresh of the aggregators.", chart=True)
    circulating_effective_era: float = metric(
        "ERA", "Tokens in all accounts that circulate: not in escrow, treasury, insurance fund or a reserve, not burned.", chart=True
    )
    unlocked_era: float = metric("ERA", "Released from the escrows of all buckets since genesis.", chart=True)
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
def measure_supply(supply: SupplyState, holders: Rows[HolderRow], pots: Pots, made: int, idle: int) -> None:
    """Read the stocks off the ledger: `made` is all there is, burned included, `idle` what of it does not circulate."""
    supply.unlocked = 0
    escrowed = 0
    for bucket in range(len(holders)):
        supply.unlocked += get_released(holders[bucket])
        if bucket != Bucket.TREASURY:
            escrowed += holders[bucket].escrow
    # The treasury's unlocks do not circulate (MODEL 1), yet they are unlocks.
    supply.scheduled = supply.unlocked - get_released(holders[Bucket.TREASURY])
    supply.effective = made - idle
    supply.withheld = idle - pots.burned - escrowed


@rule
def expect_scheduled(holders: Rows[HolderRow], vesting: Vesting, unlocks: Rows[UnlockRow], day: int) -> int:
    """Scheduled supply on a day, today or later, if the terms in force stay."""
    total = 0
    for bucket in range(len(holders)):
        if bucket != Bucket.TREASURY:
            total += expect_released(holders[bucket], vesting, unlocks, day)
    return total


@rule
def report_supply(supply: SupplyState, vesting: Vesting, day: int) -> None:
    """Aggregators print what was out on the day of their refresh (ECONOMY 1)."""
    if find_refresh(vesting, day) == day:
        supply.reported = supply.scheduled


@rule
def expire_airdrop(pots: Pots, p: Airdrop, day: int) -> None:
    """From the day of expiry on, what nobody claimed belongs to the treasury again."""
    rest = pots.unclaimed_airdrop
    if rest > 0 and not is_claim_open(day, p):
        return_airdrop(pots, rest)


@rule
def sum_accounts(memory: Any, accounts: Any) -> int:
    """All uERA of some accounts, which say where in a world's `memory` each token field lies (first word, distance, count)."""
    total = 0
    for k in range(len(accounts)):
        place = accounts[k, 0]
        distance = accounts[k, 1]
        for _ in range(accounts[k, 2]):
            # Masked, a place is seen to be no negative one, which saves a check at each account.
            total += memory[place & PLACES]
            place += distance
    return total


@rule
def record_supply(supply: SupplyState, pots: Pots, total: int, today: SupplyMetrics) -> None:
    """The evening's figures, as just measured; `total` is the sum of all accounts."""
    today.circulating_scheduled_era = to_era(supply.scheduled)
    today.circulating_reported_era = to_era(supply.reported)
    today.circulating_effective_era = to_era(supply.effective)
    today.unlocked_era = to_era(supply.unlocked)
    today.supply_total_era = to_era(total)
    today.treasury_era = to_era(pots.treasury)
    today.burned_era = to_era(pots.burned)
