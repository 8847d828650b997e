"""Who sets the agenda: a voter files what serves it best among what it expects to pass (Romer and Rosenthal 1978).

It looks at a few parameters, up and down, at a large and a small step. It files the change with the greatest gain of its own, if the
tokens it stands to gain exceed the deposit it stands to lose for want of a quorum, and if the groups that can vote, as far as
anybody can tell, support it. All voters of a group are alike to it but for their belief.
"""

import math
from typing import NamedTuple

from metalab.econ.governance.drafting import find_step, note_filing, pick_governable, write_content
from metalab.econ.governance.incidence import estimate_effect
from metalab.econ.governance.interests import CLASSES
from metalab.econ.governance.voter import VoterDraws, get_holding
from metalab.econ.kernel.chance.philox import uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import get_key
from metalab.econ.kernel.records import Params, State
from metalab.econ.kernel.world import World
from metalab.protocol.governance.governance import VoterRow, expect_quorum
from metalab.protocol.governance.proposals import file_proposal
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import clip
from metalab.protocol.policy.content import GovernableRow, ProposalContent

FIRST_LOOK = len(VoterDraws.infos)
"""Draws of a voter's day from here on: the parameters it looks at."""
THIRD = 1.09
"""Mean of the upper third of a standard normal: beliefs of a group stand in for by their thirds, -1.09, 0 and 1.09."""


class Lever(NamedTuple):
    """A change of one parameter, and the uERA that a voter expects to gain by filing it; at -1: none."""

    at: int
    value: float
    gain: float


@rule
def compute_consent(effect: float, noise: float) -> float:
    """Share of voters who say yes to what has this effect on them."""
    if noise <= 0.0:
        return 1.0 if effect > 0.0 else 0.0
    return 0.5 * (1.0 + math.erf(effect / noise / math.sqrt(2.0)))


@rule
def expect_support(content: ProposalContent, governable: Rows[GovernableRow], s: State, p: Params) -> float:
    """Share of yes that anybody would expect, by who holds the tokens and what it would mean to each group."""
    yes = 0.0
    total = 0
    for who in range(CLASSES):
        weight = s.governance.weight[who]
        if weight > 0:
            total += weight
            for k in range(-1, 2):
                effect = estimate_effect(content, governable, who, THIRD * k, s.interests, p)
                yes += weight * compute_consent(effect, p.interests.noise) / 3.0
    return yes / total if total > 0 else 0.0


@rule
def expect_gain(effect: float, tokens: int, quorum: float, p: Params) -> float:
    """uERA that filing is worth to a holder: the gain on its tokens if there is a quorum, less the deposit if there is none."""
    return quorum * effect * p.interests.scale * tokens - (1.0 - quorum) * p.governance.deposit


@rule
def weigh(w: World, voter: VoterRow, at: int, value: float, best: float) -> float:
    """What a voter gains by filing this change; 0 if it cannot be written, would not pass, or gains no more than `best`."""
    s = w.state[0]
    p = w.params[0]
    draft = s.governance.draft
    if write_content(draft, w.governable, at, value, s.clock.day, p.electorate.gap_days) != OK:
        return 0.0
    effect = estimate_effect(draft, w.governable, voter.stakeholder, voter.belief, s.interests, p)
    gain = expect_gain(effect, get_holding(voter), expect_quorum(s.governance), p)
    # The gain first: what others want takes longer to work out.
    if gain <= best or expect_support(draft, w.governable, s, p) <= p.governance.threshold + p.electorate.margin:
        return 0.0
    return gain


@rule
def find_lever(w: World, voter: VoterRow) -> Lever:
    """The change that serves a voter best among those it looks at today."""
    e = w.params[0].electorate
    key = get_key(w.state[0].clock, Stream.VOTERS)
    best = Lever(-1, 0.0, 0.0)
    for look in range(e.looks):
        at = pick_governable(w.governable, uniform_at(key, voter.index, FIRST_LOOK + look))
        if at < 0:
            continue
        parameter = w.governable[at]
        step = find_step(parameter, e)
        # The whole step and half of it, down and up.
        for k in range(-2, 3):
            value = clip(parameter.value + 0.5 * k * step, parameter.low, parameter.high)
            gain = weigh(w, voter, at, value, best.gain) if k != 0 else 0.0
            if gain > best.gain:
                best = Lever(at, value, gain)
    return best


@rule
def propose(w: World, voter: VoterRow) -> None:
    """A voter who can pay the deposit looks for something to propose, and files it."""
    s = w.state[0]
    p = w.params[0]
    g = s.governance
    day = s.clock.day
    # On day 0 nobody has seen any figures yet.
    if voter.balance < p.governance.deposit or s.interests.effective <= 0.0:
        return
    lever = find_lever(w, voter)
    if lever.at < 0:
        return
    if g.count >= len(w.proposals):
        g.refused += 1
        return
    # The draft holds what was looked at last.
    write_content(g.draft, w.governable, lever.at, lever.value, day, p.electorate.gap_days)
    if file_proposal(w.proposals[g.count], g.draft, w.governable, voter, w.pots[0], p.governance, day) == OK:
        g.count += 1
        note_filing(w.governable, lever.at, day)
