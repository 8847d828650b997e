"""In the evening: what it would cost to corrupt the guardians, and what it would bring."""

from metalab.econ.kernel.world import World
from metalab.econ.market.impact import get_scale
from metalab.econ.security.incident import compute_sight_of
from metalab.econ.security.incidents import get_reachable
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import to_era
from metalab.protocol.security.corruption import (
    compute_flow_shortfall,
    compute_joint_penalty,
    compute_profit,
    count_guardians,
    measure_corruption,
)
from metalab.protocol.security.incidents import IncidentKind, compute_mean_detection


@rule
def set_terms(w: World) -> None:
    """Stake, price and market of the day."""
    s = w.state[0]
    p = w.params[0]
    t = s.corruption.terms
    count_guardians(s.corruption.docket, w.nodes, Tier.GUARDIAN, p.corruption.forge_quorum)
    t.at_stake = to_era(s.corruption.docket.total)
    t.price = w.today[0].market.price_usd
    t.slash = compute_joint_penalty(s.corruption.docket, p.slashing)
    # The same stake as one operator's: the correlation penalty leaves out the largest (ECONOMY 10).
    s.corruption.docket.largest = s.corruption.docket.slashed
    s.corruption.docket.offenders = 1
    t.slash_alone = compute_joint_penalty(s.corruption.docket, p.slashing)
    t.volume = s.market.volume
    t.scale = p.impact.strength * get_scale(p.volatility, p.volatility.beta) if p.impact.acting == 1 else 0.0
    t.lendable = p.corruption.lendable * to_era(w.pots[0].market_float)
    t.income = s.operators.net[Tier.GUARDIAN]


@rule
def process_security(w: World) -> None:
    """Cost and profit of corruption today."""
    s = w.state[0]
    p = w.params[0]
    set_terms(w)
    measure_corruption(s.corruption.terms, p.corruption, w.today[0].corruption)
    sight = compute_sight_of(s.incidents, s.incidents.guardians, IncidentKind.FORGERY, s.rollups.live, p.incidents)
    detection = compute_mean_detection(sight, IncidentKind.FORGERY, p.incidents)
    today = w.today[0].corruption
    s.corruption.cost_usd = today.cost_of_corruption_usd
    s.corruption.profit_usd = compute_profit(get_reachable(w), detection, p.corruption)
    today.profit_from_corruption_usd = s.corruption.profit_usd
    today.flow_shortfall_usd = compute_flow_shortfall(s.corruption.profit_usd, detection, s.corruption.terms)
