"""Small tables: escaped, bounded, with units."""

import pytest

from metalab.experiments.notebooks.cards import (
    LONGEST_TEXT,
    MOST_LINES,
    Card,
    count,
    name_axis,
    protect,
    render_cards,
    show_difference,
    show_quantity,
)

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


def test_text_of_somebody_else_is_escaped_everywhere() -> None:
    html = render_cards([Card(HOSTILE, (HOSTILE,), [(HOSTILE, HOSTILE)], HOSTILE)])
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") == 5


def test_text_is_one_line_and_short() -> None:
    assert protect("a\n b\t c") == "a b c"
    assert len(protect("x" * 10_000)) == LONGEST_TEXT


def test_a_long_table_is_cut_and_says_so() -> None:
    html = render_cards([Card("t", lines=[(str(k),) for k in range(MOST_LINES + 3)])])
    assert html.count("<tr>") == MOST_LINES
    assert "and 3 more" in html


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.12345, "share", "12.35 %"),
        (0.05, "1/year", "5 % a year"),
        (1234567.8, "ERA", "1,234,568 ERA"),
        (0.15678, "USD", "0.1568 USD"),
        (3.0, "1", "3"),
        (float("nan"), "USD", "not a number"),
        (-0.5, "s", "-0.5 s"),
    ],
)
def test_a_quantity_has_four_digits_and_its_unit(value: float, unit: str, text: str) -> None:
    assert show_quantity(value, unit) == text


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.5, "USD", "+0.5 USD"),
        (20_000.0, "ERA", "+20,000 ERA"),
        (-0.0234, "1/year", "-2.34 points"),
        (0.01, "share", "+1 points"),
        (0.0, "ERA", "0 ERA"),
    ],
)
def test_a_difference_has_its_sign_and_per_cent_become_points(value: float, unit: str, text: str) -> None:
    assert show_difference(value, unit) == text


def test_axes_and_counts() -> None:
    assert (name_axis("price_usd", "USD"), name_axis("messages", "1")) == ("price_usd [USD]", "messages")
    assert (count(1, "run"), count(2_000, "run")) == ("1 run", "2,000 runs")
