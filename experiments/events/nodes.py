"""What happened to nodes: offences that were punished, and the journal of their tokens."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from metalab.econ.kernel.memory import as_array
from metalab.experiments.events.schema import Column, EventTable, Row, date_of, twice
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Tier
from metalab.protocol.kernel.declare import MICRO

if TYPE_CHECKING:
    from metalab.experiments.runs.runner import Result

CAUSES = {int(cause): cause.name.lower() for cause in Cause}


def list_offences(result: "Result") -> list[Row] | None:
    """One row a punished offence, as it was seen."""
    return None if result.seen is None else result.seen.offences


def list_journal(result: "Result") -> Iterator[Row] | None:
    """One row a movement of a node's tokens; None where the world has no room for any (`population.journal`)."""
    journal = as_array(result.world.journal)
    return _read_journal(result) if len(journal) else None


def _read_journal(result: "Result") -> Iterator[Row]:
    """Movements, each with what was punished at that node on that day."""
    count = int(as_array(result.world.state)["staking"]["log"]["count"][0])
    tiers = [Tier(int(tier)).name.lower() for tier in as_array(result.world.nodes)["tier"]]
    offences: dict[tuple[int, int], list[str]] = {}
    for row in result.seen.offences if result.seen is not None else ():
        offences.setdefault((row[0], row[2]), []).append(row[4])
    journal = as_array(result.world.journal)[:count]
    columns = (journal[name].tolist() for name in ("day", "cause", "node", "amount"))
    for day, cause, node, amount in zip(*columns, strict=True):
        name = CAUSES[cause]
        offence = ", ".join(offences.get((day, node), ())) if name.startswith("slash") else ""
        yield *twice(day), node, tiers[node], name, offence, amount / MICRO


OFFENCES = EventTable(
    "Offences of nodes, on the day of their punishment.",
    (
        *date_of("", "when it was punished"),
        Column("node", "row", "whose"),
        Column("tier", "1", "its tier that evening", "text"),
        Column("offence", "1", "downtime, invalid_attestation, equivocation or data_withholding", "text"),
        *date_of("committed", "when it was committed"),
        Column("exposed_era", "ERA", "stake that it was committed with", "real"),
        Column("stake_era", "ERA", "stake that evening", "real"),
        Column("status", "1", "what the node is that evening: bonded, jailed, tombstoned, ...", "text"),
        Column("times", "1", "how often the node has been punished for it"),
    ),
    list_offences,
)
JOURNAL = EventTable(
    "Movements of node tokens; kept where `population.journal` is above 0.",
    (
        *date_of("", "when"),
        Column("node", "row", "whose"),
        Column("tier", "1", "its tier at the end of the run", "text"),
        Column("cause", "1", "why", "text"),
        Column("offence", "1", "of a penalty: what was punished", "text"),
        Column("amount_era", "ERA", "how much", "real"),
    ),
    list_journal,
)
