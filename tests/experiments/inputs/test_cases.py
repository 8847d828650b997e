"""What people tried to write and could not: each is expressible as written, or refused with the way to write it, which then acts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import load_scenario, run
from metalab.experiments.errors import BadValueError
from metalab.experiments.inputs.proposal import Proposal, describe_proposal, lint, read_proposal
from metalab.experiments.inputs.schema import LEAVES
from metalab.experiments.runs.runner import Result
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantStatus, GrantTarget

CASES = Path(__file__).resolve().parent / "cases"
AT, DAYS = 180, 1_096


@pytest.fixture(scope="module")
def minimal() -> Scenario:
    """The smallest world."""
    return load_scenario("minimal")


@pytest.fixture(scope="module")
def baseline(minimal: Scenario) -> Result:
    """Nothing decided."""
    return run(minimal, days=10, engine="plain", keep_flows=True)


def read(name: str) -> Proposal:
    return read_proposal(CASES / f"{name}.toml")


def rewrite(folder: Path, name: str, old: str, new: str) -> Proposal:
    """The case as the advice says to write it."""
    text = (CASES / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    path = folder / f"{name}.toml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return read_proposal(path)


def decree(world: Scenario, proposal: Proposal, at: int, days: int = 10) -> Result:
    """A run in which it was decided on a day."""
    fitted = proposal.fit(world, at)
    changed = replace(world, changes=world.changes + fitted.plan(at), grants=world.grants + fitted.plan_grants(at))
    return run(changed, days=days, engine="plain", keep_flows=True)


def watch(world: Scenario, proposal: Proposal, path: str, at: int, days: int) -> list[float]:
    """A parameter of the world after 1, 2, ... days."""
    part, name = path.split(".")
    return [float(decree(world, proposal, at, day).world.params[0][part][name]) for day in range(1, days + 1)]


def test_every_case_is_among_these_tests() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    for path in CASES.glob("*.toml"):
        assert f'"{path.stem}"' in text


def test_g06_a_condition_acts_on_the_days_after_it_held(minimal: Scenario, tmp_path: Path) -> None:
    proposal = read("g06-conditional")
    assert lint(proposal, minimal, AT, DAYS) == []
    assert describe_proposal(proposal, AT)["changes"][0]["when"] == ["price_usd < 0.05"]
    # The same at a price that this small world crosses.
    crossing = rewrite(tmp_path, "g06-conditional", "< 0.05", "< 1.45")
    result = decree(minimal, crossing, 2)
    held = result.rows[:, COLUMNS.index("price_usd")] < 1.45
    assert 0 < held[1:-1].sum() < len(held) - 2
    row = result.world.changes[0]
    assert row["on_days"] == held[1:-1].sum()
    assert row["is_on"] == held[-2]
    expected = [0.0 if day >= 2 and held[day - 1] else float(minimal.parameters[0]["incentives"]["grants"]) for day in range(10)]
    assert watch(minimal, crossing, "incentives.grants", 2, 10) == expected


def test_g07_a_pilot_in_absolute_days_is_refused_and_needs_none(minimal: Scenario, tmp_path: Path) -> None:
    advice = r"g07-pilot-relative\.toml line 4: fees\.message_fee_usd from_day = 0 is not allowed; give .*after_days = 0"
    with pytest.raises(BadValueError, match=advice):
        lint(read("g07-pilot-relative"), minimal, AT, DAYS)
    path = tmp_path / "pilot.toml"
    path.write_text('[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = 0.20\nfor_days = 120\n', encoding="utf-8")
    pilot = read_proposal(path)
    assert lint(pilot, minimal, AT, DAYS) == []
    (planned,) = pilot.fit(minimal, AT).plan(AT)
    assert (planned.day, planned.until) == (AT, AT + 120)
    # Or as it was meant, with both steps counted from the decision.
    both = rewrite(tmp_path, "g07-pilot-relative", "from_day", "after_days")
    assert lint(both, minimal, AT, DAYS) == []
    assert [change.day for change in both.plan(AT)] == [AT, AT + 120]
    path.write_text(path.read_text(encoding="utf-8").replace("120", "3"), encoding="utf-8")
    assert watch(minimal, read_proposal(path), "fees.message_fee_usd", 2, 7) == [0.3, 0.3, 0.2, 0.2, 0.2, 0.3, 0.3]


def test_g09_three_steps_act_on_the_days_written(minimal: Scenario, tmp_path: Path) -> None:
    proposal = read("g09-three-steps")
    lint(proposal, minimal, AT, DAYS)
    assert [(planned.day, planned.value / MICRO) for planned in proposal.plan(AT)] == [(180, 1.8e6), (210, 1.4e6), (240, 1e6)]
    # In one table, and with days that this test can wait for.
    path = tmp_path / "steps.toml"
    steps = "steps = [{ value = 1_800_000 }, { value = 1_400_000, after_days = 2 }, { value = 1_000_000, after_days = 4 }]"
    path.write_text(f'[[changes]]\nparameter = "incentives.points"\n{steps}\n', encoding="utf-8")
    seen = watch(minimal, read_proposal(path), "incentives.points", 1, 7)
    assert [value / MICRO for value in seen] == [2e6, 1.8e6, 1.8e6, 1.4e6, 1.4e6, 1e6, 1e6]


def test_g21_a_day_in_the_past_is_refused_and_relative_days_have_a_key(minimal: Scenario, tmp_path: Path) -> None:
    advice = r"g21-relative-days\.toml line 4: fees\.message_fee_usd from_day = 30 is not allowed; give .*after_days = 30"
    with pytest.raises(BadValueError, match=advice):
        lint(read("g21-relative-days"), minimal, AT, DAYS)
    assert lint(read("g21-relative-days"), minimal, 0, DAYS) == []
    relative = rewrite(tmp_path, "g21-relative-days", "from_day", "after_days")
    assert lint(relative, minimal, AT, DAYS) == []
    assert [planned.day for planned in relative.plan(AT)] == [AT + 30]


def test_g29_twelve_payments_each_with_its_day_and_cause(minimal: Scenario, baseline: Result, tmp_path: Path) -> None:
    proposal = read("g29-recurring-grant")
    assert lint(proposal, minimal, AT, DAYS) == []
    planned = proposal.fit(minimal, AT).plan_grants(AT)
    assert [grant.day for grant in planned] == [AT + 30 * k for k in range(12)]
    assert {(grant.amount, grant.target) for grant in planned} == {(100_000 * MICRO, int(GrantTarget.DEVELOPERS))}
    quick = rewrite(tmp_path, "g29-recurring-grant", "every_days = 30\ntimes = 12", "every_days = 2\ntimes = 4")
    result = decree(minimal, quick, 1)
    assert result.flows is not None
    assert baseline.flows is not None
    moved = result.flows[:, Cause.TREASURY_GRANT] - baseline.flows[:, Cause.TREASURY_GRANT]
    assert moved.tolist() == [100_000 * MICRO if day in (1, 3, 5, 7) else 0 for day in range(10)]
    assert result.world.grants["status"][:4].tolist() == [GrantStatus.PAID] * 4


def test_g32_a_pause_holds_from_the_day_of_the_decision(minimal: Scenario) -> None:
    proposal = read("g32-pause-grants")
    lint(proposal, minimal, AT, DAYS)
    assert [(planned.day, planned.slot, planned.value) for planned in proposal.plan(AT)] == [(AT, LEAVES["incentives.grants"].slot, 0.0)]
    usual = float(minimal.parameters[0]["incentives"]["grants"])
    assert watch(minimal, proposal, "incentives.grants", 3, 5) == [usual, usual, usual, 0.0, 0.0]


def test_none_of_them_differs_before_it_was_decided(minimal: Scenario, baseline: Result) -> None:
    for name in ("g06-conditional", "g29-recurring-grant", "g32-pause-grants"):
        assert np.array_equal(decree(minimal, read(name), 5).rows[:5], baseline.rows[:5])
