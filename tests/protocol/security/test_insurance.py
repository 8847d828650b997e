"""The insurance fund: limits, refusals, no token lost, what a premium asks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Code
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.insurance import Insurance, compute_claim, compute_limit, compute_premium_rate, pay_claim
from metalab.protocol.security.insurance_ledger import collect_premium
from tests.support import make_row

ERA = 10**6


def test_a_claim_is_paid_out_of_the_fund() -> None:
    pots = make_row(Pots, insurance=1_000 * ERA, market_float=5)
    assert plain(pay_claim)(pots, make_row(Insurance), 250 * ERA) == Code.OK
    assert (pots.insurance, pots.market_float, pots.moved[Cause.INSURANCE_PAYOUT]) == (750 * ERA, 250 * ERA + 5, 250 * ERA)


@pytest.mark.parametrize(
    ("amount", "limit", "code"),
    [
        (0, 2_500, Code.INVALID_AMOUNT),
        (-1, 2_500, Code.INVALID_AMOUNT),
        (1_001 * ERA, 10_000, Code.INSUFFICIENT_BALANCE),
        (251 * ERA, 2_500, Code.ABOVE_MAXIMUM),
    ],
)
def test_a_refusal_writes_nothing(amount: int, limit: int, code: Code) -> None:
    pots = make_row(Pots, insurance=1_000 * ERA)
    before = bytes(pots._columns["insurance"]) + bytes(pots._columns["market_float"])
    assert plain(pay_claim)(pots, make_row(Insurance, limit_bps=limit), amount) == code
    assert bytes(pots._columns["insurance"]) + bytes(pots._columns["market_float"]) == before
    assert not any(pots.moved[k] for k in range(len(pots.moved)))


@given(st.integers(0, 10**15), st.integers(0, 10_000), st.lists(st.floats(0.0, 1e9), max_size=30), st.floats(0.001, 10.0))
def test_the_fund_never_pays_more_than_it_has(fund: int, limit: int, losses: list[float], price: float) -> None:
    pots, p = make_row(Pots, insurance=fund), make_row(Insurance, limit_bps=limit)
    for loss in losses:
        before = pots.insurance
        amount = min(plain(compute_claim)(loss, price, p), plain(compute_limit)(before, p))
        plain(pay_claim)(pots, p, amount)
        assert 0 <= before - pots.insurance <= before * limit // 10_000
    assert pots.insurance >= 0
    assert pots.insurance + pots.market_float == fund


def test_claims_and_premiums_by_hand() -> None:
    assert plain(compute_claim)(1_000.0, 0.5, make_row(Insurance, cover_bps=5_000)) == 1_000 * ERA
    assert plain(compute_limit)(1_000, make_row(Insurance, limit_bps=0)) == 0
    pots = make_row(Pots, market_float=7)
    plain(collect_premium)(pots, 3)
    assert (pots.market_float, pots.insurance, pots.moved[Cause.INSURANCE_PREMIUM]) == (4, 3, 3)


def test_a_fixed_premium_asks_the_same_whatever_is_lost() -> None:
    p = make_row(Insurance, premium_bps=10.0)
    assert plain(compute_premium_rate)(0.0, p) == plain(compute_premium_rate)(0.5, p) == 0.001


def test_a_rated_premium_by_hand() -> None:
    p = make_row(Insurance, rated=1, load=0.3, cover_bps=5_000, premium_bps=200.0)
    assert plain(compute_premium_rate)(0.02, p) == pytest.approx(1.3 * 0.02 * 0.5)
    assert plain(compute_premium_rate)(0.0, p) == 0.0


@given(st.floats(0.0, 1.0), st.integers(0, 10_000), st.floats(1e4, 1e8), st.floats(0.2, 5.0))
def test_without_load_a_year_of_rated_premiums_is_what_a_year_of_losses_claims(
    hazard: float, cover: int, value: float, price: float
) -> None:
    p = make_row(Insurance, rated=1, load=0.0, cover_bps=cover)
    premiums = plain(compute_premium_rate)(hazard, p) * value
    assert premiums / price == pytest.approx(plain(compute_claim)(hazard * value, price, p) / ERA, rel=1e-9, abs=2e-6)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.floats(-1.0, 3.0))
def test_more_seen_to_be_lost_or_more_load_never_asks_less(hazard: float, more: float, load: float) -> None:
    p, dearer = make_row(Insurance, rated=1, load=load), make_row(Insurance, rated=1, load=load + more)
    assert 0.0 <= plain(compute_premium_rate)(hazard, p) <= plain(compute_premium_rate)(hazard + more, p)
    assert plain(compute_premium_rate)(hazard, p) <= plain(compute_premium_rate)(hazard, dearer)
