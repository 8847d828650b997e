"""Who pays a flow of policy and who has it, first order and a year: what voters make of a flow that begins or ends.

Whoever would have had the money pays: those who share in revenue, those whom penalties go to, all holders where it comes out of an account
that does not circulate. Whoever gets it gains; what is burned, bought or put aside leaves fewer tokens to all.
"""

from metalab.econ.governance.interests import CLASSES, InterestsState
from metalab.econ.governance.yearly_flows import YearlyFlows
from metalab.econ.kernel.records import Params
from metalab.econ.market.fundamental import compute_multiple
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import Share, Stakeholder
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import REAL_BPS
from metalab.protocol.policy.content import ProposalContent
from metalab.protocol.policy.flows import FIRST_ORDER, LAST_FEE, FlowSource, FlowTarget


@rule
def compute_inflow(source: int, o: InterestsState, p: Params) -> float:
    """USD that a source brings in a year, or that an account holds."""
    messages = o.messages * o.fee_usd
    if source == FlowSource.MESSAGES:
        return messages
    if source == FlowSource.VERIFICATION:
        return p.fees.verification_fee_usd * DAYS_A_YEAR * o.live
    if source == FlowSource.SECURITY:
        return p.fees.security_bps / REAL_BPS * o.tvl_usd
    if source == FlowSource.CONNECTORS:
        return max(o.revenue_usd - o.charges_usd - messages, 0.0)
    if source == FlowSource.REVENUE:
        return o.revenue_usd
    if source == FlowSource.PENALTIES:
        return o.slashed_usd
    return p.issuance.rate * o.issuable * o.price if source == FlowSource.ISSUANCE else o.sources_usd[source]


@rule
def compute_flow_years(content: ProposalContent, k: int, p: Params) -> float:
    """Years of a flow that its claim is worth: the multiple, or as long as it lasts if that is less."""
    years = compute_multiple(p.fundamental)
    return min(years, content.flow_days[k] / DAYS_A_YEAR) if content.flow_days[k] > 0 else years


@rule
def compute_flow_usd(content: ProposalContent, k: int, o: InterestsState, p: Params) -> float:
    """USD a year that flow k of a proposal moves; below 0 where the flow ends."""
    source = content.flow_source[k]
    inflow = compute_inflow(source, o, p)
    usd = inflow * (content.flow_share[k] / REAL_BPS + content.flow_yearly[k])
    usd += DAYS_A_YEAR * (content.flow_usd[k] + content.flow_amount[k] / 1e6 * o.price)
    if content.flow_target[k] >= FIRST_ORDER:
        usd = min(usd, DAYS_A_YEAR * content.flow_volume[k] * o.volume * o.price)
    # An account that nothing flows into by rule is paid out once.
    if source == FlowSource.RESERVE or source == FlowSource.RESERVE_USD or source == FlowSource.INSURANCE:
        usd = min(usd, inflow / max(compute_flow_years(content, k, p), 1.0 / DAYS_A_YEAR))
    return -usd if content.flow_ends[k] == 1 else usd


@rule
def charge_flow(source: int, usd: float, o: InterestsState, p: Params) -> YearlyFlows:
    """Who goes without the USD a year that a flow takes."""
    era = usd / max(o.price, 1e-9)
    if source <= LAST_FEE:
        return YearlyFlows(-o.share_stakers * usd, 0.0, -o.share_users * usd, -o.share_developers * usd, 0.0, 0.0, 0.0, 0.0)
    if source == FlowSource.CONGESTION:
        return YearlyFlows(-usd, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    if source == FlowSource.PENALTIES:
        # Reporters are stakers; what is no longer burned stays.
        bounty = p.slashing.distribution[0] / REAL_BPS
        insured = p.slashing.distribution[1] / REAL_BPS
        return YearlyFlows(-bounty * usd, 0.0, 0.0, 0.0, 0.0, 0.0, (1.0 - bounty - insured) * era, -insured * usd)
    if source == FlowSource.ISSUANCE:
        return charge_issuance(usd, p)
    if source == FlowSource.TREASURY or source == FlowSource.RESERVE:
        return YearlyFlows(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, era, 0.0)
    if source == FlowSource.INSURANCE:
        return YearlyFlows(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -min(usd, o.losses_usd))
    developers = -usd if source == FlowSource.FUND else 0.0
    return YearlyFlows(0.0, 0.0, 0.0, developers, 0.0, 0.0, 0.0, 0.0)


@rule
def charge_issuance(usd: float, p: Params) -> YearlyFlows:
    """New tokens that go elsewhere are missed by those of the split."""
    split = p.issuance.split
    stakers = (split[Share.CORE] + split[Share.GUARDIAN] + split[Share.FLEX]) / REAL_BPS
    users = split[Share.USERS] / REAL_BPS
    return YearlyFlows(-stakers * usd, -users * usd, 0.0, -split[Share.DEVELOPERS] / REAL_BPS * usd, 0.0, 0.0, 0.0, 0.0)


@rule
def withdraws(target: int) -> bool:
    """Whether a destination takes tokens out of circulation."""
    is_kept = target == FlowTarget.TREASURY or target == FlowTarget.RESERVE or target == FlowTarget.BURN
    return is_kept or target == FlowTarget.BUY_BURN or target == FlowTarget.BUY_HOLD


@rule
def grant_flow(target: int, usd: float, o: InterestsState) -> YearlyFlows:
    """Who has the USD a year that a flow brings."""
    stakers = usd if target <= FlowTarget.GUARDIAN or target == FlowTarget.BUY_DISTRIBUTE else 0.0
    rebate = usd if target == FlowTarget.USERS else 0.0
    developers = usd if target == FlowTarget.DEVELOPERS else 0.0
    # A fund beyond what is lost is worth nothing to those it covers.
    safety = min(usd, o.losses_usd) if target == FlowTarget.INSURANCE else 0.0
    spent = -usd / max(o.price, 1e-9) if withdraws(target) else 0.0
    if target == FlowTarget.SWAP:
        spent = usd / max(o.price, 1e-9)
    return YearlyFlows(stakers, 0.0, rebate, developers, 0.0, 0.0, spent, safety)


@rule
def trace_flow(content: ProposalContent, k: int, o: InterestsState, p: Params) -> YearlyFlows:
    """Which yearly flows move when flow k of a proposal begins or ends."""
    usd = compute_flow_usd(content, k, o, p)
    a = charge_flow(content.flow_source[k], usd, o, p)
    b = grant_flow(content.flow_target[k], usd, o)
    spent = a.spent + b.spent
    # A sale brings what it sells into circulation, wherever it comes from: the treasury's is counted once.
    if content.flow_target[k] == FlowTarget.SWAP and a.spent != 0.0:
        spent = a.spent
    return YearlyFlows(
        a.stakers + b.stakers, a.users, a.rebate + b.rebate, a.developers + b.developers, 0.0, 0.0, spent, a.safety + b.safety
    )


@rule
def compute_voter_share(content: ProposalContent, k: int, who: int, o: InterestsState, p: Params) -> float:
    """What a flow to voters brings a group in a year, share of its tokens: all but bonded stake, which votes unpaid, has its part."""
    target = content.flow_target[k]
    if target != FlowTarget.DELEGATES and target != FlowTarget.LOCKERS:
        return 0.0
    unpaid = min(o.staked_usd[0] + o.staked_usd[1] + o.staked_usd[2], o.held_usd[Stakeholder.STAKER])
    held = -unpaid
    for group in range(CLASSES):
        held += o.held_usd[group]
    paid = 1.0 - unpaid / o.held_usd[Stakeholder.STAKER] if who == Stakeholder.STAKER else 1.0
    return paid * compute_flow_usd(content, k, o, p) / max(held, 1.0)
