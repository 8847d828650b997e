"""Conditions as text: every form, exact thresholds, the way there and back, and one line for what is wrong."""

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedCondition
from metalab.experiments.errors import NOWHERE, BadValueError, Place, ProblemError, UnknownNameError
from metalab.experiments.inputs.planning.conditions import LARGEST, LONGEST, MOST, read_when, show_condition
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.conditions import MOST_WINDOW, NO_CONDITION, ConditionRow, update_condition
from tests.support import make_row

PLACE = Place("mine.toml", 7)
PRICE = COLUMNS.index("price_usd")
FINITE = st.floats(-LARGEST, LARGEST)


def read(text: Any) -> PlannedCondition:
    condition = read_when(text, NOWHERE)
    assert condition is not None
    return condition


@pytest.mark.parametrize(
    ("text", "planned"),
    [
        ("price_usd < 0.05", (PRICE, 1, False, 0.05, 0.05, None)),
        ("  price_usd<.05 ", (PRICE, 1, False, 0.05, 0.05, None)),
        ("price_usd > -1e-3", (PRICE, 1, True, -0.001, -0.001, None)),
        ("price_usd 30-day mean < 0.10", (PRICE, 30, False, 0.1, 0.1, None)),
        ("price_usd 1-day mean < 0.10", (PRICE, 1, False, 0.1, 0.1, None)),
        (f"price_usd {MOST_WINDOW}-day mean > 2.", (PRICE, MOST_WINDOW, True, 2.0, 2.0, None)),
        ("price_usd > 1,234,567.5", (PRICE, 1, True, 1234567.5, 1234567.5, None)),
        ("price_usd < 0.10 until >= 0.12", (PRICE, 1, False, 0.1, 0.12, None)),
        ("price_usd 7-day mean > 3 until <= 2", (PRICE, 7, True, 3.0, 2.0, None)),
    ],
)
def test_every_form_is_read(text: str, planned: tuple[Any, ...]) -> None:
    assert tuple(read(text)) == planned
    assert tuple(read([text])) == planned


def follow(text: str, *values: float) -> list[int]:
    """Whether a written condition holds on the mornings after these values."""
    planned = read(text)
    terms = planned._replace(also=NO_CONDITION, is_above=int(planned.is_above))._asdict()
    row, states = make_row(ConditionRow, **terms), []
    for value in values:
        plain(update_condition)(row, value)
        states.append(row.is_on)
    return states


def test_signs_mean_what_they_say_at_the_threshold_itself() -> None:
    assert follow("day > 5", 4, 5, 6) == [0, 0, 1]
    assert follow("day >= 5", 4, 5, 6) == [0, 1, 1]
    assert follow("day < 5", 4, 5, 6) == [1, 0, 0]
    assert follow("day <= 5", 4, 5, 6) == [1, 1, 0]
    assert follow("day >= 0", 0, -1e-300) == [1, 0]


def test_until_means_what_it_says_at_the_threshold_itself() -> None:
    assert follow("day > 5 until < 3", 6, 4, 3, 2, 4) == [1, 1, 1, 0, 0]
    assert follow("day > 5 until <= 3", 6, 4, 3, 4) == [1, 1, 0, 0]
    assert follow("day < 5 until > 7", 4, 6, 7, 8, 6) == [1, 1, 1, 0, 0]
    assert follow("day < 5 until >= 7", 4, 6, 7, 6) == [1, 1, 0, 0]


def test_a_metric_that_stands_at_both_thresholds_does_not_switch_every_day() -> None:
    assert follow("day >= 5 until < 5", 5, 5, 5, 4) == [1, 1, 1, 0]
    assert follow("day <= 5 until > 5", 5, 5, 5, 6) == [1, 1, 1, 0]


def test_a_list_is_a_chain_in_its_order() -> None:
    chain = read(["price_usd < 0.1", "messages 7-day mean >= 10", "day > 3"])
    assert chain.also is not None
    assert chain.also.also is not None
    assert [COLUMNS[part.metric] for part in (chain, chain.also, chain.also.also)] == ["price_usd", "messages", "day"]
    assert chain.also.also.also is None
    assert show_condition(chain) == ["price_usd < 0.1", "messages 7-day mean >= 10.0", "day > 3.0"]


SIMPLE = st.builds(
    lambda metric, window, is_above, enter, gap: PlannedCondition(metric, window, is_above, *sorted((enter, gap), reverse=is_above)),
    st.integers(0, len(COLUMNS) - 1),
    st.integers(1, MOST_WINDOW),
    st.booleans(),
    FINITE,
    FINITE,
)


@given(st.lists(SIMPLE, min_size=1, max_size=MOST))
def test_what_is_shown_is_read_again_as_the_same(parts: list[PlannedCondition]) -> None:
    chain: PlannedCondition | None = None
    for part in parts:
        chain = part._replace(also=chain)
    assert chain is not None
    texts = show_condition(chain)
    assert read(texts) == chain
    assert len(texts) == len(parts)
    assert max(map(len, texts)) <= LONGEST


@given(st.sampled_from(["<", "<=", ">", ">="]), FINITE, st.sampled_from(["", "="]), st.floats(0, 1e9), st.integers(1, MOST_WINDOW))
def test_what_was_written_with_an_end_survives_too(sign: str, enter: float, end: str, gap: float, window: int) -> None:
    is_above = sign.startswith(">")
    back = ("<" if is_above else ">") + end
    leave = enter - gap if is_above else enter + gap
    # At one number it cannot both hold and end.
    assume(not (sign.endswith("=") and end and leave == enter))
    condition = read(f"messages {window}-day mean {sign} {enter!r} until {back} {leave!r}")
    assert read(show_condition(condition)) == condition
    assert condition.window == window


WRONG: list[tuple[Any, str]] = [
    ("", "METRIC [N-day mean]"),
    ("price_usd", "METRIC [N-day mean]"),
    ("price_usd < ", "METRIC [N-day mean]"),
    ("price_usd < -", "METRIC [N-day mean]"),
    ("price_usd < e5", "METRIC [N-day mean]"),
    ("price_usd < .", "METRIC [N-day mean]"),
    ("price_usd < 0.1 or day > 3", "METRIC [N-day mean]"),
    ("price_usd == 0.1", "METRIC [N-day mean]"),
    ("price_usd < nan", "METRIC [N-day mean]"),
    ("price_usd < 0x10", "METRIC [N-day mean]"),
    ("price_usd < 1,23", "METRIC [N-day mean]"),
    ("price_usd < \u0663", "METRIC [N-day mean]"),
    ("price_usd mean < 0.1", "METRIC [N-day mean]"),
    ("price_usd 30 day mean < 0.1", "METRIC [N-day mean]"),
    ("price_usd < 0.1 until", "METRIC [N-day mean]"),
    ("price_usd < 0.1 until >", "METRIC [N-day mean]"),
    ("price_usd\n< 0.1\n" + " " * LONGEST, "METRIC [N-day mean]"),
    (3, "METRIC [N-day mean]"),
    (True, "METRIC [N-day mean]"),
    ({"price_usd": 1}, "METRIC [N-day mean]"),
    (["price_usd < 0.1", 3], "METRIC [N-day mean]"),
    ([["price_usd < 0.1"]], "METRIC [N-day mean]"),
    ([], "list of up to 4"),
    (["day > 1"] * (MOST + 1), "list of up to 4"),
    ("price_usd 0-day mean < 0.1", f"1 to {MOST_WINDOW} days"),
    (f"price_usd {MOST_WINDOW + 1}-day mean < 0.1", f"1 to {MOST_WINDOW} days"),
    ("price_usd < 1e999", "to 1e+300"),
    ("price_usd > 1 until < -1.01e300", "from -1e+300"),
    ("price_usd < 0.1 until < 0.2", "> after until"),
    ("price_usd > 0.1 until > 0.2", "< after until"),
    ("price_usd < 0.1 until > 0.05", "at least the first"),
    ("price_usd > 0.1 until < 0.2", "at most the first"),
    ("price_usd > 5 until <= 6", "at most the first"),
]


@pytest.mark.parametrize(("text", "words"), WRONG)
def test_what_is_no_condition_is_told_in_one_line(text: Any, words: str) -> None:
    with pytest.raises(BadValueError, match=r"^mine\.toml line 7: when = ") as caught:
        read_when(text, PLACE)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_metric_is_told_with_its_neighbour() -> None:
    with pytest.raises(UnknownNameError, match=r"mine\.toml line 7: metric 'price_us' does not exist; did you mean 'price_usd'") as caught:
        read_when(["price_usd > 0", "price_us < 0.1"], PLACE)
    assert "\n" not in str(caught.value)


@given(st.text(st.sampled_from("price_usd day mean until<>=-+.,0123456789e\n\t"), max_size=60))
def test_no_text_makes_it_fall_over(text: str) -> None:
    try:
        condition = read_when(text, PLACE)
    except ProblemError:
        return
    assert condition is not None
    assert read(show_condition(condition)) == condition
