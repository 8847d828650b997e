"""Messages arrive: when, from where to where, how large, how patient their senders."""

import math

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.network import Arrivals
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.post import Post
from metalab.protocol.kernel.calendar_units import HOURS_A_DAY
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import MICRO

MOST_AMOUNT = 10**18
"""In micro-units: what a message can carry in eight bytes, with room for an attacker who doubles it."""
deviate = plain(normal)


class Senders:
    """Poisson arrivals over all rollups, sources and destinations by size."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda, post: Post) -> None:
        self.traffic, self.agenda, self.post = settings.traffic, agenda, post
        self.draws = Sequence(seed, Stream.METALAYER_TRAFFIC, 0)
        self.arrivals = Arrivals(Sequence(seed, Stream.METALAYER_TRAFFIC, 1), self.traffic.messages_per_day / HOURS_A_DAY)
        # The given value is the mean: a lognormal's median is lower by exp(-sigma^2 / 2).
        self.median_usd = self.traffic.value_usd * math.exp(-0.5 * self.traffic.value_sigma**2)
        self.count = 0
        if len(post.chains.all) > 1:
            agenda.after(self.arrivals.draw(), self.send)

    def send(self) -> None:
        """One message, with a fixed number of draws."""
        draw, chains = self.draws.draw, self.post.chains
        source = chains.choose(draw())
        target = chains.choose(draw(), without=source)
        value_usd = self.median_usd * math.exp(self.traffic.value_sigma * deviate(draw()))
        expiry_s = self.traffic.hasty_s if draw() < self.traffic.hasty_share else self.traffic.expiry_s
        amount, fee = int(min(value_usd * MICRO, MOST_AMOUNT)), self.traffic.fee_era
        # A sender of its own for every message: none competes with another for its money.
        self.post.fund(chains.all[source], self.count, amount, fee)
        self.post.send((source, target), self.count, value_usd, amount, fee, expiry_s)
        self.count += 1
        self.agenda.after(self.arrivals.draw(), self.send)
