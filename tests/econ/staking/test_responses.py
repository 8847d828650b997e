"""How the supply of operators answers: to demand, to an attack, to harsher slashing."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.day import run_days
from metalab.econ.genesis import create_world
from metalab.econ.kernel.memory import as_array
from metalab.econ.kernel.records import COLUMNS
from metalab.experiments import load_scenario
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.security.slashing import Offence

SEEDS = range(1, 5)


def go_on(world: Any, days: int, name: str) -> Any:
    rows = np.zeros((days, len(COLUMNS)))
    run_days(world, days, rows)
    return rows[:, COLUMNS.index(name)]


def simulate(changes: dict[str, Any], days: int, name: str) -> Any:
    return np.array([go_on(create_world(load_scenario("launch", changes), seed), days, name) for seed in SEEDS])


@pytest.mark.slow
def test_a_threefold_demand_is_met_by_entry_and_a_third_makes_nodes_leave() -> None:
    nodes = {level: np.mean(simulate({"adoption.messages_per_day": level}, 365, "nodes_core")[:, -1]) for level in (5_000.0, 15_000.0)}
    assert nodes[5_000.0] < 0.75 * nodes[15_000.0]
    assert np.median(simulate({"adoption.messages_per_day": 45_000.0}, 181, "apr_core")[:, -1]) < 0.35


@pytest.mark.slow
def test_an_attacked_tier_is_full_again_within_ninety_days() -> None:
    back = []
    for seed in range(1, 9):
        world = create_world(load_scenario("launch", {}), seed)
        before = go_on(world, 200, "nodes_guardian")[-1]
        nodes = as_array(world.nodes)
        free = (nodes["tier"] == Tier.GUARDIAN) & (nodes["status"] == NodeStatus.BONDED) & (nodes["protocol_run"] == 0)
        # After a fall of the price some tiers have none but those run by the protocol.
        if not free.any():
            continue
        nodes["offence_day"][free, Offence.EQUIVOCATION] = 201
        nodes["exposed"][free, Offence.EQUIVOCATION] = nodes["stake"][free] + nodes["unbonding"][free]
        go_on(world, 5, "nodes_guardian")
        # Before their rows are given to newcomers.
        assert (nodes["priors"][free, Offence.EQUIVOCATION] > 0).any()
        back.append(go_on(world, 85, "nodes_guardian")[-1] / before)
    assert len(back) >= 4
    assert np.median(back) > 0.9


@pytest.mark.slow
def test_harsher_slashing_makes_operators_more_careful() -> None:
    initial = np.array([0.0001, 0.01, 0.05, 0.02])
    hazard = [np.mean(simulate({"slashing.initial": (initial * factor).tolist()}, 120, "fault_hazard")) for factor in (0.0, 1.0, 10.0)]
    assert hazard[0] > 2 * hazard[1] > 2 * hazard[2]
