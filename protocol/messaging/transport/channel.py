"""Message channels: one queue in each direction between two rollups.

The source numbers its messages and holds what their senders paid until the destination's receipt says what became of each.
The destination executes every number at most once and in order; a message whose time is over is skipped for good, and only
the receipt of that gives the money back. All amounts are whole micro-units.
"""

from typing import NamedTuple

from metalab.protocol.messaging.proofs.hashing import encode_whole
from metalab.protocol.messaging.proofs.light_client import Refusal


class Letter(NamedTuple):
    """A message. `amount` moves with it and `fee` pays for it; it may be executed before the time `deadline_ms`."""

    source: int
    target: int
    nonce: int
    sender: int
    recipient: int
    amount: int
    fee: int
    deadline_ms: int

    def encode(self) -> bytes:
        """The leaf in the source's outbox."""
        # The word in front keeps a receipt from ever passing for a letter.
        return b"letter" + b"".join(encode_whole(value) for value in self)


class Receipt(NamedTuple):
    """What the destination says of a letter: executed or skipped."""

    source: int
    target: int
    nonce: int
    was_executed: bool

    def encode(self) -> bytes:
        """The leaf in the destination's outbox."""
        return b"receipt" + b"".join(encode_whole(int(value)) for value in self)


class CurrencyFlow:
    """One currency on its way through a channel: taken = held + spent + returned, always."""

    def __init__(self) -> None:
        self.taken = self.spent = self.returned = 0

    @property
    def held(self) -> int:
        """What is in escrow."""
        return self.taken - self.spent - self.returned


class Outbox:
    """The source's end of a channel. Fees and amounts stay in escrow until a receipt says what became of a letter."""

    def __init__(self, source: int, target: int) -> None:
        self.source, self.target = source, target
        self.next_nonce = 0
        self.open: dict[int, Letter] = {}
        self.fees, self.amounts = CurrencyFlow(), CurrencyFlow()

    def send(self, sender: int, recipient: int, amount: int, fee: int, deadline_ms: int) -> Letter:
        """Number a letter and take what it costs into escrow. The caller has taken it from the sender's balance."""
        if amount < 0 or fee < 0:
            raise ValueError(f"amount {amount} and fee {fee} must not be negative")
        letter = Letter(self.source, self.target, self.next_nonce, sender, recipient, amount, fee, deadline_ms)
        self.open[letter.nonce] = letter
        self.next_nonce += 1
        self.fees.taken += fee
        self.amounts.taken += amount
        return letter

    def settle(self, receipt: Receipt) -> Letter | None:
        """Release what a letter holds: fee and amount are spent, or both go back to the sender.

        Returns the letter, None when the receipt is for none that is open: then nothing changes.
        """
        if (receipt.source, receipt.target) != (self.source, self.target) or receipt.nonce not in self.open:
            return None
        letter = self.open.pop(receipt.nonce)
        if receipt.was_executed:
            self.fees.spent += letter.fee
            self.amounts.spent += letter.amount
        else:
            self.fees.returned += letter.fee
            self.amounts.returned += letter.amount
        return letter


class Inbox:
    """The destination's end of a channel: which numbers are done, and letters that wait for an earlier number."""

    def __init__(self, source: int, target: int) -> None:
        self.source, self.target = source, target
        self.next_nonce = 0
        self.waiting: dict[int, Letter] = {}
        self.skipped: set[int] = set()
        self.executed = self.moved = 0

    def receive(self, letter: Letter, verdict: Refusal, now_ms: int) -> Refusal:
        """Take a letter in that `verdict` says is proven. Executes nothing yet: see `execute_next`."""
        if verdict != Refusal.OK:
            return verdict
        if (letter.source, letter.target) != (self.source, self.target):
            return Refusal.WRONG_CHANNEL
        # Before the numbers are compared: a skipped letter is behind them too, but has expired and was not repeated.
        if letter.nonce in self.skipped:
            return Refusal.EXPIRED
        if letter.nonce < self.next_nonce or letter.nonce in self.waiting:
            return Refusal.REPLAYED
        if now_ms >= letter.deadline_ms:
            return Refusal.EXPIRED
        self.waiting[letter.nonce] = letter
        return Refusal.OK

    def skip(self, letter: Letter, now_ms: int) -> Receipt | None:
        """Refuse a letter for good because its time is over; None when it is too early or its fate is sealed."""
        if now_ms < letter.deadline_ms or letter.nonce < self.next_nonce or letter.nonce in self.skipped:
            return None
        # It may have come in and be waiting for an earlier number.
        self.waiting.pop(letter.nonce, None)
        self.skipped.add(letter.nonce)
        self._pass_skipped()
        return Receipt(letter.source, letter.target, letter.nonce, False)

    def execute_next(self, now_ms: int) -> Letter | None:
        """Execute the next letter in order, if it is here and its time is not over."""
        letter = self.waiting.get(self.next_nonce)
        if letter is None or now_ms >= letter.deadline_ms:
            return None
        del self.waiting[letter.nonce]
        self.next_nonce += 1
        self.executed += 1
        self.moved += letter.amount
        self._pass_skipped()
        return letter

    def _pass_skipped(self) -> None:
        while self.next_nonce in self.skipped:
            self.next_nonce += 1
