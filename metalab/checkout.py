"""In a checkout the packages can also be named without `metalab.`: `python -m experiments`, `from econ import EconModel`.

The folders protocol/, econ/, experiments/ and ui/ are the packages `metalab.protocol` and so on. Importing one of them by its
short name must not load its modules a second time, with classes that differ from those the rest of the code uses. So the short
name stands for the same module objects. An installed `metalab` has no short names and takes none from anybody.
"""

import importlib
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

_SHORT: set[str] = set()


class _Loader:
    """Hands out a module that is loaded under its full name."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        module = importlib.import_module(f"metalab.{spec.name}")
        self._spec = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # the import system has written the short name's into it


class _Finder:
    """Finds submodules of the short names."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        package, _, module = name.partition(".")
        # `python -m experiments` executes `__main__` by itself and wants a file to read.
        if package not in _SHORT or not module or module.endswith("__main__"):
            return None
        return ModuleSpec(name, _Loader())  # type: ignore[arg-type]


def stand_in(package: str) -> None:
    """Let `package`, which is being imported by its short name, be `metalab.package`."""
    if not _SHORT:
        sys.meta_path.insert(0, _Finder())
    _SHORT.add(package)
    sys.modules[package] = importlib.import_module(f"metalab.{package}")
