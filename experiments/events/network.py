"""What became of rollups: births and closings, licences, moves of their users, incidents."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from metalab.econ.kernel.memory import as_array
from metalab.econ.rollups.deploying import Niche
from metalab.experiments.events.schema import Column, EventTable, Row, come, date_of, twice
from metalab.protocol.kernel.codes import Framework
from metalab.protocol.kernel.declare import MICRO

if TYPE_CHECKING:
    from metalab.experiments.runs.runner import Result


def list_rollups(result: "Result") -> Iterator[Row]:
    """One row a rollup that has lived."""
    count = int(as_array(result.world.state)["rollups"]["count"][0])
    incidents = as_array(result.world.incidents)
    for number, row in enumerate(as_array(result.world.rollups)[:count]):
        yield (
            number,
            *twice(int(row["birth_day"])),
            *twice(come(int(row["close_day"]))),
            Niche(int(row["niche"])).name.lower(),
            Framework(int(row["framework"])).name.lower(),
            come(int(row["developer"])),
            float(row["tvl"]),
            float(row["usd"]),
            float(row["owed_usd"]),
            come(int(row["carries"])),
            int(incidents["count"][number]),
            float(incidents["lost_usd"][number]),
        )


def list_licences(result: "Result") -> Iterator[Row]:
    """One row a licence; it ends when its adopter closes."""
    world = result.world
    closed = as_array(world.rollups)["close_day"]
    for row in as_array(world.licences)[: int(as_array(world.state)["licences"]["count"][0])]:
        adopter = int(row["adopter"])
        ended = come(int(closed[adopter])) if int(row["live"]) == 0 else None
        yield (
            int(row["originator"]),
            adopter,
            *twice(int(row["since"])),
            *twice(ended),
            int(row["paid_era"]) / MICRO,
            float(row["paid_usd"]),
        )


def list_incidents(result: "Result") -> list[Row] | None:
    """One row an incident of a rollup, as it was seen."""
    return None if result.seen is None else result.seen.incidents


def list_moves(result: "Result") -> list[Row] | None:
    """One row for each day and pair of niches between which cohorts moved."""
    return None if result.seen is None else result.seen.moves


ROLLUPS = EventTable(
    "Rollups: births and closings.",
    (
        Column("rollup", "row", "number"),
        *date_of("birth", "day of deployment; negative before the run"),
        *date_of("close", "day of closing; none while it runs"),
        Column("niche", "1", "what it is for", "text"),
        Column("framework", "1", "its software", "text"),
        Column("developer", "row", "who built it"),
        Column("tvl_usd", "USD", "value secured at the end of the run", "real"),
        Column("account_usd", "USD", "its account at the end", "real"),
        Column("owed_usd", "USD", "bills it could not pay", "real"),
        Column("innovation_of", "row", "rollup whose innovation it uses"),
        Column("incidents", "1", "incidents it had"),
        Column("lost_usd", "USD", "lost in them by its users", "real"),
    ),
    list_rollups,
)
LICENCES = EventTable(
    "Licences of innovations.",
    (
        Column("originator", "row", "rollup that built the innovation"),
        Column("adopter", "row", "rollup that uses it"),
        *date_of("since", "when it was agreed"),
        *date_of("end", "when the adopter closed"),
        Column("paid_era", "ERA", "royalties in ERA", "real"),
        Column("paid_usd", "USD", "royalties in USD", "real"),
    ),
    list_licences,
)
INCIDENTS = EventTable(
    "Incidents, one row for each rollup that one began at or that an attack reached.",
    (
        *date_of("", "when it began"),
        Column("rollup", "row", "where"),
        Column("niche", "1", "what the rollup is for", "text"),
        Column("kind", "1", "exploit, outage, forgery, data_loss, several of them, or attack: a forgery by guardians", "text"),
        Column("lost_usd", "USD", "lost by the rollup's users on that day, after insurance", "real"),
        Column("tvl_usd", "USD", "value secured that evening", "real"),
        Column("hours_out", "h", "out of order from the next morning on", "real"),
    ),
    list_incidents,
)
MOVES = EventTable(
    "Moves of user cohorts between niches.",
    (
        *date_of("", "when"),
        Column("origin", "1", "niche they left", "text"),
        Column("target", "1", "niche they went to", "text"),
        Column("cohorts", "1", "how many"),
    ),
    list_moves,
)
