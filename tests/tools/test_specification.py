"""The specification is complete: every parameter is on its room's page, every link names what it leads to, and no number is lost."""

import re
from collections.abc import Callable
from functools import cache

import pytest

from metalab.econ.day import DAY
from metalab.econ.kernel.records import PARAMETERS, ROOMS, Params, find_room
from tests.support import ROOT
from tests.tools.test_docs_names import compute_anchors

FOLDER = ROOT / "docs" / "specification"
REFERENCE = ROOT / "docs" / "reference" / "parameters.md"
PARAMETER = re.compile(r"\[`([\w.]+)`\]\(\.\./reference/parameters\.md#([\w-]+)\)")
"""A link to the row of a parameter."""
RULE = re.compile(r"`(?:protocol|econ)/[\w/]+\.py:\w+`")
EARLIER = {"MODEL": range(20), "ECONOMY": range(1, 30), "LOOPS": range(1, 13), "ECONOMY sanity check": range(1, 13)}
"""Numbered sections of the editions before, which sources of parameters name."""


@cache
def read_page(name: str) -> str:
    """A page of the specification."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


@cache
def list_anchors() -> frozenset[str]:
    """Places in the reference that a page can link to."""
    return frozenset(compute_anchors(REFERENCE))


def list_parameters(room: str) -> set[str]:
    """Paths of the parameters declared in a room."""
    return {leaf.path for leaf in PARAMETERS if find_room(Params.parts[leaf.path.split(".")[0]]) == room}


def list_linked(text: str) -> set[str]:
    """Paths of the parameters that a text links to."""
    return {path for path, _ in PARAMETER.findall(text)}


def find_wrong_links(text: str) -> list[str]:
    """Links whose text is not the parameter they lead to."""
    return [
        f"{path} -> {anchor}"
        for path, anchor in PARAMETER.findall(text)
        if anchor != path.replace(".", "-") or anchor not in list_anchors()
    ]


def list_moved(text: str) -> set[str]:
    """Sections of earlier editions that a text says have moved: the first column of its table."""
    moved = set()
    for kind, first, last in re.findall(r"^\| (MODEL|ECONOMY|LOOPS|ECONOMY sanity check) (\d+)(?:-(\d+))? \|", text, re.MULTILINE):
        moved |= {f"{kind} {n}" for n in range(int(first), int(last or first) + 1)}
    return moved


def get_module(phase: Callable[..., None]) -> str:
    """Where a phase is, from the root of the repository without its ending."""
    return phase.__module__.removeprefix("metalab.").replace(".", "/")


@pytest.mark.parametrize("room", ROOMS)
def test_every_parameter_of_a_room_is_on_its_page(room: str) -> None:
    assert list_parameters(room) - list_linked(read_page(room)) == set()


def test_parameters_of_no_room_are_in_the_conventions() -> None:
    assert list_parameters("kernel") - list_linked(read_page("README")) == set()


def test_no_page_is_left_over() -> None:
    assert {page.stem for page in FOLDER.glob("*.md")} == {*ROOMS, "README"}


@pytest.mark.parametrize("room", ROOMS)
def test_links_to_parameters_say_where_they_lead(room: str) -> None:
    assert find_wrong_links(read_page(room)) == []


@pytest.mark.parametrize("room", ROOMS)
def test_a_page_names_rules(room: str) -> None:
    assert len(RULE.findall(read_page(room))) >= 3


def test_sections_of_earlier_editions_can_be_found() -> None:
    assert list_moved(read_page("README")) == {f"{kind} {n}" for kind, numbers in EARLIER.items() for n in numbers}


def test_the_order_of_a_day_is_that_of_the_code() -> None:
    phases = re.findall(r"^\| \d+ \| `([\w/]+)\.py:(\w+)`", read_page("README"), re.MULTILINE)
    assert phases == [(get_module(phase), phase.__name__) for phase in DAY]


def test_faults_are_found() -> None:
    good = "[`fees.split`](../reference/parameters.md#fees-split)"
    assert find_wrong_links(good) == []
    assert list_linked(good) == {"fees.split"}
    assert find_wrong_links(good.replace("#fees-split", "#fees-indexation")) != []
    assert find_wrong_links(good.replace("split", "splits")) != []
    assert list_moved("| MODEL 3 | here |\n| ECONOMY 6-8 | there |\nMODEL 9\n") == {"MODEL 3", "ECONOMY 6", "ECONOMY 7", "ECONOMY 8"}
