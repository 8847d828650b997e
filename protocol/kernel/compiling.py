"""The one place that knows how rules are compiled, where the compiled code is kept, and how to run a rule without compiling.

A rule is a plain typed function over records, marked with `@rule`. Compiled by numba it runs at the speed of C and releases
the GIL; `plain` rebuilds the very same lines as Python, all the way down.
"""

import os
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

# Its vector functions round otherwise than the usual ones: results must not depend on where it is installed.
os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba
from numba.core import config
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

F = TypeVar("F", bound=Callable[..., Any])

INTERPRETED = bool(config.DISABLE_JIT)
"""True when numba is switched off (NUMBA_DISABLE_JIT=1): rules are ordinary functions then."""

if not INTERPRETED:
    # Rules are linked with numba's insides (protocol.kernel.linking), which every version may change.
    if not numba.__version__.startswith("0.68."):
        raise ImportError(f"numba {numba.__version__} is installed; the rules need numba 0.68 (see requirements.txt)", name="numba")
    from metalab.protocol.kernel.linking import compile_late
    from metalab.protocol.kernel.rule_keys import hash_piece, hash_reach, name_function


def cache_root() -> Path:
    """The folder that holds compiled rules: METALAB_CACHE, else the user's cache directory."""
    chosen = os.environ.get("METALAB_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "metalab" / "rules"


def _place_piece(function: FunctionType) -> Path:
    """The folder of a rule's intermediate code."""
    return cache_root() / f"{name_function(function)}-{hash_piece(function)}"


def _place_entry(function: FunctionType) -> Path:
    """The folder of the machine code of a rule and of all it reaches."""
    return cache_root() / f"{name_function(function)}-{hash_reach(function)}"


class Rule(CPUDispatcher):  # type: ignore[misc]
    """A compiled rule that rules call directly and Python calls through an entry made at the first such call.

    Most rules are never called from Python. Leaving out the code that unpacks Python's arguments makes compiling several
    times faster; calling such a rule from Python would crash, hence this class.
    """

    is_rule = True

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the rule from Python."""
        return entry(self)(*arguments, **named)


_RULES: list[Any] = []
"""Every function marked `@rule` in this process: what of the cache is in use."""


def rule(function: F) -> F:
    """Compile a rule at its first call and keep the machine code for later processes.

    Division by zero raises as in Python, integers are 64 bits wide, floating point is never reordered.
    """
    if INTERPRETED:
        return function
    compiled = compile_late(function, False, _place_piece)
    # The dispatcher stays numba's own but for what happens when Python calls it.
    compiled.__class__ = Rule
    _RULES.append(function)
    return cast(F, compiled)


_ENTRIES: dict[object, Any] = {}


def entry(function: F) -> F:
    """The same rule, callable from Python at full speed."""
    if not isinstance(function, Rule):
        return function
    if function not in _ENTRIES:
        with global_compiler_lock:
            # Asked again: another thread may have compiled it while this one waited.
            if function not in _ENTRIES:
                _ENTRIES[function] = compile_late(function.py_func, True, _place_entry)
    return cast(F, _ENTRIES[function])


def get_entry(function: Callable[..., Any], *samples: Any) -> Callable[..., Any]:
    """The machine code of a rule for arguments of these types, without numba's look-up of types at each call.

    Three times cheaper to call from Python than the rule itself. Only for arguments of exactly these types.
    """
    if INTERPRETED or not hasattr(function, "overloads"):
        return function
    dispatcher = cast(Any, entry(function))
    signature = tuple(numba.typeof(sample) for sample in samples)
    dispatcher.compile(signature)
    return cast("Callable[..., Any]", dispatcher.overloads[signature].entry_point)


def compile_rule(function: Callable[..., Any], *samples: Any) -> None:
    """Compile a rule for arguments of these types, or find it in the cache, without making an entry: other rules can link it."""
    if isinstance(function, Rule):
        function.compile(tuple(numba.typeof(sample) for sample in samples))


_PLAIN: dict[object, Callable[..., Any]] = {}


def plain(function: F) -> F:
    """The same lines run by Python, for debugger, coverage and tests.

    `py_func` alone is not enough: what it calls would stay compiled. Give the result row views (`Table`), not arrays.
    """
    source = getattr(function, "py_func", None)
    if source is None:
        return function
    if function not in _PLAIN:
        # A copy of the module's names, in which callees are replaced: the module itself stays compiled.
        names = dict(source.__globals__)
        _PLAIN[function] = FunctionType(source.__code__, names, source.__name__, source.__defaults__, source.__closure__)
        for name in source.__code__.co_names:
            if hasattr(names.get(name), "py_func"):
                names[name] = plain(names[name])
    return cast(F, _PLAIN[function])


def prune_cache(keep_days: float, now: float) -> int:
    """Delete compiled code that no rule known here would use as it stands and that was made more than `keep_days` before `now`.

    `now` is a time in seconds since 1970. Returns how many folders went; one that another process fills stays.
    """
    current = {place(function).name for function in _RULES for place in (_place_piece, _place_entry)}
    removed = 0
    for folder in sorted(cache_root().glob("*-*")):
        if folder.name in current or now - folder.stat().st_mtime < keep_days * 86_400:
            continue
        removed += _remove(folder)
    return removed


def _remove(folder: Path) -> int:
    try:
        # From the inside out: a folder must be empty to go.
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        folder.rmdir()
    except OSError:
        return 0
    return 1
