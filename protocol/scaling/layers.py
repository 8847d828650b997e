"""Three layers that every transaction passes: execution, data, verification. The narrowest bounds the network (MODEL 3, 5, 8)."""

from enum import IntEnum
from typing import Final

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, metric, parameter
from metalab.protocol.kernel.units import MB


class Layer(IntEnum):
    """What bounds the network; in this order where two are equally busy."""

    EXECUTION = 0
    DATA = 1
    VERIFICATION = 2


EXECUTION: Final = int(Layer.EXECUTION)
"""`Layer.EXECUTION` as a plain integer, which rules return faster."""
DATA: Final = int(Layer.DATA)
"""`Layer.DATA` as a plain integer."""
VERIFICATION: Final = int(Layer.VERIFICATION)
"""`Layer.VERIFICATION` as a plain integer."""


class Layers(Record):
    """Capacities besides that of execution, which is the nodes' (`scaling`)."""

    data_mb_s: float = parameter(
        0.053, 0.001, 100.0, unit="MB/s", source="assumed (1 % of Celestia's 5.3 MB/s, data/da_storage_prices.csv)", owner="dao",
        doc="Throughput of the data layer that the protocol has reserved.",
    )  # fmt: skip
    guardian_tps: float = parameter(
        100.0, 0.1, 1e5, unit="1/s", source="assumed", owner="nature", doc="Transactions whose state a guardian verifies per second."
    )


class LayersMetrics(Record):
    """Layers on a day."""

    execution_use: float = metric("share", "Load of the peak hour over the capacity of execution.", better="low", chart=True)
    data_use: float = metric("share", "Load of the peak hour over the capacity of the data layer.", better="low", chart=True)
    verification_use: float = metric("share", "Load of the peak hour over the capacity of verification.", better="low", chart=True)
    execution_tps: float = metric("1/s", "Transactions that the nodes of the peak hour can serve.", better="high", chart=True)
    data_tps: float = metric("1/s", "Transactions whose data can be posted.", better="high", chart=True)
    verification_tps: float = metric("1/s", "Transactions that guardians can verify.", better="high", chart=True)
    bottleneck: float = metric("code", "The busiest layer: 0 execution, 1 data, 2 verification.", chart=True)
    data_capacity_mb_s: float = metric("MB/s", "Throughput of the data layer that is reserved.", better="high", chart=True)
    layer_dropped: float = metric("1", "Transactions that data or verification had no room for.", better="low", chart=True)


@rule
def compute_data_tps(p: Layers, transaction_bytes: float) -> float:
    """Transactions per second whose data can be posted; `transaction_bytes` as posted."""
    return p.data_mb_s * MB / transaction_bytes


@rule
def compute_use(rate: float, capacity: float) -> float:
    """Load over capacity; 0 without load."""
    if rate <= 0.0:
        return 0.0
    # Without capacity any load is an enormous use, which makes the layer the bottleneck.
    return rate / max(capacity, 1e-9)


@rule
def compute_excess(taken: float, capacity: float, seconds: float) -> float:
    """Transactions of a part of the day beyond what a layer can pass."""
    return max(taken - capacity * seconds, 0.0)


@rule
def find_bottleneck(execution: float, data: float, verification: float) -> int:
    """The busiest layer."""
    if execution >= data and execution >= verification:
        return EXECUTION
    return DATA if data >= verification else VERIFICATION


@rule
def measure_layers(rate: float, today: LayersMetrics) -> None:
    """Record how busy the layers, whose capacities are recorded already, are at the peak hour's rate."""
    today.execution_use = compute_use(rate, today.execution_tps)
    today.data_use = compute_use(rate, today.data_tps)
    today.verification_use = compute_use(rate, today.verification_tps)
    today.bottleneck = float(find_bottleneck(today.execution_use, today.data_use, today.verification_use))
