"""Node operators: yields, entry, exit, top-ups, moves; honest faults."""

import math
from typing import Any

import pytest

from metalab.econ.market.exchange import Exchange, ExchangeState
from metalab.econ.market.market import MarketState
from metalab.econ.staking.faults import PROVIDERS, FaultDraws, Faults, FaultsState, choose_mistake, get_outage_chance, suffer_faults
from metalab.econ.staking.node import NodeDraws, buy_stake, node_day
from metalab.econ.staking.operators import Operators, OperatorsState
from metalab.econ.staking.valuation import NodeContext, compute_yield, plan_stake
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import OK, NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.slashing import Offence
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.staking import NodeRow, Staking, StakingState, open_churn
from tests.support import make_row, make_rows

ERA = 10**6
MINIMUM = 100_000 * ERA
NEVER, NOW = 0.999, 0.0001


class Stage:
    """One core operator in a market."""

    def __init__(self, pot: float = 2_000.0, **node: Any) -> None:
        self.node = make_rows(NodeRow, 1)[0]
        values = {"capital": 1e6, "reservation": 0.08, "cost_factor": 1.0, "tier": int(Tier.CORE), "uptime": 1.0} | node
        for name, value in values.items():
            setattr(self.node, name, value)
        self.state = make_row(StakingState, earning=[2_000_000 * ERA] * 3, pot_mean=[pot, 0.0, 0.0])
        self.market = make_row(MarketState, price=1.0, price_mean=1.0, volume_mean=3e7)
        self.pots, self.desk = make_row(Pots, market_float=10**13), make_row(ExchangeState, opening_float=10**13)
        self.p, self.staking, self.exchange = make_row(Operators), make_row(Staking), make_row(Exchange)
        self.faults, self.learned = make_row(Faults), make_row(OperatorsState)
        self.journal, self.day = make_rows(JournalRow, 0), 0

    def look(self) -> NodeContext:
        return NodeContext(
            self.p,
            self.faults,
            self.staking,
            self.state,
            self.learned,
            self.market,
            self.desk,
            self.pots,
            self.exchange,
            self.journal,
            self.day,
        )

    def live(self, days: int, act: float = NEVER, review: float = NEVER) -> None:
        draws = make_row(NodeDraws, act=act, review=review)
        for _ in range(days):
            plain(open_churn)(self.state, self.staking)
            plain(node_day)(self.node, draws, self.look())
            self.day += 1


def test_net_yield_is_the_formula_of_the_model() -> None:
    s = Stage(pot=1_000.0)
    s.learned.severity[0] = 0.1
    s.faults.shared, s.faults.care_cost = 1.0, 0.0
    expected = 365 * 1_000 / 2_100_000 - 300 * 12 / (1.0 * 100_000) - 0.00045 * 0.1

    def value() -> float:
        return float(plain(compute_yield)(s.look(), 1.0, int(Tier.CORE), MINIMUM, True))

    assert value() == pytest.approx(expected, rel=1e-12)
    # A daily deviation of 5 % and 14 days of unbonding: half of .05^2 x 14 for risk aversion 1.
    s.learned.swing = 0.05 / math.sqrt(math.pi / 2)
    assert value() == pytest.approx(expected - 0.0175, rel=1e-12)
    s.staking.unbonding_days = 28
    assert value() == pytest.approx(expected - 0.035, rel=1e-12)
    s.learned.swing = 0.0
    s.p.trend_weight = 0.1
    for trend, fall in ((-0.001, 0.0365), (0.001, 0.0)):
        s.learned.trend = trend
        assert value() == pytest.approx(expected - fall, rel=1e-12)


def test_it_enters_after_twenty_one_good_days_and_buys_its_stake_with_its_own_money() -> None:
    s = Stage(capital=100_000.0)
    s.live(20, act=NOW)
    assert s.node.status == NodeStatus.CANDIDATE
    s.live(1, act=NOW)
    assert (s.node.status, s.node.stake) == (NodeStatus.BONDED, MINIMUM)
    assert s.pots.market_float == 10**13 - MINIMUM
    assert s.pots.outside_usd + s.node.usd == pytest.approx(0.0, abs=1e-6)


MEANS = [(1e5, 3e7, 0.0, 1), (1.7e5, 3e7, 0.0, 1.7), (1e6, 3e7, 0.0, 2.5), (1e6, 6e8, 0.0, 8), (1e9, 0.0, 0.0, 1), (3e4, 3e7, 1.0, 1.2)]


@pytest.mark.parametrize(("capital", "volume", "appetite", "planned"), MEANS)
def test_a_candidate_plans_what_it_can_raise_within_the_cap_and_the_market(
    capital: float, volume: float, appetite: float, planned: float
) -> None:
    s = Stage()
    s.market.volume_mean = volume
    s.learned.appetite[Tier.CORE] = appetite
    assert plain(plan_stake)(s.look(), capital, int(Tier.CORE)) == int(planned * MINIMUM)


def test_a_richer_candidate_enters_where_fixed_costs_keep_the_minimum_out() -> None:
    poor, rich = (Stage(pot=1_000.0, capital=capital) for capital in (1e5, 1e6))
    for stage in (poor, rich):
        stage.p.cost_month[0] = 900.0
        stage.live(21, act=NOW)
    assert poor.node.status == NodeStatus.CANDIDATE
    assert (rich.node.status, rich.node.stake) == (NodeStatus.BONDED, 250_000 * ERA)


@pytest.mark.parametrize("node", [{"capital": 99_999.0}, {"reservation": 0.9}])
def test_it_does_not_enter_when_it_cannot_or_will_not(node: dict[str, float]) -> None:
    s = Stage(**node)
    s.live(60, act=NOW)
    assert s.node.status == NodeStatus.CANDIDATE


def test_it_leaves_after_thirty_bad_days_and_sells_seventy_per_cent() -> None:
    s = Stage(pot=10.0, status=int(NodeStatus.BONDED), stake=MINIMUM)
    s.live(29, act=NOW)
    assert s.node.status == NodeStatus.BONDED
    s.live(1, act=NOW)
    assert s.node.status == NodeStatus.UNBONDING
    s.live(14)
    assert (s.node.status, s.node.stake, s.node.unbonding) == (NodeStatus.CANDIDATE, 0, 0)
    assert s.node.balance == MINIMUM * 3 // 10


def test_a_protocol_run_node_stays_whatever_happens() -> None:
    s = Stage(pot=0.0, status=int(NodeStatus.BONDED), stake=MINIMUM, protocol_run=1)
    s.live(100, act=NOW, review=NOW)
    assert (s.node.status, s.node.stake, s.node.tier) == (NodeStatus.BONDED, MINIMUM, Tier.CORE)


def test_it_tops_up_by_fifteen_per_cent_within_volume_capacity_and_cap() -> None:
    s = Stage(status=int(NodeStatus.BONDED), stake=MINIMUM)
    s.live(1, review=NOW)
    assert s.node.stake == 115_000 * ERA
    s.market.volume_mean = 1e6
    s.live(1, review=NOW)
    assert s.node.stake == 120_000 * ERA
    s.market.volume_mean = 3e7
    s.live(60, review=NOW)
    assert (s.node.stake, s.node.delegated) == (8 * MINIMUM, 0.0)


def test_outsiders_add_to_what_an_operator_has_and_withdraw_when_they_lose_interest() -> None:
    s = Stage(status=int(NodeStatus.BONDED), stake=MINIMUM, capital=200_000.0, spent_usd=100_000.0)
    s.live(60, review=NOW)
    assert (s.node.stake, s.node.delegated) == (pytest.approx(2 * MINIMUM, rel=1e-3), 0.0)
    s.learned.appetite[Tier.CORE] = 0.5
    s.live(60, review=NOW)
    assert s.node.stake == pytest.approx(5 * MINIMUM, rel=1e-3)
    assert s.node.delegated == pytest.approx(0.6, rel=1e-3)
    # Delegations follow the yield, not the price: a dearer token drives nobody away.
    s.market.price = s.market.price_mean = 10.0
    s.live(30, review=NOW)
    assert s.node.stake == pytest.approx(5 * MINIMUM, rel=1e-3)
    s.learned.appetite[Tier.CORE] = 0.0
    s.live(1, review=NOW)
    assert s.node.stake == pytest.approx(4.25 * MINIMUM, rel=1e-3)
    s.live(13, review=NOW)
    assert s.node.unbonding == pytest.approx(0.75 * MINIMUM, rel=1e-3)
    s.live(150, review=NOW)
    assert (s.node.stake, s.node.delegated) == (pytest.approx(2 * MINIMUM, rel=1e-3), pytest.approx(0.0, abs=1e-3))


def test_what_delegators_bring_and_nobody_bonds_goes_back() -> None:
    """What can be had in a day is less than the minimum: the operator does not enter, and keeps nothing that is not its own."""
    s = Stage(capital=40_000.0)
    s.learned.appetite[Tier.CORE] = 1.0
    s.pots.market_float = s.desk.opening_float = MINIMUM * 8 // 5
    everything = s.pots.market_float
    assert plain(buy_stake)(s.node, s.look(), MINIMUM) != OK
    assert s.node.stake == 0
    assert s.node.balance == 40_000 * ERA
    assert (s.node.delegated, s.pots.market_float) == (0.0, everything - 40_000 * ERA)


def test_with_delegations_a_poorer_operator_enters() -> None:
    alone, backed = (Stage(capital=40_000.0) for _ in range(2))
    backed.learned.appetite[Tier.CORE] = 1.0
    for stage in (alone, backed):
        stage.live(21, act=NOW)
    assert alone.node.status == NodeStatus.CANDIDATE
    assert (backed.node.status, backed.node.stake) == (NodeStatus.BONDED, 160_000 * ERA)
    assert backed.node.delegated == pytest.approx(0.75)


def test_stake_above_a_lowered_cap_is_withdrawn() -> None:
    s = Stage(pot=20_000.0, status=int(NodeStatus.BONDED), stake=8 * MINIMUM)
    s.staking.stake_cap = 4
    s.live(200, review=NOW)
    assert s.node.stake == 4 * MINIMUM


def test_it_moves_to_a_tier_that_pays_two_points_more() -> None:
    s = Stage(status=int(NodeStatus.BONDED), stake=MINIMUM)
    s.state.pot_mean[Tier.GUARDIAN] = 2_000.0
    s.live(1, review=NOW)
    assert s.node.tier == Tier.CORE
    s.state.pot_mean[Tier.GUARDIAN] = 4_000.0
    s.live(1, review=NOW)
    assert (s.node.tier, s.node.stake) == (Tier.GUARDIAN, 500_000 * ERA)
    assert (list(s.state.exits), list(s.state.entries)) == ([1, 0, 0], [0, 0, 1])


def test_a_slashed_node_mends_its_stake_or_leaves() -> None:
    s = Stage(status=int(NodeStatus.BONDED), stake=MINIMUM - 1)
    s.live(1)
    assert s.node.stake == MINIMUM
    s = Stage(status=int(NodeStatus.BONDED), stake=MINIMUM - 1, capital=1.0)
    s.live(1)
    assert s.node.status == NodeStatus.UNBONDING


def test_bills_are_paid_from_sold_rewards_then_by_the_owner() -> None:
    s = Stage(status=int(NodeStatus.BONDED), stake=MINIMUM, balance=1_000 * ERA)
    s.live(1)
    assert s.state.cost_usd[0] == pytest.approx(300 * 12 / 365)
    assert s.node.balance == pytest.approx(1_000 * ERA - 300 * 12 / 365 * ERA, abs=2)
    s.node.balance = 0
    s.live(1)
    assert s.node.usd >= 0.0


def test_faults_have_the_declared_rates() -> None:
    p = make_row(Faults, provider_outages=0.0)
    chance = plain(get_outage_chance)(p)
    assert chance * p.outage_hours / 24.0 == pytest.approx(p.downtime)
    assert plain(choose_mistake)(0.9 * 0.00015 / 365, p.hazard, 1.0) == Offence.INVALID_ATTESTATION
    assert plain(choose_mistake)(1.1 * 0.00015 / 365, p.hazard, 1.0) == Offence.EQUIVOCATION
    assert plain(choose_mistake)(2.9 * 0.00015 / 365, p.hazard, 1.0) == Offence.DATA_WITHHOLDING
    assert plain(choose_mistake)(3.1 * 0.00015 / 365, p.hazard, 1.0) == 0


def test_an_outage_goes_on_until_it_ends_and_is_one_offence() -> None:
    p, state = make_row(Faults), make_row(FaultsState)
    node = make_row(NodeRow, frailty=1.0)
    quiet = make_row(FaultDraws, outage=NEVER, mistake=NEVER)
    state.hours[0] = 36.0
    plain(suffer_faults)(node, quiet, state, p, 0.01)
    assert (node.uptime, node.fault) == (0.0, Offence.DOWNTIME + 1)
    state.hours[0] = 0.0
    plain(suffer_faults)(node, quiet, state, p, 0.01)
    assert (node.uptime, node.fault) == (0.5, 0)
    plain(suffer_faults)(node, quiet, state, p, 0.01)
    assert node.uptime == 1.0


def test_a_shared_mistake_hits_only_its_providers_nodes() -> None:
    p, state = make_row(Faults), make_row(FaultsState)
    state.mistake[1] = int(Offence.EQUIVOCATION)
    faults = []
    for provider in range(PROVIDERS):
        node = make_row(NodeRow, provider=provider)
        plain(suffer_faults)(node, make_row(FaultDraws, outage=NEVER, mistake=NEVER, shared=0.1), state, p, 0.0)
        faults.append(node.fault)
    assert faults == [0, Offence.EQUIVOCATION + 1, 0, 0, 0]
