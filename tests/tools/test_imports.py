"""Rules about imports that import-linter cannot express: which parts of the standard library each package may use."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PURE = (
    "__future__",
    "collections.abc",
    "enum",
    "hashlib",
    "heapq",
    "math",
    "numba",
    "numpy",
    "metalab.checkout",
    "metalab.protocol",
    "typing",
)
COMPILERS = ("protocol/kernel/compiling.py", "protocol/kernel/linking.py", "protocol/kernel/rule_keys.py")
COMPILING = (*PURE, "builtins", "dis", "llvmlite", "os", "pathlib", "sys", "types", "warnings")
NO_CHANCE = ("random", "secrets", "uuid", "numpy.random")
NO_CLOCK = ("time", "sched", "threading", "asyncio", "signal")
NO_NETWORK = ("socket", "ssl", "http", "urllib.request", "requests", "httpx", "aiohttp")
NO_PICKLE = ("pickle", "shelve", "marshal", "dill", "cloudpickle", "joblib")
CLOCK_CALLS = ("now", "today", "utcnow")

REFUSED = {
    "protocol": (*NO_CHANCE, *NO_CLOCK, *NO_NETWORK, *NO_PICKLE),
    "econ": (*NO_CHANCE, *NO_CLOCK, *NO_NETWORK, *NO_PICKLE),
    "experiments": (*NO_CHANCE, *NO_NETWORK, *NO_PICKLE, "streamlit", "mesa"),
    "ui": (*NO_CHANCE, *NO_NETWORK, *NO_PICKLE, "mesa"),
}


def list_imports(tree: ast.AST) -> Iterator[tuple[int, str, tuple[str, ...]]]:
    """Line, module and the full names that each import statement binds, wherever it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, (alias.name,)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield node.lineno, module, (module, *(f"{module}.{alias.name}" for alias in node.names))


def is_within(name: str, modules: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of the modules or lies in one."""
    return any(name == module or name.startswith(module + ".") for module in modules)


def find_strangers(tree: ast.AST, allowed: tuple[str, ...]) -> list[str]:
    """Imports from outside a list."""
    return [f"line {line}: {module}" for line, module, _ in list_imports(tree) if not is_within(module, allowed)]


def find_refused(tree: ast.AST, refused: tuple[str, ...]) -> list[str]:
    """Imports from inside a list, and numpy's generators reached as an attribute."""
    found = [f"line {line}: {name}" for line, _, names in list_imports(tree) for name in names if is_within(name, refused)]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "random" and ast.unparse(node.value) in {"np", "numpy"}:
            found.append(f"line {node.lineno}: numpy.random")
    return found


def find_clocks(tree: ast.AST) -> list[str]:
    """Calls that ask what time it is."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [f"line {call.lineno}: {ast.unparse(call.func)}" for call in calls if call.func.attr in CLOCK_CALLS]


def read_package(package: str) -> list[tuple[str, ast.Module]]:
    """Every module of a package: its path and its syntax tree."""
    paths = sorted((ROOT / package).rglob("*.py"))
    assert paths, f"{package} has no modules"
    return [(str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def test_protocol_imports_only_arrays_and_pure_modules() -> None:
    found = []
    for path, tree in read_package("protocol"):
        allowed = COMPILING if path in COMPILERS else PURE
        found += [f"{path} {stranger}" for stranger in find_strangers(tree, allowed)]
    assert found == []


@pytest.mark.parametrize("package", REFUSED)
def test_package_keeps_chance_network_and_pickle_out(package: str) -> None:
    found = [f"{path} {name}" for path, tree in read_package(package) for name in find_refused(tree, REFUSED[package])]
    assert found == []


@pytest.mark.parametrize("package", ["protocol", "econ"])
def test_simulation_never_asks_the_time(package: str) -> None:
    found = [f"{path} {call}" for path, tree in read_package(package) for call in find_clocks(tree)]
    assert found == []


@pytest.mark.parametrize("package", ["protocol", "econ", "experiments", "ui"])
def test_nothing_imports_tests_tools_or_the_app(package: str) -> None:
    found = [f"{path} {name}" for path, tree in read_package(package) for name in find_refused(tree, ("tests", "tools", "app"))]
    assert found == []


@pytest.mark.parametrize(
    ("source", "stranger"),
    [
        ("import pandas as pd", "line 1: pandas"),
        ("from collections import abc", "line 1: collections"),
        ("from dataclasses import dataclass", "line 1: dataclasses"),
        ("from . import units", "line 1: ."),
        ("import numpyro", "line 1: numpyro"),
        ("def f():\n    import os", "line 2: os"),
    ],
)
def test_a_stranger_is_found(source: str, stranger: str) -> None:
    assert find_strangers(ast.parse(source), PURE) == [stranger]


@pytest.mark.parametrize("source", ["import numpy as np", "from numba.core import config", "from collections.abc import Callable"])
def test_a_friend_passes(source: str) -> None:
    assert find_strangers(ast.parse(source), PURE) == []


@pytest.mark.parametrize("source", ["from numpy import random", "import random", "x = np.random.default_rng()", "import numpy.random"])
def test_chance_is_found(source: str) -> None:
    assert len(find_refused(ast.parse(source), NO_CHANCE)) == 1


def test_a_clock_is_found() -> None:
    assert find_clocks(ast.parse("datetime.date.today()")) == ["line 1: datetime.date.today"]
