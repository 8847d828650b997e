"""How innovations come up and spread from rollup to rollup (SI contagion, MODEL 14)."""

from typing import Any, NamedTuple

from metalab.econ.kernel.chance.philox import split_key, uniform_at
from metalab.econ.rollups.rollup import NONE, RollupRow, RollupsState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import safe_exp
from metalab.protocol.rollups.licences import LicenceDraws, LicenceRow, Licences, LicencesMetrics, LicencesState, adopt, build

PARTNER = 0
"""Purpose of the key by which a rollup picks whom it looks at."""


class DiffusionContext(NamedTuple):
    """Who may build or license what, under which rules; `key` is the day's."""

    rollups: Rows[RollupRow]
    draws: Rows[LicenceDraws]
    licences: Rows[LicenceRow]
    state: LicencesState
    network: RollupsState
    p: Licences
    key: Any


@rule
def find_partner(rollups: Rows[RollupRow], network: RollupsState, key: Any) -> int:
    """A live rollup, each with the same chance: the one with the least draw; a birth changes the choice only to the newborn."""
    best = NONE
    least = 1.0
    for k in range(network.ordered):
        i = rollups[k].order
        u = uniform_at(key, rollups[i].identity, 0)
        if u < least:
            least = u
            best = i
    return best


@rule
def spread_innovations(w: DiffusionContext, day: int, today: LicencesMetrics) -> None:
    """Each live rollup without an innovation may build one, or meet another rollup and license what it finds.

    With contact rate b and I of N rollups carrying one, dI/dt = b I (N - I) / N. Order of `ordered` must be up to date.
    """
    building = 1.0 - safe_exp(-w.p.build_rate / DAYS_A_YEAR)
    meeting = 1.0 - safe_exp(-w.p.contact_rate / DAYS_A_YEAR) if w.p.licensing == 1 else 0.0
    for i in range(w.network.count):
        rollup = w.rollups[i]
        if rollup.live == 0 or rollup.carries >= 0:
            continue
        if w.draws[i].build < building:
            build(rollup)
            w.state.innovations += 1
        elif w.draws[i].contact < meeting:
            met = find_partner(w.rollups, w.network, split_key(w.key, rollup.identity, PARTNER))
            adopt(w.licences, w.state, rollup, w.rollups[met], day)
    today.licences_live = float(w.state.live)
    today.licences_refused = float(w.state.refused)
    today.innovations = float(w.state.innovations)
