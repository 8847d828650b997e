"""Opening balances, unlocks, the airdrop's end and the supply series."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from metalab.econ.day import run_days
from metalab.econ.genesis import create_plain_world
from metalab.econ.kernel.memory import (
    allocate,
    as_rows,
    check_supply,
    compute_circulating,
    compute_supply,
    get_tables,
    list_accounts,
    list_idle,
    read_field,
)
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedGrant
from metalab.econ.kernel.world import RECORDS
from metalab.econ.market.exchange import open_desk
from metalab.econ.supply.holders import open_holders, process_holders
from metalab.econ.supply.supply import Supply, record_supply, sum_accounts
from metalab.econ.supply.unlocks import open_supply, process_unlocks, settle_genesis, take_stock, update_supply
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA, SUPPLY
from metalab.protocol.policy.grants import GrantTarget
from metalab.protocol.supply.vesting import VestingSchedule, compute_scheduled, compute_unlocked, compute_vested
from tests.support import make_scenario

MILLION = 1_000_000 * ONE_ERA
OCTOBER = 81
SELLERS = (Bucket.INVESTORS, Bucket.FOUNDATION, Bucket.TEAM, Bucket.RND)


class Alone:
    """A world in which only the allocation is alive."""

    def __init__(self, offset: int = 0, volume: float = 30e6, seed: int = 1, **paths: Any) -> None:
        self.world = allocate(make_scenario(**paths).parameters)
        self.rows = as_rows(self.world)
        self.clock = self.rows.state[0].clock
        self.clock.offset, self.clock.seed = offset, seed
        for opening in (open_supply, open_holders, settle_genesis):
            plain(opening)(self.rows)
        self.rows.state[0].market.volume_mean = volume

    @property
    def vesting(self) -> Any:
        return self.rows.params[0].vesting

    @property
    def supply(self) -> Any:
        return self.rows.state[0].supply

    @property
    def pots(self) -> Any:
        return self.rows.pots[0]

    def live(self) -> Any:
        """One day; returns its metrics."""
        for k in range(len(self.rows.flat.today)):
            self.rows.flat.today[k] = 0.0
        plain(open_desk)(self.rows.state[0].exchange, self.pots)
        plain(process_unlocks)(self.rows)
        plain(process_holders)(self.rows)
        today = self.rows.today[0].supply
        plain(take_stock)(self.rows)
        plain(record_supply)(self.supply, self.pots, compute_supply(self.world), today)
        self.clock.day += 1
        return today


def test_opening_balances_of_the_launch() -> None:
    w = Alone(volume=0.0)
    holders = w.rows.holders
    assert w.pots.treasury == 60 * MILLION
    assert w.pots.market_float == 12 * MILLION
    assert w.pots.unclaimed_airdrop == 70 * MILLION
    assert holders[Bucket.FOUNDATION].balance == 36_700_000 * ONE_ERA
    assert holders[Bucket.RND].balance == 29_800_000 * ONE_ERA
    assert holders[Bucket.INVESTORS].balance == holders[Bucket.TEAM].balance == 0
    assert holders[Bucket.AIRDROP].escrow == holders[Bucket.AIRDROP].balance == 0
    assert sum(holders[b].escrow for b in Bucket) == SUPPLY - 208_500_000 * ONE_ERA
    assert (w.supply.scheduled, w.supply.reported, w.supply.effective) == (148_500_000 * ONE_ERA,) * 3
    assert w.supply.unlocked == 208_500_000 * ONE_ERA
    check_supply(w.world)


def test_users_part_of_the_airdrop_leaves_the_rest_for_voters_and_traders() -> None:
    world = allocate(make_scenario().parameters)
    rows = as_rows(world)
    plain(open_supply)(rows)
    assert rows.pots[0].unclaimed_airdrop == 48 * MILLION
    assert rows.holders[Bucket.AIRDROP].escrow == 22 * MILLION


@pytest.mark.parametrize("offset", [0, 1, OCTOBER, 365, 400, 1_500])
def test_a_later_start_finds_what_vested_since_launch_with_its_holder(offset: int) -> None:
    w = Alone(offset, volume=0.0)
    vested = [plain(compute_vested)(w.vesting, b, offset) for b in Bucket]
    assert w.pots.treasury == vested[Bucket.TREASURY]
    assert w.rows.holders[Bucket.FOUNDATION].balance == vested[Bucket.FOUNDATION] - 12 * MILLION
    for bucket in (Bucket.INVESTORS, Bucket.TEAM, Bucket.RND):
        assert w.rows.holders[bucket].balance == vested[bucket]
    opened = [w.rows.holders[b].escrow for b in Bucket]
    plain(process_unlocks)(w.rows)
    # Row 0 is the opening: nothing more unlocks on its day.
    assert [w.rows.holders[b].escrow for b in Bucket] == opened
    check_supply(w.world)


def test_october_2025_still_reports_the_launch_figure() -> None:
    w = Alone(OCTOBER)
    assert w.supply.reported == 148_500_000 * ONE_ERA
    assert w.supply.scheduled > w.supply.reported
    w.clock.day = 395 - OCTOBER
    plain(process_unlocks)(w.rows)
    assert w.supply.reported == w.supply.scheduled == plain(compute_scheduled)(w.vesting, 395)
    assert Alone(500).supply.reported == plain(compute_scheduled)(w.vesting, 395)


@pytest.mark.parametrize("schedule", list(VestingSchedule))
def test_series_follow_the_calendar(schedule: VestingSchedule) -> None:
    w = Alone(388, vesting__schedule=int(schedule), vesting__holders_sell=0)
    reported = w.supply.reported
    for day in range(388, 402):
        today = w.live()
        reported = plain(compute_scheduled)(w.vesting, day) if day == 395 else reported
        assert today.circulating_scheduled_era == plain(compute_scheduled)(w.vesting, day) / ONE_ERA
        assert today.unlocked_era == plain(compute_unlocked)(w.vesting, day) / ONE_ERA
        assert today.circulating_reported_era == reported / ONE_ERA
        assert today.treasury_era == w.pots.treasury / ONE_ERA
        assert today.supply_total_era == 1e9


@pytest.mark.parametrize("days", [0, 180, 1_461])
def test_supply_ahead_is_what_the_calendar_will_have_released(days: int) -> None:
    w = Alone(200, supply__horizon_days=days)
    assert w.supply.ahead == plain(compute_scheduled)(w.vesting, 200 + days)


def test_unclaimed_airdrop_returns_to_the_treasury_once() -> None:
    w = Alone(88, volume=0.0)
    treasury = w.pots.treasury
    w.live()
    w.live()
    assert w.pots.unclaimed_airdrop == 70 * MILLION
    today = w.live()
    assert w.pots.unclaimed_airdrop == 0
    unlocked = plain(compute_vested)(w.vesting, Bucket.TREASURY, 90) - plain(compute_vested)(w.vesting, Bucket.TREASURY, 88)
    assert w.pots.treasury == treasury + unlocked + 70 * MILLION
    assert today.circulating_effective_era == today.circulating_scheduled_era - 70e6
    treasury = w.pots.treasury
    w.live()
    assert w.pots.treasury - treasury < MILLION


def test_what_circulates_is_what_is_declared_so() -> None:
    """Every account of every table holds an amount of its own: those that circulate are summed, however the day adds them up."""
    world = allocate(make_scenario().parameters)
    rows, tables = as_rows(world), get_tables(world)
    idle = {f"{name}.{leaf.path}" for name, record in RECORDS.items() for leaf in list_idle(record)}
    assert idle >= {"holders.escrow", "pots.treasury", "pots.insurance", "pots.burned"}
    assert not idle & {"pots.unclaimed_airdrop", "pots.market_float", "nodes.stake", "voters.locked", "users.balance"}
    held, total = 0, 0
    for name, record in RECORDS.items():
        for leaf in list_accounts(record):
            column = read_field(tables[name], leaf.path)
            column[...] = np.arange(column.size).reshape(column.shape) + total % 1_009 + 1
            total += int(column.sum())
            held += 0 if f"{name}.{leaf.path}" in idle else int(column.sum())
    rows.state[0].issuance.issued = total - SUPPLY
    plain(take_stock)(rows)
    assert rows.state[0].supply.effective == held == compute_circulating(world)
    escrows = sum(rows.holders[b].escrow for b in Bucket if b != Bucket.TREASURY)
    assert rows.state[0].supply.withheld == total - held - escrows - rows.pots[0].burned


def test_what_circulates_is_the_sum_of_its_accounts_on_every_day_of_a_whole_world() -> None:
    """With tokens issued, an insured fund, a burn, claims and a closing airdrop."""
    grants = (PlannedGrant(3, int(GrantTarget.INSURANCE), 5 * MILLION), PlannedGrant(4, int(GrantTarget.BURN), MILLION))
    scenario = make_scenario(issuance__rate=0.1, issuance__split=[2_000, 1_000, 1_000, 1_000, 1_000, 4_000], airdrop__claim_days=6)
    world = create_plain_world(replace(scenario, grants=grants), 2)
    rows, out = as_rows(world), np.zeros((1, len(COLUMNS)))
    for _ in range(10):
        plain(run_days)(rows, 1, memoryview(out))
        check_supply(world)
        day = dict(zip(COLUMNS, out[0], strict=True))
        assert day["circulating_effective_era"] == compute_circulating(world) / ONE_ERA
        assert day["supply_total_era"] == 1e9 + day["issued_era"]
        assert rows.state[0].supply.effective + rows.state[0].supply.withheld <= SUPPLY
    assert rows.pots[0].insurance >= 5 * MILLION
    assert rows.pots[0].burned >= MILLION
    assert rows.pots[0].unclaimed_airdrop == 0


def test_series_are_stocks_after_whatever_the_ledger_did() -> None:
    w = Alone(400)
    w.rows.holders[Bucket.TEAM].escrow -= 7
    w.rows.holders[Bucket.TEAM].balance += 7
    w.rows.holders[Bucket.TREASURY].escrow -= 11
    w.pots.treasury += 11
    scheduled, unlocked, effective = w.supply.scheduled, w.supply.unlocked, w.supply.effective
    plain(update_supply)(w.rows)
    assert (w.supply.scheduled, w.supply.unlocked, w.supply.effective) == (scheduled + 7, unlocked + 18, effective + 7)


def test_a_table_that_does_not_add_up_makes_no_tokens() -> None:
    for tokens in ([0] * 6, [10**15] * 6, [10**15, 0, 0, 0, 0, 0]):
        world = allocate(make_scenario(vesting__tokens=tokens).parameters)
        rows = as_rows(world)
        plain(open_supply)(rows)
        plain(settle_genesis)(rows)
        assert compute_supply(world) == SUPPLY


def test_every_account_of_every_table_is_summed() -> None:
    world = allocate(make_scenario().parameters)
    tables = get_tables(world)
    total = 0
    for name, record in RECORDS.items():
        for leaf in list_accounts(record):
            column = read_field(tables[name], leaf.path)
            column[...] = np.arange(column.size).reshape(column.shape) + total % 1_009 + 1
            total += int(column.sum())
    assert total > 0
    assert plain(sum_accounts)(world.flat.memory, world.flat.accounts) == total == compute_supply(world)


def test_all_circulation_parameters_are_within_their_bounds() -> None:
    assert all(info.low <= info.default <= info.high for info in Supply.infos.values())


@pytest.mark.parametrize("schedule", list(VestingSchedule))
@pytest.mark.parametrize(("offset", "volume"), [(330, 30e6), (330, 0.5e6), (0, 30e6), (1_085, 30e6)])
def test_unlocks_and_forwards_keep_every_token(schedule: VestingSchedule, offset: int, volume: float) -> None:
    """ECONOMY, check 9, around the insiders' cliff, the launch and the end of the insiders' vesting."""
    w = Alone(offset, volume, vesting__schedule=int(schedule))
    cap = 0.1 * volume * ONE_ERA
    for day in range(offset, offset + 60):
        before = [(w.rows.holders[b].escrow, w.rows.holders[b].presold) for b in Bucket]
        today = w.live()
        check_supply(w.world)
        assert today.circulating_effective_era == compute_circulating(w.world) / ONE_ERA
        assert today.holders_sold_peak <= 0.1
        assert w.rows.state[0].exchange.requested_sell <= len(SELLERS) * cap
        for bucket in Bucket:
            row = w.rows.holders[bucket]
            ahead = plain(compute_vested)(w.vesting, bucket, day + 30) - plain(compute_vested)(w.vesting, bucket, day)
            assert 0 <= row.presold <= ahead
            assert row.escrow <= before[bucket][0]
            assert row.escrow >= row.presold
            assert row.owed >= 0
