"""Channels: at most once, in order, never without a proof, nothing lost and nothing made."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from metalab.protocol.messaging.proofs.light_client import Refusal
from metalab.protocol.messaging.transport.balances import Balances
from metalab.protocol.messaging.transport.channel import Inbox, Letter, Outbox, Receipt

START = 10_000


class Channel(RuleBasedStateMachine):
    """Senders, a relayer that repeats, reorders and cheats, a clock, and receipts that come back in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.money, self.target = Balances(), Balances()
        self.money.deposit(1, START)
        self.outbox, self.inbox = Outbox(0, 1), Inbox(0, 1)
        self.letters: list[Letter] = []
        self.final = 0
        self.now = 0
        self.executed: list[int] = []
        self.skipped: list[int] = []
        self.receipts: list[Receipt] = []

    @rule(amount=st.integers(0, 400), fee=st.integers(0, 50), life=st.integers(1, 30))
    def send(self, amount: int, fee: int, life: int) -> None:
        if self.money.withdraw(1, amount + fee):
            self.letters.append(self.outbox.send(1, 2, amount, fee, self.now + life))

    @rule()
    def finalise(self) -> None:
        self.final = len(self.letters)

    @precondition(lambda self: self.letters)
    @rule(data=st.data(), is_changed=st.booleans())
    def deliver(self, data: st.DataObject, is_changed: bool) -> None:
        letter = data.draw(st.sampled_from(self.letters))
        verdict = Refusal.OK if letter.nonce < self.final else Refusal.NOT_FINAL
        if is_changed:
            letter, verdict = letter._replace(amount=letter.amount + 1), Refusal.BAD_PROOF
        result = self.inbox.receive(letter, verdict, self.now)
        if verdict != Refusal.OK:
            assert result == verdict
        self.drain()

    def drain(self) -> None:
        while (letter := self.inbox.execute_next(self.now)) is not None:
            assert self.now < letter.deadline_ms
            self.executed.append(letter.nonce)
            self.target.deposit(letter.recipient, letter.amount)
            self.receipts.append(Receipt(0, 1, letter.nonce, True))

    @rule(step=st.integers(1, 12))
    def wait(self, step: int) -> None:
        self.now += step

    @precondition(lambda self: self.letters)
    @rule(data=st.data())
    def expire(self, data: st.DataObject) -> None:
        letter = data.draw(st.sampled_from(self.letters))
        receipt = self.inbox.skip(letter, self.now)
        if receipt is not None:
            assert self.now >= letter.deadline_ms
            self.skipped.append(letter.nonce)
            self.receipts.append(receipt)
        self.drain()

    @precondition(lambda self: self.receipts)
    @rule(data=st.data())
    def settle(self, data: st.DataObject) -> None:
        receipt = data.draw(st.sampled_from(self.receipts))
        was_open = receipt.nonce in self.outbox.open
        letter = self.outbox.settle(receipt)
        assert (letter is not None) == was_open
        if letter is not None and not receipt.was_executed:
            self.money.deposit(letter.sender, letter.amount + letter.fee)

    @invariant()
    def at_most_once_and_in_order(self) -> None:
        assert self.executed == sorted(set(self.executed))
        assert len(self.skipped) == len(set(self.skipped))
        assert not set(self.executed) & set(self.skipped)

    @invariant()
    def nothing_before_its_root_is_final(self) -> None:
        assert all(nonce < self.final for nonce in self.executed)

    @invariant()
    def nothing_is_passed_over(self) -> None:
        done = set(self.executed) | set(self.skipped)
        assert not self.executed or set(range(max(self.executed))) <= done

    @invariant()
    def money_is_conserved(self) -> None:
        fees, amounts = self.outbox.fees, self.outbox.amounts
        still_open = self.outbox.open.values()
        assert fees.held == sum(letter.fee for letter in still_open)
        assert amounts.held == sum(letter.amount for letter in still_open)
        assert self.money.total + fees.held + fees.spent + amounts.held + amounts.spent == START
        assert self.target.total == sum(self.letters[nonce].amount for nonce in self.executed) == self.inbox.moved


TestChannel = Channel.TestCase
TestChannel.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)


def test_a_replay_is_refused_before_and_after_execution() -> None:
    outbox, inbox = Outbox(0, 1), Inbox(0, 1)
    first, second = (outbox.send(1, 2, 10, 1, 100) for _ in range(2))
    assert inbox.receive(second, Refusal.OK, 5) == Refusal.OK
    assert inbox.receive(second, Refusal.OK, 5) == Refusal.REPLAYED
    assert inbox.execute_next(5) is None
    assert inbox.receive(first, Refusal.OK, 5) == Refusal.OK
    assert [inbox.execute_next(5), inbox.execute_next(5), inbox.execute_next(5)] == [first, second, None]
    assert inbox.receive(first, Refusal.OK, 5) == Refusal.REPLAYED


def test_an_expired_letter_does_not_block_the_next() -> None:
    outbox, inbox = Outbox(0, 1), Inbox(0, 1)
    hasty, patient = outbox.send(1, 2, 10, 1, 50), outbox.send(1, 2, 10, 1, 100)
    assert inbox.receive(patient, Refusal.OK, 20) == Refusal.OK
    assert inbox.skip(hasty, 49) is None
    assert inbox.skip(hasty, 50) == Receipt(0, 1, 0, False)
    assert inbox.skip(hasty, 51) is None
    assert inbox.receive(hasty, Refusal.OK, 51) == Refusal.EXPIRED
    assert inbox.execute_next(60) == patient


def test_a_letter_that_waited_too_long_is_not_executed() -> None:
    outbox, inbox = Outbox(0, 1), Inbox(0, 1)
    outbox.send(1, 2, 10, 1, 100)
    second = outbox.send(1, 2, 10, 1, 50)
    inbox.receive(second, Refusal.OK, 20)
    inbox.skip(outbox.open[0], 100)
    assert inbox.execute_next(100) is None
    assert inbox.skip(second, 100) == Receipt(0, 1, 1, False)


def test_a_letter_of_another_channel_is_refused() -> None:
    letter = Outbox(0, 2).send(1, 2, 10, 1, 100)
    assert Inbox(0, 1).receive(letter, Refusal.OK, 0) == Refusal.WRONG_CHANNEL
    assert Outbox(0, 1).settle(Receipt(0, 2, 0, True)) is None


@pytest.mark.parametrize(("amount", "fee"), [(-1, 0), (0, -1)])
def test_negative_amounts_are_refused(amount: int, fee: int) -> None:
    outbox = Outbox(0, 1)
    with pytest.raises(ValueError, match="negative"):
        outbox.send(1, 2, amount, fee, 100)
    assert (outbox.next_nonce, outbox.fees.taken) == (0, 0)


def test_leaves_tell_letters_and_receipts_apart() -> None:
    letter = Letter(0, 1, 2, 3, 4, 5, 6, 7)
    others = [letter._replace(**{name: 99}) for name in Letter._fields]
    assert len({letter.encode(), Receipt(0, 1, 2, True).encode(), Receipt(0, 1, 2, False).encode(), *(o.encode() for o in others)}) == 11
