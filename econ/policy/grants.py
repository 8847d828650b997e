"""Treasury grants fall due: the morning pays those that a scenario planned, an execution those that a vote decided."""

from typing import Any

from metalab.econ.kernel.scenario import PlannedGrant
from metalab.econ.kernel.world import World
from metalab.protocol.governance.ledger import grant_burn, grant_developers, grant_holder, grant_insurance, grant_users
from metalab.protocol.kernel.codes import OK, Bucket
from metalab.protocol.kernel.compiling import plain, rule
from metalab.protocol.kernel.declare import MICRO, Table
from metalab.protocol.policy.changes import BY_PLAN
from metalab.protocol.policy.grants import GrantRow, GrantStatus, GrantTarget, count_grants, plan_grant


@rule
def pay_grant(w: World, target: int, amount: int) -> None:
    """One grant out of the treasury."""
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
    """Pay a grant that is due, or refuse it when the treasury holds less."""
    row = w.grants[i]
    held = w.pots[0].treasury
    if row.amount > held:
        row.status = GrantStatus.REFUSED
        row.held = held
        return
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
        code = plain(plan_grant)(table, grant.day, grant.target, grant.amount, BY_PLAN)
        if code != OK:
            raise ValueError(f"grant of {grant.amount / MICRO:,.6g} ERA on day {grant.day}: refused with code {code}")


def check_grants(world: Any) -> None:
    """Raise ValueError for the first grant that the treasury could not pay."""
    for row in world.grants[world.grants["status"] == GrantStatus.REFUSED]:
        who, amount, held = GrantTarget(row["target"]).name.lower(), row["amount"] / MICRO, row["held"] / MICRO
        raise ValueError(f"grant of {amount:,.0f} ERA to {who} on day {row['day']}: the treasury holds {held:,.0f}")
