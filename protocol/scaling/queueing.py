"""Waiting lines: Erlang's formula, its correction for other variabilities, and servers that take one job after the other.

These are the oracle and the building blocks of the fast clock's ticks. Rates are per second, waits in seconds.
"""

import math
from typing import Any

from metalab.protocol.kernel.compiling import rule

ENDLESS = math.inf
"""Mean wait in seconds at or above capacity, where there is no steady state."""
HEAVY = 0.999
"""Utilisation at which stationary quantities are read for all higher ones."""
STEEP = 2.5
"""Drift in standard deviations of a step from which a walk hardly ever rises."""


@rule
def compute_erlang_c(servers: int, erlangs: float) -> float:
    """Chance of waiting in M/M/c with `erlangs` = arrival rate / service rate; 1 when they are not below `servers`."""
    if erlangs <= 0.0:
        return 0.0
    if erlangs >= servers:
        return 1.0
    # Erlang B by its recursion in the number of servers, then C from B: no factorials that overflow.
    blocked = 1.0
    for k in range(1, servers + 1):
        blocked = erlangs * blocked / (k + erlangs * blocked)
    return blocked / (1.0 - erlangs / servers * (1.0 - blocked))


@rule
def compute_variability(arrival_cv: float, service_cv: float) -> float:
    """Factor of the wait against M/M/c: half the sum of the squared coefficients of variation (Kingman 1961)."""
    return 0.5 * (arrival_cv * arrival_cv + service_cv * service_cv)


@rule
def compute_mean_wait(servers: int, rate: float, speed: float, variability: float) -> float:
    """Mean wait in G/G/c by Allen and Cunneen: that of M/M/c times the variability; infinite at or above capacity.

    Exact for Poisson arrivals and exponential service (variability 1), and for one server with Poisson arrivals.
    `speed` is what one server completes in a second.
    """
    spare = servers * speed - rate
    if spare <= 0.0:
        return ENDLESS
    return compute_erlang_c(servers, rate / speed) / spare * variability


@rule
def compute_walk_mean(drift: float) -> float:
    """Mean height of a reflected Gaussian walk, in standard deviations of a step, that falls by `drift` of them a step.

    The expansion of Chang & Peres (1997, Annals of Probability 25) and Janssen & van Leeuwaarden (2007, Annals of Applied
    Probability 17); its coefficients are values of the zeta function. To 2e-4 up to STEEP; beyond it is below .002, taken as 0.
    """
    if drift >= STEEP:
        return 0.0
    square = drift * drift
    rest = -0.10394331 + (0.00106188 + (3.54873e-5 - (1.652e-6 + 8.95e-8 * square) * square) * square) * square
    # .58259660 is -zeta(1/2) / sqrt(2 pi), .39894228 is 1 / sqrt(2 pi).
    return max(0.5 / drift - 0.58259660 + 0.25 * drift + 0.39894228 * square * rest, 0.0)


@rule
def compute_unseen_queue(servers: int, rate: float, speed: float, seconds: float, service_cv: float) -> float:
    """Mean queue that a count kept every `seconds` does not show: what builds up and drains between two looks.

    The stationary queue less that of the count, which is a reflected walk; in overload, that of a utilisation of HEAVY.
    Arrivals are Poisson.
    """
    capacity = servers * speed
    flow = min(rate, HEAVY * capacity)
    if flow <= 0.0:
        return 0.0
    stationary = flow * compute_mean_wait(servers, flow, speed, compute_variability(1.0, service_cv))
    # In a step the variances of arrivals and of completions add up.
    step = math.sqrt((flow + capacity * service_cv * service_cv) * seconds)
    return max(stationary - step * compute_walk_mean((capacity - flow) * seconds / step), 0.0)


@rule
def _sink(free: Any, count: int) -> None:
    """Restore the heap after its root has grown."""
    place = 0
    value = free[0]
    while 2 * place + 1 < count:
        child = 2 * place + 1
        if child + 1 < count and free[child + 1] < free[child]:
            child += 1
        if free[child] >= value:
            break
        free[place] = free[child]
        place = child
    free[place] = value


@rule
def seat_job(free: Any, count: int, arrival: float, service: float) -> float:
    """First come, first served: give a job to the server that is free first and return the job's wait in seconds.

    `free` is a heap of the instants at which each of `count` servers has finished what it was given (all 0 at the start).
    Jobs are seated in the order of their arrival (Kiefer & Wolfowitz 1955).
    """
    begin: float = max(free[0], arrival)
    free[0] = begin + service
    _sink(free, count)
    return begin - arrival
