"""The Mesa face of the economy: agents are rows of the world, `step()` crosses into the compiled rule.

A population runs in one compiled call unless its class overrides `step()` or objects are asked for; either way the bits
are the same. Randomness never comes from Mesa: `self.uniform(k)` is a subclass's own keyed stream.
"""

from collections.abc import Mapping
from math import nan
from types import TracebackType
from typing import Any, Self

import numpy as np
import pandas as pd

from metalab.econ.agents.actor import Actor
from metalab.econ.agents.checks import read_whole, suggest
from metalab.econ.agents.guarded import guard
from metalab.econ.agents.mesa_import import mesa
from metalab.econ.agents.populations import Node
from metalab.econ.agents.roster import ROSTER, Roster, choose_classes
from metalab.econ.day import DAY
from metalab.econ.genesis import create_world
from metalab.econ.kernel.memory import as_array, as_rows, hash_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.econ.kernel.world import RECORDS, World
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.compiling import INTERPRETED, get_entry


def check_arguments(scenario: Any, seed: Any, replication: Any) -> None:
    """Raise TypeError or ValueError for what no world can be made of."""
    if not isinstance(scenario, Scenario):
        raise TypeError(f"scenario = {scenario!r} is not allowed; give what load_scenario() returns")
    read_whole("seed", seed, 0)
    read_whole("replication", replication, 0)
    if INTERPRETED:
        raise RuntimeError("numba is switched off (NUMBA_DISABLE_JIT), which agents need; run(..., engine='plain') works without")


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
        check_arguments(scenario, seed, replication)
        # Nothing of ours draws from Mesa's generators; a user's code that does should see the seed in them.
        super().__init__(rng=[seed, replication])
        self.world: World = create_world(scenario, seed, replication)
        self.view: World = as_rows(self.world)
        self._guarded = {name: guard(RECORDS[name], getattr(self.world, name)) for name in ("state", "params", "pots")}
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
        self._members[roster.name] = [self._make_member(self._get_class(roster, row), row, enter, tables) for row in rows]

    def _make_member(self, cls: type[Actor], row: Any, enter: Any, tables: tuple[Any, ...]) -> Actor:
        member = cls(self, row, enter, tables)
        member._is_made = True
        return member

    def _get_class(self, roster: Roster, row: Any) -> type[Actor]:
        return self._get_node_class(row.tier, row.capital) if roster.name == "nodes" else self._classes[roster.name]

    def _get_node_class(self, tier: int, capital: float) -> type[Actor]:
        """The class of its tier; a row that waits for an operator to arrive is a plain node."""
        return self._tiers[tier] if capital > 0.0 else Node

    @property
    def state(self) -> Any:
        """The row of all mechanism state. Assigning a field of it acts at once; what a mechanism computes daily it computes again."""
        return self._guarded["state"]

    @property
    def params(self) -> Any:
        """The row of all parameters in stored units; assigning one changes it from now on.

        A value out of bounds raises ValueError, an unknown name AttributeError. A vector is assigned as a whole.
        """
        return self._guarded["params"]

    @property
    def pots(self) -> Any:
        """The row of shared accounts, for reading: only the ledger's verbs move tokens."""
        return self._guarded["pots"]

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
        """A metric of the last finished day, for `DataCollector` model reporters; NaN before the first day.

        Raises KeyError for a name that is no metric.
        """
        if name not in COLUMNS:
            raise KeyError(f"{name!r} is no metric{suggest(name, COLUMNS) or '; see: python -m experiments metrics'}")
        return float(self.history[-1][COLUMNS.index(name)]) if self.history else nan

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
        # A copy: the row is zeroed tomorrow morning.
        self.history.append(self.world.flat.today.copy())
        self._follow_tiers()

    def _runs_objects(self, roster: Roster) -> bool:
        classes = self._tiers.values() if roster.name == "nodes" else [self._classes[roster.name]]
        return self._objects or any(cls.step is not Actor.step for cls in classes)

    def _step_objects(self, roster: Roster) -> None:
        roster.draw(self.world)
        if roster.name == "nodes":
            # Operators who arrive today act today, as what they are.
            self._follow_tiers()
        for member in self._members[roster.name]:
            member.step()

    def _follow_tiers(self) -> None:
        """Replace the objects of nodes that changed tier, or have an operator now, by objects of their new class."""
        members = self._members["nodes"]
        nodes = as_array(self.world.nodes)
        for i, (tier, capital) in enumerate(zip(nodes["tier"].tolist(), nodes["capital"].tolist(), strict=True)):
            old = members[i]
            cls = self._get_node_class(tier, capital)
            if type(old) is not cls:
                members[i] = self._make_member(cls, old, old._enter, old._tables)
                old._retire()

    def close(self) -> None:
        """Let go of the model: Mesa 3.3 keeps every model alive through a class-wide table of ids."""
        ids = getattr(mesa.Agent, "_ids", None)
        if ids is not None:
            ids.pop(self, None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
