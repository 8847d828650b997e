"""In the evening: the public figures on which voters decide tomorrow."""

from typing import Final

from metalab.econ.governance.interests import CLASSES, InterestsState
from metalab.econ.governance.learning import close_week, note_day, open_learning
from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.market.impact import get_scale
from metalab.protocol.fees.fees import Fees, compute_staker_share
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import TIERS, Share, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import BPS, SUPPLY, power, safe_log, smooth, to_era, to_usd
from metalab.protocol.policy.channels import Channel
from metalab.protocol.policy.content import GovernableRow
from metalab.protocol.policy.flows import FlowSource

TO_DEVELOPERS: Final = int(Channel.SPEND_DEVELOPERS)
"""Channel of budgets paid to developers, as a plain integer for rules."""


@rule
def read_fees(o: InterestsState, fees: Fees) -> None:
    """The fee by the rule in force, and where revenue goes."""
    o.log_price = safe_log(o.price / fees.reference_price_usd)
    o.fee_usd = fees.message_fee_usd * power(o.price / fees.reference_price_usd, 1.0 - fees.indexation)
    o.pot_usd[Tier.CORE] = fees.split[Share.CORE] / BPS * o.revenue_usd
    o.pot_usd[Tier.FLEX] = fees.split[Share.FLEX] / BPS * o.revenue_usd
    o.pot_usd[Tier.GUARDIAN] = fees.split[Share.GUARDIAN] / BPS * o.revenue_usd
    o.share_stakers = compute_staker_share(fees)
    o.share_developers = fees.split[Share.DEVELOPERS] / BPS
    o.share_users = fees.split[Share.USERS] / BPS


@rule
def read_market(o: InterestsState, s: State, p: Params) -> None:
    """What the token and the stake are worth, and what a sale would meet."""
    o.price = s.market.price_mean
    o.effective = max(to_era(s.supply.effective), 1.0)
    o.issuable = to_era(SUPPLY + s.issuance.issued)
    o.market_cap = max(o.effective * o.price, 1.0)
    o.liquid = o.effective - to_era(s.governance.locked_sum)
    for tier in range(TIERS):
        o.liquid -= to_era(s.staking.bonded[tier])
        o.staked_usd[tier] = to_usd(s.staking.bonded[tier], o.price)
        o.earning_usd[tier] = to_usd(s.staking.earning[tier], o.price)
    # Where nearly all is bonded, a sale still meets somebody.
    o.liquid = max(o.liquid, 0.01 * o.effective)
    o.volume = max(s.market.volume_mean, 1.0)
    o.volatility = get_scale(p.volatility, p.volatility.beta)
    o.sold = p.earnings.sale_share


@rule
def read_network(o: InterestsState, s: State, p: Params, today: Daily, is_first: bool) -> None:
    """Value secured, what was lost of it, and what the past weeks say about users."""
    o.live = float(s.rollups.live)
    o.tvl_usd = max(s.rollups.tvl, 1.0)
    o.slashed_usd = s.fundamental.slashed_usd
    o.losses_usd = s.deposits.hazard * o.tvl_usd
    o.claims_usd = smooth(o.claims_usd, DAYS_A_YEAR * today.insurance.insurance_paid_era * s.market.price, DAYS_A_YEAR)
    fees = DAYS_A_YEAR * today.earnings.developer_fees_usd
    o.rollup_fees_usd = fees if is_first else smooth(o.rollup_fees_usd, fees, p.fees.revenue_days)
    o.charges_usd = DAYS_A_YEAR * (s.charges.verification_usd + s.charges.security_usd)
    o.rival_usd = p.competition.rival_fee_usd
    o.revenue_usd = s.fees.revenue_mean_usd
    if is_first:
        open_learning(o.learning, float(s.activity.messages))
    if note_day(o.learning, float(s.activity.messages), to_usd(s.fees.message_fee, s.market.price)):
        q = p.interests
        close_week(o.learning, s.activity.message_growth, o.rival_usd, p.demand.price_weight, q.prior, q.memory_days)
    o.messages = DAYS_A_YEAR * o.learning.last_messages


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
def read_positions(o: InterestsState, s: State, governable: Rows[GovernableRow]) -> None:
    """What each group has at stake; at least 1 USD, so that nothing is divided by 0."""
    paid = o.share_developers * o.revenue_usd + o.price * sum_spending(governable, TO_DEVELOPERS)
    o.developers_usd = max(o.rollup_fees_usd + paid, 1.0)
    for who in range(CLASSES):
        o.held_usd[who] = max(to_usd(s.governance.weight[who], o.price), 1.0)


@rule
def read_accounts(o: InterestsState, pots: Pots) -> None:
    """What flows of policy can be paid from; what comes in by the day and is read elsewhere is left out."""
    congestion = DAYS_A_YEAR * to_usd(pots.moved[Cause.CONGESTION_FEE], o.price)
    o.sources_usd[FlowSource.CONGESTION] = smooth(o.sources_usd[FlowSource.CONGESTION], congestion, DAYS_A_YEAR)
    o.sources_usd[FlowSource.TREASURY] = to_usd(pots.treasury, o.price)
    o.sources_usd[FlowSource.INSURANCE] = to_usd(pots.insurance, o.price)
    o.sources_usd[FlowSource.RESERVE] = to_usd(pots.reserve, o.price)
    o.sources_usd[FlowSource.FUND] = pots.fund_usd
    o.sources_usd[FlowSource.RESERVE_USD] = pots.reserve_usd


@rule
def update_outlook(s: State, p: Params, today: Daily, governable: Rows[GovernableRow], is_first: bool) -> None:
    """Read all of it."""
    read_market(s.interests, s, p)
    read_network(s.interests, s, p, today, is_first)
    read_fees(s.interests, p.fees)
    read_positions(s.interests, s, governable)
