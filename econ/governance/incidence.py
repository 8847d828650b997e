"""Whose money a proposal moves at first order, and what that is worth to a voter.

One pure function for each kind of parameter (`Channel`) says which yearly flows a change moves: an accounting fact, not a verdict.
A voter then counts the part that reaches its own group against the tokens that the group can vote with, and what reaches the token
against market capitalisation. Who is paid for using the network uses it more, who is paid for building builds more. What is paid out
of the treasury dilutes all holders, and its sale lowers the price. How far people answer is a matter of belief: what all have learned
about users from past weeks (`learning.py`), times a lasting deviation of one's own. No sign is set anywhere;
docs/decisions/0003-voter-utility.md gives the reasons.
"""

import math

from metalab.econ.governance.flow_incidence import compute_flow_years, compute_voter_share, trace_flow
from metalab.econ.governance.interests import ILLIQUIDITY_DAYS, Interests, InterestsState
from metalab.econ.governance.learning import compute_response
from metalab.econ.governance.yearly_flows import YearlyFlows
from metalab.econ.kernel.records import Params
from metalab.econ.market.fundamental import compute_multiple
from metalab.econ.market.impact import Impact, compute_lasting, compute_passing
from metalab.protocol.fees.fees import Fees
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import TIERS, Share, Stakeholder
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import REAL_BPS, SUPPLY, power, safe_exp, to_era, to_uera
from metalab.protocol.policy.channels import Channel
from metalab.protocol.policy.content import GovernableRow, ProposalContent, find_governable, get_new_value, is_overtaken
from metalab.protocol.policy.grants import GrantTarget
from metalab.protocol.staking.rewards import Rewards

LEAST_PENALTY = 1e-4
"""Penalty, as a share of the stake, below which no ratio of penalties is taken: from 0 every step would be infinitely large."""
LEAST_MONEY = 0.01
"""Part of developers' income that is taken to be left at least: keeps the power finite, not a rule."""


@rule
def compute_deviation(belief: float, p: Interests) -> float:
    """How much more strongly than all others a voter thinks that people answer."""
    return safe_exp(p.belief_sigma * belief)


@rule
def compute_fee(parameter: GovernableRow, delta: float, o: InterestsState, fees: Fees) -> float:
    """Message fee in USD once a parameter of the fee rule has moved: fee_usd * (P / P_ref)^(1 - eta) (ECONOMY 13)."""
    if parameter.channel == Channel.INDEXATION:
        return o.fee_usd * safe_exp(-delta * o.log_price)
    return (parameter.value + delta) * safe_exp((1.0 - fees.indexation) * o.log_price)


@rule
def move_fee(after: float, slope: float, o: InterestsState, weight: float) -> YearlyFlows:
    """Users pay another fee and send another number of messages; revenue is their product."""
    ratio = compute_response(o.fee_usd, after, o.rival_usd, weight, slope)
    # What users lose is the area under their demand, a trapezoid: who no longer sends loses less than the whole fee.
    users = o.messages * (o.fee_usd - after) * 0.5 * (1.0 + ratio)
    return YearlyFlows(0.0, users, 0.0, 0.0, o.messages * (ratio * after - o.fee_usd), 0.0, 0.0, 0.0)


@rule
def move_verification(delta: float, o: InterestsState) -> YearlyFlows:
    """State verification is charged to rollups (ECONOMY 14): their developers bear it."""
    usd = delta * DAYS_A_YEAR * o.live
    return YearlyFlows(0.0, 0.0, 0.0, -usd, 0.0, usd, 0.0, 0.0)


@rule
def move_charge(delta: float, o: InterestsState) -> YearlyFlows:
    """Rollups pay more for shared security: their developers bear it."""
    usd = delta / REAL_BPS * o.tvl_usd
    return YearlyFlows(0.0, 0.0, 0.0, -usd, 0.0, usd, 0.0, 0.0)


@rule
def move_share(channel: int, delta: float, o: InterestsState) -> YearlyFlows:
    """A share of revenue goes to its group; the shares that give it are changes of their own."""
    usd = delta / REAL_BPS * o.revenue_usd
    stakers = usd if channel == Channel.SHARE_STAKERS else 0.0
    developers = usd if channel == Channel.SHARE_DEVELOPERS else 0.0
    return YearlyFlows(stakers, 0.0, usd - stakers - developers, developers, 0.0, 0.0, 0.0, 0.0)


@rule
def move_budget(channel: int, delta: float, o: InterestsState) -> YearlyFlows:
    """A budget in uERA a year goes to its group."""
    usd = delta / 1e6 * o.price
    developers = usd if channel == Channel.SPEND_DEVELOPERS else 0.0
    return YearlyFlows(0.0, 0.0, usd - developers, developers, 0.0, 0.0, delta / 1e6, 0.0)


@rule
def move_issuance(delta: float, o: InterestsState, p: Params) -> YearlyFlows:
    """New tokens go to the groups of the split; all holders are diluted by them."""
    era = delta * o.issuable
    usd = era * o.price / REAL_BPS
    split = p.issuance.split
    stakers = usd * (split[Share.CORE] + split[Share.GUARDIAN] + split[Share.FLEX])
    return YearlyFlows(stakers, usd * split[Share.USERS], 0.0, usd * split[Share.DEVELOPERS], 0.0, 0.0, era, 0.0)


@rule
def avoid_losses(before: float, after: float, o: InterestsState) -> float:
    """USD of losses a year that more deterrence avoids: they are inversely proportional to what a fault costs who commits it.

    With faults falling exponentially in care, an operator at its best takes so much more care (LOOPS 7).
    """
    return o.losses_usd * (1.0 - before / after)


@rule
def move_unbonding(value: float, delta: float, o: InterestsState, p: Interests) -> YearlyFlows:
    """Stakers wait longer for their tokens: linear in days, as in a node's net yield (ECONOMY 7). Faults can be punished for longer."""
    staked = o.staked_usd[0] + o.staked_usd[1] + o.staked_usd[2]
    safety = avoid_losses(max(value, 1.0), max(value + delta, 1.0), o)
    return YearlyFlows(-p.illiquidity * delta / ILLIQUIDITY_DAYS * staked, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, safety)


@rule
def move_band(channel: int, value: float, delta: float, o: InterestsState, p: Rewards) -> YearlyFlows:
    """The treasury lifts yields to the floor, or keeps what is above the cap."""
    usd = 0.0
    for tier in range(TIERS):
        before = value * o.earning_usd[tier]
        after = (value + delta) * o.earning_usd[tier]
        if channel == Channel.YIELD_FLOOR and p.floor_on == 1:
            usd += max(after, o.pot_usd[tier]) - max(before, o.pot_usd[tier])
        elif channel == Channel.YIELD_CAP and p.cap_on == 1:
            usd += min(after, o.pot_usd[tier]) - min(before, o.pot_usd[tier])
    return YearlyFlows(usd, 0.0, 0.0, 0.0, 0.0, 0.0, usd / max(o.price, 1e-9), 0.0)


@rule
def move_penalty(kinds: int, value: float, delta: float, o: InterestsState) -> YearlyFlows:
    """Operators pay for care what penalties took from them: at their best, one log unit more of penalty costs its expected value."""
    before = max(value, LEAST_PENALTY)
    after = max(value + delta, LEAST_PENALTY)
    # Public figures do not tell kinds of fault apart.
    stakers = -o.slashed_usd * math.log(after / before) / kinds
    return YearlyFlows(stakers, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, avoid_losses(before, after, o) / kinds)


@rule
def move_minimum(element: int, value: float, delta: float, o: InterestsState, p: Interests) -> YearlyFlows:
    """More stake per node costs access to it; a fault puts as much more at stake."""
    before = max(value, 1.0)
    after = max(value + delta, 1.0)
    staked = o.staked_usd[0] + o.staked_usd[1] + o.staked_usd[2]
    part = o.staked_usd[element] / staked if staked > 0.0 else 0.0
    stakers = -p.illiquidity * o.staked_usd[element] * (after / before - 1.0)
    return YearlyFlows(stakers, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, part * avoid_losses(before, after, o))


@rule
def move_premium(value: float, delta: float, o: InterestsState) -> YearlyFlows:
    """Rollups pay the premium; what is lost in a year is paid back from it as far as it goes."""
    before = value / REAL_BPS * o.tvl_usd
    after = (value + delta) / REAL_BPS * o.tvl_usd
    return YearlyFlows(0.0, 0.0, 0.0, before - after, 0.0, 0.0, 0.0, min(after, o.losses_usd) - min(before, o.losses_usd))


@rule
def move_cover(value: float, delta: float, o: InterestsState) -> YearlyFlows:
    """More of what is lost is paid back, as far as the fund did; its tokens come into circulation by it."""
    usd = o.claims_usd * delta / max(value, 1.0)
    return YearlyFlows(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, usd / max(o.price, 1e-9), usd)


@rule
def trace_change(parameter: GovernableRow, delta: float, slope: float, o: InterestsState, p: Params) -> YearlyFlows:
    """Which flows move when a parameter moves by `delta` stored units; none for what is judged by noise."""
    channel = parameter.channel
    if channel == Channel.MESSAGE_FEE or channel == Channel.INDEXATION:
        return move_fee(compute_fee(parameter, delta, o, p.fees), slope, o, p.demand.price_weight)
    if channel == Channel.VERIFICATION_FEE:
        return move_verification(delta, o)
    if channel == Channel.SECURITY_CHARGE:
        return move_charge(delta, o)
    if Channel.SHARE_STAKERS <= channel <= Channel.SHARE_USERS:
        return move_share(channel, delta, o)
    if channel == Channel.SPEND_DEVELOPERS or channel == Channel.SPEND_USERS:
        return move_budget(channel, delta, o)
    if channel == Channel.ISSUANCE:
        return move_issuance(delta, o, p)
    if channel == Channel.YIELD_FLOOR or channel == Channel.YIELD_CAP:
        return move_band(channel, parameter.value, delta, o, p.rewards)
    if channel == Channel.PREMIUM and p.insurance.rated == 1:
        # The fixed premium is not asked.
        return YearlyFlows(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return trace_risk(parameter, delta, o, p.interests)


@rule
def trace_risk(parameter: GovernableRow, delta: float, o: InterestsState, p: Interests) -> YearlyFlows:
    """The same for parameters of stake, penalties and insurance."""
    channel = parameter.channel
    if channel == Channel.UNBONDING:
        return move_unbonding(parameter.value, delta, o, p)
    if channel == Channel.PENALTY:
        return move_penalty(parameter.length, parameter.value, delta, o)
    if channel == Channel.MINIMUM_STAKE:
        return move_minimum(parameter.element, parameter.value, delta, o, p)
    if channel == Channel.PREMIUM:
        return move_premium(parameter.value, delta, o)
    if channel == Channel.COVER:
        return move_cover(parameter.value, delta, o)
    return YearlyFlows(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


@rule
def compute_reaction(flows: YearlyFlows, slope: float, deviation: float, o: InterestsState, p: Params) -> float:
    """USD a year of revenue that comes of those who are paid or pay: a rebate lowers what a message costs, money builds.

    Rollups whose developers earn less go: their charges go with them, new ones included.
    """
    fee = max(o.fee_usd - flows.rebate / max(o.messages, 1.0), 0.0)
    used = compute_response(o.fee_usd, fee, o.rival_usd, p.demand.price_weight, slope)
    money = max(1.0 + flows.developers / o.developers_usd, LEAST_MONEY)
    built = power(money, p.interests.building * deviation)
    return o.messages * o.fee_usd * (used * built - 1.0) + (o.charges_usd + flows.charges) * built - o.charges_usd


@rule
def compute_own(flows: YearlyFlows, revenue: float, who: int, o: InterestsState) -> float:
    """USD a year that reaches a group: directly, and its part of additional revenue by the split."""
    if who == Stakeholder.STAKER:
        return flows.stakers + o.share_stakers * revenue
    if who == Stakeholder.USER:
        return flows.users + flows.rebate + flows.safety + o.share_users * revenue
    return flows.developers + o.share_developers * revenue if who == Stakeholder.DEVELOPER else 0.0


@rule
def compute_dilution(spent: float, years: float, o: InterestsState, p: Impact) -> float:
    """Log fall of the token's value when `spent` ERA a year come into circulation for so many years; a rise where fewer come.

    Every token shares what the token is worth, and what is sold of them moves the price: for good, and as long as the sale is
    in the market's memory. A single payment counts as one year's: its passing impact is then a mean over that year.
    """
    sold = o.sold * spent
    lasting = compute_lasting(sold, o.liquid, p) if p.acting == 1 else 0.0
    imbalance = sold / DAYS_A_YEAR / o.volume * p.half_life_days / math.log(2.0)
    passing = compute_passing(imbalance, o.volatility, p) if p.acting == 1 else 0.0
    return years * (spent / o.effective + lasting) + passing


@rule
def compute_change(parameter: GovernableRow, delta: float, who: int, belief: float, o: InterestsState, p: Params) -> float:
    """Relative change of a voter's position when a parameter moves by `delta` stored units.

    Its own flows count against its tokens, as do revenue against all tokens, losses against the value that is here to be served.
    """
    deviation = compute_deviation(belief, p.interests)
    slope = o.learning.slope * deviation
    flows = trace_change(parameter, delta, slope, o, p)
    revenue = flows.revenue + compute_reaction(flows, slope, deviation, o, p)
    years = compute_multiple(p.fundamental)
    token = years * (revenue / o.market_cap + flows.safety / o.tvl_usd) - compute_dilution(flows.spent, years, o, p.impact)
    return years * compute_own(flows, revenue, who, o) / o.held_usd[who] + token


@rule
def compute_flow(content: ProposalContent, k: int, who: int, belief: float, o: InterestsState, p: Params) -> float:
    """The same for a flow of money that begins or ends, over as many years as it lasts."""
    deviation = compute_deviation(belief, p.interests)
    flows = trace_flow(content, k, o, p)
    revenue = compute_reaction(flows, o.learning.slope * deviation, deviation, o, p)
    years = compute_flow_years(content, k, p)
    token = years * (revenue / o.market_cap + flows.safety / o.tvl_usd) - compute_dilution(flows.spent, years, o, p.impact)
    paid = compute_voter_share(content, k, who, o, p)
    return years * (compute_own(flows, revenue, who, o) / o.held_usd[who] + paid) + token


@rule
def compute_grant(target: int, amount: int, who: int, o: InterestsState, p: Params) -> float:
    """The same for a single grant of treasury tokens: a burn leaves fewer for ever, an insured token stays with the protocol.

    All else comes into circulation.

    A single payment, not a yearly flow: no multiple, and a lump sum changes nobody's use of the network at first order.
    """
    era = to_era(amount)
    if target == GrantTarget.BURN:
        return era / to_era(SUPPLY)
    usd = era * o.price
    own = 0.0
    if (target == GrantTarget.DEVELOPERS and who == Stakeholder.DEVELOPER) or (target == GrantTarget.USERS and who == Stakeholder.USER):
        own = usd
    elif target == GrantTarget.INSURANCE and who == Stakeholder.USER:
        # A fund beyond what is lost is worth nothing to those it covers.
        own = min(usd, compute_multiple(p.fundamental) * o.losses_usd)
    spent = 0.0 if target == GrantTarget.INSURANCE else era
    return own / o.held_usd[who] - compute_dilution(spent, 1.0, o, p.impact)


@rule
def compute_lasting_part(span: int) -> float:
    """How much of a lasting effect a trial of so many days has, 0 for ever: the part of a year, as voters think in years."""
    return min(span / DAYS_A_YEAR, 1.0) if span > 0 else 1.0


@rule
def estimate_effect(
    content: ProposalContent, governable: Rows[GovernableRow], who: int, belief: float, o: InterestsState, p: Params
) -> float:
    """What the content of a proposal means to a voter of group `who`, before noise: within -1..1, 0 is no effect."""
    change = 0.0
    for k in range(content.changes):
        if is_overtaken(content, k):
            continue
        # Contents are checked when they are written; row 0 keeps the index inside the table whatever comes.
        parameter = governable[max(find_governable(governable, content.slot[k]), 0)]
        delta = get_new_value(content, k, parameter) - parameter.value
        change += compute_lasting_part(content.span[k]) * compute_change(parameter, delta, who, belief, o, p)
    for k in range(content.grants):
        amount = to_uera(content.usd[k], o.price) if content.usd[k] > 0.0 else content.amount[k]
        change += compute_grant(content.target[k], amount, who, o, p)
    for k in range(content.flows):
        change += compute_flow(content, k, who, belief, o, p)
    # Bounded (docs/decisions/0003), so that no change is too large for the error of an opinion to matter.
    return math.tanh(change / p.interests.scale)
