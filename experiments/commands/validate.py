"""`validate`: patterns of the default world with and without each mechanism, or the twelve sanity checks."""

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

FEWEST_DAYS = 732
"""Two years: several checks look at day 365 or 730."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which checks, on how many runs."""
    parser.add_argument("--sanity", action="store_true", help="the twelve checks instead of the patterns")
    parser.add_argument("--panel", metavar="FILE", help="instead, statistics of a CSV of daily prices (date,token,close)")
    parser.add_argument("--scenario", metavar="SCENARIO", default="launch", help="preset or TOML file (default launch)")
    add_whole(parser, "--runs", 20, "runs per ensemble")
    add_whole(parser, "--days", USUAL_DAYS, "days per run")
    add_whole(parser, "--seed", 1, "seed")
    add_whole(parser, "--workers", 2, "threads")
    parser.add_argument("--out", metavar="DIR", help="folder for validation.json and validation.md")


def execute(arguments: argparse.Namespace) -> int:
    """Check, print and store; exit code 1 when something fails."""
    if arguments.panel:
        return describe(Path(arguments.panel), arguments.out)
    from metalab.experiments.validation.laboratory import Laboratory
    from metalab.experiments.validation.patterns import PATTERNS
    from metalab.experiments.validation.sanity import CHECKS

    if arguments.runs < 2:
        raise BadValueError("--runs", arguments.runs, "2 or more")
    if arguments.days < FEWEST_DAYS:
        raise BadValueError("--days", arguments.days, f"{FEWEST_DAYS} or more")
    lab = Laboratory(arguments.scenario, arguments.runs, arguments.days, arguments.seed, arguments.workers)
    findings = list(examine(lab, CHECKS if arguments.sanity else PATTERNS))
    title = "Sanity checks" if arguments.sanity else "Patterns"
    store(findings, arguments, title, f"{title.lower().split()[0]}")
    failed = [finding for finding in findings if finding.holds is False]
    print(f"{len(findings) - len(failed)} of {len(findings)} hold or are not judged; {len(failed)} fail")
    return 1 if failed else 0


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
            print(
                f"{finding.verdict:<10} {finding.group} {finding.name}: {finding.measured} (target {finding.target}, {finding.runs} runs)"
            )
            sys.stdout.flush()
            yield finding


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
    (folder / f"{name}.md").write_text(f"# {title}\n\nMade by {command}. {condition}{spread}{write_table(findings)}")
    (folder / f"{name}.json").write_text(json.dumps([asdict(finding) for finding in findings], indent=1) + "\n")
