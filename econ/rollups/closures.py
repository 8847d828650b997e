"""Who closes: who has not paid its bills for too long, and a few for reasons of their own (LOOPS 11)."""

from typing import NamedTuple

from metalab.econ.rollups.developer import DeveloperRow
from metalab.econ.rollups.rollup import RollupDraws, RollupRow, Rollups, RollupsMetrics, RollupsState, close_rollup
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import safe_exp
from metalab.protocol.market.ledger import pay_cash
from metalab.protocol.rollups.licences import LicenceRow, LicencesState, end_licence


class ClosureContext(NamedTuple):
    """Who may close and whom it concerns, under which rules, on which day."""

    rollups: Rows[RollupRow]
    developers: Rows[DeveloperRow]
    licences: Rows[LicenceRow]
    licensing: LicencesState
    network: RollupsState
    pots: Pots
    p: Rollups
    day: int


@rule
def is_out_of_money(rollup: RollupRow, p: Rollups) -> bool:
    """Whether it owes more days of bills than anybody waits for."""
    return rollup.owed_days > p.grace_days


@rule
def shut_down(rollup: RollupRow, w: ClosureContext) -> None:
    """A rollup closes: what its account holds goes back to investors, its licence ends, its developer has one less to run."""
    close_rollup(rollup, w.network, w.day)
    pay_cash(rollup, w.pots, rollup.usd)
    end_licence(w.licences, w.licensing, rollup)
    if rollup.developer >= 0:
        w.developers[rollup.developer].rollups -= 1


@rule
def shut_rollups(w: ClosureContext, draws: Rows[RollupDraws], today: RollupsMetrics) -> None:
    """Today's closings."""
    if w.p.closings == 0:
        return
    # A hazard h per year is a chance of 1 - exp(-h / 365) per day.
    chance = 1.0 - safe_exp(-w.p.hazard / DAYS_A_YEAR)
    for i in range(w.network.count):
        rollup = w.rollups[i]
        if rollup.live == 1 and (draws[i].close < chance or is_out_of_money(rollup, w.p)):
            shut_down(rollup, w)
            today.rollups_closed += 1.0
