"""The survival estimate against hand-made tables and a known hazard."""

import numpy as np
import pytest

from metalab.econ.kernel.chance.philox import draw_one
from metalab.econ.kernel.chance.streams import Stream
from metalab.experiments.validation.survival import Lives, estimate_survival, observe, pool


def test_without_truncation_it_is_kaplan_meier() -> None:
    # Freireich et al. 1963, 6-MP arm, remission in weeks: published S(6) = .857, S(10) = .753, S(23) = .448.
    weeks = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    ended = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    lives = Lives(np.zeros(21), np.array(weeks, float), np.array(ended, bool))
    curve = estimate_survival(lives)
    assert [round(curve.at(week), 3) for week in (5, 6, 7, 10, 13, 16, 22, 23)] == [1.0, 0.857, 0.807, 0.753, 0.69, 0.627, 0.538, 0.448]


def test_those_who_entered_late_were_not_at_risk_before() -> None:
    lives = Lives(np.array([0.0, 0.0, 5.0, 5.0]), np.array([2.0, 9.0, 7.0, 9.0]), np.array([True, False, True, False]))
    curve = estimate_survival(lives)
    assert curve.at(2.0) == pytest.approx(1 / 2)
    assert curve.at(7.0) == pytest.approx(1 / 2 * 2 / 3)


def test_days_become_ages() -> None:
    lives = observe([-100, 10, 20], [0, 10, 20], [50, -1, 30], 99)
    assert (lives.entry.tolist(), lives.leave.tolist(), lives.ended.tolist()) == ([100, 0, 0], [150, 90, 10], [True, False, True])
    assert len(pool([lives, lives]).entry) == 6


def test_truncation_is_undone() -> None:
    """Exponential lives seen only if they last to a random age: the curve is exp(-t), the naive one is far above."""
    draws = np.array([[draw_one(1, 0, int(Stream.STUDY), 0, i, k) for k in range(2)] for i in range(20_000)])
    lives, entry = -np.log(draws[:, 0]), 2.0 * draws[:, 1]
    seen = lives > entry
    curve = estimate_survival(Lives(entry[seen], lives[seen], np.ones(seen.sum(), bool)))
    for age in (0.5, 1.0, 2.0):
        assert curve.at(age) == pytest.approx(np.exp(-age), abs=0.03)
        assert np.mean(lives[seen] > age) > np.exp(-age) + 0.1
