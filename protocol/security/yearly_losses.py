"""What honest operators lose in a year."""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.security.slashing import SlashingState
from metalab.protocol.staking.staking import NodeRow

HURT_PART = 10
"""An operator is hurt when it loses more than a tenth of its stake in a year (MODEL 4)."""


@rule
def close_year(node: NodeRow, state: SlashingState) -> None:
    """At the end of a year of the run: did this honest operator lose more than a tenth of its largest stake?"""
    if node.year_stake > 0 and node.protocol_run == 0 and node.defected == 0:
        state.operator_years += 1
        if node.year_loss > node.year_stake // HURT_PART:
            state.losers += 1
    node.year_stake = node.stake
    node.year_loss = 0
    node.defected = 0
