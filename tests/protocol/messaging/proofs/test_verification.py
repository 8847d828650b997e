"""The path that a value at risk chooses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.proofs.verification import Offer, Path, choose_path, weigh_offer

LIGHT = Offer(Path.LIGHT, 8.0, 200_000.0, 1e-5)
DIRECT = Offer(Path.DIRECT, 15.0, 400_000.0, 1e-7)
OPTIMISTIC = Offer(Path.OPTIMISTIC, 1800.0, 120_000.0, 1e-6)
ALL = [LIGHT, DIRECT, OPTIMISTIC]
GAS, PATIENCE = 3e-8, 0.0005


def test_the_threshold_is_where_both_cost_the_same() -> None:
    extra = (DIRECT.gas - LIGHT.gas) * GAS + (DIRECT.delay_s - LIGHT.delay_s) * PATIENCE
    value = extra / (LIGHT.risk - DIRECT.risk)
    assert choose_path(ALL, value * 0.999, GAS, PATIENCE, 1e9) == Path.LIGHT
    assert choose_path(ALL, value * 1.001, GAS, PATIENCE, 1e9) == Path.DIRECT


@pytest.mark.parametrize(
    ("offers", "left_s", "expected"),
    [
        ([LIGHT, OPTIMISTIC], 1e9, Path.LIGHT),
        ([OPTIMISTIC], 1e9, Path.OPTIMISTIC),
        (ALL, 8.0, None),
        (ALL, 9.0, Path.LIGHT),
        ([], 1e9, None),
    ],
)
def test_what_is_possible(offers: list[Offer], left_s: float, expected: Path | None) -> None:
    assert choose_path(offers, 10.0, GAS, PATIENCE, left_s) == expected


@given(st.floats(0, 1e6), st.floats(0, 1e6))
def test_more_value_never_chooses_more_risk(one: float, two: float) -> None:
    risks = {offer.path: offer.risk for offer in ALL}
    low, high = (choose_path(ALL, value, GAS, PATIENCE, 1e9) for value in sorted((one, two)))
    assert low is not None
    assert high is not None
    assert risks[high] <= risks[low]


@given(st.floats(0, 1e6))
def test_the_choice_is_the_cheapest(value: float) -> None:
    chosen = choose_path(ALL, value, GAS, PATIENCE, 1e9)
    costs = {offer.path: weigh_offer(offer, value, GAS, PATIENCE) for offer in ALL}
    assert chosen is not None
    assert costs[chosen] == min(costs.values())
    assert costs[Path.LIGHT] == pytest.approx(200_000 * GAS + 8 * PATIENCE + value * 1e-5)
