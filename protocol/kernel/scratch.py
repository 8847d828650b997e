"""Room for intermediate numbers on the stack of the rule that asks for it."""

from typing import Any

import numpy as np
from numba.core import cgutils, types
from numba.core.imputils import lower_builtin
from numba.extending import type_callable
from numba.np import arrayobj

I64 = np.int64
"""The type of whole numbers, as in records."""


def make_scratch(count: int, dtype: Any) -> np.ndarray[Any, Any]:
    """An array of `count` numbers, undefined until written, gone when the rule returns: never return or store it.

    Compiled, `count` must be a constant. Memory from the heap would need counted references, and rules are compiled without.
    """
    return np.empty(count, dtype)


@type_callable(make_scratch)  # type: ignore[untyped-decorator]
def _type_scratch(context: Any) -> Any:
    def typer(count: Any, dtype: Any) -> Any:
        if isinstance(count, types.IntegerLiteral) and isinstance(dtype, types.NumberClass):
            return types.Array(dtype.instance_type, 1, "C")
        return None

    return typer


@lower_builtin(make_scratch, types.IntegerLiteral, types.NumberClass)  # type: ignore[untyped-decorator]
def _lower_scratch(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    kind = signature.return_type
    count = signature.args[0].literal_value
    size = context.get_abi_sizeof(context.get_data_type(kind.dtype))
    room = cgutils.alloca_once(builder, context.get_data_type(kind.dtype), size=count)
    array = arrayobj.make_array(kind)(context, builder)
    number = context.get_constant(types.intp, count)
    step = context.get_constant(types.intp, size)
    arrayobj.populate_array(array, data=room, shape=[number], strides=[step], itemsize=step, meminfo=None)
    return array._getvalue()
