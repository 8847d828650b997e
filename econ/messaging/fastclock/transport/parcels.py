"""A message on its way, as the simulation follows it."""

from enum import IntEnum

from metalab.econ.messaging.fastclock.guardians.guardian import Final
from metalab.protocol.messaging.proofs.verification import Path
from metalab.protocol.messaging.transport.channel import Letter


class MessageStatus(IntEnum):
    """How far a message is."""

    WAITING = 0
    READY = 1
    ACCEPTED = 2
    EXECUTED = 3
    EXPIRED = 4


class Parcel:
    """A letter with what happened to it; times in seconds, -1 for what has not happened."""

    __slots__ = (
        "batch",
        "done_s",
        "final",
        "final_s",
        "first_path",
        "gas",
        "letter",
        "path",
        "place",
        "proven_s",
        "sent_s",
        "settled_s",
        "status",
        "tick",
        "tries",
        "value_usd",
    )  # fmt: skip

    def __init__(self, letter: Letter, path: Path, value_usd: float, sent_s: float) -> None:
        self.letter, self.path, self.first_path, self.value_usd, self.sent_s = letter, path, path, value_usd, sent_s
        self.status = MessageStatus.WAITING
        self.tick = self.place = -1
        self.final_s = self.proven_s = self.done_s = self.settled_s = -1.0
        self.final: Final | None = None
        self.tries = self.batch = 0
        self.gas = 0.0

    @property
    def is_open(self) -> bool:
        """Whether its fate is not decided at the destination."""
        return self.status < MessageStatus.EXECUTED
