"""Simulate the points of the Metalayer's response surface and write them: `python -m tools.metalayer_surface`."""

import argparse
import csv
import io
import sys
from concurrent.futures import ProcessPoolExecutor
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, stdev

from metalab.econ.messaging.fastclock.surface.surface import AXES, TABLE, MetalayerPoint, measure_surface_point

GUARDIANS = (4, 10, 20, 40)
FAULTY = (0.0, 0.15, 0.3, 0.4)
LOADS = (0.05, 0.2, 0.6, 1.0, 2.0)
SEEDS = (1, 2, 3)
MINUTES = 12.0
Place = tuple[int, float, float]
Spread = tuple[MetalayerPoint, MetalayerPoint]


def measure(place: Place, seeds: tuple[int, ...] = SEEDS, minutes: float = MINUTES) -> Spread:
    """Means over seeds, and their standard errors."""
    points = [measure_surface_point(*place, seed, minutes) for seed in seeds]
    columns = list(zip(*points, strict=True))
    means = MetalayerPoint(*(mean(column) for column in columns))
    return means, MetalayerPoint(*(stdev(column) / len(seeds) ** 0.5 for column in columns))


def write(results: dict[Place, Spread]) -> str:
    """The table as text."""
    text = io.StringIO()
    text.write(
        f"# made by python -m tools.metalayer_surface: {len(SEEDS)} seeds of {MINUTES:g} minutes a point; se is the standard error\n"
    )
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*AXES, *MetalayerPoint._fields, *(f"{name}_se" for name in MetalayerPoint._fields)])
    for place, (means, errors) in sorted(results.items()):
        writer.writerow([*place, *(f"{value:.6g}" for value in (*means, *errors))])
    return text.getvalue()


def main(arguments: list[str]) -> int:
    """Measure every point and write the table."""
    parser = argparse.ArgumentParser(prog="python -m tools.metalayer_surface", description=__doc__)
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--out", type=Path, default=TABLE, help="the table (default: the committed one)")
    chosen = parser.parse_args(arguments)
    places = list(product(GUARDIANS, FAULTY, LOADS))
    results: dict[Place, Spread] = {}
    with ProcessPoolExecutor(chosen.workers, mp_context=get_context("spawn")) as executor:
        for place, result in zip(places, executor.map(measure, places), strict=True):
            results[place] = result
            print(f"{len(results)}/{len(places)} {place} {result[0]}", file=sys.stderr, flush=True)
    chosen.out.write_text(write(results))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
