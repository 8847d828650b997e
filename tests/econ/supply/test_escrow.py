"""Escrows under whatever terms: what is out stays out, what is in follows the terms, and nothing more is released than there was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.supply.escrow import (
    RECENT,
    HolderRow,
    compute_terms,
    expect_released,
    get_released,
    open_releases,
    release_vested,
    sum_recent,
)
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import BUCKETS, Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.supply.unlock_table import UnlockRow
from metalab.protocol.supply.vesting import DELAYED, Vesting, compute_delay, compute_vested
from tests.support import make_row, make_rows

DELAYED_BUCKETS = (Bucket.TREASURY, Bucket.FOUNDATION, Bucket.TEAM, Bucket.RND)
VESTING_BUCKETS = (Bucket.INVESTORS, *DELAYED_BUCKETS)


class Escrow:
    """One bucket's escrow under terms that may change."""

    def __init__(self, bucket: Bucket, day: int = 0, *rows: dict[str, int]) -> None:
        self.vesting, self.pots = make_row(Vesting), make_row(Pots)
        self.holder = make_row(HolderRow, index=int(bucket), escrow=self.vesting.tokens[bucket], granted=self.vesting.tokens[bucket])
        self.unlocks = make_rows(UnlockRow, max(len(rows), 1))
        self.holder.table_rows = len(rows)
        for k, row in enumerate(rows):
            for name, value in row.items():
                setattr(self.unlocks[k], name, value)
        plain(open_releases)(self.holder, self.pots, self.vesting, self.unlocks, day)

    def live(self, day: int) -> int:
        return int(plain(release_vested)(self.holder, self.pots, self.vesting, self.unlocks, day))

    def expect(self, day: int) -> int:
        return int(plain(expect_released)(self.holder, self.vesting, self.unlocks, day))

    @property
    def out(self) -> int:
        return int(plain(get_released)(self.holder))

    @property
    def tokens(self) -> int:
        """Everything that came out of it, and what is still in it."""
        return int(self.holder.escrow + self.holder.balance + self.pots.treasury + self.pots.market_float)


def test_a_cliff_that_is_moved_after_it_has_passed_takes_nothing_back() -> None:
    """The case cliff-moved-late: released until day 400, then nothing until the new terms reach what is out, then the new terms."""
    e = Escrow(Bucket.INVESTORS)
    for day in range(400):
        e.live(day)
    out = e.out
    assert out == plain(compute_vested)(e.vesting, Bucket.INVESTORS, 399) > 50e6 * ONE_ERA
    e.vesting.cliff_months[Bucket.INVESTORS] = 24
    seen = [e.out + e.live(day) for day in range(400, 1_500)]
    expected = [max(out, plain(compute_vested)(e.vesting, Bucket.INVESTORS, day)) for day in range(400, 1_500)]
    assert seen == expected
    # At the new cliff, month 24, what is out is still more than the terms say.
    assert seen[730 - 400] == out
    assert seen[-1] == e.holder.granted


def test_terms_that_are_set_to_what_they_are_change_nothing() -> None:
    a, b = Escrow(Bucket.TEAM), Escrow(Bucket.TEAM)
    for day in range(420):
        b.vesting.cliff_months[Bucket.TEAM] = 12
        assert a.live(day) == b.live(day)


TERMS = st.fixed_dictionaries(
    {
        "day": st.integers(1, 1_600),
        "cliff_months": st.integers(0, 60),
        "cliff_share": st.integers(0, 10_000),
        "linear_months": st.integers(0, 120),
        "launch": st.integers(0, 10**15),
        "delay": st.integers(0, 1_461),
        "unlocks": st.integers(0, 1),
        "step": st.integers(0, 1),
        "schedule": st.integers(0, 1),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(VESTING_BUCKETS), st.lists(TERMS, max_size=6), st.booleans())
def test_no_change_of_terms_takes_back_what_is_out_or_releases_more_than_there_is(
    bucket: Bucket, changes: list[dict[str, int]], is_table: bool
) -> None:
    tokens = make_row(Vesting).tokens[bucket]
    rows = ({"start": 90, "amount": tokens // 3}, {"start": 200, "amount": tokens - tokens // 3, "length": 700}) if is_table else ()
    e = Escrow(bucket, 0, *rows)
    # Sold forward in part: what buyers wait for never exceeds what is in escrow.
    e.holder.presold = e.holder.escrow // 2
    days = sorted({0, *range(0, 1_700, 97), *(change["day"] for change in changes)})
    before = e.out
    for day in days:
        for change in (change for change in changes if change["day"] == day):
            for name in ("cliff_months", "cliff_share", "linear_months", "launch"):
                getattr(e.vesting, name)[bucket] = change[name]
            e.vesting.unlocks, e.vesting.step, e.vesting.schedule = change["unlocks"], change["step"], change["schedule"]
            if bucket in DELAYED_BUCKETS:
                e.vesting.delay_days[bucket - DELAYED] = change["delay"]
        expected = e.expect(day)
        released = e.live(day)
        assert released >= 0
        assert e.out == before + released == expected
        assert 0 <= e.holder.presold <= e.holder.escrow <= e.holder.granted or bucket == Bucket.TREASURY
        assert e.tokens == e.holder.granted
        # What is expected never falls with the days ahead, and never exceeds what there was.
        ahead = [e.expect(day + k) for k in (0, 1, 30, 400, 4_000)]
        assert ahead == sorted(ahead)
        assert ahead[0] == e.out
        assert ahead[-1] <= e.holder.granted
        before = e.out


@pytest.mark.parametrize("bucket", list(Bucket))
def test_a_delay_moves_what_is_in_escrow_and_only_where_a_vote_may(bucket: Bucket) -> None:
    e = Escrow(bucket)
    for k in range(4):
        e.vesting.delay_days[k] = 100 + k
    delay = {Bucket.TREASURY: 100, Bucket.FOUNDATION: 101, Bucket.TEAM: 102, Bucket.RND: 103}.get(bucket, 0)
    assert plain(compute_delay)(e.vesting, int(bucket)) == delay
    for day in (0, 90, 465, 467, 500, 1_000):
        usual = plain(compute_vested)(e.vesting, int(bucket), max(day - delay, 0))
        assert plain(compute_terms)(e.holder, e.vesting, e.unlocks, day) == usual


def test_a_ramp_of_a_delay_over_its_own_days_is_a_pause() -> None:
    """A delay that grows by a day a day stops the stream; when it stops growing the stream goes on as it was, so much later."""
    e, usual = Escrow(Bucket.TREASURY), Escrow(Bucket.TREASURY)
    for day in range(800):
        e.vesting.delay_days[0] = min(max(day - 299, 0), 180)
        usual.live(day)
        released = e.live(day)
        if 300 <= day < 480:
            assert released == 0
    assert e.out == plain(compute_vested)(usual.vesting, Bucket.TREASURY, 799 - 180)
    # Taken back, what has been held back comes at once.
    e.vesting.delay_days[0] = 0
    usual.live(800)
    e.live(800)
    assert e.out == usual.out


def test_a_table_replaces_the_terms_of_its_bucket_and_ends_where_unlocks_are_off() -> None:
    rows = ({"start": 0, "amount": 5}, {"start": 10, "amount": 1_000, "length": 10})
    e = Escrow(Bucket.TEAM, 0, *rows)
    assert e.out == e.holder.launched == 5
    assert [e.live(day) for day in range(9, 13)] == [0, 0, 100, 100]
    e.vesting.unlocks = 0
    assert [e.live(day) for day in range(13, 20)] == [0] * 7
    e.vesting.unlocks = 1
    assert e.live(20) == 800


@pytest.mark.parametrize("day", [0, 1, 20, 31, 40, 366, 400])
def test_a_late_opening_remembers_the_releases_of_the_last_month(day: int) -> None:
    late, lived = Escrow(Bucket.TEAM, day), Escrow(Bucket.TEAM)
    for today in range(day + 1):
        lived.live(today)
    assert lived.out == late.out
    for days in range(RECENT):
        assert plain(sum_recent)(lived.holder, day, days) == plain(sum_recent)(late.holder, day, days)
    assert plain(sum_recent)(late.holder, day, RECENT - 1) == late.out - plain(compute_vested)(late.vesting, Bucket.TEAM, max(day - 31, 0))


def test_delays_are_those_of_the_buckets_in_a_row() -> None:
    assert [bucket for bucket in Bucket if bucket in DELAYED_BUCKETS] == [Bucket(DELAYED + k) for k in range(4)]
    assert len(Bucket) == BUCKETS
