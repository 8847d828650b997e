"""List the systems of the protocol that are simulated."""

import argparse
from pathlib import Path

from metalab.experiments.command_line.listing import print_rows
from metalab.experiments.command_line.options import add_json

PATH = Path(__file__).resolve().parent.parent / "systems.csv"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    add_json(parser)


def execute(arguments: argparse.Namespace) -> None:
    """Print every system with the commands and the figures that show it; as JSON also the modules that hold it."""
    print_rows(list_systems(), ("id", "system", "command", "observe"), arguments.json)


def list_systems() -> list[dict[str, str]]:
    """The rows of systems.csv; `modules`, `command` and `observe` are names with spaces between."""
    import csv

    with PATH.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
