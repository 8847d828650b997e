"""How each population is run, and which class its agents have."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import NamedTuple

from metalab.econ.agents.actor import Actor
from metalab.econ.agents.populations import NODE_CLASSES, Developer, Holder, Node, Trader, User, Voter
from metalab.econ.governance import voters
from metalab.econ.market import traders
from metalab.econ.rollups import developers
from metalab.econ.staking import nodes
from metalab.econ.supply import holders
from metalab.econ.users import users


class Roster(NamedTuple):
    """How one population is run: its table, its class, the phase it acts in and the two ways to run that phase."""

    name: str
    default: type[Actor]
    phase: Callable[..., None]
    draw: Callable[..., None]
    enter: Callable[..., None]
    reads: tuple[str, ...]


def enlist(name: str, default: type[Actor], module: ModuleType) -> Roster:
    """A population by the name of its table: for `users` the module has `process_users`, `draw_users` and `user_at`.

    The tables that `user_at` takes are those of its arguments, `draws` being its own, the last the place of the agent.
    """
    one = name.removesuffix("s")
    enter = getattr(module, f"{one}_at")
    # A compiled rule keeps the Python function, and with it the names of the arguments, in `py_func`.
    code = getattr(enter, "py_func", enter).__code__
    # `draws` stands for the population's own table; the last argument is the agent's place.
    reads = tuple(f"{one}_draws" if table == "draws" else table for table in code.co_varnames[: code.co_argcount - 1])
    return Roster(name, default, getattr(module, f"process_{name}"), getattr(module, f"draw_{name}"), enter, reads)


ROSTER = (
    enlist("developers", Developer, developers),
    enlist("users", User, users),
    enlist("nodes", Node, nodes),
    enlist("voters", Voter, voters),
    enlist("traders", Trader, traders),
    enlist("holders", Holder, holders),
)


def check_numbers(rosters: tuple[Roster, ...]) -> None:
    """Raise TypeError when two populations draw under the same number: their agents would share their chance."""
    owners: dict[int, str] = {}
    for roster in rosters:
        other = owners.setdefault(roster.default.population, roster.name)
        if other != roster.name:
            raise TypeError(f"{roster.name}: population {roster.default.population} is that of {other}; take the next free number")


check_numbers(ROSTER)


def choose_classes(chosen: Mapping[str, type[Actor]]) -> dict[str, type[Actor]]:
    """The class of every population and of every tier of nodes: the chosen one, else the usual one.

    A class given for all nodes is that of every tier for which none is given. Raises ValueError for a name that is neither
    population nor tier and for a class that is no subclass of the usual one.
    """
    known = {roster.name: roster.default for roster in ROSTER} | NODE_CLASSES
    for name, cls in chosen.items():
        if name not in known:
            raise ValueError(f"agents: {name!r} is not a population; choose from {', '.join(known)}")
        if known[name] not in getattr(cls, "__mro__", ()):
            raise ValueError(f"agents[{name!r}]: {getattr(cls, '__name__', repr(cls))} must be a subclass of {known[name].__name__}")
        tier = next((tier for tier, usual in NODE_CLASSES.items() if issubclass(cls, usual)), "")
        if name == "nodes" and tier:
            raise ValueError(f"agents['nodes']: {cls.__name__} is a class of one tier; give it as agents[{tier!r}]")
    everywhere = dict.fromkeys(NODE_CLASSES, chosen["nodes"]) if chosen.get("nodes", Node) is not Node else {}
    return known | everywhere | dict(chosen)
