"""Small tables for notebooks. All text is escaped: titles and names may come from somebody else's file."""

from collections.abc import Iterable, Sequence
from html import escape
from math import isfinite
from typing import NamedTuple

HEADLINES = ("price_usd", "fundamental_usd", "price_premium_usd", "apr_core", "apr_flex", "apr_guardian", "rollups_live", "revenue_era")
"""The metrics that a short account of a run mentions; the price with the two parts that add up to it."""
MOST_LINES = 14
"""Lines of a table; what is left out is counted."""
LONGEST_TEXT = 200
PERCENT = {"share": "%", "1/year": "% a year"}
BARE = ("1", "code", "choice", "switch")


class Card(NamedTuple):
    """A titled table. `note` stands below it."""

    title: str
    head: tuple[str, ...] = ()
    lines: Sequence[tuple[str, ...]] = ()
    note: str = ""


def render_cards(cards: Iterable[Card]) -> str:
    """Cards as HTML, one below the other."""
    return "<div>" + "".join(_render(card) for card in cards) + "</div>"


def _render(card: Card) -> str:
    left = len(card.lines) - MOST_LINES
    more = f"and {left} more" if left > 0 else ""
    note = "; ".join(text for text in (more, card.note) if text)
    head = "<thead><tr>" + "".join(f"<th>{protect(cell)}</th>" for cell in card.head) + "</tr></thead>" if card.head else ""
    body = "".join("<tr>" + "".join(f"<td>{protect(cell)}</td>" for cell in line) + "</tr>" for line in card.lines[:MOST_LINES])
    table = f"<table>{head}<tbody>{body}</tbody></table>" if card.lines else ""
    return f"<p><b>{protect(card.title)}</b></p>{table}" + (f"<p><small>{protect(note)}</small></p>" if note else "")


def protect(text: str) -> str:
    """One line of text that no browser reads as markup, shortened."""
    line = " ".join(text.split())
    return escape(line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 3] + "...")


def show_quantity(value: float, unit: str) -> str:
    """A number in four significant digits with its unit; shares and yearly rates in per cent."""
    return _show(value, unit, PERCENT.get(unit, unit))


def show_difference(value: float, unit: str) -> str:
    """The same with a sign; differences of per cent are percentage points."""
    sign = "+" if value > 0 else ""
    return sign + _show(value, unit, "points" if unit in PERCENT else unit)


def _show(value: float, unit: str, word: str) -> str:
    if not isfinite(value):
        return "not a number"
    scaled = value * 100 if unit in PERCENT else value
    number = f"{scaled:,.0f}" if abs(scaled) >= 10_000 else f"{scaled:.4g}"
    return f"{number} {word}" if unit not in BARE else number


def name_axis(name: str, unit: str) -> str:
    """A metric with its unit, for an axis."""
    return f"{name} [{unit}]" if unit not in BARE else name


def count(number: int, thing: str) -> str:
    """`1 shock`, `2 shocks`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")
