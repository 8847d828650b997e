"""The change of a price is the change of worth plus the change of premium."""

from typing import Any

import pytest

from metalab.experiments.decisions.decision import compare
from metalab.experiments.decisions.price_change import (
    RATIO,
    describe_change,
    describe_premium,
    describe_ratio,
    describe_relative,
    describe_without,
    show_percent,
    split_change,
)
from metalab.experiments.runs.price_parts import PREMIUM, PRICE, WORTH

RULE = {"mode": "market", "follow": "0.25"}


def make_metrics(worth: tuple[float, ...], premium: tuple[float, ...], growth: float = 1.1) -> dict[str, Any]:
    """Pairs in which both parts grow in proportion, worth by `growth` and premium too."""
    values = {WORTH: worth, PREMIUM: premium, PRICE: tuple(a + b for a, b in zip(worth, premium, strict=True)), RATIO: (0.0,) * len(worth)}
    metrics = {}
    for name, without in values.items():
        pairs = [({"x": value}, {"x": value * growth}) for value in without]
        metrics[name] = compare(pairs, "x", "none") | {"last": compare(pairs, "x", "none")}
    return metrics


@pytest.mark.parametrize("word", ["after", "last"])
def test_the_parts_add_up(word: str) -> None:
    parts = split_change(make_metrics((0.004, 0.006, 0.007), (1.0, 0.5, 2.0)), word)
    assert parts["worth"].mean + parts["premium"].mean == pytest.approx(parts["price"].mean, rel=1e-12)
    for part in parts.values():
        assert part.low < part.mean < part.high
        assert part.relative == pytest.approx(0.1)


def test_the_change_is_told_with_its_intervals() -> None:
    metrics = make_metrics((0.01, 0.01), (1.0, 1.0))
    assert (
        describe_change(metrics)
        == "price +0.101 [+0.101, +0.101] = worth +0.00100 [+0.00100, +0.00100] + premium +0.100 [+0.100, +0.100] USD"
    )
    assert describe_without(metrics) == "worth 0.0100 USD + premium 1.00 USD (99.0 % of the price)"
    assert describe_relative(metrics) == "price +10.0 %, worth +10.0 %, premium +10.0 % of what it is without"


def test_what_does_not_change_is_not_told() -> None:
    metrics = make_metrics((0.01, 0.01), (1.0, 1.0), 1.0)
    assert describe_change(metrics) == describe_ratio(metrics) == ""
    assert describe_change({PRICE: metrics[PRICE]}) == ""


def test_the_premium_is_told_with_the_ratio() -> None:
    pairs = [({"x": 5.0}, {"x": 5.1}), ({"x": 4.0}, {"x": 4.1})]
    metrics = make_metrics((0.01, 0.01), (1.0, 1.0)) | {RATIO: compare(pairs, "x", "none")}
    text = describe_premium({"metrics": metrics, "price_rule": RULE})
    assert "same chance in both futures" in text
    assert text.endswith("Price over worth changes by +10.5 % [+10.5 %, +10.5 %].")
    assert describe_premium({"metrics": metrics}) == describe_ratio(metrics)


@pytest.mark.parametrize(("part", "text"), [(0.0, "0.0 %"), (-0.1114, "-11.1 %"), (0.05, "+5.0 %")])
def test_per_cent_have_a_sign(part: float, text: str) -> None:
    assert show_percent(part) == text
