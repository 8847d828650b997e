"""From dissatisfaction to a proposal: which change a voter wants, how it is written down and what a poll says of it (ECONOMY 20)."""

from typing import Any

from metalab.econ.governance.interests import Interests, InterestsState, compute_change, estimate_effect
from metalab.econ.governance.voter import Electorate, find_step, form_opinion
from metalab.econ.kernel.chance.philox import uniform_at
from metalab.protocol.fees.fees import Fees
from metalab.protocol.governance.governance import NOBODY, VoterRow
from metalab.protocol.kernel.codes import OK, OUT_OF_BOUNDS, TOO_EARLY
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import clip, to_count
from metalab.protocol.policy.content import Channel, GovernableRow, ProposalContent, add_change, clear_content

OPERATORS = 1 << 32
"""Agent number of node operator 0 in the stream of ballots; voters are 0, 1, ..."""
POLLED = 1 << 33
"""Agent number of the first voter asked in a poll."""
TURNOUT, DELAY, OPINION, BELIEF = 0, 1, 2, 3
"""Draws of a ballot."""


@rule
def can_move(parameter: GovernableRow) -> bool:
    """Whether voters propose changes of it: a number that can be moved a little and moves money at first order."""
    return parameter.span > 0.0 and parameter.channel != Channel.NONE


@rule
def pick_governable(governable: Rows[GovernableRow], u: float) -> int:
    """One of the parameters that voters propose to change, all alike; -1 if there is none."""
    count = 0
    for k in range(len(governable)):
        if can_move(governable[k]):
            count += 1
    # u is below 1, so `left` is below `count` and the search always ends.
    left = to_count(u * count)
    for k in range(len(governable)):
        if can_move(governable[k]):
            if left == 0:
                return k
            left -= 1
    return -1


@rule
def have_idea(
    voter: VoterRow, governable: Rows[GovernableRow], u: float, stride: float, o: InterestsState, fees: Fees, p: Interests, e: Electorate
) -> None:
    """Note the change of a randomly met parameter that would serve the voter better, if one direction does."""
    at = pick_governable(governable, u)
    if at < 0:
        return
    parameter = governable[at]
    step = find_step(stride, parameter.value, parameter.span, e)
    up = compute_change(parameter, step, voter.stakeholder, voter.belief, o, fees, p)
    down = compute_change(parameter, -step, voter.stakeholder, voter.belief, o, fees, p)
    if max(up, down) <= 0.0:
        return
    voter.idea = at
    voter.idea_value = clip(parameter.value + (step if up >= down else -step), parameter.low, parameter.high)


@rule
def round_value(parameter: GovernableRow, value: float) -> float:
    """The nearest value the parameter can have."""
    return value if parameter.is_real == 1 else float(to_count(value + 0.5))


@rule
def write_vector(content: ProposalContent, governable: Rows[GovernableRow], at: int, value: float) -> int:
    """One share goes to `value`, the others of its vector give or take in proportion, so that the sum stays."""
    parameter = governable[at]
    rest = parameter.total - parameter.value
    if rest <= 0.0:
        return OUT_OF_BOUNDS
    exact = 0.0
    done = 0.0
    for k in range(parameter.first, parameter.first + parameter.length):
        exact += value if k == at else governable[k].value * (parameter.total - value) / rest
        # Rounding the running sum, not the parts, keeps the vector's total exact.
        part = round_value(parameter, exact - done)
        done += part
        add_change(content, governable[k].slot, part, 0, 0)
    return OK


@rule
def write_content(content: ProposalContent, governable: Rows[GovernableRow], at: int, value: float, day: int, gap: int) -> int:
    """Write the content that moves a parameter to `value`. Returns OK, TOO_EARLY (asked not long ago) or OUT_OF_BOUNDS."""
    parameter = governable[at]
    clear_content(content)
    if parameter.filed_day >= 0 and day - parameter.filed_day < gap:
        return TOO_EARLY
    target = round_value(parameter, value)
    if target == parameter.value:
        return OUT_OF_BOUNDS
    if parameter.total > 0.0:
        return write_vector(content, governable, at, target)
    return add_change(content, parameter.slot, target, 0, 0)


@rule
def note_filing(governable: Rows[GovernableRow], at: int, day: int) -> None:
    """Voters leave this parameter, and the vector it is part of, alone for a while."""
    first = governable[at].first
    for k in range(first, first + governable[at].length):
        governable[k].filed_day = day


@rule
def ask(
    voters: Rows[VoterRow],
    content: ProposalContent,
    governable: Rows[GovernableRow],
    key: Any,
    o: InterestsState,
    fees: Fees,
    p: Interests,
    e: Electorate,
) -> float:
    """Share of `poll` voters, drawn with replacement, who say yes; they answer as they would vote.

    Asking ends when too many have said no for the support that filing needs.
    """
    yes = 0
    spared = e.poll - to_count(e.support * e.poll)
    for k in range(e.poll):
        if k - yes > spared:
            # Whatever the rest would say, it is below the support that the caller asks for.
            return yes / e.poll
        i = to_count(uniform_at(key, POLLED + k, 0) * len(voters))
        voter = voters[i]
        effect = estimate_effect(content, governable, voter.stakeholder, voter.belief, o, fees, p)
        # The draw that `decide` uses in the vote: who is asked answers with the error it will vote with.
        if form_opinion(effect, uniform_at(key, i, OPINION), p.noise) > 0.0:
            yes += 1
    return yes / e.poll


@rule
def drop_idea(voter: VoterRow) -> None:
    """Ideas that found no support are forgotten."""
    voter.idea = NOBODY
