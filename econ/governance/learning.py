"""How far higher fees drive messages away: learned by everybody from the public figures of past weeks.

Before any evidence a voter expects users to choose between this network and a rival by a logit: the network's share of messages is
1 / (1 + (fee / rival fee)^weight), and the elasticity weight x (1 - share) is small at a low fee and large at a high one. Weekly
changes of messages are regressed on the changes which that share foretells (recursive least squares with forgetting); the slope,
1 before any evidence, tells how far users answer as foretold.
"""

import math

from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field
from metalab.protocol.kernel.units import clip, power, safe_log

WEEK_DAYS = 7
"""Days of a figure that is compared with the one before."""
LEAST_FEE_USD = 1e-4
"""Stands for a rival's fee of 0, with which no fee can be compared."""
LARGEST_SURPRISE = 0.1
"""Log change of weekly messages beyond what was expected that counts in full: more has other causes than the fee (a crash, an
airdrop). Bounding it is what makes least squares robust (Huber 1964)."""
LEAST_SLOPE, MOST_SLOPE = 0.1, 5.0
"""Bounds of the slope: users do not send more because it costs more."""


class LearningState(Record):
    """What the past weeks have taught everybody."""

    days: int = field("1", "days of the week under way")
    messages: float = field("1", "messages of the week under way")
    fee_usd: float = field("USD", "sum of its daily fees")
    last_messages: float = field("1/day", "messages a day of the last whole week; 0 before the first")
    last_share: float = field("1", "log of the share foretold at that week's mean fee")
    information: float = field("1", "discounted sum of squared foretold changes")
    evidence: float = field("1", "discounted sum of foretold times observed changes")
    slope: float = field("1", "how far users answer as foretold; 1 before any evidence")


@rule
def compute_share(fee_usd: float, rival_usd: float, weight: float) -> float:
    """Share of messages that go over this network at a fee, by logit against one rival."""
    return 1.0 / (1.0 + power(max(fee_usd, 0.0) / max(rival_usd, LEAST_FEE_USD), weight))


@rule
def compute_response(before_usd: float, after_usd: float, rival_usd: float, weight: float, slope: float) -> float:
    """Messages after a change of the fee over those before: the elasticity added up along the way."""
    return power(compute_share(after_usd, rival_usd, weight) / compute_share(before_usd, rival_usd, weight), slope)


@rule
def open_learning(state: LearningState, messages: float) -> None:
    """Nothing is known but a first day's messages."""
    state.last_messages = messages
    state.slope = 1.0


@rule
def learn(state: LearningState, foretold: float, observed: float, prior: float, keep: float) -> None:
    """Take in one pair of log changes; `prior` is the evidence that the slope of 1 stands for, `keep` what a week leaves of the old."""
    surprise = clip(observed - state.slope * foretold, -LARGEST_SURPRISE, LARGEST_SURPRISE)
    state.information = keep * state.information + foretold * foretold
    state.evidence = keep * state.evidence + foretold * (state.slope * foretold + surprise)
    state.slope = clip((prior + state.evidence) / (prior + state.information), LEAST_SLOPE, MOST_SLOPE)


@rule
def note_day(state: LearningState, messages: float, fee_usd: float) -> bool:
    """Take in a day; returns whether a week is complete."""
    state.days += 1
    state.messages += messages
    state.fee_usd += fee_usd
    return state.days == WEEK_DAYS


@rule
def close_week(state: LearningState, growth: float, rival_usd: float, weight: float, prior: float, memory_days: float) -> None:
    """Compare a whole week with the one before, apart from the usual growth (per year), and start the next."""
    messages = state.messages / WEEK_DAYS
    share = safe_log(compute_share(state.fee_usd / WEEK_DAYS, rival_usd, weight))
    # The share's log is below 0 for any fee: 0 stands for no week yet.
    if state.last_share < 0.0 and messages > 0.0 and state.last_messages > 0.0:
        observed = math.log(messages / state.last_messages) - growth * WEEK_DAYS / DAYS_A_YEAR
        learn(state, share - state.last_share, observed, prior, math.exp(-WEEK_DAYS / memory_days))
    state.last_messages = messages
    state.last_share = share
    state.days = 0
    state.messages = 0.0
    state.fee_usd = 0.0
