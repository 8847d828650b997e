"""The base of all agents: a row of the world with Mesa's face, which refuses what would have no effect."""

from collections.abc import Callable
from functools import lru_cache
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from metalab.econ.agents.checks import suggest
from metalab.econ.agents.mesa_import import mesa
from metalab.econ.kernel.chance.philox import draw_one
from metalab.econ.kernel.chance.streams import Stream
from metalab.protocol.kernel.declare import Info

if TYPE_CHECKING:
    from metalab.econ.model import EconModel

MACHINERY = ("_index", "_columns", "_enter", "_tables")
"""What ties an agent to its row."""
OWN_STATE = "state of your own is declared in the class body, assigned in __init__ or starts with an underscore"


class Actor(mesa.Agent):  # type: ignore[misc]
    """A row of the world with Mesa's face. Fields of the row are attributes; changes go straight into the world.

    Tokens move by action methods alone: fields that hold them cannot be assigned. State of a subclass's own is declared in its
    body, assigned in its `__init__` or starts with an underscore; another name is refused with AttributeError.
    """

    model: "EconModel"
    population: ClassVar[int] = 0
    infos: dict[str, Info]
    _index: int
    _columns: dict[str, Any]
    _is_made = False

    def __init__(self, model: "EconModel", row: Any, enter: Callable[..., Any], tables: tuple[Any, ...]) -> None:
        super().__init__(model)
        self._index, self._columns = row._index, row._columns
        self._enter, self._tables = enter, tables

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        hidden = sorted(set(vars(cls)) & {*getattr(cls, "infos", ()), *MACHINERY})
        if hidden:
            raise TypeError(f"{cls.__name__}.{hidden[0]} would hide what ties the agent to its row; give it another name")

    def __setattr__(self, name: str, value: Any) -> None:
        info = self.infos.get(name)
        if info is None:
            if name in MACHINERY and self._is_made:
                self._refuse(name, "it ties the agent to its row; give state of your own another name")
            if name[0] != "_" and name not in self.__dict__:
                self._check_name(name)
        elif info.token:
            self._refuse(name, tell_tokens(type(self), name))
        object.__setattr__(self, name, value)

    def _check_name(self, name: str) -> None:
        """Raise unless an attribute that this agent does not have yet may be its own."""
        owner = find_owner(type(self), name)  # type: ignore[arg-type]  # mypy takes the class for an object
        if owner is not None and is_ours(owner) and callable(getattr(owner, name, None)):
            self._refuse(name, "it is a method; override it in a subclass and give that to EconModel(agents=...)")
        if owner is None and self._is_made:
            names = [name for name in self.infos if not self.infos[name].token]
            near = suggest(name, [*self.infos, *list_own(type(self))])
            self._refuse(name, f"there is no such field{near or '; the fields are ' + ', '.join(names)}; {OWN_STATE}")

    def _refuse(self, name: str, reason: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be assigned: {reason}")

    def step(self) -> None:
        """One day of this agent, compiled. Override it and call `super().step()` where the usual behaviour should happen."""
        self._enter(*self._tables, self._index)

    def uniform(self, k: int) -> float:
        """A uniform number in (0, 1) that is this agent's own for today; `k` counts its draws of the day."""
        clock = self.model.state.clock
        # All populations share the stream of extensions: 2^40 numbers each, more than a table can have rows.
        owner = (self.population << 40) + self._index
        return draw_one(clock.seed, clock.replication, int(Stream.EXTENSION), clock.day, owner, k)

    def remove(self) -> None:
        """Raise RuntimeError: a row of the world stays for the whole run, and so does its agent."""
        raise RuntimeError(f"{type(self).__name__}.remove: rows of the world are never removed; override step() to keep an agent idle")

    def _retire(self) -> None:
        """Leave the model to another agent of the same row."""
        super().remove()


@lru_cache(maxsize=1024)
def find_owner(cls: type, name: str) -> type | None:
    """The class that declares a name for a class of agents; asked for every agent that is made, hence remembered."""
    return next((base for base in cls.__mro__ if name in vars(base) or name in get_annotations(base)), None)


def is_ours(cls: type) -> bool:
    """Whether a class is one of Metalab's or Mesa's, not a user's."""
    return cls.__module__.startswith(("metalab.", "mesa."))


def list_own(cls: type) -> list[str]:
    """Names of the state that a user's class declares."""
    users = [base for base in cls.__mro__ if not is_ours(base) and base is not object]
    return [name for base in users for name in {**vars(base), **get_annotations(base)} if not name.startswith("_")]


def list_actions(cls: type) -> list[str]:
    """Names of the protocol actions of a class of agents."""
    usual = [base for base in cls.__mro__ if base.__module__ == "metalab.econ.agents.populations"]
    return sorted({name for base in usual for name, value in vars(base).items() if callable(value) and not name.startswith("_")})


def tell_tokens(cls: type, name: str) -> str:
    """Why a field that holds tokens cannot be assigned, and what can be done."""
    actions = ", ".join(f"{action}()" for action in list_actions(cls))
    return f"{name} holds tokens, which move only by protocol actions; " + (
        f"this agent has {actions}" if actions else "this agent has none: its step() moves them"
    )
