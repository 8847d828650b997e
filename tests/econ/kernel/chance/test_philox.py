import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from metalab.econ.kernel.chance.philox import FEW, TILE, _below, _to_unit, derive_key, draw_one, fill_draws, permute, philox, uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.protocol.kernel.compiling import plain

FULL = 0xFFFFFFFF
INT64 = st.integers(-(2**63), 2**63 - 1)
WORD = st.integers(0, FULL)

KNOWN = [
    ((0, 0, 0, 0, 0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((FULL,) * 6, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344, 0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
"""The vectors of Random123's kat_vectors for philox4x32 with 10 rounds: zeros, ones, digits of pi."""

GOLDEN = (
    0.8307271468220279,
    0.7677109289215878,
    0.5819824660429731,
    0.6724884569412097,
    0.9433759426465258,
)


def reference(counter, key):
    """Philox4x32-10 in Python's unbounded integers, written from the paper."""
    x0, x1, x2, x3 = counter
    k0, k1 = key
    for _ in range(10):
        high0, low0 = divmod(0xD2511F53 * x0, 2**32)
        high1, low1 = divmod(0xCD9E8D57 * x2, 2**32)
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) % 2**32, (k1 + 0xBB67AE85) % 2**32
    return x0, x1, x2, x3


def reference_key(seed, replication, stream, day):
    low, high = (lambda n: n % 2**32), (lambda n: n // 2**32 % 2**32)
    a = reference((low(replication), high(replication), low(stream), high(stream)), (low(seed), high(seed)))
    return reference((low(day), high(day), a[2], a[3]), (a[0], a[1]))[:2]


def reference_uniform(key, agent, index):
    word = reference((agent % 2**32, agent // 2**32, index // 4, 0), tuple(map(int, key)))[index % 4]
    return (word + 0.5) / 2**32


def table(agents, width, day=0, stream=Stream.USERS, replication=0, seed=1):
    out = np.zeros((agents, width))
    fill_draws(out, derive_key(seed, replication, int(stream), day), 0, agents)
    return out


def assert_uncorrelated(a, b):
    n = a.size
    r = np.corrcoef(a.ravel(), b.ravel())[0, 1]
    assert abs(r) * np.sqrt(n) < 4.5


@pytest.mark.parametrize("run", [philox, plain(philox)], ids=["compiled", "plain"])
@pytest.mark.parametrize(("words", "expected"), KNOWN, ids=["zeros", "ones", "pi"])
def test_philox_known_answers(run, words, expected):
    assert tuple(int(w) for w in run(*words)) == expected


@given(st.tuples(WORD, WORD, WORD, WORD), st.tuples(WORD, WORD))
@settings(deadline=None)
def test_philox_equals_reference(counter, key):
    assert tuple(map(int, philox(*counter, *key))) == reference(counter, key)


@given(INT64, INT64, INT64, INT64)
@settings(deadline=None)
def test_derive_key_equals_reference(seed, replication, stream, day):
    expected = reference_key(seed, replication, stream, day)
    assert tuple(map(int, derive_key(seed, replication, stream, day))) == expected


@given(INT64, INT64, INT64, INT64)
@settings(max_examples=20, deadline=None)
def test_derive_key_plain_equals_compiled_without_warnings(seed, replication, stream, day):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert plain(derive_key)(seed, replication, stream, day) == derive_key(seed, replication, stream, day)


def test_derive_key_depends_on_all_64_bits_of_each_part():
    for base in ((0, 0, 11, 0), (2**63 - 1, 5, 12, 400)):
        seen = {derive_key(*base)}
        for part, bit in itertools.product(range(4), range(64)):
            words = list(base)
            words[part] = (words[part] ^ (1 << bit)) - (2**64 if (words[part] ^ (1 << bit)) >= 2**63 else 0)
            seen.add(derive_key(*words))
        assert len(seen) == 1 + 4 * 64


def test_derive_key_is_not_symmetric_in_its_parts():
    assert len({derive_key(*order) for order in itertools.permutations((1, 2, 3, 4))}) == 24


@pytest.mark.parametrize("seed", [0, 1, -1, 2**31, 2**32, 2**63 - 1, -(2**63)])
def test_seeds_at_the_edges_give_their_own_keys_and_sound_uniforms(seed):
    others = {0, 1, -1, 2**31, 2**32, 2**63 - 1, -(2**63)} - {seed}
    assert derive_key(seed, 0, 11, 0) not in {derive_key(other, 0, 11, 0) for other in others}
    draws = table(2_000, 4, seed=seed)
    assert stats.kstest(draws.ravel(), "uniform").pvalue > 1e-4


def test_golden_uniforms_never_change():
    """A change here changes every result ever published; it needs a written reason."""
    assert draw_one(0, 0, Stream.GENESIS_USERS, -1, 0, 0) == GOLDEN[0]
    assert draw_one(1, 0, Stream.USERS, 0, 0, 0) == GOLDEN[1]
    assert draw_one(1, 0, Stream.USERS, 0, 0, 7) == GOLDEN[2]
    assert draw_one(2**63 - 1, 999, Stream.STUDY, 1095, 10**6, 12) == GOLDEN[3]
    assert draw_one(-1, 2**40, Stream.MARKET, 30, 2**33, 3) == GOLDEN[4]


def test_streams_are_permanent():
    """Streams may be added, never renumbered: their numbers are part of the key."""
    numbers = {name: int(member) for name, member in Stream.__members__.items()}
    assert len(set(numbers.values())) == len(numbers)
    assert (
        numbers.items()
        >= {
            "GENESIS_USERS": 1,
            "GENESIS_NODES": 2,
            "GENESIS_VOTERS": 3,
            "GENESIS_TRADERS": 4,
            "GENESIS_HOLDERS": 5,
            "GENESIS_DEVELOPERS": 6,
            "GENESIS_ROLLUPS": 7,
            "USERS": 11,
            "NODES": 12,
            "VOTERS": 13,
            "TRADERS": 14,
            "HOLDERS": 15,
            "DEVELOPERS": 16,
            "ROLLUPS": 17,
            "MARKET": 18,
            "PROPOSALS": 19,
            "PROVIDERS": 20,
            "LICENCES": 21,
            "BALLOTS": 22,
            "EXTENSION": 31,
            "STUDY": 41,
        }.items()
    )


@given(st.tuples(WORD, WORD), st.integers(0, 2**63 - 1), st.integers(0, 2**34 - 1))
@settings(deadline=None)
def test_uniform_at_equals_reference(key, agent, index):
    words = np.uint64(key[0]), np.uint64(key[1])
    assert uniform_at(words, agent, index) == reference_uniform(key, agent, index)


@given(INT64, INT64, st.integers(-1, 10**6), st.integers(0, 2**63 - 1), st.integers(0, 100))
@settings(max_examples=20, deadline=None)
def test_draw_one_plain_equals_compiled(seed, replication, day, agent, index):
    compiled = draw_one(seed, replication, 11, day, agent, index)
    assert plain(draw_one)(seed, replication, 11, day, agent, index) == compiled
    assert compiled == uniform_at(derive_key(seed, replication, 11, day), agent, index)


def test_uniforms_are_strictly_inside_the_unit_interval():
    assert _to_unit(np.uint64(0)) == 2.0**-33
    assert _to_unit(np.uint64(FULL)) == 1.0 - 2.0**-33


@pytest.mark.parametrize("width", [1, 3, 4, 5, 8, 10])
@pytest.mark.parametrize("agents", [1, FEW - 1, FEW, TILE, TILE + 1, 3 * TILE + 7])
def test_fill_draws_equals_uniform_at(width, agents):
    key = derive_key(7, 3, 11, 42)
    flat = np.full((agents, width), np.nan)
    fill_draws(flat, key, 0, agents)
    assert flat.tolist() == [[uniform_at(key, i, j) for j in range(width)] for i in range(agents)]


@given(st.lists(st.integers(0, 700), max_size=8))
@settings(max_examples=40, deadline=None)
def test_fill_draws_does_not_depend_on_where_it_is_split(cuts):
    key = derive_key(7, 3, 11, 42)
    whole, pieces = np.zeros((700, 6)), np.zeros((700, 6))
    fill_draws(whole, key, 0, 700)
    edges = [0, *sorted(cuts), 700]
    for start, stop in itertools.pairwise(edges):
        fill_draws(pieces, key, start, stop)
    assert whole.tobytes() == pieces.tobytes()


@pytest.mark.parametrize(("start", "stop"), [(5, 9), (5, 5 + TILE), (100, 299), (7, 7), (9, 5)])
def test_fill_draws_touches_only_its_rows(start, stop):
    flat = np.full((300, 5), -1.0)
    fill_draws(flat, derive_key(1, 0, 11, 0), start, stop)
    inside = np.zeros(300, bool)
    inside[start:stop] = True
    assert (flat[inside] > 0.0).all()
    assert (flat[~inside] == -1.0).all()


@pytest.mark.parametrize(("start", "stop"), [(2, 6), (1, 1 + FEW), (0, TILE + 2)])
def test_fill_draws_plain_equals_compiled_without_warnings(start, stop):
    key = derive_key(-9, 1, 12, -1)
    compiled, interpreted = np.zeros((TILE + 2, 6)), np.zeros((TILE + 2, 6))
    fill_draws(compiled, key, start, stop)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain(fill_draws)(memoryview(interpreted), key, start, stop)
    assert compiled.tobytes() == interpreted.tobytes()


def test_every_lane_is_uniform():
    draws = table(50_000, 8)
    for lane in range(8):
        counts = np.bincount((draws[:, lane] * 256).astype(int), minlength=256)
        assert 1e-4 < stats.chisquare(counts).pvalue < 1 - 1e-4


def test_low_bits_are_uniform():
    words = (table(50_000, 4) * 2**32).astype(np.uint64)
    for lane in range(4):
        counts = np.bincount((words[:, lane] & np.uint64(255)).astype(int), minlength=256)
        assert 1e-4 < stats.chisquare(counts).pvalue < 1 - 1e-4


def test_pairs_of_lanes_fill_the_square():
    draws = (table(60_000, 5) * 16).astype(int)
    for a, b in itertools.combinations(range(5), 2):
        counts = np.bincount(draws[:, a] * 16 + draws[:, b], minlength=256)
        assert 1e-4 < stats.chisquare(counts).pvalue < 1 - 1e-4


def test_neighbouring_agents_are_uncorrelated():
    draws = table(50_000, 4)
    for lag in (1, 2, 4, TILE):
        assert_uncorrelated(draws[:-lag], draws[lag:])


@pytest.mark.parametrize(
    "other",
    [
        *({"day": d} for d in (-1, 1, 2, 7, 365)),
        *({"stream": s} for s in (Stream.NODES, Stream.GENESIS_USERS, Stream.STUDY)),
        *({"replication": r} for r in (1, 2, 1_000)),
        *({"seed": s} for s in (0, 2, 2**32 + 1, -1)),
    ],
    ids=str,
)
def test_draws_of_another_key_are_uncorrelated(other):
    mine, theirs = table(30_000, 4), table(30_000, 4, **other)
    assert not (mine == theirs).all(axis=1).any()
    assert_uncorrelated(mine, theirs)


def test_one_agent_over_days_is_uniform_and_uncorrelated():
    series = np.array([draw_one(5, 0, Stream.USERS, day, 17, 0) for day in range(10_000)])
    assert stats.kstest(series, "uniform").pvalue > 1e-3
    for lag in (1, 7, 30):
        assert_uncorrelated(series[:-lag], series[lag:])


def test_one_flipped_bit_of_the_address_flips_half_of_the_result():
    rng = np.random.default_rng(0)
    flips = []
    for bit in range(62):
        for _ in range(30):
            parts = rng.integers(0, 2**62, 5)
            for which in range(5):
                changed = parts.copy()
                changed[which] ^= 1 << bit
                flips.append(count_flips(parts.tolist(), changed.tolist()))
    shares = np.array(flips).reshape(62, 30, 5).mean(axis=1) / 32
    assert abs(shares - 0.5).max() < 4.5 * 0.5 / np.sqrt(30 * 32)


def count_flips(a, b):
    word_a, word_b = (int(draw_one(*x, 1) * 2**32) for x in (a, b))
    return (word_a ^ word_b).bit_count()


@given(WORD, WORD, st.integers(1, 2**31 - 1))
@settings(deadline=None)
def test_below_is_the_exact_high_product(high, low, n):
    expected = (high * 2**32 + low) * n >> 64
    assert int(_below(np.uint64(high), np.uint64(low), np.uint64(n))) == expected
    assert 0 <= expected < n


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 1_000])
def test_permute_is_a_permutation_and_plain_equals_compiled(n):
    key = derive_key(1, 2, 13, 4)
    compiled, interpreted = np.full(n, -1), np.full(n, -1)
    permute(compiled, key)
    plain(permute)(interpreted, key)
    assert sorted(compiled.tolist()) == list(range(n))
    assert compiled.tolist() == interpreted.tolist()
    permute(interpreted, derive_key(1, 2, 13, 5))
    assert n < 10 or compiled.tolist() != interpreted.tolist()


def test_permute_reaches_every_order_equally_often():
    orders = dict.fromkeys(itertools.permutations(range(4)), 0)
    out = np.zeros(4, np.int64)
    for day in range(6_000):
        permute(out, derive_key(3, 0, Stream.VOTERS, day))
        orders[tuple(out.tolist())] += 1
    assert 1e-3 < stats.chisquare(list(orders.values())).pvalue < 1 - 1e-4


@pytest.mark.parametrize("n", [2, 3, 10, 257])
def test_permute_equals_reference_with_words_that_no_draw_uses(n):
    """Fisher-Yates in Python's own integers; the fourth counter word is 1, for draws it is 0: a key may serve both."""
    key = derive_key(1, 0, 13, 0)
    expected = list(range(n))
    for i in range(n - 1, 0, -1):
        words = reference((i // 2, 0, 0, 1), tuple(map(int, key)))[i % 2 * 2 :]
        j = (words[0] * 2**32 + words[1]) * (i + 1) >> 64
        expected[i], expected[j] = expected[j], expected[i]
    out = np.zeros(n, np.int64)
    permute(out, key)
    assert out.tolist() == expected
