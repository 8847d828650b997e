"""Rules are optimised once, where they end up: in the entries that Python calls.

numba optimises every function together with all that it calls, and makes machine code of it. A rule called from a rule called
from a rule would be optimised three times and its machine code never run. Here a rule stays intermediate code, and an entry
links every rule it can reach, once, and optimises the whole. The result is the same arithmetic: neither way may reorder floats.

A rule's code refers to the rules it calls by name and types alone, so that it stays good when their bodies change.

This module knows numba's insides: `protocol.kernel.compiling` refuses versions it was not written for.
"""

import warnings
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numba
from numba.core import environment, typed_passes, untyped_passes
from numba.core.caching import IndexDataCacheFile, NullCache
from numba.core.codegen import JITCodeLibrary, RuntimeLinker, ll
from numba.core.compiler import CompilerBase, CompileResult
from numba.core.compiler_machinery import PassManager
from numba.core.itanium_mangler import mangle
from numba.core.runtime import rtsys
from numba.core.sigutils import normalize_signature

from metalab.protocol.kernel.rule_keys import describe_types, find_facts, hash_reach, name_rule, shorten

# No rule makes or keeps an array, hence none needs counted references (_nrt).
OPTIONS = {"nogil": True, "error_model": "python", "fastmath": False, "no_cfunc_wrapper": True, "_nrt": False}


class _NoEnvironments:
    """Stands for the code generator of a rule, which has no place in memory where its environment could be put."""

    def set_env(self, name: str, env: Any) -> None:
        """Nothing: the entry that links the rule does it."""


class RuleLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The intermediate code of one rule, neither optimised together with what it calls nor made machine code."""

    piece: bytes
    """Bitcode of the rule and of what is in no other library: numba's own functions, such as `min`."""
    symbols: frozenset[str]
    """Names by which others call it."""
    callees: "tuple[RuleLibrary, ...]"
    """The rules it calls, which the piece only refers to."""

    @property
    def codegen(self) -> Any:
        """Takes the environment and does nothing with it."""
        return _NoEnvironments()

    def finalize(self) -> None:
        """Close the module; nothing is added from now on."""
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        libraries = dict.fromkeys(self._linking_libraries)
        self.callees = tuple(library for library in libraries if isinstance(library, RuleLibrary) and library is not self)
        self.symbols = frozenset(function.name for function in find_shared(self._final_module))
        for library in libraries:
            if not isinstance(library, RuleLibrary) and library is not rtsys.library:
                self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        # numba numbers such functions anew in each process: elsewhere the same name may be another function's.
        for function in find_shared(self._final_module):
            if function.name not in self.symbols:
                function.linkage = ll.Linkage.internal
        self._finalized = True
        self.piece = self._get_module_for_linking().as_bitcode()

    def get_pointer_to_function(self, name: str) -> int:
        """Always 0: there is no machine code."""
        self._ensure_finalized()
        return 0

    def serialize_using_object_code(self) -> "Kept":
        """What the cache keeps."""
        self._ensure_finalized()
        return Kept(self.name, self.piece, self.symbols)


class Kept(NamedTuple):
    """A rule's library in the cache, without the rules it calls."""

    name: str
    piece: bytes
    symbols: frozenset[str]


def find_shared(module: Any) -> list[Any]:
    """Functions of a module that others may call."""
    return [f for f in module.functions if f.linkage == ll.Linkage.linkonce_odr and not f.is_declaration]


class EntryLibrary(JITCodeLibrary):  # type: ignore[misc]
    """A function that Python calls, with every rule it reaches."""

    is_lasting = False
    """Whether no rule in it holds an address of this process."""

    def _optimize_final_module(self) -> None:
        # Callers first: linking leaves out what nothing linked so far refers to.
        for piece in reversed(self._pieces):
            self._final_module.link_in(ll.parse_bitcode(piece))
        if any(variable.name.startswith(RuntimeLinker.PREFIX) for variable in self._final_module.global_variables):
            raise TypeError(f"{self.name}: rules that call one another in a circle cannot be compiled")
        # Only the entry itself is called from outside: all else may lose arguments nobody reads, or vanish.
        for function in find_shared(self._final_module):
            function.linkage = ll.Linkage.internal
        super()._optimize_final_module()

    def _finalize_specific(self) -> None:
        """Hand each rule its environment, now that there is a place for it."""
        super()._finalize_specific()
        for variable in self._final_module.global_variables:
            env = environment.lookup_environment(variable.name)
            if env is not None:
                self.codegen.set_env(variable.name, env)

    def finalize(self) -> None:
        """Link, optimise, make machine code."""
        libraries = gather(self._linking_libraries)
        check_symbols(libraries)
        self._pieces = [read_piece(library) for library in libraries]
        self.is_lasting = not any(library.has_dynamic_globals for library in libraries)
        self._linking_libraries: list[Any] = [rtsys.library]
        super().finalize()


def gather(libraries: Iterable[Any], found: dict[Any, None] | None = None) -> dict[Any, None]:
    """These libraries and all that they need, each once, callees first; an ordered set."""
    found = {} if found is None else found
    for library in libraries:
        if library is not rtsys.library and library not in found:
            gather(getattr(library, "callees", ()), found)
            found[library] = None
    return found


def check_symbols(libraries: Iterable[Any]) -> None:
    """Raise when two rules go by one name: the linker would take the first for both."""
    owners: dict[str, bytes] = {}
    for library in libraries:
        for symbol in getattr(library, "symbols", ()):
            if owners.setdefault(symbol, library.piece) != library.piece:
                raise RuntimeError(f"two rules are called {library.name}; give one of them another name")


def read_piece(library: Any) -> bytes:
    """Bitcode of a rule, or of a function of numba's own."""
    return library.piece if isinstance(library, RuleLibrary) else bytes(library._get_module_for_linking().as_bitcode())


PASSES = (
    (untyped_passes.TranslateByteCode, "analyse bytecode"),
    (untyped_passes.FixupArgs, "fix up arguments"),
    (untyped_passes.IRProcessing, "process instructions"),
    (untyped_passes.GenericRewrites, "find constant indices"),
    (untyped_passes.ReconstructSSA, "give each assignment its own variable"),
    (typed_passes.NopythonTypeInference, "infer types"),
    (typed_passes.PreLowerStripPhis, "remove phi nodes"),
    (typed_passes.InlineOverloads, "inline overloads"),
    (typed_passes.NoPythonSupportedFeatureValidation, "check features"),
    (typed_passes.IRLegalization, "make instructions legal"),
    (typed_passes.AnnotateTypes, "note types"),
    (typed_passes.NativeLowering, "lower"),
    (typed_passes.NoPythonBackend, "finish"),
)
"""numba's own passes without those for closures, comprehensions, `with`, raising, literals and array expressions.

Rules have none of these, and looking for them is a third of the time. A rule that had them would be refused, not misread.
"""


def name_symbol(name: str, kinds: Any, *, abi_tags: Any = (), uid: Any = None) -> str:
    """A function's symbol; numba's own way numbers types as they come, so that it differs from process to process."""
    return str(mangle(name, ("t" + describe_types(kinds),), abi_tags=abi_tags, uid=uid))


class _RuleCompiler(CompilerBase):  # type: ignore[misc]
    library: Any = RuleLibrary
    name: Any = staticmethod(name_rule)

    def define_pipelines(self) -> Any:
        state = self.state
        state.func_id.unique_id = self.name(state.func_id.func)
        state.targetctx = state.targetctx.subtarget(mangler=name_symbol)
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        passes = PassManager("rule")
        for step, name in PASSES:
            passes.add_pass(step, name)
        passes.finalize()
        return [passes]


class _EntryCompiler(_RuleCompiler):
    library = EntryLibrary
    name = staticmethod(lambda function: "e" + hash_reach(function))


class _Loader:
    """Stands for numba's target where a rule is loaded from the cache."""

    def __init__(self, target: Any, callees: tuple[RuleLibrary, ...]) -> None:
        self._target, self._callees = target, callees

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def codegen(self) -> Any:
        """Reads libraries."""
        return self

    def unserialize_library(self, kept: Kept) -> RuleLibrary:
        """The rule as it was kept, calling the rules of today."""
        library = RuleLibrary(self._target.codegen(), kept.name)
        library._finalized = True
        library.piece, library.symbols, library.callees = kept.piece, kept.symbols, self._callees
        return library


class Reference(NamedTuple):
    """A call of another rule: which of `find_facts(caller).callees`, for which types, and what the caller took for granted."""

    callee: int
    kinds: tuple[Any, ...]
    result: str
    symbol: str


_READY: list[bool] = []
"""Whether numba's target has been made ready once; asking it again takes as long as loading a rule."""


class _Cache(NullCache):  # type: ignore[misc]
    """Where compiled code is kept: a folder for a key, in it a file for the types of arguments.

    Opened when the function is compiled: what it names may be defined after it, and where an entry is compiled already,
    none of its rules are.
    """

    def __init__(self, function: Any, place: Callable[[Any], Path]) -> None:
        self._function, self._place = function, place

    @property
    def cache_path(self) -> str:
        """The folder."""
        return str(self._place(self._function))

    def _name(self, kinds: Any, codegen: Any) -> str:
        return shorten(repr((describe_types(normalize_signature(kinds)[0]), codegen.magic_tuple()))) + ".nbc"

    def _open(self) -> IndexDataCacheFile:
        """numba's way to read and write a file at one stroke. Its index is not used: two processes can spoil it."""
        return IndexDataCacheFile(self.cache_path, "", None)

    def load_overload(self, kinds: Any, target: Any) -> Any:
        """What was compiled for these types of arguments; None when there is nothing or it no longer holds."""
        if not _READY:
            target.refresh()
            _READY.append(True)
        try:
            kept = self._open()._load_data(self._name(kinds, target.codegen()))
        except (OSError, AttributeError, ImportError):  # gone, or made of classes that are
            return None
        return self._rebuild(target, *kept)

    def save_overload(self, kinds: Any, result: Any) -> None:
        """Keep what was compiled."""
        kept = self._reduce(result)
        if kept is None:
            return
        try:
            Path(self.cache_path).mkdir(parents=True, exist_ok=True)
            self._open()._save_data(self._name(kinds, result.target_context.codegen()), kept)
        except OSError as error:
            warnings.warn(f"compiled rules are not kept: {error.strerror}", stacklevel=2)

    def _reduce(self, result: Any) -> Any:
        """What to keep; None when it holds in this process only."""
        is_lasting = result.library.is_lasting and not result.library.has_dynamic_globals
        return (reduce(result),) if is_lasting else None

    def _rebuild(self, target: Any, payload: Any, references: Any = ()) -> Any:
        return CompileResult._rebuild(target, *payload)


class _RuleCache(_Cache):
    def _reduce(self, result: Any) -> Any:
        known = find_references(self._function)
        if result.library.has_dynamic_globals or not known.keys() >= set(result.library.callees):
            return None
        return reduce(result), [known[library] for library in result.library.callees]

    def _rebuild(self, target: Any, payload: Any, references: Any = ()) -> Any:
        callees = find_facts(self._function).callees
        results = [find_result(callees[reference.callee], reference.kinds) for reference in references]
        if any(describe_result(result) != (r.result, r.symbol) for result, r in zip(results, references, strict=True)):
            return None
        loader = _Loader(target, tuple(result.library for result in results))
        return CompileResult._rebuild(loader, *payload)._replace(target_context=target)


def reduce(result: Any) -> Any:
    """What is compiled as numba keeps it, without its listing of types, which is larger than all the rest."""
    return result._replace(type_annotation="")._reduce()


def find_references(function: Any) -> dict[RuleLibrary, Reference]:
    """How a rule can refer to what was compiled of the rules it names."""
    known = {}
    for number, callee in enumerate(find_facts(function).callees):
        for kinds, result in callee.overloads.items():
            if isinstance(result.library, RuleLibrary):
                known[result.library] = Reference(number, kinds, *describe_result(result))
    return known


def describe_result(result: Any) -> tuple[str, str]:
    """What a caller's code takes for granted of a rule: the type of its result and its symbol."""
    return describe_types([result.signature.return_type]), result.fndesc.mangled_name


def find_result(callee: Any, kinds: tuple[Any, ...]) -> Any:
    """A rule for these types of arguments, from the cache or compiled now."""
    callee.compile(kinds)
    return callee.overloads[kinds]


def compile_late(function: Any, wrapped: bool, place: Callable[[Any], Path]) -> Any:
    """What `numba.njit` does, optimising rules only in the entries they are linked into; `place` finds a function's folder."""
    compiler, cache = (_EntryCompiler, _Cache) if wrapped else (_RuleCompiler, _RuleCache)
    compiled = numba.njit(pipeline_class=compiler, no_cpython_wrapper=not wrapped, **OPTIONS)(function)
    compiled._cache = cache(function, place)
    return compiled
