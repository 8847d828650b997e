"""Relaying of data: routes, fees and order of service for on-chain and off-chain data messages."""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple


class DataRoute(IntEnum):
    """On-chain data is proven against a snapshot; off-chain data goes straight, signed by its source."""

    ON_CHAIN = 0
    OFF_CHAIN = 1


class DataCarrier(NamedTuple):
    """A relay's prices and speed, and when it will have worked off what it has."""

    base_fee: int
    byte_fee: int
    bytes_per_s: float
    free_at_s: float


def compute_fee(carrier: DataCarrier, size: int, kind: DataRoute, proof_fee: int) -> int:
    """Fee in uERA: a base, so much a byte, and for on-chain data the proof."""
    return carrier.base_fee + carrier.byte_fee * size + (proof_fee if kind == DataRoute.ON_CHAIN else 0)


def choose_carrier(carriers: Sequence[DataCarrier], size: int, now_s: float, uera_per_s: float) -> int:
    """The relay whose fee plus the cost of waiting for it is lowest; the first one when they are equal."""

    def weigh(k: int) -> tuple[float, int]:
        carrier = carriers[k]
        wait_s = max(carrier.free_at_s - now_s, 0.0) + size / carrier.bytes_per_s
        # Without the proof's fee, which is the same with every relay.
        return carrier.base_fee + carrier.byte_fee * size + wait_s * uera_per_s, k

    return min(range(len(carriers)), key=weigh)


def serve(carrier: DataCarrier, size: int, now_s: float) -> DataCarrier:
    """The relay with one more piece of work; it is done at the new `free_at_s`."""
    return carrier._replace(free_at_s=max(carrier.free_at_s, now_s) + size / carrier.bytes_per_s)
