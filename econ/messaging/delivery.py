"""Guardians agree on snapshots and messages travel through them: a day's delay, success and gas (MODEL 6)."""

from metalab.econ.kernel.world import World
from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.messaging.delivery import read_delivery, record_delivery
from metalab.protocol.messaging.messaging import DeliveryModel


@rule
def count_guardians(w: World) -> int:
    """Guardians with stake, jailed ones included."""
    count = 0
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        if node.tier == Tier.GUARDIAN and (node.status == NodeStatus.BONDED or node.status == NodeStatus.JAILED):
            count += 1
    return count


@rule
def compute_faulty_share(w: World) -> float:
    """Part of the guardians' stake that takes no part today: down for so much of the day, or jailed; 1 without stake."""
    stake = 0.0
    absent = 0.0
    for i in range(len(w.nodes)):
        node = w.nodes[i]
        if node.tier == Tier.GUARDIAN and node.status == NodeStatus.BONDED:
            stake += node.stake
            absent += node.stake * (1.0 - node.uptime)
        elif node.tier == Tier.GUARDIAN and node.status == NodeStatus.JAILED:
            stake += node.stake
            absent += node.stake
    return absent / stake if stake > 0.0 else 1.0


@rule
def read_day(w: World, messages: float) -> float:
    """Read what the day's guardians and messages come to; returns the faulty share."""
    faulty = compute_faulty_share(w)
    load = messages / w.params[0].messaging.relayer_capacity
    read_delivery(w.state[0].delivery, w.deliveries, float(count_guardians(w)), faulty, load)
    return faulty


@rule
def open_delivery(w: World) -> None:
    """The first morning: the genesis guardians at the messages of launch."""
    delivery = w.state[0].delivery
    read_day(w, w.params[0].adoption.messages_per_day)
    delivery.opening_gas = delivery.gas


@rule
def process_delivery(w: World) -> None:
    """What messages through the Metalayer experience today; the closed form takes every snapshot for final and counts no gas."""
    if w.params[0].messaging.route == DeliveryModel.SURFACE:
        faulty = read_day(w, w.today[0].fees.messages)
        record_delivery(w.state[0].delivery, faulty, w.today[0].delivery)
    else:
        w.today[0].delivery.guardians_faulty_share = compute_faulty_share(w)
        w.today[0].delivery.snapshot_success = 1.0
