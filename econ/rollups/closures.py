"""Who closes: the hazard of ECONOMY 17, higher for those in sustained loss and lower for the others (MODEL 14)."""

from typing import NamedTuple

from metalab.econ.rollups.developer import DeveloperRow
from metalab.econ.rollups.earnings import Earnings
from metalab.econ.rollups.rollup import RollupDraws, RollupRow, Rollups, RollupsMetrics, RollupsState, close_rollup, compute_hazard
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import safe_exp
from metalab.protocol.rollups.licences import LicenceRow, LicencesState, end_licence


class ClosureContext(NamedTuple):
    """Who may close and whom it concerns, under which rules, on which day; `factor` is the market's."""

    rollups: Rows[RollupRow]
    developers: Rows[DeveloperRow]
    licences: Rows[LicenceRow]
    licensing: LicencesState
    network: RollupsState
    p: Rollups
    earnings: Earnings
    factor: float
    day: int


@rule
def compute_weight(rollup: RollupRow, p: Earnings) -> float:
    """How likely a rollup is to close relative to the usual one of its age and size.

    What is usual is a parameter and not today's mean: where more rollups lose money, more of them close.
    """
    if p.selection == 0:
        return 1.0
    weight = p.framework_risk[rollup.framework] / p.usual_weight
    return weight * p.loss_weight if rollup.loss_days >= p.loss_days else weight


@rule
def compute_risk(rollup: RollupRow, w: ClosureContext) -> float:
    """Hazard of closing a year: that of its age and size, the more likely the worse it does."""
    hazard = compute_hazard((w.day - rollup.birth_day) / DAYS_A_YEAR, rollup.tvl, w.factor, w.p)
    return hazard * compute_weight(rollup, w.earnings)


@rule
def shut_down(rollup: RollupRow, w: ClosureContext) -> None:
    """A rollup closes, its licence ends, its developer has one less to run."""
    close_rollup(rollup, w.network, w.day)
    end_licence(w.licences, w.licensing, rollup)
    if rollup.developer >= 0:
        w.developers[rollup.developer].rollups -= 1


@rule
def shut_rollups(w: ClosureContext, draws: Rows[RollupDraws], today: RollupsMetrics) -> None:
    """Today's closings."""
    if w.p.closings == 0:
        return
    for i in range(w.network.count):
        rollup = w.rollups[i]
        if rollup.live == 1:
            rollup.hazard = compute_risk(rollup, w)
            # A hazard h per year is a chance of 1 - exp(-h / 365) per day.
            if draws[i].close < 1.0 - safe_exp(-rollup.hazard / DAYS_A_YEAR):
                shut_down(rollup, w)
                today.rollups_closed += 1.0
