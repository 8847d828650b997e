"""Load within an hour: slow waves and heavy-tailed bursts of many rollups, correlated through a common factor (MODEL 5).

Every rollup's load fluctuates by a wave and jumps at bursts, partly with all others and partly by itself. What the nodes see
is the sum. Its fluctuation is that of one rollup times sqrt(r + (1 - r) H): r is the correlation and H the sum of squared
shares of load (Herfindahl index), so only the sum is simulated, once a minute. The mean stays the hour's rate.
"""

import math

from metalab.protocol.kernel.calendar_units import SECONDS_A_DAY, SECONDS_A_MINUTE
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, parameter
from metalab.protocol.kernel.units import clip, power, safe_exp, safe_log


class Traffic(Record):
    """Facts about load within an hour, for one rollup."""

    wave: float = parameter(
        0.3, 0.0, 1.5, unit="1", source="assumed", owner="nature", doc="Standard deviation of the log of a rollup's load within an hour."
    )
    wave_minutes: float = parameter(
        10.0,
        1.0,
        240.0,
        unit="min",
        source="assumed",
        owner="nature",
        binds="peak hour",
        doc="Time in which a wave falls to 1/e of its height.",
    )
    correlation: float = parameter(
        0.2, 0.0, 1.0, unit="1", source="assumed", owner="nature", doc="Correlation of load between rollups; the share of common bursts."
    )
    bursts_per_day: float = parameter(
        1.0, 0.0, 24.0, unit="1/day", source="assumed", owner="nature", doc="Bursts of a rollup in a day, common ones included."
    )
    burst_tail: float = parameter(
        1.5,
        1.1,
        5.0,
        unit="1",
        source="assumed",
        owner="nature",
        doc="Tail exponent of the load a burst adds (Pareto, at least the usual load).",
    )
    burst_largest: float = parameter(
        100.0,
        1.0,
        1000.0,
        unit="1",
        source="data/load_traffic_reference.csv (demand on an airdrop's claim day)",
        owner="nature",
        doc="Largest burst, in multiples of the rollup's usual load.",
    )
    burst_minutes: float = parameter(
        10.0, 1.0, 240.0, unit="min", source="assumed", owner="nature", doc="Time in which a burst falls to 1/e of its height."
    )


class ChainLoads(Record):
    """How load is spread over rollups."""

    count: int = field("1", "rollups")
    exponent: float = field("1", "Zipf exponent of their shares")
    total: float = field("1", "sum of the Zipf weights")
    spread: float = field("share", "sum of squared shares (Herfindahl index)")


class LoadWeather(Record):
    """Where the load stands relative to the hour's rate; all but `wave`, `burst` and `factor` follow from the parameters."""

    wave: float = field("1", "standard normal state of the wave")
    burst: float = field("1", "load of bursts, relative to the usual load")
    factor: float = field("1", "load relative to the hour's rate")
    sigma: float = field("1", "standard deviation of the log of the sum's wave")
    keep: float = field("share", "what is left of a wave after a minute")
    fade: float = field("share", "what is left of a burst after a minute")
    chance: float = field("share", "chance that a burst begins in a minute")
    common: float = field("share", "bursts that hit all rollups at once")
    usual: float = field("1", "mean of `burst`")


@rule
def set_chains(chains: ChainLoads, count: int, exponent: float) -> None:
    """Zipf shares over `count` ranks."""
    chains.count = count
    chains.exponent = exponent
    chains.total = 0.0
    squares = 0.0
    for rank in range(1, count + 1):
        weight = power(float(rank), -exponent)
        chains.total += weight
        squares += weight * weight
    chains.spread = squares / (chains.total * chains.total) if chains.total > 0.0 else 0.0


@rule
def compute_share(chains: ChainLoads, rank: int) -> float:
    """Share of load of the rollup at a rank from 1."""
    return power(float(rank), -chains.exponent) / chains.total if chains.total > 0.0 else 0.0


@rule
def compute_size(p: Traffic, u: float) -> float:
    """Load that a burst adds to a rollup, in multiples of its usual load, from a uniform: Pareto from 1, capped."""
    return min(safe_exp(-safe_log(1.0 - u) / p.burst_tail), p.burst_largest)


@rule
def compute_size_mean(p: Traffic) -> float:
    """Mean of `compute_size`."""
    # 1 plus the integral of x^-tail up to the cap.
    return 1.0 + (1.0 - power(p.burst_largest, 1.0 - p.burst_tail)) / (p.burst_tail - 1.0)


@rule
def compute_size_square(p: Traffic) -> float:
    """Mean square of `compute_size`: 1 + 2 times the integral of x^(1 - tail) up to the cap."""
    gap = 2.0 - p.burst_tail
    span = safe_log(p.burst_largest)
    # At a tail of 2 the integral is a logarithm; that close to it the quotient has no digits left.
    integral = span if -1e-9 < gap < 1e-9 else (power(p.burst_largest, gap) - 1.0) / gap
    return 1.0 + 2.0 * integral


@rule
def set_weather(sky: LoadWeather, p: Traffic, chains: ChainLoads) -> None:
    """Constants of an hour from the parameters, and its usual state at the start."""
    sky.sigma = p.wave * math.sqrt(p.correlation + (1.0 - p.correlation) * chains.spread)
    sky.keep = safe_exp(-1.0 / p.wave_minutes)
    sky.fade = safe_exp(-1.0 / p.burst_minutes)
    bursts = p.bursts_per_day * SECONDS_A_MINUTE / SECONDS_A_DAY
    # Common bursts count once, all others once for every rollup.
    events = bursts * (p.correlation + (1.0 - p.correlation) * chains.count)
    sky.chance = 1.0 - safe_exp(-events)
    sky.common = bursts * p.correlation / events if events > 0.0 else 0.0
    # A burst of one rollup hits each with the same chance: its mean share of the load is 1 / count.
    reach = sky.common + (1.0 - sky.common) / max(chains.count, 1)
    # In balance: a minute's new bursts make up for what fades.
    sky.usual = sky.chance * reach * compute_size_mean(p) / (1.0 - sky.fade)
    sky.wave = 0.0
    sky.burst = sky.usual
    sky.factor = 1.0


@rule
def compute_burstiness(sky: LoadWeather, p: Traffic, chains: ChainLoads) -> float:
    """Standard deviation of the load relative to its mean, at a minute's resolution: the wave's and the bursts' together."""
    square = sky.common + (1.0 - sky.common) * chains.spread / max(chains.count, 1)
    reach = sky.common + (1.0 - sky.common) / max(chains.count, 1)
    mean = sky.chance * reach * compute_size_mean(p)
    jump = sky.chance * square * compute_size_square(p) - mean * mean
    # The variance of what fades is that of a minute's jump over 1 - fade^2; relative to the mean load, 1 + usual.
    bursts = max(jump, 0.0) / (1.0 - sky.fade * sky.fade) / ((1.0 + sky.usual) * (1.0 + sky.usual))
    # Wave and bursts multiply and are independent: (1 + a)(1 + b) - 1 for their relative variances.
    return math.sqrt((1.0 + bursts) * safe_exp(sky.sigma * sky.sigma) - 1.0)


@rule
def start_burst(sky: LoadWeather, p: Traffic, chains: ChainLoads, which: float, size: float) -> None:
    """A burst, of all rollups or of one, any of them with the same chance; two uniforms."""
    reach = 1.0
    if which >= sky.common and chains.count > 0:
        place = (which - sky.common) / (1.0 - sky.common)
        rank = 1 + math.floor(clip(place, 0.0, 1.0) * chains.count)
        reach = compute_share(chains, min(rank, chains.count))
    sky.burst += reach * compute_size(p, size)


@rule
def pass_minute(sky: LoadWeather, z: float) -> None:
    """A minute: the wave moves by a standard normal deviate and bursts fade."""
    # The root keeps the variance of the wave at 1.
    sky.wave = sky.keep * sky.wave + math.sqrt(1.0 - sky.keep * sky.keep) * z
    sky.burst *= sky.fade


@rule
def set_factor(sky: LoadWeather) -> None:
    """The load relative to the hour's rate; its mean is 1."""
    sky.factor = safe_exp(sky.sigma * sky.wave - 0.5 * sky.sigma * sky.sigma) * (1.0 + sky.burst) / (1.0 + sky.usual)
