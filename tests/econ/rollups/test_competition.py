"""Rivals and the gravity model of flows between rollups."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.rollups.competition import (
    GROWTH_DAYS,
    Competition,
    CompetitionMetrics,
    CompetitionState,
    ProviderDraws,
    change_rivals,
    compute_concentration,
    compute_flow_share,
    compute_friction,
    count_rivals,
    follow_growth,
    measure_competition,
    open_rivals,
)
from metalab.protocol.kernel.compiling import plain
from tests import support
from tests.support import make_row

make_rows: Any = support.make_rows


def sum_pairs(own: list[float], rival: list[float], near: float, far: float, connected: float) -> float:
    """The gravity model pair by pair."""
    masses = own + rival
    carried = total = 0.0
    for i, a in enumerate(masses):
        for j, b in enumerate(masses):
            if i == j:
                continue
            both = i < len(own) and j < len(own)
            flow = a * b / (near if both else far)
            total += flow
            if both:
                carried += flow
            elif (i < len(own)) != (j < len(own)):
                carried += flow * connected * far / (near + far)
    return carried / total if total else 0.0


masses = st.lists(st.floats(0.1, 100.0), min_size=1, max_size=8)


@given(masses, masses, st.floats(1.0, 10.0), st.floats(1.0, 10.0), st.floats(0.0, 1.0))
def test_the_aggregate_is_the_sum_over_pairs(own: list[float], rival: list[float], near: float, far: float, connected: float) -> None:
    def squares(values: list[float]) -> float:
        return sum(v * v for v in values) / sum(values) ** 2

    share = plain(compute_flow_share)(sum(own), squares(own), sum(rival), squares(rival), near, far, connected)
    assert share == pytest.approx(sum_pairs(own, rival, near, far, connected), rel=1e-9, abs=1e-12)


def test_no_rollups_no_flow() -> None:
    assert plain(compute_flow_share)(0.0, 0.0, 0.0, 0.0, 2.0, 3.0, 0.4) == 0.0


def test_friction_doubles_at_each_scale() -> None:
    assert plain(compute_friction)(0.0, 0.0) == 1.0
    assert plain(compute_friction)(0.30, 0.0) == plain(compute_friction)(0.0, 30.0) == 2.0


def test_concentration_of_zipf() -> None:
    weights = np.array([1.0 / k for k in range(1, 101)])
    assert plain(compute_concentration)(100, 1.0) == pytest.approx(np.sum((weights / weights.sum()) ** 2), rel=1e-12)
    assert (plain(compute_concentration)(0, 1.0), plain(compute_concentration)(1, 2.0)) == (0.0, 1.0)


def test_the_opening_share_is_sixty_of_160() -> None:
    state, today = make_row(CompetitionState), make_row(CompetitionMetrics)
    plain(open_rivals)(state, make_row(Competition))
    plain(measure_competition)(state, 60, today)
    assert (plain(count_rivals)(state), today.market_share, today.growth_ratio) == (100, 0.375, 0.0)


def test_rivals_close_at_their_hazard_and_stand_still_when_switched_off() -> None:
    p, state, draws = make_row(Competition, hazard=2.0), make_row(CompetitionState), make_rows(ProviderDraws, 4)
    plain(open_rivals)(state, p)
    left = []
    for u in np.linspace(0.0005, 0.9995, 1_000):
        state.live[0] = 35
        for row in draws:
            row.close = row.mood = u
        plain(change_rivals)(state, draws, p)
        left.append(35 - state.live[0])
    assert np.mean(left) == pytest.approx(35 * (1 - np.exp(-2.0 / 365)), rel=0.02)
    state.live[0] = 35
    plain(change_rivals)(state, draws, make_row(Competition, hazard=2.0, rivals=0))
    assert state.live[0] == 35


def test_growth_is_a_mean_over_a_year() -> None:
    weight = 2.0 / (GROWTH_DAYS + 1.0)
    state = make_row(CompetitionState, live=[10, 0, 0, 0], deployed=2)
    plain(follow_growth)(state, 3, 30)
    assert (state.own_rate, state.rival_rate, state.deployed) == (pytest.approx(0.1 * weight), pytest.approx(0.2 * weight), 0)
    for _ in range(4_000):
        state.deployed = 2
        plain(follow_growth)(state, 3, 30)
    assert (state.own_rate, state.rival_rate) == (pytest.approx(0.1), pytest.approx(0.2))
