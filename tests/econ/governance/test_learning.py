"""What past weeks teach: closed forms of the logit, recovery of a known slope, forgetting, and what no week may do."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.governance.learning import (
    LARGEST_SURPRISE,
    LEAST_SLOPE,
    MOST_SLOPE,
    LearningState,
    close_week,
    compute_response,
    compute_share,
    learn,
    note_day,
    open_learning,
)
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row

RIVAL = 0.32
WEIGHT = 2.0
PRIOR = 0.1
MEMORY = 365.0


def make_learning(messages: float = 1e4) -> Any:
    state = make_row(LearningState)
    plain(open_learning)(state, messages)
    return state


def live_weeks(state: Any, weeks: int, slope: float, seed: int = 1, noise: float = 0.01, growth: float = 0.0) -> None:
    """Weeks in which the fee wanders around .3 USD and messages answer with a slope, growing besides."""
    chance = np.random.default_rng(seed)
    fee = 0.3
    for week in range(weeks):
        fee *= (0.3 / fee) ** 0.1 * math.exp(chance.normal(0.0, 0.12))
        share = plain(compute_share)(fee, RIVAL, WEIGHT)
        messages = 2e4 * share**slope * math.exp(chance.normal(0.0, noise) + growth * 7 * week / 365)
        for _ in range(7):
            is_over = plain(note_day)(state, messages, fee)
        assert is_over
        plain(close_week)(state, growth, RIVAL, WEIGHT, PRIOR, MEMORY)


def test_half_of_all_at_the_rivals_fee() -> None:
    assert plain(compute_share)(RIVAL, RIVAL, WEIGHT) == 0.5
    assert plain(compute_share)(0.0, RIVAL, WEIGHT) == 1.0
    assert 0.0 <= plain(compute_share)(0.3, 0.0, WEIGHT) < 1e-6


@given(st.floats(0.01, 5.0), st.floats(0.2, 3.0), st.floats(0.5, 4.0))
def test_the_elasticity_is_the_slope_of_the_response(fee: float, slope: float, weight: float) -> None:
    step = 1e-6
    response = plain(compute_response)(fee, fee * (1.0 + step), RIVAL, weight, slope)
    elasticity = slope * weight * (1.0 - plain(compute_share)(fee, RIVAL, weight))
    assert -math.log(response) / step == pytest.approx(elasticity, rel=1e-3, abs=1e-5)


@given(st.floats(0.01, 5.0), st.floats(0.01, 5.0), st.floats(0.01, 5.0))
def test_responses_along_a_way_multiply(start: float, middle: float, end: float) -> None:
    respond = plain(compute_response)
    whole = respond(start, end, RIVAL, WEIGHT, 1.3)
    assert respond(start, middle, RIVAL, WEIGHT, 1.3) * respond(middle, end, RIVAL, WEIGHT, 1.3) == pytest.approx(whole)


@pytest.mark.parametrize("slope", [0.4, 1.0, 1.8])
def test_a_known_slope_is_found_from_both_sides(slope: float) -> None:
    found = []
    for seed in range(8):
        state = make_learning()
        live_weeks(state, 156, slope, seed)
        found.append(state.slope)
    # The prior of 1 still counts as PRIOR beside a year's information, and large weeks count in part.
    assert abs(np.median(found) - slope) < 0.2 * abs(slope - 1.0) + 0.05


def test_growth_that_all_know_of_is_not_taken_for_an_answer() -> None:
    state = make_learning()
    live_weeks(state, 156, 1.0, noise=0.0, growth=0.3)
    assert state.slope == pytest.approx(1.0, abs=1e-6)


def test_without_news_the_first_belief_comes_back() -> None:
    state = make_learning()
    live_weeks(state, 104, 2.0)
    taught = state.slope
    for _ in range(520):
        plain(learn)(state, 0.0, 0.05, PRIOR, math.exp(-7 / MEMORY))
    assert taught > 1.5
    assert state.slope == pytest.approx(1.0, abs=0.01)


def test_a_crash_teaches_no_more_than_a_large_surprise() -> None:
    calm, crash = make_learning(), make_learning()
    plain(learn)(calm, 1.0, 1.0 - LARGEST_SURPRISE, PRIOR, 0.98)
    plain(learn)(crash, 1.0, -0.7, PRIOR, 0.98)
    assert crash.slope == calm.slope > 0.9
    for observed, bound in ((-5.0, LEAST_SLOPE), (50.0, MOST_SLOPE)):
        for _ in range(1_500):
            plain(learn)(crash, 1.0, observed, PRIOR, 0.9)
        assert crash.slope == bound


def test_weeks_without_messages_teach_nothing() -> None:
    state = make_learning(0.0)
    for messages in (0.0, 0.0, 100.0, 0.0, 100.0):
        for _ in range(7):
            plain(note_day)(state, messages, 0.3)
        plain(close_week)(state, 0.0, RIVAL, WEIGHT, PRIOR, MEMORY)
    assert (state.slope, state.information) == (1.0, 0.0)
    assert (state.last_messages, state.days, state.messages, state.fee_usd) == (100.0, 0, 0.0, 0.0)
