"""Load-aware node scaling, tick by tick."""

import argparse
from pathlib import Path
from typing import Any

from metalab.experiments.command_line.compiling import tell_compiling
from metalab.experiments.command_line.options import add_settings, add_whole, parse_settings

COLUMNS = (
    ("delay_mean_s", "mean delay s", "{:.3f}"),
    ("delay_p95_s", "p95 s", "{:.2f}"),
    ("dropped_share", "dropped", "{:.3%}"),
    ("active_mean", "active", "{:.1f}"),
    ("active_most", "most", "{:.0f}"),
    ("node_hours", "node-hours", "{:,.1f}"),
    ("idle_share", "idle", "{:.1%}"),
    ("cost_usd", "cost USD", "{:,.2f}"),
    ("moves", "moves", "{:.0f}"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Who controls what, under which load."""
    parser.add_argument("--controller", default="", metavar="NAME", help="hysteresis (default), proportional, pi or fixed")
    parser.add_argument(
        "--load",
        default="burst",
        metavar="PROFILE",
        help="burst (default), steady, diurnal, day, step, ramp, airdrop, or a FILE.csv with the columns second,tps or timestamp,requests",
    )
    parser.add_argument(
        "--load-unit", default="", metavar="UNIT", help="of a file's requests: 1/s, 1/min, 1/h, or count (in each row's time)"
    )
    add_whole(parser, "--minutes", None, "how long (default 60, or as long as the file)")
    add_whole(parser, "--seed", 1, "seed of the arrivals")
    add_whole(parser, "--nodes", 20, "core nodes, always on")
    add_whole(parser, "--standing-by", 100, "flex nodes bonded and standing by")
    add_settings(parser)
    parser.add_argument("--out", metavar="DIR", required=True, help="directory of the results")


@tell_compiling
def execute(arguments: argparse.Namespace) -> None:
    """Simulate, store, print."""
    from metalab.experiments.laboratories.scaling import ask, run_scaling

    question = ask(
        arguments.controller,
        arguments.load,
        arguments.minutes,
        seed=arguments.seed,
        nodes=arguments.nodes,
        standing_by=arguments.standing_by,
        settings=parse_settings(arguments.settings),
        load_unit=arguments.load_unit,
    )
    manifest = run_scaling(question, arguments.out, arguments.command_line)
    print_scaling(manifest, arguments.out)


def print_scaling(manifest: dict[str, Any], out: str) -> None:
    """The figures of every set on the same arrivals."""
    from metalab.experiments.studies.study import read_summary

    summary = read_summary(Path(out))
    load = summary["load"]
    print(f"{manifest['load']['name']}, {manifest['minutes']} minutes, seed {manifest['seed']}: {load['arrived']:,} transactions, ", end="")
    print(f"{load['tps_mean']:.1f} a second on average, {load['tps_most']:.1f} at most: {out}")
    print(f"{manifest['nodes']} core nodes, {manifest['standing_by']} flex nodes standing by; delays are of transactions accepted")
    sets = summary["sets"]
    lines = [["", *(head for _, head, _ in COLUMNS)]]
    lines += [[label, *(form.format(sets[label][key]) for key, _, form in COLUMNS)] for label in order_sets(sets, summary["chosen"])]
    print_columns(lines)
    for label in (label for label in sets if label.startswith("fixed") and label != summary["chosen"]):
        size, ratio = sets[label]["active_most"], sets[label]["cost_against_it"]
        print(f"cost of {summary['chosen']} against {label} ({size:.0f} nodes): {ratio:.2f}")
    print(f"{out}/plot.svg   digest {manifest['digest']}")


def print_columns(lines: list[list[str]]) -> None:
    """Aligned: names to the left, numbers to the right."""
    widths = [max(len(line[k]) for line in lines) for k in range(len(lines[0]))]
    for line in lines:
        cells = (text.rjust(width) if k else text.ljust(width) for k, (text, width) in enumerate(zip(line, widths, strict=True)))
        print("  ".join(cells))


def order_sets(sets: dict[str, Any], chosen: str) -> list[str]:
    """The chosen one first, fixed sets last."""
    return sorted(sets, key=lambda label: (label != chosen, label.startswith("fixed"), label))
