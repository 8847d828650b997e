"""`validate`: patterns of the default world, guards against absurd ones, responses to changes, or the reach of levers."""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from metalab.experiments.command_line.options import add_whole
from metalab.experiments.errors import BadValueError
from metalab.experiments.limits import USUAL_DAYS
from metalab.experiments.program import show_command

if TYPE_CHECKING:
    from metalab.experiments.validation.finding import Finding
    from metalab.experiments.validation.laboratory import Laboratory

MEANING = {
    "guards": "Guards keep an absurd economy out. They are no evidence that the model is right: most were in view when its numbers were\n"
    "chosen.",
    "patterns": "A pattern is *fitted* where a parameter was set to it, *implied* where it follows from what is put in, by accounting or\n"
    "by construction, and *free* where neither holds: only free patterns test the model.",
}
"""What the tables of both kinds mean."""
FEWEST_DAYS = 732
"""Two years: several checks look at day 365 or 730."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which checks, on how many runs."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--sanity", action="store_true", help="the guards against an absurd economy instead of the patterns")
    which.add_argument("--responses", action="store_true", help="instead, what must follow when one thing changes (paired futures)")
    which.add_argument("--validity", action="store_true", help="instead, which levers reach which outcomes, and where that was checked")
    which.add_argument("--panel", metavar="FILE", help="instead, statistics of a CSV of daily prices (date,token,close)")
    parser.add_argument("--only", metavar="NAME", action="append", default=[], help="of --responses, this one; repeatable")
    parser.add_argument("--scenario", metavar="SCENARIO", default="launch", help="preset or TOML file (default launch)")
    add_whole(parser, "--runs", None, "runs per ensemble (default 20; of --responses 32, of --validity 4)")
    add_whole(parser, "--days", None, f"days per run (default {USUAL_DAYS}; of --validity 400)")
    add_whole(parser, "--seed", 1, "seed")
    add_whole(parser, "--workers", 2, "threads")
    parser.add_argument("--out", metavar="DIR", help="folder for the table and its data")


def execute(arguments: argparse.Namespace) -> int:
    """Check, print and store; exit code 1 when something fails."""
    fill_in(arguments)
    if arguments.panel:
        return describe(Path(arguments.panel), arguments.out)
    if arguments.runs < 2:
        raise BadValueError("--runs", arguments.runs, "2 or more")
    if arguments.responses or arguments.validity:
        return answer(arguments)
    from metalab.experiments.validation.guards import GUARDS
    from metalab.experiments.validation.laboratory import Laboratory
    from metalab.experiments.validation.patterns import PATTERNS

    if arguments.days < FEWEST_DAYS:
        raise BadValueError("--days", arguments.days, f"{FEWEST_DAYS} or more")
    lab = Laboratory(arguments.scenario, arguments.runs, arguments.days, arguments.seed, arguments.workers)
    findings = list(examine(lab, GUARDS if arguments.sanity else PATTERNS))
    title = "Guards" if arguments.sanity else "Patterns"
    store(findings, arguments, title, title.lower())
    failed = [finding for finding in findings if finding.holds is False]
    print(f"{len(findings) - len(failed)} of {len(findings)} hold or are not judged; {len(failed)} fail{describe_kinds(findings)}")
    return 1 if failed else 0


def fill_in(arguments: argparse.Namespace) -> None:
    """Runs and days where they were not given: as many as the question needs."""
    usual = {"validity": (4, 400), "responses": (32, USUAL_DAYS)}
    runs, days = next((usual[name] for name in usual if getattr(arguments, name)), (20, USUAL_DAYS))
    arguments.runs = runs if arguments.runs is None else arguments.runs
    arguments.days = days if arguments.days is None else arguments.days


def answer(arguments: argparse.Namespace) -> int:
    """Responses, or the reach of levers."""
    from metalab.experiments.commands.validation_tables import check_responses, check_validity

    return check_responses(arguments) if arguments.responses else check_validity(arguments)


def describe(path: Path, out: str | None) -> int:
    """Print the statistics of a panel of prices, and store them in `out`."""
    from metalab.experiments.validation.panel.ages import describe_ages
    from metalab.experiments.validation.panel.report import describe_panel, write_ages, write_rows
    from metalab.experiments.validation.panel.table import read_panel

    panel = read_panel(path)
    tables = {"panel_statistics.csv": write_rows(describe_panel(panel)), "age_quantiles.csv": write_ages(describe_ages(panel))}
    for name, text in tables.items():
        print(text)
        if out:
            Path(out).mkdir(parents=True, exist_ok=True)
            (Path(out) / name).write_text(text)
    return 0


def examine(lab: "Laboratory", checks: Iterable[object]) -> "Iterable[Finding]":
    """Run checks one after the other, printing each line as it comes."""
    for check in checks:
        for finding in check(lab):  # type: ignore[operator]
            kind = f"{finding.kind:<8}" if finding.kind else ""
            what = f"{finding.group} {finding.name}: {finding.measured} (target {finding.target}, {finding.runs} runs)"
            print(f"{finding.verdict:<10} {kind}{what}")
            sys.stdout.flush()
            yield finding


def describe_kinds(findings: "list[Finding]") -> str:
    """How many of them test the model, where that is told."""
    kinds = [finding.kind for finding in findings if finding.kind]
    return f"; {kinds.count('free')} of {len(kinds)} test the model, the others are fitted or implied" if kinds else ""


def store(findings: "list[Finding]", arguments: argparse.Namespace, title: str, name: str) -> None:
    """Write the table and its data."""
    if not arguments.out:
        return
    from metalab.experiments.validation.finding import write_table

    folder = Path(arguments.out)
    folder.mkdir(parents=True, exist_ok=True)
    condition = f"Scenario `{arguments.scenario}`, {arguments.runs} runs of {arguments.days} days, seed {arguments.seed}. "
    spread = "Spreads are medians over runs with their 5th and 95th percentile.\n\n"
    flag = " --sanity" if arguments.sanity else ""
    command = f"`{show_command('validate')}{flag} --runs {arguments.runs}`"
    meaning = f"{MEANING[name]}\n\nMade by {command}. {condition}{spread}"
    (folder / f"{name}.md").write_text(f"# {title}\n\n{meaning}{write_table(findings)}")
    (folder / f"{name}.json").write_text(json.dumps([asdict(finding) for finding in findings], indent=1) + "\n")
