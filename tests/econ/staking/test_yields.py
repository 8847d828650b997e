"""What operators learn from the day: means over the days that are set."""

from metalab.econ.staking.yields import average_hours, average_pot
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.staking.rewards import RewardsState
from metalab.protocol.staking.staking import NodeRow, StakingState
from tests.support import make_row, make_rows


def test_hours_are_averaged_over_bonded_flex_nodes_and_days() -> None:
    nodes, state = make_rows(NodeRow, 3), make_row(StakingState)
    nodes[0].active_hours, nodes[1].active_hours = 20.0, 10.0
    plain(average_hours)(nodes, len(nodes), state, 1.0)
    assert state.hours_mean == 0.0
    state.nodes[Tier.FLEX] = 2
    plain(average_hours)(nodes, len(nodes), state, 3.0)
    assert state.hours_mean == 7.5
    plain(average_hours)(nodes, len(nodes), state, 1.0)
    assert state.hours_mean == 15.0


def test_pots_are_averaged_over_the_days_that_are_set() -> None:
    state, pots = make_row(StakingState), make_row(RewardsState)
    tier = int(Tier.GUARDIAN)
    pots.offered[tier] = 8 * ONE_ERA
    plain(average_pot)(state, pots, tier, 3.0)
    assert state.pot_mean[tier] == 4.0
    plain(average_pot)(state, pots, tier, 1.0)
    assert state.pot_mean[tier] == 8.0
