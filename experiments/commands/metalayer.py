"""`metalayer`: the Metalayer second by second, under faults and attacks."""

import argparse
from pathlib import Path
from typing import Any

from metalab.experiments.command_line.compiling import tell_compiling
from metalab.experiments.command_line.options import add_real, add_settings, add_whole, parse_settings
from metalab.experiments.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Numbers of rollups and guardians, faults, and time."""
    add_whole(parser, "--rollups", 75, "rollups")
    add_whole(parser, "--guardians", 20, "guardians")
    add_whole(parser, "--byzantine", 0, "guardians that break the rules; a third or more is allowed, and safety may fail")
    add_whole(parser, "--offline", 0, "guardians that are offline")
    add_real(parser, "--minutes", 60.0, "simulated minutes")
    add_whole(parser, "--seed", 1, "seed")
    add_settings(parser)
    parser.add_argument("--out", metavar="DIR", required=True, help="directory of the results")


@tell_compiling
def execute(arguments: argparse.Namespace) -> None:
    """Simulate, store, print."""
    from metalab.experiments.laboratories.metalayer import store_metalayer
    from metalab.experiments.laboratories.metalayer_settings import OPTIONS, read_settings
    from metalab.experiments.studies.study import read_summary

    values = {path: getattr(arguments, option) for option, path in OPTIONS.items()}
    settings = parse_settings(arguments.settings)
    for option, path in OPTIONS.items():
        if path in settings:
            raise UsageError(f"--set {path} would overrule --{option}; give --{option} alone")
    values |= settings
    manifest = store_metalayer(read_settings(values), arguments.out, seed=arguments.seed, command=arguments.command_line)
    print_result(read_summary(Path(arguments.out)), arguments.out)
    print(f"digest {manifest['digest']}")


def print_result(summary: dict[str, Any], out: str) -> None:
    """Every figure with its unit and meaning, proof sizes by batch, and what failed."""
    from metalab.econ.messaging.fastclock.figures.metrics import METRICS

    print(f"metalayer, seed {summary['seed']}, {summary['minutes']:g} minutes: {out}")
    for name, info in METRICS.items():
        unit = "" if info.unit == "1" else info.unit
        print(f"  {name:<26}{summary['metrics'][name]:>14,.6g} {unit:<6} {info.doc}")
    print("  proofs: messages in a batch, bytes alone and shared, ratio, gas, saving (per message)")
    for line in summary["proofs"]:
        sizes = f"{line['bytes_alone']:>9,.0f} B {line['bytes_shared']:>7,.0f} B {line['ratio']:>6.2f}"
        print(f"  {line['batch']:>5} {sizes} {line['gas']:>11,.0f} {line['saving']:>7.1%}")
    habits = ", ".join(f"{number} {habit}" for number, habit in summary["byzantine"].items())
    print(f"  byzantine guardians: {habits or 'none'}; offline: {', '.join(map(str, summary['offline'])) or 'none'}")
    for penalty in summary["penalties"]:
        loss = f"{penalty['slashed_era']:,.0f} ERA, {penalty['share']:.2%} of its stake"
        print(f"  slashing: guardian {penalty['guardian']} loses {loss}{tell_fate(penalty)}")
    for line in summary["failures"] or ["neither safety nor progress failed"]:
        print(f"  {line}")


def tell_fate(penalty: dict[str, Any]) -> str:
    """Jail or exclusion, in words."""
    if penalty["is_tombstoned"]:
        return ", and is excluded for good"
    return f", and is jailed until day {penalty['jailed_until_day']}" if penalty["jailed_until_day"] else ""
