"""Constants of the rules and of behaviour: each has its unit or its reason in words, and none is defined twice."""

import ast
import io
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support import ROOT, find_modules

MODULES = find_modules("protocol", "econ")
SHARED = (365.0, 3_600.0, 86_400.0)
"""Units that have a name in `protocol.kernel.calendar_units`."""


def find_constants(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Upper-case names that a module assigns, each with the place of its statement in the body."""
    for place, statement in enumerate(tree.body):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        if isinstance(statement, ast.AnnAssign):
            targets = [statement.target]
        for node in (name for target in targets for name in ast.walk(target)):
            if isinstance(node, ast.Name) and node.id.isupper():
                yield node.id, place


def is_alias(statement: ast.stmt) -> bool:
    """Whether a statement gives a member of an enumeration, which has its own words, as a plain integer."""
    value = getattr(statement, "value", None)
    return isinstance(value, ast.Call) and ast.unparse(value.func) == "int" and isinstance(value.args[0], ast.Attribute)


def is_series(statement: ast.stmt) -> bool:
    """Whether several names are assigned together: places of draws in one key, which mean something there alone."""
    return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Tuple)


def is_worded(tree: ast.Module, place: int, comments: set[int]) -> bool:
    """Whether a docstring follows a statement, or a comment stands on its lines or on the next one."""
    statement = tree.body[place]
    after = tree.body[place + 1] if place + 1 < len(tree.body) else None
    if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
        return True
    last = statement.end_lineno or statement.lineno
    return any(line in comments for line in range(statement.lineno, last + 2))


def find_comments(source: str) -> set[int]:
    """Lines that hold a comment."""
    return {token.start[0] for token in tokenize.generate_tokens(io.StringIO(source).readline) if token.type == tokenize.COMMENT}


def find_wordless(source: str, values: dict[str, Any]) -> list[str]:
    """Names of numeric constants of a module, whose names have these values, that nothing explains."""
    tree, comments = ast.parse(source), find_comments(source)
    return [
        name
        for name, place in find_constants(tree)
        if is_number(values[name]) and not is_alias(tree.body[place]) and not is_worded(tree, place, comments)
    ]


def is_number(value: object) -> bool:
    """Whether a constant holds a number; a switch is none."""
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)


@cache
def load(path: Path) -> dict[str, Any]:
    """The names of a module with their values."""
    return vars(import_module(".".join(("metalab", *path.relative_to(ROOT).with_suffix("").parts))))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_number_has_a_word(path: Path) -> None:
    assert find_wordless(path.read_text(), load(path)) == []


def test_no_number_is_defined_twice_under_one_name() -> None:
    places = defaultdict(list)
    for path in MODULES:
        tree = ast.parse(path.read_text())
        for name, place in find_constants(tree):
            if is_number(load(path)[name]) and not is_series(tree.body[place]):
                places[name, type(load(path)[name]), load(path)[name]].append(str(path.relative_to(ROOT)))
    assert {name: found for (name, *_), found in places.items() if len(found) > 1} == {}


def find_spelled(source: str) -> list[int]:
    """Lines of functions that write a shared unit as a number."""
    functions = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef))
    numbers = (node for function in functions for node in ast.walk(function) if isinstance(node, ast.Constant))
    return [node.lineno for node in numbers if isinstance(node.value, float) and node.value in SHARED]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_shared_units_are_named(path: Path) -> None:
    assert find_spelled(path.read_text()) == []


@pytest.mark.parametrize(
    ("source", "wordless"),
    [
        ("A = 3\n", ["A"]),
        ("A = 3\nB = 4\n'''Words of B.'''\n", ["A"]),
        ("# Words before.\nA = 3\n", ["A"]),
        ("A = 3  # words\n", []),
        ("A = 3\n# words below\n", []),
        ("A: int = 3\n", ["A"]),
        ("A, B = 0, 1\n", ["A", "B"]),
        ("A = 'text'\n", []),
        ("from enum import IntEnum\nclass E(IntEnum):\n    X = 1\nA = int(E.X)\n", []),
    ],
)
def test_the_check_sees_constants_without_words(source: str, wordless: list[str]) -> None:
    values: dict[str, Any] = {}
    exec(source, values)
    assert find_wordless(source, values) == wordless


def test_the_check_sees_a_unit_written_as_a_number() -> None:
    assert find_spelled("YEAR = 365.0\ndef f(x):\n    return x / 365.0\n") == [3]
