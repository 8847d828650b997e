"""What a proposal would do: changes of parameters, grants, flows that begin or end, or nothing but a text.

A governable parameter is a number of the parameter record with bounds that voters may move; content that touches anything else is refused.
"""

from typing import Final

from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, OUT_OF_BOUNDS, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, field
from metalab.protocol.policy.changes import FOR_EVER, SET, compute_target
from metalab.protocol.policy.conditions import NO_CONDITION
from metalab.protocol.policy.flows import OPEN_END, FlowRow, FlowTerms, check_flow, count_flows, end_flow, plan_flow
from metalab.protocol.policy.grants import FROM_TREASURY, check_grant

MOST_CHANGES: Final = 24
"""Changes of numbers in a proposal that is voted on: three steps of a whole `fees.split` and nine more fit (chosen, because memory)."""
MOST_GRANTS: Final = 24
"""Grants in a proposal that is voted on: two years of monthly payments (chosen, because memory)."""
MOST_FLOWS: Final = 4
"""Flows that begin or end with one proposal (assumed)."""
FLOW_TOPICS: Final = 1_000
"""Topics of flows begin here: those of grants are below."""
TARGET_TOPICS: Final = 100
"""Distance of the topics of two sources of flows: more than there are destinations."""
NAMES: Final = 1 << 40
"""Permanent numbers of governable parameters are below it."""


class GovernableRow(Record):
    """A governable number. Elements of a vector are consecutive rows; bounds are in stored units."""

    slot: int = field("word", "place in Params")
    is_real: int = field("flag", "1: the parameter is a float")
    low: float = field("1", "lower bound, stored units")
    high: float = field("1", "upper bound, stored units")
    span: float = field("1", "range in which it can be moved a little, stored units; 0 for choices and switches")
    first: int = field("row", "row of the first element of its vector; its own row for a scalar")
    element: int = field("1", "place in its vector, 0 for a scalar")
    length: int = field("1", "elements of its vector, 1 for a scalar")
    total: float = field("1", "fixed sum of its vector, 0 for none")
    channel: int = field("code", "Channel: whose money the parameter moves, first order")
    value: float = field("1", "where it stood at yesterday's close, stored units")
    filed_day: int = field("day", "when voters last filed a change of it; -1 never")
    is_moved: int = field("flag", "1 once a vote has changed it")
    bound_days: int = field("day", "days in a row at a bound since a vote changed it")
    name: int = field("1", "permanent number of its path, below NAMES: chance hangs on it, not on where it lies")


class ProposalContent(Record):
    """The content of a proposal. With a ramp, values are reached in equal daily steps."""

    changes: int = field("1", "parameter changes in use")
    slot: list[int] = field("word", "places in Params", length=MOST_CHANGES)
    value: list[float] = field("1", "new values, stored units", length=MOST_CHANGES)
    day: list[int] = field("day", "first day on which it may hold; the day after execution if that is later", length=MOST_CHANGES)
    ramp_days: list[int] = field("day", "days over which each value is reached; 0: at once", length=MOST_CHANGES)
    wait: list[int] = field("day", "days it waits after the day that follows execution", length=MOST_CHANGES)
    span: list[int] = field("day", "days for which it then holds; 0: see `until`", length=MOST_CHANGES)
    until: list[int] = field("day", "first day on which it holds no more; 0: for ever", length=MOST_CHANGES)
    mode: list[int] = field("code", "ChangeMode", length=MOST_CHANGES)
    condition: list[int] = field("row", "condition under which it holds; -1: always", length=MOST_CHANGES)
    grants: int = field("1", "grants in use")
    target: list[int] = field("code", "GrantTarget", length=MOST_GRANTS)
    amount: list[int] = field("uERA", "tokens to grant", length=MOST_GRANTS)
    usd: list[float] = field("USD", "what they are to be worth; 0: `amount` says it", length=MOST_GRANTS)
    payer: list[int] = field("code", "GrantPayer", length=MOST_GRANTS)
    due_day: list[int] = field("day", "earliest day of payment", length=MOST_GRANTS)
    grant_wait: list[int] = field("day", "days it waits after execution", length=MOST_GRANTS)
    grant_condition: list[int] = field("row", "condition without which it lapses; -1: none", length=MOST_GRANTS)
    quorum: float = field("share", "own quorum; below 0: the rule's")
    threshold: float = field("share", "own threshold; below 0: the rule's")
    flows: int = field("1", "flows in use")
    flow_name: list[int] = field("1", "numbers of their names", length=MOST_FLOWS)
    flow_source: list[int] = field("code", "FlowSource", length=MOST_FLOWS)
    flow_target: list[int] = field("code", "FlowTarget", length=MOST_FLOWS)
    flow_share: list[int] = field("bps", "of the source's inflow", length=MOST_FLOWS)
    flow_amount: list[int] = field("uERA", "a day", length=MOST_FLOWS)
    flow_usd: list[float] = field("USD", "a day", length=MOST_FLOWS)
    flow_yearly: list[float] = field("1/year", "of what the source holds", length=MOST_FLOWS)
    flow_volume: list[float] = field("share", "of the mean daily volume that its orders may have", length=MOST_FLOWS)
    flow_day: list[int] = field("day", "first day; the day after execution if that is later", length=MOST_FLOWS)
    flow_days: list[int] = field("day", "for how many days; 0: it goes on", length=MOST_FLOWS)
    flow_condition: list[int] = field("row", "condition under which it is on; -1: always", length=MOST_FLOWS)
    flow_ends: list[int] = field("flag", "1: a flow of this name ends, as described here", length=MOST_FLOWS)
    flow_wait: list[int] = field("day", "days it waits after the day that follows execution", length=MOST_FLOWS)
    flow_until: list[int] = field("day", "first day on which it flows no more; 0: see `flow_days`", length=MOST_FLOWS)


@rule
def clear_content(content: ProposalContent) -> None:
    """No change, no grant and no flow: a text."""
    content.changes = 0
    content.grants = 0
    content.flows = 0
    content.quorum = -1.0
    content.threshold = -1.0


@rule
def add_change(content: ProposalContent, slot: int, value: float, day: int, ramp_days: int) -> int:
    """Put a parameter change into the content of a proposal. Returns OK, TABLE_FULL or INVALID_AMOUNT (negative times)."""
    if content.changes >= MOST_CHANGES:
        return TABLE_FULL
    if day < 0 or ramp_days < 0:
        return INVALID_AMOUNT
    k = content.changes
    content.slot[k] = slot
    content.value[k] = value
    content.day[k] = day
    content.ramp_days[k] = ramp_days
    content.changes += 1
    qualify_last_change(content, 0, 0, FOR_EVER, SET, NO_CONDITION)
    return OK


@rule
def qualify_last_change(content: ProposalContent, wait: int, span: int, until: int, mode: int, condition: int) -> None:
    """Say of the change added last when it begins and ends, how its value is meant and under which condition it holds."""
    k = content.changes - 1
    content.wait[k] = wait
    content.span[k] = span
    content.until[k] = until
    content.mode[k] = mode
    content.condition[k] = condition


@rule
def add_grant(content: ProposalContent, target: int, amount: int) -> int:
    """Put a treasury grant in uERA into the content of a proposal. Returns OK, TABLE_FULL, INVALID_AMOUNT or UNKNOWN_TARGET."""
    if content.grants >= MOST_GRANTS:
        return TABLE_FULL
    code = check_grant(target, amount)
    if code != OK:
        return code
    content.target[content.grants] = target
    content.amount[content.grants] = amount
    content.grants += 1
    qualify_last_grant(content, 0.0, FROM_TREASURY, 0, 0, NO_CONDITION)
    return OK


@rule
def qualify_last_grant(content: ProposalContent, usd: float, payer: int, due_day: int, wait: int, condition: int) -> None:
    """Say of the grant added last what it is worth in USD, who pays, when, and under which condition."""
    k = content.grants - 1
    content.usd[k] = usd
    content.payer[k] = payer
    content.due_day[k] = due_day
    content.grant_wait[k] = wait
    content.grant_condition[k] = condition


@rule
def read_terms(content: ProposalContent, k: int) -> FlowTerms:
    """What flow k of a proposal is."""
    return FlowTerms(
        content.flow_name[k],
        content.flow_source[k],
        content.flow_target[k],
        content.flow_share[k],
        content.flow_amount[k],
        content.flow_usd[k],
        content.flow_yearly[k],
        content.flow_volume[k],
    )


@rule
def add_flow(content: ProposalContent, terms: FlowTerms, day: int, days: int, condition: int, ends: int) -> int:
    """Put a flow into the content of a proposal, or with `ends` 1 the end of one.

    Returns OK, TABLE_FULL, INVALID_AMOUNT (negative times too), UNKNOWN_TARGET or OUT_OF_BOUNDS.
    """
    if content.flows >= MOST_FLOWS:
        return TABLE_FULL
    code = check_flow(terms)
    if code != OK:
        return code
    if day < 0 or days < 0:
        return INVALID_AMOUNT
    k = content.flows
    content.flow_name[k] = terms.name
    content.flow_source[k] = terms.source
    content.flow_target[k] = terms.target
    content.flow_share[k] = terms.share_bps
    content.flow_amount[k] = terms.amount
    content.flow_usd[k] = terms.usd
    content.flow_yearly[k] = terms.yearly
    content.flow_volume[k] = terms.volume_share
    content.flow_day[k] = day
    content.flow_days[k] = days
    content.flow_condition[k] = condition
    content.flow_ends[k] = ends
    content.flow_wait[k] = 0
    content.flow_until[k] = 0
    content.flows += 1
    return OK


@rule
def qualify_last_flow(content: ProposalContent, wait: int, until: int) -> None:
    """Say of the flow added last how long it waits after execution, and when it ends."""
    content.flow_wait[content.flows - 1] = wait
    content.flow_until[content.flows - 1] = until


@rule
def has_room(flows: Rows[FlowRow], content: ProposalContent) -> bool:
    """Whether the table takes the flows that a proposal begins."""
    wanted = 0
    for k in range(content.flows):
        wanted += 1 - content.flow_ends[k]
    return count_flows(flows) + wanted <= len(flows)


@rule
def start_flows(flows: Rows[FlowRow], content: ProposalContent, day: int, proposal: int) -> None:
    """Begin and end what a proposal executed on `day` says, from the next day on; a flow takes the place of one of its name."""
    for k in range(content.flows):
        start = max(day + 1 + content.flow_wait[k], content.flow_day[k])
        end_flow(flows, content.flow_name[k], start)
        if content.flow_ends[k] == 0:
            end = start + content.flow_days[k] if content.flow_days[k] > 0 else OPEN_END
            end = content.flow_until[k] if content.flow_until[k] > 0 else end
            plan_flow(flows, read_terms(content, k), start, end, content.flow_condition[k], proposal)


@rule
def copy_flows(out: ProposalContent, content: ProposalContent) -> None:
    """Copy the flows of one proposal into another."""
    out.flows = 0
    for k in range(content.flows):
        days = content.flow_days[k]
        add_flow(out, read_terms(content, k), content.flow_day[k], days, content.flow_condition[k], content.flow_ends[k])
        qualify_last_flow(out, content.flow_wait[k], content.flow_until[k])


@rule
def copy_content(out: ProposalContent, content: ProposalContent) -> None:
    """Copy the content of one proposal into another."""
    out.changes = content.changes
    out.grants = content.grants
    out.quorum = content.quorum
    out.threshold = content.threshold
    for k in range(MOST_CHANGES):
        out.slot[k] = content.slot[k]
        out.value[k] = content.value[k]
        out.day[k] = content.day[k]
        out.ramp_days[k] = content.ramp_days[k]
        out.wait[k] = content.wait[k]
        out.span[k] = content.span[k]
        out.until[k] = content.until[k]
        out.mode[k] = content.mode[k]
        out.condition[k] = content.condition[k]
    copy_grants(out, content)


@rule
def copy_grants(out: ProposalContent, content: ProposalContent) -> None:
    """Copy the grants of one proposal into another."""
    for k in range(MOST_GRANTS):
        out.target[k] = content.target[k]
        out.amount[k] = content.amount[k]
        out.usd[k] = content.usd[k]
        out.payer[k] = content.payer[k]
        out.due_day[k] = content.due_day[k]
        out.grant_wait[k] = content.grant_wait[k]
        out.grant_condition[k] = content.grant_condition[k]
    copy_flows(out, content)


@rule
def find_governable(governable: Rows[GovernableRow], slot: int) -> int:
    """The row of a governable parameter, -1 for a word that nobody may vote on."""
    for k in range(len(governable)):
        if governable[k].slot == slot:
            return k
    return -1


@rule
def compute_topic(governable: Rows[GovernableRow], content: ProposalContent, day: int) -> int:
    """The key of the chance of all that belongs to what is filed on a day: the day and what it changes first.

    Without a change it is whom it grants tokens to first, without a grant which flow it begins or ends first. Amounts and values
    do not enter: who compares two sizes of a proposal sees the same voters.
    """
    name = 0
    if content.changes > 0:
        name = governable[max(find_governable(governable, content.slot[0]), 0)].name
    elif content.grants > 0:
        # Numbers of parameters are scattered over all of NAMES: that one falls on these few is next to impossible.
        name = content.target[0] + 1
    elif content.flows > 0:
        name = FLOW_TOPICS + content.flow_source[0] * TARGET_TOPICS + content.flow_target[0]
    return day * NAMES + name


@rule
def is_for_good(content: ProposalContent, k: int) -> bool:
    """Whether change k moves the base value: it neither ends nor has a condition."""
    return content.span[k] == 0 and content.until[k] == FOR_EVER and content.condition[k] == NO_CONDITION


@rule
def is_same_time(content: ProposalContent, j: int, k: int) -> bool:
    """Whether two changes begin together and hold under the same condition; then one of them would undo the other.

    A trial and a lasting change that begin together do not: one is laid over the other.
    """
    begins = content.day[j] == content.day[k] and content.wait[j] == content.wait[k]
    return begins and content.condition[j] == content.condition[k] and is_for_good(content, j) == is_for_good(content, k)


@rule
def is_overtaken(content: ProposalContent, k: int) -> bool:
    """Whether a later change of the same proposal moves the same number for good: change k is a step on the way."""
    later = 0
    for j in range(k + 1, content.changes):
        if content.slot[j] == content.slot[k] and is_for_good(content, j):
            later += 1
    return later > 0


@rule
def get_new_value(content: ProposalContent, k: int, parameter: GovernableRow) -> float:
    """What change k leads to from where the parameter stands now, stored units."""
    return compute_target(content.mode[k], content.value[k], parameter.low, parameter.high, parameter.value)


@rule
def check_change(governable: Rows[GovernableRow], content: ProposalContent, k: int) -> int:
    """OK, UNKNOWN_TARGET (not governable) or OUT_OF_BOUNDS (outside its bounds, no number, or changed twice)."""
    at = find_governable(governable, content.slot[k])
    if at < 0:
        return UNKNOWN_TARGET
    # A NaN is neither below nor above a bound, hence the comparison this way round.
    if not (governable[at].low <= get_new_value(content, k, governable[at]) <= governable[at].high):
        return OUT_OF_BOUNDS
    for j in range(k):
        if content.slot[j] == content.slot[k] and is_same_time(content, j, k):
            return OUT_OF_BOUNDS
    return check_total(governable, content, at, k)


@rule
def check_total(governable: Rows[GovernableRow], content: ProposalContent, at: int, k: int) -> int:
    """A vector with a fixed sum changes as a whole and keeps its sum, to the unit; otherwise OUT_OF_BOUNDS.

    `at` is the row of the number that change `k` moves.
    """
    parameter = governable[at]
    if parameter.total <= 0.0:
        return OK
    if content.mode[k] != SET:
        return OUT_OF_BOUNDS
    first = governable[parameter.first].slot
    total = 0.0
    elements = 0
    for j in range(content.changes):
        # The elements of a vector lie in consecutive words.
        if first <= content.slot[j] < first + parameter.length and is_same_time(content, j, k):
            total += content.value[j]
            elements += 1
    # Compared exactly: shares in bps are integers, also as floats.
    if elements != parameter.length or total != parameter.total:
        return OUT_OF_BOUNDS
    return OK


@rule
def check_content(governable: Rows[GovernableRow], content: ProposalContent) -> int:
    """OK when every change is governable and within bounds, else the first refusal's code."""
    for k in range(content.changes):
        code = check_change(governable, content, k)
        if code != OK:
            return code
    return OK


@rule
def is_linked(governable: Rows[GovernableRow], content: ProposalContent, k: int) -> int:
    """1 when change k rounds together with the change before it: both are parts of one vector with a fixed sum."""
    if k == 0:
        return 0
    here = find_governable(governable, content.slot[k])
    before = find_governable(governable, content.slot[k - 1])
    if here < 0 or before < 0 or governable[here].total <= 0.0 or not is_same_time(content, k - 1, k):
        return 0
    return 1 if governable[here].first == governable[before].first else 0
