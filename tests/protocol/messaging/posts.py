"""A small world with two rollups, real headers and a final snapshot."""

from typing import NamedTuple

from metalab.protocol.messaging.agreement.snapshots import NO_PARENT, Header, Snapshot, compute_header_root, make_snapshot
from metalab.protocol.messaging.agreement.votes import Certificate
from metalab.protocol.messaging.proofs.light_client import OutboxProof, SnapshotProof, prove_rollup
from metalab.protocol.messaging.proofs.merkle import compute_root, prove
from metalab.protocol.messaging.transport.channel import Letter

STAKES = (1, 1, 1, 1)


class Small(NamedTuple):
    letters: list[Letter]
    headers: list[Header]
    snapshot: Snapshot
    certificate: Certificate

    def prove_letter(self, place: int) -> OutboxProof:
        leaves = [letter.encode() for letter in self.letters]
        return OutboxProof(place, len(leaves), prove(leaves, place), tuple(self.headers))

    def prove_source(self, rollup: int = 0) -> SnapshotProof:
        return prove_rollup(self.snapshot, rollup, self.certificate)


def make_small(count: int = 3, later: int = 1) -> Small:
    """`count` letters from rollup 0 leave in its first header; the snapshot holds the header `later` ticks after."""
    letters = [Letter(0, 1, nonce, 7, 8, 100 + nonce, 5, 10**9) for nonce in range(count)]
    outbox = compute_root([letter.encode() for letter in letters])
    headers = [Header(0, 0, NO_PARENT, b"s" * 32, outbox)]
    for tick in range(1, later + 1):
        headers.append(Header(0, tick, compute_header_root(headers[-1]), b"t" * 32, compute_root([])))
    roots = (compute_header_root(headers[-1]), b"x" * 32, b"y" * 32)
    snapshot = make_snapshot(1, (later, 4, 5), roots)
    return Small(letters, headers, snapshot, Certificate(1, 0, snapshot.digest, (0, 1, 2)))
