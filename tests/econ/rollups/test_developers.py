"""Developers: money for ideas, the choice of a provider, income, royalties, sales, the fund."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.market.exchange import Exchange, ExchangeState
from metalab.econ.rollups.account import open_account, sample_remaining
from metalab.econ.rollups.closures import ClosureContext, is_out_of_money, shut_rollups
from metalab.econ.rollups.competition import open_rivals
from metalab.econ.rollups.deploying import (
    Deploying,
    Plan,
    ProviderOffer,
    compute_expected_income,
    compute_value,
    follow_earned,
    is_funded,
    open_expectations,
)
from metalab.econ.rollups.developer import DeveloperRow, choose_provider, compute_sale, expect_grant
from metalab.econ.rollups.earnings import Earnings, compute_fees, compute_share, pay_bill
from metalab.econ.rollups.fund import Fund, FundContext, FundMetrics, compute_spending, endow, run_round
from metalab.econ.rollups.rollup import NONE, RollupDraws, RollupRow, Rollups, RollupsMetrics, RollupsState
from metalab.econ.rollups.settlement import SettlementContext, settle_rollups
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.rollups.charges import ChargesState
from metalab.protocol.rollups.licences import LicenceRow, Licences, LicencesState
from metalab.protocol.users.incentives import Incentives, IncentivesState, allot_budget
from tests import support
from tests.support import make_row

make_rows: Any = support.make_rows

P = Table(Params, make_defaults(Params))[0]


PLAN = Plan(216_000.0, 8_000.0, 1.0)


def open_choice(treasury: int = 60_000_000 * ONE_ERA) -> tuple[Any, Any]:
    s, pots = make_row(State), make_row(Pots)
    pots.treasury = treasury
    s.market.price_mean, s.rollups.live = 0.6, 60
    plain(open_rivals)(s.competition, P.competition)
    plain(open_expectations)(s.deploying, P.competition, P.rollups)
    plain(allot_budget)(s.incentives, P.incentives, 0)
    return s, pots


def get_share(s: Any, pots: Any, p: Any = P, idea: Plan = PLAN) -> float:
    plain(choose_provider)(0.5, idea, s, pots, p)
    weights = list(s.deploying.weights)
    return float(weights[0] / sum(weights)) if sum(weights) else 0.0


def change(**paths: Any) -> Any:
    p = Table(Params, make_defaults(Params))[0]
    for path, value in paths.items():
        part, name = path.split("__")
        if isinstance(value, list):
            for k, element in enumerate(value):
                getattr(getattr(p, part), name)[k] = element
        else:
            setattr(getattr(p, part), name, value)
    return p


def test_a_newcomer_expects_at_first_what_rivals_pay_and_then_what_is_earned_here() -> None:
    s, _ = open_choice()
    mean = 3e6 * math.exp(1.5**2 / 2)
    assert plain(compute_expected_income)(s.deploying, P.rollups) == pytest.approx(P.competition.income_usd)
    for _ in range(5_000):
        plain(follow_earned)(s.deploying, 5_000.0, 4e8, 90)
    assert plain(compute_expected_income)(s.deploying, P.rollups) == pytest.approx(5_000 / 4e8 * mean * 365 / 12)


def test_the_value_of_an_idea_is_money_in_less_money_out() -> None:
    offer = ProviderOffer(10_000.0, 50_000.0, 3_000.0, 4_000.0)
    value = plain(compute_value)(Plan(200_000.0, 8_000.0, 1.65), offer, P.deploying)
    assert value == pytest.approx(200_000 + 10_000 - 50_000 + 18 * (4_000 - 8_000 - 1.65 * 3_000))


def test_odds_are_sizes_times_exp_of_the_advantage_in_money() -> None:
    s, pots = open_choice()
    get_share(s, pots)
    weights = list(s.deploying.weights)
    grant = 50_000 * 0.6
    for k in range(4):
        gain = grant - P.competition.grant_usd[k] - 18 * (P.deploying.cost_usd - P.competition.cost_usd[k])
        assert weights[0] / weights[k + 1] == pytest.approx(60 / P.competition.rollups[k] * math.exp(gain / P.deploying.scale_usd))


def test_grants_income_and_cheap_launches_attract_and_cost_repels() -> None:
    base = get_share(*open_choice())
    assert 0.3 < base < 0.45
    assert get_share(*open_choice(treasury=0)) < base
    assert get_share(*open_choice(), change(deploying__cost_usd=6_000.0)) < base
    assert get_share(*open_choice(), change(deploying__no_code=1)) > base
    s, pots = open_choice()
    s.deploying.earned *= 2.0
    assert get_share(s, pots) > base
    s, pots = open_choice()
    for k in range(4):
        s.competition.live[k] *= 2
    assert get_share(s, pots) > base
    # A market that lifts all values lifts what rivals pay.
    s, pots = open_choice()
    s.market.factor = 1.0
    assert get_share(s, pots) < base


def test_ideas_that_do_not_pay_anywhere_are_dropped_and_a_grant_can_save_them() -> None:
    idea = Plan(165_000.0, 8_000.0, 1.0)
    s, pots = open_choice()
    nothing = {"competition__grant_usd": [0.0] * 4, "competition__income_usd": 0.0}
    assert get_share(s, pots, change(**nothing), idea) == 1.0
    assert plain(choose_provider)(0.5, idea, s, pots, change(**nothing, deploying__grant=0)) == NONE
    assert sum(s.deploying.weights) == 0.0
    # Worth it, but without the money for a reserve.
    rich = change(**nothing, deploying__grant=0, deploying__horizon_months=0.0)
    assert plain(choose_provider)(0.5, idea, s, pots, rich) == NONE


@given(st.floats(1e3, 1e6), st.floats(500.0, 5e4), st.floats(0.0, 5.0), st.integers(0, 1_000_000))
def test_a_grant_never_lowers_entry(capital: float, payroll: float, price: float, grant: int) -> None:
    s, pots = open_choice()
    s.market.price_mean = price
    idea = Plan(capital, payroll, 1.0)
    without = get_share(s, pots, change(deploying__grant=0), idea)
    assert get_share(s, pots, change(deploying__grant=grant * ONE_ERA), idea) >= without - 1e-12


def test_a_rival_that_gains_attraction_gains_exactly_its_odds() -> None:
    s, pots = open_choice()
    get_share(s, pots)
    before = s.deploying.weights[2] / s.deploying.weights[1]
    s.competition.attraction[1] = math.log(2.0)
    get_share(s, pots)
    assert s.deploying.weights[2] / s.deploying.weights[1] == pytest.approx(2.0 * before)


def test_the_grant_ends_with_the_budget() -> None:
    s, pots = open_choice()
    assert plain(expect_grant)(s, pots, P) == 50_000 * ONE_ERA
    s.incentives.left[0] = 7
    assert plain(expect_grant)(s, pots, P) == 7


def test_money_for_the_launch_and_a_year() -> None:
    offer = ProviderOffer(20_000.0, 50_000.0, 3_000.0, 0.0)
    assert plain(is_funded)(Plan(162_000.0, 8_000.0, 1.0), offer, P.deploying)
    assert not plain(is_funded)(Plan(161_999.0, 8_000.0, 1.0), offer, P.deploying)


@pytest.mark.parametrize(("growth", "share"), [(1.0, 0.10), (math.e**0.5, 0.15), (math.e, 0.20), (50.0, 0.20), (0.1, 0.0)])
def test_the_share_rises_with_users_to_its_cap(growth: float, share: float) -> None:
    assert plain(compute_share)(growth * 40.0, 40.0, make_row(Earnings)) == pytest.approx(share)
    assert plain(compute_share)(growth * 40.0, 40.0, make_row(Earnings, share_growth=0.0)) == 0.10
    assert plain(compute_share)(growth * 40.0, 0.0, make_row(Earnings)) == 0.10


def test_fees_count_transactions_niche_and_innovation() -> None:
    row = make_row(RollupRow, messages=100, niche=0, carries=NONE)
    fees = plain(compute_fees)
    assert fees(row, make_row(Earnings), make_row(Licences)) == pytest.approx(100 * 267 * 0.01 * 2.0 * 0.10)
    row.carries = 3
    assert fees(row, make_row(Earnings), make_row(Licences)) == pytest.approx(100 * 267 * 0.01 * 2.0 * 0.10 * 1.1)


def open_payday(
    rollups: Any, developers: Any, licences: Any, pots: Any, price: float = 1.0, p: Any = P, today: Any = None
) -> SettlementContext:
    """A morning on which all rollups of a business are paid."""
    return SettlementContext(
        rollups, len(rollups), developers, licences, pots, make_row(ChargesState), 0.0, price, p, today or make_row(Daily)
    )


def make_business(messages: list[int]) -> tuple[Any, Any, Any, Any]:
    rollups, developers, licences = make_rows(RollupRow, len(messages)), make_rows(DeveloperRow, len(messages)), make_rows(LicenceRow, 4)
    for i, count in enumerate(messages):
        row = rollups[i]
        row.index, row.live, row.developer, row.messages, row.carries, row.licence = i, 1, i, count, NONE, NONE
        row.usd, row.payroll_usd = 1e6, 8_000.0
    return rollups, developers, licences, make_row(Pots)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=12), st.integers(0, 10**13))
def test_the_pot_is_paid_by_messages_and_the_remainder_stays(messages: list[int], pot: int) -> None:
    rollups, developers, licences, pots = make_business(messages)
    pots.reward_developers = pot
    plain(settle_rollups)(open_payday(rollups, developers, licences, pots), 1)
    total = sum(messages)
    expected = [pot * count // total if total else 0 for count in messages]
    assert [developers[i].balance for i in range(len(messages))] == expected
    assert pots.reward_developers == pot - sum(expected)
    assert [row.messages for row in rollups] == [0] * len(messages)
    money = sum(r.usd for r in rollups) + sum(d.usd for d in developers)
    assert pots.outside_usd == pytest.approx(len(messages) * 1e6 - money, abs=1e-6)


def test_royalties_are_fifteen_per_cent_of_both_incomes() -> None:
    rollups, developers, licences, pots = make_business([300, 100])
    pots.reward_developers = 4_000_001
    licence = licences[0]
    licence.live, licence.originator, licence.adopter = 1, 1, 0
    rollups[0].carries, rollups[0].licence, rollups[1].carries = 1, 0, 1
    today = make_row(Daily)
    plain(settle_rollups)(open_payday(rollups, developers, licences, pots, price=2.0, today=today), 1)
    assert [d.balance for d in developers] == [3_000_000 - 450_000, 1_000_000 + 450_000]
    assert licence.paid_era == 450_000
    assert licence.paid_usd == pytest.approx(0.15 * rollups[0].fee_usd)
    assert today.licences.royalties_usd == pytest.approx(0.9 + licence.paid_usd)
    assert developers[1].usd == pytest.approx(licence.paid_usd)
    # It is income of the rollup that built the innovation, once.
    gross = rollups[1].fee_usd + 2.0 + 0.9 + licence.paid_usd - 100 * 267 * P.earnings.transaction_cost_usd
    running = (8_000.0 + 1.65 * 3_000.0) * 12 / 365 + P.fees.verification_fee_usd
    assert rollups[1].profit == pytest.approx((gross - running) * 2 / 91)
    assert rollups[1].aid_usd == 0.0


def test_nobody_owes_royalties_to_itself() -> None:
    rollups, developers, licences, pots = make_business([300, 100])
    pots.reward_developers = 4_000_000
    licences[0].live, licences[0].originator = 1, 1
    rollups[0].licence, rollups[1].developer = 0, 0
    plain(settle_rollups)(open_payday(rollups, developers, licences, pots), 1)
    assert (developers[0].balance, licences[0].paid_era) == (4_000_000, 0)


def test_a_developer_sells_its_share_and_what_bills_need() -> None:
    row = make_row(DeveloperRow, balance=1_000, income=600, usd=50.0)
    assert plain(compute_sale)(row, 2.0, 40.0, 0.5) == 300
    assert plain(compute_sale)(row, 2.0, 50.0015, 0.5) == 750
    assert plain(compute_sale)(row, 2.0, 1e6, 0.5) == 1_000
    # Money in the accounts of its rollups spares it the sale.
    row.accounts_usd = 1e6
    assert plain(compute_sale)(row, 2.0, 1e6, 0.5) == 300


def test_a_bill_comes_out_of_the_account_then_out_of_own_money_and_the_rest_is_owed() -> None:
    rollup, developer, pots, today = make_row(RollupRow, usd=60.0), make_row(DeveloperRow, usd=30.0), make_row(Pots), make_row(Daily)
    plain(pay_bill)(rollup, developer, pots, 50.0, today.earnings)
    assert (rollup.usd, developer.usd, rollup.owed_usd) == (10.0, 30.0, 0.0)
    plain(pay_bill)(rollup, developer, pots, 50.0, today.earnings)
    assert (rollup.usd, developer.usd, rollup.owed_usd, rollup.owed_days) == (0.0, 0.0, 10.0, 0.2)
    plain(pay_bill)(rollup, developer, pots, 50.0, today.earnings)
    assert (rollup.owed_usd, rollup.owed_days) == (60.0, 1.2)
    # Money that comes late pays what is owed first.
    rollup.usd = 100.0
    plain(pay_bill)(rollup, developer, pots, 50.0, today.earnings)
    assert (rollup.usd, rollup.owed_usd) == (0.0, 10.0)
    assert pots.outside_usd == today.earnings.developer_costs_usd == 190.0


def make_closing(owed_days: float, closings: int = 1) -> tuple[Any, Any]:
    rollups, developers, licences, pots = make_business([10])
    rollups[0].owed_days, developers[0].rollups = owed_days, 1
    network, draws = make_row(RollupsState, count=1, live=1), make_rows(RollupDraws, 1)
    draws[0].close = 0.5
    p = make_row(Rollups, closings=closings)
    scene = ClosureContext(rollups, developers, licences, make_row(LicencesState), network, pots, p, 7)
    plain(shut_rollups)(scene, draws, make_row(RollupsMetrics))
    return rollups[0], pots


def test_who_owes_too_much_closes_and_investors_get_what_is_left() -> None:
    for owed, closings, live in ((30.0, 1, 1), (30.1, 1, 0), (30.1, 0, 1)):
        rollup, pots = make_closing(owed, closings)
        assert (rollup.live, rollup.usd) == (live, 1e6 * live)
        assert pots.outside_usd == 1e6 * (1 - live)


def count_days(cost_usd: float, payroll_usd: float = 8_000.0) -> int:
    """Days from 100,000 USD to the closing of a rollup without income."""
    rollups, developers, licences, pots = make_business([0])
    rollups[0].usd, rollups[0].payroll_usd = 1e5, payroll_usd
    p = change(deploying__cost_usd=cost_usd)
    for day in range(1, 3_000):
        plain(settle_rollups)(open_payday(rollups, developers, licences, pots, p=p), day)
        if plain(is_out_of_money)(rollups[0], p.rollups):
            return day
    return 3_000


def test_a_runway_is_money_over_burn_and_a_grace_and_shrinks_with_cost() -> None:
    for cost in (0.0, 3_000.0, 30_000.0):
        # Team and provider by the month, verification by the day.
        burn = (8_000.0 + 1.65 * cost) * 12 / 365 + 5.0
        assert count_days(cost) == math.floor(1e5 / burn + 30.0) + 1


def test_what_is_left_of_opening_capital_is_the_law_of_newcomers_on_the_condition_of_being_alive() -> None:
    p, u = P.deploying, (np.arange(4_000) + 0.5) / 4_000
    fresh = np.array([plain(sample_remaining)(x, 0.0, p) for x in u])
    assert np.median(fresh) == pytest.approx(p.capital_months, rel=1e-3)
    old = np.array([plain(sample_remaining)(x, 24.0, p) for x in u])
    assert (old > 0.0).all()
    conditional = fresh[fresh > 24.0] - 24.0
    assert np.quantile(old, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(conditional, [0.1, 0.5, 0.9]), rel=0.01)
    assert plain(sample_remaining)(0.5, 5.0, make_row(Deploying, capital_sigma=0.0)) == p.capital_months - 5.0


def test_an_opening_account_has_paid_for_its_launch_and_its_age() -> None:
    p = make_row(Deploying, capital_sigma=0.0, payroll_sigma=0.0)
    for age, income, spent in ((0, 0.0, 0.0), (365, 0.0, 12 * 11_000.0), (365, 4_000.0, 12 * 7_000.0), (365, 1e6, 0.0)):
        rollup, pots = make_row(RollupRow, birth_day=-age, framework=2), make_row(Pots)
        plain(open_account)(rollup, pots, 0.5, 0.5, income, p)
        assert rollup.usd == pytest.approx(p.capital_months * 8_000.0 - 50_000.0 - spent) == -pots.outside_usd


def test_the_fund_sells_within_budget_and_buys_in_equal_days() -> None:
    pots, budget, desk, rules = make_row(Pots), make_row(IncentivesState), make_row(ExchangeState), make_row(Incentives)
    pots.treasury = 10**13
    plain(allot_budget)(budget, rules, 0)
    plain(endow)(budget, pots, desk, rules, 10.0, make_row(FundMetrics))
    sold = 10**13 - pots.treasury
    assert sold == pots.market_float == desk.requested_sell == int(3e6 / 365 / 10.0 * 1e6)
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
    assert [r.aid_usd for r in rollups] == pytest.approx([5.0, 5.000001, 0.0, 0.0])
