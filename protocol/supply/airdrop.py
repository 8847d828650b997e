"""The users' airdrop: who may still claim (ECONOMY 5)."""

from typing import Protocol

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import ALREADY_DONE, EXPIRED, OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, parameter
from metalab.protocol.supply.ledger import claim_airdrop


class Airdrop(Record):
    """Rules of the airdrop."""

    claim_days: int = parameter(
        90, 30, 365, unit="day", source="ECONOMY 5", owner="dao", doc="Days from the token launch on which users can claim."
    )


class Claimable(Protocol):
    """A row with a liquid balance and a claim on the airdrop, both in uERA."""

    balance: int
    airdrop: int


@rule
def is_claim_open(days_since_launch: int, p: Airdrop) -> bool:
    """Whether users can still claim; from the first day on which they cannot, what is unclaimed returns to the treasury."""
    return days_since_launch < p.claim_days


@rule
def claim(user: Claimable, pots: Pots, days_since_launch: int, p: Airdrop) -> int:
    """A cohort takes its airdrop. Returns OK, EXPIRED or ALREADY_DONE."""
    if not is_claim_open(days_since_launch, p):
        return EXPIRED
    if user.airdrop <= 0:
        return ALREADY_DONE
    claim_airdrop(user, pots, user.airdrop)
    user.airdrop = 0
    return OK
