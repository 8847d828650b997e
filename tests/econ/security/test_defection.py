"""Attacks by guardians: how often attackers come, whom they win, what becomes of both, and what the price and operators take from it."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.day import open_world
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.memory import allocate, as_rows, check_supply
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.market.money import check_usd
from metalab.econ.security.defection import (
    LARGEST_EXCESS,
    NOBODY,
    TRAIT,
    Defection,
    accuse_defectors,
    compute_attack_hazard,
    find_quorum,
    is_free,
    sum_attesting_stake,
    sum_free_stake,
    sum_honest_watchers,
    takes_part,
)
from metalab.econ.security.incident import compute_daily_chance
from metalab.econ.security.incidents import process_incidents
from metalab.econ.security.slashing import process_slashing
from metalab.protocol.kernel.codes import Code, NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.slashing import Offence, accuse, sum_risk, sum_slashed
from metalab.protocol.staking.staking import NodeRow, check_move
from tests.support import make_row, make_rows, make_scenario, run_plain

ERA = 10**6
TEMPTED = {
    "population__guardian": 12,
    "population__genesis_guardian": 12,
    "population__floor_guardian": 1,
    "population__rollups": 20,
    "defection__arrival": 12.0,
    "incidents__hazard": (0.0,) * 4,
}
QUORUM = 9
"""Of twelve equal guardians, to hold more than two thirds."""


class Stage:
    """A world at genesis in which yesterday's figures are given, and its mornings, with nothing else in the days."""

    def __init__(self, profit: float = 11e6, cost: float = 1e6, **values: Any) -> None:
        self.world = allocate(make_scenario(**(TEMPTED | values)).parameters)
        self.rows = as_rows(self.world)
        plain(open_world)(self.rows, 4, 0, 0)
        self.state, self.today = self.rows.state[0], self.rows.today[0]
        self.state.corruption.profit_usd, self.state.corruption.cost_usd = profit, cost
        self.day, self.tvl, self.came = 0, float(self.world.rollups["tvl"].sum()), 0

    def read(self) -> list[bytes]:
        """All that an attack could touch."""
        return [getattr(self.world, name).tobytes() for name in ("nodes", "pots", "rollups", "incidents", "users")]

    def pass_morning(self) -> None:
        """The morning of the next day."""
        self.today.defection.attack_opportunities = self.today.defection.attacks = 0.0
        self.before = self.read()
        self.state.clock.day = self.day
        plain(process_incidents)(self.rows)
        self.day += 1
        self.came += self.today.defection.attack_opportunities == 1.0

    def wait(self, attackers: int = 1) -> None:
        """Let days pass until so many attackers have come."""
        for _ in range(3_000):
            self.pass_morning()
            if self.came == attackers:
                return
        raise AssertionError("nobody came")


def test_the_hazard_by_hand() -> None:
    f, p = plain(compute_attack_hazard), make_row(Defection)
    # As many a year as declared where a forgery brings twice what it costs.
    assert f(2e6, 1e6, p) == pytest.approx(p.arrival, rel=1e-12)
    assert f(4e6, 1e6, p) == pytest.approx(3 * p.arrival, rel=1e-12)
    assert f(4e6, 1e6, make_row(Defection, excess_power=2.0)) == pytest.approx(9 * p.arrival, rel=1e-12)
    assert f(9e6, 1e6, make_row(Defection, excess_power=0.0)) == p.arrival
    assert f(1e6, 1e6, p) == f(1e6, 2e6, p) == f(0.0, 0.0, p) == f(-5.0, -9.0, p) == 0.0
    # What costs nothing is attacked at the largest hazard, not at an infinite one.
    assert f(5.0, 0.0, p) == f(1e12, 1.0, p) == pytest.approx(LARGEST_EXCESS * p.arrival)


USD = st.floats(1.0, 1e12)


@given(USD, USD, st.floats(1.0, 100.0), st.floats(0.0, 3.0), st.floats(0.0, 12.0))
def test_more_profit_or_less_cost_never_keeps_attackers_away(profit: float, cost: float, more: float, power: float, arrival: float) -> None:
    f, p = plain(compute_attack_hazard), make_row(Defection, excess_power=power, arrival=arrival)
    here = f(profit, cost, p)
    assert here <= f(profit * more, cost, p) * (1 + 1e-12)
    assert here >= f(profit, cost * more, p) * (1 - 1e-12)
    # A matter of the ratio alone.
    assert f(2.0 * profit, 2.0 * cost, p) == here
    assert 0.0 <= here <= arrival * LARGEST_EXCESS**power * (1 + 1e-12)


KEY = derive_key(5, 0, Stream.DEFECTION, TRAIT)


def make_guardians(stakes: list[tuple[int, bool]]) -> Any:
    nodes: Any = make_rows(NodeRow, len(stakes))
    for i, (stake, is_own) in enumerate(stakes):
        node = nodes[i]
        node.index = node.identity = i
        node.stake, node.status, node.tier, node.uptime = stake, int(NodeStatus.BONDED), int(Tier.GUARDIAN), 1.0
        node.protocol_run = int(is_own)
    return nodes


def test_a_forger_cannot_leave_its_tier_before_it_is_punished() -> None:
    s = Stage()
    s.wait()
    forger = next(node for node in s.rows.nodes if node.defected == 1)
    honest = next(node for node in s.rows.nodes if plain(is_free)(node) and node.defected == 0)
    codes = [plain(check_move)(node, s.state.staking, s.rows.params[0].staking, int(Tier.CORE)) for node in (forger, honest)]
    assert codes[0] == Code.WRONG_STATUS != codes[1]


@given(st.lists(st.tuples(st.integers(1, 10**13), st.booleans()), min_size=1, max_size=14), st.floats(0.05, 0.999))
def test_a_quorum_is_the_fewest_of_the_lowest_traits_that_hold_more_than_it(stakes: list[tuple[int, bool]], share: float) -> None:
    nodes = make_guardians(stakes)
    quorum = share * plain(sum_attesting_stake)(nodes)
    highest = plain(find_quorum)(nodes, KEY, quorum)
    free = sorted((uniform_at(KEY, i, 0), stake) for i, (stake, is_own) in enumerate(stakes) if not is_own)
    if sum(stake for _, stake in free) <= quorum:
        assert highest == NOBODY
        assert not any(plain(takes_part)(node, KEY, highest) for node in nodes)
        return
    count = next(n for n in range(1, len(free) + 1) if sum(stake for _, stake in free[:n]) > quorum)
    assert highest == free[count - 1][0]
    assert sum(plain(takes_part)(node, KEY, highest) for node in nodes) == count
    assert plain(sum_honest_watchers)(nodes, KEY, highest) == len(stakes) - count
    assert plain(accuse_defectors)(nodes, KEY, highest, 3) == count
    assert sum(node.defected for node in nodes) == count


@pytest.mark.parametrize("own", range(8))
def test_where_the_protocol_runs_a_third_no_quorum_can_be_won(own: int) -> None:
    nodes = make_guardians([(5 * 10**11, i < own) for i in range(12)])
    highest = plain(find_quorum)(nodes, KEY, 2 / 3 * plain(sum_attesting_stake)(nodes))
    assert (highest == NOBODY) == (own >= 4)


def test_only_guardians_that_attest_count_and_the_protocols_own_cannot_be_won() -> None:
    nodes = make_guardians([(5, False), (7, False), (11, False), (13, True)])
    nodes[1].status, nodes[2].tier = int(NodeStatus.JAILED), int(Tier.CORE)
    assert plain(sum_attesting_stake)(nodes) == 18
    assert plain(sum_free_stake)(nodes) == 5
    assert [plain(is_free)(node) for node in nodes] == [True, False, False, False]


def test_a_quorum_forges_and_is_slashed() -> None:
    s = Stage()
    s.wait()
    today = s.today.incidents
    assert (s.today.defection.attacks, s.today.defection.operators_defected) == (1.0, QUORUM)
    assert s.today.defection.attack_hazard == pytest.approx(120.0)
    assert s.today.defection.attack_open_share == pytest.approx(11 / 12)
    assert 0 < today.incident_loss_usd <= 0.02 * s.tvl * (1 + 1e-12)
    assert today.contagion_usd == pytest.approx(today.incident_loss_usd, rel=0.05)
    after = float(s.world.rollups["tvl"].sum())
    assert s.tvl - after == pytest.approx(today.incident_residual_usd + today.contagion_usd, rel=1e-9)
    assert today.rollups_down == 20.0
    assert s.state.market.price == pytest.approx(1.545 / 2)
    assert s.state.market.log_return == pytest.approx(math.log(0.5))
    s.state.clock.day = s.day
    plain(process_slashing)(s.rows)
    guilty = [row for row in s.world.nodes if row["priors"][Offence.EQUIVOCATION] == 1]
    assert len(guilty) == QUORUM
    assert all(row["status"] == NodeStatus.TOMBSTONED and row["stake"] + row["unbonding"] == 0 for row in guilty)
    assert s.world.pots["insurance"][0] == QUORUM * 225_000 * ERA
    check_supply(s.world)
    check_usd(s.world)


@pytest.mark.parametrize(
    "values",
    [
        {"population__floor_guardian": 4},
        {"corruption__forge_quorum": 0.95},
        {"rollups__opening_tvl_usd": 0.0},
    ],
    ids=lambda values: next(iter(values)),
)
def test_without_quorum_or_value_the_attacker_goes_away(values: dict[str, Any]) -> None:
    s = Stage(**values)
    s.wait()
    assert s.today.defection.attacks == 0.0
    assert s.before == s.read()


def test_nobody_comes_where_forging_does_not_pay() -> None:
    s = Stage(profit=1e6, cost=1e6)
    for _ in range(50):
        s.pass_morning()
        assert s.before == s.read()
    assert s.came == 0


def test_attackers_come_at_their_hazard() -> None:
    days, hazard = 400, 12.0 * 4.0
    s = Stage(profit=5e6, cost=1e6, population__floor_guardian=4)
    for _ in range(days):
        s.pass_morning()
    expected = days * (1 - math.exp(-hazard / 365))
    assert s.came == pytest.approx(expected, abs=3.5 * math.sqrt(expected))
    assert plain(compute_daily_chance)(hazard) == pytest.approx(1 - math.exp(-hazard / 365), rel=1e-12)


def test_apart_the_forgery_reaches_the_largest_rollup_alone() -> None:
    s = Stage(incidents__shared=0, incidents__contagion=0.0)
    before = s.world.rollups["tvl"].copy()
    s.wait()
    lost = before - s.world.rollups["tvl"]
    assert lost.argmax() == before.argmax()
    assert (lost > 0).sum() == 1


@pytest.mark.parametrize("crash", [0.0, 0.2, 0.9])
def test_a_second_attack_alarms_nobody_more_than_the_first(crash: float) -> None:
    s = Stage(corruption__crash=crash)
    s.wait()
    bottom = math.log(1.0 - crash)
    assert s.state.impact.alarm == pytest.approx(bottom)
    assert s.state.market.price == pytest.approx(1.545 * (1.0 - crash))
    s.wait(attackers=2)
    # Nobody has punished the first one yet: the same quorum, the same fear.
    assert s.today.defection.attacks == 1.0
    assert s.state.impact.alarm == pytest.approx(bottom)
    assert s.state.market.price == pytest.approx(1.545 * (1.0 - crash))
    # Half forgotten, the alarm is full again.
    s.state.impact.alarm = 0.5 * bottom
    s.wait(attackers=3)
    assert s.state.impact.alarm == pytest.approx(bottom)
    assert s.state.market.price == pytest.approx(1.545 * (1.0 - crash) ** 1.5)


def test_a_greater_alarm_than_a_forgerys_is_not_calmed_by_one() -> None:
    s = Stage()
    s.state.impact.alarm = -3.0
    s.wait()
    assert (s.state.impact.alarm, s.state.market.price) == (-3.0, 1.545)


def test_what_forgers_lose_is_no_risk_of_holding_stake() -> None:
    s = Stage()
    s.wait()
    honest = next(node for node in s.rows.nodes if plain(is_free)(node) and node.defected == 0)
    plain(accuse)(honest, Offence.INVALID_ATTESTATION, s.day - 1)
    s.state.clock.day = s.day
    plain(process_slashing)(s.rows)
    slashed, risk = plain(sum_slashed)(s.state.slashing), plain(sum_risk)(s.state.slashing)
    assert slashed - risk == QUORUM * 500_000 * ERA == s.state.slashing.forfeited[Tier.GUARDIAN]
    # The honest one made a mistake on the same day: that is a risk.
    assert risk == honest.year_loss > 0
    # A new day starts from nothing.
    s.state.clock.day = s.day + 1
    plain(process_slashing)(s.rows)
    assert plain(sum_slashed)(s.state.slashing) == plain(sum_risk)(s.state.slashing) == sum(s.state.slashing.forfeited) == 0


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


def test_where_nobody_comes_there_is_no_hazard() -> None:
    never = run_plain(make_scenario(**(TEMPTED | {"defection__arrival": 0.0})), 4, 25)[1]
    assert not get(never, "attack_hazard").any()
    assert not get(never, "attacks").any()


def test_in_a_world_the_hazard_is_that_of_yesterdays_figures() -> None:
    table = run_plain(make_scenario(defection__excess_power=2.0), 3, 15)[1]
    ratio = get(table, "profit_from_corruption_usd") / get(table, "cost_of_corruption_usd")
    assert get(table, "attack_hazard")[0] == 0.0
    assert get(table, "attack_hazard")[1:] == pytest.approx(0.05 * np.maximum(ratio[:-1] - 1.0, 0.0) ** 2)
    assert (get(table, "attack_hazard")[1:] > 0.0).all()


def get_hazards(**values: Any) -> Any:
    return get(run_plain(make_scenario(**values, defection__arrival=1e-4), 3, 12)[1], "attack_hazard")[1:]


def test_without_slashing_attackers_come_more_often() -> None:
    nothing = (0.0, 0.0, 0.0, 0.0)
    usual = get_hazards()
    assert (get_hazards(slashing__initial=nothing, slashing__correlation=nothing) > 5 * usual).all()
    # Who buys the stake as one operator is spared the correlation penalty, and loses the initial one alone.
    assert (get_hazards(corruption__concentrated=1, slashing__initial=nothing) > get_hazards(corruption__concentrated=1)).all()
    # Else a quorum loses all by correlation, whatever a lone fault costs.
    assert get_hazards(slashing__initial=nothing) == pytest.approx(usual, rel=1e-3)


def test_in_a_world_an_attack_costs_value_and_the_books_stay_even() -> None:
    world, table = run_plain(make_scenario(**TEMPTED, corruption__extract_share=0.2, corruption__rate_limit=1.0), 4, 40)
    check_supply(world)
    check_usd(world)
    attacked = np.flatnonzero(get(table, "attacks"))
    assert len(attacked) > 0
    first = int(attacked[0])
    assert get(table, "incident_loss_usd")[first] > 0
    assert get(table, "tvl_usd")[first] < get(table, "tvl_usd")[first - 1]
    assert get(table, "price_usd")[first] < 0.7 * get(table, "price_usd")[first - 1]
    assert get(table, "slashed_era")[first + 1] == pytest.approx(get(table, "operators_defected")[first] * 500_000.0)
    assert get(table, "impact_alarm").min() >= math.log(0.5) - 1e-12
