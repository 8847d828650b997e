"""Users: cohorts of addresses that send messages across rollups."""

from econ.chance.distributions import poisson
from econ.exchange import Desk, Exchange, order_buy
from econ.market import Market
from protocol.compiling import rule
from protocol.declare import Record, draw, field, parameter
from protocol.fees import FeeMetrics, FeeState
from protocol.ledger.accounts import Pots
from protocol.ledger.fees import pay_message_fee


class Adoption(Record):
    """How users come, act and go."""

    messages_per_day: float = parameter(
        15_000.0, 0.0, 1e6, unit="1/day", source="assumed (MODEL 17: range 5,000-50,000)", owner="nature", doc="Messages a day at launch."
    )


class UserRow(Record):
    """A cohort of addresses."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)
    sent: int = field("1", "messages sent so far")


class UserDraws(Record):
    """Chance of a user's day."""

    count: float = draw(0, "number of messages")


@rule
def send(user: UserRow, desk: Desk, pots: Pots, exchange: Exchange, quote: FeeState, count: int, today: FeeMetrics) -> int:
    """Send `count` messages, buying the ERA that is missing; returns how many could be paid."""
    due = count * quote.message_fee
    if due > user.balance:
        order_buy(user, desk, pots, exchange, due - user.balance)
    if due > user.balance:
        return 0
    pay_message_fee(user, pots, due)
    user.sent += count
    today.messages += count
    return count


@rule
def user_day(
    user: UserRow, d: UserDraws, users: int, desk: Desk, pots: Pots, exchange: Exchange, quote: FeeState, p: Adoption, today: FeeMetrics
) -> None:
    """One day of a user."""
    count = poisson(d.count, p.messages_per_day / users)
    if count > 0:
        send(user, desk, pots, exchange, quote, count, today)
