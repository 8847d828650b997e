"""Which edits make which rules compile again, each in a process of its own."""

import shutil
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.rule_keys import describe_types, find_facts, hash_piece, hash_reach
from tests.protocol.kernel.test_compiling import list_compiled, make_project

CALL = "top(make())"
FILES = {
    "codes": """
from enum import IntEnum

class Code(IntEnum):
    OPEN = 3
    SHUT = 4

LIMIT = 100
TABLE = (1.0, 2.5)
""",
    "leaf": """
from metalab.econ.codes import TABLE
from metalab.protocol.kernel.compiling import rule

@rule
def leaf(x: float) -> float:
    return 2.0 * x

@rule
def other(x: float) -> float:
    return TABLE[1] + x
""",
    "middle": """
from metalab.econ import codes
from metalab.econ.leaf import leaf
from metalab.protocol.kernel.compiling import rule

@rule
def middle(row) -> float:
    total = leaf(row.level) + later(row)
    if row.code == codes.Code.OPEN:
        total += 0.5
    return total

@rule
def later(row) -> float:
    return row.inner.count + 0.0
""",
    "top": """
import numpy as np

from metalab.econ.codes import LIMIT
from metalab.econ.leaf import other
from metalab.econ.middle import middle
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field

class Inner(Record):
    count: int = field("1")

class Row(Record):
    level: float = field("1")
    inner: Inner
    code: int = field("1")

@rule
def top(rows) -> float:
    return min(middle(rows[0]), LIMIT) + other(0.0)

def make():
    rows = np.zeros(2, Row.dtype)
    rows["level"], rows["code"], rows["inner"]["count"] = 1.0, 3, 7
    return rows
""",
}
FIRST = 2.0 + 7.0 + 0.5 + 2.5


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four modules, compiled: top calls middle and other, middle calls leaf and, further down, later."""
    folder = make_project(tmp_path_factory.mktemp("template"))
    for name, text in FILES.items():
        (folder / "metalab" / "econ" / f"{name}.py").write_text(text)
    assert list_compiled(folder, "metalab.econ.top", CALL) == (str(FIRST), "later leaf middle other top")
    return folder


@pytest.fixture
def compiled(template: Path, tmp_path: Path) -> Path:
    """The same with a cache of its own, elsewhere: nothing depends on where the files are or when they were written."""
    shutil.copytree(template, tmp_path / "copy", ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path / "copy"


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / "metalab" / "econ" / f"{name}.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize(
    ("name", "old", "new", "value", "names"),
    [
        pytest.param("leaf", "2.0 * x", "3.0 * x", FIRST + 1.0, "leaf top", id="body of a leaf"),
        pytest.param("middle", "0.5", "0.25", FIRST - 0.25, "middle top", id="body in the middle"),
        pytest.param("middle", "row.inner.count + 0.0", "row.inner.count + 1.0", FIRST + 1.0, "later top", id="body of one defined later"),
        pytest.param("top", "+ other", "- other", FIRST - 5.0, "top", id="body of the entry"),
        pytest.param("codes", "LIMIT = 100", "LIMIT = 9", 11.5, "top", id="constant"),
        pytest.param("codes", "2.5)", "4.5)", FIRST + 2.0, "other top", id="constant in a tuple"),
        pytest.param("codes", "OPEN = 3", "OPEN = 5", FIRST - 0.5, "middle top", id="value of an enumeration"),
        pytest.param("codes", "SHUT = 4", "SHUT = 5", FIRST, "", id="value that nobody reads"),
        pytest.param("leaf", "return 2.0 * x", "return int(x)", FIRST - 1.0, "leaf middle top", id="type of a result"),
        pytest.param("top", "level: float", "extra: int = field('1')\n    level: float", FIRST, "later middle top", id="layout"),
        pytest.param("top", "count: int", "extra: int = field('1')\n    count: int", FIRST, "later middle top", id="nested layout"),
        pytest.param("leaf", "def leaf", "# Why.\ndef leaf", FIRST, "", id="comment"),
        pytest.param("leaf", "    return 2.0", '    """Twice."""\n\n    return 2.0', FIRST, "", id="docstring"),
        pytest.param("leaf", "@rule", "UNUSED = 1\n\n@rule", FIRST, "", id="next door"),
        pytest.param("leaf", "def leaf(x: float)", "def leaf(x: int)", FIRST, "", id="annotation"),
    ],
)
def test_an_edit_compiles_what_depends_on_it_and_no_more(compiled: Path, name: str, old: str, new: str, value: float, names: str) -> None:
    edit(compiled, name, old, new)
    assert list_compiled(compiled, "metalab.econ.top", CALL) == (str(value), names)


def test_going_back_to_an_earlier_body_compiles_nothing(compiled: Path) -> None:
    edit(compiled, "leaf", "2.0 * x", "3.0 * x")
    list_compiled(compiled, "metalab.econ.top", CALL)
    edit(compiled, "leaf", "3.0 * x", "2.0 * x")
    assert list_compiled(compiled, "metalab.econ.top", CALL) == (str(FIRST), "")


def test_settings_have_caches_of_their_own(compiled: Path) -> None:
    names = "later leaf middle other top"
    assert list_compiled(compiled, "metalab.econ.top", CALL, NUMBA_BOUNDSCHECK="1") == (str(FIRST), names)
    assert list_compiled(compiled, "metalab.econ.top", CALL) == (str(FIRST), "")


def test_a_rule_may_call_itself(tmp_path: Path) -> None:
    project = make_project(tmp_path)
    text = (
        "from metalab.protocol.kernel.compiling import rule\n\n"
        "@rule\ndef count(n):\n    if n <= 0:\n        return 0\n    return 1 + count(n - 1)\n"
        "\n@rule\ndef start(n):\n    return count(n)\n"
    )
    (project / "metalab" / "econ" / "loop.py").write_text(text)
    assert list_compiled(project, "metalab.econ.loop", "start(5)") == ("5", "count start")
    (project / "metalab" / "econ" / "loop.py").write_text(text.replace("1 + count", "2 + count"))
    assert list_compiled(project, "metalab.econ.loop", "start(5)") == ("10", "count start")


@rule
def ping(n: int) -> int:
    return pong(n - 1) if n > 0 else 0


@rule
def pong(n: int) -> int:
    return ping(n - 1) if n > 0 else 1


def test_keys_of_rules_that_call_each_other_are_found() -> None:
    keys: set[str] = set()
    for known in (ping, pong):
        function: Any = known
        keys |= {hash_reach(function.py_func), hash_piece(function.py_func)}
    assert len(keys) == 4


def test_rules_that_call_each_other_are_refused_not_run() -> None:
    @rule
    def start(n: int) -> int:
        return ping(n)

    for _ in range(2):
        with pytest.raises(TypeError, match="in a circle"):
            start(5)


def make_adder(step: Any) -> Any:
    @rule
    def add(x: int) -> int:
        return x + step  # type: ignore[no-any-return]

    return add


def test_rules_made_by_one_function_differ_by_what_they_close_over() -> None:
    one, ten = make_adder(1), make_adder(10)

    @rule
    def both(x: int) -> int:
        return one(x) * 100 + ten(x)  # type: ignore[no-any-return]

    assert hash_piece(one.py_func) != hash_piece(ten.py_func)
    assert both(1) == 211
    assert [callee.py_func for callee in find_facts(both.py_func).callees] == [one.py_func, ten.py_func]  # type: ignore[attr-defined]


def test_values_that_differ_have_keys_that_differ() -> None:
    steps = (1, 1.0, True, "1", (1,), (1.0,), np.float64(1), np.array([1]), np.array([1.0]), np.array([[1]]), None)
    assert len({hash_piece(make_adder(step).py_func) for step in steps}) == len(steps)


def test_types_differ_by_names_of_fields_too() -> None:
    import numba

    class One(NamedTuple):
        a: int
        b: int

    class Other(NamedTuple):
        b: int
        a: int

    class Level(IntEnum):
        LOW = 1

    Other.__qualname__, Other.__name__ = One.__qualname__, "One"
    inner = (np.dtype([("a", "<i8"), ("b", "<i8")]), np.dtype([("b", "<i8"), ("a", "<i8")]))
    rows = [np.zeros(2, [("in", kind)]) for kind in inner]
    samples = [One(1, 2), Other(1, 2), Level.LOW, 1, 1.0, *rows, rows[0][:1]["in"]]
    assert len({describe_types([numba.typeof(sample)]) for sample in samples}) == len(samples)
