"""Protocol fees: quote, payment and the exact revenue split (MODEL 7, ECONOMY 13-15)."""

from protocol.compiling import rule
from protocol.declare import Record, field, metric, parameter
from protocol.ledger.accounts import Pots
from protocol.ledger.fees import divide_fees
from protocol.units import split_bps, to_era, to_uera


class Fees(Record):
    """Rules of fees."""

    message_fee_usd: float = parameter(
        0.30, 0.0, 5.0, unit="USD", source="data/defaults.csv messaging.fee_usd", owner="dao", doc="Fee of a message at the reference price."
    )
    split: list[int] = parameter(
        (4000, 2500, 1500, 1000, 1000), 0, 10_000, unit="bps", source="S2", owner="dao", total=10_000,
        doc="Protocol revenue to core, guardian, flex, developers, users.",
    )


class FeeState(Record):
    """The fee in force."""

    message_fee: int = field("uERA", "fee of one message")
    revenue_mean_usd: float = field("USD/year", "90-day mean of protocol revenue R (ECONOMY 26)")


class FeeMetrics(Record):
    """Fees and their split on a day."""

    messages: float = metric("1", "Messages sent across rollups.", better="high", view="activity")
    fee_per_message_usd: float = metric("USD", "Fee of one message at the day's price.", view="fees")
    revenue_era: float = metric("ERA", "Protocol revenue (without congestion fees).", better="high", view="fees")
    revenue_core_era: float = metric("ERA", "Revenue to core nodes.", view="fees")
    revenue_guardian_era: float = metric("ERA", "Revenue to guardian nodes.", view="fees")
    revenue_flex_era: float = metric("ERA", "Revenue to flex nodes.", view="fees")
    revenue_developers_era: float = metric("ERA", "Revenue to developers.", view="fees")
    revenue_users_era: float = metric("ERA", "Revenue to users.", view="fees")


@rule
def quote_fee(quote: FeeState, p: Fees, price: float) -> None:
    """Set the fee of a message, in uERA, at today's price."""
    quote.message_fee = to_uera(p.message_fee_usd, price)


@rule
def divide_revenue(pots: Pots, p: Fees, today: FeeMetrics) -> None:
    """Split the day's fees 40/25/15/10/10 (by `split`), to the uERA."""
    today.revenue_era = to_era(pots.fees)
    split_bps(pots.fees, p.split, pots.due)
    today.revenue_core_era = to_era(pots.due[0])
    today.revenue_guardian_era = to_era(pots.due[1])
    today.revenue_flex_era = to_era(pots.due[2])
    today.revenue_developers_era = to_era(pots.due[3])
    today.revenue_users_era = to_era(pots.due[4])
    divide_fees(pots)
