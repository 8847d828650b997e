"""The price is a sum: worth and premium, on every day of every run."""

import numpy as np
import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import load_scenario, run
from metalab.experiments.runs.price_parts import (
    BALANCES,
    PREMIUM,
    PRICE,
    REVENUE,
    WORTH,
    describe_price,
    describe_rule,
    describe_worth,
    explain_price,
    find_middle,
    read_rule,
    show_part,
    show_usd,
)


def test_the_parts_add_up_on_every_day(tiny: Scenario) -> None:
    rows = run(tiny, seed=2, days=30).rows
    price, worth, premium, revenue, balances = (rows[:, COLUMNS.index(name)] for name in (PRICE, WORTH, PREMIUM, REVENUE, BALANCES))
    assert worth + premium == pytest.approx(price, rel=1e-12)
    assert revenue + balances == pytest.approx(worth, rel=1e-12)


@pytest.mark.parametrize(
    ("value", "text"), [(1.539, "1.54"), (0.005834, "0.00583"), (2.4e-5, "0.0000240"), (0.0, "0"), (1234.5, "1,234"), (float("nan"), "nan")]
)
def test_usd_have_three_digits(value: float, text: str) -> None:
    assert show_usd(value) == text


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1.539, 1.545, "99.6 %"), (9999.0, 10000.0, "more than 99.9 %"), (1.0, 1.0, "100.0 %"), (1.0, 0.0, "0.0 %")]
)
def test_a_part_is_never_rounded_to_the_whole(part: float, whole: float, text: str) -> None:
    assert show_part(part, whole) == text


def test_a_price_below_the_worth_has_a_discount() -> None:
    assert describe_price(0.00583, 1.53917) == "worth 0.00583 USD + premium 1.54 USD (99.6 % of the price)"
    assert describe_price(2.0, -0.5) == "worth 2.00 USD - discount 0.500 USD (25.0 % of the worth)"


def test_a_worth_without_parts_is_not_divided() -> None:
    values = {WORTH: 1.0, PREMIUM: 1.0, REVENUE: 0.0, BALANCES: 0.0}
    assert describe_worth(0.0, 0.0) == ""
    assert explain_price(values) == "worth 1.00 USD + premium 1.00 USD (50.0 % of the price)"
    assert "; worth = revenue" in explain_price(values | {REVENUE: 0.75, BALANCES: 0.25})


def test_the_middle_run_is_nearest_to_the_median() -> None:
    prices = np.array([[1.0, 9.0, 1.0], [2.0, 2.1, 2.0], [3.0, 2.0, 9.0]])
    assert find_middle(prices) == 1
    assert find_middle(prices[:1]) == 0


def test_the_rule_of_the_premium_is_told_as_it_is() -> None:
    assert read_rule(load_scenario("launch").parameters) == {"mode": "market", "follow": "0.25"}
    own = read_rule(load_scenario("launch", {"premium.follow": 1.0, "price.mode": "exogenous"}).parameters)
    assert own == {"mode": "exogenous", "follow": "1"}
    assert "by 0.25 % for each per cent" in describe_rule({"mode": "traders", "follow": "0.25"})
    assert "path of its own" in describe_rule(own)
    assert "first evening" in describe_rule({"mode": "market", "follow": "0"}, 0)
    assert describe_rule({}) == ""
