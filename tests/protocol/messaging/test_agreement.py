"""Agreement against an adversary that plays rounds: it decides who hears what, tells each what suits it, and lies in between.

`test_consensus` lets chance order single deliveries. The attacks on a lock need a dozen of them in the right order; here a step
is a phase of a round with a purpose, so that each of them is found many times over.
"""

from collections import Counter
from enum import Enum
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from metalab.protocol.messaging.agreement.consensus import ConsensusStep
from metalab.protocol.messaging.agreement.votes import NIL, Certificate, SnapshotProposal, Vote, VotePhase
from tests.protocol.messaging.cluster import HEIGHT, Cluster, make_value

SHAPES = [
    ((1, 1, 1, 1), (3,)),
    ((1, 1, 1, 1), (0,)),
    ((1,) * 5, (1,)),
    ((1,) * 6, (2,)),
    ((3, 2, 2, 2, 1), (0,)),
    ((1,) * 7, (0, 4)),
    ((1,) * 7, (2, 3)),
    ((1,) * 7, (2, 3)),
]


class Treatment(Enum):
    """What a replica hears of a phase: all votes and Byzantine support, just enough to give up, or nothing."""

    FEED = 0
    STARVE = 1
    SILENCE = 2


class Split(NamedTuple):
    """One replica is treated in one way, the rest in another."""

    one: int
    treatment: Treatment
    rest: Treatment

    def get(self, place: int, count: int) -> Treatment:
        return self.treatment if place == self.one % count else self.rest


class Plan(NamedTuple):
    """Who does not hear the proposal (by place, -1: nobody), and how both votes are treated."""

    deaf: int
    prevotes: Split
    precommits: Split


FEED, STARVE, SILENCE = Treatment
DECIDE_ONE = ((FEED, FEED), (FEED, STARVE))
LEAVE_ONE = ((STARVE, FEED), (FEED, STARVE))
HIDE_FROM_ONE = ((SILENCE, FEED), (FEED, STARVE))
LOCK_ONE = ((FEED, STARVE), (STARVE, STARVE))
FINISH = ((FEED, FEED), (FEED, FEED))


@st.composite
def draw_plan(draw: st.DrawFn) -> Plan:
    """Mostly one of the five moves of which attacks on a lock are made, else anything."""
    move = draw(st.sampled_from([DECIDE_ONE, LEAVE_ONE, HIDE_FROM_ONE, LOCK_ONE, FINISH, FINISH, None]))
    deaf = -1
    if move is None:
        treatments = st.sampled_from(Treatment)
        move = draw(st.tuples(st.tuples(treatments, treatments), st.tuples(treatments, treatments)))
        deaf = draw(st.integers(-1, 5))
    prevotes, precommits = (Split(draw(st.integers(0, 5)), *pair) for pair in move)
    return Plan(deaf, prevotes, precommits)


class Claim(Enum):
    """What a Byzantine proposer says of the round in which its value had a quorum of prevotes.

    A bent claim is to a round in which the value had prevotes, but too few.
    """

    NONE = 0
    TRUE = 1
    BENT = 2
    INVENTED = 3


class Strategist(RuleBasedStateMachine):
    """Less than a third of the stake, all of the network, and a plan for each round."""

    @initialize(shape=st.sampled_from(SHAPES), turn=st.integers(1, 3))
    def open(self, shape: tuple[tuple[int, ...], tuple[int, ...]], turn: int) -> None:
        """The first Byzantine turn to propose is soon, but not before there is a lock to attack."""
        stakes, byzantine = shape
        self.cluster = Cluster(stakes, byzantine, byzantine[0] - turn)
        assert 3 * sum(stakes[k] for k in byzantine) < sum(stakes)
        self.cluster.start()

    @property
    def undecided(self) -> list[int]:
        return [k for k in self.cluster.honest if self.cluster.replicas[k].decision is None]

    @precondition(lambda self: self.undecided)
    @rule(plan=draw_plan(), data=st.data())
    def play_round(self, plan: Plan, data: st.DataObject) -> None:
        """A whole round: proposal, prevotes, precommits; whoever has heard enough runs into its timeouts."""
        cluster = self.cluster
        number = max(cluster.replicas[k].round for k in self.undecided)
        if cluster.committee.choose(HEIGHT, number) in cluster.byzantine:
            self.propose(number, data)
        self.pass_on(number, [k for place, k in enumerate(cluster.honest) if place != plan.deaf])
        self.time_out(ConsensusStep.PROPOSE)
        for phase, split, step in (
            (VotePhase.PREVOTE, plan.prevotes, ConsensusStep.PREVOTE),
            (VotePhase.PRECOMMIT, plan.precommits, ConsensusStep.PRECOMMIT),
        ):
            for place, k in enumerate(cluster.honest):
                self.treat(k, number, phase, split.get(place, len(cluster.honest)))
            self.time_out(step)

    def propose(self, number: int, data: st.DataObject) -> None:
        """One proposal for all, or one for every second replica and another for the rest."""
        proposals = [self.draw_proposal(number, data) for _ in range(data.draw(st.integers(1, 2)))]
        for place, k in enumerate(self.cluster.honest):
            self.cluster.inject(proposals[place % len(proposals)], [k])

    def draw_proposal(self, number: int, data: st.DataObject) -> SnapshotProposal:
        """A new value or an old one, with a claim to an earlier round: none, a true one, or an invented one."""
        cluster, claim = self.cluster, data.draw(st.sampled_from(Claim))
        liar, earlier = cluster.committee.choose(HEIGHT, number), -1
        value = data.draw(st.sampled_from([cluster.values + 1, *range(1, cluster.values + 1)]))
        if claim in (Claim.TRUE, Claim.BENT) and (found := self.find_backed(number, claim == Claim.TRUE)):
            earlier, value = found
        elif claim == Claim.INVENTED:
            earlier = number - 1
        backers = cluster.list_backers(earlier, make_value(value).digest)
        backers += (liar,) * data.draw(st.sampled_from([0, len(cluster.stakes)]))
        cluster.values = max(cluster.values, value)
        return SnapshotProposal(liar, HEIGHT, number, earlier, make_value(value), backers)

    def find_backed(self, number: int, is_true: bool) -> tuple[int, int] | None:
        """A round and a value with honest prevotes that make a quorum with all Byzantine ones, the oldest; or too few, the newest."""
        cluster = self.cluster
        found = []
        for earlier, value in ((earlier, value) for earlier in range(number) for value in range(1, cluster.values + 1)):
            backers = cluster.list_backers(earlier, make_value(value).digest)
            is_quorum = 3 * sum(cluster.stakes[k] for k in backers) > 2 * cluster.committee.total
            if is_quorum == is_true and len(backers) > len(cluster.byzantine):
                found.append((earlier, value))
        return None if not found else found[0] if is_true else found[-1]

    def pass_on(self, number: int, receivers: list[int]) -> None:
        """Deliver the proposals of a round."""
        cluster = self.cluster
        due = [(m, k) for m, k in cluster.mail if isinstance(m, SnapshotProposal) and m.round == number and k in receivers]
        cluster.mail = [(m, k) for m, k in cluster.mail if not (isinstance(m, SnapshotProposal) and m.round == number and k in receivers)]
        for message, k in due:
            cluster.apply(k, cluster.replicas[k].receive(message))

    def treat(self, k: int, number: int, phase: VotePhase, treatment: Treatment) -> None:
        """Let one replica hear of the votes of a phase what the treatment says, Byzantine votes first."""
        cluster, replica = self.cluster, self.cluster.replicas[k]
        if treatment == SILENCE:
            return
        book = replica.get_book(number)
        held = book.proposal.snapshot.digest if book.proposal is not None else NIL
        wishes = (held, NIL) if treatment == FEED else (NIL, held)
        for liar in sorted(cluster.byzantine):
            for digest in wishes:
                cluster.apply(k, replica.receive(Vote(liar, HEIGHT, number, phase, digest)))
        votes = [m for m, to in cluster.mail if to == k and isinstance(m, Vote) and (m.round, m.phase) == (number, phase)]
        weights = Counter(vote.digest for vote in votes)
        for vote in sorted(votes, key=lambda vote: weights[vote.digest]):
            tally = book.prevotes if phase == VotePhase.PREVOTE else book.precommits
            if treatment == STARVE and 3 * tally.stake > 2 * cluster.committee.total:
                break
            cluster.mail.remove((vote, k))
            cluster.apply(k, replica.receive(vote))

    def time_out(self, step: ConsensusStep) -> None:
        """Every timer of a step that runs is over."""
        cluster = self.cluster
        over = [(timer, k) for timer, k in cluster.timers if timer.step == step]
        cluster.timers = [(timer, k) for timer, k in cluster.timers if timer.step != step]
        for timer, k in over:
            cluster.apply(k, cluster.replicas[k].wake(timer))

    @property
    def is_late(self) -> bool:
        """Whether plans have had time to unfold."""
        return max(replica.round for replica in self.cluster.replicas.values()) > 2

    @precondition(lambda self: self.is_late)
    @rule(place=st.integers(0, 5))
    def catch_up(self, place: int) -> None:
        """One replica at last hears everything."""
        self.cluster.drain([self.cluster.honest[place % len(self.cluster.honest)]])

    @precondition(lambda self: self.is_late or not self.undecided)
    @rule(place=st.integers(0, 5), data=st.data(), repeats=st.booleans())
    def forge(self, place: int, data: st.DataObject, repeats: bool) -> None:
        """Show one replica a certificate of all who can be shown to have signed, and perhaps some of them twice."""
        cluster = self.cluster
        number = data.draw(st.integers(0, max(replica.round for replica in cluster.replicas.values())))
        value = make_value(data.draw(st.integers(1, cluster.values)))
        cast = {(m.guardian, m.round, m.phase, m.digest) for m in cluster.sent if isinstance(m, Vote)}
        signers = [k for k in cluster.honest if (k, number, VotePhase.PRECOMMIT, value.digest) in cast] + sorted(cluster.byzantine)
        certificate = Certificate(HEIGHT, number, value.digest, tuple(signers * 3 if repeats else signers))
        k = cluster.honest[place % len(cluster.honest)]
        cluster.apply(k, cluster.replicas[k].adopt(certificate, value))

    @invariant()
    def all_decide_the_same(self) -> None:
        if hasattr(self, "cluster"):
            assert len(set(self.cluster.decided.values())) <= 1

    @invariant()
    def every_decision_has_its_certificate(self) -> None:
        if hasattr(self, "cluster"):
            for certificate in self.cluster.certificates:
                signed = sum(self.cluster.stakes[signer] for signer in set(certificate.signers))
                assert 3 * signed > 2 * self.cluster.committee.total

    @invariant()
    def honest_replicas_vote_once(self) -> None:
        if hasattr(self, "cluster"):
            votes = [message[:4] for message in self.cluster.sent if isinstance(message, Vote)]
            assert len(votes) == len(set(votes))


TestStrategist = Strategist.TestCase
TestStrategist.settings = settings(max_examples=1000, stateful_step_count=12, deadline=None)
