"""Messages between rollups: how long they take and how often they arrive (MODEL 6).

What the Metalayer does to them is read from a surface fitted to its simulator (`protocol.messaging.delivery`); waits of source chains
follow real data, steps of transfers stated counts.
"""

from enum import IntEnum

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, metric, parameter
from metalab.protocol.kernel.units import clip, power, safe_exp, safe_log, to_count
from metalab.protocol.messaging.delivery import DeliveryState

_WAITS = "data/hyperlane_chain_finality.csv validator_wait_s, 102 live chains"
"""Source of the wait before a chain's state is attested."""


class DeliveryModel(IntEnum):
    """Where delay, success and gas of messages through the Metalayer come from."""

    SURFACE = 0
    CLOSED_FORM = 1


class Messaging(Record):
    """Delay and success of messages."""

    route: int = choice(
        DeliveryModel.SURFACE,
        source="MODEL 6",
        owner="nature",
        doc="Messages through the Metalayer: fitted to its simulator, or constants.",
    )
    relayer_capacity: float = parameter(
        152_500.0, 1_000.0, 1e9, unit="1/day", source="assumed (the four relayers of the simulator)", owner="team",
        doc="Messages a day that the relayers can carry one by one.",
    )  # fmt: skip
    gas_usd: float = parameter(
        5e-8, 0.0, 1e-4, unit="USD/gas", source="assumed (0.02 gwei at 2,500 USD)", owner="nature", doc="Price of gas on the rollups."
    )

    wait_quantiles_s: list[float] = parameter(
        (0.4, 1.0, 1.0, 1.0, 1.21, 2.0, 3.0, 4.0, 5.0, 5.0, 5.0, 6.0, 8.4, 10.0, 10.0, 10.0, 15.0, 25.0, 30.0, 59.5, 750.0),
        0.001,
        604_800.0,
        unit="s",
        source=_WAITS,
        owner="nature",
        doc="Wait before a chain's state is attested: quantiles 0, 5, ... 100 % over chains, rising.",
    )
    snapshot_share: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="share",
        source="assumed",
        owner="nature",
        doc="Messages checked against a snapshot by a light client; the others wait for their source chain.",
    )
    snapshot_s: float = parameter(3.0, 0.1, 3600.0, unit="s", source="S2", owner="team", doc="Cadence of snapshots, in the closed form.")
    consensus_s: float = parameter(
        2.0, 0.0, 600.0, unit="s", source="assumed", owner="nature", doc="Agreement of the guardians on a snapshot."
    )
    relay_s: float = parameter(4.0, 0.0, 600.0, unit="s", source="assumed", owner="nature", doc="Relay to the destination.")
    destination_s: float = parameter(
        2.0,
        0.0,
        600.0,
        unit="s",
        source="data/hyperlane_chain_finality.csv median block_time_s",
        owner="nature",
        doc="Block of the destination.",
    )
    step_success: float = parameter(
        0.90,
        0.5,
        1.0,
        unit="share",
        source="assumed (data/messaging_bridges.csv manual completion 60-80 %)",
        owner="nature",
        doc="Chance p that one step of a transfer succeeds.",
    )
    steps: int = parameter(
        3,
        1,
        12,
        unit="1",
        source="assumed (data/messaging_bridges.csv manual completion 60-80 %)",
        owner="team",
        doc="Steps k of a transfer made by hand; it succeeds with p^k.",
    )
    intent_share: float = parameter(
        0.0, 0.0, 1.0, unit="share", source="assumed", owner="team", doc="Transfers made by intents and not by hand."
    )
    intent_tries: int = parameter(
        2, 1, 10, unit="1", source="assumed", owner="team", doc="Tries r of an intent; it succeeds with 1 - (1 - p)^r."
    )


class MessagingMetrics(Record):
    """Messages on a day."""

    message_success: float = metric("share", "Share of messages that arrive.", better="high", chart=True)
    message_delay_s: float = metric("s", "Mean time from sending to delivery.", better="low", chart=True)
    messages_failed: float = metric("1", "Messages that did not arrive.", better="low", chart=True)


@rule
def sample_wait(u: float, p: Messaging) -> float:
    """A chain's wait in seconds at quantile u, on a logarithmic scale between the tabulated quantiles."""
    place = clip(u, 0.0, 1.0) * (len(p.wait_quantiles_s) - 1)
    k = min(to_count(place), len(p.wait_quantiles_s) - 2)
    low = safe_log(p.wait_quantiles_s[k])
    return safe_exp(low + (place - k) * (safe_log(p.wait_quantiles_s[k + 1]) - low))


@rule
def compute_delay(wait_s: float, delivery: DeliveryState, p: Messaging) -> float:
    """Mean delay in seconds of messages from a chain whose wait is `wait_s`.

    A part goes through the Metalayer. The others wait for their source chain and are relayed.
    """
    return p.snapshot_share * compute_through(delivery, p) + (1.0 - p.snapshot_share) * compute_waiting(wait_s, p)


@rule
def compute_through(delivery: DeliveryState, p: Messaging) -> float:
    """Delay in seconds through the Metalayer.

    As long as its simulator says, or, by the closed form, half a cadence on average, the guardians and the relay.
    """
    carried = p.relay_s + p.destination_s
    return delivery.delay_s if p.route == DeliveryModel.SURFACE else 0.5 * p.snapshot_s + p.consensus_s + carried


@rule
def compute_waiting(wait_s: float, p: Messaging) -> float:
    """Delay in seconds of a message that waits for its source chain and is relayed."""
    return wait_s + (p.relay_s + p.destination_s)


@rule
def compute_best_delay(wait_s: float, delivery: DeliveryState, p: Messaging) -> float:
    """Delay in seconds by the faster of the two ways from a chain whose wait is `wait_s`."""
    return min(compute_through(delivery, p), compute_waiting(wait_s, p))


@rule
def compute_success(delivery: DeliveryState, p: Messaging) -> float:
    """Share of messages that arrive: p^k by hand, 1 - (1 - p)^r by intent (MODEL 6), and of these what is delivered."""
    manual = power(p.step_success, float(p.steps))
    intent = 1.0 - power(1.0 - p.step_success, float(p.intent_tries))
    delivered = delivery.success if p.route == DeliveryModel.SURFACE else 1.0
    # Only what goes through the Metalayer can fail there.
    kept = 1.0 - p.snapshot_share * (1.0 - delivered)
    return ((1.0 - p.intent_share) * manual + p.intent_share * intent) * kept


@rule
def compute_gas_usd(delivery: DeliveryState, p: Messaging) -> float:
    """USD that a message's gas costs beyond that at launch, which the fee of a message is taken to include."""
    if p.route != DeliveryModel.SURFACE:
        return 0.0
    return p.snapshot_share * p.gas_usd * (delivery.gas - delivery.opening_gas)
