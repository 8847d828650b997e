"""How a change that voters want is written down: which parameters, how far, and what else moves with them (ECONOMY 20)."""

from metalab.econ.governance.voter import Electorate
from metalab.protocol.kernel.codes import OK, OUT_OF_BOUNDS, TOO_EARLY
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import to_count
from metalab.protocol.policy.channels import Channel
from metalab.protocol.policy.content import GovernableRow, ProposalContent, add_change, clear_content


@rule
def can_move(parameter: GovernableRow) -> bool:
    """Whether voters propose changes of it: a number that can be moved a little and moves money at first order.

    Issuance needs another token contract: it can be proposed from outside, but is not on voters' minds.
    """
    return parameter.span > 0.0 and parameter.channel != Channel.NONE and parameter.channel != Channel.ISSUANCE


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
def find_step(parameter: GovernableRow, p: Electorate) -> float:
    """The farthest that voters move a parameter at once: a share of its value, or of half its range where that is less."""
    reach = 0.5 * parameter.span
    # At 0 a share of the value would allow no step at all.
    if parameter.value != 0.0:
        reach = min(reach, abs(parameter.value))
    step = p.ambition * reach
    return step if parameter.is_real == 1 else max(step, 1.0)


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
