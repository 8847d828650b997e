"""`positions`: one account's claims on the pools of a finished run, and the pool that its trades are routed to."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from metalab.experiments.command_line.compiling import tell_compiling
from metalab.experiments.command_line.options import add_real, add_whole

if TYPE_CHECKING:
    from metalab.experiments.laboratories.positions import Portfolio


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which run, whose claims, which trade."""
    parser.add_argument("directory", metavar="DIR", help="a directory that a run or a study was written to; the run is replayed")
    add_whole(parser, "--run", None, "which run of DIR, where it holds a study")
    parser.add_argument("--allow-version-change", action="store_true", help="replay the run although the code has changed since")
    add_real(parser, "--share", 0.01, "part of every pool that the account owns")
    add_real(parser, "--trade", None, "a trade in USD (default: 1,000, 10,000 and 100,000)")


@tell_compiling
def execute(arguments: argparse.Namespace) -> None:
    """Replay, look, print."""
    from metalab.experiments.laboratories.positions import TRADES_USD, examine
    from metalab.experiments.runs.forks import find_parent, replay

    parent = find_parent(Path(arguments.directory), arguments.run, arguments.allow_version_change)
    trades = TRADES_USD if arguments.trade is None else (arguments.trade,)
    print_portfolio(examine(replay(parent), arguments.share, trades))


def print_portfolio(found: "Portfolio") -> None:
    """Every position with its worth in both assets, their sum, and the route of each trade."""
    from metalab.protocol.liquidity.constant_product import UNITS, compute_loss

    print(f"{len(found.account.places)} positions (amounts in USD at the opening price of the pair, both sides)")
    for rollup, (x, y) in found.account.places.items():
        print(f"  rollup {rollup:<5} {x / UNITS:>16,.2f} {y / UNITS:>16,.2f}")
    print(f"  together     {found.account.x / UNITS:>16,.2f} {found.account.y / UNITS:>16,.2f}")
    for size, route in found.trades.items():
        if route.rollup < 0:
            print(f"a trade of {size / UNITS:,.2f}: no pool takes it")
            continue
        lost, worst = (float(compute_loss(size, output)) for output in (route.output, found.worst[size]))
        print(f"a trade of {size / UNITS:,.2f} goes to rollup {route.rollup}: brings {route.output / UNITS:,.2f}", end="")
        print(f", {lost:.3%} lost to fee and slippage ({worst:.3%} in the worst pool)")
