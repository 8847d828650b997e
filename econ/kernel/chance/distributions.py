"""Distributions as inverse functions of uniforms: the same u gives a larger value when the rate or the scale is larger.

One uniform gives one value (Student's t: two), so an agent always makes the same number of draws, and two futures
that differ in a rate stay as close as the rates are. Every u is meant to be strictly inside (0, 1); at 0 and 1 the results
are extreme but finite.
"""

import math
from typing import Any

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import clip, safe_exp, safe_log, to_count

SEARCH_BELOW = 64.0
"""Means below this are inverted exactly, by search from 0; above it an expansion is accurate."""
BRIDGE_BELOW = 72.0
"""From SEARCH_BELOW to here the expansion is not allowed below the exact value at SEARCH_BELOW, else a count could drop."""
SEARCH_LIMIT = 256
"""No search goes further; the last uniform below 1 is reached at 150."""
TINY = 1.603810890548638e-28
"""exp(-64)."""
Z_LIMIT = 8.5
"""Deviates of counts are bounded here, where the expansions still rise; uniforms of 32 bits reach 6.3."""
ALMOST_ONE = 1.0 - 2.0**-53
"""The largest float below 1: keeps log1p(-u) finite."""
MOST = 9.0e15
"""Largest mean of a count: beyond it floats no longer hold every integer."""
TWO_PI = 6.283185307179586
"""2 pi, written out so that compiled code and Python use the same bits."""


@rule
def _normal_centre(q: float) -> float:
    """Wichura's rational approximation for |u - 1/2| <= 0.425; q = u - 1/2."""
    # Coefficients of AS 241 (Wichura 1988) with the digits as published; the same holds for the two functions below.
    r = 0.180625 - q * q
    a = ((2.5090809287301226727e3 * r + 3.3430575583588128105e4) * r + 6.7265770927008700853e4) * r
    a = ((a + 4.5921953931549871457e4) * r + 1.3731693765509461125e4) * r
    a = ((a + 1.9715909503065514427e3) * r + 1.3314166789178437745e2) * r + 3.3871328727963666080e0
    b = ((5.2264952788528545610e3 * r + 2.8729085735721942674e4) * r + 3.9307895800092710610e4) * r
    b = ((b + 2.1213794301586595867e4) * r + 5.3941960214247511077e3) * r
    b = ((b + 6.8718700749205790830e2) * r + 4.2313330701600911252e1) * r + 1.0
    return q * a / b


@rule
def _normal_shoulder(s: float) -> float:
    """For s = sqrt(-log(tail probability)) up to 5."""
    r = s - 1.6
    a = ((7.74545014278341407640e-4 * r + 2.27238449892691845833e-2) * r + 2.41780725177450611770e-1) * r
    a = ((a + 1.27045825245236838258e0) * r + 3.64784832476320460504e0) * r
    a = ((a + 5.76949722146069140550e0) * r + 4.63033784615654529590e0) * r + 1.42343711074968357734e0
    b = ((1.05075007164441684324e-9 * r + 5.47593808499534494600e-4) * r + 1.51986665636164571966e-2) * r
    b = ((b + 1.48103976427480074590e-1) * r + 6.89767334985100004550e-1) * r
    b = ((b + 1.67638483018380384940e0) * r + 2.05319162663775882187e0) * r + 1.0
    return a / b


@rule
def _normal_tail(s: float) -> float:
    """For s beyond 5, tails below 1.4e-11."""
    r = s - 5.0
    a = ((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 1.24266094738807843860e-3) * r
    a = ((a + 2.65321895265761230930e-2) * r + 2.96560571828504891230e-1) * r
    a = ((a + 1.78482653991729133580e0) * r + 5.46378491116411436990e0) * r + 6.65790464350110377720e0
    b = ((2.04426310338993978564e-15 * r + 1.42151175831644588870e-7) * r + 1.84631831751005468180e-5) * r
    b = ((b + 7.86869131145613259100e-4) * r + 1.48753612908506148525e-2) * r
    b = ((b + 1.36929880922735805310e-1) * r + 5.99832206555887937690e-1) * r + 1.0
    return a / b


@rule
def normal(u: float) -> float:
    """The standard normal deviate with P(Z <= z) = u; relative error about 1e-16 (Wichura 1988, AS 241, PPND16)."""
    q = u - 0.5
    # AS 241 changes its approximation at |u - 1/2| = .425 and at s = 5.
    if -0.425 <= q <= 0.425:
        return _normal_centre(q)
    s = math.sqrt(-safe_log(u if q < 0.0 else 1.0 - u))
    z = _normal_shoulder(s) if s <= 5.0 else _normal_tail(s)
    return -z if q < 0.0 else z


@rule
def exponential(u: float) -> float:
    """Exponential with mean 1."""
    return -math.log1p(-clip(u, 0.0, ALMOST_ONE))


@rule
def lognormal(u: float, median: float, sigma: float) -> float:
    """Lognormal with the given median; sigma is the standard deviation of its logarithm."""
    return median * safe_exp(sigma * normal(u))


@rule
def pareto(u: float, alpha: float) -> float:
    """Pareto with minimum 1 and tail exponent alpha > 0: P(X > x) = x^-alpha."""
    return safe_exp(exponential(u) / alpha)


@rule
def student_t(u: float, v: float, df: float) -> float:
    """Student's t with df > 2 degrees of freedom, scaled to variance 1 (0 for df <= 2, where there is no variance).

    The polar method of Bailey (1994), Mathematics of Computation 62, in the form without rejection: radius from u, angle
    from v.
    """
    if df <= 2.0:
        return 0.0
    # Bailey's df (u^(-2/df) - 1), times (df - 2) / df for variance 1.
    square = (df - 2.0) * math.expm1(-2.0 / df * safe_log(u))
    return math.sqrt(max(square, 0.0)) * math.cos(TWO_PI * v)


@rule
def _search_poisson(u: float, rate: float, exp_minus_rate: float) -> int:
    """The smallest n with P(N <= n) >= u, by adding probabilities from 0."""
    n = 0
    term = exp_minus_rate
    below = term
    while u > below and n < SEARCH_LIMIT:
        n += 1
        term *= rate / n
        below += term
    return n


@rule
def _expand_poisson(u: float, rate: float) -> int:
    """The normal expansion of the Poisson quantile to order 1/rate (Giles 2016, Algorithm 955, ACM TOMS 42)."""
    z = clip(normal(u), -Z_LIMIT, Z_LIMIT)
    z2 = z * z
    root = math.sqrt(rate)
    shape = (2.0 + z2) / 6.0 - z * (2.0 + z2) / (72.0 * root) + (3.0 * z2 * z2 + 7.0 * z2 - 16.0) / (810.0 * rate)
    # Rounded down: the expansion is that of the continuous quantile, and the count is its floor (Giles 2016).
    return to_count(rate + root * z + shape)


@rule
def poisson_from(u: float, rate: float, exp_minus_rate: float) -> int:
    """`poisson` for callers that have exp(-rate) at hand, because many agents share a rate."""
    # Written this way round, NaN counts as no rate.
    if not rate > 0.0:
        return 0
    if rate < SEARCH_BELOW:
        return _search_poisson(u, rate, exp_minus_rate)
    count = _expand_poisson(u, min(rate, MOST))
    if rate < BRIDGE_BELOW:
        return max(count, _search_poisson(u, SEARCH_BELOW, TINY))
    return count


@rule
def poisson(u: float, rate: float) -> int:
    """A Poisson count with mean `rate` by inversion: never falls when u or the rate rises; 0 for rates <= 0 and NaN.

    Below a rate of 64 the exact inverse of the cumulated probabilities (to 1e-15). From 64 on Giles' expansion, off by
    one where u is within about 1e-4 of a step; from 64 to 72 it is bounded below by the exact count at 64, so that the
    change of method cannot take an event away.
    """
    return poisson_from(u, rate, safe_exp(-rate))


@rule
def _search_binomial(u: float, n: int, p: float, is_mirrored: bool) -> int:
    """The smallest k with P(K <= k) >= u; mirrored: the smallest with P(K <= k) > 1 - u."""
    level = 1.0 - u if is_mirrored else u
    odds = p / (1.0 - p)
    k = 0
    term = safe_exp(n * math.log1p(-p))
    below = term
    while (level > below or (is_mirrored and level == below)) and k < n and k < SEARCH_LIMIT:
        term *= odds * ((n - k) / (k + 1))
        k += 1
        below += term
    return k


@rule
def _expand_binomial(u: float, n: int, p: float, is_mirrored: bool) -> int:
    """The normal quantile with the correction for skewness (Cornish & Fisher 1938)."""
    z = clip(normal(u), -Z_LIMIT, Z_LIMIT)
    if is_mirrored:
        z = -z
    root = math.sqrt(n * p * (1.0 - p))
    return min(to_count(n * p + root * z + 0.5 + (1.0 - 2.0 * p) * (z * z - 1.0) / 6.0), n)


@rule
def _count_rarer(u: float, n: int, p: float, is_mirrored: bool) -> int:
    """How often the rarer outcome (p <= 1/2) comes in n trials."""
    mean = n * p
    if mean < SEARCH_BELOW:
        return _search_binomial(u, n, p, is_mirrored)
    count = _expand_binomial(u, n, p, is_mirrored)
    if mean < BRIDGE_BELOW:
        return max(count, _search_binomial(u, n, SEARCH_BELOW / n, is_mirrored))
    return count


@rule
def binomial(u: float, n: int, p: float) -> int:
    """Successes in n trials of chance p by inversion: never falls when u or p rises; 0 for n <= 0, p <= 0 and NaN.

    Exact (to 1e-13) while n * min(p, 1 - p) is below 64, then the normal quantile corrected for skewness, off by one
    where u is close to a step.
    """
    # Written this way round, NaN counts as no chance.
    if n <= 0 or not p > 0.0:
        return 0
    if p >= 1.0:
        return n
    # Counting the rarer outcome keeps the search from 0 short.
    if p <= 0.5:
        return _count_rarer(u, n, p, False)
    return n - _count_rarer(u, n, 1.0 - p, True)


@rule
def pick(u: float, weights: Any, total: float) -> int:
    """Roulette wheel: index k with chance weights[k] / total, `total` being the sum of the weights; -1 if none is positive.

    Weights that are not positive are never picked.
    """
    left = u * total
    last = -1
    for k in range(len(weights)):
        if weights[k] > 0:
            left -= weights[k]
            last = k
            if left < 0.0:
                return k
    # Rounding may leave a rest beyond the last weight.
    return last
