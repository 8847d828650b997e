"""Single jobs: every one with its own arrival, service time and wait. Slow, exact, and the oracle of the ticks."""

import math
from typing import Any, NamedTuple

import numpy as np

from metalab.econ.kernel.chance.distributions import exponential, lognormal
from metalab.econ.kernel.chance.philox import Key, derive_key, uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.scaling.queueing import seat_job


class JobRun(NamedTuple):
    """Waits of a run in the steady state: mean and 95th percentile in seconds, the share that waits, and standard errors of two."""

    mean: float
    error: float
    p95: float
    waiting: float
    waiting_error: float


@rule
def draw_interval(u: float, mean: float, cv: float) -> float:
    """A time with this mean and coefficient of variation: constant (0), exponential (1), else lognormal."""
    if cv == 1.0:
        return mean * exponential(u)
    if cv <= 0.0:
        return mean
    # A lognormal has cv^2 = exp(sigma^2) - 1 and the mean median exp(sigma^2 / 2).
    square = math.log1p(cv * cv)
    return mean * lognormal(u, math.exp(-0.5 * square), math.sqrt(square))


@rule
def run_jobs(out: Any, free: Any, key: Key, servers: int, rate: float, speed: float, arrival_cv: float, service_cv: float) -> None:
    """Write the wait of each of len(out) jobs, first come, first served. `free` is the heap of `servers` servers."""
    clock = 0.0
    for n in range(len(out)):
        clock += draw_interval(uniform_at(key, n, 0), 1.0 / rate, arrival_cv)
        out[n] = seat_job(free, servers, clock, draw_interval(uniform_at(key, n, 1), 1.0 / speed, service_cv))


def simulate_waits(
    servers: int,
    rate: float,
    speed: float,
    jobs: int,
    *,
    arrival_cv: float = 1.0,
    service_cv: float = 1.0,
    seed: int = 1,
    replication: int = 0,
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Waits in seconds of `jobs` jobs that find an empty system at the start."""
    waits = np.zeros(jobs)
    run_jobs(waits, np.zeros(servers), derive_key(seed, replication, Stream.JOBS, 0), servers, rate, speed, arrival_cv, service_cv)
    return waits


def measure_steady(
    servers: int,
    rate: float,
    speed: float,
    *,
    jobs: int = 200_000,
    replications: int = 20,
    arrival_cv: float = 1.0,
    service_cv: float = 1.0,
    seed: int = 1,
) -> JobRun:
    """The steady state by independent replications, without the first fifth of each; errors from the spread between them."""
    means, shares, tails = [], [], []
    for k in range(replications):
        waits = simulate_waits(servers, rate, speed, jobs, arrival_cv=arrival_cv, service_cv=service_cv, seed=seed, replication=k)[
            jobs // 5 :
        ]
        means.append(float(waits.mean()))
        shares.append(float((waits > 0.0).mean()))
        tails.append(float(np.quantile(waits, 0.95)))
    root = math.sqrt(replications)
    errors = [float(np.std(values, ddof=1)) / root for values in (means, shares)]
    return JobRun(float(np.mean(means)), errors[0], float(np.mean(tails)), float(np.mean(shares)), errors[1])
