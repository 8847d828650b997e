"""Calendar arithmetic against Python's own."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.scenario import LAUNCH as LAUNCH_DATE
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.dates import LAUNCH, civil_from_days, days_from_civil, find_month_start, split_months, split_months_since

EPOCH = date(1970, 1, 1)


def test_launch_is_the_scenarios_launch() -> None:
    assert EPOCH + timedelta(LAUNCH) == LAUNCH_DATE
    assert LAUNCH_DATE.day == 17


@given(st.dates(min_value=date(1, 1, 1)))
def test_days_and_dates_are_pythons(day: date) -> None:
    number = (day - EPOCH).days
    assert plain(days_from_civil)(day.year, day.month, day.day) == number
    assert plain(civil_from_days)(number) == (day.year, day.month, day.day)


def test_month_starts_are_every_17th() -> None:
    starts = [plain(find_month_start)(months) for months in range(60)]
    dates = [LAUNCH_DATE + timedelta(start) for start in starts]
    assert [(d.year * 12 + d.month, d.day) for d in dates] == [(2025 * 12 + 7 + k, 17) for k in range(60)]


def test_every_day_is_so_far_into_its_month() -> None:
    months, since = 0, 0
    for day in range(2_000):
        today = LAUNCH_DATE + timedelta(day)
        if today.day == 17 and day > 0:
            months, since = months + 1, 0
        length = plain(find_month_start)(months + 1) - plain(find_month_start)(months)
        assert plain(split_months)(day) == (months, since, length)
        since += 1


def test_february_of_a_leap_year_has_29_days() -> None:
    day = (date(2028, 2, 17) - LAUNCH_DATE).days
    assert plain(split_months)(day)[2] == 29


@given(st.integers(0, 4_000), st.integers(0, 4_000))
def test_months_since_a_day_are_those_of_the_calendar(start: int, later: int) -> None:
    opened = LAUNCH_DATE + timedelta(start)
    if opened.day > 28:
        return
    day = LAUNCH_DATE + timedelta(start + later)
    months, into, length = plain(split_months_since)(start, start + later)
    assert months == (day.year - opened.year) * 12 + day.month - opened.month - (day.day < opened.day)
    begun = day - timedelta(into)
    assert begun.day == opened.day
    assert (begun + timedelta(length)).day == opened.day
    assert 0 <= into < length <= 31


def test_months_since_launch_are_the_tokens_own() -> None:
    assert all(plain(split_months_since)(0, day) == plain(split_months)(day) for day in range(1_500))
