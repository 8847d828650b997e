"""The one place that knows how rules are compiled, where the compiled code is kept, and how to run a rule without compiling.

A rule is a plain typed function over records, marked with `@rule`. Compiled by numba it runs at the speed of C and releases
the GIL; `plain` rebuilds the very same lines as Python, all the way down.
"""

import hashlib
import os
import re
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any, TypeVar, cast

os.environ.setdefault("NUMBA_DISABLE_INTEL_SVML", "1")

import numba
import numpy
from numba.core import config
from numba.core.compiler_lock import global_compiler_lock
from numba.core.registry import CPUDispatcher

LINKS_LATE = numba.__version__.startswith("0.68.")
"""True for the versions of numba whose insides `protocol.kernel.linking` knows; with others rules compile slowly, to the same results."""

if LINKS_LATE:
    from metalab.protocol.kernel.linking import compile_late

F = TypeVar("F", bound=Callable[..., Any])

INTERPRETED = bool(config.DISABLE_JIT)
"""True when numba is switched off (NUMBA_DISABLE_JIT=1): rules are ordinary functions then."""

ROOT = Path(__file__).resolve().parents[2]
_PACKAGES = ("metalab.protocol.", "metalab.econ.")
_IMPORT = re.compile(r"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import|import[ \t]+([\w.]+))", re.MULTILINE)


def cache_root() -> Path:
    """The folder that holds compiled rules: METALAB_CACHE, else the user's cache directory."""
    chosen = os.environ.get("METALAB_CACHE")
    if chosen:
        return Path(chosen)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "metalab" / "rules"


def _find_source(module: str) -> Path | None:
    if not f"{module}.".startswith(_PACKAGES):
        return None
    path = ROOT.joinpath(*module.split(".")[1:])
    if path.is_dir():
        return path / "__init__.py"
    return path.with_suffix(".py") if path.with_suffix(".py").exists() else None


_SOURCES: dict[str, tuple[bytes, tuple[str, ...]]] = {}


def _read(module: str, file: Path | None = None) -> tuple[bytes, tuple[str, ...]]:
    """The bytes of a module and the names of the modules of ours that it imports; `file` is where one not of ours is."""
    if module not in _SOURCES:
        path = _find_source(module) or file
        text = path.read_bytes() if path else b""
        names = (a or b for a, b in _IMPORT.findall(text.decode()))
        _SOURCES[module] = text, tuple(n for n in names if _find_source(n))
    return _SOURCES[module]


def _settings() -> bytes:
    """Everything besides the source that changes the machine code numba makes."""
    known = (config.BOUNDSCHECK, config.OPT, config.DISABLE_JIT, config.LOOP_VECTORIZE, config.SLP_VECTORIZE)
    flags = (config.DISABLE_INTEL_SVML, config.CPU_NAME, config.CPU_FEATURES, config.ENABLE_AVX, config.DEBUGINFO_DEFAULT)
    return repr((numba.__version__, numpy.__version__, known, flags)).encode()


def hash_closure(module: str, file: Path | None = None) -> str:
    """Hash a module together with everything of ours it imports, directly or not.

    numba itself notices only a change in the file that defines a function, not in the files of the functions it calls.
    `file` is the source of a module that is not of ours: somebody's own rules may call these.
    """
    _read(module, file)
    seen: set[str] = set()
    todo = [module]
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo.extend(_read(name)[1])
    digest = hashlib.sha256(_settings())
    for name in sorted(seen):
        digest.update(name.encode() + b"\0" + _read(name)[0] + b"\0")
    return digest.hexdigest()[:20]


_KEYS: dict[str, str] = {}


def _place_cache(function: Callable[..., Any], place: str) -> None:
    """Point numba at the cache directory of the present import closure of a function's module."""
    module = function.__module__
    if module not in _KEYS:
        file = Path(function.__code__.co_filename)
        _KEYS[module] = hash_closure(module, file if file.exists() else None)
    config.CACHE_DIR = f"{cache_root()}/{module}-{_KEYS[module]}/{place}"


class Rule(CPUDispatcher):  # type: ignore[misc]
    """A compiled rule that rules call directly and Python calls through an entry made at the first such call.

    Most rules are never called from Python. Leaving out the code that unpacks Python's arguments makes compiling several
    times faster; calling such a rule from Python would crash, hence this class.
    """

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        """Call the rule from Python."""
        return entry(self)(*arguments, **named)


def _compile(function: Callable[..., Any], place: str, wrapped: bool) -> Any:
    options = {"nogil": True, "error_model": "python", "fastmath": False, "no_cfunc_wrapper": True, "no_cpython_wrapper": not wrapped}
    # numba reads the directory, which is a setting of the whole process, while it decorates: one thread at a time.
    with global_compiler_lock:
        _place_cache(function, place)
        if INTERPRETED or not LINKS_LATE:
            return numba.njit(cache=True, **options)(function)
        # No rule makes or keeps an array, hence none needs counted references (_nrt).
        return compile_late(function, wrapped, options | {"_nrt": False})


def rule(function: F) -> F:
    """Compile a rule at its first call and keep the machine code for later processes.

    Division by zero raises as in Python, integers are 64 bits wide, floating point is never reordered.
    """
    compiled = _compile(function, "rules", wrapped=INTERPRETED)
    if not INTERPRETED:
        compiled.__class__ = Rule
    return cast(F, compiled)


_ENTRIES: dict[object, Any] = {}


def entry(function: F) -> F:
    """The same rule, callable from Python at full speed."""
    if not isinstance(function, Rule):
        return function
    if function not in _ENTRIES:
        with global_compiler_lock:
            if function not in _ENTRIES:
                _ENTRIES[function] = _compile(function.py_func, "entries", wrapped=True)
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
        names = dict(source.__globals__)
        _PLAIN[function] = FunctionType(source.__code__, names, source.__name__, source.__defaults__, source.__closure__)
        for name in source.__code__.co_names:
            if hasattr(names.get(name), "py_func"):
                names[name] = plain(names[name])
    return cast(F, _PLAIN[function])


def prune_cache(keep_days: float, now: float) -> int:
    """Delete compiled rules that belong to no module imported here and were made more than `keep_days` before `now`.

    `now` is a time in seconds since 1970. Returns how many folders went; one that another process fills stays.
    """
    current = {f"{module}-{key}" for module, key in _KEYS.items()}
    removed = 0
    for folder in sorted(cache_root().glob("*-*")):
        if folder.name in current or now - folder.stat().st_mtime < keep_days * 86_400:
            continue
        removed += _remove(folder)
    return removed


def _remove(folder: Path) -> int:
    try:
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
        folder.rmdir()
    except OSError:
        return 0
    return 1
