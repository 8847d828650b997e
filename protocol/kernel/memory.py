"""The memory of a table as numbers addressed by row and word: for rules that go through all fields alike.

A record's scalars all take one word of 8 bytes (`protocol.kernel.declare`), so that a table of records is a matrix of words.
"""

from typing import Any

import numpy as np
from numba.core import types
from numba.core.imputils import lower_builtin
from numba.extending import type_callable
from numba.np import arrayobj

WORD = 8  # bytes of a scalar


def as_reals(table: Any) -> Any:
    """The memory of a whole table as float64, rows x words: what is written there is written in the table.

    Words that hold integers are nonsense here. Never return or keep it, and give it no part of a table: a table's nested
    record is not in one piece.
    """
    return _view(table, np.float64)


def as_words(table: Any) -> Any:
    """The same memory as int64, rows x words. Words that hold reals are nonsense here."""
    return _view(table, np.int64)


def _view(table: Any, kind: type[Any]) -> Any:
    """Of a structured array an array, of a `Table` a memoryview, whose elements are Python's own numbers."""
    array = getattr(table, "array", table)
    matrix = array.view(kind).reshape(len(array), array.dtype.itemsize // WORD)
    return matrix if array is table else memoryview(matrix)


def _make_type(table: Any, word: Any) -> Any:
    """The type of a view of a table; None, which numba reports, for what is no table in one piece."""
    is_table = isinstance(table, types.Array) and isinstance(table.dtype, types.Record)
    if not is_table or (table.ndim, table.layout) != (1, "C") or table.dtype.size % WORD:
        return None
    return types.Array(word, 2, "C", readonly=not table.mutable)


@type_callable(as_reals)  # type: ignore[untyped-decorator]
def _type_reals(context: Any) -> Any:  # noqa: ARG001  (numba's interface)
    return lambda table: _make_type(table, types.float64)


@type_callable(as_words)  # type: ignore[untyped-decorator]
def _type_words(context: Any) -> Any:  # noqa: ARG001  (numba's interface)
    return lambda table: _make_type(table, types.int64)


@lower_builtin(as_reals, types.Array)  # type: ignore[untyped-decorator]
@lower_builtin(as_words, types.Array)  # type: ignore[untyped-decorator]
def _lower_view(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    source = signature.args[0]
    table = arrayobj.make_array(source)(context, builder, arguments[0])
    view = arrayobj.make_array(signature.return_type)(context, builder)
    rows = builder.extract_value(table.shape, 0)
    words = context.get_constant(types.intp, source.dtype.size // WORD)
    length = context.get_constant(types.intp, source.dtype.size)
    word = context.get_constant(types.intp, WORD)
    data = builder.bitcast(table.data, view.data.type)
    arrayobj.populate_array(view, data=data, shape=[rows, words], strides=[length, word], itemsize=word, meminfo=None)
    return view._getvalue()
