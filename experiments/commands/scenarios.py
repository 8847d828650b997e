"""List the presets."""

import argparse

from metalab.experiments.command_line.listing import print_rows
from metalab.experiments.command_line.options import add_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    add_json(parser)


def execute(arguments: argparse.Namespace) -> None:
    """Print every preset."""
    from metalab.experiments.inputs.scenario import list_scenarios

    rows = [{"name": name, "description": text} for name, text in list_scenarios().items()]
    print_rows(rows, ("name", "description"), arguments.json)
