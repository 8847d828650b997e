"""Developers: money for ideas, the choice of a provider, income, royalties, sales, the fund."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.market.exchange import Exchange, ExchangeState
from metalab.econ.rollups.closures import compute_weight
from metalab.econ.rollups.competition import Competition, CompetitionState, open_rivals
from metalab.econ.rollups.deploying import Deploying, compute_idea_chance, weigh_providers
from metalab.econ.rollups.developer import DeveloperRow, choose_provider, compute_sale, expect_grant, is_funded
from metalab.econ.rollups.earnings import Earnings, compute_fees, compute_share, follow_profit
from metalab.econ.rollups.fund import Fund, FundContext, FundMetrics, compute_spending, endow, run_round
from metalab.econ.rollups.rollup import NONE, RollupRow
from metalab.econ.rollups.settlement import SettlementContext, settle_rollups
from metalab.econ.supply.supply import SupplyState
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.rollups.licences import LicenceRow, Licences
from metalab.protocol.users.incentives import Incentives, IncentivesState, allot_budget
from tests import support
from tests.support import make_row

make_rows: Any = support.make_rows

P = Table(Params, make_defaults(Params))[0]


def open_choice(treasury: int = 60_000_000 * ONE_ERA) -> tuple[Any, Any]:
    s, pots = make_row(State), make_row(Pots)
    pots.treasury = treasury
    s.activity.active_share, s.market.price_mean, s.rollups.live, s.competition.flow_share = 0.35, 1.545, 60, 0.25
    plain(open_rivals)(s.competition, P.competition)
    plain(allot_budget)(s.incentives, P.incentives, 0)
    return s, pots


def get_share(s: Any, pots: Any) -> float:
    plain(choose_provider)(0.5, s, pots, P)
    weights = list(s.deploying.weights)
    return float(weights[0] / sum(weights))


def test_the_launch_choice_is_the_opening_share_and_births_are_26_a_year() -> None:
    s, pots = open_choice()
    share = get_share(s, pots)
    assert share == pytest.approx(60 / 160, abs=0.01)
    assert 250 * 365 * plain(compute_idea_chance)(0.35, P.deploying) * 0.957 * share == pytest.approx(26.0, rel=0.03)


def test_ideas_grow_with_the_root_of_the_active_share() -> None:
    chance = plain(compute_idea_chance)
    assert chance(0.7, P.deploying) == pytest.approx(math.sqrt(2.0) * chance(0.35, P.deploying))
    assert chance(0.0, P.deploying) == 0.0


def test_grants_users_and_flows_attract_and_cost_repels() -> None:
    base = get_share(*open_choice())
    assert get_share(*open_choice(treasury=0)) < base
    for field, value in (("active_share", 0.2), ("live", 90), ("flow_share", 0.1)):
        s, pots = open_choice()
        part = {"active_share": s.activity, "live": s.rollups, "flow_share": s.competition}[field]
        setattr(part, field, value)
        assert get_share(s, pots) < base


def test_a_rival_that_gains_attraction_gains_exactly_its_odds() -> None:
    c, state, weights = make_row(Competition), make_row(CompetitionState), [0.0] * 5
    plain(open_rivals)(state, c)
    plain(weigh_providers)(weights, 60, 0.0, state, make_row(Deploying), c)
    before = weights[2] / weights[1]
    state.attraction[1] = math.log(2.0)
    plain(weigh_providers)(weights, 60, 0.0, state, make_row(Deploying), c)
    assert weights[2] / weights[1] == pytest.approx(2.0 * before)


def test_the_grant_ends_with_the_budget() -> None:
    s, pots = open_choice()
    assert plain(expect_grant)(s, pots, P) == 100_000 * ONE_ERA
    s.incentives.left[0] = 7
    assert plain(expect_grant)(s, pots, P) == 7


def test_money_for_the_launch_and_a_year() -> None:
    developer = make_row(DeveloperRow, usd=40_000.0)
    assert plain(is_funded)(developer, 46_000.0, P)
    assert not plain(is_funded)(developer, 45_999.0, P)


@pytest.mark.parametrize(("growth", "share"), [(1.0, 0.10), (math.e**0.5, 0.15), (math.e, 0.20), (50.0, 0.20), (0.1, 0.0)])
def test_the_share_rises_with_users_to_its_cap(growth: float, share: float) -> None:
    assert plain(compute_share)(growth * 40.0, 40.0, make_row(Earnings)) == pytest.approx(share)
    assert plain(compute_share)(growth * 40.0, 40.0, make_row(Earnings, growth_share=0)) == 0.10
    assert plain(compute_share)(growth * 40.0, 0.0, make_row(Earnings)) == 0.10


def test_fees_count_transactions_niche_and_innovation() -> None:
    row = make_row(RollupRow, messages=100, niche=0, carries=NONE)
    fees = plain(compute_fees)
    assert fees(row, make_row(Earnings), make_row(Licences)) == pytest.approx(100 * 267 * 0.01 * 2.0 * 0.10)
    row.carries = 3
    assert fees(row, make_row(Earnings), make_row(Licences)) == pytest.approx(100 * 267 * 0.01 * 2.0 * 0.10 * 1.1)


def make_business(messages: list[int]) -> tuple[Any, Any, Any, Any]:
    rollups, developers, licences = make_rows(RollupRow, len(messages)), make_rows(DeveloperRow, len(messages)), make_rows(LicenceRow, 4)
    for i, count in enumerate(messages):
        row = rollups[i]
        row.index, row.live, row.developer, row.messages, row.carries, row.licence = i, 1, i, count, NONE, NONE
        developers[i].usd = 1e6
    return rollups, developers, licences, make_row(Pots)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=12), st.integers(0, 10**13))
def test_the_pot_is_paid_by_messages_and_the_remainder_stays(messages: list[int], pot: int) -> None:
    rollups, developers, licences, pots = make_business(messages)
    pots.reward_developers = pot
    plain(settle_rollups)(SettlementContext(rollups, len(messages), developers, licences, pots, 1.0, P, make_row(Daily)), 1)
    total = sum(messages)
    expected = [pot * count // total if total else 0 for count in messages]
    assert [developers[i].balance for i in range(len(messages))] == expected
    assert pots.reward_developers == pot - sum(expected)
    assert [row.messages for row in rollups] == [0] * len(messages)
    assert pots.outside_usd == pytest.approx(len(messages) * 1e6 - sum(d.usd for d in developers), abs=1e-6)


def test_royalties_are_fifteen_per_cent_of_both_incomes() -> None:
    rollups, developers, licences, pots = make_business([300, 100])
    pots.reward_developers = 4_000_001
    licence = licences[0]
    licence.live, licence.originator, licence.adopter = 1, 1, 0
    rollups[0].carries, rollups[0].licence, rollups[1].carries = 1, 0, 1
    today = make_row(Daily)
    plain(settle_rollups)(SettlementContext(rollups, 2, developers, licences, pots, 2.0, P, today), 1)
    assert [d.balance for d in developers] == [3_000_000 - 450_000, 1_000_000 + 450_000]
    assert licence.paid_era == 450_000
    assert licence.paid_usd == pytest.approx(0.15 * rollups[0].fee_usd)
    assert today.licences.royalties_usd == pytest.approx(0.9 + licence.paid_usd)


def test_nobody_owes_royalties_to_itself() -> None:
    rollups, developers, licences, pots = make_business([300, 100])
    pots.reward_developers = 4_000_000
    licences[0].live, licences[0].originator = 1, 1
    rollups[0].licence, rollups[1].developer = 0, 0
    plain(settle_rollups)(SettlementContext(rollups, 2, developers, licences, pots, 1.0, P, make_row(Daily)), 1)
    assert (developers[0].balance, licences[0].paid_era) == (4_000_000, 0)


def test_a_developer_sells_its_share_and_what_bills_need() -> None:
    row = make_row(DeveloperRow, balance=1_000, income=600, usd=50.0)
    assert plain(compute_sale)(row, 2.0, 40.0, 0.5) == 300
    assert plain(compute_sale)(row, 2.0, 50.0015, 0.5) == 750
    assert plain(compute_sale)(row, 2.0, 1e6, 0.5) == 1_000


def test_losers_close_more_often_and_the_more_lose_the_more_close() -> None:
    p = make_row(Earnings)
    weigh = plain(compute_weight)
    usual, lossy = make_row(RollupRow, framework=2), make_row(RollupRow, framework=2, loss_days=p.loss_days)
    assert weigh(usual, p) == 1.0 / p.usual_weight
    assert weigh(lossy, p) == pytest.approx(p.loss_weight / p.usual_weight, rel=1e-12)
    assert weigh(make_row(RollupRow, framework=0), p) == pytest.approx(p.framework_risk[0] / p.usual_weight, rel=1e-12)
    assert weigh(lossy, make_row(Earnings, selection=0)) == 1.0


def test_the_fund_sells_within_budget_and_buys_in_equal_days() -> None:
    pots, budget, desk, supply, rules = (
        make_row(Pots),
        make_row(IncentivesState),
        make_row(ExchangeState),
        make_row(SupplyState),
        make_row(Incentives),
    )
    pots.treasury = 10**13
    plain(allot_budget)(budget, rules, 0)
    plain(endow)(budget, pots, desk, supply, rules, 10.0, make_row(FundMetrics))
    sold = 10**13 - pots.treasury
    assert sold == pots.market_float == desk.requested_sell == supply.treasury_paid == int(3e6 / 365 / 10.0 * 1e6)
    assert pots.fund_usd == -pots.outside_usd == pytest.approx(3e6 / 365)
    assert [plain(compute_spending)(90.0, day, make_row(Fund)) for day in (0, 79, 80, 85, 89, 90)] == [0.0, 0.0, 9.0, 18.0, 90.0, 0.0]


def test_a_round_goes_in_equal_parts_to_the_young() -> None:
    rollups, developers, _, pots = make_business([0, 0, 0, 0])
    rollups[2].birth_day, rollups[3].live = -600, 0
    desk, today = make_row(ExchangeState, opening_float=10**12), make_row(FundMetrics)
    pots.market_float, pots.fund_usd = 10**12, 10.000001
    plain(run_round)(FundContext(rollups, developers, 4, desk, pots, make_row(Fund), make_row(Exchange), 1.0, 89), today)
    assert [d.balance for d in developers] == [5_000_000, 5_000_001, 0, 0]
    assert (pots.market_float, desk.filled_buy) == (10**12 - 10_000_001, 10_000_001)
    assert pots.fund_usd == pytest.approx(0.0, abs=1e-9)


def test_rollups_older_than_the_run_open_with_their_losses() -> None:
    old, young, rich = (make_row(RollupRow, birth_day=day) for day in (-400, 5, -400))
    for row, profit in ((old, -50.0), (young, -50.0), (rich, 50.0)):
        row.settled = 1
        plain(follow_profit)(row, profit, P.earnings)
    assert (old.profit, old.loss_days) == (-50.0, P.earnings.loss_days + 1)
    assert (young.loss_days, rich.loss_days) == (1, 0)
    assert young.profit > -50.0
