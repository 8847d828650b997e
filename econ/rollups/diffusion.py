"""How innovations come up and spread from rollup to rollup (SI contagion, MODEL 14)."""

from metalab.econ.rollups.rollup import RollupRow, RollupsState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import safe_exp, to_count
from metalab.protocol.rollups.licences import LicenceDraws, LicenceRow, Licences, LicencesMetrics, LicencesState, adopt, build


@rule
def find_partner(rollups: Rows[RollupRow], network: RollupsState, u: float) -> int:
    """A live rollup, each with the same chance."""
    return rollups[min(to_count(u * network.ordered), network.ordered - 1)].order


@rule
def spread_innovations(
    rollups: Rows[RollupRow], draws: Rows[LicenceDraws], licences: Rows[LicenceRow], state: LicencesState, network: RollupsState, day: int,
    p: Licences, today: LicencesMetrics,
) -> None:  # fmt: skip
    """Each live rollup without an innovation may build one, or meet another rollup and license what it finds.

    With contact rate b and I of N rollups carrying one, dI/dt = b I (N - I) / N. Order of `ordered` must be up to date.
    """
    building = 1.0 - safe_exp(-p.build_rate / DAYS_A_YEAR)
    meeting = 1.0 - safe_exp(-p.contact_rate / DAYS_A_YEAR) if p.licensing == 1 else 0.0
    for i in range(network.count):
        rollup = rollups[i]
        if rollup.live == 0 or rollup.carries >= 0:
            continue
        if draws[i].build < building:
            build(rollup)
            state.innovations += 1
        elif draws[i].contact < meeting:
            adopt(licences, state, rollup, rollups[find_partner(rollups, network, draws[i].partner)], day)
    today.licences_live = float(state.live)
    today.licences_refused = float(state.refused)
    today.innovations = float(state.innovations)
