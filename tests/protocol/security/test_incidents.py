"""Incidents: closed forms of size, notice, loss and repair."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.incidents import (
    KINDS,
    NEVER_HOURS,
    IncidentKind,
    Incidents,
    combine_sights,
    compute_checks,
    compute_contagion,
    compute_detection,
    compute_escaped,
    compute_exit_wait,
    compute_felt_factor,
    compute_loss_share,
    compute_mean_detection,
    compute_repair,
    compute_sight,
    compute_size,
)
from tests.support import make_row

P = make_row(Incidents)


@given(st.integers(0, 2_000), st.floats(0.0, 1.0))
def test_one_of_many_watchers_notices(n: int, p: float) -> None:
    assert plain(compute_sight)(float(n), p) == pytest.approx(1.0 - (1.0 - p) ** n, abs=1e-11)


def test_nobody_watches_nothing_is_noticed() -> None:
    assert plain(compute_sight)(0.0, 0.5) == plain(compute_sight)(10.0, 0.0) == 0.0
    assert plain(combine_sights)(0.25, 0.5) == 0.625
    assert plain(compute_checks)(0.3, 0.0) == NEVER_HOURS
    assert plain(compute_mean_detection)(0.0, IncidentKind.FORGERY, P) == P.outside_hours[IncidentKind.FORGERY]


@pytest.mark.parametrize("sight", [0.01, 0.2, 0.9, 1.0])
def test_checks_until_notice_are_geometric(sight: float) -> None:
    n = 200_000
    checks = np.array([plain(compute_checks)((k + 0.5) / n, sight) for k in range(n)])
    assert checks.min() == 1.0
    assert checks.mean() == pytest.approx(1.0 / sight, rel=2e-3)
    assert (checks == 1.0).mean() == pytest.approx(sight, abs=1.0 / n)


@given(st.floats(0.001, 0.4), st.floats(0.41, 1.0), st.floats(0.3, 5.0), st.floats(1e-6, 1.0 - 1e-6))
def test_sizes_stay_between_their_bounds(low: float, high: float, alpha: float, u: float) -> None:
    size = plain(compute_size)(u, low, high, alpha)
    assert low <= size <= high
    assert plain(compute_size)(u * 0.9, low, high, alpha) <= size


def test_the_mean_size_has_its_closed_form() -> None:
    n = 100_000
    low, high = 0.01, 0.5
    mean = np.mean([plain(compute_size)((k + 0.5) / n, low, high, 1.0) for k in range(n)])
    assert mean == pytest.approx(low * math.log(high / low) / (1.0 - low / high), rel=1e-3)
    alpha = 2.0
    mean = np.mean([plain(compute_size)((k + 0.5) / n, low, high, alpha) for k in range(n)])
    assert mean == pytest.approx(2.0 * low**2 / (1.0 - (low / high) ** 2) * (1.0 / low - 1.0 / high), rel=1e-3)


def test_a_kind_without_value_at_risk_has_none() -> None:
    assert plain(compute_size)(0.7, 0.0, 0.0, 1.0) == 0.0
    assert plain(compute_size)(0.7, 0.2, 0.2, 1.0) == 0.2


def test_who_is_first_notices() -> None:
    assert plain(compute_detection)(5.0, 12.0, P) == 2.0
    assert plain(compute_detection)(1.0, 12.0, P) == 1.0
    assert plain(compute_detection)(1e9, NEVER_HOURS, make_row(Incidents, sampling_minutes=1440.0)) == NEVER_HOURS


@pytest.mark.parametrize(("hours", "share"), [(0.0, 0.0), (0.5, 0.0), (1.5, 0.5), (2.5, 1.0), (99.0, 1.0)])
def test_what_is_under_the_exit_delay_is_stopped(hours: float, share: float) -> None:
    assert plain(compute_escaped)(hours, IncidentKind.EXPLOIT, make_row(Incidents, fast_share=0.0)) == share
    fast = min(hours / 2.0, 1.0)
    assert plain(compute_escaped)(hours, IncidentKind.EXPLOIT, P) == pytest.approx(0.3 * fast + 0.7 * share)
    assert plain(compute_escaped)(hours, IncidentKind.EXPLOIT, make_row(Incidents, fast_share=1.0)) == fast
    assert plain(compute_loss_share)(share, P) == share * 0.75
    assert plain(compute_loss_share)(share, make_row(Incidents, shared=0)) == share


@pytest.mark.parametrize("kind", range(KINDS))
def test_shared_security_repairs_sooner(kind: int) -> None:
    alone = make_row(Incidents, shared=0)
    assert plain(compute_repair)(2.0, 20.0, kind, alone) == 2.0 * P.repair_days[kind]
    assert plain(compute_repair)(2.0, 20.0, kind, P) == P.repair_days[kind]


def test_shared_security_spreads_the_fright() -> None:
    assert plain(compute_contagion)(0.01, P) == pytest.approx(0.01)
    assert plain(compute_contagion)(0.01, make_row(Incidents, shared=0)) == pytest.approx(0.002)


def test_a_longer_exit_delay_is_paid_in_waiting() -> None:
    assert plain(compute_exit_wait)(P.exit_delay_hours, P) == pytest.approx(18.0)
    assert plain(compute_exit_wait)(0.0, P) == 0.0
    assert plain(compute_felt_factor)(17.3, 18.1, 18.1) == 1.0
    assert plain(compute_felt_factor)(20.0, 180.0, 20.0) == 5.0
    assert plain(compute_felt_factor)(0.0, 5.0, 0.0) == 1.0
