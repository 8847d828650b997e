"""Issuance in a small world: supply is genesis plus issued, dilution is expected, stakers are paid."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from metalab.econ.day import run_days
from metalab.econ.genesis import create_plain_world
from metalab.econ.kernel.memory import as_rows, check_supply, compute_supply
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedChange
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import SUPPLY
from tests.support import LEAVES, make_scenario, run_plain


def run(days: int = 20, **paths: Any) -> tuple[Any, dict[str, Any]]:
    world, table = run_plain(make_scenario(**paths), 3, days)
    assert np.isfinite(table).all()
    return world, dict(zip(COLUMNS, table.T, strict=True))


@pytest.fixture(scope="module")
def usual() -> dict[str, Any]:
    return run()[1]


@pytest.fixture(scope="module")
def issued() -> tuple[Any, dict[str, Any]]:
    return run(issuance__rate=0.2)


def test_supply_is_genesis_and_issued_exactly_every_day(issued: tuple[Any, dict[str, Any]]) -> None:
    world, columns = issued
    check_supply(world)
    made = int(world.state["issuance"]["issued"][0])
    assert compute_supply(world) == SUPPLY + made
    assert made > 10_000_000 * 10**6
    assert (columns["supply_total_era"] == 1e9 + columns["issued_era"]).all()
    world.pots["treasury"] += 1
    with pytest.raises(AssertionError, match="supply is"):
        check_supply(world)


def test_what_is_issued_to_stakers_circulates_and_is_paid(usual: dict[str, Any], issued: tuple[Any, dict[str, Any]]) -> None:
    columns = issued[1]
    # What the treasury pays may differ by what agents make of it; in twenty days it does not differ by a per cent of this.
    more = columns["circulating_effective_era"] - usual["circulating_effective_era"]
    assert more[-1] == pytest.approx(columns["issued_era"][-1], rel=0.05)
    assert (columns["apr_core"][5:] > usual["apr_core"][5:]).all()


def test_what_is_issued_to_the_treasury_does_not_circulate(usual: dict[str, Any]) -> None:
    columns = run(issuance__rate=0.2, issuance__split=[0, 0, 0, 0, 0, 10_000])[1]
    assert columns["circulating_effective_era"][-1] == pytest.approx(usual["circulating_effective_era"][-1], rel=1e-3)
    assert columns["treasury_era"][-1] - usual["treasury_era"][-1] == pytest.approx(columns["issued_era"][-1], rel=0.02)


def test_dilution_is_priced_from_the_first_evening(usual: dict[str, Any], issued: tuple[Any, dict[str, Any]]) -> None:
    horizon = 1_461 / 365
    change = np.log(issued[1]["fundamental_usd"][0] / usual["fundamental_usd"][0])
    # All that is ahead grows by the rate within the horizon; the first day's own issue comes on top.
    assert change == pytest.approx(-0.2 * horizon, abs=0.01)


def test_a_table_of_dates_issues_by_the_rate_of_each_date() -> None:
    """[[schedule]] on issuance.rate: each day issues what its rate says of all there is, and what exists is genesis, issued less burned."""
    rate = LEAVES["issuance.rate"].slot
    dates = ((3, 0.1), (6, 0.02), (9, 0.0))
    planned = tuple(PlannedChange(day, rate, 1, value) for day, value in dates)
    world = create_plain_world(replace(make_scenario(), changes=planned), 3)
    out = np.zeros((12, len(COLUMNS)))
    plain(run_days)(as_rows(world), 12, memoryview(out))
    columns = dict(zip(COLUMNS, out.T, strict=True))
    issued = 0
    for day in range(12):
        value = next((value for first, value in reversed(dates) if day >= first), 0.0)
        assert columns["issuance_rate"][day] == value
        alive = SUPPLY + issued - round(columns["burned_era"][day] * 10**6)
        issued += int(alive * (value / 365))
        # Burns of a day come after its issue: they are no more than rounding here.
        assert columns["issued_era"][day] * 10**6 == pytest.approx(issued, abs=day + 1)
        assert columns["supply_total_era"][day] == 1e9 + columns["issued_era"][day]
    assert columns["issued_era"][11] == columns["issued_era"][8] > columns["issued_era"][5] > 0.0
    check_supply(world)


def test_a_ramp_of_the_rate_sets_it_anew_every_day() -> None:
    planned = (PlannedChange(1, LEAVES["issuance.rate"].slot, 1, 0.1, 5),)
    world = create_plain_world(replace(make_scenario(), changes=planned), 3)
    out = np.zeros((8, len(COLUMNS)))
    plain(run_days)(as_rows(world), 8, memoryview(out))
    assert out[:, COLUMNS.index("issuance_rate")].tolist() == pytest.approx([0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.1, 0.1])
