"""Whole small worlds over three years: the calendar and the sum of all accounts are exact on every day."""

from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.memory import as_array, check_supply, compute_circulating
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import LAUNCH
from metalab.protocol.kernel.codes import BUCKETS, Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.supply.vesting import Vesting, VestingSchedule, compute_scheduled, compute_unlocked, compute_vested, find_refresh
from tests.support import make_scenario, run_compiled

DAYS = 1_096
SELLERS = {Bucket.INVESTORS: "investors", Bucket.FOUNDATION: "foundation", Bucket.TEAM: "team", Bucket.RND: "rnd"}
CASES = [(VestingSchedule.OFFICIAL, 0), (VestingSchedule.STATED, 0), (VestingSchedule.OFFICIAL, 81), (VestingSchedule.STATED, 81)]


@cache
def run(schedule: VestingSchedule, offset: int) -> tuple[Any, Any]:
    scenario = replace(make_scenario(vesting__schedule=int(schedule)), start_date=LAUNCH + timedelta(offset))
    return run_compiled(scenario, 1, DAYS)


def get(schedule: VestingSchedule, offset: int, name: str) -> Any:
    return run(schedule, offset)[1][:, COLUMNS.index(name)]


def make(schedule: VestingSchedule) -> Any:
    row = Table(Vesting, make_defaults(Vesting))[0]
    row.schedule = int(schedule)
    return row


@pytest.mark.parametrize(("schedule", "offset"), CASES)
def test_no_token_is_made_or_lost_on_any_day(schedule: VestingSchedule, offset: int) -> None:
    assert (get(schedule, offset, "supply_total_era") == 1e9).all()
    check_supply(run(schedule, offset)[0])


@pytest.mark.parametrize(("schedule", "offset"), CASES)
def test_what_exists_is_genesis_and_issued_less_burned_on_every_day(schedule: VestingSchedule, offset: int) -> None:
    alive = get(schedule, offset, "supply_total_era") - get(schedule, offset, "burned_era")
    expected = 1e9 + get(schedule, offset, "issued_era") - get(schedule, offset, "burned_era")
    assert (alive == expected).all()


@pytest.mark.parametrize(("schedule", "offset"), CASES)
def test_what_circulates_at_the_end_is_in_accounts_that_circulate(schedule: VestingSchedule, offset: int) -> None:
    world = run(schedule, offset)[0]
    assert get(schedule, offset, "circulating_effective_era")[-1] == compute_circulating(world) / ONE_ERA
    assert (np.diff(get(schedule, offset, "unlocked_era")) >= 0).all()


@pytest.mark.parametrize(("schedule", "offset"), CASES)
def test_calendar_series_are_exact_on_every_day(schedule: VestingSchedule, offset: int) -> None:
    p = make(schedule)
    scheduled = np.array([plain(compute_scheduled)(p, offset + d) / ONE_ERA for d in range(DAYS)])
    assert (get(schedule, offset, "circulating_scheduled_era") == scheduled).all()
    unlocked = [plain(compute_unlocked)(p, offset + d) / ONE_ERA for d in range(0, DAYS, 50)]
    assert get(schedule, offset, "unlocked_era")[::50].tolist() == unlocked
    refreshes = [plain(find_refresh)(p, offset + d) for d in range(DAYS)]
    reported = {day: plain(compute_scheduled)(p, day) / ONE_ERA for day in set(refreshes)}
    assert get(schedule, offset, "circulating_reported_era").tolist() == [reported[day] for day in refreshes]


@pytest.mark.parametrize(("schedule", "offset"), CASES)
def test_forwards_never_exceed_the_next_30_days_of_unlocks(schedule: VestingSchedule, offset: int) -> None:
    p = make(schedule)
    for bucket, name in SELLERS.items():
        vested = np.array([plain(compute_vested)(p, int(bucket), offset + d) for d in range(DAYS + 30)]) / ONE_ERA
        ahead = vested[30:] - vested[:-30]
        presold = get(schedule, offset, f"presold_{name}_era")
        assert presold.max() > 0
        assert (presold <= ahead + 1e-6).all()
        assert (presold[ahead == 0] == 0).all()


@pytest.mark.parametrize(("schedule", "offset"), CASES)
def test_no_holder_sells_more_than_its_share_of_volume(schedule: VestingSchedule, offset: int) -> None:
    peak = get(schedule, offset, "holders_sold_peak")
    assert 0 < peak.max() <= 0.1 + 1e-12
    assert get(schedule, offset, "holders_sold_era").sum() > 100e6


@pytest.mark.parametrize(("schedule", "offset"), CASES)
def test_what_is_in_escrow_is_what_has_not_vested(schedule: VestingSchedule, offset: int) -> None:
    p = make(schedule)
    escrow = as_array(run(schedule, offset)[0].holders)["escrow"].tolist()
    last = offset + DAYS - 1
    assert escrow == [p.tokens[b] - plain(compute_vested)(p, b, last) for b in range(BUCKETS)]


def test_launch_shows_the_published_figures() -> None:
    scheduled = get(VestingSchedule.OFFICIAL, 0, "circulating_scheduled_era")
    assert scheduled[0] == 148_500_000.0
    assert scheduled[365] == 257_014_987.7
    assert get(VestingSchedule.OFFICIAL, 0, "unlocked_era")[0] == 208_500_000.0
    assert get(VestingSchedule.OFFICIAL, 0, "circulating_reported_era")[394] == 148_500_000.0
