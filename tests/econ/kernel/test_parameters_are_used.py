"""Every parameter is read, every draw is used, every metric is written: found in the sources, not by running them.

Records are followed by their declared types: from annotated arguments, tables of a world, parts of records, groups of
records (a NamedTuple such as `Around`) and names bound to them. An attribute of something else does not count, however it is called.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from metalab.econ.kernel.records import Params
from metalab.econ.kernel.world import RECORDS
from metalab.protocol.kernel.declare import Record
from tests.support import ROOT, find_modules

CLASSES: dict[str, Any] = {record.__name__: record for record in Record.__subclasses__()}
FREE = {("HolderDraws", "mood")}
"""Draws that no rule of ours uses: kept for subclasses, because indices are permanent."""
Place = tuple[str, str]


class Reader(ast.NodeVisitor):
    """Collects (record, field) pairs that a module reads and writes."""

    def __init__(self) -> None:
        self.draws: Any = None
        self.reads: dict[Place, int] = defaultdict(int)
        self.writes: dict[Place, int] = defaultdict(int)
        self.known: dict[str, Any] = {}

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        """A function has names of its own."""
        outer, self.known = self.known, {}
        for argument in node.args.args + node.args.kwonlyargs:
            self.known[argument.arg] = read_annotation(argument.annotation) or self.guess(argument.arg)
        for statement in node.body:
            self.visit(statement)
        self.known = outer

    def guess(self, name: str) -> Any:
        """What an argument without a telling annotation is; `draws` is the table of the population whose phase this is."""
        return self.draws if name == "draws" else find_table(name)

    def resolve(self, node: ast.expr) -> Any:
        """What an expression is: a record, a one-element list of a record for a table, a group's parts, "world", or None."""
        if isinstance(node, ast.Name):
            return self.known.get(node.id)
        if isinstance(node, ast.Subscript):
            table = self.resolve(node.value)
            return table[0] if isinstance(table, list) else None
        if not isinstance(node, ast.Attribute):
            return None
        owner = self.resolve(node.value)
        if owner == "world":
            return find_table(node.attr)
        if isinstance(owner, dict):
            return owner.get(node.attr)
        return owner.parts.get(node.attr) if isinstance(owner, type) else None

    def note(self, node: ast.Attribute, found: dict[Place, int]) -> None:
        """Count an attribute of a record."""
        owner = self.resolve(node.value)
        if isinstance(owner, type):
            found[owner.__name__, node.attr] += 1

    def visit_Attribute(self, node: ast.Attribute) -> None:
        """Reading."""
        self.note(node, self.reads)
        self.visit(node.value)

    def visit_Assign(self, node: ast.Assign) -> None:
        """Names are bound to what they are given; fields are written."""
        self.visit(node.value)
        for target in node.targets:
            for left, right in pair(target, node.value):
                self.store(left, right)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        """Adding to a field writes it; that it is read by that does not make it used."""
        self.visit(node.value)
        self.store(node.target, None)

    def store(self, target: ast.expr, value: ast.expr | None) -> None:
        """One target of an assignment."""
        if isinstance(target, ast.Name):
            self.known[target.id] = None if value is None else self.resolve(value)
            return
        if isinstance(target, ast.Subscript):
            self.visit(target.slice)
            target = target.value
        if isinstance(target, ast.Attribute):
            self.note(target, self.writes)
            target = target.value
        self.visit(target)


def pair(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Targets with what each is given, as far as the source tells."""
    if not isinstance(target, ast.Tuple):
        yield target, value
    elif isinstance(value, ast.Tuple) and len(value.elts) == len(target.elts):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield from ((left, None) for left in target.elts)


def read_annotation(node: ast.expr | None) -> Any:
    """What an argument's annotation says it is."""
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == "Rows":
        inner = read_annotation(node.slice)
        return [inner] if isinstance(inner, type) else None
    if not isinstance(node, ast.Name):
        return None
    return "world" if node.id == "World" else CLASSES.get(node.id)


def find_table(name: str) -> Any:
    """The table of a world that a field or an argument of this name is."""
    return [RECORDS[name]] if name in RECORDS else None


def find_groups(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Named tuples that a module declares, with what each of their parts is."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef) and [base.id for base in node.bases if isinstance(base, ast.Name)] == ["NamedTuple"]:
            parts = [line for line in node.body if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)]
            yield node.name, {line.target.id: read_annotation(line.annotation) for line in parts if isinstance(line.target, ast.Name)}


def read_sources(*sources: tuple[str, str]) -> Reader:
    """Everything that some modules, given by name and text, read and write."""
    reader = Reader()
    for _, text in sources:
        CLASSES.update({name: parts for name, parts in find_groups(text) if name not in ("World", "Flat")})
    for name, text in sources:
        reader.draws = find_table(f"{name[:-1]}_draws")
        reader.visit(ast.parse(text))
    return reader


def find_declared(kind: str, record: type[Record]) -> list[Place]:
    """Fields of a kind below a record."""
    own = [(record.__name__, name) for name, info in record.infos.items() if info.kind == kind]
    return own + [place for part in record.parts.values() for place in find_declared(kind, part)]


def find_sizes(path: Path) -> set[str]:
    """Names in a module as text: sizes of tables are taken from the array of parameters, before there is a world."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.fixture(scope="module")
def sources() -> Reader:
    return read_sources(*((path.stem, path.read_text()) for path in find_modules("protocol", "econ")))


def test_every_parameter_is_read(sources: Reader) -> None:
    sizes = {("Population", name) for name in find_sizes(ROOT / "econ" / "kernel" / "memory.py") | RECORDS.keys()}
    sizes |= {(part.__name__, "count") for name, part in Params.parts.items() if name in RECORDS}
    assert [place for place in find_declared("parameter", RECORDS["params"]) if place not in sources.reads.keys() | sizes] == []


def test_every_metric_is_written(sources: Reader) -> None:
    assert [place for place in find_declared("metric", RECORDS["today"]) if place not in sources.writes] == []


def test_every_draw_is_used(sources: Reader) -> None:
    draws = [place for name, record in RECORDS.items() if name.endswith("_draws") for place in find_declared("draw", record)]
    assert {place for place in draws if place not in sources.reads} == FREE


@pytest.mark.parametrize(
    ("body", "is_read"),
    [
        ("def f(p: Fees): return p.convert_native", True),
        ("def f(w: World): return w.params[0].fees.convert_native", True),
        ("def f(params): x = params[0]; p = x.fees; return p.convert_native", True),
        ("class Group(NamedTuple):\n    p: Fees\ndef f(w: Group): return w.p.convert_native", True),
        ("class Group(NamedTuple):\n    p: Staking\ndef f(w: Group): return w.p.convert_native", False),
        ("def f(p: Staking): return p.convert_native", False),
        ("def f(p: Fees): p.convert_native = 1", False),
        ("def f(p: Fees): p.convert_native += 1", False),
        ("def f(p): return p.convert_native", False),
        ("def f(p: Fees): p = 1; return p.convert_native", False),
    ],
)
def test_reading_is_told_from_what_looks_like_it(body: str, is_read: bool) -> None:
    assert (("Fees", "convert_native") in read_sources(("any", body)).reads) is is_read
