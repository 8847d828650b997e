"""Waves and bursts: closed forms against sums over single rollups, means that stay."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.philox import derive_key, fill_draws
from metalab.econ.kernel.chance.streams import Stream
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.scaling.traffic import (
    ChainLoads,
    LoadWeather,
    Traffic,
    compute_burstiness,
    compute_share,
    compute_size,
    compute_size_mean,
    compute_size_square,
    pass_minute,
    set_chains,
    set_factor,
    set_weather,
    start_burst,
)
from tests.support import make_row


def make(chains: int = 60, zipf: float = 1.0, **values: Any) -> tuple[Any, Any, Any]:
    sky, traffic, spread = make_row(LoadWeather), make_row(Traffic, **values), make_row(ChainLoads)
    plain(set_chains)(spread, chains, zipf)
    plain(set_weather)(sky, traffic, spread)
    return sky, traffic, spread


def test_spread_of_a_zipf_law() -> None:
    def get_spread(count: int, zipf: float) -> float:
        return float(make(count, zipf)[2].spread)

    assert get_spread(4, 0.0) == pytest.approx(0.25)
    assert get_spread(2, 1.0) == pytest.approx(5 / 9)
    assert get_spread(0, 1.0) == 0.0


@given(st.integers(1, 200), st.floats(0, 2.5))
def test_shares_sum_to_one_and_their_squares_to_the_spread(count: int, zipf: float) -> None:
    chains = make(count, zipf)[2]
    shares = [plain(compute_share)(chains, rank) for rank in range(1, count + 1)]
    assert sum(shares) == pytest.approx(1.0)
    assert sum(share * share for share in shares) == pytest.approx(chains.spread)


@pytest.mark.parametrize(("tail", "largest"), [(1.5, 100.0), (2.0, 100.0), (1.1, 5.0), (3.0, 1000.0), (2.5, 1.0)])
def test_moments_of_a_burst_are_those_of_its_quantiles(tail: float, largest: float) -> None:
    p = make_row(Traffic, burst_tail=tail, burst_largest=largest)
    # Half of the points lie in the upper thousandth, where a heavy tail has its moments.
    edges = np.concatenate([np.linspace(0, 0.999, 20_001), 1 - 0.001 * (1 - np.linspace(0, 1, 20_001)[1:]) ** 3])
    middle, width = 0.5 * (edges[1:] + edges[:-1]), np.diff(edges)
    sizes = np.array([plain(compute_size)(p, u) for u in middle])
    assert sizes.min() >= 1.0
    assert sizes.max() <= largest
    assert plain(compute_size_mean)(p) == pytest.approx(float(np.sum(sizes * width)), rel=2e-3)
    assert plain(compute_size_square)(p) == pytest.approx(float(np.sum(sizes**2 * width)), rel=5e-3)


def walk(sky: Any, traffic: Any, chains: Any, minutes: int, uniforms: Any, normals: Any) -> Any:
    """Factor minute by minute."""
    factors = np.zeros(minutes)
    for k in range(minutes):
        plain(pass_minute)(sky, float(normals[k]))
        if uniforms[k, 0] < sky.chance:
            plain(start_burst)(sky, traffic, chains, float(uniforms[k, 1]), float(uniforms[k, 2]))
        plain(set_factor)(sky)
        factors[k] = sky.factor
    return factors


def draw(minutes: int) -> tuple[Any, Any]:
    """Three uniforms and a normal deviate for every minute."""
    uniforms = np.zeros((minutes, 4))
    fill_draws(uniforms, derive_key(1, 0, Stream.STUDY, 0), 0, minutes)
    return uniforms[:, :3], [plain(normal)(float(u)) for u in uniforms[:, 3]]


@pytest.mark.parametrize("values", [{"bursts_per_day": 0.0}, {"wave": 0.0, "bursts_per_day": 8.0, "burst_tail": 4.0}, {"burst_tail": 4.0}])
def test_the_mean_stays_and_the_spread_is_as_computed(values: dict[str, float]) -> None:
    sky, traffic, chains = make(**values)
    expected = plain(compute_burstiness)(sky, traffic, chains)
    factors = walk(sky, traffic, chains, 60_000, *draw(60_000))
    assert factors.mean() == pytest.approx(1.0, abs=0.03)
    assert factors.std() == pytest.approx(expected, rel=0.1)


def test_the_sum_fluctuates_as_the_sum_of_single_rollups() -> None:
    """A common and an own part of each rollup's wave, summed with Zipf shares: the variance of the sum's logarithm."""
    sky, traffic, chains = make(20, 1.0, bursts_per_day=0.0)
    uniforms = np.zeros((20_000, 21))
    fill_draws(uniforms, derive_key(2, 0, Stream.STUDY, 0), 0, len(uniforms))
    deviates = np.vectorize(lambda u: plain(normal)(float(u)))(uniforms)
    r = traffic.correlation
    logs = traffic.wave * (math.sqrt(r) * deviates[:, :1] + math.sqrt(1 - r) * deviates[:, 1:])
    shares = np.array([plain(compute_share)(chains, rank) for rank in range(1, 21)])
    total = (np.exp(logs - 0.5 * traffic.wave**2) * shares).sum(axis=1)
    assert np.log(total).std() == pytest.approx(sky.sigma, rel=0.03)


def test_without_waves_and_bursts_the_load_is_the_hours_rate() -> None:
    sky, traffic, chains = make(wave=0.0, bursts_per_day=0.0)
    assert plain(compute_burstiness)(sky, traffic, chains) == 0.0
    plain(pass_minute)(sky, 3.0)
    plain(set_factor)(sky)
    assert sky.factor == 1.0


def test_a_common_burst_hits_all_and_an_own_one_hits_its_rollup() -> None:
    sky, traffic, chains = make(wave=0.0)
    sky.burst = 0.0
    plain(start_burst)(sky, traffic, chains, 0.0, 0.0)
    assert sky.burst == 1.0
    sky.burst = 0.0
    plain(start_burst)(sky, traffic, chains, 1.0 - 1e-12, 0.0)
    assert sky.burst == plain(compute_share)(chains, 60)


def test_every_cause_of_unrest_adds_to_the_burstiness() -> None:
    base = make()
    rest = plain(compute_burstiness)(*base)
    for name, value in {"wave": 0.6, "correlation": 0.6, "bursts_per_day": 4.0, "burst_largest": 500.0, "burst_minutes": 30.0}.items():
        assert plain(compute_burstiness)(*make(**{name: value})) > rest
    assert plain(compute_burstiness)(*make(burst_tail=3.0)) < rest


def test_an_hour_begins_with_the_usual_bursts() -> None:
    sky, traffic, _ = make()
    minutes = traffic.burst_minutes
    hourly = traffic.bursts_per_day / 24.0 * minutes / 60.0
    assert sky.burst == sky.usual == pytest.approx(hourly * plain(compute_size_mean)(traffic), rel=0.07)
