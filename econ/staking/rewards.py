"""Reward pots are paid out."""

from metalab.econ.kernel.world import World
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import SHARE_OF_TIER, TIERS
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import BPS
from metalab.protocol.staking.ledger import pass_congestion
from metalab.protocol.staking.rewards import pay_rewards


@rule
def open_rewards(w: World) -> None:
    """Every tier's mean pot opens at its share of launch revenue (ECONOMY 19)."""
    s = w.state[0]
    daily = s.fees.revenue_mean_usd / DAYS_A_YEAR / s.market.price
    for tier in range(TIERS):
        s.staking.pot_mean[tier] = daily * (w.params[0].fees.split[SHARE_OF_TIER[tier]] / BPS)


@rule
def process_rewards(w: World) -> None:
    """Congestion fees join the flex pot; every tier's pot is divided among its nodes."""
    s = w.state[0]
    pots = w.pots[0]
    p = w.params[0]
    if pots.congestion > 0:
        pass_congestion(pots, pots.congestion)
    pay_rewards(w.nodes, pots, s.rewards, s.staking, p.rewards, p.staking, s.clock.day, w.journal)
