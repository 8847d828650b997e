"""What tests share: small worlds, rows to call rules with, the three ways to run."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from metalab.econ.day import open_world, run_days
from metalab.econ.genesis import create_world
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.econ.kernel.records import COLUMNS, PARAMETERS, Params
from metalab.econ.kernel.scenario import Scenario
from metalab.econ.kernel.world import World
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Leaf, make_defaults
from metalab.protocol.kernel.rows import make_row as make_row
from metalab.protocol.kernel.rows import make_table as make_rows  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]

SMALL = {
    "population.users": 10,
    "population.developers": 5,
    "population.core": 5,
    "population.flex": 11,
    "population.guardian": 4,
    "population.genesis_core": 5,
    "population.genesis_flex": 10,
    "population.genesis_guardian": 4,
    "population.voters": 10,
    "population.traders": 6,
    "population.rollups": 3,
}
"""Sizes of the `minimal` world (MODEL 19)."""


LEAVES: dict[str, Leaf] = {leaf.path: leaf for leaf in PARAMETERS}


def make_scenario(**paths: Any) -> Scenario:
    """A small scenario. Write dots of a parameter's path as two underscores; values are in stored units."""
    parameters = make_defaults(Params)
    chosen = SMALL | {name.replace("__", "."): value for name, value in paths.items()}
    for path, value in chosen.items():
        if path in LEAVES:
            set_parameter(parameters, path, value)
        elif path not in SMALL:
            raise KeyError(path)
    return Scenario("small", parameters)


def set_parameter(parameters: Any, path: str, value: Any) -> None:
    """Write a parameter, in stored units, by its path."""
    place = parameters
    *parts, name = path.split(".")
    for part in parts:
        place = place[part]
    place[name] = value


def run_compiled(scenario: Scenario, seed: int, days: int) -> tuple[World, np.ndarray[Any, Any]]:
    """A world after some days, and its daily table."""
    world = create_world(scenario, seed)
    out = np.zeros((days, len(COLUMNS)))
    run_days(world, days, out)
    return world, out


def run_plain(scenario: Scenario, seed: int, days: int) -> tuple[World, np.ndarray[Any, Any]]:
    """The same by Python alone, from the opening of the world on."""
    world = allocate(scenario.parameters)
    rows = as_rows(world)
    plain(open_world)(rows, seed, 0, scenario.start_offset)
    out = np.zeros((days, len(COLUMNS)))
    plain(run_days)(rows, days, memoryview(out))
    return world, out


def find_modules(*packages: str) -> list[Path]:
    """All source files of packages of ours."""
    return sorted(path for package in packages for path in (ROOT / package).rglob("*.py"))


def find_rules(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """All functions marked `@rule`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any(isinstance(d, ast.Name) and d.id == "rule" for d in node.decorator_list):
            yield node
