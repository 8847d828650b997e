"""Charges of rollups: by hand, in proportion to value, and none of them lost between paid and unpaid."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.fees.fees import Fees
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.rollups.charges import (
    Charges,
    ChargesMetrics,
    ChargesState,
    clear_charges,
    collect_charges,
    compute_charges,
    sum_charges,
    take_share,
)
from metalab.protocol.security.insurance import Insurance
from tests.support import make_row

USD = st.floats(0.0, 1e6)


def compute(tvl: float, hazard: float = 0.01, security: float = 10.0, premium: float = 20.0, rated: int = 0) -> Charges:
    charges: Charges = plain(compute_charges)(
        tvl, hazard, make_row(Fees, security_bps=security), make_row(Insurance, premium_bps=premium, rated=rated)
    )
    return charges


def test_a_days_charges_by_hand() -> None:
    assert compute(365e6) == pytest.approx((5.0, 1_000.0, 2_000.0))
    assert compute(365e6, hazard=0.02, rated=1) == pytest.approx((5.0, 1_000.0, 1.3 * 0.02 * 1e6))
    # Verification is asked of the empty as well.
    assert compute(0.0) == (5.0, 0.0, 0.0)
    assert plain(sum_charges)(Charges(1.0, 2.0, 4.0)) == 7.0


@given(st.floats(0.0, 1e10), st.floats(0.0, 1.0), st.integers(0, 1))
def test_two_rollups_pay_what_one_of_both_sizes_pays_and_one_more_verification(tvl: float, hazard: float, rated: int) -> None:
    one, half = compute(tvl, hazard, rated=rated), compute(0.5 * tvl, hazard, rated=rated)
    assert one == pytest.approx((half.verification, 2 * half.security, 2 * half.premium))
    assert plain(sum_charges)(one) == pytest.approx(sum(one))
    assert min(one) >= 0.0


@given(st.lists(st.tuples(USD, USD, USD, st.floats(0.0, 1.0)), max_size=10))
def test_what_is_charged_is_paid_or_counted_as_unpaid(days: list[tuple[float, float, float, float]]) -> None:
    state, today = make_row(ChargesState), make_row(ChargesMetrics)
    charged, received = 0.0, 0.0
    for verification, security, premium, paid in days:
        charges = Charges(verification, security, premium)
        plain(collect_charges)(state, charges, charges, paid, today)
        charged += sum(charges)
        received += paid * sum(charges)
    assert today.charges_usd + today.charges_unpaid_usd == pytest.approx(charged)
    assert today.charges_usd == pytest.approx(received)
    assert state.verification_usd + state.security_usd + state.premium_usd == pytest.approx(received)
    plain(clear_charges)(state)
    assert (state.verification_usd, state.security_usd, state.premium_usd) == (0.0, 0.0, 0.0)


def test_each_charge_keeps_its_own_account() -> None:
    state = make_row(ChargesState, verification_usd=1.0)
    charges = Charges(4.0, 8.0, 16.0)
    plain(collect_charges)(state, charges, charges, 0.25, make_row(ChargesMetrics))
    assert (state.verification_usd, state.security_usd, state.premium_usd) == (2.0, 2.0, 4.0)


@given(USD, USD, USD, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_charges_on_value_are_shared_as_fees_are(verification: float, security: float, premium: float, share: float, paid: float) -> None:
    charges, state, today = Charges(verification, security, premium), make_row(ChargesState), make_row(ChargesMetrics)
    own = plain(take_share)(charges, share)
    assert own == (verification, share * security, share * premium)
    plain(collect_charges)(state, charges, own, paid, today)
    # What depositors bear is always paid: it comes out of the fees.
    unpaid = (1.0 - paid) * (verification + share * (security + premium))
    assert today.charges_unpaid_usd == pytest.approx(unpaid)
    assert today.charges_usd == pytest.approx(sum(charges) - unpaid)
