"""What a change moves in a year, group by group: the accounting behind a voter's judgement."""

from typing import NamedTuple


class YearlyFlows(NamedTuple):
    """What a change moves at first order, a year."""

    stakers: float = 0.0
    """USD to them."""
    users: float = 0.0
    """USD to them, whatever they do."""
    rebate: float = 0.0
    """USD to users for using the network: it lowers what a message costs them."""
    developers: float = 0.0
    """USD to them."""
    revenue: float = 0.0
    """USD of protocol revenue from those who send."""
    charges: float = 0.0
    """USD of protocol revenue from rollups, as long as they stay."""
    spent: float = 0.0
    """ERA that come into circulation."""
    safety: float = 0.0
    """USD of losses avoided, or paid back."""
