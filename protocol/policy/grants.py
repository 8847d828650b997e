"""Treasury grants: planned by a scenario or decided by a vote. One row per grant, paid or refused on its day.

Rows are taken in order and never given back, so the table is the whole history of grants.
"""

from enum import IntEnum

from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field
from metalab.protocol.policy.changes import UNUSED


class GrantTarget(IntEnum):
    """Who can be granted treasury tokens. Pots are paid out by the rules of their mechanism."""

    INSURANCE = 0
    DEVELOPERS = 1
    USERS = 2
    FOUNDATION = 3
    RND = 4
    BURN = 5


class GrantStatus(IntEnum):
    """What has become of a grant."""

    PENDING = 0
    PAID = 1
    REFUSED = 2


class GrantRow(Record):
    """Treasury tokens for somebody on a day. Unused rows have day -1."""

    day: int = field("day", "when it is due")
    target: int = field("code", "GrantTarget")
    amount: int = field("uERA", "tokens to grant")
    proposal: int = field("row", "proposal that decided it; -1: planned")
    status: int = field("code", "GrantStatus")
    held: int = field("uERA", "what the treasury held when it refused")


@rule
def count_grants(grants: Rows[GrantRow]) -> int:
    """Rows in use; len(grants) when the table is full."""
    row = 0
    while row < len(grants) and grants[row].day != UNUSED:
        row += 1
    return row


@rule
def check_grant(target: int, amount: int) -> int:
    """OK, INVALID_AMOUNT (nothing, or less) or UNKNOWN_TARGET."""
    if amount <= 0:
        return INVALID_AMOUNT
    if target < GrantTarget.INSURANCE or target > GrantTarget.BURN:
        return UNKNOWN_TARGET
    return OK


@rule
def plan_grant(grants: Rows[GrantRow], day: int, target: int, amount: int, proposal: int) -> int:
    """Write down that `amount` uERA is due on a day. Returns OK, INVALID_AMOUNT (or a negative day), UNKNOWN_TARGET or TABLE_FULL."""
    code = check_grant(target, amount)
    if code != OK:
        return code
    if day < 0:
        return INVALID_AMOUNT
    at = count_grants(grants)
    if at >= len(grants):
        return TABLE_FULL
    row = grants[at]
    row.day = day
    row.target = target
    row.amount = amount
    row.proposal = proposal
    row.status = GrantStatus.PENDING
    row.held = 0
    return OK
