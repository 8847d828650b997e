"""Figures of responses against closed forms on made-up columns."""

import numpy as np
import pytest

from metalab.experiments.validation.responses.ensembles import MissingMetricError, PairedRuns
from metalab.experiments.validation.responses.figures import (
    beat_ends,
    cut,
    difference,
    find_best,
    fit_exponent,
    in_usd,
    log_change,
    mean_log_change,
    see,
)
from metalab.experiments.validation.responses.gap_strategy import SHARE, charge, measure_sharpe, weigh
from metalab.experiments.validation.responses.market import compute_discount
from metalab.experiments.validation.responses.safety import compute_loss, refill

DAYS = 400


def make(**columns: object) -> PairedRuns:
    """Runs with these columns, numbers spread over all days; two runs unless a column has its own."""
    values = {name: np.array(np.broadcast_to(np.asarray(value, dtype=float), (2, DAYS))) for name, value in columns.items()}
    return PairedRuns(values, np.zeros((2, 1), dtype=np.int64))


def test_changes_are_logs_of_means_and_means_of_logs() -> None:
    days = np.arange(DAYS) + 1.0
    worlds = {"a": make(x=days), "b": make(x=days**2)}
    window = (10, 20)
    assert log_change(see("x"), "a", "b", window)(worlds) == pytest.approx(np.log((days[10:20] ** 2).mean() / days[10:20].mean()))
    assert mean_log_change(see("x"), "a", "b", window)(worlds) == pytest.approx(np.log(days[10:20]).mean())
    assert difference(see("x"), "a", "b", (-1, 0))(worlds) == pytest.approx(DAYS**2 - DAYS)


def test_a_collapse_counts_and_a_failed_run_does_not() -> None:
    worlds = {"a": make(x=2.0), "b": make(x=[[0.0], [np.nan]])}
    change = log_change(see("x"), "a", "b")(worlds)
    assert change[0] < -20
    assert np.isnan(change[1])


def test_a_window_outside_the_run_is_no_number() -> None:
    for window in ((0, DAYS + 1), (DAYS, 0), (5, 5)):
        with pytest.raises(IndexError):
            cut(np.zeros((1, DAYS)), window)
    with pytest.raises(MissingMetricError):
        see("y")(make(x=1.0))


def test_the_best_level_is_found_and_an_end_is_not_between() -> None:
    fees = {"low": 0.1, "middle": 1.0, "high": 10.0}
    worlds = {label: make(price_usd=2.0, revenue_era=value) for label, value in zip(fees, (1.0, 3.0, 2.0), strict=True)}
    revenue = in_usd("revenue_era")
    assert find_best(revenue, fees)(worlds) == pytest.approx(np.log(1.0))
    assert beat_ends(revenue, tuple(fees))(worlds) == pytest.approx(np.log(3.0 / 2.0))
    worlds["high"] = make(price_usd=2.0, revenue_era=4.0)
    assert beat_ends(revenue, tuple(fees))(worlds) == pytest.approx(np.log(3.0 / 4.0))


def test_noise_has_no_optimum_between_on_average() -> None:
    """The level is chosen by the other runs: the largest of many alike is not counted as better."""
    noise = np.sin(np.arange(6 * 200).reshape(6, 200, 1) * 12.9898) * 43758.5453 % 1.0
    worlds = {
        f"{k}": PairedRuns({"x": np.exp(0.1 * np.repeat(noise[k], 40, axis=1))}, np.zeros((200, 1), dtype=np.int64)) for k in range(6)
    }
    gain = beat_ends(see("x"), tuple(worlds), (0, 0))(worlds)
    assert abs(gain.mean()) < 3 * gain.std() / np.sqrt(len(gain))


@pytest.mark.parametrize("exponent", [0.0, 0.7, 2.0])
def test_an_exponent_is_the_slope_in_logs(exponent: float) -> None:
    worlds = {f"{n}": make(n=n, x=5.0 * n**exponent) for n in (10.0, 20.0, 80.0)}
    assert fit_exponent(see("x"), see("n"), tuple(worlds))(worlds) == pytest.approx(exponent, abs=1e-12)


def test_losses_compound() -> None:
    world = make(incident_loss_usd=1.0, tvl_usd=100.0)
    assert compute_loss(world) == pytest.approx(365 * np.log(0.99))


def test_a_refill_is_measured_from_the_first_attack() -> None:
    attacks, nodes = np.zeros((2, DAYS)), np.full((2, DAYS), 10.0)
    attacks[0, 50], attacks[1, 399] = 1.0, 1.0
    nodes[0, 50:], nodes[0, 140:] = 0.0, 8.0
    ratio = refill({"attacked": make(attacks=attacks, nodes_guardian=nodes)})
    assert ratio[0] == pytest.approx(0.8)
    assert np.isnan(ratio[1])


def test_a_discount_is_charged_on_what_is_sold_at_the_next_days_price() -> None:
    sold = np.zeros(DAYS)
    sold[[100, 200]] = 1.0, 3.0
    price = np.ones(DAYS)
    price[101], price[201] = np.exp(-0.4), np.exp(-0.2)
    worlds = {"sold": make(price_usd=price, holders_sold_era=sold), "kept": make(price_usd=1.0, holders_sold_era=0.0)}
    assert compute_discount(worlds, "sold", "kept") == pytest.approx((0.4 + 3 * 0.2) / 4)


def test_a_price_that_is_pulled_to_its_fundamental_can_be_traded_and_a_walk_cannot() -> None:
    noise = 0.03 * (np.sin(np.arange(2 * DAYS).reshape(2, DAYS) * 12.9898) * 43758.5453 % 1.0 - 0.5)
    pulled = np.zeros((2, DAYS))
    for day in range(DAYS - 1):
        pulled[:, day + 1] = 0.9 * pulled[:, day] + noise[:, day]
    walk = np.cumsum(noise - noise.mean(axis=1, keepdims=True), axis=1)
    good, bad = (measure_sharpe(make(price_usd=np.exp(path), fundamental_usd=1.0), is_relative=True) for path in (pulled, walk))
    assert (good > 1.0).all()
    assert (good > bad).all()


def test_a_position_is_bounded_and_its_order_costs_a_square_root() -> None:
    gap = np.linspace(-1.0, 1.0, DAYS)[None]
    assert np.abs(weigh(gap)).max() <= 1.0
    assert not weigh(gap)[:, :60].any()
    position, returns = np.zeros((1, 50)), np.full((1, 50), 0.02)
    position[0, 30:] = 1.0
    cost = charge(position, returns)
    assert cost[0, 30] == pytest.approx(0.02 * np.sqrt(30 / 29) * np.sqrt(SHARE), rel=0.05)
    assert not np.delete(cost, 30, axis=1).any()
