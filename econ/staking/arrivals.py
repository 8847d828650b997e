"""New operators: how many a tier draws, who they are and whose place they take."""

from typing import Any

from metalab.econ.kernel.chance.distributions import lognormal, pareto, pick, poisson
from metalab.econ.kernel.chance.philox import uniform_at
from metalab.econ.market.exchange import order_sell_for_cash
from metalab.econ.staking.faults import PROVIDERS, Faults
from metalab.econ.staking.operators import Operators
from metalab.econ.staking.valuation import NodeContext, compute_appetite, compute_leverage, compute_yield, plan_stake
from metalab.protocol.kernel.codes import TIERS, NodeStatus
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import power, safe_exp, to_usd
from metalab.protocol.market.ledger import pay_cash
from metalab.protocol.security.slashing import OFFENCES, Slashing, SlashingState, is_recent
from metalab.protocol.security.yearly_losses import close_year
from metalab.protocol.staking.staking import NodeRow

NEWCOMERS = 1_000_000
"""Identities from here on are of operators who arrive during a run; below, of the opening candidates."""


@rule
def open_operator(node: NodeRow, p: Operators, faults: Faults, capital: float, key: Any) -> None:
    """Capital (at least `capital` USD), demands and equipment. Draws: capital, reservation, cost, provider, frailty."""
    i = node.identity
    node.spent_usd = 0.0
    node.capital = capital * pareto(uniform_at(key, i, 0), p.capital_alpha)
    node.reservation = lognormal(uniform_at(key, i, 1), p.reservation, p.reservation_sigma)
    node.cost_factor = lognormal(uniform_at(key, i, 2), 1.0, p.cost_sigma)
    weights = 0.0
    for k in range(PROVIDERS):
        weights += faults.provider_share[k]
    node.provider = max(pick(uniform_at(key, i, 3), faults.provider_share, weights), 0)
    # The mean over operators is 1, so that nodes are down `downtime` of the time.
    node.frailty = lognormal(uniform_at(key, i, 4), safe_exp(-0.5 * faults.frailty * faults.frailty), faults.frailty)
    node.uptime = 1.0


@rule
def is_free(node: NodeRow) -> bool:
    """Whether nobody has had this row yet: every operator has capital."""
    return node.capital <= 0.0


@rule
def compute_least_capital(w: NodeContext, tier: int) -> float:
    """Own capital with which one can just enter a tier at the mean price, in USD; at least the smallest there is."""
    needed = to_usd(w.staking.minimum[tier], w.market.price_mean) / compute_leverage(w, tier)
    return max(w.p.capital_usd[tier], needed)


@rule
def look_at_tier(w: NodeContext, tier: int) -> None:
    """What a tier offers to a newcomer of median capital and cost, and what outsiders make of it."""
    median = compute_least_capital(w, tier) * power(2.0, 1.0 / w.p.capital_alpha)
    w.learned.offer[tier] = compute_yield(w, 1.0, tier, plan_stake(w, median, tier), True)
    w.learned.appetite[tier] = compute_appetite(w.learned.offer[tier], w.p)


@rule
def compute_rate(w: NodeContext, tier: int) -> float:
    """Operators who come to a tier, a day: in proportion to the yield above the median reservation and to those who can pay.

    Never more than may enter on a day: who sees a longer queue does not join it.
    """
    excess = max(w.learned.offer[tier] - w.p.reservation, 0.0)
    able = power(w.p.capital_usd[tier] / compute_least_capital(w, tier), w.p.capital_alpha)
    return min(w.p.arrivals * excess * able, float(w.staking.entries_per_day))


@rule
def can_replace(node: NodeRow, p: Slashing, day: int) -> bool:
    """Whether an operator is gone or idle: excluded or a candidate not about to enter, without stake and without recent offences."""
    if node.status != NodeStatus.TOMBSTONED and (node.status != NodeStatus.CANDIDATE or node.enter_days > 0):
        return False
    if node.stake + node.unbonding > 0 or node.protocol_run == 1:
        return False
    recent = 0
    for offence in range(OFFENCES):
        # The row still counts for the penalties of others.
        if node.offence_day[offence] > 0 or is_recent(node, p, offence, day):
            recent += 1
    return recent == 0


@rule
def find_place(nodes: Rows[NodeRow], p: Slashing, day: int) -> int:
    """The first free row, else that of the operator gone or idle who asks for most; -1 if there is none."""
    best = -1
    for i in range(len(nodes)):
        node = nodes[i]
        if is_free(node):
            return i
        if can_replace(node, p, day) and (best < 0 or node.reservation > nodes[best].reservation):
            best = i
    return best


@rule
def clear_place(node: NodeRow, w: NodeContext, state: SlashingState) -> None:
    """Who gives up sells what it still holds and takes its money along; the row is as new."""
    order_sell_for_cash(node, w.desk, w.pots, node.balance, w.market.price)
    pay_cash(node, w.pots, node.usd)
    close_year(node, state)
    node.status = NodeStatus.CANDIDATE
    node.target = 0
    node.jail_until = 0
    node.outage = 0.0
    node.enter_days = 0
    node.exit_days = 0
    node.delegated = 0.0
    for offence in range(OFFENCES):
        node.exposed[offence] = 0
        node.punished_day[offence] = 0
        node.priors[offence] = 0


@rule
def welcome(nodes: Rows[NodeRow], w: NodeContext, slashing: Slashing, state: SlashingState, today: Any, traits: Any) -> None:
    """The operators who arrive today, as candidates. Keys: of the day's number per tier, of the traits.

    The n-th to arrive at a tier is the same operator in any future: its identity is n, not its row.
    """
    for tier in range(TIERS):
        for _ in range(poisson(uniform_at(today, tier, 0), compute_rate(w, tier))):
            w.learned.arrived[tier] += 1
            place = find_place(nodes, slashing, w.day)
            if place < 0:
                continue
            w.learned.used = max(w.learned.used, place + 1)
            node = nodes[place]
            clear_place(node, w, state)
            node.tier = tier
            node.identity = NEWCOMERS + w.learned.arrived[tier] * TIERS + tier
            open_operator(node, w.p, w.faults, compute_least_capital(w, tier), traits)
