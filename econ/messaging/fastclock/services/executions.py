"""One vote, many executions: the decision travels as a message to every rollup, and is executed there or tried again."""

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.network import Arrivals
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import HOME
from metalab.econ.messaging.fastclock.transport.parcels import Parcel
from metalab.econ.messaging.fastclock.transport.post import Post
from metalab.protocol.messaging.transport.execution import Execution, ExecutionOutcome

DAO = 1 << 49
"""The account that sends decisions."""


class Ballots:
    """Votes that have passed, and how far their executions are."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda, post: Post) -> None:
        self.settings, self.retry_s, self.agenda, self.post = settings.administration, settings.relaying.retry_s, agenda, post
        self.fee, self.expiry_s = settings.traffic.fee_era, settings.traffic.expiry_s
        self.draws = Sequence(seed, Stream.METALAYER_VOTES, 0)
        self.arrivals = Arrivals(Sequence(seed, Stream.METALAYER_VOTES, 1), self.settings.votes_per_hour)
        self.all: list[Execution] = []
        self.by_letter: dict[tuple[int, int, int], Execution] = {}
        agenda.after(self.arrivals.draw(), self.decide)

    def decide(self) -> None:
        """A vote has passed on the home rollup."""
        chains = self.post.chains.all
        execution = Execution(len(chains), self.agenda.now, self.settings.execution_tries)
        self.all.append(execution)
        self.attempt(execution, HOME)
        for chain in chains[1:]:
            self.post.fund(chains[HOME], DAO, 0, self.fee)
            parcel = self.post.send((HOME, chain.number), DAO, 0.0, 0, self.fee, self.expiry_s)
            if parcel is not None:
                self.by_letter[parcel.letter[:3]] = execution
        self.agenda.after(self.arrivals.draw(), self.decide)

    def note_executed(self, parcel: Parcel) -> None:
        """A message with a decision has arrived."""
        execution = self.by_letter.get(parcel.letter[:3])
        if execution is not None:
            self.attempt(execution, parcel.letter.target)

    def attempt(self, execution: Execution, rollup: int) -> None:
        """Execute; a failure is tried again after a pause."""
        works = self.draws.draw() >= self.settings.execution_failure
        if execution.attempt(rollup, works, self.agenda.now) == ExecutionOutcome.PENDING:
            self.agenda.after(self.retry_s, self.attempt, execution, rollup)
