"""Incentives: the treasury's yearly budgets, connection points, activity rewards (MODEL 12, ECONOMY 21)."""

from enum import IntEnum
from typing import Protocol

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter
from metalab.protocol.kernel.units import take_bps, to_era, to_uera, to_usd
from metalab.protocol.users.ledger import pay_activity_reward, pay_points


class BudgetLine(IntEnum):
    """What a yearly budget is for."""

    GRANTS = 0
    POINTS = 1
    FUND = 2


LINES = 3
"""Members of `BudgetLine`."""


class Incentives(Record):
    """Rules of incentives."""

    grants: int = parameter(5_000_000, 0, 15_000_000, unit="ERA", source="ECONOMY 21", owner="dao", doc="Developer grants a year.")
    points: int = parameter(
        2_000_000, 0, 6_000_000, unit="ERA", source="ECONOMY 21", owner="dao", doc="Connection points redeemed a year, at most."
    )
    fund: int = parameter(
        3_000_000, 0, 9_000_000, unit="ERA", source="ECONOMY 21", owner="dao", doc="Spending of the ecosystem fund a year, at most."
    )
    fund_usd: float = parameter(
        3e6, 0.0, 1e8, unit="USD", source="ECONOMY 21", owner="dao", doc="The same limit in USD; the tighter one binds."
    )
    points_per_message: int = parameter(1, 0, 1_000, unit="1", source="assumed", owner="dao", doc="Connection points for a message.")
    point_value: int = parameter(0.05, 0, 10, unit="ERA", source="assumed", owner="dao", doc="What a point is redeemed for.")
    discount_bps: int = parameter(
        0,
        0,
        5_000,
        unit="bps",
        source="assumed (S2: gas discount, no size given)",
        owner="dao",
        doc="Discount on fees paid in ERA, out of the users' part of revenue.",
    )
    discount_share_bps: int = parameter(
        5_000,
        0,
        10_000,
        unit="bps",
        source="assumed",
        owner="dao",
        doc="Most of the users' part of revenue that may go into the discount; activity rewards take the rest.",
    )


class IncentivesState(Record):
    """What is left of this year's budgets, and what has been spent of them."""

    year: int = field("year", "years since the token launch")
    left: list[int] = field("uERA", "in the order of `BudgetLine`", length=LINES)
    fund_usd: float = field("USD", "left of the fund's limit in USD")
    spent: list[int] = field("uERA", "this year, in the order of `BudgetLine`", length=LINES)
    spent_usd: float = field("USD", "by the fund this year")
    limit_usd: float = field("USD/year", "the fund's limit in USD that `fund_usd` was left of")


class ActivityRewardsState(Record):
    """The users' part of revenue, shared out for the day that follows."""

    per_message: int = field("uERA", "activity reward of each of yesterday's messages")
    discount: int = field("uERA", "set aside in the users' pot for today's discounts")
    discount_left: int = field("uERA", "what is left of it")
    spared: float = field("share", "part of yesterday's message fees that senders were spared")


class IncentivesMetrics(Record):
    """Incentives on a day."""

    points_issued: float = metric("1", "Connection points issued.", chart=True)
    points_redeemed_era: float = metric("ERA", "Points redeemed from the treasury.", better="low", chart=True)
    activity_rewards_era: float = metric("ERA", "Activity rewards paid to users.", chart=True)
    gas_discount_era: float = metric("ERA", "Fees paid out of the users' part of revenue.", chart=True)


class Earner(Protocol):
    """A row that earns by sending: balance in uERA, messages not yet rewarded, points."""

    balance: int
    fresh: int
    points: int


@rule
def allot_budget(budget: IncentivesState, p: Incentives, year: int) -> None:
    """Open a year's budgets; what was left of the last year lapses."""
    budget.year = year
    for line in range(LINES):
        budget.spent[line] = 0
    budget.spent_usd = 0.0
    budget.fund_usd = budget.limit_usd = p.fund_usd
    follow_budget(budget, p)


@rule
def follow_budget(budget: IncentivesState, p: Incentives) -> None:
    """In the morning: what is left of the year is its budget as it stands today less what has been spent, and never below 0."""
    budget.left[BudgetLine.GRANTS] = max(p.grants - budget.spent[BudgetLine.GRANTS], 0)
    budget.left[BudgetLine.POINTS] = max(p.points - budget.spent[BudgetLine.POINTS], 0)
    budget.left[BudgetLine.FUND] = max(p.fund - budget.spent[BudgetLine.FUND], 0)
    # Reckoned anew only when it changes: a sum of USD is not exact, and an unchanged limit must leave what it left before.
    if budget.limit_usd != p.fund_usd:
        budget.limit_usd = p.fund_usd
        budget.fund_usd = max(p.fund_usd - budget.spent_usd, 0.0)


@rule
def get_budget(budget: IncentivesState, line: int, pots: Pots) -> int:
    """What can still be spent on a line, in uERA: never more than the unlocked treasury holds."""
    return min(budget.left[line], pots.treasury)


@rule
def draw_budget(budget: IncentivesState, line: int, pots: Pots, amount: int) -> int:
    """Book up to `amount` uERA on a line; returns what was granted (0 when exhausted). The caller moves it with a verb."""
    granted = max(min(amount, get_budget(budget, line, pots)), 0)
    budget.left[line] -= granted
    budget.spent[line] += granted
    return granted


@rule
def draw_fund(budget: IncentivesState, pots: Pots, amount: int, price: float) -> int:
    """`draw_budget` for the ecosystem fund, whose year is bounded in ERA and in USD at `price`."""
    granted = draw_budget(budget, BudgetLine.FUND, pots, min(amount, to_uera(budget.fund_usd, price)))
    worth = to_usd(granted, price)
    budget.spent_usd += worth
    # Rounding must leave no debt.
    budget.fund_usd = max(budget.fund_usd - worth, 0.0)
    return granted


@rule
def redeem_points(user: Earner, pots: Pots, budget: IncentivesState, p: Incentives) -> int:
    """Exchange a cohort's points for ERA as far as the budget goes; the others are kept. Returns the uERA paid."""
    if p.point_value <= 0 or user.points <= 0:
        return 0
    # Whole points: a rest of the budget below the value of one stays.
    redeemed = min(user.points, get_budget(budget, BudgetLine.POINTS, pots) // p.point_value)
    if redeemed <= 0:
        return 0
    paid = draw_budget(budget, BudgetLine.POINTS, pots, redeemed * p.point_value)
    user.points -= redeemed
    pay_points(user, pots, paid)
    return paid


@rule
def collect_reward(user: Earner, pots: Pots, rewards: ActivityRewardsState) -> int:
    """Pay a cohort for the messages it sent on the last day, pro rata to messages. Returns the uERA paid."""
    # Less what the same pot has set aside for today's discounts.
    reward = min(user.fresh * rewards.per_message, pots.reward_users - rewards.discount_left)
    user.fresh = 0
    if reward <= 0:
        return 0
    pay_activity_reward(user, pots, reward)
    return reward


@rule
def share_rewards(rewards: ActivityRewardsState, pots: Pots, p: Incentives, messages: int) -> None:
    """In the evening: what the users' pot holds becomes tomorrow's discount and a reward for each of today's messages."""
    # Nothing is set aside where there is no discount: the rewards have it all.
    rewards.discount = take_bps(pots.reward_users, p.discount_share_bps) if p.discount_bps > 0 else 0
    rewards.discount_left = rewards.discount
    # Rounded down: whatever is claimed, the pot holds it; the rest stays for tomorrow.
    rewards.per_message = (pots.reward_users - rewards.discount_left) // messages if messages > 0 else 0


@rule
def measure_discount(rewards: ActivityRewardsState, due: int, today: IncentivesMetrics) -> None:
    """In the evening: what part of today's message fees, `due` in uERA, the users' pot paid."""
    spared = rewards.discount - rewards.discount_left
    rewards.spared = spared / due if due > 0 else 0.0
    today.gas_discount_era = to_era(spared)


@rule
def compute_incentive(rewards: ActivityRewardsState, budget: IncentivesState, p: Incentives, fee: int) -> float:
    """What a message earns its sender, in shares of its fee: points as far as this year's budget still is, and rewards."""
    if fee <= 0:
        return 0.0
    backed = budget.left[BudgetLine.POINTS] / p.points if p.points > 0 else 0.0
    points = to_era(p.point_value) * p.points_per_message * min(backed, 1.0)
    return (points + to_era(rewards.per_message)) / to_era(fee)
