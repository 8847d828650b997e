"""What an incident does to a rollup and to the others (MODEL 10)."""

import math

from metalab.econ.kernel.chance.distributions import exponential, lognormal
from metalab.econ.rollups.rollup import RollupRow, RollupsState
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, HOURS_A_DAY
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, draw, field, metric
from metalab.protocol.kernel.units import safe_exp
from metalab.protocol.security.incidents import (
    IncidentKind,
    Incidents,
    combine_sights,
    compute_checks,
    compute_detection,
    compute_sight,
)
from metalab.protocol.staking.staking import NodeRow

DETAILS = 4
"""Draws of one incident, after the four that say whether it happens: size, notice outside, notice by watchers, repair."""


class IncidentRow(Record):
    """What is out of order at the rollup of the same row."""

    hours: float = field("h", "until it is repaired, this morning")
    halt: float = field("share", "of its messages that fail until then")
    down: float = field("share", "of today's messages from and to it that fail")
    lost_share: float = field("share", "of its value lost by its users today")
    count: int = field("1", "incidents so far")
    lost_usd: float = field("USD", "lost by its users so far")


class IncidentDraws(Record):
    """Chance of a rollup's day: whether each kind of incident happens."""

    exploit: float = draw(0, "exploit")
    outage: float = draw(1, "sequencer outage")
    forgery: float = draw(2, "bridge forgery")
    data_loss: float = draw(3, "data loss")


class IncidentsState(Record):
    """Incidents as a whole."""

    panic: float = field("1", "log value that has left all rollups after incidents and is yet to come back")
    guardians: float = field("1", "guardians that watch, by yesterday's uptime")
    helpers: float = field("1", "core nodes that can help, by yesterday's uptime")
    lights: float = field("1", "light nodes that sample")
    down: int = field("1", "rollups that are out of order today")
    halted: float = field("share", "of all messages whose destination fails today")


class IncidentsMetrics(Record):
    """Incidents on a day."""

    incidents: float = metric("1", "Incidents that began.", better="low", chart=True)
    incident_value_usd: float = metric("USD", "Value at risk in them.", better="low", chart=True)
    incident_loss_usd: float = metric("USD", "Value lost in them, before insurance.", better="low", chart=True)
    incident_residual_usd: float = metric("USD", "Loss left with users after insurance.", better="low", chart=True)
    contagion_usd: float = metric("USD", "Value that left because of losses elsewhere, less what came back.", chart=True)
    detection_h: float = metric("h", "Mean time until an incident of the day was noticed; 0 without one.", better="low", chart=True)
    repair_days: float = metric("day", "Mean time of repair of the day's incidents; 0 without one.", better="low", chart=True)
    rollups_down: float = metric("1", "Rollups that were out of order.", better="low", chart=True)
    messages_halted: float = metric("1", "Messages that failed for that.", better="low", chart=True)


@rule
def get_chance(d: IncidentDraws, kind: int) -> float:
    """The draw of a kind."""
    if kind == IncidentKind.EXPLOIT:
        return d.exploit
    if kind == IncidentKind.OUTAGE:
        return d.outage
    if kind == IncidentKind.FORGERY:
        return d.forgery
    return d.data_loss


@rule
def compute_daily_chance(hazard: float) -> float:
    """Chance of a day at a hazard per year."""
    return 1.0 - safe_exp(-hazard / DAYS_A_YEAR)


@rule
def count_watchers(state: IncidentsState, nodes: Rows[NodeRow], lights: int) -> None:
    """Who watches and who can help today."""
    state.guardians = 0.0
    state.helpers = 0.0
    state.lights = float(lights)
    for i in range(len(nodes)):
        node = nodes[i]
        if node.status == NodeStatus.BONDED and node.tier == Tier.GUARDIAN:
            state.guardians += node.uptime
        elif node.status == NodeStatus.BONDED and node.tier == Tier.CORE:
            state.helpers += node.uptime


@rule
def compute_sight_of(state: IncidentsState, guardians: float, kind: int, rollups: int, p: Incidents) -> float:
    """Chance that anybody notices in one check: guardians (each rollup its part of them unless shared) and light nodes."""
    own = guardians if p.shared == 1 else guardians / max(rollups, 1)
    return combine_sights(compute_sight(own, p.guardian_sight[kind]), compute_sight(state.lights / max(rollups, 1), p.light_sight[kind]))


@rule
def sample_detection(outside: float, watching: float, sight: float, kind: int, p: Incidents) -> float:
    """Hours until detection, from the two draws."""
    hours = lognormal(outside, p.outside_hours[kind], p.outside_sigma)
    return compute_detection(hours, compute_checks(watching, sight), p)


@rule
def sample_spread(u: float) -> float:
    """Spread of repair times, mean 1."""
    return exponential(u)


@rule
def begin_repair(row: IncidentRow, hours: float, halt: float) -> None:
    """Out of order for so many hours; what was worse before stays."""
    row.hours = max(row.hours, hours)
    row.halt = max(row.halt, halt)
    row.count += 1


@rule
def bear_loss(row: IncidentRow, rollup: RollupRow, loss: float) -> None:
    """A rollup's users lose `loss` USD of what they hold there, at most all of it."""
    lost = min(loss, rollup.tvl)
    if rollup.tvl > 0.0:
        row.lost_share = 1.0 - (1.0 - row.lost_share) * (1.0 - lost / rollup.tvl)
    rollup.tvl -= lost
    row.lost_usd += lost


@rule
def pass_day(row: IncidentRow, is_live: int) -> None:
    """How much of today is out of order, and what is left of it tomorrow."""
    if is_live == 0:
        row.hours = 0.0
    row.down = row.halt * min(row.hours, HOURS_A_DAY) / HOURS_A_DAY
    row.hours = max(row.hours - HOURS_A_DAY, 0.0)
    if row.hours <= 0.0:
        row.halt = 0.0


@rule
def pass_days(rows: Rows[IncidentRow], rollups: Rows[RollupRow], count: int, state: IncidentsState) -> None:
    """The same for all rollups; how many are out of order and how much traffic goes there."""
    state.down = 0
    state.halted = 0.0
    for i in range(count):
        row = rows[i]
        if row.hours > 0.0 or row.down > 0.0:
            pass_day(row, rollups[i].live)
            state.down += 1 if row.down > 0.0 else 0
            state.halted += rollups[i].traffic * row.down


@rule
def panic_users(rollups: Rows[RollupRow], network: RollupsState, state: IncidentsState, panic: float, p: Incidents) -> float:
    """Value leaves all rollups by `panic` (log), and earlier panic fades. Returns what left less what came back, in USD."""
    before = state.panic
    # Half of the earlier panic is over after `return_days`.
    state.panic = before * safe_exp(-math.log(2.0) / p.return_days) + panic
    if state.panic == before:
        return 0.0
    kept = safe_exp(before - state.panic)
    left = 0.0
    for i in range(network.count):
        if rollups[i].live == 1:
            left += rollups[i].tvl * (1.0 - kept)
            rollups[i].tvl *= kept
    return left
