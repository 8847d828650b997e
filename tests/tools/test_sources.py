"""Every declared source can be looked up in docs/, is a published standard, or says it is assumed, or chosen and why."""

import csv
import re
from importlib import import_module

import pytest

from metalab.protocol.kernel.declare import Record
from tests.support import ROOT, find_modules
from tests.tools.test_specification import list_moved, read_page

DOCS = ROOT / "docs"
REFERENCE = re.compile(r"data/\w+\.csv|ECONOMY sanity check \d+|(?:MODEL|ECONOMY|LOOPS|DESIGN)(?: \d+)?|\bS\d(?:-\d+)?\b")
PUBLISHED = r"[EC]IP-\d+\b|Ethereum yellow paper"
"""Standards that anybody can look up by their name."""
OPENING = re.compile(r"assumed\b|chosen, because |data/\w+\.csv|(?:MODEL|ECONOMY|LOOPS) |S\d|" + PUBLISHED)
ROW = re.compile(r"data/defaults\.csv ([a-z]\w*\.\w+)")


def read_column(name: str, column: str) -> set[str]:
    """A column of a table in docs/."""
    with (DOCS / name).open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(line for line in file if not line.startswith("#"))}


def list_known() -> set[str]:
    """Everything that a source may refer to."""
    known = list_moved(read_page("README")) | {"ECONOMY"}
    known |= read_column("specification/claims.csv", "id") | read_column("specification/claims.csv", "document")
    return known | {f"data/{path.name}" for path in (DOCS / "data").glob("*.csv")}


KNOWN = list_known()
DEFAULTS = read_column("data/defaults.csv", "parameter")


def find_fault(source: str) -> str:
    """What cannot be looked up in a source; empty when everything can."""
    if not OPENING.match(source):
        return "neither a reference nor assumed"
    missing = [word for word in REFERENCE.findall(source) if word not in KNOWN]
    missing += [row for row in ROW.findall(source) if row not in DEFAULTS]
    return ", ".join(missing)


def list_sources() -> dict[str, str]:
    """Sources of all declared parameters, by record and field."""
    for path in find_modules("protocol", "econ"):
        import_module(".".join(("metalab", *path.relative_to(ROOT).with_suffix("").parts)))
    return {
        f"{record.__name__}.{name}": info.source
        for record in Record.__subclasses__()
        if record.__module__.startswith(("metalab.protocol.", "metalab.econ."))
        for name, info in record.infos.items()
        if info.kind == "parameter"
    }


def test_every_source_can_be_looked_up() -> None:
    sources = list_sources()
    assert len(sources) > 400
    assert {place: f"{source}: {find_fault(source)}" for place, source in sources.items() if find_fault(source)} == {}


@pytest.mark.parametrize(
    "source",
    [
        "DESIGN 5",
        "MODEL 99",
        "ECONOMY 77",
        "LOOPS 13",
        "MODEL 4, ECONOMY 99",
        "data/nowhere.csv",
        "data/defaults.csv no.such_row",
        "S1-999",
        "S9",
        "usual",
        "",
    ],
)
def test_a_source_that_leads_nowhere_is_found(source: str) -> None:
    assert find_fault(source)


@pytest.mark.parametrize(
    "source",
    [
        "MODEL 4",
        "ECONOMY 20",
        "ECONOMY 23",
        "LOOPS 6",
        "ECONOMY sanity check 5",
        "S2",
        "S1-14",
        "assumed",
        "data/era_price.csv",
        "EIP-2028",
    ],
)
def test_a_source_that_leads_somewhere_is_none(source: str) -> None:
    assert find_fault(source) == ""
