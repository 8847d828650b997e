"""DAO voters: lock, vote, propose (MODEL 14, ECONOMY 20)."""

import math

from metalab.econ.governance.interests import Interests
from metalab.econ.kernel.chance.distributions import lognormal, normal
from metalab.protocol.governance.governance import Governance, LockCurve, VoterRow, extend, lock, unlock
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, draw, parameter
from metalab.protocol.kernel.units import BPS, clip, logistic, safe_log, to_count


class Electorate(Record):
    """Who the voters are and how they act."""

    tokens: int = parameter(
        14_000_000,
        0,
        22_000_000,
        unit="ERA",
        source="ECONOMY 2; range assumed",
        owner="nature",
        doc="Opening tokens of all voters.",
    )
    tail: float = parameter(1.1, 1.01, 3.0, unit="1", source="MODEL 14; range assumed", owner="nature", doc="Pareto exponent of holdings.")
    largest: float = parameter(
        0.03,
        0.005,
        1.0,
        unit="share",
        source="ECONOMY 2; range assumed",
        owner="nature",
        doc="Most of the group's tokens that one voter opens with; at least twice an equal part.",
    )
    groups: list[int] = parameter(
        (3_000, 1_500, 1_500, 2_500, 1_500),
        0,
        10_000,
        unit="bps",
        source="assumed",
        owner="nature",
        total=10_000,
        doc="Voters that are stakers, users, developers, investors, traders besides.",
    )
    delegating: float = parameter(
        0.1,
        0.0,
        0.9,
        unit="share",
        source="assumed",
        owner="behaviour",
        doc="Voters that let a larger voter of their group vote for them.",
    )
    met: int = parameter(
        12, 0, 1_000, unit="1", source="assumed", owner="behaviour", doc="Voters met at random among whom one looks for a delegate."
    )
    census_days: int = parameter(
        7, 1, 365, unit="day", source="assumed", owner="behaviour", doc="Days between two looks at how much others hold (medians)."
    )
    benefit: float = parameter(
        0.06,
        0.0,
        0.3,
        unit="1/year",
        source="ECONOMY 20",
        owner="behaviour",
        doc="Median private value of a doubled vote, share of the tokens.",
    )
    benefit_sigma: float = parameter(0.8, 0.0, 2.0, unit="1", source="ECONOMY 20", owner="behaviour", doc="Its spread, lognormal.")
    review: float = parameter(
        1.0 / 30.0,
        0.0,
        1.0,
        unit="1/day",
        source="assumed (as nodes, ECONOMY 6)",
        owner="behaviour",
        doc="Chance that a voter reviews its lock.",
    )
    intercept: float = parameter(
        -1.0,
        -4.0,
        2.0,
        unit="1",
        source="ECONOMY 20",
        owner="behaviour",
        doc="Log-odds of voting at the median holding, a strong opinion given.",
    )
    slope: float = parameter(
        0.2, 0.0, 1.0, unit="1", source="ECONOMY 20", owner="behaviour", doc="Rise of the log-odds with the log of holdings."
    )
    indifferent: float = parameter(
        0.6,
        0.0,
        1.0,
        unit="share",
        source="ECONOMY 20",
        owner="behaviour",
        doc="Part of those who would vote that does without an opinion.",
    )
    strong: float = parameter(
        0.8, 0.1, 1.0, unit="1", source="ECONOMY 20", owner="behaviour", doc="Effect from which an opinion is strong."
    )
    delay_days: float = parameter(
        3.0,
        0.1,
        10.0,
        unit="day",
        source="assumed",
        owner="behaviour",
        doc="Median delay of a ballot, lognormal; later than the vote is not cast.",
    )
    delay_sigma: float = parameter(1.0, 0.0, 2.0, unit="1", source="assumed", owner="behaviour", doc="Its spread.")
    comfort: float = parameter(
        0.15,
        0.0,
        1.0,
        unit="share",
        source="assumed",
        owner="behaviour",
        doc="Fall of its outcome below the usual that a voter accepts.",
    )
    proposing: float = parameter(
        1.0,
        0.0,
        12.0,
        unit="1/year",
        source="assumed",
        owner="behaviour",
        doc="Ideas a year of a voter outside its comfort band.",
    )
    ambition: float = parameter(
        0.2,
        0.01,
        1.0,
        unit="share",
        source="assumed",
        owner="behaviour",
        doc="Largest proposed change relative to the present value.",
    )
    step_share: float = parameter(
        0.1, 0.001, 1.0, unit="share", source="ECONOMY 20", owner="behaviour", doc="Largest proposed change, share of a parameter's range."
    )
    poll: int = parameter(60, 1, 500, unit="1", source="ECONOMY 20", owner="behaviour", doc="Voters asked before a proposal is filed.")
    support: float = parameter(
        0.8,
        0.0,
        1.0,
        unit="share",
        source="ECONOMY 20",
        owner="behaviour",
        doc="Support in the poll without which nothing is filed.",
    )
    gap_days: int = parameter(
        60,
        0,
        365,
        unit="day",
        source="ECONOMY 20",
        owner="behaviour",
        doc="Days between two endogenous proposals on one parameter.",
    )


class VoterDraws(Record):
    """Chance of a voter's day."""

    review: float = draw(0, "whether it reviews its lock")
    idea: float = draw(1, "whether it has an idea for a proposal")
    parameter: float = draw(2, "about which parameter")
    stride: float = draw(3, "how large a change")


@rule
def compute_lock_cost(days: float, p: Interests) -> float:
    """Yearly cost of a lock of so many days, share of the tokens: that of unbonding stake at as many days (ECONOMY 7).

    It grows with the square root of time, not with time: linear, a year's lock would cost half of the tokens a year.
    """
    return p.illiquidity * math.sqrt(days / p.illiquidity_days)


@rule
def compute_lock_gain(curve: int, days: int, maximum: int) -> float:
    """Votes a lock adds to a token, in units of what the private benefit is counted in (one doubled vote)."""
    if curve == LockCurve.FLAT2X:
        return 1.0
    return days / maximum if curve == LockCurve.LINEAR else 0.0


@rule
def choose_lock_days(voter: VoterRow, p: Governance, interests: Interests) -> int:
    """The shortest or the longest lock, or one of two between, whichever leaves most; the shorter one among equals."""
    best = p.lock_minimum_days
    value = 0.0
    for k in range(4):
        days = p.lock_minimum_days + (p.lock_maximum_days - p.lock_minimum_days) * k // 3
        net = voter.benefit * compute_lock_gain(p.curve, days, p.lock_maximum_days) - compute_lock_cost(float(days), interests)
        if net > value:
            value = net
            best = days
    return best


@rule
def choose_lock_share(voter: VoterRow, p: Governance, days: int, interests: Interests) -> float:
    """Share of its tokens a voter locks. The value of further votes falls to 0 as the share goes to 1: 1 - cost / benefit."""
    gain = voter.benefit * compute_lock_gain(p.curve, days, p.lock_maximum_days)
    cost = compute_lock_cost(float(days), interests)
    return clip(1.0 - cost / gain, 0.0, 1.0) if gain > 0.0 else 0.0


@rule
def review_lock(voter: VoterRow, pots: Pots, p: Governance, day: int, interests: Interests) -> None:
    """Lock more, renew, or leave a lock that has ended."""
    days = choose_lock_days(voter, p, interests)
    wanted = to_count((voter.balance + voter.locked) * choose_lock_share(voter, p, days, interests))
    # A lock is left as a whole and only once it has ended; what is still wanted is locked anew below.
    if wanted < voter.locked:
        unlock(voter, pots, day)
    if wanted > voter.locked:
        lock(voter, pots, p, day, wanted - voter.locked, days)
    elif wanted > 0:
        extend(voter, p, day, days)


@rule
def get_holding(voter: VoterRow) -> int:
    """All tokens of a voter, in uERA."""
    return voter.balance + voter.locked


@rule
def compute_turnout(tokens: int, median: float, effect: float, p: Electorate) -> float:
    """Chance to vote: logit^-1(-1 + .2 ln(tokens / median)) * (.6 + .4 |u| / .8) (ECONOMY 20)."""
    if tokens <= 0 or median <= 0.0:
        return 0.0
    size = logistic(p.intercept + p.slope * safe_log(tokens / median))
    return size * (p.indifferent + (1.0 - p.indifferent) * min(abs(effect) / p.strong, 1.0))


@rule
def compute_delay(u: float, p: Electorate) -> int:
    """Whole days from the start of a vote to a voter's ballot."""
    return to_count(lognormal(u, p.delay_days, p.delay_sigma))


@rule
def form_opinion(effect: float, u: float, noise: float) -> float:
    """A voter's estimate: the effect on its interests and an error."""
    return effect + noise * normal(u)


@rule
def is_uneasy(outcome: float, usual: float, p: Electorate) -> bool:
    """Whether a group's outcome has fallen out of its comfort band."""
    return outcome < (1.0 - p.comfort) * usual


@rule
def pick_group(u: float, p: Electorate) -> int:
    """Which `Stakeholder` a voter is besides a holder."""
    last = len(p.groups) - 1
    below = 0
    for k in range(last):
        below += p.groups[k]
        if u * BPS < below:
            return k
    return last


@rule
def find_step(u: float, value: float, span: float, p: Electorate) -> float:
    """How far a voter wants to move a parameter: at most a share of its range and a share of the present value."""
    # ECONOMY 20: at most a tenth of the range.
    step = p.step_share * span
    # At 0 a share of the present value would allow no step at all.
    limit = min(step, p.ambition * abs(value)) if value != 0.0 else step
    return limit * u
