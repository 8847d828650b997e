"""The path assistant against the naive choice: the same trips under the same states of the lanes."""

import math
from typing import NamedTuple

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.network import Arrivals
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.messaging.transport.path_choice import Belief, Climate, LaneWeather, choose_informed, choose_naive, weigh_path

deviate = plain(normal)


class Trip(NamedTuple):
    """How one choice went: the lane, seconds, USD with the value of time and of a failure, and whether it failed."""

    lane: int
    delay_s: float
    cost_usd: float
    has_failed: bool


def make_climate(settings: Settings) -> Climate:
    """How lanes look when they are calm and when they are congested."""
    transfers = settings.transfers
    calm = LaneWeather(transfers.trip_s, transfers.trip_sigma, transfers.calm_failure)
    congested = LaneWeather(transfers.trip_s * transfers.congested_factor, transfers.trip_sigma, transfers.congested_failure)
    return Climate(calm, congested, transfers.calm_s, transfers.congested_s)


class Trips:
    """Lane 0 is direct; the others go by way of another rollup and need two hops. Lanes get congested and calm again."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda) -> None:
        self.settings, self.agenda = settings.transfers, agenda
        self.patience = settings.verifying.patience_usd_s
        lanes = self.settings.hubs + 1
        self.paths = [[lane] * (1 if lane == 0 else 2) for lane in range(lanes)]
        self.belief = Belief(lanes, make_climate(settings))
        self.is_congested = [False] * lanes
        self.weather = [Sequence(seed, Stream.METALAYER_TRIPS, 2 + lane) for lane in range(lanes)]
        self.draws = Sequence(seed, Stream.METALAYER_TRIPS, 0)
        self.arrivals = Arrivals(Sequence(seed, Stream.METALAYER_TRIPS, 1), self.settings.trips_per_hour)
        self.pairs: list[tuple[Trip, Trip]] = []
        for lane in range(lanes):
            agenda.after(self._last(lane), self.turn, lane)
        agenda.after(self.arrivals.draw(), self.travel)

    def _last(self, lane: int) -> float:
        mean_s = self.settings.congested_s if self.is_congested[lane] else self.settings.calm_s
        # Exponential stays, hence a Markov chain: what the assistant's belief takes for granted.
        return -math.log(self.weather[lane].draw()) * mean_s

    def turn(self, lane: int) -> None:
        """The weather of a lane changes."""
        self.is_congested[lane] = not self.is_congested[lane]
        self.agenda.after(self._last(lane), self.turn, lane)

    def travel(self) -> None:
        """One trip, chosen twice. Every lane draws for both hops, whoever takes it: both choices meet the same luck."""
        luck = [[(self.draws.draw(), self.draws.draw()) for _ in range(2)] for _ in self.paths]
        naive = choose_naive(self.paths)
        costs = [self.weigh(path) for path in self.paths]
        informed = choose_informed(costs)
        self.pairs.append((self.go(naive, luck[naive]), self.go(informed, luck[informed])))
        self.agenda.after(self.arrivals.draw(), self.travel)

    def weigh(self, path: list[int]) -> float:
        """What the assistant expects a path to cost."""
        settings = self.settings
        return weigh_path(self.belief, path, self.agenda.now, settings.hop_usd, self.patience, settings.trip_loss_usd)

    def learn(self, lane: int, delay_s: float, has_failed: bool) -> None:
        """The assistant hears of a hop that has ended."""
        self.belief.learn(lane, self.agenda.now, delay_s, has_failed)

    def go(self, lane: int, luck: list[tuple[float, float]]) -> Trip:
        """What happens on a lane; the assistant hears of it when the trip is over."""
        settings, climate = self.settings, self.belief.climate
        weather = climate.congested if self.is_congested[lane] else climate.calm
        total_s, has_failed, hops = 0.0, False, 0
        # A direct lane has one hop: its second pair of draws stays unused.
        for _, (u, v) in zip(self.paths[lane], luck, strict=False):
            delay_s = weather.median_s * math.exp(weather.sigma * deviate(u))
            has_failed, total_s, hops = v < weather.failure, total_s + delay_s, hops + 1
            self.agenda.after(total_s, self.learn, lane, delay_s, has_failed)
            if has_failed:
                break
        loss_usd = settings.trip_loss_usd if has_failed else 0.0
        return Trip(lane, total_s, hops * settings.hop_usd + total_s * self.patience + loss_usd, has_failed)
