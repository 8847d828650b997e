"""How each population is run, and which class its agents have."""

from collections.abc import Callable, Mapping
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


ROSTER = (
    Roster(
        "developers",
        Developer,
        developers.process_developers,
        developers.draw_developers,
        developers.developer_at,
        ("developers", "developer_draws", "rollups", "state", "pots", "params", "today"),
    ),
    Roster(
        "users", User, users.process_users, users.draw_users, users.user_at, ("users", "user_draws", "state", "pots", "params", "today")
    ),
    Roster(
        "nodes", Node, nodes.process_nodes, nodes.draw_nodes, nodes.node_at, ("nodes", "node_draws", "state", "pots", "params", "journal")
    ),
    Roster(
        "voters",
        Voter,
        voters.process_voters,
        voters.draw_voters,
        voters.voter_at,
        ("voters", "voter_draws", "state", "pots", "params", "levers", "proposals"),
    ),
    Roster(
        "traders",
        Trader,
        traders.process_traders,
        traders.draw_traders,
        traders.trader_at,
        ("traders", "trader_draws", "state", "pots", "params", "today"),
    ),
    Roster(
        "holders", Holder, holders.process_holders, holders.draw_holders, holders.holder_at, ("holders", "state", "pots", "params", "today")
    ),
)


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
