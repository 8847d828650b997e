"""One run of a scenario into a directory."""

import argparse
from pathlib import Path
from typing import Any

from experiments.commands.options import add_settings, add_whole, parse_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run, for how long, and where to put it."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a preset's name or a TOML file")
    add_whole(parser, "--days", None, "days to run (default: the scenario's, else 1096)")
    add_whole(parser, "--seed", None, "seed (default 1)")
    add_settings(parser)
    parser.add_argument("--engine", default="compiled", metavar="ENGINE", help="compiled (default) or mesa; both give the same digest")
    parser.add_argument("--out", metavar="DIR", required=True, help="directory of the results")


def execute(arguments: argparse.Namespace) -> None:
    """Run, store, print."""
    from experiments.scenario import finish, read_draft
    from experiments.single import run_single

    draft = read_draft(arguments.scenario)
    scenario = finish(draft, parse_settings(arguments.settings))
    days = draft.days if arguments.days is None else arguments.days
    seed = 1 if arguments.seed is None else arguments.seed
    manifest = run_single(scenario, arguments.out, seed=seed, days=days, engine=arguments.engine, command=arguments.command_line)
    print_run(manifest, arguments.out)


def print_run(manifest: dict[str, Any], out: str) -> None:
    """What the run came to, in a few lines."""
    from experiments.study import read_summary

    print(f"{manifest['scenario']}, seed {manifest['seed']}, {manifest['days']} days: {out}")
    for name, line in read_summary(Path(out))["metrics"].items():
        print(f"  {name:<28} last {line['last']:>16,.6g}   mean {line['mean']:>16,.6g}   {line['min']:,.6g} .. {line['max']:,.6g}")
    print(f"digest {manifest['digest']}")
