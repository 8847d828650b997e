"""Fees of the day are collected and split."""

from metalab.econ.kernel.records import Params
from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import Exchange, ExchangeState, fill_buy
from metalab.econ.policy.flows import process_fee_flows
from metalab.protocol.fees.fees import FeesMetrics, FeesState, divide_revenue, measure_payment, quote_fee
from metalab.protocol.fees.ledger import convert_fee, convert_security, convert_verification, keep_native
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import smooth, to_era, to_uera, to_usd
from metalab.protocol.rollups.charges import collect_charges, compute_charges
from metalab.protocol.users.incentives import measure_discount


@rule
def open_revenue(w: World) -> None:
    """The first quote, and R at its launch value: messages and charges at the opening price (ECONOMY 19).

    Rollups have paid their charges for the day before.
    """
    s = w.state[0]
    p = w.params[0]
    quote_fee(s.fees, p.fees, s.market.price_mean, 0)
    messages = p.adoption.messages_per_day * to_usd(s.fees.message_fee, s.market.price)
    for i in range(s.rollups.count):
        charges = compute_charges(w.rollups[i].tvl, s.deposits.hazard, p.fees, p.insurance)
        collect_charges(s.charges, charges, charges, 1.0, w.today[0].charges)
    s.fees.lasting_mean_usd = s.fees.revenue_mean_usd = DAYS_A_YEAR * (messages + s.charges.verification_usd + s.charges.security_usd)


@rule
def convert_fees(desk: ExchangeState, pots: Pots, p: Exchange, messages: int, verification: int, security: int, today: FeesMetrics) -> None:
    """Buy the ERA of fees paid in native gas and of charges by one order. What finds no ERA is no revenue; messages are served first."""
    wanted = messages + verification + security
    if wanted <= 0:
        return
    filled = fill_buy(desk, pots, p, wanted)
    for_messages = min(filled, messages)
    for_verification = min(filled - for_messages, verification)
    if for_messages > 0:
        convert_fee(pots, for_messages)
    if for_verification > 0:
        convert_verification(pots, for_verification)
    if filled > for_messages + for_verification:
        convert_security(pots, filled - for_messages - for_verification)
    today.verification_era = to_era(for_verification)
    today.security_era = to_era(filled - for_messages - for_verification)
    today.unconverted_era = to_era(wanted - filled)


@rule
def follow_revenue(state: FeesState, revenue_usd: float, lasting_usd: float, p: Params, day: int) -> None:
    """The means of a day's revenue at a year's pace, all of it and what is not sent for points alone.

    A mean takes in its day at the end of the day (ECONOMY 19): all of today was decided on yesterday's. It opens with the first
    day's revenue: any other figure would be a trend that everybody could foresee.
    """
    if day == 0:
        state.revenue_mean_usd = revenue_usd
        state.lasting_mean_usd = lasting_usd
    state.revenue_mean_usd = smooth(state.revenue_mean_usd, revenue_usd, p.fees.revenue_days)
    state.lasting_mean_usd = smooth(state.lasting_mean_usd, lasting_usd, p.fundamental.revenue_days)


@rule
def process_revenue(w: World) -> None:
    """The day's fees are collected and split."""
    s = w.state[0]
    p = w.params[0]
    pots = w.pots[0]
    today = w.today[0].fees
    native = s.fees.due_native
    # At today's price: the same at which the order below is filled.
    verification = to_uera(s.charges.verification_usd, s.market.price)
    security = to_uera(s.charges.security_usd, s.market.price)
    if p.fees.convert_native == 1:
        convert_fees(s.exchange, pots, p.exchange, native, verification, security, today)
    else:
        keep_native(pots, to_usd(native + verification + security, s.market.price))
    measure_discount(s.activity_rewards, s.fees.due_era + native, w.today[0].incentives)
    measure_payment(s.fees, today)
    # All of it, before flows of policy and the split empty the pot.
    today.revenue_era = to_era(pots.fees)
    process_fee_flows(w)
    divide_revenue(pots, p.fees, today)
    revenue_usd = DAYS_A_YEAR * today.revenue_era * s.market.price
    charged = today.verification_era + today.security_era
    farmed = (today.revenue_era - charged) * w.today[0].activity.messages_farmed / max(today.messages, 1.0)
    follow_revenue(s.fees, revenue_usd, revenue_usd - DAYS_A_YEAR * farmed * s.market.price, p, s.clock.day)
