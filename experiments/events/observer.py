"""Watching a world from one evening to the next: events that its tables only count. It reads, and changes nothing."""

from typing import Any

from metalab.econ.kernel.memory import as_array
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.world import World
from metalab.econ.rollups.deploying import Niche
from metalab.econ.security.incident import compute_daily_chance
from metalab.experiments.events.schema import Row, twice
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.security.incidents import IncidentKind
from metalab.protocol.security.slashing import Offence

DAY = COLUMNS.index("day")
ATTACK = "attack"


class Observer:
    """Offences, incidents and moves between niches of a run, as rows of their event tables."""

    def __init__(self) -> None:
        self.offences: list[Row] = []
        self.incidents: list[Row] = []
        self.moves: list[Row] = []
        self._before: dict[str, Any] = {}

    def begin(self, world: World) -> None:
        """Note how things stand before the first day that is watched."""
        nodes, incidents = as_array(world.nodes), as_array(world.incidents)
        self._before = {name: nodes[name].copy() for name in ("priors", "offence_day")}
        self._before |= {name: incidents[name].copy() for name in ("count", "lost_usd")}
        self._before["flows"] = as_array(world.state)["switching"]["flows"][0].copy()

    def observe(self, world: World) -> None:
        """Note what the day that has just passed brought."""
        day = int(world.flat.today[DAY])
        self._see_offences(world, day)
        self._see_incidents(world, day)
        self._see_moves(world, day)
        self.begin(world)

    def _see_offences(self, world: World, day: int) -> None:
        nodes = as_array(world.nodes)
        for i, k in zip(*(nodes["priors"] > self._before["priors"]).nonzero(), strict=True):
            node = nodes[i]
            committed = int(self._before["offence_day"][i][k]) - 1
            self.offences.append((
                *twice(day), int(i), Tier(int(node["tier"])).name.lower(), Offence(int(k)).name.lower(),
                *twice(committed if committed >= 0 else day), int(node["exposed"][k]) / MICRO, int(node["stake"]) / MICRO,
                NodeStatus(int(node["status"])).name.lower(), int(node["priors"][k]),
            ))  # fmt: skip

    def _see_incidents(self, world: World, day: int) -> None:
        incidents, rollups = as_array(world.incidents), as_array(world.rollups)
        for (i,) in zip(*(incidents["count"] > self._before["count"]).nonzero(), strict=True):
            lost = float(incidents["lost_usd"][i] - self._before["lost_usd"][i])
            niche, kind = Niche(int(rollups["niche"][i])).name.lower(), find_kinds(world, int(i))
            self.incidents.append((*twice(day), int(i), niche, kind, lost, float(rollups["tvl"][i]), float(incidents["hours"][i])))

    def _see_moves(self, world: World, day: int) -> None:
        moved = as_array(world.state)["switching"]["flows"][0] - self._before["flows"]
        for (place,) in zip(*moved.nonzero(), strict=True):
            origin, target = (Niche(part).name.lower() for part in divmod(int(place), len(Niche)))
            self.moves.append((*twice(day), origin, target, int(moved[place])))


def find_kinds(world: World, i: int) -> str:
    """Which kinds of incident today's chance brought to a rollup; where none did, it was reached by an attack."""
    draws, hazard = as_array(world.incident_draws)[i], as_array(world.params)["incidents"]["hazard"][0]
    chance = plain(compute_daily_chance)
    kinds = [kind.name.lower() for kind in IncidentKind if float(draws[kind.name.lower()]) < chance(float(hazard[kind]))]
    return ", ".join(kinds) or ATTACK
