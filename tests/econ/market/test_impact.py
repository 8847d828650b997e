import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.market.impact import (
    Impact,
    ImpactState,
    compute_lasting,
    compute_passing,
    compute_root,
    compute_scarcity,
    take_orders,
)
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row

VOLUME, LIQUID, SCALE = 33e6, 135e6, 0.048
"""ERA a day, ERA that can be traded, usual daily volatility: near those of `launch`."""


def trade(orders, days, **values):
    """Log price after each day of `days` when `orders` come on the first of them."""
    state, p, path = make_row(ImpactState), make_row(Impact, **values), []
    level = 0.0
    for day in range(days):
        net = orders[day] if day < len(orders) else 0.0
        level += plain(take_orders)(state, net, VOLUME, LIQUID, 50e6, SCALE, p)
        path.append(level)
    return path


def sell(slices):
    return [-24e6 / slices] * slices


@pytest.mark.parametrize("slices", [1, 4, 24])
@pytest.mark.parametrize("multiplier", [0.0, 1.0])
def test_a_sale_costs_the_same_however_it_is_cut(slices, multiplier):
    """At the end of the sale and on day 30, of the whole impact and of its passing part alone."""
    once, cut = trade(sell(1), 30, multiplier=multiplier), trade(sell(slices), 30, multiplier=multiplier)
    assert cut[slices - 1] == pytest.approx(once[0], rel=0.15)
    assert cut[-1] == pytest.approx(once[-1], rel=0.15)
    assert once[0] < -0.03 - 0.15 * multiplier


def copy(state):
    return make_row(ImpactState, imbalance=state.imbalance, passing=state.passing, scarce=state.scarce)


def pay(orders):
    """What daily orders cost beyond the opening price, in ERA x log price, each paid along its own way up or down."""
    nodes, weights = np.polynomial.legendre.leggauss(40)
    state, p = make_row(ImpactState), make_row(Impact)
    cost, level = 0.0, 0.0
    for q in orders:
        idle = copy(state)
        plain(take_orders)(idle, 0.0, VOLUME, LIQUID, 50e6, SCALE, p)
        # h has a kink at 0: a way through it is paid in two halves.
        turn = -idle.imbalance * VOLUME
        ends = [0.0, turn, q] if min(0.0, q) < turn < max(0.0, q) else [0.0, q]
        for start, end in pairwise(ends):
            ways = start + (end - start) * (nodes + 1) / 2
            paid = [level + plain(take_orders)(copy(state), float(way), VOLUME, LIQUID, 50e6, SCALE, p) for way in ways]
            cost += float((end - start) / 2 * weights @ np.array(paid))
        level += plain(take_orders)(state, q, VOLUME, LIQUID, 50e6, SCALE, p)
    return cost


@given(st.lists(st.floats(-2e7, 2e7), min_size=1, max_size=6))
@settings(deadline=None, max_examples=60)
def test_no_round_trip_earns_money_at_a_steady_volume(orders):
    orders = [*orders, -sum(orders)]
    assert pay(orders) >= -1e-7 * sum(abs(q) for q in orders) - 1e-6


@pytest.mark.parametrize("days", [0, 3, 30])
@pytest.mark.parametrize("net", [1e3, 1e5, 2e7])
def test_going_back_and_forth_costs_what_fades_in_between(net, days):
    """Exactly the drop of the antiderivative of h over the pause and the night after it, in daily volumes."""
    c = make_row(Impact).linear_below
    start, end = net / VOLUME, net / VOLUME * 2.0 ** (-(days + 1) / 60.0)
    # The way back goes past 0: it ends as far below as the imbalance has faded.
    areas = [2.0 / 3.0 * math.sqrt(x + c) * (x - 2.0 * c) for x in (start, end, start - end, 0.0)]
    expected = SCALE * VOLUME * (areas[0] - areas[1] + areas[2] - areas[3])
    assert expected > 0.0
    assert pay([net, *[0.0] * days, -net]) == pytest.approx(expected, rel=1e-4)


def test_tiny_orders_are_linear_and_large_ones_a_square_root():
    p = make_row(Impact)
    root = plain(compute_root)
    assert root(2e-9, p) == pytest.approx(2 * root(1e-9, p), rel=1e-6)
    assert root(4e6, p) == pytest.approx(2 * root(1e6, p), rel=1e-6)
    assert root(-0.3, p) == -root(0.3, p)
    assert root(0.0, p) == 0.0
    assert plain(compute_passing)(0.95, 0.05, p) == pytest.approx(0.05 * 0.95, rel=1e-12)


def test_what_lasts_is_linear_in_the_order_and_in_the_share_of_supply():
    p = make_row(Impact, multiplier=2.0)
    assert plain(compute_lasting)(1e6, 1e8, p) == pytest.approx(0.02)
    assert plain(compute_lasting)(-3e6, 1e8, p) == -3 * plain(compute_lasting)(1e6, 1e8, p)
    assert plain(compute_lasting)(1e6, 0.0, p) == 0.0
    assert plain(compute_lasting)(-3e8, 1e8, p) == plain(compute_lasting)(-1e8, 1e8, p) == -2.0


def test_the_rest_fades_with_its_half_life():
    path = trade([-24e6], 2_000)
    assert path[-1] == pytest.approx(-24e6 / LIQUID, rel=1e-3)
    state, p = make_row(ImpactState, imbalance=1.0), make_row(Impact, half_life_days=60.0)
    for _ in range(60):
        plain(take_orders)(state, 0.0, VOLUME, LIQUID, 50e6, SCALE, p)
    assert state.imbalance == pytest.approx(0.5, rel=1e-12)


def test_a_float_is_scarce_below_its_share_and_the_price_rises_with_it():
    p = make_row(Impact, scarce_share=0.05, scarcity=2.0)
    scarce = plain(compute_scarcity)
    assert scarce(5e6, 1e8, p) == scarce(9e6, 1e8, p) == 0.0
    assert scarce(2.5e6, 1e8, p) == pytest.approx(2.0 * math.log(2.0))
    assert scarce(0.0, 1e8, p) == pytest.approx(2.0 * math.log(100.0))
    assert scarce(0.0, 0.0, p) == 0.0


@given(st.floats(0.0, 1e8), st.floats(0.0, 1e8))
@settings(deadline=None)
def test_scarcity_never_falls_with_the_float(a, b):
    low, high = (plain(compute_scarcity)(left, 1e8, make_row(Impact)) for left in sorted((a, b)))
    assert low >= high >= 0.0


@given(st.floats(0.01, 0.5), st.floats(0.0, 5.0), st.floats(0.0, 4.6))
@settings(deadline=None)
def test_a_scarce_float_adds_its_log_fall_without_a_jump(share, scarcity, fall):
    p = make_row(Impact, scarce_share=share, scarcity=scarcity)
    left = share * 1e8 * math.exp(-fall)
    assert plain(compute_scarcity)(left, 1e8, p) == pytest.approx(scarcity * fall, abs=1e-12)


@given(st.floats(-10.0, 10.0), st.floats(-10.0, 10.0))
@settings(deadline=None)
def test_the_passing_part_is_odd_and_rises_with_the_imbalance(a, b):
    p = make_row(Impact)
    low, high = (plain(compute_passing)(x, SCALE, p) for x in sorted((a, b)))
    assert low <= high
    assert plain(compute_passing)(-a, SCALE, p) == -plain(compute_passing)(a, SCALE, p)


def test_sellers_ask_for_scarcity_over_some_days():
    state, p = make_row(ImpactState), make_row(Impact, asking_days=10.0)
    full = plain(compute_scarcity)(1e6, LIQUID, p)
    total = 0.0
    for _ in range(10):
        total += plain(take_orders)(state, 0.0, VOLUME, LIQUID, 1e6, SCALE, p)
    assert total == pytest.approx(full * (1 - 0.9**10), rel=1e-12)


def test_impact_can_be_switched_off():
    assert trade(sell(1), 5, acting=0) == [0.0] * 5


def test_a_steady_flow_counts_like_orders():
    steady = trade([], 5, steady_flow=0.01)
    ordered = trade([0.01 * VOLUME] * 5, 5)
    assert steady == pytest.approx(ordered, rel=1e-12)
