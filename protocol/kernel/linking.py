"""Rules are optimised once, where they end up: in the entries that Python calls.

numba optimises every function together with all that it calls, and makes machine code of it. A rule called from a rule called
from a rule would be optimised three times and its machine code never run. Here a rule stays intermediate code, and an entry
links every rule it can reach, once, and optimises the whole. The result is the same arithmetic: neither way may reorder floats.

This module knows numba's insides; `protocol.kernel.compiling` uses it only with the versions it was written for.
"""

from typing import Any

import numba
from numba.core import config, environment, typed_passes, untyped_passes
from numba.core.caching import CompileResultCacheImpl, FunctionCache
from numba.core.codegen import JITCodeLibrary, ll
from numba.core.compiler import CompilerBase, CompileResult
from numba.core.compiler_lock import global_compiler_lock
from numba.core.compiler_machinery import PassManager
from numba.core.runtime import rtsys


class _NoEnvironments:
    """Stands for the code generator of a rule, which has no place in memory where its environment could be put."""

    def set_env(self, name: str, env: Any) -> None:
        """Nothing: the entry that links the rule does it."""


class RuleLibrary(JITCodeLibrary):  # type: ignore[misc]
    """The intermediate code of one rule and of the rules it reaches, neither optimised together nor made machine code."""

    pieces: dict[bytes, None]
    """Bitcode of every module to link, callees first; an ordered set."""

    @property
    def codegen(self) -> Any:
        """Takes the environment and does nothing with it."""
        return _NoEnvironments()

    def finalize(self) -> None:
        """Close the module; nothing is added from now on."""
        self._raise_if_finalized()
        self._finalize_dynamic_globals()
        self._finalized = True
        self.pieces = gather(self._linking_libraries) | {self._get_module_for_linking().as_bitcode(): None}

    def get_pointer_to_function(self, name: str) -> int:
        """Always 0: there is no machine code."""
        self._ensure_finalized()
        return 0

    def serialize_using_object_code(self) -> tuple[str, tuple[bytes, ...]]:
        """What the cache keeps."""
        self._ensure_finalized()
        return self.name, tuple(self.pieces)


class EntryLibrary(JITCodeLibrary):  # type: ignore[misc]
    """A function that Python calls, with every rule it reaches."""

    def _optimize_final_module(self) -> None:
        # Callers first: linking leaves out what nothing linked so far refers to.
        for piece in reversed(self._pieces):
            self._final_module.link_in(ll.parse_bitcode(piece))
        # Only the entry itself is called from outside: all else may lose arguments nobody reads, or vanish.
        for function in self._final_module.functions:
            if function.linkage == ll.Linkage.linkonce_odr and not function.is_declaration:
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
        self._pieces = gather(self._linking_libraries)
        self._linking_libraries: list[Any] = [rtsys.library]
        super().finalize()


def gather(libraries: list[Any]) -> dict[bytes, None]:
    """The bitcode of all modules that these libraries need, each once, callees first."""
    pieces: dict[bytes, None] = {}
    for library in dict.fromkeys(libraries):
        if library is rtsys.library:
            continue
        if isinstance(library, RuleLibrary):
            pieces |= library.pieces
        else:
            pieces[library._get_module_for_linking().as_bitcode()] = None
    return pieces


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


class _RuleCompiler(CompilerBase):  # type: ignore[misc]
    library: Any = RuleLibrary

    def define_pipelines(self) -> Any:
        state = self.state
        state.library = self.library(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        passes = PassManager("rule")
        for step, name in PASSES:
            passes.add_pass(step, name)
        passes.finalize()
        return [passes]


class _EntryCompiler(_RuleCompiler):
    library = EntryLibrary


class _Loader:
    """Stands for numba's target where a rule is loaded from the cache."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        return getattr(self._target, name)

    def codegen(self) -> Any:
        """Reads libraries."""
        return self

    def unserialize_library(self, data: tuple[str, tuple[bytes, ...]]) -> RuleLibrary:
        """The rule as it was kept."""
        library = RuleLibrary(self._target.codegen(), data[0])
        library._finalized = True
        library.pieces = dict.fromkeys(data[1])
        return library


class _RuleCacheImpl(CompileResultCacheImpl):  # type: ignore[misc]
    def rebuild(self, target_context: Any, payload: Any) -> Any:
        return CompileResult._rebuild(_Loader(target_context), *payload)._replace(target_context=target_context)


class _RuleCache(FunctionCache):  # type: ignore[misc]
    _impl_class = _RuleCacheImpl


class _LateCache:
    """A rule's cache, opened when the rule is compiled: where an entry is compiled already, none of its rules are."""

    def __init__(self, function: Any, folder: str) -> None:
        self._function, self._folder = function, folder
        self._opened: _RuleCache | None = None

    def _open(self) -> _RuleCache:
        if self._opened is None:
            with global_compiler_lock:
                config.CACHE_DIR = self._folder
                self._opened = _RuleCache(self._function)
        return self._opened

    def __getattr__(self, name: str) -> Any:
        return getattr(self._open(), name)


def compile_late(function: Any, wrapped: bool, options: dict[str, Any]) -> Any:
    """What `numba.njit` does, optimising rules only in the entries they are linked into."""
    if wrapped:
        return numba.njit(cache=True, pipeline_class=_EntryCompiler, **options)(function)
    compiled = numba.njit(pipeline_class=_RuleCompiler, **options)(function)
    compiled._cache = _LateCache(function, config.CACHE_DIR)
    return compiled
