"""Every module of the simulation acts: it is reached by the imports of what people start, not by tests alone."""

import ast
from collections.abc import Iterator
from importlib.util import resolve_name
from pathlib import Path

from metalab.experiments.commands.systems import list_systems
from tests.support import ROOT

STARTED = ("app.py", "ui", "experiments", "tools", "metalab/__main__.py")
"""What people start. Commands and exports are imported by name when asked for, so everything in these folders counts."""
LAZY = ("econ.model", "econ.agents.populations")
"""Exported by `econ` and imported at the first use of an export."""
UNUSED = {
    "econ.scaling.fastclock.jobs": "every transaction on its own, slowly: what the queue of a tick is checked against",
    "protocol.kernel.rows": "the front door of `metalab.protocol`, for people who use single rules",
}
"""Modules that nothing but tests reaches, and why they are kept."""


def find_names(node: ast.AST) -> Iterator[str]:
    """Modules that may be imported below a node; blocks for type checking do not count."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from find_names(child)


def find_file(module: str) -> Path | None:
    """The file of a module of ours."""
    path = ROOT.joinpath(*module.removeprefix("metalab.").split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.exists()), None)


def reach(files: list[Path]) -> set[Path]:
    """The files and all that they import, directly or not."""
    seen: set[Path] = set()
    todo = list(files)
    while todo:
        file = todo.pop()
        if file not in seen:
            seen.add(file)
            todo += [found for name in find_names(ast.parse(file.read_text())) if (found := find_file(resolve_name(name, None)))]
    return seen


def list_started() -> list[Path]:
    """Every file that people start."""
    files = [file for name in LAZY if (file := find_file(name))]
    for name in STARTED:
        files += [ROOT / name] if name.endswith(".py") else sorted((ROOT / name).rglob("*.py"))
    return files


def list_modules() -> dict[str, Path]:
    """Modules of the simulation by name, packages apart."""
    paths = sorted(path for package in ("protocol", "econ") for path in (ROOT / package).rglob("*.py") if path.name != "__init__.py")
    return {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in paths}


def test_every_module_is_reached_by_what_people_start() -> None:
    used = reach(list_started())
    assert {name for name, path in list_modules().items() if path not in used} == set(UNUSED)


def test_every_module_of_the_list_of_systems_is_one_that_acts() -> None:
    named = {module for row in list_systems() for module in row["modules"].split()}
    assert named - set(list_modules()) == set()
    assert named & set(UNUSED) == set()


def test_an_import_for_types_alone_does_not_count() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import econ.day\ndef f():\n    from econ import genesis"
    assert set(find_names(ast.parse(source))) == {"typing", "typing.TYPE_CHECKING", "econ", "econ.genesis"}
