"""Who closes: the hazard of ECONOMY 17 for all together, borne more by those in sustained loss (MODEL 14)."""

from typing import NamedTuple

from econ.agents.developer import DeveloperRow
from econ.earnings import Earnings
from econ.rollups import Network, NetworkMetrics, RollupDraws, RollupRow, Rollups, close_rollup, compute_hazard
from protocol.compiling import rule
from protocol.declare import Rows
from protocol.licences import LicenceRow, LicenceState, end_licence
from protocol.units import safe_exp

DAYS_A_YEAR = 365.0


class Scene(NamedTuple):
    """Who may close and whom it concerns, under which rules, on which day; `factor` is the market's."""

    rollups: Rows[RollupRow]
    developers: Rows[DeveloperRow]
    licences: Rows[LicenceRow]
    licensing: LicenceState
    network: Network
    p: Rollups
    earnings: Earnings
    factor: float
    day: int


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
def shut_down(rollup: RollupRow, w: Scene) -> None:
    """A rollup closes, its licence ends, its developer has one less to run."""
    close_rollup(rollup, w.network, w.day)
    end_licence(w.licences, w.licensing, rollup)
    if rollup.developer >= 0:
        w.developers[rollup.developer].rollups -= 1


@rule
def shut_rollups(w: Scene, draws: Rows[RollupDraws], today: NetworkMetrics) -> None:
    """Today's closings."""
    if w.p.closings == 0:
        return
    correction = compute_correction(w.rollups, w.network.count, w.day, w.factor, w.p, w.earnings)
    for i in range(w.network.count):
        rollup = w.rollups[i]
        if rollup.live == 1 and draws[i].close < 1.0 - safe_exp(-rollup.hazard * correction / DAYS_A_YEAR):
            shut_down(rollup, w)
            today.rollups_closed += 1.0
