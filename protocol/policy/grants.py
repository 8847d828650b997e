"""Treasury grants: planned by a scenario or decided by a vote. One row per grant, paid or refused on its day.

Rows are taken in order and never given back, so the table is the whole history of grants.
"""

from enum import IntEnum
from typing import Final

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field
from metalab.protocol.kernel.units import to_uera
from metalab.protocol.policy.changes import UNUSED
from metalab.protocol.policy.conditions import NO_CONDITION


class GrantPayer(IntEnum):
    """Accounts of the protocol out of which a grant can be paid."""

    TREASURY = 0
    INSURANCE = 1


FROM_TREASURY: Final = int(GrantPayer.TREASURY)
"""The usual payer as a plain integer for rules."""


class GrantTarget(IntEnum):
    """Who can be granted tokens. Pots are paid out by the rules of their mechanism."""

    INSURANCE = 0
    DEVELOPERS = 1
    USERS = 2
    FOUNDATION = 3
    RND = 4
    BURN = 5
    TREASURY = 6
    """What the insurance fund gives back."""


class GrantStatus(IntEnum):
    """What has become of a grant."""

    PENDING = 0
    PAID = 1
    REFUSED = 2
    """The payer held less."""
    LAPSED = 3
    """Its condition did not hold on its day."""


class GrantRow(Record):
    """Tokens of the treasury, or of another account of the protocol, for somebody on a day. Unused rows have day -1."""

    day: int = field("day", "when it is due")
    target: int = field("code", "GrantTarget")
    amount: int = field("uERA", "tokens to grant; of a grant in USD: what was granted, once it is settled")
    usd: float = field("USD", "what the tokens are to be worth on the day; 0: `amount` says it")
    payer: int = field("code", "GrantPayer")
    condition: int = field("row", "condition without which it lapses on its day; -1: none")
    proposal: int = field("row", "proposal that decided it; -1: planned")
    status: int = field("code", "GrantStatus")
    held: int = field("uERA", "what the payer held when it refused")


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
    if target < GrantTarget.INSURANCE or target > GrantTarget.TREASURY:
        return UNKNOWN_TARGET
    return OK


@rule
def check_payer(payer: int, target: int) -> int:
    """OK, or UNKNOWN_TARGET for an account that does not pay, or pays itself."""
    if payer == GrantPayer.TREASURY:
        return UNKNOWN_TARGET if target == GrantTarget.TREASURY else OK
    return OK if payer == GrantPayer.INSURANCE and target != GrantTarget.INSURANCE else UNKNOWN_TARGET


@rule
def get_held(payer: int, pots: Pots) -> int:
    """What the payer holds, in uERA."""
    return pots.insurance if payer == GrantPayer.INSURANCE else pots.treasury


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
    qualify_grant(row, 0.0, FROM_TREASURY, NO_CONDITION)
    return OK


@rule
def qualify_grant(row: GrantRow, usd: float, payer: int, condition: int) -> None:
    """Say what a planned grant is worth in USD (0: its `amount` says it), who pays and under which condition."""
    row.usd = usd
    row.payer = payer
    row.condition = condition


@rule
def price_grant(row: GrantRow, price: float) -> None:
    """Fix the tokens of a grant in USD, at the day's price."""
    if row.usd > 0.0:
        row.amount = to_uera(row.usd, price)
