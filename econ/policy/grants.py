"""Treasury grants fall due: the morning pays those that a scenario planned, an execution those that a vote decided."""

from typing import Any, NamedTuple

from metalab.econ.kernel.scenario import PlannedGrant
from metalab.econ.kernel.world import World
from metalab.econ.policy.conditions import register_condition
from metalab.protocol.governance.ledger import grant_burn, grant_developers, grant_holder, grant_insurance, grant_users, return_insurance
from metalab.protocol.kernel.codes import OK, Bucket
from metalab.protocol.kernel.compiling import plain, rule
from metalab.protocol.kernel.declare import MICRO, Table
from metalab.protocol.policy.changes import BY_PLAN
from metalab.protocol.policy.conditions import holds
from metalab.protocol.policy.grants import (
    GrantPayer,
    GrantRow,
    GrantStatus,
    GrantTarget,
    check_payer,
    count_grants,
    get_held,
    plan_grant,
    price_grant,
    qualify_grant,
)


@rule
def draw_payer(w: World, payer: int, amount: int) -> None:
    """What another account than the treasury pays goes through the treasury, so that every grant leaves it."""
    if payer == GrantPayer.INSURANCE:
        return_insurance(w.pots[0], amount)


@rule
def pay_grant(w: World, target: int, amount: int) -> None:
    """One grant out of the treasury."""
    if target == GrantTarget.TREASURY:
        return
    pots = w.pots[0]
    if target == GrantTarget.INSURANCE:
        grant_insurance(pots, amount)
    elif target == GrantTarget.DEVELOPERS:
        grant_developers(pots, amount)
    elif target == GrantTarget.USERS:
        grant_users(pots, amount)
    elif target == GrantTarget.FOUNDATION:
        grant_holder(w.holders[Bucket.FOUNDATION], pots, amount)
    elif target == GrantTarget.RND:
        grant_holder(w.holders[Bucket.RND], pots, amount)
    elif target == GrantTarget.BURN:
        grant_burn(pots, amount)


@rule
def settle_grant(w: World, i: int) -> None:
    """Pay a grant that is due; it lapses without its condition, and is refused when the payer holds less."""
    row = w.grants[i]
    if not holds(w.conditions, row.condition):
        row.status = GrantStatus.LAPSED
        return
    price_grant(row, w.state[0].market.price)
    held = get_held(row.payer, w.pots[0])
    if row.amount > held:
        row.status = GrantStatus.REFUSED
        row.held = held
        return
    draw_payer(w, row.payer, row.amount)
    pay_grant(w, row.target, row.amount)
    row.status = GrantStatus.PAID


@rule
def process_grants(w: World) -> None:
    """Settle what is due today, in the order in which it was planned."""
    for i in range(count_grants(w.grants)):
        if w.grants[i].day == w.state[0].clock.day and w.grants[i].status == GrantStatus.PENDING:
            settle_grant(w, i)


def load_grants(world: Any, grants: tuple[PlannedGrant, ...]) -> None:
    """Write a scenario's grants into a world's table.

    Raises ValueError for a grant that cannot be planned (unknown target, negative day, no amount) or does not fit any more.
    """
    if not grants:
        return
    table = Table(GrantRow, world.grants)
    for grant in grants:
        # What a grant in USD comes to is known on its day.
        amount = 1 if grant.usd > 0.0 else grant.amount
        code = plain(plan_grant)(table, grant.day, grant.target, amount, BY_PLAN) or plain(check_payer)(grant.payer, grant.target)
        if code != OK:
            raise ValueError(f"grant of {grant.amount / MICRO:,.6g} ERA on day {grant.day}: refused with code {code}")
        row = table[plain(count_grants)(table) - 1]
        plain(qualify_grant)(row, grant.usd, grant.payer, register_condition(world, grant.condition))


class UnpaidGrant(NamedTuple):
    """A grant that was due and not paid: on which day, to whom, how much, and what the payer held."""

    day: int
    target: str
    era: float
    held_era: float


def list_unpaid(world: Any) -> list[UnpaidGrant]:
    """Grants that their payer could not pay, in the order in which they were planned."""
    rows = world.grants[world.grants["status"] == GrantStatus.REFUSED]
    return [
        UnpaidGrant(int(row["day"]), GrantTarget(row["target"]).name.lower(), int(row["amount"]) / MICRO, int(row["held"]) / MICRO)
        for row in rows
    ]
