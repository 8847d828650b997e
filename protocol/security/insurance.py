"""The insurance fund: what it takes in besides penalties, what it pays after an incident (MODEL 10)."""

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import ABOVE_MAXIMUM, INSUFFICIENT_BALANCE, INVALID_AMOUNT, OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, metric, parameter, switch
from metalab.protocol.kernel.units import REAL_BPS, take_bps, to_uera
from metalab.protocol.security.insurance_ledger import pay_insurance


class Insurance(Record):
    """Rules of the fund."""

    limit_bps: int = parameter(
        2_500, 0, 10_000, unit="bps", source="assumed", owner="dao", doc="Most of the fund that one incident can take."
    )
    cover_bps: int = parameter(10_000, 0, 10_000, unit="bps", source="assumed", owner="dao", doc="Part of a loss that is insured.")
    premium_bps: float = parameter(
        0.0, 0.0, 200.0, unit="bps/year", source="assumed (none is published)", owner="dao",
        doc="Premium of the rollups on value secured, bought in ERA; without it the fund has its share of penalties alone.",
    )  # fmt: skip
    rated: int = switch(
        False, source="LOOPS 9", owner="dao", doc="Whether the premium follows losses seen, with `load`, and not `premium_bps`."
    )
    load: float = parameter(
        0.3, -1.0, 3.0, unit="share", source="assumed (0.1-1)", owner="dao", doc="What a rated premium asks beyond the insured losses."
    )


class InsuranceMetrics(Record):
    """The fund on a day; what it holds is `insurance_era`."""

    insurance_paid_era: float = metric("ERA", "Paid by the insurance fund after incidents.", chart=True)
    premium_era: float = metric("ERA", "Premiums into the insurance fund.", chart=True)


@rule
def compute_limit(fund: int, p: Insurance) -> int:
    """The most that one incident can take out of a fund of so many uERA."""
    return take_bps(fund, p.limit_bps)


@rule
def compute_claim(loss_usd: float, price: float, p: Insurance) -> int:
    """The insured part of a loss, in uERA at today's price."""
    return to_uera(loss_usd * (p.cover_bps / REAL_BPS), price)


@rule
def pay_claim(pots: Pots, p: Insurance, amount: int) -> int:
    """Pay `amount` uERA after an incident. Returns OK or a refusal code."""
    if amount <= 0:
        return INVALID_AMOUNT
    if amount > pots.insurance:
        return INSUFFICIENT_BALANCE
    if amount > compute_limit(pots.insurance, p):
        return ABOVE_MAXIMUM
    pay_insurance(pots, amount)
    return OK


@rule
def compute_premium_rate(hazard: float, p: Insurance) -> float:
    """Premium a year per USD secured: fixed, or (1 + load) times the insured part of what is seen to be lost (LOOPS 9)."""
    if p.rated == 0:
        return p.premium_bps / REAL_BPS
    return (1.0 + p.load) * hazard * p.cover_bps / REAL_BPS
