"""What must hold between several parameters of a world, beyond the bounds of each."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from metalab.econ.users.demand import USUAL_PRICE_USD
from metalab.experiments.errors import NOWHERE, BadValueError, Place
from metalab.experiments.inputs.schema import LEAVES, Words, show_parameters

LARGEST_GAIN = 0.8
"""Bound of the loop price -> fee -> messages -> revenue -> price (ECONOMY 13)."""


class Check(NamedTuple):
    """A relation between the parameters at `paths` (the last one is blamed), and what to do when it fails.

    `formula` says the relation as an expression of Python over the paths; of an order of two parameters it follows from `holds`.
    """

    paths: tuple[str, ...]
    holds: Callable[..., bool]
    advice: str
    formula: str = ""

    @property
    def relation(self) -> str:
        """The relation for people and programs."""
        sign = {_is_at_most: "<=", _is_below: "<"}.get(self.holds)
        return self.formula or (f"{self.paths[0]} {sign} {self.paths[1]}" if sign else f"{self.paths[-1]}: {self.advice}")


def _is_loop_damped(weight: float, share: float, effort: float, indexation: float) -> bool:
    part = USUAL_PRICE_USD / (USUAL_PRICE_USD + effort)
    return (1 - indexation) * (1 - weight * (1 - share) * part) <= LARGEST_GAIN


def _leaves_room(first: float, second: float) -> bool:
    return first + second < 1.0


def _is_at_most(small: float, large: float) -> bool:
    return small <= large


def _is_below(small: float, large: float) -> bool:
    return small < large


def _is_each_at_most(small: list[float], large: list[float]) -> bool:
    return all(a <= b for a, b in zip(small, large, strict=True))


def is_rising(values: list[float]) -> bool:
    """Whether no value is below the one before."""
    return all(a <= b for a, b in pairwise(values))


def _is_airdrop_enough(launch: list[float], users: float, voters: float, traders: float) -> bool:
    return users + voters + traders <= launch[AIRDROP]


def _is_foundation_enough(launch: list[float], market_float: float) -> bool:
    return market_float <= launch[FOUNDATION]


def _is_stake_there(launch: list[float], minimum: list[float], core: int, flex: int, guardian: int) -> bool:
    return core * minimum[0] + flex * minimum[1] + guardian * minimum[2] <= launch[RND]


FOUNDATION, RND, AIRDROP = 2, 4, 5

CHECKS = (
    Check(
        ("demand.price_weight", "demand.usual_share", "demand.effort_usd", "fees.indexation"),
        _is_loop_damped,
        "a value with (1 - fees.indexation) x (1 - demand.price_weight x (1 - demand.usual_share) x its part of what sending costs) "
        f"at most {LARGEST_GAIN}, else price and fees run away",
        "(1 - fees.indexation) * (1 - demand.price_weight * (1 - demand.usual_share) * "
        f"{USUAL_PRICE_USD} / ({USUAL_PRICE_USD} + demand.effort_usd)) <= {LARGEST_GAIN}",
    ),
    Check(
        ("demand.usual_share", "demand.idle_share"),
        _leaves_room,
        "less: with demand.usual_share below 1 together, the rest goes to rivals",
        "demand.usual_share + demand.idle_share < 1",
    ),
    Check(("issuance.lowest", "issuance.highest"), _is_at_most, "at least issuance.lowest"),
    *(
        Check(pair, _is_at_most, f"at least {pair[0]}")
        for tier in ("core", "flex", "guardian")
        for pair in ((f"population.genesis_{tier}", f"population.{tier}"), (f"population.floor_{tier}", f"population.genesis_{tier}"))
    ),
    Check(("scaling.active_min", "scaling.active_max"), _is_at_most, "at least scaling.active_min"),
    Check(("scaling.low", "scaling.high"), _is_below, "more than scaling.low"),
    Check(("scaling.fee_floor", "scaling.fee_ceiling"), _is_at_most, "at least scaling.fee_floor"),
    Check(("rewards.floor", "rewards.cap"), _is_at_most, "at least rewards.floor"),
    Check(("governance.lock_minimum_days", "governance.lock_maximum_days"), _is_at_most, "at least governance.lock_minimum_days"),
    Check(
        ("messaging.wait_quantiles_s",),
        is_rising,
        "quantiles that never fall",
        "all(a <= b for a, b in pairwise(messaging.wait_quantiles_s))",
    ),
    Check(
        ("vesting.tokens", "vesting.launch"),
        lambda tokens, launch: _is_each_at_most(launch, tokens),
        "at most vesting.tokens, bucket by bucket",
        "all(a <= b for a, b in zip(vesting.launch, vesting.tokens))",
    ),
    Check(
        ("vesting.launch", "supply.users_airdrop", "electorate.tokens", "traders.era_total"),
        _is_airdrop_enough,
        "less: users, voters and traders together open with more than the airdrop of vesting.launch",
        f"supply.users_airdrop + electorate.tokens + traders.era_total <= vesting.launch[{AIRDROP}]",
    ),
    Check(
        ("vesting.launch", "supply.market_float"),
        _is_foundation_enough,
        "at most the foundation's part of vesting.launch",
        f"supply.market_float <= vesting.launch[{FOUNDATION}]",
    ),
    Check(
        ("vesting.launch", "staking.minimum", "population.genesis_core", "population.genesis_flex", "population.genesis_guardian"),
        _is_stake_there,
        "fewer genesis nodes: their stakes exceed R&D's part of vesting.launch",
        "population.genesis_core * staking.minimum[0] + population.genesis_flex * staking.minimum[1] + "
        f"population.genesis_guardian * staking.minimum[2] <= vesting.launch[{RND}]",
    ),
)


def list_relations(path: str = "") -> list[dict[str, Any]]:
    """The relations in which a parameter takes part, or all, as data; the fixed sum of a vector is one as well."""
    sums = [
        {"formula": f"sum({name}) == {leaf.info.total}", "parameters": [name], "advice": f"together {leaf.info.total:,}"}
        for name, leaf in LEAVES.items()
        if leaf.info.total is not None and path in ("", name)
    ]
    return sums + [
        {"formula": check.relation, "parameters": list(check.paths), "advice": f"{check.paths[-1]}: {check.advice}"}
        for check in CHECKS
        if path in ("", *check.paths)
    ]


def check_parameters(parameters: Words, places: Mapping[str, Place]) -> None:
    """Raise `BadValueError` for a world whose parameters contradict each other."""
    values = show_parameters(parameters)
    for check in CHECKS:
        if not check.holds(*(values[path] for path in check.paths)):
            # The message names the parameter that the user has set.
            path = next((path for path in reversed(check.paths) if path in places), check.paths[-1])
            raise BadValueError(path, values[path], _advise(check, path, values), places.get(path, NOWHERE))


def _advise(check: Check, path: str, values: Mapping[str, Any]) -> str:
    first, last = check.paths[0], check.paths[-1]
    advice = check.advice.replace(first, f"{first} ({values[first]})", 1)
    return advice if path == last else f"another value: {last} ({values[last]}) must be {check.advice}"
