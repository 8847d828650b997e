"""The morning's incidents and attacks, what becomes of them, and the evening's failed messages."""

from typing import Any

from metalab.econ.kernel.chance.identity import fill_by_identity
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import get_key
from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import book_sale, fill_buy
from metalab.econ.policy.shocks import jump_price
from metalab.econ.rollups.deposits import see_losses
from metalab.econ.rollups.rollup import sum_tvl
from metalab.econ.security.defection import (
    TRAIT,
    accuse_defectors,
    compute_attack_hazard,
    find_quorum,
    sum_attesting_stake,
    sum_free_stake,
    sum_honest_watchers,
)
from metalab.econ.security.incident import (
    DETAILS,
    bear_loss,
    begin_repair,
    compute_daily_chance,
    compute_sight_of,
    count_watchers,
    get_chance,
    panic_users,
    pass_days,
    sample_detection,
    sample_spread,
)
from metalab.econ.security.outages import count_halted, forget_losses, teach_residents
from metalab.protocol.kernel.calendar_units import HOURS_A_DAY
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals
from metalab.protocol.kernel.units import safe_log, to_era, to_uera, to_usd
from metalab.protocol.security.corruption import compute_profit
from metalab.protocol.security.incidents import (
    KINDS,
    USUAL_EXIT_HOURS,
    IncidentKind,
    compute_contagion,
    compute_escaped,
    compute_exit_wait,
    compute_felt_factor,
    compute_loss_share,
    compute_repair,
    compute_size,
)
from metalab.protocol.security.insurance import compute_claim, compute_limit, pay_claim
from metalab.protocol.security.insurance_ledger import collect_premium

OPPORTUNITY, NOTICE_OUTSIDE, NOTICE_WATCHERS, REPAIR = 0, 1, 2, 3
"""Permanent indices of an attack's draws."""


@rule
def collect_premiums(w: World) -> None:
    """Today's premiums, as far as the market has tokens."""
    s = w.state[0]
    # What rollups paid yesterday morning.
    due = to_uera(s.charges.premium_usd, s.market.price)
    if due > 0:
        due = fill_buy(s.exchange, w.pots[0], w.params[0].exchange, due)
    if due > 0:
        collect_premium(w.pots[0], due)
    w.today[0].insurance.premium_era = to_era(due)


@rule
def compensate(w: World, loss_usd: float) -> float:
    """The fund pays within its limit; returns how many USD of the loss are made good."""
    s = w.state[0]
    p = w.params[0].insurance
    amount = min(compute_claim(loss_usd, s.market.price, p), compute_limit(w.pots[0].insurance, p))
    if pay_claim(w.pots[0], p, amount) != OK:
        return 0.0
    # The fund sells for the victims, an order that moves the price like any other.
    book_sale(s.exchange, amount)
    w.today[0].insurance.insurance_paid_era += to_era(amount)
    return min(to_usd(amount, s.market.price), loss_usd)


@rule
def record_incident(w: World, value: float, loss: float, residual: float, detection: float, repair: float) -> None:
    """Add an incident to the day's figures; means are over the day."""
    today = w.today[0].incidents
    before = today.incidents
    today.incidents += 1.0
    today.incident_value_usd += value
    today.incident_loss_usd += loss
    today.incident_residual_usd += residual
    today.detection_h += (detection - today.detection_h) / (before + 1.0)
    today.repair_days += (repair - today.repair_days) / (before + 1.0)


@rule
def suffer_incident(w: World, i: int, kind: int, key: Any) -> float:
    """An incident at rollup i from its beginning to the remainder that its users bear; returns the loss in USD."""
    s = w.state[0]
    p = w.params[0].incidents
    first = KINDS + DETAILS * kind
    who = w.rollups[i].identity
    sight = compute_sight_of(s.incidents, s.incidents.guardians, kind, s.rollups.live, p)
    detection = sample_detection(uniform_at(key, who, first + 1), uniform_at(key, who, first + 2), sight, kind, p)
    repair = compute_repair(sample_spread(uniform_at(key, who, first + 3)), s.incidents.helpers, kind, p)
    value = w.rollups[i].tvl * compute_size(uniform_at(key, who, first), p.size_low[kind], p.size_high[kind], p.size_alpha)
    loss = value * compute_loss_share(compute_escaped(detection, kind, p), p)
    residual = loss - compensate(w, loss)
    bear_loss(w.incidents[i], w.rollups[i], residual)
    # An outage runs from its beginning, noticed or not; the others stop the rollup only for the repair.
    out = repair * HOURS_A_DAY + detection if kind == IncidentKind.OUTAGE else repair * HOURS_A_DAY
    begin_repair(w.incidents[i], out, p.halt[kind])
    record_incident(w, value, loss, residual, detection, repair)
    return loss


@rule
def strike_rollups(w: World) -> float:
    """Today's incidents at all rollups; returns the loss in USD."""
    s = w.state[0]
    p = w.params[0].incidents
    key = get_key(s.clock, Stream.INCIDENTS)
    fill_by_identity(as_reals(w.incident_draws), key, w.rollups, s.rollups.count)
    loss = 0.0
    for kind in range(KINDS):
        chance = compute_daily_chance(p.hazard[kind])
        for i in range(s.rollups.count):
            if get_chance(w.incident_draws[i], kind) < chance and w.rollups[i].live == 1:
                loss += suffer_incident(w, i, kind, key)
    return loss


@rule
def get_reachable(w: World) -> float:
    """Value that a forged snapshot reaches: all of it when guardians are shared, else that of the largest rollup."""
    network = w.state[0].rollups
    if w.params[0].incidents.shared == 1 or network.ordered == 0:
        return sum_tvl(w.rollups, network.count)
    return w.rollups[w.rollups[0].order].tvl


@rule
def take_from_rollups(w: World, residual: float, reachable: float, repair: float) -> None:
    """The remainder of a forgery is borne where it reached, in proportion to value; those bridges stop until repaired."""
    p = w.params[0].incidents
    count = w.state[0].rollups.count
    largest = w.rollups[0].order
    for i in range(count):
        if w.rollups[i].live == 1 and (p.shared == 1 or i == largest):
            bear_loss(w.incidents[i], w.rollups[i], w.rollups[i].tvl * residual / reachable)
            begin_repair(w.incidents[i], repair * HOURS_A_DAY, p.halt[IncidentKind.FORGERY])


@rule
def execute_attack(w: World, key: Any, traits: Any, highest: float, reachable: float) -> float:
    """A quorum forges: value leaves until the honest notice, the fund pays, the evidence is filed, the price falls.

    `highest` is the largest trait of those who take part. Returns the loss in USD.
    """
    s = w.state[0]
    p = w.params[0]
    watchers = sum_honest_watchers(w.nodes, traits, highest)
    sight = compute_sight_of(s.incidents, watchers, IncidentKind.FORGERY, s.rollups.live, p.incidents)
    detection = sample_detection(
        uniform_at(key, 0, NOTICE_OUTSIDE), uniform_at(key, 0, NOTICE_WATCHERS), sight, IncidentKind.FORGERY, p.incidents
    )
    repair = compute_repair(sample_spread(uniform_at(key, 0, REPAIR)), s.incidents.helpers, IncidentKind.FORGERY, p.incidents)
    loss = compute_profit(reachable, detection, p.corruption)
    # The price falls at once and recovers as the attack is forgotten; who is alarmed already cannot be more so.
    fall = min(safe_log(1.0 - p.corruption.crash) - s.impact.alarm, 0.0)
    s.impact.alarm += fall
    jump_price(s.market, fall)
    # Insurance in ERA is worth less when it is needed most (LOOPS 9).
    residual = loss - compensate(w, loss)
    take_from_rollups(w, residual, reachable, repair)
    record_incident(w, reachable * p.corruption.extract_share, loss, residual, detection, repair)
    w.today[0].defection.attacks = 1.0
    w.today[0].defection.operators_defected = float(accuse_defectors(w.nodes, traits, highest, s.clock.day))
    return loss


@rule
def consider_attack(w: World) -> float:
    """An attacker may come, the sooner the more a forgery brings over what it costs. Returns the loss in USD.

    Whether stake is bought, borrowed, bribed or the operators' own, a quorum of those in office signs and is slashed.
    """
    s = w.state[0]
    p = w.params[0]
    key = get_key(s.clock, Stream.DEFECTION)
    hazard = compute_attack_hazard(s.corruption.profit_usd, s.corruption.cost_usd, p.defection)
    w.today[0].defection.attack_hazard = hazard
    if uniform_at(key, 0, OPPORTUNITY) >= compute_daily_chance(hazard):
        return 0.0
    traits = derive_key(s.clock.seed, s.clock.replication, Stream.DEFECTION, TRAIT)
    total = sum_attesting_stake(w.nodes)
    today = w.today[0].defection
    today.attack_opportunities = 1.0
    today.attack_open_share = sum_free_stake(w.nodes) / total if total > 0 else 0.0
    # More than the quorum: a snapshot is final with more than two thirds of the stake (MODEL 6).
    highest = find_quorum(w.nodes, traits, p.corruption.forge_quorum * total)
    reachable = get_reachable(w)
    return execute_attack(w, key, traits, highest, reachable) if highest >= 0.0 and reachable > 0.0 else 0.0


@rule
def process_incidents(w: World) -> None:
    """The morning: premiums, incidents, attacks, panic, what is out of order today."""
    s = w.state[0]
    p = w.params[0].incidents
    # Premiums come in first: they can pay for the losses of today.
    collect_premiums(w)
    count_watchers(s.incidents, w.nodes, s.light.count)
    # Before the losses: contagion answers to the part of this that is lost.
    value = s.rollups.tvl
    loss = strike_rollups(w)
    loss += consider_attack(w)
    panic = compute_contagion(loss / value, p) if value > 0.0 else 0.0
    see_losses(s.deposits, loss, w.today[0].incidents.incident_residual_usd, value, w.params[0].deposits)
    w.today[0].incidents.contagion_usd = panic_users(w.rollups, s.rollups, s.incidents, panic, p)
    pass_days(w.incidents, w.rollups, s.rollups.count, s.incidents)
    w.today[0].incidents.rollups_down = float(s.incidents.down)


@rule
def halt_messages(w: World, success: float) -> None:
    """Messages from and to rollups out of order have failed."""
    s = w.state[0]
    today = w.today[0]
    halted = count_halted(w.incidents, w.rollups, s.rollups.count, s.incidents, success)
    today.incidents.messages_halted = halted
    today.messaging.messages_failed += halted


@rule
def process_outages(w: World) -> None:
    """The evening: messages fail at rollups out of order, and cohorts learn from failures and losses at home."""
    s = w.state[0]
    today = w.today[0]
    messages = today.fees.messages
    success = 1.0 - today.messaging.messages_failed / messages if messages > 0.0 else 0.0
    if s.incidents.down > 0 and messages > 0.0:
        halt_messages(w, success)
    if s.incidents.down > 0 or today.incidents.incident_residual_usd > 0.0:
        teach_residents(w.users, w.incidents, s.adoption, success)
        forget_losses(w.incidents, s.rollups.count)


@rule
def process_felt_delay(w: World) -> None:
    """In the evening, once the day's delay is known: it feels longer by as much as exits wait longer than users are used to."""
    s = w.state[0]
    p = w.params[0].incidents
    if w.today[0].fees.messages > 0.0:
        wait, usual = compute_exit_wait(p.exit_delay_hours, p), compute_exit_wait(USUAL_EXIT_HOURS, p)
        s.activity.delay_s *= compute_felt_factor(s.adoption.delay_s, wait, usual)
