"""What operators learn from the day: means over the days that are set."""

from metalab.econ.staking.yields import average_hours, average_tier
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.security.slashing import SlashingState
from metalab.protocol.staking.rewards import RewardsState
from metalab.protocol.staking.staking import NodeRow, StakingState
from tests.support import make_row, make_rows


def test_hours_are_averaged_over_bonded_flex_nodes_and_days() -> None:
    nodes, state = make_rows(NodeRow, 3), make_row(StakingState)
    nodes[0].active_hours, nodes[1].active_hours = 20.0, 10.0
    plain(average_hours)(nodes, state, 1.0)
    assert state.hours_mean == 0.0
    state.nodes[Tier.FLEX] = 2
    plain(average_hours)(nodes, state, 3.0)
    assert state.hours_mean == 7.5
    plain(average_hours)(nodes, state, 1.0)
    assert state.hours_mean == 15.0


def test_pots_and_losses_have_memories_of_their_own() -> None:
    state, pots, slashing = make_row(StakingState), make_row(RewardsState), make_row(SlashingState)
    tier = int(Tier.GUARDIAN)
    pots.offered[tier], state.bonded[tier], slashing.slashed[tier] = 8 * ONE_ERA, 3 * ONE_ERA, ONE_ERA
    plain(average_tier)(state, pots, slashing, tier, 3.0, 1.0)
    assert (state.pot_mean[tier], state.slash_mean[tier]) == (4.0, 365 * 0.25)
    plain(average_tier)(state, pots, slashing, tier, 1.0, 3.0)
    assert (state.pot_mean[tier], state.slash_mean[tier]) == (8.0, 365 * 0.25)
    slashing.slashed[tier] = 0
    plain(average_tier)(state, pots, slashing, tier, 1.0, 3.0)
    assert state.slash_mean[tier] == 365 * 0.125
