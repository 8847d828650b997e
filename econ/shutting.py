"""Who closes: the hazard of ECONOMY 17 for all together, borne more by those in sustained loss (MODEL 14)."""

from econ.agents.developer import DeveloperRow
from econ.earnings import Earnings
from econ.rollups import Network, NetworkMetrics, RollupDraws, RollupRow, Rollups, close_rollup, compute_hazard
from protocol.compiling import rule
from protocol.declare import Rows
from protocol.licences import LicenceRow, LicenceState, end_licence
from protocol.units import safe_exp

DAYS_A_YEAR = 365.0


@rule
def compute_weight(rollup: RollupRow, p: Earnings) -> float:
    """How likely a rollup is to close relative to others of its age and size."""
    if p.selection == 0:
        return 1.0
    weight = p.framework_risk[rollup.framework]
    return weight * p.loss_weight if rollup.loss_days >= p.loss_days else weight


@rule
def compute_correction(rollups: Rows[RollupRow], count: int, day: int, factor: float, p: Rollups, earnings: Earnings) -> float:
    """Store every live rollup's hazard; returns what makes the weighted hazards sum to the unweighted ones."""
    plain = 0.0
    weighted = 0.0
    for i in range(count):
        rollup = rollups[i]
        if rollup.live == 1:
            rollup.hazard = compute_hazard((day - rollup.birth_day) / DAYS_A_YEAR, rollup.tvl, factor, p)
            plain += rollup.hazard
            rollup.hazard *= compute_weight(rollup, earnings)
            weighted += rollup.hazard
    return plain / weighted if weighted > 0.0 else 1.0


@rule
def shut_down(
    rollup: RollupRow, developers: Rows[DeveloperRow], licences: Rows[LicenceRow], state: LicenceState, network: Network, day: int
) -> None:
    """A rollup closes, its licence ends, its developer has one less to run."""
    close_rollup(rollup, network, day)
    end_licence(licences, state, rollup)
    if rollup.developer >= 0:
        developers[rollup.developer].rollups -= 1


@rule
def shut_rollups(
    rollups: Rows[RollupRow], draws: Rows[RollupDraws], developers: Rows[DeveloperRow], licences: Rows[LicenceRow], state: LicenceState,
    network: Network, day: int, factor: float, p: Rollups, earnings: Earnings, today: NetworkMetrics,
) -> None:  # fmt: skip
    """Today's closings."""
    if p.closings == 0:
        return
    correction = compute_correction(rollups, network.count, day, factor, p, earnings)
    for i in range(network.count):
        rollup = rollups[i]
        if rollup.live == 1 and draws[i].close < 1.0 - safe_exp(-rollup.hazard * correction / DAYS_A_YEAR):
            shut_down(rollup, developers, licences, state, network, day)
            today.rollups_closed += 1.0
