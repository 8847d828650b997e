"""Privacy gateway: Zipf subjects, validity, fees; hits are counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.connectors.gateway import (
    SUBJECTS,
    Gateway,
    GatewayMetrics,
    GatewayState,
    attest,
    choose_subject,
    compute_gateway_fees,
    measure_gateway,
)
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row


@given(st.floats(1e-9, 1.0 - 1e-9), st.integers(1, SUBJECTS), st.floats(0.0, 3.0))
def test_a_subject_is_in_the_table(u: float, subjects: int, exponent: float) -> None:
    assert 0 <= plain(choose_subject)(u, subjects, exponent) < subjects


@pytest.mark.parametrize("exponent", [0.0, 0.9, 1.0, 1.7])
def test_ranks_have_the_integral_of_their_density(exponent: float) -> None:
    n, subjects = 100_000, 50
    ranks = np.bincount([plain(choose_subject)((k + 0.5) / n, subjects, exponent) for k in range(n)], minlength=subjects) / n
    grid = np.linspace(1.0, subjects + 1.0, subjects * 2_000 + 1)
    mass = ((grid[1:] + grid[:-1]) / 2) ** -exponent
    expected = mass.reshape(subjects, -1).sum(axis=1) / mass.sum()
    assert ranks == pytest.approx(expected, abs=2e-5)


def test_an_attestation_is_used_again_while_it_is_valid() -> None:
    state, p = make_row(GatewayState), make_row(Gateway, valid_days=10)
    assert [plain(attest)(state, p, 3, day) for day in (0, 0, 9, 10, 19, 20)] == [False, True, True, False, True, False]
    assert not plain(attest)(state, p, 4, 9)
    assert (state.fresh, state.reused) == (4, 3)
    alone = make_row(Gateway, reuse=0)
    assert not plain(attest)(state, alone, 3, 21)


def test_time_and_fees_are_those_of_what_was_counted() -> None:
    state, p, today = make_row(GatewayState, fresh=1, reused=3), make_row(Gateway), make_row(GatewayMetrics)
    plain(measure_gateway)(state, p, today)
    assert (today.attestations, today.attestation_hit_share, today.attestation_baseline_hours) == (4.0, 0.75, 72.0)
    assert today.attestation_hours == pytest.approx((72.0 + 0.3) / 4)
    assert plain(compute_gateway_fees)(state, p) == pytest.approx(2.3)
    plain(measure_gateway)(make_row(GatewayState), p, make_row(GatewayMetrics))
