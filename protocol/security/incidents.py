"""Incidents of rollups and how shared security answers: size, detection, loss, repair (MODEL 10).

Value at risk leaves at a steady pace from the beginning of an incident on. What is still under the exit delay when it is
detected is stopped; the rest is lost, but for what validators of other chains recover on arrival.
"""

import math
from enum import IntEnum

from metalab.protocol.kernel.calendar_units import MINUTES_AN_HOUR, SECONDS_AN_HOUR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, parameter, switch
from metalab.protocol.kernel.units import clip, power, to_count


class IncidentKind(IntEnum):
    """What happens to a rollup; the order of the vectors below."""

    EXPLOIT = 0
    OUTAGE = 1
    FORGERY = 2
    DATA_LOSS = 3


KINDS = 4
"""Members of `IncidentKind`."""
NEVER_HOURS = 1e6
"""Hours (114 years) that stand for "nobody notices", and as many checks: finite, so that sums over incidents stay finite."""
ALMOST_ONE = 1.0 - 1e-12
"""Largest chance that enters log1p(-p): keeps the logarithm finite, not a rule."""
USUAL_EXIT_HOURS = 0.5
"""Exit delay that users take for granted, the default one; what it differs from this they feel as a delay of messages."""


class Incidents(Record):
    """How often things happen, how large they are, who notices and who repairs. Vectors are in the order of `IncidentKind`."""

    hazard: list[float] = parameter(
        (0.5, 2.0, 0.01, 0.02), 0.0, 50.0, unit="1/year",
        source="assumed (set for losses near 1 % of value a year, published DeFi totals are .4-3 %; large L2s halt twice a year)",
        owner="nature", doc="Exploits, sequencer outages, bridge forgeries and data losses per rollup and year.",
    )  # fmt: skip
    size_low: list[float] = parameter(
        (0.01, 0.0, 0.02, 0.001), 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Least part of a rollup's value at risk."
    )
    size_high: list[float] = parameter(
        (0.5, 0.0, 1.0, 0.05), 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Largest part of a rollup's value at risk."
    )
    size_alpha: float = parameter(
        1.0, 0.3, 5.0, unit="1", source="assumed (heavy tail, as published losses)", owner="nature",
        doc="Tail exponent of the value at risk between its bounds (bounded Pareto).",
    )  # fmt: skip
    drain_hours: list[float] = parameter(
        (2.0, 24.0, 6.0, 24.0), 0.01, 1000.0, unit="h", source="assumed", owner="nature", doc="Time in which the value at risk leaves."
    )
    exit_delay_hours: float = parameter(
        0.5, 0.0, 168.0, unit="h", source="assumed (7 days for canonical exits, data/messaging_bridges.csv)", owner="dao",
        doc="Time for which outgoing value can still be stopped; the price of a longer one is the wait of honest exits.",
    )  # fmt: skip
    fast_share: float = parameter(
        0.3, 0.0, 1.0, unit="share", source="assumed (data/messaging_bridges.csv: most value leaves by fast bridges, some ask questions)",
        owner="nature", doc="Part of stolen value that leaves through those who front liquidity, at once and for good.",
    )  # fmt: skip
    exit_share: float = parameter(
        0.01, 0.0, 1.0, unit="share", source="assumed", owner="behaviour", doc="Messages of honest users that wait for the exit delay."
    )
    outside_hours: list[float] = parameter(
        (6.0, 0.5, 12.0, 72.0), 0.01, 1000.0, unit="h", source="assumed", owner="nature", doc="Median time until people outside notice."
    )
    outside_sigma: float = parameter(1.2, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Spread of that time (log).")
    sampling_minutes: float = parameter(
        10.0, 0.05, 1440.0, unit="min", source="assumed (S3-3 states recovery in 10 minutes)", owner="dao", doc="Time between two checks."
    )
    guardian_sight: list[float] = parameter(
        (0.005, 0.05, 0.05, 0.01), 0.0, 1.0, unit="share", source="assumed", owner="nature",
        doc="Chance that one guardian notices in one check.",
    )  # fmt: skip
    light_sight: list[float] = parameter(
        (0.0, 0.001, 0.0005, 0.002), 0.0, 1.0, unit="share", source="assumed (light nodes sample data, they judge no state)",
        owner="nature", doc="Chance that one light node notices in one check of its rollup.",
    )  # fmt: skip
    shared: int = switch(
        True, source="S3", owner="dao",
        doc="Validators of all rollups watch, repair and recover stolen value for each other; else each rollup has its part of them.",
    )  # fmt: skip
    rescued: float = parameter(
        0.25, 0.0, 1.0, unit="share", source="assumed (about a quarter of stolen value is reported as recovered)", owner="nature",
        doc="Part of what left that validators of other chains recover and return, with shared security.",
    )  # fmt: skip
    repair_days: list[float] = parameter(
        (3.0, 0.2, 7.0, 5.0), 0.0, 365.0, unit="day", source="assumed", owner="nature", doc="Mean time of repair without help."
    )
    repair_help: float = parameter(
        0.05, 0.0, 10.0, unit="1", source="assumed", owner="nature", doc="Speed of repair that each core node of other chains adds."
    )
    halt: list[float] = parameter(
        (0.1, 1.0, 1.0, 0.5), 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Part of its messages that fail until repaired."
    )
    contagion: float = parameter(
        0.2, 0.0, 10.0, unit="1", source="assumed", owner="behaviour", doc="Value that leaves all rollups, in losses: through liquidity."
    )
    contagion_shared: float = parameter(
        0.8, 0.0, 10.0, unit="1", source="assumed", owner="behaviour", doc="The same because they share validators, with shared security."
    )
    return_days: float = parameter(
        90.0, 1.0, 1000.0, unit="day", source="assumed", owner="behaviour", doc="Half-life after which that value comes back."
    )


@rule
def compute_size(u: float, low: float, high: float, alpha: float) -> float:
    """Part of the value at risk at quantile u: Pareto between `low` and `high`; `low` when there is nothing between."""
    if low <= 0.0 or high <= low:
        return max(low, 0.0)
    tail = power(low / high, alpha)
    return clip(low * power(1.0 - u * (1.0 - tail), -1.0 / alpha), low, high)


@rule
def compute_sight(watchers: float, chance: float) -> float:
    """Chance that at least one of so many watchers notices in one check: 1 - (1 - p)^n."""
    if not watchers > 0.0:
        return 0.0
    # By log1p and expm1: 1 - (1 - p)^n would lose the digits of a small p.
    return -math.expm1(watchers * math.log1p(-clip(chance, 0.0, ALMOST_ONE)))


@rule
def combine_sights(a: float, b: float) -> float:
    """Chance that one of two independent groups notices."""
    return 1.0 - (1.0 - a) * (1.0 - b)


@rule
def compute_checks(u: float, sight: float) -> float:
    """Checks until the first that notices, at quantile u (geometric, at least 1); a very large number when nobody can."""
    if not sight > 0.0:
        return NEVER_HOURS
    if sight >= ALMOST_ONE:
        return 1.0
    return to_count(math.log1p(-clip(u, 0.0, ALMOST_ONE)) / math.log1p(-sight)) + 1.0


@rule
def compute_detection(outside_hours: float, checks: float, p: Incidents) -> float:
    """Hours until detection: by people outside or by the watchers, whichever is first."""
    return min(outside_hours, checks * p.sampling_minutes / MINUTES_AN_HOUR, NEVER_HOURS)


@rule
def compute_mean_detection(sight: float, kind: int, p: Incidents) -> float:
    """What an attacker can expect in hours: the mean of the watchers' time, at most the median of people outside."""
    if not sight > 0.0:
        return p.outside_hours[kind]
    return min(p.sampling_minutes / MINUTES_AN_HOUR / sight, p.outside_hours[kind])


@rule
def compute_escaped(detection_hours: float, kind: int, p: Incidents) -> float:
    """Part of the value at risk that is gone at detection: (detection - exit delay) / drain time.

    What leaves through those who front liquidity knows no delay.
    """
    fast = clip(detection_hours / p.drain_hours[kind], 0.0, 1.0)
    slow = clip((detection_hours - p.exit_delay_hours) / p.drain_hours[kind], 0.0, 1.0)
    return p.fast_share * fast + (1.0 - p.fast_share) * slow


@rule
def compute_loss_share(escaped: float, p: Incidents) -> float:
    """What is lost for good of what escaped: all but what others recover."""
    return escaped * (1.0 - p.rescued) if p.shared == 1 else escaped


@rule
def compute_repair(spread: float, helpers: float, kind: int, p: Incidents) -> float:
    """Days of repair; `spread` has mean 1. Validators of other chains help when security is shared."""
    speed = 1.0 + p.repair_help * helpers if p.shared == 1 else 1.0
    return p.repair_days[kind] * spread / speed


@rule
def compute_contagion(loss_share: float, p: Incidents) -> float:
    """Log change of the value of all rollups after a loss of this share of it."""
    factor = p.contagion + p.contagion_shared if p.shared == 1 else p.contagion
    return factor * loss_share


@rule
def compute_exit_wait(hours: float, p: Incidents) -> float:
    """Seconds that an exit delay of so many hours costs a mean message of an honest user."""
    return p.exit_share * hours * SECONDS_AN_HOUR


@rule
def compute_felt_factor(launch_s: float, wait_s: float, usual_wait_s: float) -> float:
    """Delay and wait of exits relative to the usual wait, at the delay of launch; 1 while the exit delay is the usual one."""
    usual = launch_s + usual_wait_s
    return (launch_s + wait_s) / usual if usual > 0.0 else 1.0
