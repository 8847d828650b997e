"""DAO voters: lock, vote, propose (MODEL 14, ECONOMY 20)."""

import math

from metalab.econ.governance.interests import ILLIQUIDITY_DAYS, Interests
from metalab.econ.kernel.chance.distributions import lognormal, normal
from metalab.protocol.governance.governance import Governance, LockCurve, VoterRow, extend, lock, unlock
from metalab.protocol.governance.proposals import ProposalRow, get_yes_share
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, draw, parameter
from metalab.protocol.kernel.units import BPS, clip, logistic, safe_exp, safe_log, to_count

OPERATORS = 1 << 32
"""Agent number of node operator 0 in the stream of ballots; voters are 0, 1, ..."""
TURNOUT, DELAY, OPINION, BELIEF = 0, 1, 2, 3
"""Draws of a ballot."""


class Electorate(Record):
    """Who the voters are and how they act."""

    tokens: int = parameter(
        14_000_000,
        0,
        22_000_000,
        unit="ERA",
        source="ECONOMY 2; range assumed",
        owner="nature",
        binds="opening",
        doc="Opening tokens of all voters.",
    )
    tail: float = parameter(
        1.1, 1.01, 3.0, unit="1", source="MODEL 14; range assumed", owner="nature", binds="opening", doc="Pareto exponent of holdings."
    )
    largest: float = parameter(
        0.03,
        0.005,
        1.0,
        unit="share",
        source="ECONOMY 2; range assumed",
        owner="nature",
        binds="opening",
        doc="Most of the group's tokens that one voter opens with; at least twice an equal part.",
    )
    groups: list[int] = parameter(
        (3_000, 1_500, 1_500, 2_500, 1_500),
        0,
        10_000,
        unit="bps",
        source="assumed",
        owner="nature",
        binds="opening",
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
        binds="opening",
        doc="Voters that let a larger voter of their group vote for them.",
    )
    met: int = parameter(
        12,
        0,
        1_000,
        unit="1",
        source="assumed",
        owner="behaviour",
        binds="opening",
        doc="Voters met at random among whom one looks for a delegate.",
    )
    benefit: float = parameter(
        0.06,
        0.0,
        0.3,
        unit="1/year",
        source="ECONOMY 20",
        owner="behaviour",
        binds="opening",
        doc="Median private value of a doubled vote, share of the tokens.",
    )
    benefit_sigma: float = parameter(
        0.8, 0.0, 2.0, unit="1", source="ECONOMY 20", owner="behaviour", binds="opening", doc="Its spread, lognormal."
    )
    review: float = parameter(
        1.0 / 30.0,
        0.0,
        1.0,
        unit="1/day",
        source="assumed (as nodes, ECONOMY 6)",
        owner="behaviour",
        doc="Chance that a voter reviews its lock.",
    )
    attention_usd: float = parameter(
        2_000.0, 0.0, 1e6, unit="USD", owner="behaviour",
        source="chosen, because turnout is then within the observed 2-10 % of supply",
        doc="Gain from a vote, its chance to decide included, at which a holder votes in one case of two.",
    )  # fmt: skip
    attention_spread: float = parameter(
        1.5, 0.1, 10.0, unit="1", owner="behaviour",
        source="chosen, because the ten largest ballots then cast near the observed .44-.58 of votes",
        doc="How little the gain tells: log of the gain that multiplies the odds of voting by e.",
    )  # fmt: skip
    closeness: float = parameter(
        0.25, 0.01, 2.0, unit="share", source="assumed", owner="behaviour",
        doc="Lead of a side, once there is a quorum, at which a vote is felt to matter .6 times as much as in a tie.",
    )  # fmt: skip
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
    proposing: float = parameter(
        0.2, 0.0, 365.0, unit="1/year", source="assumed", owner="behaviour", doc="How often a year a voter looks for something to propose."
    )
    looks: int = parameter(
        6, 1, 50, unit="1", source="assumed", owner="behaviour", doc="Parameters it looks at before it proposes what serves it best."
    )
    ambition: float = parameter(
        0.2, 0.01, 1.0, unit="share", source="ECONOMY 20 (a tenth of the range)", owner="behaviour",
        doc="Largest proposed change, share of the present value or of half the range, whichever is less.",
    )  # fmt: skip
    margin: float = parameter(
        0.15, 0.0, 0.5, unit="share", owner="behaviour",
        source="chosen, because the share of yes is then within the observed .80-.95",
        doc="Expected support beyond the threshold without which nobody files.",
    )  # fmt: skip
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


@rule
def compute_lock_cost(days: float, p: Interests) -> float:
    """Yearly cost of a lock of so many days, share of the tokens: that of unbonding stake at as many days (ECONOMY 7).

    It grows with the square root of time, not with time: linear, a year's lock would cost half of the tokens a year.
    """
    return p.illiquidity * math.sqrt(days / ILLIQUIDITY_DAYS)


@rule
def compute_lock_gain(curve: int, days: int, maximum: int) -> float:
    """Votes a lock adds to a token, in units of what the private benefit is counted in (one doubled vote)."""
    if curve == LockCurve.FLAT2X:
        return 1.0
    return days / maximum if curve == LockCurve.LINEAR else 0.0


@rule
def compute_lock_benefit(voter: VoterRow, p: Governance, days: int, paid: float) -> float:
    """What a lock is worth a year, share of the tokens: further votes, and what lockers are paid."""
    return voter.benefit * compute_lock_gain(p.curve, days, p.lock_maximum_days) + paid


@rule
def choose_lock_days(voter: VoterRow, p: Governance, interests: Interests, paid: float) -> int:
    """The shortest or the longest lock, or one of two between, whichever leaves most; the shorter one among equals."""
    best = p.lock_minimum_days
    value = 0.0
    for k in range(4):
        days = p.lock_minimum_days + (p.lock_maximum_days - p.lock_minimum_days) * k // 3
        net = compute_lock_benefit(voter, p, days, paid) - compute_lock_cost(float(days), interests)
        if net > value:
            value = net
            best = days
    return best


@rule
def choose_lock_share(voter: VoterRow, p: Governance, days: int, interests: Interests, paid: float) -> float:
    """Share of its tokens a voter locks. The value of a further lock falls to 0 as the share goes to 1: 1 - cost / benefit."""
    gain = compute_lock_benefit(voter, p, days, paid)
    cost = compute_lock_cost(float(days), interests)
    return clip(1.0 - cost / gain, 0.0, 1.0) if gain > 0.0 else 0.0


@rule
def review_lock(voter: VoterRow, pots: Pots, p: Governance, day: int, interests: Interests, paid: float) -> None:
    """Lock more, renew, or leave a lock that has ended; `paid` is what locked tokens are paid a year, share of the tokens."""
    days = choose_lock_days(voter, p, interests, paid)
    wanted = to_count((voter.balance + voter.locked) * choose_lock_share(voter, p, days, interests, paid))
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
def compute_pivotality(proposal: ProposalRow, effective: int, p: Electorate) -> float:
    """How much a vote is felt to matter by the tally so far: fully until there is a quorum, then the more the closer it is."""
    if proposal.tokens < proposal.quorum * effective:
        return 1.0
    lead = (get_yes_share(proposal) - proposal.threshold) / p.closeness
    return safe_exp(-0.5 * lead * lead)


@rule
def compute_turnout(gain_usd: float, p: Electorate) -> float:
    """Chance to vote: attention is spent where the gain, times how much the vote matters, is worth it (rational inattention).

    A logit in the log of gain over cost: with costs that differ that widely, large holders vote more, and a holder of little may.
    """
    if gain_usd <= 0.0:
        return 0.0
    if p.attention_usd <= 0.0:
        return 1.0
    return logistic(safe_log(gain_usd / p.attention_usd) / p.attention_spread)


@rule
def compute_delay(u: float, p: Electorate) -> int:
    """Whole days from the start of a vote to a voter's ballot."""
    return to_count(lognormal(u, p.delay_days, p.delay_sigma))


@rule
def form_opinion(effect: float, u: float, noise: float) -> float:
    """A voter's estimate: the effect on its interests and an error."""
    return effect + noise * normal(u)


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
