"""Agreement and progress of the consensus, against an adversary that owns the network and less than a third of the stake."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from metalab.protocol.messaging.agreement.consensus import Committee, ConsensusStep, Replica, Timer, Turn
from metalab.protocol.messaging.agreement.quorum import is_blocking, is_quorum, sum_stake
from metalab.protocol.messaging.agreement.snapshots import Snapshot
from metalab.protocol.messaging.agreement.votes import NIL, Certificate, SnapshotProposal, Vote, VotePhase
from tests.protocol.messaging.cluster import HEIGHT, Cluster, make_value

ROUNDS = 4
SHAPES = [((1, 1, 1, 1), (3,)), ((1, 1, 1, 1), (0,)), ((3, 2, 2, 2, 1), (0,)), ((1, 1, 1, 1, 1, 1, 1), (0, 4)), ((1,) * 4, ())]


class Adversary(RuleBasedStateMachine):
    """Any order of deliveries, any timer at any time, any message in the name of a Byzantine guardian to anybody."""

    @initialize(shape=st.sampled_from(SHAPES), first=st.integers(0, 3))
    def open(self, shape: tuple[tuple[int, ...], tuple[int, ...]], first: int) -> None:
        stakes, byzantine = shape
        assert not is_blocking(sum_stake(stakes, byzantine), sum(stakes))
        self.cluster = Cluster(stakes, byzantine, first)
        self.cluster.start()

    @precondition(lambda self: self.cluster.mail)
    @rule(data=st.data())
    def deliver(self, data: st.DataObject) -> None:
        self.cluster.deliver(data.draw(st.integers(0, len(self.cluster.mail) - 1)))

    @precondition(lambda self: self.cluster.mail)
    @rule(data=st.data())
    def deliver_all_to_one(self, data: st.DataObject) -> None:
        self.cluster.drain([data.draw(st.sampled_from(self.cluster.honest))])

    @precondition(lambda self: self.cluster.timers)
    @rule(data=st.data())
    def fire(self, data: st.DataObject) -> None:
        self.cluster.fire(data.draw(st.integers(0, len(self.cluster.timers) - 1)))

    @precondition(lambda self: self.cluster.byzantine)
    @rule(data=st.data(), phase=st.sampled_from(VotePhase), number=st.integers(0, ROUNDS))
    def lie(self, data: st.DataObject, phase: VotePhase, number: int) -> None:
        liar = data.draw(st.sampled_from(sorted(self.cluster.byzantine)))
        values = [NIL, *(make_value(k).digest for k in range(1, self.cluster.values + 3))]
        receivers = data.draw(st.sets(st.sampled_from(self.cluster.honest), min_size=1))
        self.cluster.inject(Vote(liar, HEIGHT, number, phase, data.draw(st.sampled_from(values))), receivers)

    @precondition(lambda self: self.cluster.byzantine)
    @rule(data=st.data(), number=st.integers(0, ROUNDS), earlier=st.integers(-1, ROUNDS))
    def propose(self, data: st.DataObject, number: int, earlier: int) -> None:
        liar = data.draw(st.sampled_from(sorted(self.cluster.byzantine)))
        value = make_value(data.draw(st.integers(1, self.cluster.values + 2)))
        receivers = data.draw(st.sets(st.sampled_from(self.cluster.honest), min_size=1))
        backers = self.cluster.list_backers(earlier, value.digest)
        self.cluster.inject(SnapshotProposal(liar, HEIGHT, number, earlier, value, backers), receivers)

    @rule()
    def gossip(self) -> None:
        self.cluster.share_certificates()

    @invariant()
    def all_decide_the_same(self) -> None:
        if hasattr(self, "cluster"):
            assert len(set(self.cluster.decided.values())) <= 1

    @invariant()
    def every_decision_has_its_certificate(self) -> None:
        if hasattr(self, "cluster"):
            for certificate in self.cluster.certificates:
                assert is_quorum(sum_stake(self.cluster.stakes, certificate.signers), self.cluster.committee.total)

    @invariant()
    def honest_replicas_vote_once(self) -> None:
        if hasattr(self, "cluster"):
            votes = [message[:4] for message in self.cluster.sent if isinstance(message, Vote)]
            assert len(votes) == len(set(votes))


TestAdversary = Adversary.TestCase
TestAdversary.settings = settings(max_examples=120, stateful_step_count=60, deadline=None)


class Schemer:
    """An adversary with a plan: round after round it shows every honest replica what that one is most ready to believe."""

    def __init__(self, luck: Random, stakes: tuple[int, ...], byzantine: tuple[int, ...]) -> None:
        self.luck = luck
        self.cluster = Cluster(stakes, byzantine, luck.randrange(len(stakes)))

    def play(self, rounds: int) -> None:
        self.cluster.start()
        for number in range(rounds):
            self.propose(number)
            for _ in range(4):
                self.deliver_some(self.luck.choice((0.2, 0.5, 0.8)))
                self.vote(number)
                self.fire_some(0.3)
            self.fire_some(0.9)
        self.cluster.drain()
        self.cluster.share_certificates()

    def deliver_some(self, part: float) -> None:
        """Each replica gets a part of its mail, some get nothing at all; the rest stays under way."""
        cluster, luck = self.cluster, self.luck
        deaf = {k for k in cluster.honest if luck.random() < 0.3}
        mail, cluster.mail = cluster.mail, []
        luck.shuffle(mail)
        for message, k in mail:
            if k in deaf or luck.random() > part:
                cluster.mail.append((message, k))
            else:
                cluster.apply(k, cluster.replicas[k].receive(message))

    def propose(self, number: int) -> None:
        """Two values in a round of one's own, each with the backing it has or a claim to have none."""
        cluster, luck = self.cluster, self.luck
        liar = cluster.committee.choose(HEIGHT, number)
        if liar in cluster.byzantine:
            values = [make_value(luck.randint(1, cluster.values + 1)) for _ in range(2)]
            for k in cluster.honest:
                value, earlier = luck.choice(values), luck.choice((-1, number - 1))
                backers = cluster.list_backers(earlier, value.digest)
                cluster.inject(SnapshotProposal(liar, HEIGHT, number, earlier, value, backers), [k])
            cluster.values += 1

    def vote(self, number: int) -> None:
        """Support whatever a replica holds as the round's proposal, with both votes."""
        cluster, luck = self.cluster, self.luck
        for k in cluster.honest:
            proposal = cluster.replicas[k].get_book(number).proposal
            for liar in cluster.byzantine:
                for phase in VotePhase:
                    if proposal is not None and luck.random() < 0.6:
                        cluster.inject(Vote(liar, HEIGHT, number, phase, proposal.snapshot.digest), [k])
                    elif luck.random() < 0.2:
                        cluster.inject(Vote(liar, HEIGHT, number, phase, NIL), [k])

    def fire_some(self, part: float) -> None:
        cluster = self.cluster
        timers, cluster.timers = cluster.timers, []
        for timer, k in timers:
            if self.luck.random() < part:
                cluster.apply(k, cluster.replicas[k].wake(timer))
            else:
                cluster.timers.append((timer, k))


def test_a_schemer_below_a_third_never_gets_two_decisions() -> None:
    decisions = rounds = 0
    for seed in range(4000):
        stakes, byzantine = SHAPES[seed % len(SHAPES)]
        schemer = Schemer(Random(seed), stakes, byzantine)
        schemer.play(6)
        decided = schemer.cluster.decided.values()
        assert len(set(decided)) <= 1, f"seed {seed}"
        decisions += bool(decided)
        rounds += any(certificate.round > 0 for certificate in schemer.cluster.certificates)
    assert decisions > 2000
    assert rounds > 500


def test_the_same_schemer_succeeds_from_a_third_on() -> None:
    """Otherwise the test above would say nothing."""
    broken = 0
    for seed in range(200):
        schemer = Schemer(Random(seed), (1, 1, 1, 1), (0, 1))
        schemer.play(6)
        broken += len(set(schemer.cluster.decided.values())) > 1
    assert broken > 5


def lock_on_a_value() -> tuple[Replica, Snapshot]:
    """A replica that saw a quorum of prevotes for a value in round 0, and is now in round 1."""
    replica, value = Replica(0, HEIGHT, Cluster((1, 1, 1, 1), first=1).committee, lambda snapshot: True), make_value(1)
    replica.start()
    for message in (SnapshotProposal(1, HEIGHT, 0, -1, value), *(Vote(k, HEIGHT, 0, VotePhase.PREVOTE, value.digest) for k in range(3))):
        effects = replica.receive(message)
    assert [vote.phase for vote in effects if isinstance(vote, Vote)] == [VotePhase.PRECOMMIT]
    replica.wake(Timer(ConsensusStep.PRECOMMIT, 0))
    assert (replica.locked_digest, replica.locked_round, replica.round) == (value.digest, 0, 1)
    return replica, value


def test_a_locked_replica_refuses_another_value_and_takes_its_own() -> None:
    for number, expected in ((99, NIL), (1, make_value(1).digest)):
        replica, _ = lock_on_a_value()
        votes = [vote for vote in replica.receive(SnapshotProposal(2, HEIGHT, 1, -1, make_value(number))) if isinstance(vote, Vote)]
        assert [vote.digest for vote in votes] == [expected]


def test_a_lock_gives_way_to_a_later_quorum_only() -> None:
    for earlier, has_quorum, expected in ((1, True, True), (1, False, None), (-1, True, False)):
        replica = Replica(0, HEIGHT, Cluster((1, 1, 1, 1)).committee, lambda snapshot: True)
        replica.start()
        replica.locked_digest, replica.locked_round = make_value(1).digest, 0
        other = make_value(2)
        replica.round, replica.step = 2, ConsensusStep.PROPOSE
        if has_quorum:
            for k in (1, 2, 3):
                replica.receive(Vote(k, HEIGHT, 1, VotePhase.PREVOTE, other.digest))
        votes = [vote for vote in replica.receive(SnapshotProposal(2, HEIGHT, 2, earlier, other)) if isinstance(vote, Vote)]
        assert [vote.digest == other.digest for vote in votes] == ([] if expected is None else [expected])


@given(st.sampled_from(SHAPES), st.integers(0, 6), st.randoms(use_true_random=False), st.integers(0, 60))
@settings(max_examples=60, deadline=None)
def test_everybody_decides_once_messages_arrive(
    shape: tuple[tuple[int, ...], tuple[int, ...]], first: int, luck: object, chaos: int
) -> None:
    """After any beginning, with silent Byzantine guardians, timely delivery ends in a decision within a few rounds."""
    cluster = Cluster(*shape, first)
    cluster.start()
    for _ in range(chaos):
        if cluster.timers and luck.random() < 0.2:  # type: ignore[attr-defined]
            cluster.fire(luck.randrange(len(cluster.timers)))  # type: ignore[attr-defined]
        elif cluster.mail:
            cluster.deliver(luck.randrange(len(cluster.mail)))  # type: ignore[attr-defined]
    for _ in range(12 * len(cluster.stakes)):
        cluster.drain()
        cluster.share_certificates()
        if len(cluster.decided) == len(cluster.honest):
            break
        timers, cluster.timers = cluster.timers, []
        for timer, k in timers:
            cluster.apply(k, cluster.replicas[k].wake(timer))
    assert len(cluster.decided) == len(cluster.honest)
    assert len(set(cluster.decided.values())) == 1


def test_without_a_quorum_nobody_decides() -> None:
    cluster = Cluster((1, 1, 1), (2,))
    cluster.start()
    for _ in range(40):
        cluster.drain()
        timers, cluster.timers = cluster.timers, []
        for timer, k in timers:
            cluster.apply(k, cluster.replicas[k].wake(timer))
    assert cluster.decided == {}
    assert {(replica.round, replica.step) for replica in cluster.replicas.values()} == {(0, ConsensusStep.PREVOTE)}


def test_a_third_of_the_stake_can_make_two_snapshots_final() -> None:
    """The constructed attack: the proposer shows each half another snapshot, and signs both."""
    cluster = Cluster((1, 1, 1), (0,))
    assert is_blocking(1, 3)
    cluster = Cluster((1, 1, 1, 1), (0, 1))
    cluster.start()
    for k, value in ((2, make_value(1)), (3, make_value(2))):
        cluster.inject(SnapshotProposal(0, HEIGHT, 0, -1, value), [k])
        for liar in (0, 1):
            for phase in VotePhase:
                cluster.inject(Vote(liar, HEIGHT, 0, phase, value.digest), [k])
        cluster.drain([k])
    assert len(set(cluster.decided.values())) == 2
    guilty = set.intersection(*(set(certificate.signers) for certificate in cluster.certificates))
    assert guilty == {0, 1}


def test_a_lock_that_others_did_not_see_can_be_shown() -> None:
    """Without the backers in the proposal the others would wait for prevotes that a Byzantine guardian sent to one alone."""
    committee, value = Cluster((1, 1, 1, 1)).committee, make_value(1)
    for backers, digests in (((), []), ((0, 1), []), ((0, 0, 1), []), ((0, 1, 3), [value.digest])):
        replica = Replica(2, HEIGHT, committee, lambda snapshot: True)
        replica.start()
        replica.round, replica.step = 1, ConsensusStep.PROPOSE
        effects = replica.receive(SnapshotProposal(1, HEIGHT, 1, 0, value, backers))
        assert [vote.digest for vote in effects if isinstance(vote, Vote)] == digests


def test_a_proposer_shows_the_lock_that_it_has() -> None:
    replica, value = lock_on_a_value()
    turns = [effect for effect in replica.wake(Timer(ConsensusStep.PRECOMMIT, 1)) if isinstance(effect, Turn)]
    turns += [effect for effect in replica.wake(Timer(ConsensusStep.PRECOMMIT, 2)) if isinstance(effect, Turn)]
    assert [(turn.valid_round, turn.snapshot, turn.backers) for turn in turns] == [(0, value, (0, 1, 2))]


def test_certificates_are_checked_before_they_are_adopted() -> None:
    cluster = Cluster((1, 1, 1, 1))
    value = make_value(1)
    for signers, digest, height in (
        ((0, 1), value.digest, HEIGHT),
        ((0, 0, 1), value.digest, HEIGHT),
        ((0, 1, 2), b"other", HEIGHT),
        ((0, 1, 2), value.digest, 2),
    ):
        assert cluster.replicas[3].adopt(Certificate(height, 0, digest, signers), value) == []
    assert cluster.replicas[3].adopt(Certificate(HEIGHT, 0, value.digest, (0, 1, 2)), value)
    liar = Replica(3, HEIGHT, cluster.committee, lambda snapshot: False)
    assert liar.adopt(Certificate(HEIGHT, 0, value.digest, (0, 1, 2)), value) == []


def test_a_proposal_out_of_turn_is_ignored() -> None:
    committee = Committee((1, 1, 1, 1), 4, lambda height, number: 1)
    replica = Replica(0, HEIGHT, committee, lambda snapshot: True)
    replica.start()
    assert replica.receive(SnapshotProposal(2, HEIGHT, 0, -1, make_value(1))) == []
    assert replica.receive(SnapshotProposal(1, HEIGHT, 0, -1, make_value(1))) != []


def test_a_false_snapshot_gets_no_vote() -> None:
    replica = Replica(0, HEIGHT, Committee((1, 1, 1, 1), 4, lambda height, number: 1), lambda snapshot: False)
    replica.start()
    votes = [vote for vote in replica.receive(SnapshotProposal(1, HEIGHT, 0, -1, make_value(1))) if isinstance(vote, Vote)]
    assert [vote.digest for vote in votes] == [NIL]


def test_messages_before_the_start_are_kept() -> None:
    cluster = Cluster((1, 1, 1, 1))
    value = make_value(1)
    replica = Replica(3, HEIGHT, cluster.committee, lambda snapshot: True)
    for message in (SnapshotProposal(0, HEIGHT, 0, -1, value), *(Vote(k, HEIGHT, 0, VotePhase.PRECOMMIT, value.digest) for k in range(3))):
        assert replica.receive(message) == []
    assert replica.decision is None
    replica.start()
    assert replica.decision is not None
