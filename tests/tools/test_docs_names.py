"""What the documents name exists: files, functions in them, targets of links, headings that links lead to."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.support import ROOT

DOCS = ROOT / "docs"
CODE = ("protocol", "econ", "experiments", "ui", "tools", "tests", "benchmarks", "metalab")
NAME = re.compile(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|toml|csv|md))(?::([A-Za-z_]\w*))?`")
"""A file in code type, with or without the name of something in it."""
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HISTORY = ("CHANGELOG.md",)
"""Tells of the past, with the names of the time."""


@cache
def list_pages() -> tuple[Path, ...]:
    """Every Markdown file of the repository; folders that begin with a point are not part of it."""
    places = [ROOT, *(folder for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith("."))]
    found = {page for place in places for page in (place.glob("*.md") if place == ROOT else place.rglob("*.md"))}
    return tuple(sorted(page for page in found if "metalab" not in page.relative_to(ROOT).parts))


def read_prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


def find_definitions(body: list[ast.stmt]) -> Iterator[str]:
    """Names that a module binds at its top level."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@cache
def read_definitions(file: Path) -> frozenset[str]:
    """Names that a file of code defines."""
    return frozenset(find_definitions(ast.parse(file.read_text(encoding="utf-8")).body))


def find_file(name: str) -> Path | None:
    """The file of this name, from the root or, for data, from docs/."""
    return next((place / name for place in (ROOT, DOCS) if (place / name).is_file()), None)


def find_fault(name: str, inside: str) -> str:
    """What is wrong with a mention; empty when it can be found."""
    file = find_file(name)
    if file is None:
        return f"{name}: no such file"
    if inside and inside not in read_definitions(file):
        return f"{name}: no {inside} in it"
    return ""


def list_mentions(text: str) -> list[tuple[str, str]]:
    """Files, and names in them, that a text names; runs write into out/."""
    return [(name, inside) for name, inside in NAME.findall(text) if not name.startswith("out/")]


def compute_anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as they are made for the web, and those written into it."""
    anchors: set[str] = set(re.findall(r'<a id="([^"]+)">', page.read_text(encoding="utf-8")))
    for heading in re.findall(r"^#+ (.+)$", read_prose(page), re.MULTILINE):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        slug = re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")
        count = sum(anchor == slug or re.fullmatch(re.escape(slug) + r"-\d+", anchor) is not None for anchor in anchors)
        anchors.add(f"{slug}-{count}" if count else slug)
    return anchors


def find_broken(page: Path, target: str) -> str:
    """What is wrong with a link; empty when it leads somewhere. Addresses on the web are not followed."""
    if "://" in target or target.startswith("mailto:"):
        return ""
    name, _, anchor = target.partition("#")
    file = (page.parent / name).resolve() if name else page
    if not file.exists():
        return f"{page.relative_to(ROOT)}: {target}"
    if anchor and anchor not in compute_anchors(file):
        return f"{page.relative_to(ROOT)}: no heading {target}"
    return ""


def test_there_are_pages() -> None:
    names = {str(page.relative_to(ROOT)) for page in list_pages()}
    assert {"README.md", "CONTRIBUTING.md", "docs/README.md", "docs/architecture.md", "docs/rooms/fees.md"} <= names


def test_every_named_file_and_function_exists() -> None:
    faults = {
        f"{page.relative_to(ROOT)}: {fault}"
        for page in list_pages()
        if page.name not in HISTORY
        for name, inside in list_mentions(read_prose(page))
        if (fault := find_fault(name, inside))
    }
    assert faults == set()


def test_every_link_leads_somewhere() -> None:
    broken = [fault for page in list_pages() for target in LINK.findall(read_prose(page)) if (fault := find_broken(page, target))]
    assert broken == []


def test_every_page_of_docs_is_on_the_map() -> None:
    """From docs/README.md, over any number of links, every page below docs/ can be reached."""
    reached, waiting = set(), [DOCS / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        targets = [(page.parent / target.partition("#")[0]).resolve() for target in LINK.findall(read_prose(page)) if "://" not in target]
        waiting += [target for target in targets if target.is_file()]
    missing = {str(page.relative_to(ROOT)) for page in list_pages() if DOCS in page.parents} - {
        str(page.relative_to(ROOT)) for page in reached
    }
    assert missing == set()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("see `protocol/fees/fees.py:compute_quote`", ""),
        ("see `econ/day.py` and `data/era_price.csv`", ""),
        ("see `protocol/fees/fees.py:no_such_rule`", "protocol/fees/fees.py: no no_such_rule in it"),
        ("see `protocol/fees/nothing.py`", "protocol/fees/nothing.py: no such file"),
    ],
)
def test_a_name_that_is_not_there_is_found(text: str, fault: str) -> None:
    assert "".join(find_fault(*mention) for mention in list_mentions(text)) == fault


def test_a_broken_link_is_found() -> None:
    page = DOCS / "README.md"
    assert find_broken(page, "nowhere.md") == "docs/README.md: nowhere.md"
    assert find_broken(page, "reference/parameters.md#room-nowhere") == "docs/README.md: no heading reference/parameters.md#room-nowhere"
    assert find_broken(page, "reference/parameters.md#room-staking") == ""
