"""Messages that fail because rollups are out of order, and what cohorts at home there learn from that and from losses (MODEL 10)."""

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
def learn_loss(user: UserRow, lost_share: float, demand: AdoptionState) -> None:
    """A cohort that lost part of what it holds trusts the network that much less, whether it sent today or not (LOOPS 1)."""
    user.trust *= 1.0 - lost_share
    user.level = get_level(user.trust, demand.trust_scale)


@rule
def teach_resident(user: UserRow, home: IncidentRow, demand: AdoptionState, success: float) -> None:
    """A cohort learns from what happened to its home: from a loss always, from an outage if it sent."""
    if home.lost_share > 0.0:
        learn_loss(user, home.lost_share, demand)
    if home.down > 0.0 and user.fresh > 0:
        learn_outage(user, home.down, success, demand)


@rule
def teach_residents(users: Rows[UserRow], rows: Rows[IncidentRow], demand: AdoptionState, success: float) -> None:
    """All cohorts learn from what happened today to the rollup that they are at home on."""
    for i in range(len(users)):
        user = users[i]
        home = rows[max(user.rollup, 0)]
        # The home is asked first: at most homes nothing has happened, whoever lives there.
        if home.lost_share <= 0.0 and home.down <= 0.0:
            continue
        if user.presence == Presence.ACTIVE and user.rollup >= 0:
            teach_resident(user, home, demand, success)


@rule
def forget_losses(rows: Rows[IncidentRow], count: int) -> None:
    """What was lost today has been learned."""
    for i in range(count):
        rows[i].lost_share = 0.0
