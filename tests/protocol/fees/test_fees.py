"""The fee rule and the exact split."""

import math

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.fees.fees import (
    Fees,
    FeesMetrics,
    FeesState,
    compute_quote,
    divide_revenue,
    is_quote_due,
    measure_payment,
    quote_fee,
)
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row


def test_quote_at_the_reference_price_is_the_fee():
    assert plain(compute_quote)(make_row(Fees), 1.545) == math.floor(0.30 / 1.545 * 1e6)


@given(st.floats(0.01, 50.0))
def test_indexation_spans_fixed_in_era_to_fixed_in_usd(price):
    fixed_in_era = make_row(Fees, indexation=0.0)
    assert plain(compute_quote)(fixed_in_era, price) == plain(compute_quote)(fixed_in_era, 1.0)
    in_usd = plain(compute_quote)(make_row(Fees, indexation=1.0), price) * 1e-6 * price
    assert abs(in_usd - 0.30) <= 1.1e-6 * max(price, 1.0)


def test_half_indexation_doubles_the_fee_when_price_is_a_quarter():
    p = make_row(Fees)
    assert abs(plain(compute_quote)(p, 1.545 / 4.0) - 2 * plain(compute_quote)(p, 1.545)) <= 2


def test_quote_holds_for_its_days_or_until_the_rule_changes():
    p, quote = make_row(Fees), make_row(FeesState)
    plain(quote_fee)(quote, p, 1.545, 10)
    assert not plain(is_quote_due)(quote, p, 39)
    assert plain(is_quote_due)(quote, p, 40)
    p.message_fee_usd = 0.25
    assert plain(is_quote_due)(quote, p, 11)
    plain(quote_fee)(quote, p, 1.545, 11)
    p.indexation = 0.75
    assert plain(is_quote_due)(quote, p, 12)
    plain(quote_fee)(quote, p, 1.545, 12)
    p.reference_price_usd = 1.0
    assert plain(is_quote_due)(quote, p, 13)


@given(st.integers(0, 10**13))
def test_split_is_exact(amount):
    pots, today = make_row(Pots, fees=amount), make_row(FeesMetrics)
    plain(divide_revenue)(pots, make_row(Fees), today)
    parts = (pots.node_rewards[0], pots.node_rewards[2], pots.node_rewards[1], pots.reward_developers, pots.reward_users)
    assert pots.fees == 0
    assert sum(parts) == amount
    for part, bps in zip(parts, (4000, 2500, 1500, 1000, 1000), strict=True):
        assert abs(part * 10_000 - amount * bps) < 10_000
    assert today.revenue_core_era == pots.node_rewards[0] / 1e6


def test_payment_shares_and_its_reset():
    quote, today = make_row(FeesState, due_era=1, due_native=3), make_row(FeesMetrics)
    plain(measure_payment)(quote, today)
    assert today.fee_paid_in_era_share == 0.25
    plain(measure_payment)(quote, today)
    assert today.fee_paid_in_era_share == 0.0
