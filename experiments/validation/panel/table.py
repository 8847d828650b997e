"""A user's own panel: a CSV file with the columns `date`, `token` and `close`, one row per token and day; others are ignored."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from metalab.experiments.errors import BadFileError

Values = np.ndarray[Any, np.dtype[np.float64]]
NEEDED = ("date", "token", "close")


class PricePanel(NamedTuple):
    """Closing prices in USD: `close` is [days, tokens], NaN where a token has no bar; `days` are successive calendar days."""

    days: list[str]
    tokens: list[str]
    close: Values

    @property
    def returns(self) -> Values:
        """Daily log returns [days, tokens]; NaN on a token's first day, and where a day is missing."""
        logs = np.log(self.close)
        return np.concatenate([np.full((1, logs.shape[1]), np.nan), np.diff(logs, axis=0)])

    @property
    def first_rows(self) -> Values:
        """The row of each token's first bar."""
        return np.asarray(np.argmax(np.isfinite(self.close), axis=0), dtype=np.float64)


def read_panel(path: Path) -> PricePanel:
    """Read and check a file. Raises `BadFileError` with what is wrong."""
    try:
        frame = pd.read_csv(path)
    except (OSError, ValueError, UnicodeDecodeError) as problem:
        raise BadFileError(path, f"cannot be read as CSV ({type(problem).__name__}); give {','.join(NEEDED)}") from problem
    if missing := [name for name in NEEDED if name not in frame.columns]:
        raise BadFileError(path, f"the column {missing[0]} is missing; needed are {','.join(NEEDED)}", 1)
    dates = pd.to_datetime(frame["date"], errors="coerce", format="%Y-%m-%d")
    prices = pd.to_numeric(frame["close"], errors="coerce")
    if bad := np.flatnonzero(dates.isna() | ~(prices > 0.0) | ~np.isfinite(prices)).tolist():
        raise BadFileError(path, "a date must be YYYY-MM-DD and a close a number above 0", bad[0] + 2)
    tidy = pd.DataFrame({"date": dates, "token": frame["token"].astype(str), "close": prices})
    if (again := tidy.duplicated(["date", "token"])).any():
        raise BadFileError(path, "a token has two rows for one date", int(np.flatnonzero(again)[0]) + 2)
    wide = tidy.pivot(index="date", columns="token", values="close").asfreq("D")
    return PricePanel([str(day.date()) for day in wide.index], [str(name) for name in wide.columns], wide.to_numpy(dtype=float))
