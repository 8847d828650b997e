"""Keys of compiled rules: what the machine code of a rule depends on, no more and no less.

A rule's own intermediate code depends on its bytecode, on the values it reads by name and on how the rules it calls are to be
called; only an entry, which holds the code of every rule it reaches, depends on their bodies too. Comments, docstrings, places
in a file and rules next door change no key. Layouts of records are part of the types of arguments: `describe_types`.
"""

import builtins
import dis
import hashlib
import sys
from collections.abc import Iterator
from enum import EnumType
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, NamedTuple

import llvmlite  # type: ignore[import-untyped]
import numba
import numpy as np
from numba.core import config, types
from numba.core.types.containers import BaseNamedTuple, BaseTuple

COMPILER = Path(__file__).with_name("linking.py")
"""How rules are compiled; an edit of it makes all compiled code old."""
KNOWN = sys.stdlib_module_names | {"numba", "numpy", "llvmlite"}
"""Packages whose functions change only with their versions."""
DIGITS = 20
"""Hexadecimal digits of a key: 80 bits, so that two rules never share one by chance."""


class Facts(NamedTuple):
    """What one rule's own lines depend on, and the compiled functions they call in order of their names."""

    own: str
    callees: tuple[Any, ...]


def shorten(text: str | bytes) -> str:
    """A short hash."""
    return hashlib.sha256(text if isinstance(text, bytes) else text.encode()).hexdigest()[:DIGITS]


def describe_settings() -> str:
    """Everything besides sources and types that changes the code that is made."""
    versions = (sys.implementation.cache_tag, numba.__version__, llvmlite.__version__, np.__version__)
    known = (config.BOUNDSCHECK, config.OPT, config.LOOP_VECTORIZE, config.SLP_VECTORIZE, config.DEBUGINFO_DEFAULT)
    flags = (config.DISABLE_INTEL_SVML, config.CPU_NAME, config.CPU_FEATURES, config.ENABLE_AVX)
    return repr((versions, known, flags, shorten(COMPILER.read_bytes())))


def find_codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and those within it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from find_codes(constant)


def describe_code(code: CodeType, doc: str | None = None) -> str:
    """Bytecode and constants, without docstring, line numbers and annotations."""
    constants = list(code.co_consts)
    if doc is not None and constants[:1] == [doc]:
        constants[0] = None
    values = [describe_code(c) if isinstance(c, CodeType) else describe_value(c) for c in constants]
    # Line numbers reach compiled code only with debug information.
    lines = (code.co_firstlineno, code.co_linetable) if config.DEBUGINFO_DEFAULT else ()
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    shape = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags, code.co_exceptiontable)
    return repr((code.co_code, values, names, shape, lines))


def is_rule(value: Any) -> bool:
    """Whether this is a rule, whose code is linked when an entry is made."""
    return bool(getattr(type(value), "is_rule", False))


def is_compiled(value: Any) -> bool:
    """Whether numba compiles this, rule or not."""
    return hasattr(value, "py_func") and not isinstance(value, type)


def describe_call(function: FunctionType) -> str:
    """What a caller has to know of a rule besides the types that go in and come out: its name, arguments and defaults."""
    code = function.__code__
    arguments = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return repr((name_function(function), arguments, code.co_flags, function.__defaults__, function.__kwdefaults__))


def name_function(function: Any) -> str:
    """Module and place within it."""
    return f"{function.__module__}.{function.__qualname__}"


def describe_value(value: Any) -> str:
    """A value that code reads by name, exactly."""
    if is_compiled(value):
        return describe_call(value.py_func)
    if isinstance(value, type):
        return describe_class(value)
    if isinstance(value, (tuple, frozenset)):
        items = [describe_value(item) for item in value]
        return f"{describe_class(type(value))}{sorted(items) if isinstance(value, frozenset) else items}"
    if isinstance(value, np.ndarray):
        return repr((value.dtype.descr, value.shape, value.strides, hashlib.sha256(value.tobytes()).hexdigest()))
    if isinstance(value, (FunctionType, BuiltinFunctionType, np.ufunc)):
        return describe_function(value)
    definition = getattr(value, "_defn", None)  # numba's intrinsics
    return describe_function(definition) if definition is not None else f"{type(value).__qualname__} {value!r}"


def describe_class(cls: type) -> str:
    """A class: members of an enumeration and fields of a named tuple with what they stand for."""
    name = name_function(cls)
    if isinstance(cls, EnumType):
        members: Any = cls.__members__
        return f"{name} {[(member, item.value) for member, item in members.items()]}"
    if hasattr(cls, "_fields"):
        return f"{name} {cls._fields} {getattr(cls, '_field_defaults', {})!r}"
    return name if cls.__module__.split(".")[0] in KNOWN else f"{name} {hash_file(cls.__module__)}"


def describe_function(function: Any) -> str:
    """A function that numba knows in its own way: one of ours by its whole file, which says what numba is to make of it."""
    module = getattr(function, "__module__", None) or ""
    name = f"{module}.{getattr(function, '__qualname__', function.__name__)}"
    return name if module.split(".")[0] in KNOWN | {""} else f"{name} {hash_file(module)}"


def hash_file(module: str) -> str:
    """The source of a module; nothing where it has none."""
    file = getattr(sys.modules.get(module), "__file__", None)
    return shorten(Path(file).read_bytes()) if file else ""


def find_chains(code: CodeType) -> dict[tuple[str, ...], None]:
    """Names that code reads, each with the attributes taken from it at once: ("Cause", "BUY")."""
    chains: dict[tuple[str, ...], None] = {}
    chain: tuple[str, ...] = ()
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_ATTR", "LOAD_METHOD") and chain:
            chain += (step.argval,)
        elif step.opname != "EXTENDED_ARG":
            chains[chain] = None
            chain = (step.argval,) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "LOAD_DEREF") else ()
    chains[chain] = None
    return chains


def resolve(value: Any, chain: tuple[str, ...]) -> Any:
    """What a name with attributes stands for: followed through modules and to the members of enumerations."""
    for name in chain:
        if not isinstance(value, (ModuleType, EnumType)) or not hasattr(value, name):
            break
        value = getattr(value, name)
    return value


def find_values(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """Every value a function reads by name: of its module, of the functions around it, of Python."""
    around = read_cells(function)
    for code in find_codes(function.__code__):
        known = {name: find_name(function, around, name) for name in (*code.co_names, *code.co_freevars)}
        nested = {name for name, value in known.items() if isinstance(value, (ModuleType, EnumType))}
        yield from ((name, value) for name, value in known.items() if name not in nested and value is not None)
        for chain in find_chains(code) if nested else ():
            if chain and chain[0] in nested:
                value = resolve(known[chain[0]], chain[1:])
                yield ".".join(chain), list_attributes(value, code) if isinstance(value, ModuleType) else value


def read_cells(function: FunctionType) -> dict[str, Any]:
    """The values of the functions around a function that it reads; a name that has none yet is left out."""
    around = {}
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        try:
            around[name] = cell.cell_contents
        except ValueError:
            continue
    return around


def find_name(function: FunctionType, around: dict[str, Any], name: str) -> Any:
    """The value of a name where a function uses it; None where it is the name of an attribute only."""
    if name in around:
        return around[name]
    return function.__globals__.get(name, getattr(builtins, name, None))


def list_attributes(module: ModuleType, code: CodeType) -> tuple[Any, ...]:
    """A module that code hands on: all of it that the code may name."""
    return tuple(getattr(module, name, None) for name in code.co_names)


_FACTS: dict[FunctionType, Facts] = {}


def find_facts(function: FunctionType) -> Facts:
    """What a rule's own lines depend on; looked at when it is first compiled, when all it names is there."""
    if function not in _FACTS:
        values = list(find_values(function))
        callees = tuple(dict.fromkeys(value for _, value in values if is_compiled(value)))
        reads = [(name, describe_value(value)) for name, value in values]
        text = repr((describe_call(function), describe_code(function.__code__, function.__doc__), reads))
        _FACTS[function] = Facts(shorten(text), callees)
    return _FACTS[function]


_SETTINGS: list[str] = []


def _seal(kind: str, *parts: str) -> str:
    if not _SETTINGS:
        _SETTINGS.append(describe_settings())
    return shorten(repr((kind, _SETTINGS[0], parts)))


def hash_reach(function: FunctionType) -> str:
    """The key of an entry: the rule and all it reaches, each where it is called."""
    numbers = {function: 0}
    order, parts = [function], []
    # The list grows while it is gone through, until nothing new is reached.
    for reached in order:
        facts = find_facts(reached)
        for callee in facts.callees:
            if callee.py_func not in numbers:
                numbers[callee.py_func] = len(order)
                order.append(callee.py_func)
        parts.append(f"{facts.own} {[numbers[callee.py_func] for callee in facts.callees]}")
    return _seal("entry", *parts)


def hash_piece(function: FunctionType) -> str:
    """The key of a rule's intermediate code, which rules only refer to; other compiled functions are within it."""
    facts = find_facts(function)
    return _seal("rule", facts.own, *(hash_reach(callee.py_func) for callee in facts.callees if not is_rule(callee)))


def name_rule(function: FunctionType) -> str:
    """What tells a rule's symbol from others of the same name and types: the same in every process, whatever its body.

    Only at the top of a module is a name taken once; elsewhere the body tells, and callers follow it.
    """
    is_alone = "<" not in function.__qualname__ and function.__module__ != "__main__"
    return "r" + (_seal("name", name_function(function)) if is_alone else hash_reach(function))


def describe_type(kind: Any) -> str:
    """A type of numba with everything that code relies on: fields and places of records, names in tuples, enumerations."""
    if isinstance(kind, BaseTuple):
        names = describe_class(kind.instance_class) if isinstance(kind, BaseNamedTuple) else ""
        return f"{type(kind).__name__} {names} {[describe_type(item) for item in kind]}"
    if isinstance(kind, types.EnumMember):
        return f"{kind} {describe_class(kind.instance_class)}"
    if isinstance(kind, types.Dispatcher):
        return f"{type(kind).__name__} {hash_reach(kind.dispatcher.py_func)}"
    return f"{type(kind).__name__} {kind}"


def describe_types(kinds: Any) -> str:
    """A short hash of types in order."""
    return shorten(repr([describe_type(kind) for kind in kinds]))
