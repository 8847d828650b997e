"""Fees of the day are collected and split."""

from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import Exchange, ExchangeState, fill_buy
from metalab.protocol.fees.fees import FeesMetrics, compute_verification_usd, divide_revenue, measure_payment, quote_fee
from metalab.protocol.fees.ledger import convert_fee, convert_verification, keep_native
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import smooth, to_era, to_uera, to_usd
from metalab.protocol.users.incentives import measure_discount


@rule
def open_revenue(w: World) -> None:
    """The first quote, and R at its launch value: messages and verification at the opening price (ECONOMY 19)."""
    s = w.state[0]
    p = w.params[0]
    quote_fee(s.fees, p.fees, s.market.price_mean, 0)
    messages = p.adoption.messages_per_day * to_usd(s.fees.message_fee, s.market.price)
    s.fees.revenue_mean_usd = DAYS_A_YEAR * (messages + compute_verification_usd(p.fees, s.rollups.live))


@rule
def convert_fees(desk: ExchangeState, pots: Pots, p: Exchange, messages: int, verification: int, today: FeesMetrics) -> None:
    """Buy the ERA of fees paid in native gas by one order. What finds no ERA is no revenue; messages are served first."""
    if messages + verification <= 0:
        return
    filled = fill_buy(desk, pots, p, messages + verification)
    for_messages = min(filled, messages)
    if for_messages > 0:
        convert_fee(pots, for_messages)
    if filled > for_messages:
        convert_verification(pots, filled - for_messages)
    today.verification_era = to_era(filled - for_messages)
    today.unconverted_era = to_era(messages + verification - filled)


@rule
def process_revenue(w: World) -> None:
    """The day's fees are collected and split."""
    s = w.state[0]
    p = w.params[0]
    pots = w.pots[0]
    today = w.today[0].fees
    native = s.fees.due_native
    # At today's price: the same at which the order below is filled.
    verification = to_uera(compute_verification_usd(p.fees, s.rollups.live), s.market.price)
    if p.fees.convert_native == 1:
        convert_fees(s.exchange, pots, p.exchange, native, verification, today)
    else:
        keep_native(pots, to_usd(native + verification, s.market.price))
    measure_discount(s.activity_rewards, s.fees.due_era + native, w.today[0].incentives)
    measure_payment(s.fees, today)
    divide_revenue(pots, p.fees, today)
    revenue_usd = DAYS_A_YEAR * today.revenue_era * s.market.price
    # A mean takes in its day at the end of the day (ECONOMY 19): all of today was decided on yesterday's.
    s.fees.revenue_mean_usd = smooth(s.fees.revenue_mean_usd, revenue_usd, p.fees.revenue_days)
