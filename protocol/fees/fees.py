"""Protocol fees: quote, payment and the exact revenue split (MODEL 7, ECONOMY 13-15)."""

from metalab.protocol.fees.ledger import divide_fees
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import Share
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter, switch
from metalab.protocol.kernel.units import BPS, power, split_bps, to_count, to_era


class Fees(Record):
    """Rules of fees."""

    message_fee_usd: float = parameter(
        0.30, 0.0, 5.0, unit="USD", source="data/defaults.csv messaging.fee_usd", owner="dao", doc="Fee of a message at P_ref."
    )
    reference_price_usd: float = parameter(
        1.545, 0.001, 100.0, unit="USD", source="ECONOMY 13", owner="team", doc="Price P_ref at which the fee in USD holds exactly."
    )
    indexation: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="1",
        source="ECONOMY 13",
        owner="dao",
        doc="Exponent eta of the fee rule: 1 fixes the fee in USD, 0 in ERA.",
    )
    requote_days: int = parameter(
        30,
        1,
        365,
        unit="day",
        source="ECONOMY 13",
        owner="dao",
        binds="quote",
        doc="Days between quotes; a changed rule is quoted at once.",
    )
    verification_fee_usd: float = parameter(
        5.0, 0.0, 20.0, unit="USD/day", source="ECONOMY 14", owner="dao", doc="State verification: one charge per live rollup and day."
    )
    security_bps: float = parameter(
        0.0, 0.0, 100.0, unit="bps/year", source="chosen, because none is published", owner="dao",
        doc="Charge for shared security on the value a rollup secures: revenue like any other.",
    )  # fmt: skip
    convert_native: int = switch(
        True,
        source="MODEL 7",
        owner="dao",
        doc="Fees paid in native gas are converted to ERA on the market; off: they stay USD of the ecosystem fund.",
    )
    revenue_days: float = parameter(
        90.0, 1.0, 730.0, unit="day", source="ECONOMY 19", owner="behaviour", doc="Days of the mean of revenue that everybody watches."
    )
    split: list[int] = parameter(
        (4000, 2500, 1500, 1000, 1000),
        0,
        10_000,
        unit="bps",
        source="S2",
        owner="dao",
        total=10_000,
        doc="Protocol revenue to core, guardian, flex, developers, users.",
    )


class FeesState(Record):
    """The fee in force, and today's fees on their way to the split."""

    message_fee: int = field("uERA", "fee of one message")
    revenue_mean_usd: float = field("USD/year", "slow mean of protocol revenue R (ECONOMY 26)")
    lasting_mean_usd: float = field("USD/year", "faster mean of revenue without what messages bring that are sent for points alone")
    quote_day: int = field("day", "when the fee was quoted")
    quoted_usd: float = field("USD", "message fee of the rule at that quote")
    quoted_indexation: float = field("1", "indexation of the rule at that quote")
    quoted_reference_usd: float = field("USD", "reference price of the rule at that quote")
    era_share: float = field("share", "of yesterday's message fees that were paid in ERA")
    due_era: int = field("uERA", "today's message fees of those who pay in ERA")
    due_native: int = field("uERA", "today's message fees of those who pay in native gas, in ERA at today's price")


class FeesMetrics(Record):
    """Fees and their split on a day."""

    messages: float = metric("1", "Messages sent across rollups.", better="high", chart=True)
    fee_per_message_usd: float = metric("USD", "Fee of one message at the day's price.", chart=True)
    fee_paid_in_era_share: float = metric("share", "Message fees paid in ERA and not in native gas.", chart=True)
    revenue_era: float = metric("ERA", "Protocol revenue (without congestion fees).", better="high", chart=True)
    verification_era: float = metric("ERA", "State verification within the revenue.", chart=True)
    security_era: float = metric("ERA", "Charges for shared security within the revenue.", chart=True)
    unconverted_era: float = metric("ERA", "Fees in native gas that found no ERA on the market: not revenue.", better="low", chart=True)
    revenue_core_era: float = metric("ERA", "Revenue to core nodes.", chart=True)
    revenue_guardian_era: float = metric("ERA", "Revenue to guardian nodes.", chart=True)
    revenue_flex_era: float = metric("ERA", "Revenue to flex nodes.", chart=True)
    revenue_developers_era: float = metric("ERA", "Revenue to developers.", chart=True)
    revenue_users_era: float = metric("ERA", "Revenue to users.", chart=True)


@rule
def compute_staker_share(p: Fees) -> float:
    """Part of protocol revenue that goes to those who stake."""
    return (p.split[Share.CORE] + p.split[Share.GUARDIAN] + p.split[Share.FLEX]) / BPS


@rule
def compute_quote(p: Fees, price_mean: float) -> int:
    """Fee of a message in uERA, rounded down: (fee_USD / P_ref) (P_ref / mean price)^eta (ECONOMY 13)."""
    era = p.message_fee_usd / p.reference_price_usd * power(p.reference_price_usd / price_mean, p.indexation)
    # Rounded down: nobody pays more than the exact fee (MODEL 0).
    return to_count(era * 1e6)


@rule
def is_quote_due(quote: FeesState, p: Fees, day: int) -> bool:
    """Whether the quote has run out or the rule has changed since."""
    # Each number of the rule: a vote on any of them is quoted the next morning, not up to a month later.
    has_changed = quote.quoted_usd != p.message_fee_usd or quote.quoted_indexation != p.indexation
    has_changed = has_changed or quote.quoted_reference_usd != p.reference_price_usd
    return has_changed or day - quote.quote_day >= p.requote_days


@rule
def quote_fee(quote: FeesState, p: Fees, price_mean: float, day: int) -> None:
    """Set the fee of a message, at the mean price."""
    quote.message_fee = compute_quote(p, price_mean)
    quote.quote_day = day
    quote.quoted_usd = p.message_fee_usd
    quote.quoted_indexation = p.indexation
    quote.quoted_reference_usd = p.reference_price_usd


@rule
def measure_payment(quote: FeesState, today: FeesMetrics) -> None:
    """In the evening: how message fees were paid; the sums start again."""
    due = quote.due_era + quote.due_native
    quote.era_share = quote.due_era / due if due > 0 else 0.0
    today.fee_paid_in_era_share = quote.era_share
    quote.due_era = 0
    quote.due_native = 0


@rule
def divide_revenue(pots: Pots, p: Fees, today: FeesMetrics) -> None:
    """Split what flows of policy leave of the day's fees 40/25/15/10/10 (by `split`), to the uERA."""
    split_bps(pots.fees, p.split, pots.due)
    today.revenue_core_era = to_era(pots.due[Share.CORE])
    today.revenue_guardian_era = to_era(pots.due[Share.GUARDIAN])
    today.revenue_flex_era = to_era(pots.due[Share.FLEX])
    today.revenue_developers_era = to_era(pots.due[Share.DEVELOPERS])
    today.revenue_users_era = to_era(pots.due[Share.USERS])
    divide_fees(pots)
