"""List the parameters."""

import argparse
from typing import Any

from metalab.experiments.command_line.listing import print_rows
from metalab.experiments.command_line.options import add_json


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--json."""
    add_json(parser)


def execute(arguments: argparse.Namespace) -> None:
    """Print every parameter."""
    print_rows(list_parameters(), ("path", "default", "range", "unit", "owner", "binds", "doc"), arguments.json)


def list_parameters() -> list[dict[str, Any]]:
    """Every parameter as people see it."""
    from metalab.experiments.inputs.checks import list_relations
    from metalab.experiments.inputs.schema import LEAVES, get_default

    return [
        {
            "path": path,
            "default": get_default(leaf),
            "range": _describe_range(leaf.info),
            "unit": leaf.info.unit,
            "owner": leaf.info.owner,
            "binds": leaf.info.binds,
            "doc": leaf.info.doc,
            "source": leaf.info.source,
            "low": leaf.info.low,
            "high": leaf.info.high,
            "choices": [member.name.lower() for member in leaf.info.choices or ()],
            "length": leaf.info.length,
            "total": leaf.info.total,
            "relations": list_relations(path),
        }
        for path, leaf in LEAVES.items()
    ]


def _describe_range(info: Any) -> str:
    if info.choices is not None:
        return "|".join(member.name.lower() for member in info.choices)
    return "true|false" if info.unit == "switch" else f"{info.low:,} .. {info.high:,}"
