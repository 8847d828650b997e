"""Rollups as the Metalayer sees them: blocks, commitments every tick, and the messages that left in each."""

import math
from itertools import accumulate

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.network import Delays, look_up
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.protocol.kernel.codes import Framework
from metalab.protocol.messaging.agreement.snapshots import NO_PARENT, Header, Snapshot, compute_header_root
from metalab.protocol.messaging.proofs.adapters import publish, read_state
from metalab.protocol.messaging.proofs.hashing import hash_parts
from metalab.protocol.messaging.proofs.light_client import OutboxProof
from metalab.protocol.messaging.proofs.merkle import EMPTY_ROOT, compute_root, prove
from metalab.protocol.messaging.transport.balances import Balances

WHOLE_WORLD = 1 << 40
"""Entity of draws that belong to no single rollup: above every rollup's number."""
HOME = 0
"""The rollup on which votes are decided and roles are kept: the largest one."""


class Chain:
    """One rollup: how fast it is, what it committed, what it holds."""

    def __init__(self, number: int, seed: int, settings: Settings) -> None:
        draws = Sequence(seed, Stream.METALAYER_WORLD, number)
        traffic, guarding = settings.traffic, settings.guarding
        self.number = number
        self.wait_s = look_up(draws.draw(), list(traffic.wait_quantiles_s))
        self.block_s = look_up(draws.draw(), list(traffic.block_quantiles_s))
        # Chains make blocks at times of their own, not all with the tick.
        self.phase_s = draws.draw() * self.block_s
        self.framework = Framework(pick(draws.draw(), list(traffic.framework_weights)))
        self.has_verifier = draws.draw() < settings.verifying.verifier_share
        self.funds, self.fees = Balances(), Balances()
        self.pending: list[bytes] = []
        self.headers: list[Header] = []
        self.roots: list[bytes] = []
        self.arrivals: list[float] = []
        self.leaves: dict[int, list[bytes]] = {}
        self._journal = hash_parts(b"genesis", number.to_bytes(8, "big"))
        self._delays = Delays(seed, Stream.METALAYER_ROOTS, number, guarding.root_s, guarding.root_sigma)

    def touch(self, what: bytes) -> None:
        """The state changes."""
        self._journal = hash_parts(b"journal", self._journal, what)

    def commit(self, now: float) -> None:
        """Publish the framework's own commitment; the adapter reads the state from it, and the header binds it."""
        tick = len(self.headers)
        leaves, self.pending = self.pending, []
        outbox = compute_root(leaves) if leaves else EMPTY_ROOT
        if leaves:
            self.leaves[tick] = leaves
            self.touch(outbox)
        native = publish(self.framework, tick, self._journal, outbox)
        state = read_state(native)
        if state is None:
            raise ValueError(f"rollup {self.number}: its own commitment of tick {tick} does not fit its form")
        header = Header(self.number, tick, self.roots[-1] if self.roots else NO_PARENT, state, outbox)
        self.headers.append(header)
        self.roots.append(compute_header_root(header))
        self.arrivals.append(now + self._delays.draw())

    def find_arrived(self, now: float) -> int:
        """The newest tick whose root is with the guardians; -1 for none."""
        # From the end: the newest that has arrived is among the last few.
        for tick in range(len(self.arrivals) - 1, -1, -1):
            if self.arrivals[tick] <= now:
                return tick
        return -1

    def find_block(self, now: float) -> float:
        """When the next block is made."""
        return self.phase_s + math.ceil((now - self.phase_s) / self.block_s) * self.block_s

    def prove(self, tick: int, place: int, last: int) -> OutboxProof:
        """The way from a leaf to the root of tick `last`."""
        leaves = self.leaves[tick]
        return OutboxProof(place, len(leaves), prove(leaves, place), tuple(self.headers[tick : last + 1]))


class RollupChains:
    """All rollups."""

    def __init__(self, seed: int, settings: Settings) -> None:
        self.all = [Chain(number, seed, settings) for number in range(settings.traffic.rollups)]
        self.tick_s = settings.guarding.tick_s
        weights = [1.0 / (number + 1) ** settings.traffic.zipf for number in range(len(self.all))]
        self._shares = list(accumulate(weight / sum(weights) for weight in weights))

    def commit(self, now: float) -> None:
        """Every rollup commits."""
        for chain in self.all:
            chain.commit(now)

    def choose(self, u: float, without: int = -1) -> int:
        """A rollup by size. `without` is left out, the others keeping their proportions."""
        if without < 0:
            return self._find(u)
        low = self._shares[without - 1] if without else 0.0
        width = self._shares[without] - low
        place = u * (1.0 - width)
        return self._skip(self._find(place if place < low else place + width), without)

    def _find(self, u: float) -> int:
        return next((k for k, share in enumerate(self._shares) if u < share), len(self._shares) - 1)

    def _skip(self, found: int, without: int) -> int:
        """Rounding at an edge must not hit the one that is left out."""
        return found if found != without else (found + 1) % len(self.all)

    def holds(self, snapshot: Snapshot) -> bool:
        """Whether every root of a snapshot is what its rollup committed."""
        entries = zip(self.all, snapshot.ticks, snapshot.roots, strict=True)
        return all(0 <= tick < len(chain.roots) and chain.roots[tick] == root for chain, tick, root in entries)


def pick(u: float, weights: list[int]) -> int:
    """Index with chance in proportion to its weight."""
    shares = list(accumulate(weights))
    return next((k for k, share in enumerate(shares) if u * shares[-1] < share), len(shares) - 1)
