"""What a voter can work out about its own interests from public figures.

Nobody knows what a proposal will do. A voter makes a first-order estimate from public figures: which yearly flows in
USD the change moves at first order (`Channel`), how much of them reaches its own group, what they are worth to the token it
holds. Two things about the answer of users are matters of belief and differ between voters: how far higher fees drive
messages away and whether spending on incentives pays. Observed growth of messages moves both beliefs. No sign is set
anywhere; docs/decisions/0003-voter-utility.md gives the reasons.
"""

import math
from typing import Final, NamedTuple

from metalab.econ.market.market import MarketState
from metalab.econ.rollups.rollup import RollupsState
from metalab.econ.supply.supply import SupplyState
from metalab.protocol.fees.fees import Fees, FeesState, compute_staker_share
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import Share, Stakeholder
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, parameter
from metalab.protocol.kernel.units import BPS, REAL_BPS, clip, safe_exp, safe_log, smooth, to_era
from metalab.protocol.policy.content import Channel, GovernableRow, ProposalContent, find_governable
from metalab.protocol.policy.grants import GrantTarget
from metalab.protocol.staking.staking import StakingState, sum_bonded

CLASSES = 5
"""Members of `Stakeholder`."""
TO_DEVELOPERS: Final = int(Channel.SPEND_DEVELOPERS)
"""Channel of budgets paid to developers, as a plain integer for rules."""
TO_USERS: Final = int(Channel.SPEND_USERS)
"""Channel of budgets paid to users, likewise."""


class Interests(Record):
    """How voters estimate what a change means to them."""

    elasticity: float = parameter(
        0.5,
        0.2,
        1.2,
        unit="1",
        source="ECONOMY 13",
        owner="behaviour",
        doc="Median belief by how much messages fall when the fee rises.",
    )
    belief_sigma: float = parameter(
        0.8,
        0.0,
        2.0,
        unit="1",
        source="assumed (as the lock benefit, ECONOMY 20)",
        owner="behaviour",
        doc="Spread of beliefs, lognormal.",
    )
    growth_weight: float = parameter(
        3.0,
        0.0,
        10.0,
        unit="year",
        source="assumed (growth of -30 % a year multiplies beliefs by 2.5)",
        owner="behaviour",
        doc="How strongly observed growth of messages moves beliefs.",
    )
    multiple: float = parameter(
        3.6,
        1.0,
        20.0,
        unit="year",
        source="ECONOMY 26 (1 / (rho - g_T))",
        owner="behaviour",
        doc="Years of a flow that the token's value counts.",
    )
    scale: float = parameter(
        0.02,
        0.001,
        0.2,
        unit="share",
        source="assumed",
        owner="behaviour",
        doc="Change of own income or token value that counts as large.",
    )
    noise: float = parameter(
        0.3,
        0.0,
        2.0,
        unit="1",
        source="assumed",
        owner="behaviour",
        doc="Standard deviation of a voter's error, effects being within -1..1.",
    )
    illiquidity: float = parameter(
        0.02,
        0.0,
        0.1,
        unit="1/year",
        source="ECONOMY 7",
        owner="behaviour",
        doc="Yearly cost of `illiquidity_days` without access, share of the tokens.",
    )
    illiquidity_days: float = parameter(
        14.0, 1.0, 365.0, unit="day", source="ECONOMY 7", owner="behaviour", doc="Days without access that `illiquidity` is the cost of."
    )
    largest_fee_change: float = parameter(
        10.0, 0.1, 1_000.0, unit="1", source="assumed", owner="behaviour",
        doc="Relative rise of the message fee beyond which a voter does not look.",
    )  # fmt: skip
    reference_days: float = parameter(
        180.0, 30.0, 730.0, unit="day", source="assumed", owner="behaviour", doc="Memory of what outcomes used to be."
    )


class InterestsState(Record):
    """Public figures of yesterday's close, as yearly flows. Vectors in the order of `Stakeholder`."""

    price: float = field("USD", "30-day mean price")
    market_cap: float = field("USD", "effective circulating supply at that price")
    revenue_usd: float = field("USD/year", "protocol revenue")
    message_usd: float = field("USD/year", "the part from messages")
    verification_usd: float = field("USD/year", "revenue from state verification at a fee of 1 USD")
    staked_usd: float = field("USD", "bonded stake")
    growth: float = field("1/year", "growth of messages")
    log_price: float = field("1", "log of mean price over the fee rule's reference price")
    share_stakers: float = field("share", "of revenue")
    share_developers: float = field("share", "of revenue")
    share_users: float = field("share", "of revenue")
    income: list[float] = field("USD/year", "what a group's own business turns over", length=CLASSES)
    outcome: list[float] = field("1", "what a group watches: more is better", length=CLASSES)
    usual: list[float] = field("1", "slow mean of the same", length=CLASSES)


class OutlookContext(NamedTuple):
    """What everybody can look up in the evening; `growth` is that of messages, per year."""

    market: MarketState
    supply: SupplyState
    staking: StakingState
    quote: FeesState
    network: RollupsState
    growth: float


@rule
def read_revenue(o: InterestsState, quote: FeesState, network: RollupsState, fees: Fees) -> None:
    """How protocol revenue comes about and where it goes."""
    o.verification_usd = DAYS_A_YEAR * network.live
    verified = o.verification_usd * fees.verification_fee_usd
    o.revenue_usd = quote.revenue_mean_usd
    # The mean lags (90 days): a fee that was just raised may exceed the revenue it has brought so far.
    o.message_usd = max(quote.revenue_mean_usd - verified, 0.0)
    o.share_stakers = compute_staker_share(fees)
    o.share_developers = fees.split[Share.DEVELOPERS] / BPS
    o.share_users = fees.split[Share.USERS] / BPS


@rule
def read_market(o: InterestsState, market: MarketState, supply: SupplyState, staking: StakingState, fees: Fees) -> None:
    """What the token and the stake are worth."""
    o.price = market.price_mean
    o.market_cap = max(to_era(supply.effective) * o.price, 1.0)
    o.staked_usd = to_era(sum_bonded(staking)) * o.price
    o.log_price = safe_log(o.price / fees.reference_price_usd)


@rule
def sum_spending(governable: Rows[GovernableRow], channel: int) -> float:
    """Yearly budgets in ERA that reach a group."""
    total = 0.0
    for k in range(len(governable)):
        if governable[k].channel == channel:
            total += governable[k].value
    # Budgets are stored in uERA.
    return total / 1e6


@rule
def read_outcomes(o: InterestsState, quote: FeesState, network: RollupsState, market: MarketState) -> None:
    """Stakers watch their yield, users the fee, developers income per rollup, investors and traders the price."""
    revenue = quote.revenue_mean_usd
    o.outcome[Stakeholder.STAKER] = o.share_stakers * revenue / max(o.staked_usd, 1.0)
    # A free message: large but finite.
    o.outcome[Stakeholder.USER] = 1.0 / max(to_era(quote.message_fee) * market.price_mean, 1e-9)
    o.outcome[Stakeholder.DEVELOPER] = o.share_developers * revenue / max(network.live, 1)
    o.outcome[Stakeholder.INVESTOR] = market.price_mean
    o.outcome[Stakeholder.TRADER] = market.price_mean


@rule
def read_incomes(o: InterestsState, quote: FeesState, governable: Rows[GovernableRow]) -> None:
    """The turnover against which a group measures a change; at least 1 USD, so that nothing is divided by 0."""
    revenue = quote.revenue_mean_usd
    developers = o.share_developers * revenue + o.price * sum_spending(governable, TO_DEVELOPERS)
    users = revenue + o.price * sum_spending(governable, TO_USERS)
    o.income[Stakeholder.STAKER] = max(o.share_stakers * revenue, 1.0)
    o.income[Stakeholder.USER] = max(users, 1.0)
    o.income[Stakeholder.DEVELOPER] = max(developers, 1.0)
    o.income[Stakeholder.INVESTOR] = o.market_cap
    o.income[Stakeholder.TRADER] = o.market_cap


@rule
def update_usual(o: InterestsState, p: Interests, is_first: bool) -> None:
    """What groups are used to follows what they see."""
    for k in range(CLASSES):
        o.usual[k] = o.outcome[k] if is_first else smooth(o.usual[k], o.outcome[k], p.reference_days)


@rule
def compute_fee_change(channel: int, delta: float, value: float, o: InterestsState, fees: Fees) -> float:
    """Relative change of the message fee in USD when a parameter of the fee rule goes from `value` to value + delta.

    The fee is fee_usd * (P / P_ref)^(1 - eta) (ECONOMY 13), so its log moves by the parameter's log or by the price's.
    """
    if channel == Channel.MESSAGE_FEE:
        # A fee of 0 has no relative change: a millionth of a USD stands for it.
        return delta / max(value, 1e-6)
    # ln fee = (1 - eta) ln(P / P_ref) + a constant (ECONOMY 13): its slope in eta is -ln(P / P_ref).
    if channel == Channel.INDEXATION:
        return safe_exp(-delta * o.log_price) - 1.0
    if channel == Channel.REFERENCE_PRICE:
        # The reference price is bounded above 0 where it is declared; this keeps a draft outside the bounds finite.
        ratio = max(value, 1e-9) / max(value + delta, 1e-9)
        return safe_exp((1.0 - fees.indexation) * safe_log(ratio)) - 1.0
    return 0.0


@rule
def compute_response(belief: float, growth: float, p: Interests) -> float:
    """How strongly a voter thinks users answer to incentives: lognormal, larger after growth; its inverse side is the fee's."""
    return safe_exp(p.belief_sigma * belief + p.growth_weight * growth)


@rule
def compute_elasticity(belief: float, growth: float, p: Interests) -> float:
    """By which share of a small fee rise a voter thinks messages fall; larger when messages have been shrinking."""
    return p.elasticity * safe_exp(p.belief_sigma * belief - p.growth_weight * growth)


@rule
def share_revenue(who: int, revenue: float, o: InterestsState) -> float:
    """The part of an additional revenue that reaches a group by the split."""
    if who == Stakeholder.STAKER:
        return o.share_stakers * revenue
    if who == Stakeholder.DEVELOPER:
        return o.share_developers * revenue
    return o.share_users * revenue if who == Stakeholder.USER else 0.0


@rule
def is_own_share(channel: int, who: int) -> bool:
    """Whether the parameter is the group's share of revenue."""
    if channel == Channel.SHARE_STAKERS:
        return who == Stakeholder.STAKER
    if channel == Channel.SHARE_DEVELOPERS:
        return who == Stakeholder.DEVELOPER
    return channel == Channel.SHARE_USERS and who == Stakeholder.USER


@rule
def is_own_budget(channel: int, who: int) -> bool:
    """Whether the parameter is a budget that is paid to the group."""
    if channel == Channel.SPEND_DEVELOPERS:
        return who == Stakeholder.DEVELOPER
    return channel == Channel.SPEND_USERS and who == Stakeholder.USER


@rule
def is_spending(channel: int) -> bool:
    """Whether the parameter is a budget paid out of the treasury."""
    return channel == Channel.SPEND_DEVELOPERS or channel == Channel.SPEND_USERS


@rule
def compute_own_flow(channel: int, delta: float, who: int, o: InterestsState, p: Interests) -> float:
    """USD a year that a group gains directly, apart from what additional revenue brings it."""
    if is_own_share(channel, who):
        return delta / REAL_BPS * o.revenue_usd
    if is_own_budget(channel, who):
        return delta / 1e6 * o.price
    if channel == Channel.UNBONDING and who == Stakeholder.STAKER:
        # Linear in the days of unbonding, as in a node's net yield (ECONOMY 7).
        return -p.illiquidity * delta / p.illiquidity_days * o.staked_usd
    if channel == Channel.VERIFICATION_FEE and who == Stakeholder.DEVELOPER:
        # State verification is charged to rollups (ECONOMY 14): their developers bear it.
        return -delta * o.verification_usd
    return 0.0


@rule
def compute_change(parameter: GovernableRow, delta: float, who: int, belief: float, o: InterestsState, fees: Fees, p: Interests) -> float:
    """Relative change of a voter's position when a parameter moves by `delta` stored units.

    Its group's direct flow and part of additional revenue against the group's turnover, plus the flow to the token against
    market capitalisation: additional revenue, and for a budget what it is believed to bring less what it costs.
    """
    # A fee cannot fall by more than all of it.
    paid = o.message_usd * clip(compute_fee_change(parameter.channel, delta, parameter.value, o, fees), -1.0, p.largest_fee_change)
    # Fee times messages: to first order their relative changes add up.
    revenue = paid * (1.0 - compute_elasticity(belief, o.growth, p))
    if parameter.channel == Channel.VERIFICATION_FEE:
        revenue = delta * o.verification_usd
    own = compute_own_flow(parameter.channel, delta, who, o, p) + share_revenue(who, revenue, o)
    if who == Stakeholder.USER:
        own -= paid
    token = revenue
    if is_spending(parameter.channel):
        token = (compute_response(belief, o.growth, p) - 1.0) * delta / 1e6 * o.price
    return own / o.income[who] + p.multiple * token / o.market_cap


@rule
def compute_grant(target: int, amount: int, who: int, belief: float, o: InterestsState, p: Interests) -> float:
    """The same for a single grant of treasury tokens: insurance and burning cost nobody, the rest is spending."""
    if target == GrantTarget.INSURANCE or target == GrantTarget.BURN:
        return 0.0
    usd = to_era(amount) * o.price
    is_own = target == GrantTarget.DEVELOPERS and who == Stakeholder.DEVELOPER
    is_own = is_own or (target == GrantTarget.USERS and who == Stakeholder.USER)
    own = usd / o.income[who] if is_own else 0.0
    # A single payment, not a yearly flow: no multiple.
    return own + (compute_response(belief, o.growth, p) - 1.0) * usd / o.market_cap


@rule
def estimate_effect(
    content: ProposalContent, governable: Rows[GovernableRow], who: int, belief: float, o: InterestsState, fees: Fees, p: Interests
) -> float:
    """What the content of a proposal means to a voter of group `who`, before noise: within -1..1, 0 is no effect."""
    change = 0.0
    for k in range(content.changes):
        # Contents are checked when they are written; row 0 keeps the index inside the table whatever comes.
        parameter = governable[max(find_governable(governable, content.slot[k]), 0)]
        change += compute_change(parameter, content.value[k] - parameter.value, who, belief, o, fees, p)
    for k in range(content.grants):
        change += compute_grant(content.target[k], content.amount[k], who, belief, o, p)
    # Bounded (docs/decisions/0003), so that no change is too large for the error of an opinion to matter.
    return math.tanh(change / p.scale)


@rule
def update_outlook(
    o: InterestsState, facts: OutlookContext, governable: Rows[GovernableRow], fees: Fees, p: Interests, is_first: bool
) -> None:
    """In the evening: the public figures on which voters decide tomorrow."""
    o.growth = facts.growth
    read_revenue(o, facts.quote, facts.network, fees)
    read_market(o, facts.market, facts.supply, facts.staking, fees)
    read_outcomes(o, facts.quote, facts.network, facts.market)
    read_incomes(o, facts.quote, governable)
    update_usual(o, p, is_first)
