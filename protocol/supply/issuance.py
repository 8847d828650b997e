"""Issuance of new tokens: how many a day by the rule in force, and to whom. The protocol has none; a DAO could want it (LOOPS 3)."""

import math
from enum import IntEnum

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import SHARE_OF_TIER, TIERS, Share
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, field, metric, parameter
from metalab.protocol.kernel.units import clip, safe_exp, take_bps, to_count
from metalab.protocol.supply.ledger import issue_to_others, issue_to_tier


class IssuanceRule(IntEnum):
    """How the rate of issuance goes on from where it opened."""

    CONSTANT = 0
    FALLING = 1
    HALVING = 2
    TARGET = 3


class Issuance(Record):
    """New tokens. A rate of 0, the default, issues none."""

    rate: float = parameter(
        0.0, 0.0, 0.5, unit="1/year", source="chosen, because the protocol issues nothing", owner="dao",
        doc="New tokens a year, as a share of all there are; where the rule moves it, the rate it opens with.",
    )  # fmt: skip
    rule: int = choice(IssuanceRule.CONSTANT, source="assumed", owner="dao", doc="How the rate goes on.")
    fall: float = parameter(
        0.15, 0.0, 1.0, unit="1/year", source="assumed (networks with falling issuance lower it by .1 to .2 a year)", owner="dao",
        doc="Falling: log fall of the rate a year.",
    )  # fmt: skip
    halving_days: int = parameter(
        1_461,
        30,
        3_650,
        unit="day",
        source="assumed (four years)",
        owner="dao",
        doc="Halving: days after which the rate halves.",
    )
    target: float = parameter(
        0.5, 0.05, 0.95, unit="share", source="assumed (networks aim at .5 to .67)", owner="dao",
        doc="Target: share of the circulating supply that ought to be bonded.",
    )  # fmt: skip
    gain: float = parameter(
        0.1, 0.0, 5.0, unit="1/year", source="assumed", owner="dao",
        doc="Target: rise of the rate a year while nothing is bonded and the target is 1; it falls as fast above the target.",
    )  # fmt: skip
    lowest: float = parameter(0.0, 0.0, 0.2, unit="1/year", source="assumed", owner="dao", doc="Target: least rate.")
    highest: float = parameter(0.2, 0.0, 0.5, unit="1/year", source="assumed", owner="dao", doc="Target: largest rate.")
    limit: int = parameter(
        4_000_000_000, 1_000_000_000, 4_000_000_000, unit="ERA", source="chosen, because accounts are exact up to there", owner="dao",
        doc="Supply at which issuance ends.",
    )  # fmt: skip
    split: list[int] = parameter(
        (5000, 3125, 1875, 0, 0, 0), 0, 10_000, unit="bps", source="assumed (to stakers, as revenue is split among them)", owner="dao",
        total=10_000, doc="New tokens to core, guardian, flex, developers, users, treasury.",
    )  # fmt: skip


class IssuanceState(Record):
    """Where issuance stands."""

    rate: float = field("1/year", "rate in force")
    opened: float = field("1/year", "rate that was set when the rate in force began")
    since: int = field("day", "when it was set")
    issued: int = field("uERA", "since launch")


class IssuanceMetrics(Record):
    """Issuance on a day."""

    issued_era: float = metric("ERA", "Issued since launch.", chart=True)
    issuance_rate: float = metric("1/year", "Rate of issuance in force.", chart=True)


@rule
def compute_rate(state: IssuanceState, bonded_share: float, p: Issuance, day: int) -> float:
    """Today's rate by the rule, from the rate that was set and the days since."""
    days = day - state.since
    if p.rule == IssuanceRule.FALLING:
        return p.rate * safe_exp(-p.fall * days / DAYS_A_YEAR)
    if p.rule == IssuanceRule.HALVING:
        return p.rate * safe_exp(-math.log(2.0) * (days // p.halving_days))
    if p.rule == IssuanceRule.TARGET:
        return clip(state.rate + p.gain * (p.target - bonded_share) / DAYS_A_YEAR, p.lowest, p.highest)
    return p.rate


@rule
def advance_rate(state: IssuanceState, bonded_share: float, p: Issuance, day: int) -> None:
    """Put today's rate in force; a rate that was set anew begins its course today."""
    if state.opened != p.rate:
        state.opened = p.rate
        state.rate = p.rate
        state.since = day
    state.rate = compute_rate(state, bonded_share, p, day)


@rule
def compute_issue(state: IssuanceState, supply: int, p: Issuance) -> int:
    """New tokens of a day in uERA, rounded down, at most up to the limit; `supply` is all there is, less what was burned."""
    room = p.limit - supply
    return min(to_count(supply * (state.rate / DAYS_A_YEAR)), max(room, 0))


@rule
def issue(state: IssuanceState, pots: Pots, amount: int, p: Issuance) -> None:
    """New tokens come into being in the pots they are for; what the split rounds away goes to the treasury."""
    left = amount
    for tier in range(TIERS):
        part = take_bps(amount, p.split[SHARE_OF_TIER[tier]])
        issue_to_tier(pots, tier, part)
        left -= part
    developers = take_bps(amount, p.split[Share.DEVELOPERS])
    users = take_bps(amount, p.split[Share.USERS])
    left -= developers + users
    issue_to_others(pots, developers, users, left)
    state.issued += amount
