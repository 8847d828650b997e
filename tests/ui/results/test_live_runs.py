"""Runs that somebody waits for: pairs are of the same replication, whatever failed."""

import numpy as np

from metalab.econ.kernel.records import COLUMNS
from metalab.ui.inputs.exploration import Recipe
from metalab.ui.results.live_runs import Futures, compare, pair, simulate


def make_futures(numbers: tuple[int, ...]) -> Futures:
    """Runs whose every value is their replication."""
    rows = np.stack([np.full((3, len(COLUMNS)), float(number)) for number in numbers])
    return Futures(rows, (), numbers)


def test_pairs_are_of_the_same_replication() -> None:
    differences = pair(make_futures((0, 2, 3)), make_futures((0, 1, 3)), "price_usd")
    assert differences.tolist() == [[0.0] * 3] * 2


def test_a_change_that_reaches_nothing_differs_by_exactly_0() -> None:
    one, other = (simulate(Recipe("minimal", changes, days=20, runs=4)) for changes in ({}, {"governance.quorum": 0.2}))
    effect = compare(other, one)
    assert not np.any(pair(other, one, "messages"))
    assert {line["changed"] for line in effect["flows"].values()} == {0}
    assert set(effect) == {"metrics", "classes", "flows"}


def test_outcomes_are_those_of_the_daily_table() -> None:
    futures = simulate(Recipe("minimal", days=20, runs=4))
    assert futures.numbers == (0, 1, 2, 3)
    for place in range(futures.count):
        assert futures.outcomes[place]["price_usd.last"] == futures.get("price_usd")[place, -1]
