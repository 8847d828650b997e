"""Liquidity passports: one deposit mapped to several chains earns on each, and can be asked for on each (MODEL 9).

Reserves are real, claims are mapped: when holders on all chains ask at once for more than can be paid out that day, assets are
sold at once at a discount. The loss is borne in part by the rollup's own depositors, in part by all passports; both withdraw
more the next day.
"""

from typing import Protocol

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, draw, metric, parameter, switch
from metalab.protocol.kernel.units import clip, safe_exp


class Passports(Record):
    """Rules of passports and how their holders behave."""

    active: int = switch(True, source="MODEL 9", owner="dao", doc="Whether deposits may be mapped to several chains.")
    uptake: float = parameter(
        0.2,
        0.0,
        1.0,
        unit="share",
        source="assumed",
        owner="behaviour",
        doc="Part of the pools' deposits that is mapped at the return of launch.",
    )
    chains: float = parameter(3.0, 1.0, 20.0, unit="1", source="S1-14", owner="dao", doc="Chains to which a deposit is mapped.")
    haircut: float = parameter(
        0.4, 0.05, 1.0, unit="share", source="assumed", owner="dao",
        doc="Part of a deposit that each claim on it ties up: a deposit carries at most 1 / haircut claims.",
    )  # fmt: skip
    reserve: float = parameter(
        0.25, 0.0, 1.0, unit="share", source="assumed", owner="dao", doc="Part of the mapped deposits that can be paid out within the day."
    )
    withdrawal: float = parameter(
        0.01, 0.0, 0.5, unit="1/day", source="assumed", owner="behaviour", doc="Part of the claims redeemed on a calm day, median."
    )
    withdrawal_sigma: float = parameter(
        0.5, 0.0, 2.0, unit="1", source="assumed", owner="behaviour", doc="Spread of log withdrawals between rollups and days."
    )
    stress: float = parameter(
        30.0, 0.0, 200.0, unit="1", source="assumed (a fall of two standard deviations, 4.4 %, makes withdrawals 3.7 times larger)",
        owner="behaviour", doc="Log withdrawals per unit of fall of the market factor, on all rollups at once.",
    )  # fmt: skip
    discount: float = parameter(
        0.1, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Part of the assets' value that a forced sale loses."
    )
    mutual: float = parameter(
        0.5, 0.0, 1.0, unit="share", source="assumed", owner="dao", doc="Part of a loss that is borne by the passports of all rollups."
    )
    fear: float = parameter(
        20.0, 0.0, 200.0, unit="1", source="assumed", owner="behaviour", doc="Log withdrawals per unit of loss, share of the deposit."
    )
    most_fear: float = parameter(
        3.0,
        0.0,
        20.0,
        unit="1",
        source="assumed (withdrawals rise at most 20-fold)",
        owner="behaviour",
        doc="Most that losses add to log withdrawals.",
    )
    calm_days: float = parameter(7.0, 1.0, 90.0, unit="day", source="assumed", owner="behaviour", doc="Decay time of what losses add.")


class PassportsMetrics(Record):
    """Passports on a day."""

    capital_utilisation: float = metric("1", "Claims that earn in pools over real deposits in them.", chart=True)
    passport_return: float = metric("1/year", "Mean return of a mapped deposit.", better="high", chart=True)
    passport_shortfalls: float = metric("1", "Rollups where more was asked for than could be paid out.", better="low", chart=True)
    passport_shortfall_usd: float = metric("USD", "What could not be paid out at once.", better="low", chart=True)
    passport_loss_usd: float = metric("USD", "Value lost in forced sales.", better="low", chart=True)


class PoolDraws(Record):
    """Chance of a pool's day."""

    withdrawal: float = draw(0, "how much of the claims is redeemed")


class Withdrawable(Protocol):
    """A pool whose depositors react to losses."""

    fear: float


@rule
def compute_mapped(p: Passports) -> float:
    """Claims per mapped deposit: the chains it is mapped to, within what the haircut allows; 1 without passports."""
    # At least the one claim that any deposit carries.
    return max(min(p.chains, 1.0 / p.haircut), 1.0) if p.active == 1 else 1.0


@rule
def compute_utilisation(uptake: float, p: Passports) -> float:
    """Claims per deposit over all deposits, of which a part `uptake` is mapped."""
    return 1.0 + uptake * (compute_mapped(p) - 1.0)


@rule
def compute_withdrawals(z: float, fall: float, fear: float, p: Passports) -> float:
    """Part of the claims redeemed today.

    `z` is a standard normal deviate, `fall` what the market factor lost, `fear` what recent losses add to the log.
    """
    return min(p.withdrawal * safe_exp(p.withdrawal_sigma * z + p.stress * max(fall, 0.0) + fear), 1.0)


@rule
def compute_shortfall(deposit: float, withdrawn: float, p: Passports) -> float:
    """What mapped deposits cannot pay out today: claims on every chain are redeemed alike, one reserve pays them.

    Without passports every deposit is where it is claimed, and pays.
    """
    if p.active == 0:
        return 0.0
    lacking = compute_mapped(p) * withdrawn - p.reserve
    # Beyond the reserve there are no more assets to sell than the rest of the deposit.
    return clip(lacking, 0.0, 1.0 - p.reserve) * deposit


@rule
def fade_withdrawals(pool: Withdrawable, p: Passports) -> None:
    """A day's decay of the effect of earlier losses."""
    pool.fear *= safe_exp(-1.0 / p.calm_days)


@rule
def raise_withdrawals(pool: Withdrawable, loss_share: float, p: Passports) -> None:
    """Depositors who lost this part of their deposit withdraw more from tomorrow on."""
    pool.fear = min(pool.fear + p.fear * loss_share, p.most_fear)
