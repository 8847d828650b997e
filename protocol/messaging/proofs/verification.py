"""Three ways to verify a message, and which to take for what is at stake.

Light client: through a snapshot that guardians signed. Direct: a proof of the source chain's own finality, checked on the
destination. Optimistic: believed unless somebody objects within a window. Each has a delay, a cost in gas and a risk; the
cheapest in all three is taken, so that large values leave the light client for the safer direct proof, and the optimistic path
is what is left when neither can be had.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple


class Path(IntEnum):
    """How a message is verified."""

    LIGHT = 0
    DIRECT = 1
    OPTIMISTIC = 2


class Offer(NamedTuple):
    """What a path asks for a message now: expected seconds, gas, and the chance that what it verifies is false."""

    path: Path
    delay_s: float
    gas: float
    risk: float


def weigh_offer(offer: Offer, value_usd: float, gas_usd: float, patience_usd_s: float) -> float:
    """Cost of a path in USD: gas, waiting, and the value that is at risk on it."""
    return offer.gas * gas_usd + offer.delay_s * patience_usd_s + value_usd * offer.risk


def choose_path(offers: Sequence[Offer], value_usd: float, gas_usd: float, patience_usd_s: float, left_s: float) -> Path | None:
    """The cheapest path that can be done in the `left_s` seconds before the message expires; None if there is none."""
    possible = [offer for offer in offers if offer.delay_s < left_s]
    if not possible:
        return None
    # Among equals the lower number: the light client is the usual path.
    return min(possible, key=lambda offer: (weigh_offer(offer, value_usd, gas_usd, patience_usd_s), offer.path)).path
