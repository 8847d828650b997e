"""Uniforms and normal deviates one after the other, for event loops that cannot know how many they will need.

A sequence is (seed, stream, entity); its n-th number is `uniform_at` of that key with entity as agent and n as index, so it
depends neither on what other entities draw nor on how many numbers are made at a time.
"""

from typing import Any

import numpy as np

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.protocol.kernel.compiling import entry, rule

BLOCK = 256
"""Numbers made in one compiled pass after the first few; the values do not depend on it."""
FIRST_BLOCK = 16
"""Numbers made at first: many sequences of a simulation never need more."""


@rule
def fill_uniforms(out: Any, seed: int, stream: int, entity: int, first: int) -> None:
    """Write numbers first, first + 1, ... of a sequence."""
    # Replication and day 0: a simulation of the fast clock has neither.
    key = derive_key(seed, 0, stream, 0)
    for k in range(len(out)):
        out[k] = uniform_at(key, entity, first + k)


@rule
def fill_normals(out: Any, seed: int, stream: int, entity: int, first: int) -> None:
    """Write the standard normal deviates of the same numbers."""
    key = derive_key(seed, 0, stream, 0)
    for k in range(len(out)):
        out[k] = normal(uniform_at(key, entity, first + k))


class Sequence:
    """The numbers of one entity of a stream, consumed in order."""

    __slots__ = ("_buffer", "_entity", "_fill", "_first", "_place", "_seed", "_size", "_stream")

    def __init__(self, seed: int, stream: int, entity: int, *, normals: bool = False, block: int = BLOCK) -> None:
        self._seed, self._stream, self._entity = seed, stream, entity
        self._fill: Any = entry(fill_normals if normals else fill_uniforms)
        self._first = self._place = 0
        self._size = block
        self._buffer: list[float] = []

    def draw(self) -> float:
        """The next number."""
        place = self._place
        if place == len(self._buffer):
            self._refill()
            place = 0
        self._place = place + 1
        return self._buffer[place]

    def _refill(self) -> None:
        self._first += len(self._buffer)
        out = np.empty(self._size if self._first else min(FIRST_BLOCK, self._size))
        self._fill(out, self._seed, self._stream, self._entity, self._first)
        self._buffer = out.tolist()
