"""Run the presets and store their main outcomes for the app's first minute: `python -m tools.stored_results` (half a minute)."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from metalab.experiments import list_scenarios
from metalab.experiments.runs.price_parts import METRICS, PRICE, find_middle
from metalab.experiments.runs.version import compute_code_version
from metalab.ui.charts.quantile_bands import WEEK, make_band, thin_days
from metalab.ui.charts.time_series import OVERVIEW
from metalab.ui.inputs.exploration import Recipe
from metalab.ui.results.live_runs import Futures, simulate
from metalab.ui.results.stored import ONE_RUN, PATH

SEED, RUNS, DAYS = 1, 8, 365
"""What the Explore page shows at first."""


def measure(preset: str) -> list[dict[str, object]]:
    """One row per metric and point of its chart."""
    futures = simulate(Recipe(preset, seed=SEED, days=DAYS, runs=RUNS))
    rows: list[dict[str, object]] = []
    for metric in OVERVIEW:
        band = make_band(*thin_days(futures.days, futures.get(metric)))
        points = zip(band.days.tolist(), band.low.tolist(), band.mid.tolist(), band.high.tolist(), strict=True)
        rows += [{"preset": preset, "metric": metric, "day": d, "low": low, "mid": mid, "high": high} for d, low, mid, high in points]
    return rows + measure_price(preset, futures)


def measure_price(preset: str, futures: Futures) -> list[dict[str, object]]:
    """The price and its parts in the middle run, one day a week, and the number of the run on each."""
    place = find_middle(futures.get(PRICE))
    days = futures.days[::WEEK]
    values = {name: futures.get(name)[place, ::WEEK] for name in METRICS} | {"number": np.full(len(days), float(futures.numbers[place]))}
    return [
        {"preset": preset, "metric": ONE_RUN + name, "day": day, "low": value, "mid": value, "high": value}
        for name, column in values.items()
        for day, value in zip(days.tolist(), column.tolist(), strict=True)
    ]


def main() -> None:
    """Write the file."""
    table = pa.Table.from_pylist([row for preset in list_scenarios() for row in measure(preset)])
    about = {"seed": str(SEED), "runs": str(RUNS), "days": str(DAYS), "code_version": compute_code_version()}
    PATH.parent.mkdir(exist_ok=True)
    pq.write_table(table.replace_schema_metadata(about), PATH, compression="zstd")
    print(f"{PATH.name}: {table.num_rows:,} rows, {PATH.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
