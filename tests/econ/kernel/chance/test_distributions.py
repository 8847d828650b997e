import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from metalab.econ.kernel.chance.distributions import (
    BRIDGE_BELOW,
    SEARCH_BELOW,
    TINY,
    binomial,
    exponential,
    lognormal,
    normal,
    pareto,
    pick,
    poisson,
    poisson_from,
    student_t,
)
from metalab.econ.kernel.chance.philox import derive_key, fill_draws
from metalab.protocol.kernel.compiling import plain

WORDS = st.integers(0, 2**32 - 1)
UNIT = WORDS.map(lambda word: (word + 0.5) / 2**32)
"""The uniforms that the generator can give."""
EDGE_UNIT = UNIT | st.sampled_from([2.0**-33, 1.0 - 2.0**-33, 0.5, 0.075, 0.925])
RATE = st.integers(0, 200_000_000).map(lambda n: n / 1e6)
GRID = np.concatenate([[2.0**-33, 1e-9, 1e-7, 1e-5], np.linspace(1e-4, 1 - 1e-4, 801), [1 - 1e-5, 1 - 1e-7, 1 - 2.0**-33]])


def uniforms(n, day=0):
    out = np.zeros((n, 2))
    fill_draws(out, derive_key(11, 0, 41, day), 0, n)
    return out[:, 0], out[:, 1]


def bits(x):
    return x if isinstance(x, int) else struct.pack("<d", x)


def each(function, us, *rest):
    return np.array([function(float(u), *rest) for u in us])


def test_normal_agrees_with_scipy():
    us = np.concatenate([GRID, 0.5 + np.array([-0.425, 0.425, 1e-9, -1e-9]), [1e-12, 1e-20, 1e-100, 1e-300]])
    np.testing.assert_allclose(each(normal, us), special.ndtri(us), rtol=3e-15, atol=1e-300)


@pytest.mark.parametrize(("u", "z"), [(0.25, -0.6744897501960817), (0.001, -3.090232306167813), (1e-20, -9.262340089798408), (0.5, 0.0)])
def test_normal_reproduces_the_values_printed_by_wichura(u, z):
    assert normal(u) == pytest.approx(z, rel=5e-16, abs=0.0)


@given(st.integers(1, 2**33 - 1).map(lambda n: n / 2**34))
@settings(deadline=None)
def test_normal_is_odd(u):
    assert normal(u) == -normal(1.0 - u)


@given(EDGE_UNIT, EDGE_UNIT)
@settings(max_examples=150, deadline=None)
def test_continuous_distributions_rise_with_u(a, b):
    low, high = min(a, b), max(a, b)
    assert normal(low) <= normal(high)
    assert exponential(low) <= exponential(high)
    assert lognormal(low, 3.0, 0.7) <= lognormal(high, 3.0, 0.7)
    assert pareto(low, 1.3) <= pareto(high, 1.3)
    if high - low > 2.0**-33:
        assert normal(low) < normal(high)


@pytest.mark.parametrize("border", [0.075, 0.925, math.exp(-25.0), 0.5])
def test_normal_rises_across_the_borders_of_its_approximations(border):
    us = border * (1.0 + np.arange(-300, 301) * 1e-15)
    zs = each(normal, us)
    assert (np.diff(zs) >= -4 * np.spacing(abs(zs[0]))).all()
    assert zs[-1] > zs[0]


def test_continuous_distributions_agree_with_scipy():
    np.testing.assert_allclose(each(exponential, GRID), stats.expon.ppf(GRID), rtol=1e-14)
    np.testing.assert_allclose(each(lognormal, GRID, 2.0, 0.8), stats.lognorm.ppf(GRID, 0.8, scale=2.0), rtol=1e-13)
    np.testing.assert_allclose(each(pareto, GRID, 1.7), stats.pareto.ppf(GRID, 1.7), rtol=1e-13)


def test_lognormal_has_its_median_and_pareto_its_minimum():
    assert lognormal(0.5, 7.5, 2.0) == 7.5
    assert lognormal(0.9, 7.5, 0.0) == 7.5
    assert 1.0 <= pareto(2.0**-33, 1.5) < 1.0 + 1e-9


@pytest.mark.parametrize("df", [2.5, 3.0, 5.0, 30.0])
def test_student_t_has_its_distribution_and_unit_scale(df):
    u, v = uniforms(20_000)
    xs = np.array([student_t(a, b, df) for a, b in zip(u.tolist(), v.tolist(), strict=True)])
    scale = math.sqrt((df - 2.0) / df)
    assert stats.kstest(xs / scale, "t", args=(df,)).pvalue > 1e-3
    if df > 4.0:
        assert np.var(xs) == pytest.approx(1.0, abs=0.06)


def test_student_t_of_many_degrees_is_the_polar_normal():
    assert student_t(0.3, 0.1, 1e9) == pytest.approx(math.sqrt(-2 * math.log(0.3)) * math.cos(0.2 * math.pi), rel=1e-6)


@pytest.mark.parametrize("df", [2.0, 1.0, 0.0, -3.0])
def test_student_t_without_variance_is_zero(df):
    assert student_t(0.3, 0.1, df) == 0.0


def assert_is_quantile(cdf, u, n):
    """cdf(n - 1) < u <= cdf(n), but for the rounding of sums of probabilities."""
    assert cdf(n) >= u - 1e-13
    assert n == 0 or cdf(n - 1) < u + 1e-13


@pytest.mark.parametrize("rate", [1e-12, 0.01, 0.3, 1.0, 2.5, 10.0, 33.3, 63.999])
def test_poisson_inverts_scipys_cdf(rate):
    for u in GRID.tolist():
        assert_is_quantile(lambda n: special.pdtr(n, rate), u, poisson(u, rate))


@given(EDGE_UNIT, st.integers(1, 63_999_999).map(lambda n: n / 1e6))
@settings(max_examples=150, deadline=None)
def test_poisson_is_the_exact_quantile_below_the_switch(u, rate):
    assert_is_quantile(lambda n: special.pdtr(n, rate), u, poisson(u, rate))


@pytest.mark.parametrize("rate", [72.0, 100.0, 1_000.0, 1e5])
def test_poisson_expansion_is_close_to_scipys_quantile(rate):
    exact = stats.poisson.ppf(GRID, rate)
    ours = each(poisson, GRID, rate)
    assert abs(ours - exact).max() <= 1.0
    u = uniforms(8_000)[0]
    assert (each(poisson, u, rate) != stats.poisson.ppf(u, rate)).mean() < 1e-3


def test_poisson_is_close_to_the_quantile_on_the_bridge():
    for rate in (SEARCH_BELOW, 65.5, BRIDGE_BELOW - 1e-9):
        assert abs(each(poisson, GRID, rate) - stats.poisson.ppf(GRID, rate)).max() <= 1.0


@given(EDGE_UNIT, RATE, RATE)
@settings(max_examples=200, deadline=None)
def test_poisson_rises_with_the_rate(u, a, b):
    assert poisson(u, min(a, b)) <= poisson(u, max(a, b))


@given(EDGE_UNIT, EDGE_UNIT, RATE)
@settings(max_examples=200, deadline=None)
def test_poisson_rises_with_u(a, b, rate):
    assert poisson(min(a, b), rate) <= poisson(max(a, b), rate)


def test_poisson_rises_across_the_change_of_method():
    rates = np.concatenate([np.linspace(62.0, 75.0, 131), [np.nextafter(64.0, 0), np.nextafter(72.0, 0)]])
    rates.sort()
    dense = np.concatenate([GRID, uniforms(400)[0]])
    dense.sort()
    counts = np.array([[poisson(u, r) for r in rates.tolist()] for u in dense.tolist()])
    assert (np.diff(counts, axis=1) >= 0).all()
    assert (np.diff(counts, axis=0) >= 0).all()


def test_no_event_is_lost_at_the_switch_beside_any_step():
    """Just above each step of the exact quantile at 64, where the expansion is most likely to be one short."""
    for n in range(30, 112):
        u = float(special.pdtr(n - 1, SEARCH_BELOW)) + 1e-11
        before = poisson(u, math.nextafter(SEARCH_BELOW, 0.0))
        assert before == n
        for rate in (SEARCH_BELOW, 64.000001, 64.001, 65.0, 71.9, BRIDGE_BELOW, 73.0):
            assert poisson(u, rate) >= before


@pytest.mark.parametrize("rate", [0.0, -0.0, -1.0, -math.inf, math.nan])
def test_poisson_without_a_rate_is_zero(rate):
    assert poisson(1.0 - 2.0**-33, rate) == 0


@pytest.mark.parametrize("u", [0.0, 2.0**-33, 0.5, 1.0 - 2.0**-53, 1.0])
def test_counts_end_for_any_u_and_any_rate(u):
    for rate in (1e-300, 1.0, 63.999, 64.0, 1e6, 1e15, 1e300, math.inf):
        assert 0 <= poisson(u, rate) <= 9_000_000_000_000_000
    for n in (1, 10, 10**6, 2**62):
        for p in (1e-300, 1e-9, 0.3, 0.5, 1.0 - 1e-9, 1.0 - 2.0**-53):
            assert 0 <= binomial(u, n, p) <= n


@pytest.mark.parametrize("size", [64.0, 100.0, 1e4])
def test_counts_rise_with_u_even_where_no_uniform_of_ours_reaches(size):
    us = [10.0**-k for k in range(300, 1, -1)]
    assert (np.diff(each(poisson, us, size)) >= 0).all()
    assert (np.diff(each(binomial, us, int(4 * size), 0.25)) >= 0).all()


def test_poisson_from_needs_no_exponential_of_its_own():
    for u in (0.01, 0.5, 0.99):
        assert poisson_from(u, 7.5, math.exp(-7.5)) == poisson(u, 7.5)
        assert poisson_from(u, 300.0, 0.0) == poisson(u, 300.0)
    assert poisson_from(0.5, 1.0, 0.9) == 0
    assert math.exp(-SEARCH_BELOW) == TINY


def test_poisson_has_its_moments():
    u = uniforms(40_000)[0]
    for rate in (0.2, 5.0, 50.0, 200.0):
        counts = each(poisson, u, rate)
        assert counts.mean() == pytest.approx(rate, abs=4.5 * math.sqrt(rate / 40_000))
        assert counts.var() == pytest.approx(rate, rel=0.06)


@pytest.mark.parametrize(
    ("n", "p"), [(1, 0.3), (10, 0.5), (20, 0.97), (1_000, 0.01), (1_000, 0.95), (10**6, 5e-5), (127, 0.5), (10**9, 6e-8)]
)
def test_binomial_inverts_scipys_cdf(n, p):
    for u in GRID.tolist():
        assert_is_quantile(lambda k: stats.binom.cdf(k, n, p) if k < 0 else special.bdtr(k, n, p), u, binomial(u, n, p))


@pytest.mark.parametrize(("n", "p"), [(200, 0.5), (1_000, 0.3), (10_000, 0.9), (10**7, 1e-4)])
def test_binomial_expansion_is_close_to_scipys_quantile(n, p):
    assert abs(each(binomial, GRID, n, p) - stats.binom.ppf(GRID, n, p)).max() <= 1.0
    u = uniforms(5_000)[0]
    assert (each(binomial, u, n, p) != stats.binom.ppf(u, n, p)).mean() < 0.02


CHANCE = st.integers(0, 10**6).map(lambda k: k / 1e6)


@given(EDGE_UNIT, st.integers(0, 1_000), CHANCE, CHANCE)
@settings(max_examples=200, deadline=None)
def test_binomial_rises_with_p(u, n, a, b):
    assert binomial(u, n, min(a, b)) <= binomial(u, n, max(a, b))


@given(EDGE_UNIT, EDGE_UNIT, st.integers(0, 1_000), CHANCE)
@settings(max_examples=200, deadline=None)
def test_binomial_rises_with_u(a, b, n, p):
    assert binomial(min(a, b), n, p) <= binomial(max(a, b), n, p)


def test_binomial_rises_across_every_change_of_method():
    for n in (127, 128, 129, 300, 5_000):
        borders = [64.0 / n, 72.0 / n, 0.5, 1.0 - 72.0 / n, 1.0 - 64.0 / n]
        ps = sorted({min(max(b + d, 0.0), 1.0) for b in borders for d in np.linspace(-0.01, 0.01, 21).tolist()} | set(borders))
        counts = np.array([[binomial(u, n, p) for p in ps] for u in GRID[::8].tolist()])
        assert (np.diff(counts, axis=1) >= 0).all()
        assert (np.diff(counts, axis=0) >= 0).all()


@pytest.mark.parametrize(
    ("n", "p", "expected"), [(0, 0.5, 0), (-3, 0.5, 0), (9, 0.0, 0), (9, -1.0, 0), (9, math.nan, 0), (9, 1.0, 9), (9, 2.0, 9)]
)
def test_binomial_boundaries(n, p, expected):
    assert binomial(0.5, n, p) == expected


def test_binomial_by_hand():
    assert [binomial(u, 2, 0.5) for u in (0.24, 0.25, 0.26, 0.74, 0.75, 0.76)] == [0, 0, 1, 1, 1, 2]
    assert [binomial(u, 1, 0.75) for u in (0.24, 0.25, 0.26)] == [0, 0, 1]


@pytest.mark.parametrize("kind", [np.int64, np.float64])
def test_pick_by_hand(kind):
    weights = np.array([0, 2, 0, 5, 1, 0], kind)
    assert [pick(u, weights, 8.0) for u in (2.0**-33, 0.2499, 0.25, 0.8749, 0.875, 1.0 - 2.0**-33)] == [1, 1, 3, 3, 4, 4]
    assert plain(pick)(0.25, memoryview(weights), 8.0) == 3


@pytest.mark.parametrize("total", [0.0, 5.0, 1e9])
def test_pick_of_nothing_and_of_a_wrong_total_stays_inside(total):
    assert pick(0.7, np.zeros(4), total) == -1
    assert pick(0.7, np.zeros(0), total) == -1
    assert pick(0.7, np.array([0.0, -3.0, 1.0, 0.0]), total) == 2


def test_pick_has_its_frequencies():
    weights = np.array([0.1, 3.0, 0.0, 1.4, 0.5])
    counts = np.bincount(each(pick, uniforms(20_000)[0], weights, weights.sum()), minlength=5)
    assert counts[2] == 0
    expected = 20_000 * weights / weights.sum()
    assert 1e-3 < stats.chisquare(counts[[0, 1, 3, 4]], expected[[0, 1, 3, 4]]).pvalue < 0.9999


@given(EDGE_UNIT, EDGE_UNIT, RATE, CHANCE, st.integers(0, 10**5), st.floats(2.01, 50.0))
@settings(max_examples=150, deadline=None)
def test_plain_equals_compiled_bit_for_bit(u, v, rate, p, n, df):
    for function, rest in [
        *((f, ()) for f in (normal, exponential)),
        *((lognormal, (3.0, df)), (pareto, (df,)), (student_t, (v, df))),
        *((poisson, (rate,)), (poisson_from, (rate, math.exp(-rate))), (binomial, (n, p))),
    ]:
        assert bits(plain(function)(u, *rest)) == bits(function(u, *rest)), function


@pytest.mark.parametrize("u", [0.0, 1.0])
def test_continuous_distributions_are_finite_at_the_ends(u):
    for x in (normal(u), exponential(u), lognormal(u, 1.0, 30.0), pareto(u, 0.01), student_t(u, u, 2.5)):
        assert math.isfinite(x)
    for function in (normal, exponential):
        assert plain(function)(u) == function(u)
