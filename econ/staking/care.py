"""Care against safety faults: operators weigh its cost against what a fault costs them.

Faults fall with care e as h0 exp(-k e), care costs c e, a fault costs the share s of the stake S. Where
c e + h0 exp(-k e) s S is least, the hazard is min(h0, c / (k s S)): it does not depend on h0 unless nobody cares.
"""

from metalab.econ.staking.faults import Faults, sum_hazard
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import safe_log
from metalab.protocol.security.slashing import OFFENCES, Docket, Slashing, clear_docket, compute_penalty
from metalab.protocol.staking.staking import Staking


@rule
def get_worst(p: Faults) -> float:
    """Own safety faults a year of an operator without any care, h0."""
    return p.careless * (1.0 - p.shared) * sum_hazard(p)


@rule
def compute_hazard(severity: float, stake_usd: float, worst: float, care_cost: float) -> float:
    """Own safety faults a year at the best level of care; `care_cost` is c / k."""
    loss = severity * stake_usd
    return min(worst, care_cost / loss) if loss > 0.0 else worst


@rule
def compute_care_cost(hazard: float, worst: float, care_cost: float) -> float:
    """What that care costs in USD a year, c e = (c / k) ln(h0 / h)."""
    return care_cost * safe_log(worst / hazard) if hazard > 0.0 else 0.0


@rule
def put_alone(docket: Docket, nodes: int, stake: int) -> None:
    """The docket of a single offender of mean stake in a tier of so many nodes."""
    clear_docket(docket)
    docket.nodes = max(nodes, 1)
    docket.total = stake
    docket.offenders = 1
    docket.slashed = stake // docket.nodes
    docket.largest = docket.slashed


@rule
def compute_severity(docket: Docket, p: Slashing, faults: Faults, staking: Staking, gross: float) -> float:
    """Share of its stake that a first, lone safety fault costs: penalty and the rewards of the idle days, mean over offences.

    A tombstoned stake is idle while it unbonds; that the operator needs another name then is left out.
    """
    total = sum_hazard(faults)
    if total <= 0.0:
        return 0.0
    severity = 0.0
    for offence in range(1, OFFENCES):
        idle = staking.unbonding_days if p.tombstones[offence] == 1 else p.jail_days[offence]
        loss = min(compute_penalty(p, docket, offence, 0) + idle / DAYS_A_YEAR * max(gross, 0.0), 1.0)
        severity += faults.hazard[offence - 1] / total * loss
    return severity
