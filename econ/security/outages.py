"""Messages that fail because rollups are out of order, and what cohorts at home there learn from it (MODEL 10)."""

from metalab.econ.rollups.rollup import RollupRow
from metalab.econ.security.incident import IncidentRow, IncidentsState
from metalab.econ.users.adoption import AdoptionState, get_level
from metalab.econ.users.user import Presence, UserRow
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import clip, to_count


@rule
def compute_halted_share(row: IncidentRow, state: IncidentsState) -> float:
    """Part of a rollup's messages that fail because it or their destination is out of order."""
    # A message needs both ends, which are out of order independently of each other.
    return 1.0 - (1.0 - row.down) * (1.0 - clip(state.halted, 0.0, 1.0))


@rule
def count_halted(rows: Rows[IncidentRow], rollups: Rows[RollupRow], count: int, state: IncidentsState, success: float) -> float:
    """Messages of today that would have arrived but for rollups out of order, rounded down for each rollup."""
    halted = 0.0
    for i in range(count):
        if rollups[i].messages > 0:
            halted += to_count(rollups[i].messages * success * compute_halted_share(rows[i], state))
    return halted


@rule
def learn_outage(user: UserRow, down: float, success: float, demand: AdoptionState) -> None:
    """A cohort that sent today from a rollup out of order has seen that much less success."""
    user.trust = max(user.trust - demand.learn * down * success, 0.0)
    user.level = get_level(user.trust, demand.trust_scale)


@rule
def teach_residents(users: Rows[UserRow], rows: Rows[IncidentRow], demand: AdoptionState, success: float) -> None:
    """All cohorts at home on a rollup that is out of order learn from it."""
    for i in range(len(users)):
        user = users[i]
        if user.presence == Presence.ACTIVE and user.fresh > 0 and user.rollup >= 0 and rows[user.rollup].down > 0.0:
            learn_outage(user, rows[user.rollup].down, success, demand)
