"""The ecosystem fund: treasury tokens become USD little by little, with which it buys and grants in rounds (MODEL 12)."""

from typing import NamedTuple, Protocol

from metalab.econ.market.exchange import Exchange, ExchangeState, book_sale, fill_buy
from metalab.econ.rollups.rollup import RollupRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import WHOLE_DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, metric, parameter
from metalab.protocol.kernel.units import mul_div, to_era, to_uera, to_usd
from metalab.protocol.rollups.ledger import endow_fund, purchase_grant
from metalab.protocol.users.incentives import Incentives, IncentivesState, draw_fund

ANY_AGE = 1_000_000_000
"""Days: older than any rollup, so that a round without young ones goes to all."""


class Fund(Record):
    """The purchase-and-grant programme."""

    period: int = parameter(90, 1, 1_000, unit="day", source="assumed (S3 says periodic)", owner="dao", doc="Days between two rounds.")
    round_days: int = parameter(
        10, 1, 365, unit="day", source="assumed", owner="dao", doc="Days over which a round's purchases are spread, at the end of a period."
    )
    young_days: int = parameter(
        365, 1, 3_650, unit="day", source="assumed", owner="dao", doc="Rollups up to this age get grants; all if none is so young."
    )


class FundReceiver(Protocol):
    """A developer's row: liquid uERA, and uERA received since it last sold."""

    balance: int
    income: int


class FundMetrics(Record):
    """The fund on a day."""

    fund_endowed_era: float = metric("ERA", "Treasury tokens sold for the fund.", chart=True)
    fund_granted_era: float = metric("ERA", "Tokens the fund bought and granted.", chart=True)
    fund_balance_usd: float = metric("USD", "The fund's money.", chart=True)


class FundContext(NamedTuple):
    """What a round buys with and for whom, on a day; `used` rows of rollups are taken."""

    rollups: Rows[RollupRow]
    developers: Rows[FundReceiver]
    used: int
    desk: ExchangeState
    pots: Pots
    p: Fund
    exchange: Exchange
    price: float
    day: int


@rule
def endow(budget: IncentivesState, pots: Pots, desk: ExchangeState, rules: Incentives, price: float, today: FundMetrics) -> None:
    """Sell a day's part of the year's fund budget (ERA and USD limits, whichever binds) for the fund."""
    wanted = min(rules.fund // WHOLE_DAYS_A_YEAR, to_uera(rules.fund_usd / WHOLE_DAYS_A_YEAR, price))
    amount = draw_fund(budget, pots, wanted, price)
    if amount <= 0:
        return
    book_sale(desk, amount)
    endow_fund(pots, amount, price)
    today.fund_endowed_era += to_era(amount)


@rule
def is_due(rollup: RollupRow, day: int, age: int) -> bool:
    """Whether a rollup's developer gets a part of a round: live, not older than `age` days."""
    return rollup.live == 1 and rollup.developer >= 0 and day - rollup.birth_day <= age


@rule
def count_due(w: FundContext, age: int) -> int:
    """How many parts a round has."""
    total = 0
    for i in range(w.used):
        if is_due(w.rollups[i], w.day, age):
            total += 1
    return total


@rule
def compute_spending(fund_usd: float, day: int, p: Fund) -> float:
    """What the fund spends today: on each of a period's last `round_days` days an equal part of what it has left by then."""
    left = p.period - day % p.period
    return fund_usd / left if left <= p.round_days else 0.0


@rule
def buy_round(w: FundContext, money: float) -> int:
    """Order what `money` of the fund buys; returns what is filled."""
    filled = fill_buy(w.desk, w.pots, w.exchange, to_uera(money, w.price))
    # Flooring to whole uERA can cost a rounding error more than the fund has.
    while filled > 0 and to_usd(filled, w.price) > w.pots.fund_usd:
        filled -= 1
    return filled


@rule
def grant_round(w: FundContext, age: int, amount: int, parts: int) -> None:
    """Give `amount` uERA that was bought in equal parts (to the uERA) for the `parts` rollups that are due."""
    given = 0
    j = 0
    for i in range(w.used):
        rollup = w.rollups[i]
        if is_due(rollup, w.day, age):
            j += 1
            # Parts of the running total: what rounding down takes from one developer goes to the next.
            upto = mul_div(amount, j, parts)
            purchase_grant(w.developers[rollup.developer], w.pots, upto - given, w.price)
            w.developers[rollup.developer].income += upto - given
            rollup.aid_usd += to_usd(upto - given, w.price)
            given = upto


@rule
def run_round(w: FundContext, today: FundMetrics) -> None:
    """A day of a round: buy with part of the fund's money, grant to young rollups' developers (all, if none is young)."""
    money = compute_spending(w.pots.fund_usd, w.day, w.p)
    if money <= 0.0:
        return
    age = w.p.young_days
    if count_due(w, age) == 0:
        age = ANY_AGE
    parts = count_due(w, age)
    if parts == 0:
        return
    amount = buy_round(w, money)
    if amount <= 0:
        return
    grant_round(w, age, amount, parts)
    today.fund_granted_era += to_era(amount)
