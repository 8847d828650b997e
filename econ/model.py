"""The Mesa face of the economy: agents are rows of the world, `step()` crosses into the compiled rule.

A population runs in one compiled call unless its class overrides `step()` or objects are asked for; either way the bits
are the same. Randomness never comes from Mesa: `self.uniform(k)` is a subclass's own keyed stream.
"""

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import pandas as pd

from metalab.econ.agents.actions import (
    ProposalContext,
    accuse_at,
    bond_at,
    delegate_at,
    extend_at,
    lock_at,
    migrate_at,
    propose_at,
    queue_exit_at,
    send_at,
    unbond_at,
    unlock_at,
    vote_at,
    withdraw_at,
)
from metalab.econ.agents.mesa_import import mesa
from metalab.econ.day import DAY
from metalab.econ.genesis import create_world
from metalab.econ.governance import voters
from metalab.econ.kernel.chance.philox import draw_one
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.daily import COLUMNS
from metalab.econ.kernel.params import PARAMETERS
from metalab.econ.kernel.scenario import Scenario
from metalab.econ.kernel.world import World, as_array, as_rows, hash_world
from metalab.econ.market import traders
from metalab.econ.market.trader import TraderRow
from metalab.econ.rollups import developers
from metalab.econ.rollups.developer import DeveloperRow
from metalab.econ.staking import nodes
from metalab.econ.supply import holders
from metalab.econ.supply.holder import HolderRow
from metalab.econ.users import users
from metalab.econ.users.user import UserRow
from metalab.protocol.governance.governance import VoterRow
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import get_entry
from metalab.protocol.staking.staking import NodeRow


class Actor(mesa.Agent):  # type: ignore[misc]
    """A row of the world with Mesa's face. Fields of the row are attributes; changes go straight into the world."""

    model: "EconModel"
    population: ClassVar[int] = 0
    _index: int
    _columns: dict[str, Any]

    def __init__(self, model: "EconModel", row: Any, enter: Callable[..., Any], tables: tuple[Any, ...]) -> None:
        super().__init__(model)
        self._index, self._columns = row._index, row._columns
        self._enter, self._tables = enter, tables

    def step(self) -> None:
        """One day of this agent, compiled. Override it and call `super().step()` where the usual behaviour should happen."""
        self._enter(*self._tables, self._index)

    def uniform(self, k: int) -> float:
        """A uniform number in (0, 1) that is this agent's own for today; `k` counts its draws of the day."""
        clock = self.model.state.clock
        owner = (self.population << 40) + self._index
        return draw_one(clock.seed, clock.replication, int(Stream.EXTENSION), clock.day, owner, k)


class User(Actor, UserRow):
    """A cohort of addresses."""

    population = 1

    def send(self, count: int) -> int:
        """Send messages now; returns how many were sent."""
        w = self.model.world
        return send_at(w.users, w.state, w.pots, w.params, w.today, self._index, count)


class Node(Actor, NodeRow):
    """A node operator; its class follows its tier."""

    population = 2

    def bond(self, amount: int) -> int:
        """Bond `amount` uERA; returns OK or a refusal code."""
        w = self.model.world
        return bond_at(w.nodes, w.pots, w.params, w.state, w.journal, self._index, amount)

    def unbond(self) -> int:
        """Start the exit; returns OK or a refusal code."""
        w = self.model.world
        return unbond_at(w.nodes, w.pots, w.params, w.state, w.journal, self._index)

    def queue_exit(self) -> int:
        """Take a place in the exit queue, where `unbond` returned CHURN_LIMIT; returns OK or a refusal code."""
        w = self.model.world
        return queue_exit_at(w.nodes, w.state, self._index)

    def withdraw(self, amount: int) -> int:
        """Unbond `amount` uERA and stay; returns OK or a refusal code."""
        w = self.model.world
        return withdraw_at(w.nodes, w.pots, w.params, w.state, w.journal, self._index, amount)

    def migrate(self, tier: int) -> int:
        """Move to another tier; returns OK or a refusal code."""
        w = self.model.world
        return migrate_at(w.nodes, w.params, w.state, self._index, tier)

    def commit_offence(self, offence: int) -> int:
        """Commit an offence (`protocol.security.slashing.Offence`) today, which is found out; returns OK or a refusal code."""
        w = self.model.world
        return accuse_at(w.nodes, w.state, self._index, offence)


class CoreNode(Node):
    """A node of the always-on core tier."""


class FlexNode(Node):
    """A node of the load-following flex tier."""


class GuardianNode(Node):
    """A node that attests snapshots."""


class Developer(Actor, DeveloperRow):
    """A team that deploys and runs rollups."""

    population = 3


class Voter(Actor, VoterRow):
    """A holder who may vote. Every action returns OK or a refusal code."""

    population = 4

    def lock(self, amount: int, days: int) -> int:
        """Lock `amount` uERA for `days`."""
        w = self.model.world
        return lock_at(w.voters, w.pots, w.params, w.state, self._index, amount, days)

    def extend(self, days: int) -> int:
        """Let the lock end `days` from now."""
        w = self.model.world
        return extend_at(w.voters, w.params, w.state, self._index, days)

    def unlock(self) -> int:
        """Take all tokens out of a lock that has ended."""
        w = self.model.world
        return unlock_at(w.voters, w.pots, w.state, self._index)

    def delegate_to(self, voter: int) -> int:
        """Let the voter in a row vote for this one; -1 takes the votes back."""
        return delegate_at(self.model.world.voters, self._index, voter)

    def vote(self, proposal: int, is_yes: bool) -> int:
        """Vote on the proposal in a row, with everything held and received."""
        w = self.model.world
        return vote_at(w.proposals, w.voters, w.params, w.state, self._index, proposal, int(is_yes))

    def propose(self, path: str, value: float, element: int = 0) -> int:
        """File a proposal, without asking around, that an element of a parameter be `value` in stored units.

        Raises KeyError for a path that is no parameter.
        """
        w = self.model.world
        slot = {leaf.path: leaf.slot for leaf in PARAMETERS}[path] + element
        chamber = ProposalContext(w.proposals, w.governable, w.voters, w.pots, w.params, w.state)
        return propose_at(chamber, self._index, slot, float(value))


class Trader(Actor, TraderRow):
    """A trader with its own ERA and USD."""

    population = 5


class Holder(Actor, HolderRow):
    """The holder of one allocation bucket."""

    population = 6


NODE_CLASSES: dict[str, type[Actor]] = {"core": CoreNode, "flex": FlexNode, "guardian": GuardianNode}
"""Class of a node by its tier."""


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
        ("voters", "voter_draws", "state", "pots", "params", "governable", "proposals"),
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


class EconModel(mesa.Model):  # type: ignore[misc]
    """The economy as a Mesa model.

    `agents` maps a population's name (developers, users, nodes, voters, traders, holders) or a tier's (core, flex, guardian)
    to a subclass of its agent class. `objects=True` steps every population agent by agent instead of in one compiled call.
    """

    def __init__(
        self,
        scenario: Scenario,
        seed: int = 1,
        *,
        replication: int = 0,
        agents: Mapping[str, type[Actor]] | None = None,
        objects: bool = False,
    ) -> None:
        super().__init__(rng=0)
        self.world: World = create_world(scenario, seed, replication)
        self.view: World = as_rows(self.world)
        self.scenario_name = scenario.name
        self.history: list[np.ndarray[Any, np.dtype[np.float64]]] = []
        self._classes = choose_classes(agents or {})
        self._tiers = {int(tier): self._classes[tier.name.lower()] for tier in Tier}
        self._objects = objects
        self._members: dict[str, list[Actor]] = {}
        for roster in ROSTER:
            self._create_members(roster)
        self._phases = {roster.phase: roster for roster in ROSTER}

    def _create_members(self, roster: Roster) -> None:
        rows = getattr(self.view, roster.name)
        tables = tuple(getattr(self.world, name) for name in roster.reads)
        enter = get_entry(roster.enter, *tables, 0)
        self._members[roster.name] = [self._get_class(roster, row)(self, row, enter, tables) for row in rows]

    def _get_class(self, roster: Roster, row: Any) -> type[Actor]:
        return self._tiers[row.tier] if roster.name == "nodes" else self._classes[roster.name]

    @property
    def state(self) -> Any:
        """The row of all mechanism state."""
        return self.view.state[0]

    @property
    def params(self) -> Any:
        """The row of all parameters; assigning one changes it from now on."""
        return self.view.params[0]

    @property
    def pots(self) -> Any:
        """The row of shared accounts."""
        return self.view.pots[0]

    @property
    def day(self) -> int:
        """Days that have passed."""
        return int(self.state.clock.day)

    @property
    def digest(self) -> str:
        """Identity of the world as it stands."""
        return hash_world(self.world)

    @property
    def daily(self) -> pd.DataFrame:
        """The daily table so far."""
        return pd.DataFrame(np.array(self.history).reshape(-1, len(COLUMNS)), columns=list(COLUMNS))

    def get_metric(self, name: str) -> float:
        """A metric of the last finished day, for `DataCollector` model reporters."""
        return float(self.history[-1][COLUMNS.index(name)]) if self.history else 0.0

    def population(self, cls: type[Actor]) -> Any:
        """All agents of a class, subclasses included."""
        return self.agents.select(agent_type=cls)

    def step(self) -> None:
        """One day."""
        for phase in DAY:
            roster = self._phases.get(phase)
            if roster is not None and self._runs_objects(roster):
                self._step_objects(roster)
            else:
                phase(self.world)
        self.history.append(self.world.flat.today.copy())
        self._follow_tiers()

    def _runs_objects(self, roster: Roster) -> bool:
        classes = self._tiers.values() if roster.name == "nodes" else [self._classes[roster.name]]
        return self._objects or any(cls.step is not Actor.step for cls in classes)

    def _step_objects(self, roster: Roster) -> None:
        roster.draw(self.world)
        for member in self._members[roster.name]:
            member.step()

    def _follow_tiers(self) -> None:
        """Replace the objects of nodes that changed tier by objects of their new class."""
        members = self._members["nodes"]
        for i, tier in enumerate(as_array(self.world.nodes)["tier"].tolist()):
            old = members[i]
            if type(old) is not self._tiers[tier]:
                members[i] = self._tiers[tier](self, old, old._enter, old._tables)
                old.remove()

    def close(self) -> None:
        """Let go of the model: Mesa 3.3 keeps every model alive through a class-wide table of ids."""
        ids = getattr(mesa.Agent, "_ids", None)
        if ids is not None:
            ids.pop(self, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
