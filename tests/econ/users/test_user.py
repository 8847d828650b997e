"""Cohorts: opening, rates, counts, payment, airdrop sales."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.chance.distributions import SEARCH_BELOW, binomial, poisson
from metalab.econ.kernel.chance.philox import derive_key, split_key
from metalab.econ.kernel.records import Params
from metalab.econ.market.exchange import ExchangeState
from metalab.econ.rollups.rollup import RollupRow, RollupsState
from metalab.econ.users.activity import ActivityState, measure_growth, open_growth
from metalab.econ.users.adoption import (
    CLASSES,
    LEVELS,
    USUAL,
    Adoption,
    AdoptionState,
    prepare_failures,
    prepare_payment,
    prepare_rates,
)
from metalab.econ.users.claiming import Claiming, compute_claim_step, compute_sold, divide_airdrop, sell_rest, sell_week
from metalab.econ.users.cohorts import count_active, is_farmer, open_claims, open_demand, open_user, shuffle_ranks
from metalab.econ.users.demand import (
    USUAL_SUCCESS,
    Demand,
    DemandState,
)
from metalab.econ.users.home_rollups import choose_rollup, move_homes
from metalab.econ.users.user import Presence, UserRow, compute_count, count_failures, find_count, is_payer_in_era, search_count
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from tests.support import make_row, make_rows

KEY = derive_key(1, 0, 1, -1)
UNIFORMS = st.floats(1e-9, 1.0 - 1e-9)


def make_params():
    return Table(Params, make_defaults(Params))[0]


def make_demand(rate=8.0, success=0.729):
    demand = make_row(AdoptionState, opened=make_row(Adoption).messages_per_day / rate, norm=1.0, trust_scale=USUAL / USUAL_SUCCESS)
    plain(prepare_rates)(demand, make_row(DemandState), 1.0, make_row(Adoption), make_row(Demand))
    plain(prepare_failures)(demand, success)
    return demand


@pytest.mark.parametrize("count", [10, 37, 100, 500])
def test_exactly_the_share_opens_active_and_the_total_does_not_depend_on_the_number(count):
    users, p, demand = make_rows(UserRow, count), make_params(), make_row(AdoptionState)
    active = plain(count_active)(count, p)
    assert active == 35 * count // 100
    plain(shuffle_ranks)(users, KEY)
    assert sorted(users[i].rank for i in range(count)) == list(range(count))
    for i in range(count):
        plain(open_user)(users[i], KEY, i, active, p)
    assert sum(users[i].presence == Presence.ACTIVE for i in range(count)) == active
    plain(open_demand)(demand, users, active, p)
    demand.trust_scale = USUAL / USUAL_SUCCESS
    plain(prepare_rates)(demand, make_row(DemandState), 1.0, p.adoption, p.demand)
    slots = [users[i].rank % CLASSES * LEVELS + USUAL for i in range(count) if users[i].presence == Presence.ACTIVE]
    total = sum(demand.rates[slot] for slot in slots)
    assert math.isclose(total, 15_000.0 * active / (0.35 * count), rel_tol=1e-12)


def test_farmers_are_exactly_their_share_in_every_class():
    farmers = [plain(is_farmer)(rank, 0.5) for rank in range(160)]
    assert [sum(farmers[k::CLASSES]) for k in range(CLASSES)] == [10] * CLASSES


@given(st.integers(1, 40), st.integers(0, 48 * 10**12))
def test_claims_sum_to_the_airdrop(count, amount):
    users = make_rows(UserRow, count)
    plain(open_claims)(users, amount, KEY, 1.2)
    claims = [users[i].airdrop for i in range(count)]
    assert sum(claims) == amount
    assert min(claims) >= 0


def test_claims_follow_the_lognormal():
    users = make_rows(UserRow, 2_000)
    plain(open_claims)(users, 10**15, KEY, 1.2)
    logs = np.log([users[i].airdrop for i in range(2_000)])
    assert abs(logs.std() - 1.2) < 0.08


@given(UNIFORMS, st.integers(0, CLASSES - 1), st.integers(1, LEVELS - 1), st.sampled_from([0.4, 8.0, 30.0]))
def test_counts_are_poisson(u, k, level, mean):
    demand = make_demand(mean)
    slot = k * LEVELS + level
    rate = demand.rates[slot]
    ours = plain(compute_count)(u, rate, slot, demand)
    # The two sums of chances round differently: only within rounding of a step may they tell u apart.
    assert plain(poisson)(u - 1e-10, rate) <= ours <= plain(poisson)(u + 1e-10, rate)


@given(UNIFORMS, st.integers(0, CLASSES - 1), st.integers(1, LEVELS - 1), st.sampled_from([0.4, 8.0, 30.0]))
def test_a_tabulated_count_is_the_searched_one(u, k, level, mean):
    demand = make_demand(mean)
    slot = k * LEVELS + level
    if demand.rates[slot] < SEARCH_BELOW:
        ours = plain(find_count)(u, slot, demand)
        assert ours == plain(search_count)(u, demand.rates[slot], demand.centre[slot], demand.chance[slot], demand.upto[slot])


@given(UNIFORMS, st.integers(1, 200), st.sampled_from([0.5, 0.729, 0.99, 1.0]))
def test_failures_are_binomial(u, n, success):
    demand = make_demand(success=success)
    ours = plain(count_failures)(u, n, demand)
    low, high = plain(binomial)(u - 1e-10, n, 1.0 - success), plain(binomial)(u + 1e-10, n, 1.0 - success)
    assert low <= ours <= high
    assert 0 <= ours <= n


def test_success_is_tabulated_again_when_it_changes():
    demand = make_demand(success=0.5)
    assert plain(count_failures)(0.5, 10, demand) == 5
    plain(prepare_failures)(demand, 1.0)
    assert plain(count_failures)(0.999, 10, demand) == 0


def test_one_in_ten_pays_in_era_at_first_and_holders_more():
    demand = make_demand()
    plain(prepare_payment)(demand, make_row(Adoption), 194_174, 0)
    assert math.isclose(demand.era_base, 0.0997504891196851, rel_tol=1e-12)
    assert math.isclose(demand.era_holding, 1.0 / (1.0 + math.exp(1.2)), rel_tol=1e-12)
    poor, rich = make_row(UserRow, taste=0.15, level=USUAL), make_row(UserRow, taste=0.15, level=USUAL, balance=10**12)
    assert not plain(is_payer_in_era)(poor, demand)
    assert plain(is_payer_in_era)(rich, demand)
    assert plain(is_payer_in_era)(make_row(UserRow, taste=0.05, level=USUAL), demand)
    assert not plain(is_payer_in_era)(make_row(UserRow, taste=0.5, level=USUAL, balance=10**12), demand)


@pytest.mark.parametrize(("farmer", "share"), [(1, 0.77), (0, 0.33)])
def test_the_week_after_a_claim(farmer, share):
    amount = 10**12 + 7
    user, desk, pots = make_row(UserRow, farmer=farmer, balance=amount, claim_day=5), make_row(ExchangeState), make_row(Pots)
    plain(divide_airdrop)(user, amount, make_row(Claiming))
    assert user.rush + user.quick + user.slow == amount
    assert abs(user.rush / amount - share) < 1e-9
    planned, sales = user.rush, []
    for day in range(5, 12):
        before = user.balance
        plain(sell_week)(user, desk, pots, day)
        sales.append(before - user.balance)
    assert user.rush == 0
    assert sum(sales) == planned == pots.market_float == desk.requested_sell
    assert max(sales) - min(sales) <= 1


def test_the_rest_decays():
    assert math.isclose(plain(compute_sold)(0.0077, 14.0), 1.0 - 0.9923**14, rel_tol=1e-12)
    user, desk, pots = make_row(UserRow, balance=2_000, quick=1_000, slow=1_000), make_row(ExchangeState), make_row(Pots)
    plain(sell_rest)(user, desk, pots, 0.25, 0.125, 0)
    assert (user.quick, user.slow, user.balance, pots.market_float) == (750, 875, 1_625, 375)


def test_claim_step_gives_the_daily_chance():
    assert math.isclose(1.0 - math.exp(-plain(compute_claim_step)(make_row(Claiming))), 1.0 / 7.0, rel_tol=1e-12)


def make_rollups(values):
    rollups, network = make_rows(RollupRow, len(values)), make_row(RollupsState)
    for i, value in enumerate(values):
        rollups[i].index = rollups[i].order = rollups[i].identity = i
        rollups[i].tvl, rollups[i].live = value, 1
    network.count = network.ordered = network.live = len(values)
    return rollups, network


def test_homes_follow_value():
    rollups, network = make_rollups([6.0, 3.0, 1.0])
    homes = [plain(choose_rollup)(rollups, network, split_key(KEY, k, 0)) for k in range(4_000)]
    assert [homes.count(r) / 4_000 for r in range(3)] == pytest.approx([0.6, 0.3, 0.1], abs=4 * 0.0078)
    rollups[0].live, network.live = 0, 2
    users, demand = make_rows(UserRow, 4), make_row(AdoptionState)
    users[1].rollup, users[2].rollup, users[3].rollup = 1, 2, -1
    assert plain(move_homes)(users, rollups, network, demand, 0.0, KEY) == 0
    assert users[0].rollup in (1, 2)
    assert (users[1].rollup, users[2].rollup, users[3].rollup) == (1, 2, -1)


def test_a_closing_rollup_loses_the_declared_share_of_its_cohorts():
    rollups, network = make_rollups([5.0, 5.0])
    users, demand = make_rows(UserRow, 4_000), make_row(AdoptionState)
    for i in range(4_000):
        users[i].rollup, users[i].presence = i % 2, int(Presence.ACTIVE)
    rollups[0].live, network.live = 0, 1
    left = plain(move_homes)(users, rollups, network, demand, 0.3, KEY)
    gone = [i for i in range(4_000) if users[i].presence == Presence.LEFT]
    assert len(gone) == left
    assert all(i % 2 == 0 for i in gone)
    assert abs(left - 600) < 4 * math.sqrt(2_000 * 0.3 * 0.7)
    assert plain(move_homes)(users, rollups, network, demand, 0.3, KEY) == 0


def test_nobody_is_at_home_where_nothing_lives():
    rollups, network = make_rollups([])
    assert plain(choose_rollup)(rollups, network, KEY) == -1
    empty, network = make_rollups([0.0, 0.0])
    assert {plain(choose_rollup)(empty, network, split_key(KEY, k, 0)) for k in range(40)} == {0, 1}


def test_a_birth_moves_nobody_but_those_who_go_there():
    rollups, network = make_rollups([6.0, 3.0, 1.0])
    before = [plain(choose_rollup)(rollups, network, split_key(KEY, k, 0)) for k in range(1_000)]
    rollups, network = make_rollups([6.0, 3.0, 1.0, 2.0])
    after = [plain(choose_rollup)(rollups, network, split_key(KEY, k, 0)) for k in range(1_000)]
    assert all(a == b for a, b in zip(before, after, strict=True) if b != 3)
    assert 100 < after.count(3) < 240
    # The same cohorts when rows are in another order: who is chosen hangs on the identity.
    rollups, network = make_rollups([3.0, 6.0, 1.0])
    rollups[0].identity, rollups[1].identity = 1, 0
    swapped = [plain(choose_rollup)(rollups, network, split_key(KEY, k, 0)) for k in range(1_000)]
    assert [rollups[i].identity for i in swapped] == before


def compute_steady_mean(daily: float, days: float) -> float:
    """Exponential mean over today's value under growth by the factor `daily`: the sum of a geometric series."""
    weight = 2.0 / (days + 1.0)
    return weight / (1.0 - (1.0 - weight) / daily)


def run_growth(rate: float) -> float:
    activity = make_row(ActivityState)
    plain(open_growth)(activity, 15_000.0)
    for day in range(2_500):
        plain(measure_growth)(activity, 15_000.0 * math.exp(rate * day / 365.0))
    return activity.message_growth


@pytest.mark.parametrize("rate", [-0.25, -0.1, 0.0, 0.1, 0.2])
def test_steady_growth_is_read_off(rate):
    daily = math.exp(rate / 365.0)
    lag = math.log(compute_steady_mean(daily, 30.0) / compute_steady_mean(daily, 180.0))
    seen = run_growth(rate)
    assert abs(seen - 365.0 / 75.0 * lag) < 1e-9
    assert abs(seen - rate) < 0.015


def test_growth_is_read_within_its_bound():
    assert run_growth(2.0) == 0.3
    assert run_growth(-2.0) == -0.3
