"""When something holds: days, dates, days from the decision, ends, repetitions; and one line for what cannot be."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.scenario import LAUNCH
from metalab.experiments.errors import BadValueError, Place
from metalab.experiments.inputs.planning.conditions import show_condition
from metalab.experiments.inputs.planning.moments import (
    AT_DECISION,
    MOST_TIMES,
    PAST,
    Moment,
    check_moment,
    describe_moment,
    read_moment,
    read_repeats,
)
from metalab.experiments.inputs.toml_lines import parse_document
from metalab.experiments.limits import LONGEST_RUN

PLACE = Place("mine.toml", 5)
HEAD = "[[changes]]\n"


def read(text: str) -> Moment:
    document = parse_document(HEAD + text, "mine.toml")
    return read_moment(document, ("changes", 0), document.data["changes"][0])


def repeats(text: str) -> tuple[int, int]:
    document = parse_document(HEAD + text, "mine.toml")
    return read_repeats(document, ("changes", 0), document.data["changes"][0])


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", Moment()),
        ("day = 0", Moment(0)),
        ("from_day = 12", Moment(12)),
        ("from_day = 2026-03-01", Moment(date(2026, 3, 1))),
        ("after_days = 30", Moment(AT_DECISION, 30)),
        ("after_days = 0", Moment()),
        ("until = 40", Moment(until=40)),
        ("until = 2026-03-01", Moment(until=date(2026, 3, 1))),
        ("for_days = 7", Moment(span=7)),
        ("after_days = 3\nfor_days = 7", Moment(wait=3, span=7)),
        (f"day = {LONGEST_RUN}", Moment(LONGEST_RUN)),
    ],
)
def test_every_key_is_read(text: str, moment: Moment) -> None:
    assert read(text) == moment


def test_a_condition_is_part_of_it() -> None:
    condition = read('when = ["price_usd < 0.1", "day > 3"]').condition
    assert condition is not None
    assert show_condition(condition) == ["price_usd < 0.1", "day > 3.0"]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("day = 1\nfrom_day = 1", 2, "one of from_day and day"),
        ("day = 1\nafter_days = 1", 3, "one of day and after_days"),
        ("from_day = 1\nafter_days = 1", 3, "one of from_day and after_days"),
        ("day = 1\nuntil = 4\nfor_days = 3", 4, "one of until and for_days"),
        ("day = -1", 2, "a whole number from 0"),
        (f"day = {LONGEST_RUN + 1}", 2, "a whole number from 0"),
        ("day = true", 2, "a whole number from 0"),
        ("day = [1]", 2, "a whole number from 0"),
        ('day = "2026-01-01"', 2, "without quotes"),
        ("day = 2026-01-01T00:00:00", 2, "a date without a time"),
        ("until = 0", 2, "a whole number from 1"),
        ('until = "soon"', 2, "without quotes"),
        ("after_days = -1", 2, "a whole number from 0"),
        ("after_days = 2026-01-01", 2, "a whole number from 0"),
        ("for_days = 0", 2, "a whole number from 1"),
        ('when = "price"', 2, "METRIC"),
    ],
)
def test_what_cannot_be_is_told_in_one_line_with_its_place(text: str, line: int, words: str) -> None:
    with pytest.raises(BadValueError, match=rf"^mine\.toml line {line}: ") as caught:
        read(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


DAYS = st.integers(0, 400)


@given(DAYS, DAYS, DAYS, st.integers(1, 400))
def test_it_begins_at_the_later_of_day_and_decision_and_then_waits(day: int, at: int, wait: int, span: int) -> None:
    assert Moment(day).get_start(at) == max(day, at)
    assert Moment(wait=wait).get_start(at) == at + wait
    assert Moment(wait=wait, span=span).get_until(at) == at + wait + span
    assert Moment(day, span=span).get_until(at) == max(day, at) + span
    assert Moment(day, until=span).get_until(at) == span
    assert Moment(day).get_until(at) == 0


@given(st.integers(-400, 400), st.integers(-400, 400), st.integers(0, 300))
def test_a_date_is_its_day_of_the_run_and_what_is_before_it_is_the_past(day: int, until: int, offset: int) -> None:
    start = LAUNCH + timedelta(offset)
    placed = Moment(start + timedelta(day), until=start + timedelta(until)).place_on(start)
    assert placed.day == (day if day >= 0 else PAST)
    # An end on the first day is before anything can have begun; 0 would be for ever.
    assert placed.until == (until if until >= 1 else PAST)
    assert Moment(7, until=9).place_on(start) == Moment(7, until=9)
    assert Moment().place_on(start) == Moment()


@given(st.integers(-3, 3), st.integers(-3, 3))
def test_nothing_before_the_run_slips_through(day: int, length: int) -> None:
    moment = Moment(LAUNCH + timedelta(day), until=LAUNCH + timedelta(day + length)).place_on(LAUNCH)
    if day >= 0 and length >= 1:
        check_moment("fee", moment, 0, PLACE)
    else:
        with pytest.raises(BadValueError, match=r"^mine\.toml line 5: fee (from_day|until) = "):
            check_moment("fee", moment, 0, PLACE)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (
            Moment(30),
            "fee from_day = 30 is not allowed; give a day from 180 on, the day of the decision, or after_days = 30 for days counted",
        ),
        (Moment(179), "after_days = 179"),
        (Moment(0), "after_days = 0"),
        (Moment(PAST), "a date before the run"),
        (Moment(200, until=200), "fee until = 200 is not allowed; give a day after 200, on which it begins"),
        (Moment(until=180), "a day after 180"),
        (Moment(wait=30, until=200), "a day after 210"),
    ],
)
def test_what_lies_before_the_decision_or_ends_before_it_begins_is_refused(moment: Moment, words: str) -> None:
    with pytest.raises(BadValueError, match=r"^mine\.toml line 5: fee ") as caught:
        check_moment("fee", moment, 180, PLACE)
    assert words in str(caught.value)


def test_what_begins_on_the_decision_or_later_is_not() -> None:
    for moment in (Moment(), Moment(180), Moment(181), Moment(until=181), Moment(wait=30, until=211), Moment(span=1)):
        check_moment("fee", moment, 180, PLACE)


def test_repetitions_are_days_apart() -> None:
    assert repeats("") == (0, 1)
    assert repeats("every_days = 30\ntimes = 12") == (30, 12)
    assert [Moment(wait=2).repeat(k, 30).get_start(10) for k in range(3)] == [12, 42, 72]
    assert [Moment(50).repeat(k, 7).get_start(10) for k in range(3)] == [50, 57, 64]


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("every_days = 3", 2, "times with it"),
        ("times = 3", 2, "every_days with it"),
        ("every_days = 0\ntimes = 3", 2, "from 1"),
        ("every_days = 3\ntimes = 0", 3, "from 1"),
        (f"every_days = 3\ntimes = {MOST_TIMES + 1}", 3, f"from 1 to {MOST_TIMES}"),
        ("every_days = 1.5\ntimes = 3", 2, "whole number"),
    ],
)
def test_repetitions_that_cannot_be_are_told(text: str, line: int, words: str) -> None:
    with pytest.raises(BadValueError, match=rf"^mine\.toml line {line}: ") as caught:
        repeats(text)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", {"day": 180}),
        ("after_days = 5\nfor_days = 10", {"day": 185, "until": 195}),
        ("from_day = 200\nuntil = 210", {"day": 200, "until": 210}),
        ('when = "day > 3"', {"day": 180, "when": ["day > 3.0"]}),
    ],
)
def test_a_manifest_says_only_what_is_not_usual(text: str, said: dict[str, Any]) -> None:
    assert describe_moment(read(text), 180) == said
