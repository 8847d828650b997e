"""The administrator role: granted and revoked on the home rollup, followed by every other one through final snapshots."""

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.guardians.guardian import Final
from metalab.econ.messaging.fastclock.network import Arrivals, Delays
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import HOME
from metalab.econ.messaging.fastclock.transport.post import Post
from metalab.protocol.messaging.transport.roles import Home, Mirror, RoleChange


class RoleProgress:
    """How far a change of a role has come."""

    def __init__(self, change: RoleChange, decided_s: float, tick: int) -> None:
        self.change, self.decided_s, self.tick = change, decided_s, tick
        self.final_s = self.consistent_s = -1.0
        self.snapshots = 0
        self.left: set[int] = set()


class Roles:
    """Changes come in turns: an account gets the role, later loses it."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda, post: Post) -> None:
        self.settings, self.relaying, self.agenda, self.post = settings.administration, settings.relaying, agenda, post
        self.draws = Sequence(seed, Stream.METALAYER_ROLES, 0)
        self.arrivals = Arrivals(Sequence(seed, Stream.METALAYER_ROLES, 1), self.settings.role_changes_per_hour)
        self.delays = Delays(seed, Stream.METALAYER_ROLES, 2, settings.guarding.hop_s, settings.guarding.hop_sigma)
        self.home = Home()
        self.mirrors = [Mirror() for _ in post.chains.all]
        self.all: list[RoleProgress] = []
        self.refused = self.accepted_late = self.accepted_wrongly = 0
        agenda.after(self.arrivals.draw(), self.decide)

    def decide(self) -> None:
        """Grant the role to a new account, or revoke the last one that has it."""
        number = len(self.home.changes)
        change = self.home.decide(number // 2, number % 2 == 0)
        home = self.post.chains.all[HOME]
        home.touch(change.account.to_bytes(8, "big") + bytes([change.is_granted]))
        # The header of the tick that is running is the first that can hold the change.
        progress = RoleProgress(change, self.agenda.now, len(home.headers))
        self.all.append(progress)
        self.mirrors[HOME].apply(change)
        if not change.is_granted:
            for _ in range(self.settings.misuses_per_revocation):
                rollup = int(self.draws.draw() * len(self.mirrors))
                self.agenda.after(self.draws.draw() * self.settings.misuse_s, self.misuse, progress, rollup)
        self.agenda.after(self.arrivals.draw(), self.decide)

    def note_final(self, final: Final) -> None:
        """A final snapshot that holds a change is passed on to every rollup."""
        # A snapshot that was begun before the decision cannot hold it.
        for progress in self.all:
            if progress.final_s >= 0.0 or final.start_s < progress.decided_s:
                continue
            progress.snapshots += 1
            if final.snapshot.ticks[HOME] >= progress.tick:
                progress.final_s = self.agenda.now
                progress.left = {chain.number for chain in self.post.chains.all if chain.number != HOME}
                for rollup in sorted(progress.left):
                    self.carry(progress, rollup)
                self.settle(progress)

    def carry(self, progress: RoleProgress, rollup: int) -> None:
        """The rollup's light client gets the snapshot with its next block; an update that fails is sent again."""
        ready_s = self.agenda.now + self.delays.draw()
        if self.draws.draw() < self.relaying.relay_failure:
            self.agenda.at(ready_s + self.relaying.retry_s, self.carry, progress, rollup)
        else:
            self.agenda.at(self.post.chains.all[rollup].find_block(ready_s), self.apply, progress, rollup)

    def apply(self, progress: RoleProgress, rollup: int) -> None:
        """The change holds on a rollup."""
        self.mirrors[rollup].apply(progress.change)
        progress.left.discard(rollup)
        self.settle(progress)

    def settle(self, progress: RoleProgress) -> None:
        """All rollups agree."""
        if not progress.left:
            progress.consistent_s = self.agenda.now

    def misuse(self, progress: RoleProgress, rollup: int) -> None:
        """A revoked administrator tries to act."""
        if not self.mirrors[rollup].allows(progress.change.account):
            self.refused += 1
        elif progress.consistent_s >= 0.0:
            self.accepted_wrongly += 1
        else:
            self.accepted_late += 1
