"""The list of systems names what exists."""

from importlib.util import find_spec

import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.messaging.fastclock.figures.metrics import METRICS
from metalab.experiments.cli import COMMANDS
from metalab.experiments.commands.systems import list_systems

SYSTEMS = list_systems()


def test_systems_are_listed_once() -> None:
    names = [row["id"] for row in SYSTEMS]
    assert names == sorted(set(names), key=lambda name: (name[0], int(name[1:])))


@pytest.mark.parametrize("row", SYSTEMS, ids=lambda row: row["id"])
def test_a_system_has_its_modules_and_can_be_observed(row: dict[str, str]) -> None:
    assert all(find_spec(module) for module in row["modules"].split())
    assert row["observe"]
    # Columns of the daily table, or figures that the command metalayer prints.
    assert set(row["observe"].split()) <= set(COLUMNS) | set(METRICS)
    assert set(row["command"].split()) <= set(COMMANDS)
    assert ("run" in row["command"].split()) is bool(set(row["observe"].split()) & set(COLUMNS))
    assert ("metalayer" in row["command"].split()) is bool(set(row["observe"].split()) - set(COLUMNS))
