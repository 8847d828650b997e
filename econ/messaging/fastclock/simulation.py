"""One simulation of the Metalayer: everything opened, connected, and run to the end of its time."""

from collections.abc import Callable

from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.guardians.committee import open_room
from metalab.econ.messaging.fastclock.services.attacks import Attackers
from metalab.econ.messaging.fastclock.services.executions import Ballots
from metalab.econ.messaging.fastclock.services.joining import Joining
from metalab.econ.messaging.fastclock.services.roles import Roles
from metalab.econ.messaging.fastclock.services.transfers import Transfers
from metalab.econ.messaging.fastclock.services.trips import Trips
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import RollupChains
from metalab.econ.messaging.fastclock.transport.data import DataRelay
from metalab.econ.messaging.fastclock.transport.feeds import Feeds
from metalab.econ.messaging.fastclock.transport.post import Post
from metalab.econ.messaging.fastclock.transport.relayers import RelayerPool
from metalab.econ.messaging.fastclock.transport.traffic import Senders
from metalab.protocol.kernel.calendar_units import SECONDS_A_MINUTE

Watch = Callable[[float], bool]
"""Told how many seconds are simulated; returns whether to stop."""

LOOK_S = 30.0
"""Simulated seconds between two looks at whether to stop; the result does not depend on it."""


class Simulation:
    """All parts of one simulation. A pure function of settings and seed."""

    def __init__(self, settings: Settings, seed: int) -> None:
        self.settings, self.seed = settings, seed
        self.agenda = Agenda()
        self.chains = RollupChains(seed, settings)
        self.room, self.roster = open_room(seed, settings, self.agenda, self.chains)
        self.post = Post(settings, self.agenda, self.chains, self.room)
        self.pool = RelayerPool(seed, settings, self.agenda, self.post)
        self.senders = Senders(seed, settings, self.agenda, self.post)
        self.attackers = Attackers(seed, settings, self.agenda, self.post, tuple(sorted(self.roster.habits)))
        self.feeds = Feeds(seed, settings, self.agenda, self.post, self.pool)
        self.transfers = Transfers(seed, settings, self.agenda, self.post)
        self.trips = Trips(seed, settings, self.agenda)
        self.roles = Roles(seed, settings, self.agenda, self.post)
        self.ballots = Ballots(seed, settings, self.agenda, self.post)
        self.joining = Joining(seed, settings, self.agenda)
        self.data = DataRelay(seed, settings, self.agenda)
        self.queue_lengths: list[int] = []
        self._connect()

    def _connect(self) -> None:
        """Connect the listeners and enter the first events."""
        self.post.on_ready = self.pool.add
        self.post.on_executed = [self.feeds.publish, self.ballots.note_executed]
        self.room.on_final = [self.post.note_final, self.roles.note_final, self.data.note_final]
        # Before guardians start at 0 s: they need roots to collect.
        self.tick(0)
        for member in self.room.members:
            self.agenda.at(0.0, member.start)

    def tick(self, number: int) -> None:
        """Every rollup commits its root."""
        self.chains.commit(self.agenda.now)
        self.post.note_commit(number)
        self.queue_lengths.append(self.pool.queued)
        self.agenda.at((number + 1) * self.chains.tick_s, self.tick, number + 1)

    @property
    def end_s(self) -> float:
        """Simulated time in seconds."""
        return self.settings.minutes * SECONDS_A_MINUTE

    def run(self, watch: Watch | None = None) -> bool:
        """Let the time pass; False when `watch` asked to stop."""
        while self.agenda.now < self.end_s:
            self.agenda.run(min(self.agenda.now + LOOK_S, self.end_s))
            if watch is not None and watch(self.agenda.now):
                return False
        return True


def simulate(settings: Settings, seed: int) -> Simulation:
    """Open and run."""
    simulation = Simulation(settings, seed)
    simulation.run()
    return simulation
