"""The router of intents."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.transport.intents import (
    NATIVE_ASSET,
    Intent,
    IntentRoute,
    Problem,
    compute_intent_success,
    compute_manual_success,
    drop_route,
    make_plan,
)

WISH = Intent(100, 7, 3, 42, 500_000.0, 1e-5)
CHEAP, SAFE, ODD = (
    IntentRoute(1, 100_000.0, 9.0, 1e-5, False),
    IntentRoute(2, 200_000.0, 20.0, 1e-7, False),
    IntentRoute(3, 90_000.0, 9.0, 1e-6, True),
)


def test_the_cheapest_route_after_conversion_is_taken() -> None:
    plan, problem = make_plan(WISH, [SAFE, CHEAP, ODD], 1.5, 50_000.0)
    assert problem == Problem.NONE
    assert plan is not None
    assert (plan.route, plan.asset, plan.gas_limit) == (CHEAP, 7, 150_000.0)
    plan, _ = make_plan(WISH, [SAFE, CHEAP, ODD], 1.5, 5_000.0)
    assert plan is not None
    assert (plan.route, plan.asset, plan.gas_limit) == (ODD, NATIVE_ASSET, 142_500.0)


@pytest.mark.parametrize(
    ("wish", "routes", "problem"),
    [
        (WISH, [], Problem.NO_ROUTE),
        (WISH._replace(most_risk=1e-9), [CHEAP, SAFE], Problem.TOO_RISKY),
        (WISH._replace(most_gas=149_999.0), [CHEAP, SAFE], Problem.TOO_DEAR),
        (WISH._replace(most_gas=150_000.0), [CHEAP, SAFE], Problem.NONE),
        (WISH._replace(most_risk=1e-6, most_gas=299_999.0), [CHEAP, SAFE], Problem.TOO_DEAR),
    ],
)
def test_limits_are_kept(wish: Intent, routes: list[IntentRoute], problem: Problem) -> None:
    plan, found = make_plan(wish, routes, 1.5, 50_000.0)
    assert found == problem
    assert (plan is None) == (problem != Problem.NONE)


def test_a_failed_route_is_left_out_while_there_is_another() -> None:
    assert drop_route([CHEAP, SAFE], CHEAP, 1e-5) == [SAFE]
    assert drop_route([CHEAP], CHEAP, 1e-5) == [CHEAP]
    assert drop_route([CHEAP, SAFE], SAFE, 1e-6) == [CHEAP, SAFE]


@given(st.floats(0, 1), st.integers(1, 8))
def test_success_by_counting_cases(p: float, n: int) -> None:
    """All outcomes of n tries, weighed: all must work by hand, one must by intent."""
    weights = [(bin(case).count("1"), p ** bin(case).count("1") * (1 - p) ** (n - bin(case).count("1"))) for case in range(2**n)]
    assert compute_manual_success(p, n) == pytest.approx(sum(w for worked, w in weights if worked == n), abs=1e-12)
    assert compute_intent_success(p, n) == pytest.approx(sum(w for worked, w in weights if worked > 0), abs=1e-12)
