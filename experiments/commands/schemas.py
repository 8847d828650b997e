"""JSON Schema of a proposal or a scenario, for editors."""

import argparse
import json

KINDS = ("proposal", "scenario")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file."""
    parser.add_argument("kind", metavar="KIND", help="proposal or scenario")


def execute(arguments: argparse.Namespace) -> None:
    """Print the schema."""
    from metalab.experiments.errors import UnknownNameError
    from metalab.experiments.inputs.json_schema import make_proposal_schema, make_scenario_schema

    if arguments.kind not in KINDS:
        raise UnknownNameError("schema", arguments.kind, KINDS)
    make = make_proposal_schema if arguments.kind == "proposal" else make_scenario_schema
    print(json.dumps(make(), indent=1))
