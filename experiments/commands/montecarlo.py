"""Many runs of a scenario into a directory."""

import argparse
from typing import Any

from metalab.experiments.command_line.compiling import tell_compiling
from metalab.experiments.command_line.options import add_study, parse_settings, read_options


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to run, how often, and where to put it."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a preset's name or a TOML file")
    add_study(parser)


@tell_compiling
def execute(arguments: argparse.Namespace) -> None:
    """Run, store, print."""
    from metalab.experiments.errors import UsageError
    from metalab.experiments.inputs.scenario import finish, read_draft
    from metalab.experiments.studies.study import run_study

    if arguments.runs is None:
        raise UsageError("--runs N is missing; give the number of runs, for example --runs 64")
    draft = read_draft(arguments.scenario)
    summary = run_study(finish(draft, parse_settings(arguments.settings)), arguments.out, read_options(arguments, draft.days))
    print_study(draft.name, summary, arguments.out)


def print_study(name: str, summary: dict[str, Any], out: str) -> None:
    """The last day of every metric over the runs."""
    from metalab.experiments.runs.price_parts import explain_price

    print(f"{name}: {summary['runs']} runs ({summary['failed']} failed), {summary['days']} days, seed {summary['seed']}: {out}")
    for failure in summary["failures"][:3]:
        print(f"  run {failure['run']} failed at stage {failure['stage']!r}: {failure['message']}")
    print(f"  {'last day of':<28} {'mean':>14} {'95 % interval':>32} {'5 % .. 95 % of runs':>32}")
    for metric, words in summary["metrics"].items():
        last = words["last"]
        interval = " .. ".join(f"{value:,.6g}" for value in last["interval"])
        band = f"{last['quantiles']['0.05']:,.6g} .. {last['quantiles']['0.95']:,.6g}"
        print(f"  {metric:<28} {last['mean']:>14,.6g} {interval:>32} {band:>32}")
    if summary["metrics"]:
        means = {metric: words["last"]["mean"] for metric, words in summary["metrics"].items()}
        print(f"price on the last day, mean of the runs: {explain_price(means)}")
    print(f"digest {summary['digest']}")
