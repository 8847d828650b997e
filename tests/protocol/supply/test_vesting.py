"""The vesting calendar against the published terms, restated with dates and fractions."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.kernel.scenario import LAUNCH
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from metalab.protocol.kernel.units import ONE_ERA, SUPPLY
from metalab.protocol.supply.vesting import (
    SupplyRefresh,
    Vesting,
    VestingSchedule,
    VestingStep,
    compute_scheduled,
    compute_unlocked,
    compute_vested,
    find_refresh,
)

TABLE = {
    Bucket.INVESTORS: (320_750_123, 0, 12, Fraction(15, 100), 24),
    Bucket.TREASURY: (210_000_000, 60_000_000, 0, Fraction(0), 48),
    Bucket.FOUNDATION: (149_400_000, 48_700_000, 3, Fraction(0), 45),
    Bucket.TEAM: (147_500_000, 0, 12, Fraction(15, 100), 24),
    Bucket.RND: (102_349_877, 29_800_000, 0, Fraction(0), 48),
    Bucket.AIRDROP: (70_000_000, 70_000_000, 0, Fraction(0), 0),
}
"""Tokens, launch tranche, cliff in months, share at the cliff, linear months: as published."""

INSIDERS = (Bucket.INVESTORS, Bucket.TEAM)
NOT_TREASURY = [bucket for bucket in Bucket if bucket != Bucket.TREASURY]
MONTH_12 = (date(2026, 7, 17) - LAUNCH).days


def make(**values: int) -> Any:
    row = Table(Vesting, make_defaults(Vesting))[0]
    for name, value in values.items():
        setattr(row, name, int(value))
    return row


def add_months(months: int) -> date:
    index = LAUNCH.year * 12 + LAUNCH.month - 1 + months
    return date(index // 12, index % 12 + 1, LAUNCH.day)


def restate(bucket: Bucket, day: int, schedule: VestingSchedule, step: VestingStep) -> int:
    """The published terms in exact fractions of tokens, rounded down to uERA."""
    tokens, launch, cliff_months, share, linear = TABLE[bucket]
    today = LAUNCH + timedelta(day)
    months = max(k for k in range(200) if add_months(k) <= today)
    if months < cliff_months:
        return launch * ONE_ERA
    if months >= cliff_months + linear:
        return tokens * ONE_ERA
    passed = Fraction(months - cliff_months)
    if step == VestingStep.DAILY:
        passed += Fraction((today - add_months(months)).days, (add_months(months + 1) - add_months(months)).days)
    cliff = tokens * share if schedule == VestingSchedule.OFFICIAL else Fraction(0)
    return int((launch + cliff + (tokens - launch - cliff) * passed / linear) * ONE_ERA)


def scheduled(day: int, **values: int) -> float:
    return plain(compute_scheduled)(make(**values), day) / ONE_ERA


def test_the_table_is_the_published_one_and_adds_up() -> None:
    p = make()
    assert list(p.tokens) == [TABLE[b][0] * ONE_ERA for b in Bucket]
    assert list(p.launch) == [TABLE[b][1] * ONE_ERA for b in Bucket]
    assert sum(p.tokens) == SUPPLY
    assert sum(p.launch[b] for b in NOT_TREASURY) == 148_500_000 * ONE_ERA


@pytest.mark.parametrize("schedule", list(VestingSchedule))
@pytest.mark.parametrize("step", list(VestingStep))
def test_every_bucket_is_exact_on_every_date(schedule: VestingSchedule, step: VestingStep) -> None:
    p = make(schedule=schedule, step=step)
    days = [*range(0, 1_600, 7), *(plain_month(k) + j for k in range(52) for j in (-1, 0, 1) if plain_month(k) + j >= 0)]
    for day in days:
        for bucket in Bucket:
            assert plain(compute_vested)(p, bucket, day) == restate(bucket, day, schedule, step), (bucket, day)


def plain_month(months: int) -> int:
    return (add_months(months) - LAUNCH).days


def test_launch_day() -> None:
    assert scheduled(0) == 148_500_000.0
    assert plain(compute_unlocked)(make(), 0) == 208_500_000 * ONE_ERA


def test_month_12() -> None:
    foundation = Fraction(149_400_000 - 48_700_000) * 9 / 45
    rnd = Fraction(102_349_877 - 29_800_000) * 12 / 48
    insiders = Fraction(320_750_123 + 147_500_000) * 15 / 100
    total = (148_500_000 + foundation + rnd + insiders) * ONE_ERA
    p = make()
    assert plain(compute_scheduled)(p, MONTH_12) == int(total) == 257_014_987_700_000
    # The stated schedule has no tranche at the cliff.
    assert plain(compute_scheduled)(make(schedule=VestingSchedule.STATED), MONTH_12) == int(total - insiders * ONE_ERA)


def test_insiders_cliff_and_monthly_steps() -> None:
    p = make(step=VestingStep.MONTHLY)

    def vested(day: int) -> int:
        return sum(plain(compute_vested)(p, bucket, day) for bucket in INSIDERS)

    assert vested(MONTH_12 - 1) == 0
    assert vested(MONTH_12) / ONE_ERA == 70_237_518.45
    for months in range(13, 37):
        step = vested(plain_month(months)) - vested(plain_month(months - 1))
        assert abs(step / ONE_ERA - 16_583_858.5229) < 1e-3
        assert vested(plain_month(months) - 1) == vested(plain_month(months - 1))
    assert vested(plain_month(36)) == (320_750_123 + 147_500_000) * ONE_ERA


def test_stated_insiders_follow_the_claim() -> None:
    p = make(schedule=VestingSchedule.STATED)
    for months in range(48):
        for bucket in INSIDERS:
            share = Fraction(min(max(months - 12, 0), 24), 24)
            assert plain(compute_vested)(p, bucket, plain_month(months)) == int(TABLE[bucket][0] * ONE_ERA * share)


def test_schedules_agree_but_for_insiders() -> None:
    official, stated = make(), make(schedule=VestingSchedule.STATED)
    for day in range(0, 1_500, 7):
        for bucket in Bucket:
            a, b = plain(compute_vested)(official, bucket, day), plain(compute_vested)(stated, bucket, day)
            assert a == b or (bucket in INSIDERS and a > b)


def test_everything_is_out_after_four_years_and_nothing_without_unlocks() -> None:
    assert plain(compute_unlocked)(make(), plain_month(48)) == SUPPLY
    assert plain(compute_unlocked)(make(), plain_month(48) - 1) < SUPPLY
    assert plain(compute_unlocked)(make(unlocks=0), plain_month(48)) == 208_500_000 * ONE_ERA


vectors = st.tuples(
    st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 60), st.integers(0, 10_000), st.integers(0, 120), st.integers(0, 3_000)
)


@settings(max_examples=60)
@given(vectors, st.sampled_from(VestingSchedule), st.sampled_from(VestingStep))
def test_any_bucket_rises_from_its_launch_tranche_to_its_size(terms: Any, schedule: VestingSchedule, step: VestingStep) -> None:
    tokens, launch, cliff, share, linear, day = terms
    p = make(schedule=schedule, step=step)
    p.tokens[0], p.launch[0] = tokens * ONE_ERA, launch * ONE_ERA
    p.cliff_months[0], p.cliff_share[0], p.linear_months[0] = cliff, share, linear
    values = [plain(compute_vested)(p, 0, day + k) for k in range(40)]
    assert values == sorted(values)
    assert min(launch, tokens) * ONE_ERA <= values[0] <= values[-1] <= tokens * ONE_ERA
    assert plain(compute_vested)(p, 0, plain_month(cliff + linear)) == tokens * ONE_ERA


def find_dates(last: int, **values: int) -> list[int]:
    p = make(**values)
    return [day for day in range(last) if plain(find_refresh)(p, day) == day]


def test_refreshes() -> None:
    assert find_dates(1_400) == [0, 395, 760]
    assert LAUNCH + timedelta(395) == date(2026, 8, 16)
    assert LAUNCH + timedelta(760) == date(2027, 8, 16)
    assert find_dates(1_400, refresh=SupplyRefresh.FROZEN) == [0]
    assert find_dates(1_400, refresh=SupplyRefresh.PERIODIC, refresh_interval=300) == [0, 300, 600, 900, 1_200]
    assert plain(find_refresh)(make(), 394) == 0
    assert plain(find_refresh)(make(), 759) == 395


def test_compiled_and_plain_agree() -> None:
    array = make_defaults(Vesting)
    row = Table(Vesting, array)[0]
    days = np.arange(0, 1_500, 61).tolist()
    assert [compute_scheduled(array[0], day) for day in days] == [plain(compute_scheduled)(row, day) for day in days]


def test_every_variant_differs() -> None:
    assert len({scheduled(MONTH_12 + 10, schedule=s) for s in VestingSchedule}) == len(VestingSchedule)
    assert len({scheduled(MONTH_12 + 10, step=s) for s in VestingStep}) == len(VestingStep)
    assert len({plain(find_refresh)(make(refresh=r, refresh_interval=300), 800) for r in SupplyRefresh}) == len(SupplyRefresh)
