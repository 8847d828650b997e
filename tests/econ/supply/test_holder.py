"""How allocation holders sell and what insiders delegate."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.kernel.memory import allocate, as_array, as_rows
from metalab.econ.market.exchange import ExchangeState
from metalab.econ.market.market import MarketState
from metalab.econ.supply.escrow import HolderRow, expect_released, open_releases, release_vested
from metalab.econ.supply.holder import (
    Holders,
    compute_delegation,
    compute_fraction,
    compute_launch_due,
    compute_past_due,
    compute_plan,
    compute_sale_weight,
    compute_sold_share,
    delegate_to_voters,
    follow_plan,
    holder_day,
    open_plan,
)
from metalab.econ.supply.holders import open_holders
from metalab.econ.supply.supply import SupplyMetrics
from metalab.protocol.governance.governance import VoterRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.supply.unlock_table import UnlockRow
from metalab.protocol.supply.vesting import Vesting, VestingSchedule, VestingStep, compute_vested
from tests.support import make_row, make_rows, make_scenario

MONTH_12 = 365
SELLERS = (Bucket.INVESTORS, Bucket.FOUNDATION, Bucket.TEAM, Bucket.RND)


class Desktop:
    """One holder with all that its day needs."""

    def __init__(self, bucket: Bucket, volume: float = 30e6, zeal: float = 1.0, **vesting: int) -> None:
        self.holder = make_row(HolderRow, index=int(bucket), zeal=zeal)
        self.market = make_row(MarketState, volume_mean=volume)
        self.scarce = 0.0
        self.pots, self.desk = make_row(Pots), make_row(ExchangeState)
        self.vesting, self.p = make_row(Vesting, **vesting), make_row(Holders)
        self.unlocks = make_rows(UnlockRow, 1)

    def open(self, day: int) -> None:
        self.holder.escrow = self.holder.granted = self.vesting.tokens[self.holder.index]
        plain(open_releases)(self.holder, self.pots, self.vesting, self.unlocks, day)
        plain(open_plan)(self.holder, self.vesting, self.unlocks, self.p, day)

    def live(self, day: int) -> int:
        """Unlock and sell; returns what was sold, in uERA."""
        before = self.desk.requested_sell
        plain(release_vested)(self.holder, self.pots, self.vesting, self.unlocks, day)
        today = make_row(SupplyMetrics)
        holder, market = self.holder, self.market
        ahead = plain(follow_plan)(holder, self.vesting, self.unlocks, self.p, day)
        plain(holder_day)(holder, ahead, market, self.scarce, self.desk, self.pots, self.vesting, self.p, today)
        sold = self.desk.requested_sell - before
        assert today.holders_sold_era == sold / ONE_ERA
        return sold

    @property
    def tokens(self) -> int:
        return self.holder.escrow + self.holder.balance + self.pots.market_float


@pytest.mark.parametrize(("before", "after"), [(30, 14), (20, 7), (45, 30)])
def test_weights_are_a_triangle_that_adds_to_one(before: int, after: int) -> None:
    p = make_row(Holders, anticipation_days=before, recovery_days=after)
    weights = {lead: plain(compute_sale_weight)(p, lead) for lead in range(-after - 5, before + 6)}
    assert abs(sum(weights.values()) - 1.0) < 1e-12
    assert max(weights, key=lambda lead: weights[lead]) == 0
    assert all(weights[lead] == 0.0 for lead in weights if lead >= before or lead <= -after)
    for lead in range(-after - 2, before + 2):
        assert abs(plain(compute_sold_share)(p, lead) - sum(w for k, w in weights.items() if k >= lead)) < 1e-12


@pytest.mark.parametrize("bucket", list(Bucket))
@pytest.mark.parametrize("step", list(VestingStep))
@pytest.mark.parametrize("day", [0, 3, 60, 340, 364, 365, 372, 400, 1_100])
def test_the_plan_is_the_convolution_of_unlocks_and_weights(bucket: Bucket, step: VestingStep, day: int) -> None:
    d = Desktop(bucket, step=int(step))
    d.open(day)
    due, ahead = Fraction(0), Fraction(0)
    for lead in range(-14, 31):
        if day + lead < 1:
            continue
        unlocked = plain(compute_vested)(d.vesting, bucket, day + lead) - plain(compute_vested)(d.vesting, bucket, day + lead - 1)
        height = Fraction(2, 44)
        due += unlocked * height * (Fraction(30 - lead, 30) if lead >= 0 else Fraction(14 + lead, 14))
        if lead > 0:
            ahead += unlocked * height * sum(Fraction(30 - k, 30) for k in range(lead, 31))
    eve = plain(compute_plan)(d.holder, d.vesting, d.unlocks, d.p, day, 1)[0]
    now = plain(compute_plan)(d.holder, d.vesting, d.unlocks, d.p, day, 0)
    assert (now[0] - eve, now[1]) == pytest.approx((float(due), float(ahead)), rel=1e-12, abs=10)


def test_fractions_by_bucket() -> None:
    p = make_row(Holders, insiders_fraction=0.2, labs_fraction=0.4)
    found = {b: plain(compute_fraction)(make_row(HolderRow, index=int(b), zeal=1.5), p) for b in Bucket}
    assert found == pytest.approx({0: 0.3, 1: 0.0, 2: 0.6, 3: 0.3, 4: 0.6, 5: 0.0})
    assert plain(compute_fraction)(make_row(HolderRow, index=0, zeal=99.0), p) == 1.0


def test_the_launch_tranche_is_sold_evenly_over_a_year() -> None:
    p = make_row(Holders)

    def get_daily(bucket: Bucket) -> list[int]:
        d = Desktop(bucket)
        d.open(0)
        return [plain(compute_launch_due)(d.holder, p, day) for day in range(400)]

    for bucket, expected in ((Bucket.FOUNDATION, 14_610_000), (Bucket.RND, 8_940_000)):
        daily = get_daily(bucket)
        assert sum(daily) == expected * ONE_ERA
        assert max(daily[:365]) - min(daily[:365]) <= 1
        assert not any(daily[365:])
    assert not any(any(get_daily(bucket)) for bucket in (Bucket.INVESTORS, Bucket.TREASURY, Bucket.AIRDROP))


@pytest.mark.parametrize("schedule", list(VestingSchedule))
def test_an_unlock_is_sold_in_the_end_by_its_fraction(schedule: VestingSchedule) -> None:
    """Monthly steps leave the cliff alone in its window, so that its sales can be told apart."""
    d = Desktop(Bucket.TEAM, volume=1e9, schedule=int(schedule), step=int(VestingStep.MONTHLY))
    d.open(MONTH_12 - 40)
    cliff = plain(compute_vested)(d.vesting, Bucket.TEAM, MONTH_12)
    sold = [d.live(day) for day in range(MONTH_12 - 40, MONTH_12 + 2)]
    # Up to the day after the cliff; the next monthly unlock is then 30 days ahead, where its weight is still 0.
    shares = (sum((30 - k) / 30 for k in range(31)) + 13 / 14) * 2 / 44
    assert sum(sold) == pytest.approx(0.3 * cliff * shares, rel=1e-9, abs=60)
    assert all(a <= b for a, b in pairwise(sold[10:41]))
    assert sum(sold[:10]) == 0


def test_forwards_are_delivered_on_the_unlock_day() -> None:
    d = Desktop(Bucket.INVESTORS, volume=1e9, step=int(VestingStep.MONTHLY))
    d.open(MONTH_12 - 40)
    for day in range(MONTH_12 - 40, MONTH_12):
        sold = d.live(day)
        assert d.pots.market_float == d.holder.balance == 0
        assert (sold > 0) == (MONTH_12 - day < 30)
    forwards = d.holder.presold
    assert forwards > 0
    spot = d.live(MONTH_12)
    assert d.pots.market_float == forwards + spot
    cliff = plain(compute_vested)(d.vesting, Bucket.INVESTORS, MONTH_12)
    assert d.holder.balance == cliff - forwards - spot
    assert d.holder.presold == 0


@pytest.mark.parametrize("bucket", SELLERS)
@pytest.mark.parametrize("volume", [0.0, 1e4, 1e6, 1e9])
def test_the_cap_holds_and_what_it_holds_back_is_carried_over(bucket: Bucket, volume: float) -> None:
    free, capped = Desktop(bucket, 1e12), Desktop(bucket, volume)
    for d in (free, capped):
        d.open(330)
    tokens = capped.tokens
    sold = {"free": 0, "capped": 0}
    for day in range(330, 400):
        sold["free"] += free.live(day)
        today = capped.live(day)
        sold["capped"] += today
        assert today <= 0.1 * volume * ONE_ERA
        assert capped.tokens == tokens
    assert sold["capped"] + capped.holder.owed == sold["free"] + free.holder.owed
    assert sold["capped"] <= sold["free"]


def test_a_backlog_is_worked_off_when_volume_returns() -> None:
    d = Desktop(Bucket.TEAM, volume=0.0)
    d.open(330)
    for day in range(330, 380):
        assert d.live(day) == 0
    owed = d.holder.owed
    assert owed > 0
    d.market.volume_mean = 1e9
    assert d.live(380) >= owed
    assert d.holder.owed == 0


def test_nothing_is_sold_with_the_switch_off() -> None:
    d = Desktop(Bucket.TEAM, holders_sell=0)
    d.open(360)
    assert [d.live(day) for day in range(360, 370)] == [0] * 10
    assert d.holder.owed == d.holder.presold == 0


def test_no_forwards_when_they_are_not_allowed() -> None:
    d = Desktop(Bucket.TEAM)
    d.p.forward_days = 0
    d.open(330)
    for day in range(330, MONTH_12):
        assert d.live(day) == 0
    assert d.live(MONTH_12) > 0
    assert d.holder.presold == 0


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(SELLERS),
    st.integers(0, 1_100),
    st.lists(st.floats(0.0, 1e8), min_size=3, max_size=12),
    st.floats(0.1, 5.0),
    st.sampled_from(VestingStep),
    st.integers(20, 45),
)
def test_no_path_of_volume_breaks_an_account(
    bucket: Bucket, start: int, volumes: list[float], zeal: float, step: VestingStep, ahead: int
) -> None:
    d = Desktop(bucket, zeal=zeal, step=int(step))
    d.p.anticipation_days = ahead
    d.open(start)
    tokens = d.tokens
    for day, volume in enumerate(volumes, start):
        d.market.volume_mean = volume
        assert d.live(day) <= 0.1 * volume * ONE_ERA
        coming = plain(compute_vested)(d.vesting, bucket, day + 30) - plain(compute_vested)(d.vesting, bucket, day)
        assert 0 <= d.holder.presold <= coming
        assert d.holder.balance >= 0
        assert d.holder.escrow >= 0
        assert d.tokens == tokens


def test_insiders_delegate_a_share_of_what_they_keep_on_monthly_dates() -> None:
    d = Desktop(Bucket.TEAM)
    cliff = plain(compute_vested)(d.vesting, Bucket.TEAM, MONTH_12)
    next_date = MONTH_12 + 31
    month = plain(compute_vested)(d.vesting, Bucket.TEAM, next_date) - cliff
    d.open(MONTH_12)
    assert plain(compute_delegation)(d.holder, d.p, MONTH_12) == int(0.05 * (0.7 * cliff))
    for day in range(MONTH_12 + 1, next_date + 1):
        plain(release_vested)(d.holder, d.pots, d.vesting, d.unlocks, day)
        assert (plain(compute_delegation)(d.holder, d.p, day) > 0) == (day == next_date)
    assert plain(compute_delegation)(d.holder, d.p, next_date) == int(0.05 * (0.7 * month))
    # A world that opens on the date remembers its month.
    late = Desktop(Bucket.TEAM)
    late.open(next_date)
    assert plain(compute_delegation)(late.holder, late.p, next_date) == int(0.05 * (0.7 * month))
    assert plain(compute_delegation)(d.holder, d.p, 0) == 0
    d.holder.balance = 5
    assert plain(compute_delegation)(d.holder, d.p, next_date) == 5
    lab = Desktop(Bucket.RND)
    lab.open(next_date)
    assert plain(compute_delegation)(lab.holder, lab.p, next_date) == 0


@given(st.lists(st.tuples(st.integers(0, 10**13), st.integers(0, 10**13)), max_size=8), st.integers(0, 10**14))
def test_delegation_is_pro_rata_and_loses_nothing(held: list[tuple[int, int]], amount: int) -> None:
    voters = make_rows(VoterRow, len(held))
    for i, (balance, locked) in enumerate(held):
        voters[i].balance, voters[i].locked = balance, locked
    holder, pots = make_row(HolderRow, balance=amount), make_row(Pots)
    total = sum(b + k for b, k in held)
    given_out = plain(delegate_to_voters)(holder, voters, pots, amount)
    expected = [amount * (b + k) // total if total else 0 for b, k in held]
    assert [voters[i].balance - held[i][0] for i in range(len(held))] == expected
    assert given_out == sum(expected) == amount - holder.balance
    assert given_out == 0 or amount - given_out < len(held)


def sell_with_change(moved: int, day: int, days: int = 900) -> tuple[Desktop, list[int]]:
    """A team whose cliff is moved to another month on a day; what it sells each day from 60 days before the usual cliff on."""
    d = Desktop(Bucket.TEAM, volume=1e12, step=int(VestingStep.MONTHLY))
    d.open(MONTH_12 - 60)
    sold = []
    for today in range(MONTH_12 - 60, MONTH_12 - 60 + days):
        if today == day:
            d.vesting.cliff_months[Bucket.TEAM] = moved
        before = d.holder.granted - d.holder.escrow
        sold.append(d.live(today))
        assert d.holder.granted - d.holder.escrow >= before
        assert 0 <= d.holder.presold <= d.holder.escrow
        assert d.holder.balance >= 0
        assert d.tokens == d.holder.granted
    return d, sold


@pytest.mark.parametrize(
    ("moved", "day"), [(13, MONTH_12 - 10), (13, MONTH_12 - 1), (24, MONTH_12 + 20), (6, MONTH_12 - 50), (12, MONTH_12)]
)
def test_an_unlock_is_sold_once_however_often_it_is_moved(moved: int, day: int) -> None:
    """A year and a half later all that was unlocked has been sold by its fraction: a postponed unlock is not sold twice."""
    d, sold = sell_with_change(moved, day)
    after = Desktop(Bucket.TEAM)
    last = MONTH_12 - 60 + 900 - 1
    # Nothing is under way that could still be sold or is sold ahead, but for the month around.
    out = d.holder.granted - d.holder.escrow
    month = plain(compute_vested)(after.vesting, Bucket.TEAM, MONTH_12 + 62) - plain(compute_vested)(after.vesting, Bucket.TEAM, MONTH_12)
    assert abs(sum(sold) - 0.3 * out) <= 0.3 * month
    assert plain(expect_released)(d.holder, d.vesting, d.unlocks, last) == out


def test_a_forward_whose_unlock_is_postponed_waits_for_it_and_is_not_sold_again() -> None:
    d = Desktop(Bucket.TEAM, volume=1e12, step=int(VestingStep.MONTHLY))
    d.open(MONTH_12 - 60)
    for day in range(MONTH_12 - 60, MONTH_12 - 5):
        d.live(day)
    sold = d.holder.presold
    assert sold > 0
    d.vesting.delay_days[Bucket.TEAM - Bucket.TREASURY] = 365
    assert [d.live(day) for day in range(MONTH_12 - 5, MONTH_12 + 300)] == [0] * 305
    assert d.holder.presold == sold
    assert d.holder.owed == pytest.approx(-sold, abs=60)
    again = [d.live(day) for day in range(MONTH_12 + 300, MONTH_12 + 365 - 5)]
    # What it has sold already covers all that its plan asks for up to that day.
    assert sum(again) <= 0.04 * sold
    d.live(MONTH_12 + 365)
    assert d.holder.presold == 0


@given(st.sampled_from(SELLERS), st.integers(0, 900), st.lists(st.integers(0, 400), min_size=4, max_size=4), st.integers(0, 30))
@settings(max_examples=60, deadline=None)
def test_the_plan_walks_the_days_that_the_terms_have(bucket: Bucket, day: int, delays: list[int], forward: int) -> None:
    """Under any delay the walk gives what asking for every day anew gives."""
    d = Desktop(bucket)
    d.open(day)
    d.p.forward_days = forward
    for k, delay in enumerate(delays):
        d.vesting.delay_days[k] = delay
    out = [plain(expect_released)(d.holder, d.vesting, d.unlocks, day + lead) for lead in range(31)]
    steps = [(lead, out[lead] - out[lead - 1]) for lead in range(1, 31)]
    ahead = sum(plain(compute_sold_share)(d.p, lead) * step for lead, step in steps if lead <= forward)
    due = plain(compute_past_due)(d.holder, d.p, day, 0) + sum(plain(compute_sold_share)(d.p, lead) * step for lead, step in steps)
    assert plain(compute_plan)(d.holder, d.vesting, d.unlocks, d.p, day, 0) == pytest.approx((due, ahead), rel=1e-12, abs=1.0)


def test_switched_off_holders_do_not_catch_up_when_they_may_sell_again() -> None:
    d = Desktop(Bucket.TEAM, volume=1e12, holders_sell=0, step=int(VestingStep.MONTHLY))
    d.open(MONTH_12 - 40)
    for day in range(MONTH_12 - 40, MONTH_12 + 20):
        assert d.live(day) == 0
    d.vesting.holders_sell = 1
    assert d.live(MONTH_12 + 20) < 1e6 * ONE_ERA


def test_each_run_and_bucket_has_its_own_fraction() -> None:
    world = allocate(make_scenario().parameters)
    rows = as_rows(world)

    def get_zeal(seed: int) -> Any:
        rows.state[0].clock.seed = seed
        plain(open_holders)(rows)
        return as_array(world.holders)["zeal"].copy()

    assert (get_zeal(1) == get_zeal(1)).all()
    assert (get_zeal(1) != get_zeal(2)).all()
    many = np.log([get_zeal(seed) for seed in range(200)])
    assert abs(many.mean()) < 0.03
    assert abs(many.std() - 0.35) < 0.03
    assert abs(np.corrcoef(many.T) - np.eye(6)).max() < 0.3


def test_a_scarce_float_draws_tokens_out_beyond_the_plan_and_leaves_the_plan_alone() -> None:
    """5 % of what lies in its hands a day per log unit; nothing more than the cap, nothing from who never sells."""
    usual, tempted = Desktop(Bucket.RND, volume=1e9), Desktop(Bucket.RND, volume=1e9)
    for desk in (usual, tempted):
        desk.open(500)
    tempted.scarce = 2.0
    before = tempted.holder.balance
    extra = tempted.live(500) - usual.live(500)
    assert extra == pytest.approx(0.05 * 2.0 * before, rel=0.01)
    assert tempted.holder.owed == usual.holder.owed
    assert tempted.holder.presold == usual.holder.presold
    capped = Desktop(Bucket.RND, volume=1e6)
    capped.open(500)
    capped.scarce = 2.0
    assert capped.live(500) == 100_000 * ONE_ERA
