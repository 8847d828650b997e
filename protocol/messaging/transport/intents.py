"""Intents: the user says what should arrive where; a router chooses the path, converts, estimates gas, checks and retries."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple


class Intent(NamedTuple):
    """Amount of an asset (micro-units) to reach an address on a rollup, at most at this cost and risk."""

    amount: int
    asset: int
    target: int
    recipient: int
    most_gas: float
    most_risk: float


class IntentRoute(NamedTuple):
    """A way the router knows: rollups passed, estimated gas and seconds, risk, and whether it takes the asset as it is."""

    name: int
    gas: float
    delay_s: float
    risk: float
    needs_conversion: bool


class IntentPlan(NamedTuple):
    """What the router will do: the route, what it converts to, and the gas it provides."""

    route: IntentRoute
    asset: int
    gas_limit: float


class Problem(IntEnum):
    """Why there is no plan, or why a try failed."""

    NONE = 0
    NO_ROUTE = 1
    TOO_RISKY = 2
    TOO_DEAR = 3
    OUT_OF_GAS = 4
    STEP_FAILED = 5


NATIVE_ASSET = 0
"""The asset that every route takes; others are converted to it."""


def make_plan(intent: Intent, routes: Sequence[IntentRoute], margin: float, conversion_gas: float) -> tuple[IntentPlan | None, Problem]:
    """The cheapest acceptable route; gas is estimated with a margin because its price moves before execution."""
    if not routes:
        return None, Problem.NO_ROUTE
    safe = [route for route in routes if route.risk <= intent.most_risk]
    if not safe:
        return None, Problem.TOO_RISKY
    # The name before the route: of equal routes the lower number, and routes themselves are never compared.
    priced = [(route.gas + conversion_gas * route.needs_conversion, route.delay_s, route.name, route) for route in safe]
    gas, _, _, route = min(priced)
    if gas * margin > intent.most_gas:
        return None, Problem.TOO_DEAR
    asset = NATIVE_ASSET if route.needs_conversion else intent.asset
    return IntentPlan(route, asset, gas * margin), Problem.NONE


def drop_route(routes: Sequence[IntentRoute], failed: IntentRoute, most_risk: float) -> list[IntentRoute]:
    """What is left to try after a failure; when no safe route is, the same routes again."""
    left = [route for route in routes if route.name != failed.name]
    return left if any(route.risk <= most_risk for route in left) else list(routes)


def compute_manual_success(step_success: float, steps: int) -> float:
    """p^k: every step must succeed."""
    return float(step_success**steps)


def compute_intent_success(try_success: float, tries: int) -> float:
    """1 - (1 - p)^r: one of the tries must succeed."""
    return 1.0 - float((1.0 - try_success) ** tries)
