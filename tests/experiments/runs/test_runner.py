"""Runs: pure, the same on both engines, with a digest anybody can compute."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from metalab.econ.kernel.memory import get_tables
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedGrant, Scenario
from metalab.experiments import load_scenario, run
from metalab.experiments.errors import BadValueError, InterruptedByUserError, RunError
from metalab.experiments.runs.runner import SLICE, check_outcome
from metalab.experiments.runs.summary import METRIC_NAMES, list_statistics
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantTarget

DAYS = 12
INSURED = PlannedGrant(5, int(GrantTarget.INSURANCE), 250 * MICRO)


def test_a_run_is_its_arguments(tiny: Scenario) -> None:
    first = run(tiny, seed=7, days=DAYS)
    assert first.digest == run(tiny, seed=7, days=DAYS).digest
    assert len({first.digest, run(tiny, seed=8, days=DAYS).digest, run(tiny, seed=7, days=DAYS, replication=1).digest}) == 3


def test_both_engines_have_the_same_digest(tiny: Scenario) -> None:
    compiled, objects = run(tiny, seed=3, days=DAYS), run(tiny, seed=3, days=DAYS, engine="mesa")
    assert compiled.digest == objects.digest
    assert compiled.rows.tobytes() == objects.rows.tobytes()


def test_the_digest_is_the_published_one(tiny: Scenario) -> None:
    result = run(tiny, seed=3, days=DAYS)
    digest = hashlib.sha256()
    for name in COLUMNS:
        digest.update(np.array(result.daily[name], dtype="<f8").tobytes())
    for name, table in get_tables(result.world).items():
        digest.update(repr((name, table.dtype.descr, table.shape)).encode() + table.tobytes())
    assert result.digest == digest.hexdigest()


def test_the_daily_table_has_a_row_a_day_and_finite_numbers(tiny: Scenario) -> None:
    daily = run(tiny, days=DAYS).daily
    assert list(daily.columns) == [COLUMNS[0], "date", *COLUMNS[1:]]
    assert list(daily["day"]) == list(range(DAYS))
    assert np.isfinite(daily.drop(columns="date").to_numpy()).all()


def test_the_summary_is_that_of_the_table(tiny: Scenario) -> None:
    result = run(tiny, days=DAYS)
    assert set(result.summary) == set(METRIC_NAMES)
    assert "total" in result.summary["revenue_era"]
    assert "total" not in result.summary["turnover_share"]
    for name, line in result.summary.items():
        column = result.daily[name]
        assert tuple(line) == list_statistics(name)
        assert (line["last"], line["min"], line["max"]) == (column.iloc[-1], column.min(), column.max())
        assert line.get("total", column.sum()) == pytest.approx(column.sum())
        assert line["mean"] == pytest.approx(column.mean())


def test_days_run_in_slices_are_the_same_days(tiny: Scenario) -> None:
    seen: list[int] = []

    def watch(day: int) -> bool:
        seen.append(day)
        return False

    days = SLICE + 7
    whole = run(tiny, days=days, watch=watch)
    assert seen == [SLICE, days]
    assert whole.digest == run(tiny, days=days, keep_flows=True).digest
    assert (whole.rows[:DAYS] == run(tiny, days=DAYS).rows).all()


def test_a_watcher_can_stop_a_run(tiny: Scenario) -> None:
    with pytest.raises(InterruptedByUserError, match=f"day {SLICE}"):
        run(tiny, days=SLICE + 1, watch=lambda day: True)


def test_flows_are_those_of_the_ledger(tiny: Scenario) -> None:
    result = run(tiny, days=DAYS, keep_flows=True)
    assert result.flows is not None
    unlocked = result.daily["unlocked_era"].diff().fillna(0.0).iloc[1:]
    # Presold tokens leave escrow by another cause.
    vested = (result.flows[:, Cause.UNLOCK] + result.flows[:, Cause.DELIVER_PRESOLD])[1:] / MICRO
    assert list(unlocked) == pytest.approx(list(vested))


def grant(scenario: Scenario, *grants: PlannedGrant) -> Scenario:
    return replace(scenario, grants=grants)


def test_flows_are_the_same_on_both_engines(tiny: Scenario) -> None:
    compiled = run(tiny, days=DAYS, keep_flows=True)
    objects = run(tiny, days=DAYS, keep_flows=True, engine="mesa")
    assert compiled.flows is not None
    assert objects.flows is not None
    assert compiled.flows.any(axis=1).all()
    assert compiled.flows.tobytes() == objects.flows.tobytes()


def test_a_run_without_flows_has_none(tiny: Scenario) -> None:
    assert run(tiny, days=2).flows is None


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_a_grant_is_paid_on_its_day_and_not_before(tiny: Scenario, engine: str) -> None:
    without = run(tiny, days=DAYS, keep_flows=True)
    granted = run(grant(tiny, INSURED), days=DAYS, keep_flows=True, engine=engine)
    assert without.flows is not None
    assert granted.flows is not None
    assert (granted.rows[:5] == without.rows[:5]).all()
    moved = granted.flows[:, Cause.TREASURY_GRANT] - without.flows[:, Cause.TREASURY_GRANT]
    assert list(moved) == [250 * MICRO if day == 5 else 0 for day in range(DAYS)]
    treasury = granted.daily["treasury_era"] - without.daily["treasury_era"]
    assert list(treasury[:5]) == [0.0] * 5
    assert treasury[5] == -250.0
    assert granted.digest == run(grant(tiny, INSURED), days=DAYS).digest


@pytest.mark.parametrize("engine", ["compiled", "mesa"])
def test_a_grant_above_the_treasury_is_recorded_as_unpaid_and_moves_nothing(tiny: Scenario, engine: str) -> None:
    result = run(grant(tiny, INSURED._replace(amount=10**15), INSURED), days=DAYS, engine=engine)
    (unpaid,) = result.unpaid_grants
    assert (unpaid.day, unpaid.target, unpaid.era) == (5, "insurance", 1e9)
    assert 250 < unpaid.held_era < 1e9
    paid = run(grant(tiny, INSURED), days=DAYS, engine=engine)
    assert paid.unpaid_grants == []
    assert result.rows.tobytes() == paid.rows.tobytes()


def test_a_run_that_breaks_a_rule_says_where_and_with_which_chance(tiny: Scenario) -> None:
    with pytest.raises(RunError, match="grant of 1 ERA on day -1") as caught:
        run(grant(tiny, PlannedGrant(-1, 0, MICRO)), seed=4, days=DAYS, replication=2)
    assert (caught.value.stage, caught.value.seed, caught.value.replication) == ("opening", 4, 2)


def test_an_outcome_without_sense_is_refused(tiny: Scenario) -> None:
    result = run(tiny, days=DAYS)
    rows = result.rows.copy()
    rows[3, COLUMNS.index("price_usd")] = np.nan
    with pytest.raises(ValueError, match="price_usd is nan on day 3"):
        check_outcome(rows, result.world)
    result.world.pots["treasury"] += 1
    with pytest.raises(AssertionError, match="supply"):
        check_outcome(result.rows, result.world)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"days": 0}, "days = 0"),
        ({"days": -3}, "days = -3"),
        ({"days": 1.5}, "days = 1.5"),
        ({"days": True}, "days = True"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 2**63}, "seed"),
        ({"replication": -1}, "replication"),
        ({"engine": "cobol"}, "one of compiled, mesa, plain"),
    ],
)
def test_arguments_out_of_range_are_refused(tiny: Scenario, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(BadValueError, match=words):
        run(tiny, **arguments)  # type: ignore[arg-type]


def test_overrides_reach_the_run() -> None:
    sizes = {"population.users": 3, "population.traders": 2}
    result = run(load_scenario("minimal", sizes), days=2)
    tables = get_tables(result.world)
    assert (len(tables["users"]), len(tables["traders"])) == (3, 2)
