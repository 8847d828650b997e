"""The journal: single movements of node tokens, kept when a world has room for them (per-node history)."""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field


class JournalRow(Record):
    """One movement of one node's tokens."""

    day: int = field("day", "when")
    cause: int = field("code", "Cause")
    node: int = field("row", "whose")
    amount: int = field("uERA", "how much")


class JournalState(Record):
    """How full the journal is."""

    count: int = field("1", "rows written")
    dropped: int = field("1", "movements that found the journal full")


@rule
def note(journal: Rows[JournalRow], log: JournalState, day: int, cause: int, node: int, amount: int) -> None:
    """Write a movement down; a full journal counts what it cannot take, one without room does nothing."""
    if len(journal) == 0:
        return
    if log.count >= len(journal):
        log.dropped += 1
        return
    row = journal[log.count]
    row.day = day
    row.cause = cause
    row.node = node
    row.amount = amount
    log.count += 1
