"""Rollups join or give up."""

import pytest

from metalab.protocol.kernel.codes import Framework
from tests.econ.messaging.fastclock.lab import run

MANY = {"administration__joins_per_hour": 6_000.0, "administration__join_step_s": 5.0, "minutes": 10.0, "traffic__messages_per_day": 0.0}


def test_all_frameworks_join_when_nothing_fails() -> None:
    joining = run(1, administration__join_failure=[0.0] * 4, **MANY).joining
    over = [candidate for candidate in joining.all if candidate.end_s >= 0.0]
    assert {candidate.framework for candidate in over} == set(Framework)
    assert all(candidate.has_joined and candidate.failures == 0 for candidate in over)


def test_success_is_that_of_limited_tries() -> None:
    """Three steps, each with up to three tries of failure 0.5: (1 - 0.5^3)^3."""
    simulation = run(1, administration__join_failure=[0.5] * 4, **MANY)
    old = [candidate for candidate in simulation.joining.all if candidate.start_s < 400.0]
    assert all(candidate.end_s > candidate.start_s for candidate in old)
    expected = (1 - 0.5**3) ** 3
    joined = sum(candidate.has_joined for candidate in old) / len(old)
    assert joined == pytest.approx(expected, abs=4 * (expected * (1 - expected) / len(old)) ** 0.5)
    assert any(candidate.has_joined and candidate.failures > 0 for candidate in old)


def test_a_framework_that_always_fails_never_joins() -> None:
    joining = run(1, administration__join_failure=[0.0, 0.0, 1.0, 0.0], **MANY).joining
    for candidate in joining.all:
        assert candidate.has_joined <= (candidate.framework != Framework.ZK)
