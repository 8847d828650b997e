"""Rollups of four frameworks join: a contract, a registration, and a first root that the adapter can read."""

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.network import Arrivals, Delays
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import pick
from metalab.protocol.kernel.codes import Framework
from metalab.protocol.messaging.proofs.adapters import Native, publish, read_state
from metalab.protocol.messaging.proofs.hashing import hash_parts

STEPS = 3
"""Contract, registration, first verified root."""


class Candidate:
    """A rollup on its way in."""

    def __init__(self, framework: Framework, start_s: float) -> None:
        self.framework, self.start_s = framework, start_s
        self.step = self.tries = self.failures = 0
        self.end_s = -1.0
        self.has_joined = False


class Joining:
    """Candidates begin as a Poisson process; each step may fail and is tried again a limited number of times."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda) -> None:
        self.settings, self.agenda = settings.administration, agenda
        self.weights = list(settings.traffic.framework_weights)
        self.failure = list(self.settings.join_failure)
        self.draws = Sequence(seed, Stream.METALAYER_JOINS, 0)
        self.arrivals = Arrivals(Sequence(seed, Stream.METALAYER_JOINS, 1), self.settings.joins_per_hour)
        self.delays = Delays(seed, Stream.METALAYER_JOINS, 2, self.settings.join_step_s, self.settings.join_sigma)
        self.all: list[Candidate] = []
        agenda.after(self.arrivals.draw(), self.begin)

    def begin(self) -> None:
        """A rollup wants to join."""
        candidate = Candidate(Framework(pick(self.draws.draw(), self.weights)), self.agenda.now)
        self.all.append(candidate)
        self.agenda.after(self.delays.draw(), self.attempt, candidate)
        self.agenda.after(self.arrivals.draw(), self.begin)

    def attempt(self, candidate: Candidate) -> None:
        """One try of one step."""
        is_fine = self.draws.draw() >= self.failure[candidate.framework]
        works = self.verify_first_root(candidate, is_fine) if candidate.step == STEPS - 1 else is_fine
        candidate.step, candidate.tries = (candidate.step + 1, 0) if works else (candidate.step, candidate.tries + 1)
        candidate.failures += not works
        if candidate.step == STEPS or candidate.tries == self.settings.join_tries:
            candidate.has_joined, candidate.end_s = candidate.step == STEPS, self.agenda.now
        else:
            self.agenda.after(self.delays.draw(), self.attempt, candidate)

    def verify_first_root(self, candidate: Candidate, is_fine: bool) -> bool:
        """The adapter reads the rollup's own commitment; one that is damaged on the way does not fit its form."""
        state = hash_parts(b"first", len(self.all).to_bytes(8, "big"))
        native = publish(candidate.framework, 0, state, bytes(32))
        sent = native if is_fine else Native(native.framework, native.parts, bytes(32))
        return read_state(sent) == state
