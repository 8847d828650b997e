"""All event tables of a run by name."""

from typing import TYPE_CHECKING, Any

from metalab.experiments.events.governance import CHANGES, GRANTS, PROPOSALS, SHOCKS
from metalab.experiments.events.network import INCIDENTS, LICENCES, MOVES, ROLLUPS
from metalab.experiments.events.nodes import JOURNAL, OFFENCES
from metalab.experiments.events.schema import EventTable, make_table

if TYPE_CHECKING:
    from metalab.experiments.runs.runner import Result

EVENT_TABLES: dict[str, EventTable] = {
    "proposals": PROPOSALS,
    "changes": CHANGES,
    "grants": GRANTS,
    "shocks": SHOCKS,
    "rollups": ROLLUPS,
    "licences": LICENCES,
    "incidents": INCIDENTS,
    "niche_moves": MOVES,
    "offences": OFFENCES,
    "journal": JOURNAL,
}


def list_events(result: "Result") -> dict[str, Any]:
    """The event tables that a run can give, as Arrow tables."""
    tables = {}
    for name, table in EVENT_TABLES.items():
        rows = table.list_rows(result)
        if rows is not None:
            tables[name] = make_table(table, rows, result.scenario.start_date)
    return tables


def list_units(name: str) -> dict[str, str]:
    """Units of a table's columns by name."""
    return {column.name: column.unit for column in EVENT_TABLES[name].columns}
