"""Delivery of messages through snapshots: what guardians, their faults and the load make of delay, success and gas (MODEL 6).

Nothing is simulated here: a table fitted to the Metalayer simulator is read, made by `python -m tools.metalayer_surface`.
Between its points values are interpolated linearly in each direction; outside, the nearest edge holds.
"""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field, metric
from metalab.protocol.kernel.units import clip

SIZES = 4
"""Numbers of guardians in the table."""
FAULTS = 4
"""Faulty shares in the table."""
LOADS = 5
"""Loads in the table."""
POINTS = SIZES * FAULTS * LOADS
"""Rows of the table: guardians, then faulty share, then load, the last fastest."""
SOUND = 3
"""Places on the axis of faults that leave a quorum; the others stand beyond the step at a third."""
THIRD = 1.0 / 3.0
"""Faulty share from which there is no quorum: more than two thirds of the stake must agree (MODEL 6)."""


class DeliveryPoint(Record):
    """One row of the table: where it is, and what messages there experience."""

    guardians: float = field("1", "guardians")
    faulty_share: float = field("share", "of the guardians' stake that takes no part")
    load_ratio: float = field("1", "messages relative to what the relayers can carry one by one")
    delay_s: float = field("s", "mean delay of delivered messages")
    success: float = field("share", "messages delivered")
    snapshot_success: float = field("share", "ticks with a final snapshot")
    gas: float = field("gas", "per message")


class DeliveryState(Record):
    """What messages through the Metalayer experience today."""

    delay_s: float = field("s", "mean delay of delivered messages")
    success: float = field("share", "messages delivered")
    snapshot_success: float = field("share", "ticks with a final snapshot")
    gas: float = field("gas", "per message")
    opening_gas: float = field("gas", "per message at launch")


class DeliveryMetrics(Record):
    """Snapshots on a day."""

    guardians_faulty_share: float = metric(
        "share", "Part of the guardians' stake that takes no part in snapshots: down or jailed.", better="low", chart=True
    )
    snapshot_success: float = metric("share", "Ticks with a final snapshot.", better="high", chart=True)
    message_gas: float = metric("gas", "Gas of a message, verification included.", better="low", chart=True)


@rule
def compute_depth(low: float, high: float, x: float) -> float:
    """How far x lies between low and high; outside, at the nearer of the two."""
    return clip((x - low) / (high - low), 0.0, 1.0)


@rule
def find_size(points: Rows[DeliveryPoint], guardians: float) -> int:
    """The cell along the number of guardians."""
    k = 0
    # The last cell also serves what lies beyond it.
    while k < SIZES - 2 and points[(k + 1) * FAULTS * LOADS].guardians < guardians:
        k += 1
    return k


@rule
def find_fault(points: Rows[DeliveryPoint], faulty: float) -> int:
    """The cell along the faulty share, on its side of a third: without a quorum there are no snapshots."""
    if faulty >= THIRD:
        return SOUND
    k = 0
    while k < SOUND - 2 and points[(k + 1) * LOADS].faulty_share < faulty:
        k += 1
    return k


@rule
def find_load(points: Rows[DeliveryPoint], load: float) -> int:
    """The cell along the load."""
    k = 0
    while k < LOADS - 2 and points[k + 1].load_ratio < load:
        k += 1
    return k


@rule
def add_point(delivery: DeliveryState, point: DeliveryPoint, weight: float) -> None:
    """Add a corner of the cell."""
    delivery.delay_s += weight * point.delay_s
    delivery.success += weight * point.success
    delivery.snapshot_success += weight * point.snapshot_success
    delivery.gas += weight * point.gas


@rule
def read_delivery(delivery: DeliveryState, points: Rows[DeliveryPoint], guardians: float, faulty: float, load: float) -> None:
    """Read the table into `delivery`."""
    size = find_size(points, guardians)
    fault = find_fault(points, faulty)
    place = find_load(points, load)
    first = (size * FAULTS + fault) * LOADS + place
    into_size = compute_depth(points[first].guardians, points[first + FAULTS * LOADS].guardians, guardians)
    into_load = compute_depth(points[first].load_ratio, points[first + 1].load_ratio, load)
    into_fault = 0.0
    if fault < SOUND:
        into_fault = compute_depth(points[first].faulty_share, points[first + LOADS].faulty_share, faulty)
    delivery.delay_s = 0.0
    delivery.success = 0.0
    delivery.snapshot_success = 0.0
    delivery.gas = 0.0
    for i in range(2):
        a = into_size if i == 1 else 1.0 - into_size
        for j in range(2):
            b = into_fault if j == 1 else 1.0 - into_fault
            for k in range(2):
                c = into_load if k == 1 else 1.0 - into_load
                # A corner without weight may lie outside the table.
                if a * b * c > 0.0:
                    add_point(delivery, points[first + (i * FAULTS + j) * LOADS + k], a * b * c)


@rule
def record_delivery(delivery: DeliveryState, faulty: float, today: DeliveryMetrics) -> None:
    """Metrics of the day."""
    today.guardians_faulty_share = faulty
    today.snapshot_success = delivery.snapshot_success
    today.message_gas = delivery.gas
