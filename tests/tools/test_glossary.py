"""The glossary: every term once, in order, with a place in the code."""

import re

from tests.support import ROOT

PAGE = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NEEDED = (
    "stake", "bond", "unbond", "standby", "flex", "core", "guardian", "jail", "tombstone", "slash", "effective circulating supply",
    "scheduled circulating supply", "reported circulating supply", "float", "cohort", "niche", "home rollup", "snapshot", "attestation",
    "quorum", "turnout", "timelock", "vote lock", "paired futures", "replication", "digest", "preset", "kernel", "room", "rule", "table",
    "row", "draw", "stream", "cause",
)  # fmt: skip


def read_table(title: str) -> list[list[str]]:
    """The rows of the table below a heading, without its head."""
    lines = [line for line in PAGE.split(f"## {title}\n")[1].split("\n## ")[0].splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_no_term_is_explained_twice() -> None:
    terms = [row[0].lower() for row in read_table("Terms") + read_table("Abbreviations")]
    assert sorted(terms) == sorted(set(terms))


def test_terms_are_in_order() -> None:
    for title in ("Terms", "Abbreviations"):
        terms = [row[0].lower() for row in read_table(title)]
        assert terms == sorted(terms)


def test_every_term_has_a_place() -> None:
    """That the places exist is a test of all documents."""
    assert [row[0] for row in read_table("Terms") if len(row) != 3 or not re.search(r"`[\w/]+\.\w+|\]\(", row[2])] == []


def test_the_terms_that_a_reader_meets_first_are_there() -> None:
    assert set(NEEDED) - {row[0] for row in read_table("Terms")} == set()
