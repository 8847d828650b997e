"""What the assistant believes, and how it chooses."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.transport.path_choice import Belief, Climate, LaneWeather, choose_informed, choose_naive, weigh_path

CALM, CONGESTED = LaneWeather(8.0, 0.4, 0.02), LaneWeather(48.0, 0.4, 0.25)
CLIMATE = Climate(CALM, CONGESTED, 600.0, 200.0)


def density(weather: LaneWeather, delay_s: float, has_failed: bool) -> float:
    """The lognormal density times the chance of the outcome, written out."""
    z = (math.log(delay_s) - math.log(weather.median_s)) / weather.sigma
    normal = math.exp(-z * z / 2) / (delay_s * weather.sigma * math.sqrt(2 * math.pi))
    return normal * (weather.failure if has_failed else 1 - weather.failure)


@given(st.floats(1, 300), st.booleans(), st.floats(0, 5000))
def test_beliefs_follow_bayes_rule(delay_s: float, has_failed: bool, now_s: float) -> None:
    belief = Belief(1, CLIMATE)
    prior = 0.25
    belief.learn(0, now_s, delay_s, has_failed)
    bad, good = density(CONGESTED, delay_s, has_failed), density(CALM, delay_s, has_failed)
    assert belief.estimate(0, now_s) == pytest.approx(prior * bad / (prior * bad + (1 - prior) * good), rel=1e-9)


def test_what_was_heard_long_ago_is_forgotten() -> None:
    belief = Belief(2, CLIMATE)
    belief.learn(0, 0.0, 48.0, True)
    fresh = belief.estimate(0, 0.0)
    assert fresh > 0.99
    half_life = math.log(2) / (1 / 600 + 1 / 200)
    assert belief.estimate(0, half_life) == pytest.approx(0.25 + (fresh - 0.25) / 2)
    assert belief.estimate(0, 1e6) == pytest.approx(0.25)
    assert belief.estimate(1, 7.0) == 0.25


def test_costs_are_expectations() -> None:
    belief = Belief(1, CLIMATE)
    mean_s = 0.75 * 8 * math.exp(0.08) + 0.25 * 48 * math.exp(0.08)
    failure = 0.75 * 0.02 + 0.25 * 0.25
    assert weigh_path(belief, [0], 0.0, 0.1, 0.01, 2.0) == pytest.approx(0.1 + mean_s * 0.01 + failure * 2)
    assert weigh_path(belief, [0, 0], 0.0, 0.1, 0.01, 2.0) == pytest.approx(0.2 + mean_s * 0.02 + (1 - (1 - failure) ** 2) * 2)
    assert weigh_path(belief, [], 0.0, 0.1, 0.01, 2.0) == 0


def test_choices() -> None:
    assert choose_naive([[1, 1], [0], [2]]) == 1
    assert choose_informed([3.0, 1.0, 1.0]) == 1


def test_delays_beyond_all_measure_do_not_break_it() -> None:
    belief = Belief(1, CLIMATE)
    for delay_s in (0.0, 1e300):
        belief.learn(0, 0.0, delay_s, False)
        assert 0.0 <= belief.estimate(0, 0.0) <= 1.0
