"""Uniform random numbers as a pure function of (seed, replication, stream, day, agent, index).

Philox4x32-10 (Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011) turns a 128-bit counter
and a 64-bit key into four 32-bit words. There is no state: nothing that one agent draws can move what another draws.

What a population shares (seed, replication, stream, day) is mixed into the key once a day by `derive_key`; the agent and
the number of the draw are the counter. Words are 32-bit values held in uint64, so that a product of two never overflows;
uint64 appears in this file only, because mixed with int64 it would become a float.
"""

from typing import Any

import numpy as np

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.scratch import I64, make_scratch

U64 = np.uint64
"""The type of words in the generator."""
F64 = np.float64
"""The type of uniforms."""
I32 = np.int32
"""Words less 2^31 while they become uniforms: processors turn many such integers into floats at once, and not U64."""
Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]
Key = tuple[np.uint64, np.uint64]

MULTIPLIER_0 = U64(0xD2511F53)
"""First multiplier of Philox4x32 (Salmon et al. 2011)."""
MULTIPLIER_1 = U64(0xCD9E8D57)
"""Second multiplier."""
WEYL_0 = U64(0x9E3779B9)
"""Added to the first word of the key each round: 2^32 over the golden ratio."""
WEYL_1 = U64(0xBB67AE85)
"""Added to the second word of the key: 2^32 (sqrt(3) - 1)."""
MASK = U64(0xFFFFFFFF)
"""The lower 32 bits: a word."""
HALF = U64(32)
"""Bits of a word."""
ZERO = U64(0)
"""A counter word that is not used."""
SHUFFLING = U64(1)
"""Fourth counter word of `permute`; draws have 0 there, so that one key may serve both."""
SPLITTING = U64(2)
"""Fourth counter word of `split_key`, for the same reason."""
FIVE_WEYL_0 = U64(5 * 0x9E3779B9)
"""What five rounds add to the first word of the key: a tile is worked on in two passes of five."""
FIVE_WEYL_1 = U64(5 * 0xBB67AE85)
"""The same for the second word."""
ROUNDS = 10
"""Rounds of Philox4x32-10."""
TILE = 128
"""Agents whose words are worked on together: 4 KiB, well inside the nearest cache."""
WORDS = 4 * TILE
"""Words of a tile: four lanes."""
FEW = 24
"""Fewer rows than this are not worth a tile."""
LOW = 0xFFFFFFFF
"""The lower 32 bits of an int64."""
STEP = 2.0**-32
"""Width of a word's cell in (0, 1)."""
TOP = U64(1 << 31)
"""The highest bit of a word: with it turned, a word read as I32 is less by 2^31."""
MIDDLE = 2.0**31 + 0.5
"""What a word that is less by 2^31 lacks to the middle of its cell."""


@rule
def philox(c0: Any, c1: Any, c2: Any, c3: Any, k0: Any, k1: Any) -> Words:
    """Philox4x32-10 of a counter and a key, all given as words below 2^32. Returns four words below 2^32."""
    a, b, c, d = U64(c0), U64(c1), U64(c2), U64(c3)
    x, y = U64(k0), U64(k1)
    for _ in range(ROUNDS):
        p = MULTIPLIER_0 * a
        q = MULTIPLIER_1 * c
        a, b, c, d = (q >> HALF) ^ b ^ x, q & MASK, (p >> HALF) ^ d ^ y, p & MASK
        x = (x + WEYL_0) & MASK
        y = (y + WEYL_1) & MASK
    return a, b, c, d


@rule
def derive_key(seed: int, replication: int, stream: int, day: int) -> Key:
    """The key that a population shares for one day. Any int64 is a valid seed, replication, stream or day (genesis: -1).

    All 64 bits of each enter: the first Philox is a bijection of (replication, stream) under the seed, the second one
    mixes its whole result with the day.
    """
    a = philox(replication & LOW, (replication >> 32) & LOW, stream & LOW, (stream >> 32) & LOW, seed & LOW, (seed >> 32) & LOW)
    b = philox(day & LOW, (day >> 32) & LOW, a[2], a[3], a[0], a[1])
    return b[0], b[1]


@rule
def _to_unit(word: np.uint64) -> float:
    """The middle of the word's cell of width 2^-32: exact in float64, never 0 and never 1."""
    return (float(word) + 0.5) * STEP


@rule
def uniform_at(key: Key, agent: int, index: int) -> float:
    """Draw `index` (0 <= index < 2^34) of an agent (>= 0), strictly inside (0, 1): lane index % 4 of block index // 4."""
    words = philox(agent & LOW, (agent >> 32) & LOW, (index >> 2) & LOW, 0, key[0], key[1])
    return _to_unit(words[index & 3])


@rule
def split_key(key: Key, agent: int, index: int) -> Key:
    """A key of an agent's own for one purpose (0 <= index < 2^32): for a choice in which every option has a draw."""
    words = philox(agent & LOW, (agent >> 32) & LOW, index, SPLITTING, key[0], key[1])
    return words[0], words[1]


@rule
def fill_row(flat: Any, key: Key, row: int, agent: int) -> None:
    """Write uniform_at(key, agent, column) into one row of `flat`."""
    width = flat.shape[1]
    for first in range(0, width, 4):
        words = philox(agent & LOW, (agent >> 32) & LOW, first >> 2, 0, key[0], key[1])
        for lane in range(min(4, width - first)):
            flat[row, first + lane] = _to_unit(words[lane])


@rule
def _open_tile(x: Any, agents: Any, block: int) -> None:
    """Set the counters of `block`. x[lane * TILE + t] is word `lane` of agents[t]."""
    for t in range(TILE):
        agent = U64(agents[t])
        x[t] = agent & MASK
        x[TILE + t] = agent >> HALF
        x[2 * TILE + t] = U64(block)
        x[3 * TILE + t] = ZERO


@rule
def _pass_tile(x: Any, k0: Any, k1: Any) -> None:
    """Five rounds of Philox on a tile. The upper halves of words are left dirty: every product and output masks them.

    The rounds are written out because numba turns a loop into vector instructions before it inlines calls.
    """
    for t in range(TILE):
        p = MULTIPLIER_0 * (x[t] & MASK)
        q = MULTIPLIER_1 * (x[2 * TILE + t] & MASK)
        a = (q >> HALF) ^ x[TILE + t] ^ k0
        c = (p >> HALF) ^ x[3 * TILE + t] ^ k1
        r = MULTIPLIER_0 * (a & MASK)
        s = MULTIPLIER_1 * (c & MASK)
        a = (s >> HALF) ^ q ^ (k0 + WEYL_0)
        c = (r >> HALF) ^ p ^ (k1 + WEYL_1)
        p = MULTIPLIER_0 * (a & MASK)
        q = MULTIPLIER_1 * (c & MASK)
        a = (q >> HALF) ^ s ^ (k0 + WEYL_0 + WEYL_0)
        c = (p >> HALF) ^ r ^ (k1 + WEYL_1 + WEYL_1)
        r = MULTIPLIER_0 * (a & MASK)
        s = MULTIPLIER_1 * (c & MASK)
        a = (s >> HALF) ^ q ^ (k0 + WEYL_0 + WEYL_0 + WEYL_0)
        c = (r >> HALF) ^ p ^ (k1 + WEYL_1 + WEYL_1 + WEYL_1)
        p = MULTIPLIER_0 * (a & MASK)
        q = MULTIPLIER_1 * (c & MASK)
        x[t] = (q >> HALF) ^ s ^ (k0 + WEYL_0 + WEYL_0 + WEYL_0 + WEYL_0)
        x[TILE + t] = q
        x[2 * TILE + t] = (p >> HALF) ^ r ^ (k1 + WEYL_1 + WEYL_1 + WEYL_1 + WEYL_1)
        x[3 * TILE + t] = p


@rule
def _convert_tile(y: Any, x: Any, lanes: int) -> None:
    """The first lanes' words to uniforms: the same numbers as of `_to_unit`, as nothing is rounded on the way."""
    for t in range(lanes * TILE):
        y[t] = (float(I32((x[t] & MASK) ^ TOP)) + MIDDLE) * STEP


@rule
def _copy_tile(flat: Any, row: int, count: int, first: int, y: Any) -> None:
    """Write the four lanes of a tile (fewer at the right edge) into the columns of `flat` from `first` on."""
    lanes = flat.shape[1] - first
    for t in range(count):
        # Masked, a row is seen to be no negative one, which saves a check at each number.
        place = (row + t) & LOW
        flat[place, first] = y[t]
        if lanes > 1:
            flat[place, first + 1] = y[TILE + t]
        if lanes > 2:
            flat[place, first + 2] = y[2 * TILE + t]
        if lanes > 3:
            flat[place, first + 3] = y[3 * TILE + t]


@rule
def _fill_tile(flat: Any, key: Key, agents: Any, row: int, count: int) -> None:
    x = make_scratch(WORDS, U64)
    y = make_scratch(WORDS, F64)
    for first in range(0, flat.shape[1], 4):
        _open_tile(x, agents, first >> 2)
        _pass_tile(x, key[0], key[1])
        _pass_tile(x, key[0] + FIVE_WEYL_0, key[1] + FIVE_WEYL_1)
        _convert_tile(y, x, min(4, flat.shape[1] - first))
        _copy_tile(flat, row, count, first, y)


@rule
def fill_agents(flat: Any, key: Key, agents: Any, row: int, count: int) -> None:
    """Write uniform_at(key, agents[t], column) into row row + t of `flat`, a C-contiguous float64 table [agents, draws], t < count.

    `agents` has TILE numbers: Philox runs on all of them at a time, word by word in unit stride, which compilers turn into
    vector instructions.
    """
    if count >= FEW:
        _fill_tile(flat, key, agents, row, count)
        return
    for t in range(count):
        fill_row(flat, key, row + t, agents[t])


@rule
def fill_draws(flat: Any, key: Key, start: int, stop: int) -> None:
    """Write uniform_at(key, row, column) into rows start..stop-1 of `flat`."""
    agents = make_scratch(TILE, I64)
    for row in range(start, stop, TILE):
        for t in range(TILE):
            agents[t] = row + t
        fill_agents(flat, key, agents, row, min(TILE, stop - row))


@rule
def draw_one(seed: int, replication: int, stream: int, day: int, agent: int, index: int) -> float:
    """One uniform from its whole address; for single draws, where mixing the key each time does not matter."""
    return uniform_at(derive_key(seed, replication, stream, day), agent, index)


@rule
def _below(high: np.uint64, low: np.uint64, n: np.uint64) -> np.uint64:
    """floor(x * n / 2^64) of the 64-bit number x = (high, low), for n < 2^31: uniform on 0..n-1 but for a bias of n / 2^64."""
    return (high * n + ((low * n) >> HALF)) >> HALF


@rule
def permute(out: Any, key: Key) -> None:
    """Write a random order of 0..len(out)-1 into the int64 array `out` (Fisher-Yates; fewer than 2^31 elements).

    Each exchange uses 64 random bits, two of a block's words, hence no place is favoured by more than len(out) / 2^64.
    """
    for i in range(len(out)):
        out[i] = i
    # From the last place down: what has been exchanged is never touched again.
    for i in range(len(out) - 1, 0, -1):
        words = philox(i >> 1, 0, 0, SHUFFLING, key[0], key[1])
        lane = (i & 1) * 2
        j = _below(words[lane], words[lane + 1], U64(i + 1))
        kept = out[i]
        out[i] = out[j]
        out[j] = kept
