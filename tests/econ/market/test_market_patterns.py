"""Patterns of MODEL 18 that come from the market, and what becomes of each without its mechanism.

Only the market runs (see `market_lab`): traders on the real vesting calendar, revenue held at its launch value.
Clusters and tails of returns come from the volatility process: they stay when the traders go and go when it is switched off.
"""

from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.memory import check_supply
from metalab.econ.market.money import check_usd
from tests.econ.market.market_lab import Run, run_market

SEEDS = range(1, 61)
DAYS = 1_096
SETTLED = 35


def run_all(days: int = DAYS, orders: float = 0.0, **settings: Any) -> list[Run]:
    return [run_market(seed, days, orders=orders, **settings) for seed in SEEDS]


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return run_all()


@pytest.fixture(scope="module")
def untraded() -> list[Run]:
    return run_all(population__traders=0)


def get_returns(run: Run) -> Any:
    return run.get("log_return")[SETTLED + 1 :]


def correlate(x: Any, lag: int = 1) -> float:
    """Autocorrelation."""
    x = x - x.mean()
    return float((x[lag:] * x[:-lag]).mean() / (x * x).mean())


def measure_kurtosis(x: Any) -> float:
    """Excess kurtosis."""
    x = x - x.mean()
    return float((x**4).mean() / (x * x).mean() ** 2 - 3.0)


def measure(runs: list[Run]) -> dict[str, Any]:
    returns = [get_returns(run) for run in runs]
    return {
        "sigma": np.array([r.std() for r in returns]),
        "kurtosis": np.array([measure_kurtosis(r) for r in returns]),
        "linear": np.array([correlate(r) for r in returns]),
        "clusters": np.array([correlate(abs(r)) for r in returns]),
    }


def get_ends(runs: list[Run], name: str = "price_usd") -> Any:
    return np.array([run.get(name)[-1] for run in runs])


def test_returns_look_like_those_of_a_young_token(runs: list[Run]) -> None:
    m = measure(runs)
    assert 0.045 < m["sigma"].mean() < 0.07
    assert np.median(m["kurtosis"]) > 3.0
    assert m["clusters"].mean() > 0.05
    # Only own noise comes in clusters: the factor of the panel has an autocorrelation of .08 in 718 days.
    assert (m["clusters"] > 0.0).mean() >= 0.85
    assert abs(m["linear"].mean()) < 0.02
    assert (abs(m["linear"]) < 0.10).mean() >= 0.85


def test_clusters_and_tails_do_not_need_traders(runs: list[Run], untraded: list[Run]) -> None:
    with_traders, without = measure(runs), measure(untraded)
    for name in ("sigma", "clusters"):
        assert without[name].mean() == pytest.approx(with_traders[name].mean(), rel=0.05)
    assert np.median(without["kurtosis"]) == pytest.approx(np.median(with_traders["kurtosis"]), rel=0.15)


def test_clusters_go_without_the_volatility_process() -> None:
    m = measure(run_all(volatility__clustering=0))
    assert abs(m["clusters"].mean()) < 0.03
    assert 0.045 < m["sigma"].mean() < 0.07


def test_tails_go_with_normal_noise_and_constant_volatility() -> None:
    m = measure(run_all(volatility__clustering=0, volatility__heavy_tails=0))
    assert abs(m["kurtosis"]).max() < 0.6


def test_turnover(runs: list[Run]) -> None:
    for run in runs:
        turnover = run.get("turnover_share")
        later = turnover[SETTLED:]
        assert 0.12 < np.median(later) < 0.35
        assert ((later >= 0.12) & (later <= 0.35)).mean() >= 0.65
        assert turnover[:4].min() > 1.2


def test_price_stays_in_bounds(runs: list[Run]) -> None:
    for run in runs:
        assert run.get("price_usd").min() > 0.0005
        assert run.get("price_usd").max() < 50.0
        assert (abs(run.get("log_return")) > 0.4).sum() <= 3


def test_without_orders_and_news_the_expected_price_stays() -> None:
    quiet = {"impact__acting": 0, "premium__half_life_years": 1000.0, "premium__follow": 0.0, "volatility__phase": 3}
    growth = get_ends(run_all(181, **quiet)) / 1.545
    assert abs(growth.mean() - 1.0) < 3.0 * growth.std(ddof=1) / len(growth) ** 0.5
    low, high = np.quantile(growth, (0.05, 0.95))
    assert high / low > 4.0


def test_two_launch_prices_do_not_drift_apart() -> None:
    low = get_ends(run_all(366, price__initial_usd=0.5))
    high = get_ends(run_all(366, price__initial_usd=3.0))
    assert 0.0 < np.median(np.log(high / low)) < np.log(6.0) + 0.25


def test_a_trickle_moves_the_price_in_proportion() -> None:
    base = get_ends(run_all(181))
    response = {share: float(np.log(get_ends(run_all(181, share)) / base).mean()) for share in (1e-4, -1e-4, 1e-2, -1e-2)}
    assert abs(response[1e-4]) < 0.02
    assert abs(response[-1e-4]) < 0.02
    assert 0.2 < response[1e-2] < 1.5
    assert response[-1e-2] == pytest.approx(-response[1e-2], rel=0.4)


def test_traders_neither_dominate_nor_go_broke(runs: list[Run]) -> None:
    for run in runs:
        gross = run.get("traders_gross_era") * run.get("price_usd") / run.get("volume_usd")
        assert 0.0 < np.median(gross[SETTLED:]) < 0.05
        for name in ("fundamentalists_share", "chartists_share", "noise_traders_share"):
            assert run.get(name).min() >= 0.02
            assert run.get(name).max() <= 0.80
        assert run.get("traders_replaced").sum() < 0.02 * 200 * DAYS / 365
        check_usd(run.world)
        check_supply(run.world)


@pytest.mark.parametrize("mode", [1, 2])
def test_other_price_models_stay_finite(mode: int) -> None:
    for seed in range(1, 4):
        run = run_market(seed, 365, price__mode=mode)
        assert np.isfinite(run.daily).all()
        assert run.get("price_usd").min() > 0.0
        check_usd(run.world)
        check_supply(run.world)
