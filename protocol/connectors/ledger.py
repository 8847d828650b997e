"""Verbs of the connectors."""

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule


@rule
def collect_connector_fee(pots: Pots, amount: int) -> None:
    """Fees of a connector's clients, who are not modelled: bought on the market, then revenue like any other fee."""
    pots.market_float -= amount
    pots.fees += amount
    pots.moved[Cause.CONNECTOR_FEE] += amount


@rule
def reward_light_nodes(pots: Pots, amount: int) -> None:
    """Treasury tokens to the owners of light nodes, who are not modelled."""
    pots.treasury -= amount
    pots.market_float += amount
    pots.moved[Cause.REWARD_LIGHT] += amount
