"""Data messages: demand, choice among relays, fees, and the wait for a snapshot where data is proven on-chain."""

import math
from typing import NamedTuple

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.guardians.guardian import Final
from metalab.econ.messaging.fastclock.network import Arrivals
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.messaging.transport.data_routes import DataCarrier, DataRoute, choose_carrier, compute_fee, serve

deviate = plain(normal)
UERA_PER_USD = 1_000_000 / 1.545
"""At the reference price (ECONOMY 13)."""


class Item(NamedTuple):
    """A data message: its kind, size, relay, fee, and when it was sent and carried."""

    kind: DataRoute
    size: int
    carrier: int
    fee: int
    sent_s: float
    carried_s: float


class DataRelay:
    """Relays that compete by fee and speed."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda) -> None:
        self.settings, self.agenda = settings.administration, agenda
        self.urgency = settings.verifying.patience_usd_s * UERA_PER_USD
        self.draws = Sequence(seed, Stream.METALAYER_DATA, 0)
        self.arrivals = Arrivals(Sequence(seed, Stream.METALAYER_DATA, 1), self.settings.data_per_hour)
        self.carriers = [self._make(k) for k in range(self.settings.carriers)]
        self.items: list[Item] = []
        self.waiting: list[int] = []
        self.delivered: dict[int, float] = {}
        agenda.after(self.arrivals.draw(), self.send)

    def _make(self, k: int) -> DataCarrier:
        """Each further relay is half as expensive per byte and half as fast."""
        return DataCarrier(self.settings.data_base_era, self.settings.data_byte_era // 2**k, self.settings.carrier_bytes_s / 2**k, 0.0)

    def send(self) -> None:
        """A data message is sent."""
        settings, now = self.settings, self.agenda.now
        kind = DataRoute.OFF_CHAIN if self.draws.draw() < settings.off_chain_share else DataRoute.ON_CHAIN
        size = math.ceil(settings.data_bytes * math.exp(settings.data_sigma * deviate(self.draws.draw())))
        chosen = choose_carrier(self.carriers, size, now, self.urgency)
        fee = compute_fee(self.carriers[chosen], size, kind, settings.data_proof_era)
        self.carriers[chosen] = serve(self.carriers[chosen], size, now)
        self.items.append(Item(kind, size, chosen, fee, now, self.carriers[chosen].free_at_s))
        self.agenda.at(self.carriers[chosen].free_at_s, self.arrive, len(self.items) - 1)
        self.agenda.after(self.arrivals.draw(), self.send)

    def arrive(self, number: int) -> None:
        """Carried: off-chain data is there, on-chain data waits to be proven."""
        if self.items[number].kind == DataRoute.OFF_CHAIN:
            self.delivered[number] = self.agenda.now
        else:
            self.waiting.append(number)

    def note_final(self, final: Final) -> None:
        """A snapshot begun after the data was sent proves it."""
        proven = [number for number in self.waiting if self.items[number].sent_s <= final.start_s]
        for number in proven:
            self.delivered[number] = self.agenda.now
        self.waiting = [number for number in self.waiting if self.items[number].sent_s > final.start_s]
