"""List the metrics."""

import argparse

from metalab.experiments.command_line.listing import print_rows
from metalab.experiments.command_line.options import add_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    add_json(parser)


def execute(arguments: argparse.Namespace) -> None:
    """Print every column of the daily table."""
    from metalab.econ.kernel.records import METRIC_ROOMS, METRICS

    rows = [
        {
            "name": leaf.path.split(".")[-1],
            "unit": leaf.info.unit,
            "better": leaf.info.better,
            "doc": leaf.info.doc,
            "room": METRIC_ROOMS[leaf.path.split(".")[-1]],
            "mechanism": leaf.path.split(".")[0],
        }
        for leaf in METRICS
    ]
    print_rows(rows, ("name", "unit", "doc"), arguments.json)
