"""What cannot be planned whatever happens: more than a world has room for, more than a treasury can hold."""

from collections.abc import Iterable, Iterator

from metalab.econ.kernel.memory import CAPACITY
from metalab.econ.kernel.scenario import PlannedChange, PlannedCondition, PlannedFlow, PlannedGrant, Scenario, Shock
from metalab.experiments.errors import BadValueError, Place
from metalab.experiments.inputs.planning.grants import Grant, resolve_grants
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import MICRO, Table
from metalab.protocol.kernel.units import SUPPLY
from metalab.protocol.policy.grants import GrantPayer
from metalab.protocol.supply.vesting import Vesting, compute_vested

Plan = PlannedChange | PlannedGrant | PlannedFlow | Shock
"""What can hang on a condition."""


def list_plans(scenario: Scenario) -> list[Plan]:
    """All that a scenario plans, what its proposals would do included: a world watches the conditions of both."""
    plans: list[Plan] = [*scenario.changes, *scenario.grants, *scenario.flows, *scenario.shocks]
    for proposal in scenario.proposals:
        plans += [*proposal.changes, *proposal.grants, *proposal.flows]
    return plans


def list_conditions(plans: Iterable[Plan]) -> set[PlannedCondition]:
    """Every condition that a world would have to watch; equal ones are watched once."""
    return {condition for plan in plans for condition in _follow(plan.condition)}


def _follow(condition: PlannedCondition | None) -> Iterator[PlannedCondition]:
    while condition is not None:
        yield condition
        condition = condition.also


def check_room(scenario: Scenario, place: Place) -> None:
    """Raise a `BadValueError` when a scenario plans more than a world has room for; `place` is its file."""
    wanted = {
        "changes": (len(scenario.changes), "numbers in [[schedule]]"),
        "grants": (len(scenario.grants), "payments in [[grants]]"),
        "shocks": (len(scenario.shocks), "days of [[shocks]]"),
        "flows": (len(scenario.flows), "flows in [[flows]]"),
        "conditions": (len(list_conditions(list_plans(scenario))), "different conditions in 'when'"),
    }
    for name, (count, words) in wanted.items():
        if count > CAPACITY[name]:
            raise BadValueError(words, count, f"at most {CAPACITY[name]:,}", place)


def compute_most_treasury(scenario: Scenario, day: int) -> int:
    """The most uERA that can have come into the treasury by a day: its unlocks, the airdrop, and what is issued to it."""
    p = scenario.parameters[0]
    vesting = Table(Vesting, scenario.parameters["vesting"])[0]
    unlocked = int(plain(compute_vested)(vesting, Bucket.TREASURY, scenario.start_offset + day))
    if any(unlock.owner == Bucket.TREASURY for unlock in scenario.unlocks):
        # A table may release it at any pace.
        unlocked = int(p["vesting"]["tokens"][Bucket.TREASURY])
    issued = int(p["issuance"]["limit"]) - SUPPLY if p["issuance"]["rate"] > 0.0 else 0
    return min(unlocked + int(p["vesting"]["tokens"][Bucket.AIRDROP]) + issued, SUPPLY + issued)


def refuse_excess(grants: Iterable[Grant], scenario: Scenario, at: int) -> None:
    """Refuse grants that no treasury can pay, since not as much will be unlocked by then; whether this one can is seen on the day.

    What hangs on a condition is judged by itself: of two such grants one may lapse.
    """
    paid = 0
    plans = [(resolve_grants([grant], at)[0], grant.place) for grant in grants]
    for plan, place in sorted(plans, key=lambda pair: pair[0].day):
        if plan.payer != GrantPayer.TREASURY:
            continue
        total = paid + plan.amount
        most = compute_most_treasury(scenario, plan.day)
        if total > most:
            allowed = f"grants of at most {most / MICRO:,.0f} ERA together by day {plan.day}: more cannot be in the treasury by then"
            raise BadValueError("grants", f"{total / MICRO:,.0f} ERA", allowed, place)
        paid = total if plan.condition is None else paid
