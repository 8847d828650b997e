"""No silent no-op: every parameter and every shock that changes in a run moves a cell within 60 days, or acts at the opening only."""

import pytest

from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.policy.shocks import ShockKind
from tests.econ.policy.binding_lab import DAY, find_difference, list_values, open_lab

OPENING = [path for path, leaf in LEAVES.items() if leaf.info.binds == "opening" and not path.startswith("population.")]
IN_A_RUN = [path for path, leaf in LEAVES.items() if leaf.info.binds != "opening"]
SIZES = {
    ShockKind.PRICE: -0.5,
    ShockKind.TVL: 1.0,
    ShockKind.MESSAGES: 3.0,
}
"""Sizes of the shocks; a sale is of a million ERA."""


@pytest.mark.parametrize("path", IN_A_RUN)
def test_a_change_in_a_run_moves_a_cell(path: str) -> None:
    found = find_difference(path)
    assert found is not None, f"{path}: a change on day {DAY} moves nothing; give it a path, or say that it binds at the opening"


@pytest.mark.parametrize("path", OPENING)
def test_what_acts_at_the_opening_only_moves_no_cell_in_a_run(path: str) -> None:
    lab = open_lab("busy")
    differences = [lab.change(path, value) for value in list_values(LEAVES[path], lab.values[path])]
    tried = [difference for difference in differences if difference is not None]
    assert tried
    assert all(difference.first_day < 0 for difference in tried), f"{path}: a change moves something; it binds in a run"


@pytest.mark.parametrize("path", [path for path, leaf in LEAVES.items() if leaf.info.binds == "peak hour"])
def test_the_fast_clock_is_asked_at_the_next_simulated_peak_hour(path: str) -> None:
    found = find_difference(path)
    assert found is not None
    world, _, difference = found
    every = int(open_lab(world).values["scaling.simulate_every"])
    assert difference.first_day >= -DAY % every


@pytest.mark.parametrize("kind", ShockKind)
def test_every_shock_moves_a_cell_on_its_day(kind: ShockKind) -> None:
    # Investors and team have something to sell once their cliff is over.
    assert open_lab("late").strike(int(kind), SIZES.get(kind, 1e6)).first_day == 0


def test_three_times_the_demand_is_about_three_times_the_messages_before_users_react() -> None:
    difference = open_lab("launch").strike(int(ShockKind.MESSAGES), 3.0)
    assert {"messages", "revenue_era"} <= difference.list_columns(0)
    assert difference.ratio("messages", 0) == pytest.approx(3.0, abs=0.1)
    # For this day alone: the next one sends what price and delay leave of the usual demand.
    assert difference.ratio("messages", 1) == pytest.approx(1.0, abs=0.3)


def test_scheduled_demand_lasts() -> None:
    difference = open_lab("launch").change("adoption.messages_per_day", 45_000.0)
    assert difference is not None
    assert difference.ratio("messages", 0) == pytest.approx(3.0, abs=0.1)
    assert min(difference.ratio("messages", day) for day in range(1, 30)) > 1.3
