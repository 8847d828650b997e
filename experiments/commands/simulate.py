"""One run of a scenario into a directory."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from metalab.experiments.command_line.compiling import tell_compiling
from metalab.experiments.command_line.options import add_settings, add_whole, parse_settings, refuse_ignored
from metalab.experiments.program import show_command


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run, for how long, and where to put it."""
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?", help="a preset's name or a TOML file; with --fork-from the parent's")
    add_whole(parser, "--days", None, "days to run (default: the scenario's or the parent's, else 1096)")
    add_whole(parser, "--seed", None, "seed (default 1)")
    add_settings(parser)
    engines = "compiled (default), mesa, or plain: Python alone, slow, for a debugger; all give the same digest"
    parser.add_argument("--engine", default="compiled", metavar="ENGINE", help=engines)
    parser.add_argument("--fork-from", metavar="DIR@DAY", help="replay the run in DIR up to the morning of DAY and continue from there")
    add_whole(parser, "--run", None, "which run of DIR, where it holds a study")
    parser.add_argument("--allow-version-change", action="store_true", help="fork although the code has changed since")
    parser.add_argument("--out", metavar="DIR", required=True, help="directory of the results")


@tell_compiling
def execute(arguments: argparse.Namespace) -> None:
    """Run, store, print."""
    manifest = fork(arguments) if arguments.fork_from else start(arguments)
    print_run(manifest, arguments.out)


def start(arguments: argparse.Namespace) -> dict[str, Any]:
    """A run from day 0."""
    from metalab.econ.policy.changes import find_leaf
    from metalab.experiments.errors import UsageError
    from metalab.experiments.inputs.scenario import finish, read_draft
    from metalab.experiments.runs.run_directory import run_single

    refuse_ignored(arguments, ("--run", "--allow-version-change"), "does nothing without --fork-from DIR@DAY")
    if not arguments.scenario:
        raise UsageError(f"SCENARIO is missing: a preset's name or a TOML file (see: {show_command('scenarios')})")
    draft = read_draft(arguments.scenario)
    scenario = finish(draft, parse_settings(arguments.settings))
    tell_binding(((find_leaf(change.slot).path, change.day) for change in scenario.changes), draft.values)
    days = draft.days if arguments.days is None else arguments.days
    seed = 1 if arguments.seed is None else arguments.seed
    return run_single(scenario, arguments.out, seed=seed, days=days, engine=arguments.engine, command=arguments.command_line)


def fork(arguments: argparse.Namespace) -> dict[str, Any]:
    """A run that leaves another one; what SCENARIO and --set say otherwise holds from the day on."""
    from metalab.experiments.errors import BadValueError
    from metalab.experiments.inputs.scenario import load_scenario
    from metalab.experiments.runs.forks import find_parent, plan_fork
    from metalab.experiments.runs.run_directory import run_fork

    name, _, day = arguments.fork_from.rpartition("@")
    if not name or not day.isdigit():
        raise BadValueError("--fork-from", arguments.fork_from, "DIR@DAY, for example out/launch@180")
    if arguments.engine != "compiled":
        raise BadValueError("--engine", arguments.engine, "compiled, where a run is forked")
    parent = find_parent(Path(name), arguments.run, arguments.allow_version_change)
    if arguments.seed not in (None, parent["seed"]):
        raise BadValueError("--seed", arguments.seed, f"the parent's, {parent['seed']}, or nothing")
    target = load_scenario(arguments.scenario) if arguments.scenario else None
    plan = plan_fork(parent, int(day), target, parse_settings(arguments.settings))
    tell_binding(((change["parameter"], change["day"]) for change in plan["changes"]), parent["parameters"])
    days = parent["days"] if arguments.days is None else arguments.days
    return run_fork(plan, arguments.out, days=days, command=arguments.command_line)


def tell_binding(changes: Iterable[tuple[str, int]], values: Mapping[str, Any]) -> None:
    """Say of changes that act later than on their day when they do; `values` are what the world has of its own."""
    from metalab.experiments.inputs.planning.binding import describe_bindings
    from metalab.experiments.inputs.schema import resolve, show_parameters

    for text in describe_bindings(changes, show_parameters(resolve(values))):
        print(f"warning: {text}", file=sys.stderr)


def print_run(manifest: dict[str, Any], out: str) -> None:
    """The outcome of the run, in a few lines."""
    from metalab.experiments.runs.price_parts import METRICS, explain_price
    from metalab.experiments.runs.run_directory import read_first_day
    from metalab.experiments.studies.study import read_summary

    print(f"{manifest['scenario']}, seed {manifest['seed']}, {manifest['days']} days: {out}")
    metrics = read_summary(Path(out))["metrics"]
    for name, line in metrics.items():
        print(f"  {name:<28} last {line['last']:>16,.6g}   mean {line['mean']:>16,.6g}   {line['min']:,.6g} .. {line['max']:,.6g}")
    print(f"price on day 0: {explain_price(read_first_day(Path(out), METRICS))}")
    print(f"price on the last day: {explain_price({name: line['last'] for name, line in metrics.items()})}")
    print(f"digest {manifest['digest']}")
