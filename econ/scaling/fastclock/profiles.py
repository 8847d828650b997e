"""Shapes of load for the laboratory: the rate at every tick before waves and bursts, relative to the mean of a day."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from metalab.protocol.kernel.calendar_units import HOURS_A_DAY, MINUTES_AN_HOUR, SECONDS_A_MINUTE
from metalab.protocol.scaling.scaling import TICK

STEPS = 2_400
"""Points of a day on which the shape is normalised: an hour has 100 of them."""
HALVINGS = 60
"""Steps of the bisection: they shrink the interval of 1e4 to 1e-14."""
AIRDROP = 10.0
"""Load on the hour of an airdrop, in multiples of the usual (docs/data/load_traffic_reference.csv: 10x and more)."""
DECAY_MINUTES = 20.0
"""Time in which the load of an airdrop falls to 1/e (assumed: it fades within an hour)."""

Rates = np.ndarray[Any, np.dtype[np.float64]]


class Profile(NamedTuple):
    """A shape of load: what it is, its rate relative to the mean of a day, and the waves and bursts on top, in usual ones."""

    doc: str
    shape: Callable[[Rates, float], Rates]
    waves: float = 0.0
    bursts: float = 0.0
    correlation: float = 0.0
    """The least correlation of load between rollups."""


def count_ticks(minutes: int) -> int:
    """Ticks in so many minutes."""
    return round(minutes * SECONDS_A_MINUTE / TICK)


def get_minutes(ticks: int) -> Rates:
    """The middle of each tick, in minutes from the start."""
    return (np.arange(ticks, dtype=np.float64) + 0.5) * TICK / SECONDS_A_MINUTE


def _weigh(hour: Rates, sharpness: float) -> Any:
    """A smooth hump over the day with its top at hour 0: exp(k (cos - 1))."""
    return np.exp(sharpness * (np.cos(hour * 2.0 * math.pi / HOURS_A_DAY) - 1.0))


def _measure_peak(sharpness: float) -> float:
    """Mean of the busiest hour relative to the mean of the day."""
    hour = ((np.arange(STEPS) + 0.5) / STEPS - 0.5) * HOURS_A_DAY
    weight = _weigh(hour, sharpness)
    return float(weight[np.abs(hour) < 0.5].mean()) / float(weight.mean())


def find_sharpness(peak_ratio: float) -> float:
    """The sharpness at which the busiest hour has `peak_ratio` times the day's mean load (1 to 20), by bisection."""
    low, high = 0.0, 1e4
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _measure_peak(middle) < peak_ratio else (low, middle)
    return high


def shape_day(minutes: Rates, peak_ratio: float) -> Rates:
    """The course of a day; the busiest moment is in the middle of the stretch simulated."""
    sharpness = find_sharpness(peak_ratio)
    hour = ((np.arange(STEPS) + 0.5) / STEPS - 0.5) * HOURS_A_DAY
    middle = 0.5 * (minutes[0] + minutes[-1])
    return np.asarray(_weigh((minutes - middle) / MINUTES_AN_HOUR, sharpness) / _weigh(hour, sharpness).mean())


def shape_steady(minutes: Rates, peak_ratio: float) -> Rates:
    """The peak hour's mean load throughout."""
    return np.full(len(minutes), peak_ratio)


def shape_step(minutes: Rates, peak_ratio: float) -> Rates:
    """The day's mean load, and from the middle on the peak hour's."""
    return np.where(np.arange(len(minutes)) * 2 < len(minutes), 1.0, peak_ratio)


def shape_ramp(minutes: Rates, peak_ratio: float) -> Rates:
    """From half the day's mean load, evenly, to half again the peak hour's."""
    return np.linspace(0.5, 1.5 * peak_ratio, len(minutes))


def shape_airdrop(minutes: Rates, peak_ratio: float) -> Rates:  # noqa: ARG001  (a shape like the others)
    """The day's mean load; after a third of the time ten times as much at once, which fades within an hour."""
    since = minutes - minutes[0] - (minutes[-1] - minutes[0]) / 3.0
    return np.asarray(1.0 + (AIRDROP - 1.0) * np.where(since >= 0.0, np.exp(-np.maximum(since, 0.0) / DECAY_MINUTES), 0.0))


PROFILES = {
    "steady": Profile("the peak hour's mean load, Poisson arrivals only", shape_steady),
    "diurnal": Profile("the course of a day around its busiest hour, with waves", shape_day, waves=1.0),
    "burst": Profile(
        "the peak hour's mean load, waves, and 48 times the usual bursts, mostly on all rollups at once",
        shape_steady,
        waves=1.0,
        bursts=48.0,
        correlation=0.9,
    ),
    "day": Profile("the course of a day with waves and bursts", shape_day, waves=1.0, bursts=1.0),
    "step": Profile("the day's mean load, then at once the peak hour's", shape_step),
    "ramp": Profile("an even rise from half the day's mean to half again the peak hour's", shape_ramp),
    "airdrop": Profile("ten times the day's mean load at once, fading", shape_airdrop, waves=1.0),
}
"""Shapes by name, as the command line and the app offer them."""
