"""What rollups pay the protocol for being served: state verification, shared security, insurance (MODEL 7 and 10, LOOPS 3 and 9)."""

from typing import NamedTuple

from metalab.protocol.fees.fees import Fees
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric
from metalab.protocol.kernel.units import REAL_BPS
from metalab.protocol.security.insurance import Insurance, compute_premium_rate


class ChargesState(Record):
    """What rollups paid this morning for the day before; the protocol buys ERA with it."""

    verification_usd: float = field("USD", "for state verification")
    security_usd: float = field("USD", "for shared security")
    premium_usd: float = field("USD", "for insurance")


class ChargesMetrics(Record):
    """Charges on a day."""

    charges_usd: float = metric("USD", "What rollups paid the protocol: verification, shared security, insurance.", chart=True)
    charges_unpaid_usd: float = metric("USD", "Part of these charges that rollups could not pay.", better="low", chart=True)


class Charges(NamedTuple):
    """A rollup's charges of a day, in USD."""

    verification: float
    security: float
    premium: float


@rule
def compute_charges(tvl: float, hazard: float, fees: Fees, insurance: Insurance) -> Charges:
    """Charges of a rollup that secures `tvl` USD, when `hazard` of all value is seen to be lost a year."""
    security = fees.security_bps / REAL_BPS * tvl / DAYS_A_YEAR
    premium = compute_premium_rate(hazard, insurance) * tvl / DAYS_A_YEAR
    return Charges(fees.verification_fee_usd, security, premium)


@rule
def take_share(c: Charges, share: float) -> Charges:
    """The developer's part: all of verification, and of charges on value the part that it has of the fees; depositors bear the rest."""
    return Charges(c.verification, share * c.security, share * c.premium)


@rule
def sum_charges(c: Charges) -> float:
    """All of them."""
    return c.verification + c.security + c.premium


@rule
def collect_charges(state: ChargesState, c: Charges, own: Charges, paid_share: float, today: ChargesMetrics) -> None:
    """Take in a rollup's charges: of the developer's `own` part what it could pay, all of what comes out of depositors' fees."""
    state.verification_usd += c.verification - (1.0 - paid_share) * own.verification
    state.security_usd += c.security - (1.0 - paid_share) * own.security
    state.premium_usd += c.premium - (1.0 - paid_share) * own.premium
    today.charges_usd += sum_charges(c) - (1.0 - paid_share) * sum_charges(own)
    today.charges_unpaid_usd += (1.0 - paid_share) * sum_charges(own)


@rule
def clear_charges(state: ChargesState) -> None:
    """A new morning."""
    state.verification_usd = 0.0
    state.security_usd = 0.0
    state.premium_usd = 0.0
