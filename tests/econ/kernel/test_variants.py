"""Every variant that can be chosen is told apart somewhere: one member at most is what an `else` stands for."""

import ast

import pytest

from metalab.econ.kernel.records import PARAMETERS
from tests.support import find_modules

LOOKED_UP = {"PriceDate", "Compression"}
"""Variants that are the row of a table: their members are compared in test_storage, not branched on."""


def list_references() -> set[tuple[str, str]]:
    """Every `Enumeration.MEMBER` in the code of rules and behaviours."""
    nodes = (node for path in find_modules("protocol", "econ") for node in ast.walk(ast.parse(path.read_text())))
    return {(node.value.id, node.attr) for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)}


REFERENCES = list_references()
CHOICES = {leaf.info.choices.__name__: leaf.info.choices for leaf in PARAMETERS if leaf.info.choices is not None}


@pytest.mark.parametrize("name", sorted(CHOICES.keys() - LOOKED_UP))
def test_every_variant_but_one_has_a_branch(name: str) -> None:
    without = [member.name for member in CHOICES[name] if (name, member.name) not in REFERENCES]
    assert len(without) <= 1, f"{name}: {', '.join(without)} would all be the same"


def test_what_is_looked_up_is_a_choice() -> None:
    assert CHOICES.keys() >= LOOKED_UP


def test_a_member_without_a_branch_would_be_seen() -> None:
    assert ("SlashingSchedule", "COSMOS") in REFERENCES
    assert ("SlashingSchedule", "NEW_ONE") not in REFERENCES
