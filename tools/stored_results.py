"""Run the presets and store their main outcomes for the app's first minute: `python -m tools.stored_results` (half a minute)."""

import pyarrow as pa
import pyarrow.parquet as pq

from metalab.experiments import list_scenarios
from metalab.experiments.runs.version import compute_code_version
from metalab.ui.charts.quantile_bands import make_band, thin_days
from metalab.ui.charts.time_series import OVERVIEW
from metalab.ui.inputs.exploration import Recipe
from metalab.ui.results.live_runs import simulate
from metalab.ui.results.stored import PATH

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
    return rows


def main() -> None:
    """Write the file."""
    table = pa.Table.from_pylist([row for preset in list_scenarios() for row in measure(preset)])
    about = {"seed": str(SEED), "runs": str(RUNS), "days": str(DAYS), "code_version": compute_code_version()}
    PATH.parent.mkdir(exist_ok=True)
    pq.write_table(table.replace_schema_metadata(about), PATH, compression="zstd")
    print(f"{PATH.name}: {table.num_rows:,} rows, {PATH.stat().st_size / 1000:,.0f} kB")


if __name__ == "__main__":
    main()
