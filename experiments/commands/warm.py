"""Compile every rule ahead of time."""

import argparse


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """--engine."""
    parser.add_argument("--engine", choices=("compiled", "mesa", "all"), default="all", help="which entries (default all)")


def execute(arguments: argparse.Namespace) -> None:
    """Compile with progress."""
    from metalab.experiments.runs.warming import warm

    warm(arguments.engine)
