"""Numbers that responses are judged by, one a replication, from the daily columns of paired runs."""

from collections.abc import Callable, Sequence

import numpy as np

from metalab.experiments.validation.responses.ensembles import PairedRuns
from metalab.experiments.validation.responses.entry import Ensembles, Figure, Values

Quantity = Callable[[PairedRuns], Values]
"""Something of a run, day by day: runs x days."""
Window = tuple[int, int]
"""First day and the day after the last; negative ones count from the end."""
LATE: Window = (-90, 0)
NOTHING = 1e-12
SETTLED = 30
"""Days of the listing that figures over the whole run leave out."""
YEAR = 365
TIERS = ("core", "flex", "guardian")
NODES = ("nodes_core", "nodes_flex_bonded", "nodes_guardian")


def cut(values: Values, window: Window) -> Values:
    """The days of a window. Raises `IndexError` for a window outside the run: an empty mean must not pass for a number."""
    days = values.shape[1]
    first, last = (edge + days if edge < 0 or (edge == 0 and k) else edge for k, edge in enumerate(window))
    if not 0 <= first < last <= days:
        raise IndexError(f"days {first} to {last - 1} of runs of {days} days")
    return values[:, first:last]


def ln(values: Values) -> Values:
    """The logarithm; nothing at all counts as nearly nothing, so that a collapse is not left out of a mean."""
    return np.asarray(np.log(np.maximum(values, NOTHING)))


def see(metric: str) -> Quantity:
    """A metric as it is."""
    return lambda ensemble: ensemble.get(metric)


def add(*metrics: str) -> Quantity:
    """Several metrics together."""
    return lambda ensemble: np.sum([ensemble.get(metric) for metric in metrics], axis=0)


def in_usd(metric: str) -> Quantity:
    """A flow in ERA at the day's price."""
    return lambda ensemble: ensemble.get(metric) * ensemble.get("price_usd")


get_stake = add(*(f"staked_{tier}_era" for tier in TIERS))


def get_staked_share(ensemble: PairedRuns) -> Values:
    """Bonded stake to effective circulating supply."""
    return get_stake(ensemble) / ensemble.get("circulating_effective_era")


def get_rollup_income(ensemble: PairedRuns) -> Values:
    """What developers earn with their rollups, less their bills, in USD."""
    earned = ensemble.get("developer_fees_usd") + in_usd("developer_revenue_era")(ensemble)
    return np.asarray(earned - ensemble.get("developer_costs_usd"))


def level(quantity: Quantity, label: str, window: Window = LATE) -> Figure:
    """The mean over a window in one world."""
    return lambda worlds: cut(quantity(worlds[label]), window).mean(axis=1)


def log_change(quantity: Quantity, base: str, other: str, window: Window = LATE) -> Figure:
    """d ln of the mean over a window, the other world against the base."""
    return lambda worlds: ln(level(quantity, other, window)(worlds)) - ln(level(quantity, base, window)(worlds))


def mean_log_change(quantity: Quantity, base: str, other: str, window: Window = LATE) -> Figure:
    """The mean over a window of the daily d ln: of prices, whose means are their highest days'."""

    def measure(worlds: Ensembles) -> Values:
        return np.asarray(cut(ln(quantity(worlds[other])) - ln(quantity(worlds[base])), window).mean(axis=1))

    return measure


def difference(quantity: Quantity, base: str, other: str, window: Window = LATE) -> Figure:
    """The mean over a window in the other world less that in the base."""
    return lambda worlds: level(quantity, other, window)(worlds) - level(quantity, base, window)(worlds)


def add_up(quantity: Quantity, window: Window) -> Quantity:
    """The sum over a window, as a run of one day."""
    return lambda ensemble: cut(quantity(ensemble), window).sum(axis=1, keepdims=True)


def rank_levels(quantity: Quantity, labels: Sequence[str], window: Window = (SETTLED, 0)) -> Callable[[Ensembles], Values]:
    """ln of the mean over a window by run and level: runs x levels."""
    return lambda worlds: ln(np.stack([level(quantity, label, window)(worlds) for label in labels], axis=1))


def find_best(quantity: Quantity, values: dict[str, float], window: Window = (SETTLED, 0)) -> Figure:
    """ln of the level at which a quantity is largest, run by run."""
    ranked = rank_levels(quantity, tuple(values), window)
    places = np.log(np.array(list(values.values())))

    def measure(worlds: Ensembles) -> Values:
        table = ranked(worlds)
        good = np.isfinite(table).all(axis=1)
        return np.where(good, places[np.argmax(np.where(np.isfinite(table), table, -np.inf), axis=1)], np.nan)

    return measure


def beat_ends(quantity: Quantity, labels: Sequence[str], window: Window = (SETTLED, 0)) -> Figure:
    """How far (in logs) the best inner level beats the better of both ends: above 0 when there is an optimum between.

    Inner level and end are chosen by the other runs, so that being the largest by chance counts for nothing.
    """
    ranked = rank_levels(quantity, labels, window)

    def measure(worlds: Ensembles) -> Values:
        table = ranked(worlds)
        out = np.full(len(table), np.nan)
        for k, row in enumerate(table):
            others = np.delete(table, k, axis=0)
            others = others[np.isfinite(others).all(axis=1)]
            if len(others) and np.isfinite(row).all():
                means = others.mean(axis=0)
                inner, end = 1 + int(np.argmax(means[1:-1])), (0, -1)[int(means[-1] > means[0])]
                out[k] = row[inner] - row[end]
        return out

    return measure


def fit_exponent(quantity: Quantity, against: Quantity, labels: Sequence[str], window: Window = LATE) -> Figure:
    """The slope of ln of a quantity on ln of another across worlds, run by run (least squares)."""

    def measure(worlds: Ensembles) -> Values:
        y = rank_levels(quantity, labels, window)(worlds)
        x = rank_levels(against, labels, window)(worlds)
        x = x - x.mean(axis=1, keepdims=True)
        return np.asarray((x * y).sum(axis=1) / (x * x).sum(axis=1))

    return measure


def take_ratio(figure: Figure, to: Figure) -> Figure:
    """One figure over another less 1."""
    return lambda worlds: figure(worlds) / to(worlds) - 1.0


def subtract(figure: Figure, other: Figure) -> Figure:
    """One figure less another."""
    return lambda worlds: figure(worlds) - other(worlds)


def constant(value: float) -> Figure:
    """A number that does not depend on runs, for every run."""
    return lambda worlds: np.full(len(next(iter(worlds.values())).ends), value)
