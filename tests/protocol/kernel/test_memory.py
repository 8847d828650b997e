"""Tables as matrices of words: compiled, plain and with numba switched off."""

import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from metalab.protocol.kernel.compiling import plain, rule
from metalab.protocol.kernel.declare import Record, Rows, Table, field
from metalab.protocol.kernel.memory import as_reals, as_words
from tests.support import ROOT


class Inner(Record):
    count: int = field("1")
    shares: list[float] = field("1", length=3)


class Outer(Record):
    level: float = field("1")
    inner: Inner
    code: int = field("1")


WORDS = 6


@rule
def shift(table: Rows[Outer]) -> float:
    """Add up all shares, halve the level of each row and number the codes."""
    reals = as_reals(table)
    words = as_words(table)
    total = 0.0
    for i in range(len(table)):
        for k in range(3):
            total += reals[i, 2 + k]
        reals[i, 0] = 0.5 * table[i].level
        words[i, 5] = words[i, 1] + i
    return total


@rule
def measure(table: Rows[Outer]) -> int:
    reals = as_reals(table)
    return reals.shape[0] * 1_000 + reals.shape[1]  # type: ignore[no-any-return]


@rule
def view_part(table: Any) -> float:
    return as_reals(table)[0, 0]  # type: ignore[no-any-return]


def make_table() -> Any:
    array = np.zeros(4, Outer.dtype)
    array["level"] = [1.0, 2.0, 3.0, 5.0]
    array["inner"]["count"] = [10, 20, 30, 40]
    array["inner"]["shares"] = np.arange(12.0).reshape(4, 3)
    return array


def check(array: Any, total: float) -> None:
    assert total == 66.0
    assert array["level"].tolist() == [0.5, 1.0, 1.5, 2.5]
    assert array["code"].tolist() == [10, 21, 32, 43]
    assert array["inner"]["shares"].tolist() == np.arange(12.0).reshape(4, 3).tolist()


def test_compiled_views_are_the_memory_of_the_table() -> None:
    array = make_table()
    check(array, shift(array))


def test_plain_views_are_the_memory_of_the_table() -> None:
    array = make_table()
    table: Any = Table(Outer, array)
    check(array, plain(shift)(table))
    assert type(as_reals(table)[0, 0]) is float
    assert type(as_words(table)[0, 5]) is int


def test_a_view_of_a_piece_of_a_larger_memory() -> None:
    memory = np.zeros(2 + 4 * WORDS, np.int64)
    array = memory[2:].view(Outer.dtype)
    array[:] = make_table()
    check(array, shift(array))


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_a_view_has_a_row_a_record_and_a_column_a_word(rows: int) -> None:
    array: Any = np.zeros(rows, Outer.dtype)
    table: Any = Table(Outer, array)
    assert measure(array) == plain(measure)(table) == rows * 1_000 + WORDS
    assert as_reals(array).shape == as_words(array).shape == (rows, WORDS)


def test_a_part_that_is_not_in_one_piece_is_refused_each_way() -> None:
    array = make_table()
    with pytest.raises(Exception, match="as_reals"):
        view_part(array["inner"])
    with pytest.raises(ValueError, match="contiguous"):
        as_reals(array["inner"])


def test_views_work_with_numba_switched_off() -> None:
    code = (
        "from tests.protocol.kernel.test_memory import *\n"
        "from metalab.protocol.kernel.compiling import INTERPRETED\n"
        "array = make_table(); check(array, shift(Table(Outer, array))); print(INTERPRETED)"
    )
    settings = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    outcome = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=120)
    assert outcome.stdout == "True\n", outcome.stderr
