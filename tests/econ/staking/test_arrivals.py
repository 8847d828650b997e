"""New operators: their number, their identity and the places they take."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.chance.identity import fill_by_identity
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.staking.arrivals import (
    NEWCOMERS,
    can_replace,
    compute_least_capital,
    compute_rate,
    find_place,
    look_at_tier,
    welcome,
)
from metalab.econ.staking.operators import Operators
from metalab.econ.staking.valuation import compute_appetite, learn_price
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.slashing import Slashing, SlashingState
from metalab.protocol.staking.staking import NodeRow
from tests.econ.staking.test_nodes import ERA, MINIMUM, Stage
from tests.support import make_row, make_rows

TRAITS = derive_key(7, 0, 2, -1)


def arrive(stage: Stage, nodes: Any, day: int) -> None:
    stage.day = day
    plain(welcome)(nodes, stage.look(), make_row(Slashing), make_row(SlashingState), derive_key(7, 0, 28, day), TRAITS)


def test_the_rate_is_the_excess_yield_of_those_who_can_pay() -> None:
    s = Stage()
    s.learned.offer[Tier.CORE] = 0.18
    rate = plain(compute_rate)(s.look(), int(Tier.CORE))
    assert rate == pytest.approx(s.p.arrivals * 0.10)
    # The price at which twice the smallest capital is needed: 2^-1.3 of the others are rich enough.
    s.market.price_mean = 2 * 1.545
    assert plain(compute_least_capital)(s.look(), int(Tier.CORE)) == pytest.approx(309_000.0)
    assert plain(compute_rate)(s.look(), int(Tier.CORE)) == pytest.approx(rate * 2**-1.3)
    s.learned.appetite[Tier.CORE] = 1.0
    assert plain(compute_rate)(s.look(), int(Tier.CORE)) == pytest.approx(rate)
    for offer, expected in ((0.08, 0.0), (-1.0, 0.0), (1e6, 2.0)):
        s.learned.offer[Tier.CORE] = offer
        assert plain(compute_rate)(s.look(), int(Tier.CORE)) == pytest.approx(expected)


def test_the_appetite_of_outsiders_is_the_lognormal_distribution() -> None:
    p = make_row(Operators)
    assert plain(compute_appetite)(p.reservation, p) == pytest.approx(0.5)
    assert plain(compute_appetite)(p.reservation * np.exp(p.reservation_sigma), p) == pytest.approx(0.8413447, abs=1e-6)
    assert plain(compute_appetite)(-0.1, p) == 0.0
    grid = [plain(compute_appetite)(y, p) for y in np.linspace(0.0, 1.0, 101)]
    assert grid == sorted(grid)
    p.reservation_sigma = 0.0
    assert [plain(compute_appetite)(y, p) for y in (0.079, 0.081)] == [0.0, 1.0]


def test_an_emptied_tier_offers_more_and_draws_more() -> None:
    full, empty = Stage(pot=700.0), Stage(pot=700.0)
    empty.state.earning[Tier.CORE] = 0
    for stage in (full, empty):
        plain(look_at_tier)(stage.look(), int(Tier.CORE))
    assert empty.learned.offer[Tier.CORE] > full.learned.offer[Tier.CORE]
    assert plain(compute_rate)(empty.look(), int(Tier.CORE)) == 2.0 > plain(compute_rate)(full.look(), int(Tier.CORE))


def test_free_rows_come_first_then_the_idle_who_ask_for_most() -> None:
    nodes, p = make_rows(NodeRow, 5), make_row(Slashing)
    for i, node in enumerate(nodes):
        node.capital, node.reservation = 1e5, 0.1 + 0.01 * i
    nodes[4].enter_days = 3
    nodes[3].status, nodes[3].stake = int(NodeStatus.BONDED), MINIMUM
    assert plain(find_place)(nodes, p, 100) == 2
    nodes[1].capital = 0.0
    assert plain(find_place)(nodes, p, 100) == 1
    for node in nodes:
        node.capital, node.stake = 1e5, MINIMUM
    assert plain(find_place)(nodes, p, 100) == -1


def test_the_excluded_are_replaced_once_their_case_no_longer_counts() -> None:
    p = make_row(Slashing)
    node = make_row(NodeRow, capital=1e5, status=int(NodeStatus.TOMBSTONED), unbonding=1)
    assert not plain(can_replace)(node, p, 100)
    node.unbonding, node.punished_day[2] = 0, 101
    assert not plain(can_replace)(node, p, 100 + p.window_days - 1)
    assert plain(can_replace)(node, p, 100 + p.window_days)


def test_the_nth_newcomer_is_the_same_operator_whenever_and_wherever_it_comes() -> None:
    early, late = Stage(), Stage()
    pools = [make_rows(NodeRow, 8), make_rows(NodeRow, 12)]
    for nodes in pools:
        for i, node in enumerate(nodes):
            node.index = i
    # In the second world the first rows are taken.
    for i in range(4):
        pools[1][i].capital, pools[1][i].stake = 1e5, MINIMUM
    early.learned.offer[Tier.CORE] = early.learned.offer[Tier.GUARDIAN] = 9.0
    late.learned.offer[Tier.CORE] = 9.0
    arrive(early, pools[0], 3)
    arrive(early, pools[0], 4)
    arrive(late, pools[1], 9)
    arrive(late, pools[1], 11)

    def describe(nodes: Any) -> dict[int, tuple[float, float, float, int]]:
        core = [node for node in nodes if node.identity >= NEWCOMERS and node.tier == Tier.CORE]
        return {node.identity: (node.capital, node.reservation, node.cost_factor, node.provider) for node in core}

    one, other = (describe(nodes) for nodes in pools)
    shared = set(one) & set(other)
    assert shared
    assert all(one[k] == other[k] for k in shared)
    assert min(row[0] for row in one.values()) >= early.p.capital_usd[Tier.CORE]


def test_who_gives_up_sells_what_it_holds_and_the_row_is_as_new() -> None:
    s = Stage()
    nodes = make_rows(NodeRow, 1)
    node = nodes[0]
    node.capital, node.reservation, node.balance, node.usd, node.priors[1], node.exit_days = 1e5, 0.5, 40 * ERA, 3.0, 2, 4
    s.learned.offer[Tier.FLEX] = 9.0
    day = next(d for d in range(50) if uniform_at(derive_key(7, 0, 28, d), int(Tier.FLEX), 0) > 0.5)
    arrive(s, nodes, day)
    assert (node.identity >= NEWCOMERS, node.tier, node.balance, node.usd) == (True, Tier.FLEX, 0, 0.0)
    assert (node.priors[1], node.exit_days, node.status) == (0, 0, NodeStatus.CANDIDATE)
    assert s.pots.market_float == 10**13 + 40 * ERA
    assert s.pots.outside_usd == pytest.approx(-40.0 + 43.0)


def test_newcomers_draw_by_who_they_are_and_candidates_by_their_row() -> None:
    nodes, key = make_rows(NodeRow, 3), derive_key(1, 0, 12, 5)
    nodes[1].identity = NEWCOMERS + 4
    draws = np.zeros((3, 2))
    plain(fill_by_identity)(draws, key, nodes, 2)
    assert draws[0].tolist() == [uniform_at(key, 0, 0), uniform_at(key, 0, 1)]
    assert draws[1].tolist() == [uniform_at(key, NEWCOMERS + 4, 0), uniform_at(key, NEWCOMERS + 4, 1)]
    # Behind the rows in use nobody draws.
    assert not draws[2].any()


def test_the_trend_has_a_long_memory_and_the_size_of_returns_a_growing_one() -> None:
    s = Stage()
    for day, log_price in enumerate((0.1, -0.1, 0.2)):
        plain(learn_price)(s.learned, float(np.exp(log_price)), 180.0, day)
    weight = 2 / 181
    trend = 0.0
    for change in (0.1, -0.2, 0.3):
        trend += weight * (change - trend)
    assert s.learned.trend == pytest.approx(trend)
    assert s.learned.swing == pytest.approx(0.2)
