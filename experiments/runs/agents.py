"""Agent classes that a user gives a run or a study: checked before anything is run, and named in the manifest."""

import hashlib
import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from metalab.experiments.errors import BadValueError

Agents = Mapping[str, type[Any]]
"""Agent classes by population or tier, as `EconModel` takes them."""


def check_agents(agents: Agents) -> dict[str, type[Any]]:
    """The classes. Raises `BadValueError` for an unknown population and for a class that does not fit."""
    from metalab.econ.agents.roster import choose_classes

    if not isinstance(agents, Mapping):
        raise BadValueError("agents", agents, "a mapping of populations to agent classes, for example {'users': MyUser}")
    try:
        choose_classes(agents)
    except ValueError as error:
        raise BadValueError("agents", {name: getattr(cls, "__name__", cls) for name, cls in agents.items()}, str(error)) from None
    return dict(agents)


def check_importable(agents: Agents) -> None:
    """Raise `BadValueError` unless every class can be found by its name, as a worker in another process has to."""
    for name, cls in agents.items():
        if cls.__module__ == "__main__" or not _is_found(cls):
            where = f"{cls.__module__}.{cls.__qualname__}"
            allowed = "a class at the top of a module that workers can import, or no executor: threads need no import"
            raise BadValueError(f"agents[{name!r}]", where, allowed)


def _is_found(cls: type[Any]) -> bool:
    found: Any
    try:
        found = import_module(cls.__module__)
        for part in cls.__qualname__.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError):
        return False
    return found is cls


def describe_agents(agents: Agents) -> dict[str, dict[str, str]]:
    """What the manifest says of them: where each is, and the hash of its source, so that an edited class is another study."""
    return {name: {"class": f"{cls.__module__}.{cls.__qualname__}", "source": _hash_source(cls)} for name, cls in agents.items()}


def _hash_source(cls: type[Any]) -> str:
    """Of the class and of those of the user's that it derives from; empty where there is no source, as in some consoles."""
    own = [base for base in cls.__mro__ if not base.__module__.startswith(("metalab.", "mesa", "builtins"))]
    try:
        return hashlib.sha256("".join(inspect.getsource(base) for base in own).encode()).hexdigest()
    except (OSError, TypeError):
        return ""
