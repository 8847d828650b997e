"""Attacks by guardians: who takes part, when it pays, what becomes of them."""

import math
from typing import Any

import pytest

from metalab.econ.day import open_world
from metalab.econ.kernel.memory import allocate, as_rows, check_supply
from metalab.econ.market.money import check_usd
from metalab.econ.security.defection import Defection, is_worth_it, sum_attesting_stake
from metalab.econ.security.incident import compute_daily_chance
from metalab.econ.security.incidents import process_incidents
from metalab.econ.security.slashing import process_slashing
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.slashing import Offence
from metalab.protocol.staking.staking import NodeRow
from tests.support import make_row, make_rows, make_scenario

ERA = 10**6
TEMPTED = {
    "population__guardian": 12,
    "population__genesis_guardian": 12,
    "population__floor_guardian": 1,
    "population__rollups": 20,
    "defection__arrival": 12.0,
    "defection__open_share": 1.0,
    "defection__margin": 0.5,
    "incidents__occurring": 0,
}


class Stage:
    """A world at genesis, on the first day on which an opportunity comes."""

    def __init__(self, **values: Any) -> None:
        self.world = allocate(make_scenario(**(TEMPTED | values)).parameters)
        self.rows = as_rows(self.world)
        plain(open_world)(self.rows, 4, 0, 0)
        self.today = self.rows.today[0]
        self.day, self.tvl = 0, float(self.world.rollups["tvl"].sum())

    def wait(self) -> None:
        """Let the days pass, with nothing in them but the morning, until an opportunity comes."""
        while self.today.defection.attack_opportunities == 0.0:
            self.before = [getattr(self.world, name).tobytes() for name in ("nodes", "pots", "rollups", "incidents", "users")]
            self.rows.state[0].clock.day = self.day
            plain(process_incidents)(self.rows)
            self.day += 1

    @property
    def is_untouched(self) -> bool:
        """Whether the day of the opportunity left all of these as they were."""
        return self.before == [getattr(self.world, name).tobytes() for name in ("nodes", "pots", "rollups", "incidents", "users")]


def test_a_quorum_that_gains_enough_forges_and_is_slashed() -> None:
    s = Stage()
    s.wait()
    today = s.today.incidents
    assert (s.today.defection.attacks, s.today.defection.operators_defected) == (1.0, 11.0)
    assert s.today.defection.attack_open_share == pytest.approx(11 / 12)
    assert 0 < today.incident_loss_usd <= 0.02 * s.tvl * (1 + 1e-12)
    assert today.contagion_usd == pytest.approx(today.incident_loss_usd, rel=0.05)
    after = float(s.world.rollups["tvl"].sum())
    assert s.tvl - after == pytest.approx(today.incident_residual_usd + today.contagion_usd, rel=1e-9)
    assert today.rollups_down == 20.0
    assert s.rows.state[0].market.price == pytest.approx(1.545 / 2)
    assert s.rows.state[0].market.log_return == pytest.approx(math.log(0.5))
    s.rows.state[0].clock.day = s.day
    plain(process_slashing)(s.rows)
    guilty = [row for row in s.world.nodes if row["priors"][Offence.EQUIVOCATION] == 1]
    assert len(guilty) == 11
    assert all(row["status"] == NodeStatus.TOMBSTONED and row["stake"] + row["unbonding"] == 0 for row in guilty)
    assert s.world.pots["insurance"][0] == 11 * 225_000 * ERA
    check_supply(s.world)
    check_usd(s.world)


@pytest.mark.parametrize(
    "values",
    [
        {"defection__open_share": 0.2},
        {"population__floor_guardian": 4},
        {"defection__margin": 100.0},
        {"corruption__forge_quorum": 0.95},
        {"corruption__extract_share": 0.0},
        {"corruption__rate_limit": 0.0},
    ],
    ids=lambda values: next(iter(values)),
)
def test_without_quorum_or_gain_the_opportunity_passes(values: dict[str, Any]) -> None:
    s = Stage(**values)
    s.wait()
    assert s.today.defection.attacks == 0.0
    assert s.is_untouched


def test_apart_the_forgery_reaches_the_largest_rollup_alone() -> None:
    s = Stage(incidents__shared=0, incidents__contagion=0.0, defection__margin=0.0)
    before = s.world.rollups["tvl"].copy()
    s.wait()
    lost = before - s.world.rollups["tvl"]
    assert lost.argmax() == before.argmax()
    assert (lost > 0).sum() == 1


def test_they_act_only_beyond_the_margin() -> None:
    p = make_row(Defection)
    assert not plain(is_worth_it)(3_000.0, 1_000 * ERA, 1.0, 1.0, p)
    assert plain(is_worth_it)(3_000.1, 1_000 * ERA, 1.0, 1.0, p)
    assert not plain(is_worth_it)(0.0, 0, 1.0, 1.0, p)
    assert plain(compute_daily_chance)(p.arrival) == pytest.approx(0.05 / 365, rel=1e-3)


def test_the_jailed_do_not_attest() -> None:
    nodes = make_rows(NodeRow, 3)
    for node, status in zip(nodes, (NodeStatus.BONDED, NodeStatus.JAILED, NodeStatus.BONDED), strict=True):
        node.stake, node.status, node.tier = 5, int(status), int(Tier.GUARDIAN)
    nodes[2].tier = int(Tier.CORE)
    assert plain(sum_attesting_stake)(nodes) == 5
