"""Statistics of a panel against panels made with known parameters."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from metalab.experiments.errors import BadFileError
from metalab.experiments.validation.panel import clustering, regimes
from metalab.experiments.validation.panel.ages import describe_ages
from metalab.experiments.validation.panel.bootstrap import bootstrap, draw_blocks
from metalab.experiments.validation.panel.factor import align, compute_factor, compute_own, describe_tokens, drop_listing, regress
from metalab.experiments.validation.panel.report import write_ages, write_rows
from metalab.experiments.validation.panel.table import PricePanel, read_panel

BETAS = (0.5, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.5)


def make_returns(days: int = 600) -> np.ndarray:  # type: ignore[type-arg]
    """Tokens of known betas on one factor of spread .04, own noise .008."""
    chance = np.random.default_rng(1)
    market = 0.04 * chance.standard_normal(days)
    return market[:, None] * np.array(BETAS) + 0.008 * chance.standard_normal((days, len(BETAS)))


def make_panel(returns: np.ndarray) -> PricePanel:  # type: ignore[type-arg]
    close = np.exp(np.concatenate([np.zeros((1, returns.shape[1])), np.cumsum(returns, axis=0)]))
    return PricePanel([str(k) for k in range(len(close))], [f"T{k}" for k in range(returns.shape[1])], close)


def test_betas_come_back() -> None:
    found = describe_tokens([str(beta) for beta in BETAS], make_returns())
    assert [token.beta for token in found] == pytest.approx(BETAS, abs=0.05)
    assert [token.own_sd for token in found] == pytest.approx([0.008] * 8, rel=0.4)


def test_a_regression_is_scipys() -> None:
    returns = make_returns()
    fit, oracle = regress(returns[:, 0], returns[:, 5]), stats.linregress(returns[:, 5], returns[:, 0])
    assert (fit.beta, fit.r_squared) == pytest.approx((oracle.slope, oracle.rvalue**2), rel=1e-9)


def test_a_token_is_no_part_of_its_own_market() -> None:
    returns = make_returns()
    shocked = returns.copy()
    shocked[100, 3] += 5.0
    assert align(shocked, 3)[1].tolist() == align(returns, 3)[1].tolist()
    assert np.isnan(compute_factor(returns[:, :4])).all()


def test_the_listing_week_is_left_out() -> None:
    late = np.concatenate([np.full((5, 1), np.nan), np.ones((20, 1))])
    assert np.flatnonzero(np.isfinite(drop_listing(late)[:, 0])).tolist() == list(range(12, 25))
    assert not len(compute_own(make_returns(40), 0))


def test_blocks_are_successive_days() -> None:
    rows = draw_blocks(45, draws=3, block=20)
    steps = np.diff(rows, axis=1) % 45
    assert rows.shape == (3, 45)
    assert (steps[:, [k for k in range(44) if k not in (19, 39)]] == 1).all()


def test_an_interval_covers_the_mean_as_its_standard_error_does() -> None:
    noise = np.random.default_rng(2).standard_normal(400)
    low, high = bootstrap(lambda rows: float(noise[rows].mean()), 400)
    assert (high - low) == pytest.approx(2 * 1.96 * noise.std() / 20, rel=0.25)


def make_series(persistence: float, spread: float, df: float, days: int) -> np.ndarray:  # type: ignore[type-arg]
    chance = np.random.default_rng(3)
    shocks = chance.standard_normal(days) * spread * np.sqrt(1 - persistence**2)
    v = np.zeros(days)
    for day in range(1, days):
        v[day] = persistence * v[day - 1] + shocks[day]
    return np.exp(v) * chance.standard_t(df, days) * np.sqrt((df - 2) / df)


def test_clustering_and_tails_come_back() -> None:
    scanned = clustering.scan([make_series(0.95, 0.6, 6.0, 3_000)])[:, 0]
    best = clustering.find_best(scanned)
    assert best.persistence in (0.9, 0.95, 0.97)
    assert best.spread in (0.45, 0.6, 0.8)
    assert best.tail_df in (4.5, 6.0, 8.0)


def test_without_clustering_the_likelihood_is_students() -> None:
    series = clustering.stack([make_series(0.0, 0.0, 6.0, 300)])
    point = clustering.Clustering(0.0, 0.01, 6.0)
    scale = np.sqrt(4.0 / 6.0)
    assert clustering.compute_likelihood(series, point)[0] == pytest.approx(stats.t.logpdf(series[0], 6.0, scale=scale).sum(), abs=0.2)


def test_phases_come_back_and_none_are_found_where_none_are() -> None:
    noise = 0.02 * np.random.default_rng(4).standard_normal(1_200)
    fit = regimes.fit_phases(noise + 0.01 * np.where(np.arange(1_200) // 100 % 2, 1, -1), df=100.0)
    assert fit.best.gap == pytest.approx(0.01, abs=0.0021)
    assert 30.0 <= fit.best.stay <= 180.0
    assert fit.gain > 10.0
    assert regimes.fit_phases(noise, df=100.0).gain < 3.0


def test_ages_count_from_the_second_bar() -> None:
    returns = np.full((40, 3), 0.01)
    returns[0] = 7.0
    rows = describe_ages(make_panel(returns))
    assert [(row.age, row.tokens) for row in rows] == [(7, 3), (30, 3)]
    assert rows[1].quantiles == pytest.approx([0.3] * 5)
    assert write_ages(rows).splitlines()[0] == "age_days,tokens,q05,q25,q50,q75,q95"
    assert write_rows([], "x") == "statistic,value,low,high,days,method,source\n"


def test_a_file_is_read_and_gaps_are_unknown(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text("date,token,close,volume\n2025-01-01,A,1.0,9\n2025-01-03,A,2.0,9\n2025-01-02,B,3.0,9\n")
    panel = read_panel(path)
    assert panel.days == ["2025-01-01", "2025-01-02", "2025-01-03"]
    assert np.isnan(panel.returns).all()
    assert panel.first_rows.tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,token\n", "close is missing"),
        ("date,token,close\n2025-01-01,A,0\n", "line 2"),
        ("date,token,close\n2025-01-01,A,1\n2025-01-01,A,1\n", "line 3"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(text)
    with pytest.raises(BadFileError, match=message):
        read_panel(path)
