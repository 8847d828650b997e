"""Division of the reward pots, the yield band, empty tiers."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.rewards import BUCKETS, Rewards, RewardsState, divide_pot, pay_rewards
from metalab.protocol.staking.staking import NodeRow, Staking, StakingState
from tests.support import make_row, make_rows

ERA = 10**6
MINIMUM = {Tier.CORE: 100_000 * ERA, Tier.FLEX: 50_000 * ERA, Tier.GUARDIAN: 500_000 * ERA}


def make_nodes(*specs: tuple[Tier, int, float, float]) -> Table:
    nodes = make_rows(NodeRow, len(specs))
    for i, (tier, stake, uptime, hours) in enumerate(specs):
        node = nodes[i]
        node.index, node.tier, node.stake, node.uptime, node.active_hours = i, int(tier), stake, uptime, hours
        node.status = int(NodeStatus.BONDED)
    return nodes


def divide_by_largest_remainder(pot: int, weights: list[int]) -> list[int]:
    total = sum(weights)
    exact = [Fraction(pot * w, total) for w in weights]
    parts = [int(x) for x in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: pot - sum(parts)]:
        parts[i] += 1
    return parts


@given(st.integers(0, 10**13), st.lists(st.integers(1, 8 * 10**12), min_size=1, max_size=40))
def test_a_pot_is_divided_to_the_last_uera_by_largest_remainder(pot: int, weights: list[int]) -> None:
    nodes = make_rows(NodeRow, len(weights))
    for i, weight in enumerate(weights):
        nodes[i].weight = weight
    plain(divide_pot)(nodes, 0, pot, sum(weights), [0] * BUCKETS)
    assert nodes.array["due"].tolist() == divide_by_largest_remainder(pot, weights)


class Stage:
    def __init__(self, nodes: Table, **values: int) -> None:
        self.nodes, self.pots, self.state = nodes, make_row(Pots, treasury=10**12), make_row(RewardsState)
        self.staking_state, self.p, self.staking = make_row(StakingState), make_row(Rewards, **values), make_row(Staking)
        self.journal = make_rows(JournalRow, 0)

    def pay(self, core: int = 0, flex: int = 0, guardian: int = 0) -> list[int]:
        self.pots.node_rewards[0] += core
        self.pots.node_rewards[1] += flex
        self.pots.node_rewards[2] += guardian
        before = self.nodes.array["balance"].copy()
        plain(pay_rewards)(self.nodes, self.pots, self.state, self.staking_state, self.p, self.staking, 0, self.journal)
        return [int(x) for x in self.nodes.array["balance"] - before]


def test_rewards_follow_stake_and_uptime() -> None:
    core = MINIMUM[Tier.CORE]
    s = Stage(make_nodes((Tier.CORE, core, 1.0, 0), (Tier.CORE, 2 * core, 0.5, 0), (Tier.CORE, 20 * core, 0.25, 0)))
    assert s.pay(core=4_000) == [1_000, 1_000, 2_000]
    assert s.pots.node_rewards[0] == 0


def test_the_flex_pot_pays_forty_per_cent_for_availability_and_sixty_for_hours() -> None:
    flex = MINIMUM[Tier.FLEX]
    s = Stage(make_nodes((Tier.FLEX, flex, 1.0, 24.0), (Tier.FLEX, flex, 1.0, 0.0)))
    assert s.pay(flex=1_000) == [800, 200]
    s.nodes[0].active_hours = 0.0
    assert s.pay(flex=1_000) == [500, 500]


def test_an_empty_tiers_share_goes_to_the_treasury_after_thirty_days_and_is_no_jackpot() -> None:
    s = Stage(make_nodes((Tier.CORE, MINIMUM[Tier.CORE], 1.0, 0)))
    s.nodes[0].status = int(NodeStatus.CANDIDATE)
    for _ in range(10):
        assert s.pay(core=100) == [0]
    s.nodes[0].status = int(NodeStatus.BONDED)
    assert s.pay(core=100) == [100]
    assert s.pots.node_rewards[0] == 1_000
    for _ in range(20):
        assert s.pay(core=100) == [100]
    assert (s.pots.node_rewards[0], s.pots.treasury) == (0, 10**12 + 1_000)
    s.nodes[0].status = int(NodeStatus.CANDIDATE)
    for _ in range(40):
        s.pay(core=100)
    assert (s.pots.node_rewards[0], s.pots.treasury) == (0, 10**12 + 5_000)


def test_the_band_is_off_until_switched_on() -> None:
    stake = 365 * ERA * 1_000
    nodes = make_nodes((Tier.CORE, stake, 1.0, 0))
    assert Stage(nodes).pay(core=1) == [1]
    s = Stage(nodes, floor_on=1)
    assert s.pay(core=0) == [80 * ERA]
    assert (s.pots.treasury, s.state.funded) == (10**12 - 80 * ERA, 80 * ERA)
    s = Stage(nodes, cap_on=1)
    assert s.pay(core=1_000 * ERA) == [150 * ERA]
    assert (s.pots.treasury, s.state.funded) == (10**12 + 850 * ERA, -850 * ERA)
