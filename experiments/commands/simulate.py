"""One run of a scenario into a directory."""

import argparse

from experiments.commands.options import add_settings, add_whole


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run, for how long, and where to put it."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a preset's name or a TOML file")
    add_whole(parser, "--days", None, "days to run (default: the scenario's, else 1096)")
    add_whole(parser, "--seed", 1, "seed")
    add_settings(parser)
    parser.add_argument("--engine", default="compiled", help="compiled (default) or mesa; both give the same digest")
    parser.add_argument("--out", metavar="DIR", required=True, help="directory of the results")


def execute(arguments: argparse.Namespace) -> None:
    """Run, store, print."""
