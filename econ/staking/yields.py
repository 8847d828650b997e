"""What the day meant for the nodes: counts, stakes and yields (INTERFACE: apr_<tier> and the node metrics)."""

from metalab.econ.staking.operators import WINDOW, OperatorsState
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import WHOLE_DAYS_A_YEAR
from metalab.protocol.kernel.codes import TIERS, NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import smooth, to_era
from metalab.protocol.security.slashing import SlashingMetrics, SlashingState, sum_slashed
from metalab.protocol.security.yearly_losses import close_year
from metalab.protocol.staking.rewards import RewardsState
from metalab.protocol.staking.staking import NodeRow, Staking, StakingMetrics, StakingState, get_earning_stake, is_bonded


@rule
def measure_nodes(nodes: Rows[NodeRow], used: int, state: StakingState, p: Staking, today: SlashingMetrics) -> None:
    """Count nodes and stakes per tier; only the first `used` rows have ever had an operator."""
    for tier in range(TIERS):
        state.bonded[tier] = 0
        state.nodes[tier] = 0
        state.earning[tier] = 0
    for i in range(used):
        node = nodes[i]
        node.year_stake = max(node.year_stake, node.stake)
        if is_bonded(node):
            state.bonded[node.tier] += node.stake
            state.nodes[node.tier] += 1
            state.earning[node.tier] += get_earning_stake(node, p)
        if node.status == NodeStatus.JAILED:
            today.nodes_jailed += 1.0


@rule
def average_hours(nodes: Rows[NodeRow], used: int, state: StakingState, days: float) -> None:
    """The mean over so many days of active hours of a bonded flex node."""
    hours = 0.0
    for i in range(used):
        hours += nodes[i].active_hours
    if state.nodes[Tier.FLEX] > 0:
        state.hours_mean = smooth(state.hours_mean, hours / state.nodes[Tier.FLEX], days)


@rule
def average_pot(state: StakingState, rewards: RewardsState, tier: int, days: float) -> None:
    """The mean over so many days of a tier's pot."""
    state.pot_mean[tier] = smooth(state.pot_mean[tier], to_era(rewards.offered[tier]), days)


@rule
def measure_yield(y: OperatorsState, state: StakingState, slashed: int, tier: int, price: float, day: int) -> None:
    """365 x rewards of the last 30 days (fewer at the start) / (days x mean stake), gross and net of cost and slashing."""
    # A ring of days: places not filled yet hold 0 and count for nothing.
    place = WINDOW * tier + day % WINDOW
    y.reward[place] = to_era(state.paid[tier])
    y.loss[place] = state.cost_usd[tier] / price + to_era(slashed)
    y.staked[place] = to_era(state.bonded[tier])
    reward = 0.0
    loss = 0.0
    stake = 0.0
    for k in range(WINDOW * tier, WINDOW * tier + WINDOW):
        reward += y.reward[k]
        loss += y.loss[k]
        stake += y.staked[k]
    y.gross[tier] = WHOLE_DAYS_A_YEAR * reward / stake if stake > 0.0 else 0.0
    y.net[tier] = WHOLE_DAYS_A_YEAR * (reward - loss) / stake if stake > 0.0 else 0.0


@rule
def report_nodes(state: StakingState, y: OperatorsState, today: StakingMetrics) -> None:
    """Metrics of staking."""
    today.staked_core_era = to_era(state.bonded[Tier.CORE])
    today.staked_flex_era = to_era(state.bonded[Tier.FLEX])
    today.staked_guardian_era = to_era(state.bonded[Tier.GUARDIAN])
    today.nodes_core = float(state.nodes[Tier.CORE])
    today.nodes_flex_bonded = float(state.nodes[Tier.FLEX])
    today.nodes_guardian = float(state.nodes[Tier.GUARDIAN])
    today.nodes_exited = float(state.left)
    today.journal_dropped = float(state.log.dropped)
    today.apr_core = y.gross[Tier.CORE]
    today.apr_flex = y.gross[Tier.FLEX]
    today.apr_guardian = y.gross[Tier.GUARDIAN]
    today.apr_core_net = y.net[Tier.CORE]
    today.apr_flex_net = y.net[Tier.FLEX]
    today.apr_guardian_net = y.net[Tier.GUARDIAN]


@rule
def close_operator_years(nodes: Rows[NodeRow], state: SlashingState, day: int) -> None:
    """At the end of each year of the run, count operators and those who were hurt."""
    if (day + 1) % WHOLE_DAYS_A_YEAR == 0:
        for i in range(len(nodes)):
            close_year(nodes[i], state)


@rule
def report_slashing(state: SlashingState, pots: Pots, today: SlashingMetrics) -> None:
    """Metrics of slashing."""
    today.slashed_era = to_era(sum_slashed(state))
    today.insurance_era = to_era(pots.insurance)
    today.operator_years = float(state.operator_years)
    today.operators_hurt = float(state.losers)
