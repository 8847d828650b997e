"""What a rollup earns its developer: rollup fees, protocol revenue, less royalties and costs (MODEL 7 b)."""

from typing import Protocol

from metalab.econ.rollups.rollup import NONE, RollupRow
from metalab.protocol.kernel.accounts import Cash, Pots, Purse
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, metric, parameter
from metalab.protocol.kernel.units import clip, mul_div, safe_log, smooth, to_era, to_usd
from metalab.protocol.market.ledger import pay_cash, receive_cash
from metalab.protocol.rollups.ledger import pay_developer, pay_royalty
from metalab.protocol.rollups.licences import LicenceRow, Licences, compute_royalty, compute_royalty_usd


class Earnings(Record):
    """Fees of rollups and what developers do with their income."""

    transaction_fee_usd: float = parameter(
        0.01,
        0.0,
        0.2,
        unit="USD",
        source="assumed; range to 20 times",
        owner="team",
        doc="Fee of a transaction on a rollup, before its niche's factor.",
    )
    transactions: float = parameter(
        267.0, 0.0, 3_000.0, unit="1", source="ECONOMY 12 (4M transactions a day) over MODEL 17 (15,000 messages a day)", owner="nature",
        doc="Transactions on a rollup per message that its users send to others.",
    )  # fmt: skip
    niche_fees: list[float] = parameter(
        (2.0, 1.0, 0.5, 1.5, 0.5, 0.5), 0.0, 20.0, unit="1", source="assumed", owner="nature",
        doc="Fee factor of DeFi, NFT, gaming, privacy, payments, data.",
    )  # fmt: skip
    share_base: float = parameter(
        0.10, 0.0, 1.0, unit="share", source="assumed", owner="dao", doc="Developer's part of rollup fees before its users grow."
    )
    share_growth: float = parameter(
        0.10, 0.0, 1.0, unit="share", source="assumed", owner="dao", doc="How much the part rises per unit of log growth of users."
    )
    share_cap: float = parameter(
        0.20, 0.0, 1.0, unit="share", source="S1", owner="dao", doc="Largest part of rollup fees a developer gets."
    )
    activity_days: int = parameter(
        30, 1, 365, unit="day", source="assumed", owner="behaviour", doc="Mean over which user growth is judged."
    )
    profit_days: int = parameter(
        90, 1, 365, unit="day", source="assumed", owner="behaviour", doc="Mean over which income and profit are judged."
    )
    sale_share: float = parameter(
        0.5, 0.0, 1.0, unit="share", source="assumed", owner="behaviour", doc="Part of its ERA income that a developer sells."
    )
    sale_days: int = parameter(7, 1, 90, unit="day", source="assumed", owner="behaviour", doc="Days between two sales of a developer.")
    cash_months: float = parameter(
        3.0, 0.0, 36.0, unit="month", source="assumed", owner="behaviour", doc="Below this many months of bills in cash it sells ERA."
    )
    transaction_cost_usd: float = parameter(
        0.0002, 0.0, 0.01, unit="USD", source="assumed (a fifth of a developer's part of the mean fee)", owner="nature",
        doc="What a transaction costs its rollup's developer: proving, posting, reading.",
    )  # fmt: skip


class EarningsMetrics(Record):
    """Income of developers on a day (of yesterday's activity, paid this morning)."""

    developer_fees_usd: float = metric("USD", "Rollup fees to developers.", better="high", chart=True)
    developer_revenue_era: float = metric("ERA", "Protocol revenue paid to developers.", better="high", chart=True)
    developer_costs_usd: float = metric("USD", "Bills that developers paid.", better="low", chart=True)
    developer_grants_era: float = metric("ERA", "Grants for deployments.", chart=True)
    developer_sales_era: float = metric("ERA", "ERA that developers sold.", chart=True)
    rollups_at_loss: float = metric("1", "Live rollups that earn less than they cost (means over `profit_days`).", better="low", chart=True)
    rollups_unpaid: float = metric("1", "Live rollups that owe more than a day's bill.", better="low", chart=True)
    rollup_cash_usd: float = metric("USD", "Money in the accounts of live rollups.", better="high", chart=True)


class Builder(Cash, Protocol):
    """A developer's row: wallet, cash, and ERA received since it last sold."""

    income: int


@rule
def compute_share(activity: float, reference: float, p: Earnings) -> float:
    """A developer's part of rollup fees: rises with user growth, at most to the cap; the base without a reference."""
    if reference <= 0.0:
        return min(p.share_base, p.share_cap)
    return clip(p.share_base + p.share_growth * safe_log(activity / reference), 0.0, p.share_cap)


@rule
def compute_gross_fees(rollup: RollupRow, p: Earnings, licences: Licences) -> float:
    """A day's fees on a rollup, in USD."""
    gain = 1.0 + licences.gain if rollup.carries >= 0 else 1.0
    return rollup.messages * p.transactions * p.transaction_fee_usd * p.niche_fees[rollup.niche] * gain


@rule
def compute_fees(rollup: RollupRow, p: Earnings, licences: Licences) -> float:
    """The developer's part of them, in USD."""
    return compute_gross_fees(rollup, p, licences) * compute_share(rollup.activity, rollup.activity_base, p)


@rule
def follow_activity(rollup: RollupRow, p: Earnings) -> None:
    """Update the mean of messages; the reference for growth is the mean when it has one."""
    rollup.settled += 1
    if rollup.settled == 1:
        rollup.activity = float(rollup.messages)
    rollup.activity = smooth(rollup.activity, float(rollup.messages), float(p.activity_days))
    if rollup.settled == p.activity_days:
        # At least one message a day: growth is measured as a quotient of it.
        rollup.activity_base = max(rollup.activity, 1.0)


@rule
def find_originator(rollup: RollupRow, rollups: Rows[RollupRow], licences: Rows[LicenceRow]) -> int:
    """The developer to whom a rollup's developer owes royalties; -1 when there is none or it is the same one."""
    if rollup.licence < 0 or licences[rollup.licence].live == 0:
        return NONE
    owner = rollups[licences[rollup.licence].originator].developer
    return owner if owner != rollup.developer else NONE


@rule
def settle_royalty(
    licence: LicenceRow, adopter: Builder, owner: Builder, account: Purse, pots: Pots, era: int, money: float, price: float, p: Licences
) -> float:
    """Pass the royalty on an adopter's income (`era` in uERA and `money` in USD) to the originator. Returns its value in USD.

    Money comes out of `account`, the adopter's rollup's; the originator's developer gets it.
    """
    due = compute_royalty(era, p)
    due_usd = compute_royalty_usd(money, p)
    pay_royalty(adopter, owner, pots, due)
    adopter.income -= due
    owner.income += due
    pay_cash(account, pots, due_usd)
    receive_cash(owner, pots, due_usd)
    licence.paid_era += due
    licence.paid_usd += due_usd
    return due_usd + to_usd(due, price)


@rule
def compute_use_cost(rollup: RollupRow, p: Earnings) -> float:
    """What yesterday's transactions cost and what storing their data did, in USD."""
    return rollup.messages * p.transactions * p.transaction_cost_usd + rollup.storage_usd


@rule
def pay_bill(rollup: RollupRow, developer: Purse, pots: Pots, bill: float, today: EarningsMetrics) -> float:
    """A day's bill and what is still owed, out of the rollup's account, then out of its developer's own money.

    What is left stays owed, counted in days of this bill. Returns the share of all this that was paid.
    """
    due = bill + rollup.owed_usd
    paid = clip(due, 0.0, max(rollup.usd, 0.0))
    pay_cash(rollup, pots, paid)
    rest = clip(due - paid, 0.0, max(developer.usd, 0.0))
    pay_cash(developer, pots, rest)
    today.developer_costs_usd += paid + rest
    rollup.owed_usd = due - paid - rest
    rollup.owed_days = rollup.owed_usd / bill if bill > 0.0 else 0.0
    return (paid + rest) / due if due > 0.0 else 1.0


@rule
def pay_income(
    rollup: RollupRow, developer: Builder, pots: Pots, pot: int, messages: int, p: Earnings, licences: Licences, today: EarningsMetrics
) -> int:
    """Yesterday's rollup fees and the part of the developers' pot by messages, rounded down. Returns the uERA paid."""
    rollup.fee_usd = compute_fees(rollup, p, licences)
    receive_cash(rollup, pots, rollup.fee_usd)
    today.developer_fees_usd += rollup.fee_usd
    part = mul_div(pot, rollup.messages, messages) if messages > 0 else 0
    pay_developer(developer, pots, part)
    developer.income += part
    today.developer_revenue_era += to_era(part)
    return part


@rule
def count_messages(rollups: Rows[RollupRow], count: int) -> int:
    """Messages of all live rollups that have a developer."""
    total = 0
    for i in range(count):
        if rollups[i].live == 1 and rollups[i].developer >= 0:
            total += rollups[i].messages
    return total
