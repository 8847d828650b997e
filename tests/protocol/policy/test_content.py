"""Contents of proposals: only governable numbers, within bounds, vectors with a fixed sum as a whole."""

import math
from typing import Any

import pytest

from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, OUT_OF_BOUNDS, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.content import (
    MOST_CHANGES,
    MOST_FLOWS,
    MOST_GRANTS,
    NAMES,
    GovernableRow,
    ProposalContent,
    add_change,
    add_flow,
    add_grant,
    check_content,
    clear_content,
    compute_topic,
    copy_content,
    has_room,
    is_linked,
    read_terms,
    start_flows,
)
from metalab.protocol.policy.flows import FlowRow, FlowSource, FlowTarget, FlowTerms
from metalab.protocol.policy.grants import GrantTarget
from tests.support import make_row, make_rows


def make_governable() -> Any:
    """A scalar at word 4 within 0..10 and a vector at words 7-9 whose elements sum to 100."""
    table = make_rows(GovernableRow, 4)
    for k, (slot, first, length, total) in enumerate(((4, 0, 1, 0), (7, 1, 3, 100), (8, 1, 3, 100), (9, 1, 3, 100))):
        row = table[k]
        row.slot, row.first, row.length, row.total = slot, first, length, float(total)
        row.low, row.high = 0.0, 10.0 if k == 0 else 100.0
    return table


def make_content(*changes: tuple[int, float]) -> Any:
    content = make_row(ProposalContent)
    plain(clear_content)(content)
    for slot, value in changes:
        assert plain(add_change)(content, slot, value, 0, 0) == OK
    return content


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ((), OK),
        (((4, 0.0),), OK),
        (((4, 10.0),), OK),
        (((4, 10.1),), OUT_OF_BOUNDS),
        (((4, -0.1),), OUT_OF_BOUNDS),
        (((4, math.nan),), OUT_OF_BOUNDS),
        (((4, 1.0), (4, 2.0)), OUT_OF_BOUNDS),
        (((5, 1.0),), UNKNOWN_TARGET),
        (((7, 20.0), (8, 30.0), (9, 50.0)), OK),
        (((9, 50.0), (7, 20.0), (4, 3.0), (8, 30.0)), OK),
        (((7, 20.0), (8, 30.0), (9, 49.0)), OUT_OF_BOUNDS),
        (((7, 50.0), (8, 50.0)), OUT_OF_BOUNDS),
    ],
)
def test_what_may_be_proposed(changes: tuple[tuple[int, float], ...], code: int) -> None:
    assert plain(check_content)(make_governable(), make_content(*changes)) == code


def test_a_content_has_room_for_eight_changes_and_four_grants() -> None:
    content = make_content(*((k, 1.0) for k in range(MOST_CHANGES)))
    assert plain(add_change)(content, 1, 1.0, 0, 0) == TABLE_FULL
    for _ in range(MOST_GRANTS):
        assert plain(add_grant)(content, int(GrantTarget.BURN), 5) == OK
    assert plain(add_grant)(content, int(GrantTarget.BURN), 5) == TABLE_FULL


def test_refused_parts() -> None:
    content = make_content()
    assert plain(add_change)(content, 1, 1.0, -1, 0) == INVALID_AMOUNT
    assert plain(add_change)(content, 1, 1.0, 0, -1) == INVALID_AMOUNT
    assert plain(add_grant)(content, int(GrantTarget.USERS), 0) == INVALID_AMOUNT
    assert plain(add_grant)(content, len(GrantTarget), 1) == UNKNOWN_TARGET
    assert (content.changes, content.grants) == (0, 0)


def test_a_copy_has_all_content() -> None:
    content = make_content((4, 2.5), (7, 1.0))
    plain(add_grant)(content, int(GrantTarget.RND), 9)
    content.quorum = 0.25
    out = make_row(ProposalContent)
    plain(copy_content)(out, content)
    assert all(bytes(out._columns[name][0]) == bytes(content._columns[name][0]) for name in ("slot", "value", "target", "amount"))
    assert (out.changes, out.grants, out.quorum, out.threshold) == (2, 1, 0.25, -1.0)


def test_only_parts_of_one_vector_round_together() -> None:
    content = make_content((4, 1.0), (7, 20.0), (8, 30.0), (9, 50.0))
    assert [plain(is_linked)(make_governable(), content, k) for k in range(4)] == [0, 0, 1, 1]


def test_a_topic_hangs_on_day_and_parameter_and_not_on_where_the_parameter_lies() -> None:
    topics = []
    for moved in (0, 5):
        governable, content = make_governable(), make_row(ProposalContent)
        for k in range(4):
            governable[k].name = 1000 + k
            governable[k].slot += moved
        plain(add_change)(content, 7 + moved, 50.0, 0, 0)
        topics += [plain(compute_topic)(governable, content, day) for day in (0, 3)]
    assert topics == [1001, 3 * NAMES + 1001] * 2
    assert plain(compute_topic)(make_governable(), make_row(ProposalContent), 3) == 3 * NAMES


def test_grants_to_different_targets_have_different_chance_and_their_amount_does_not_matter() -> None:
    topics = []
    for target, amount in ((GrantTarget.BURN, 9), (GrantTarget.RND, 9), (GrantTarget.RND, 7)):
        content = make_row(ProposalContent)
        plain(add_grant)(content, int(target), amount)
        topics.append(plain(compute_topic)(make_governable(), content, 3))
    assert topics[1] == topics[2] != topics[0]
    assert 3 * NAMES not in topics


FLOW = FlowTerms(5, int(FlowSource.REVENUE), int(FlowTarget.BURN), 100, 0, 0.0, 0.0, 0.0)


def make_table(rows: int = 4) -> Any:
    table = make_rows(FlowRow, rows)
    for k in range(rows):
        table[k].day = -1
    return table


def make_flows(*flows: tuple[FlowTerms, int, int, int]) -> Any:
    content = make_row(ProposalContent)
    plain(clear_content)(content)
    for terms, day, days, ends in flows:
        assert plain(add_flow)(content, terms, day, days, -1, ends) == OK
    return content


def test_flows_begin_the_day_after_execution_and_take_the_place_of_their_namesakes() -> None:
    table = make_table()
    plain(start_flows)(table, make_flows((FLOW, 0, 0, 0), (FLOW._replace(name=6), 40, 10, 0)), 9, 0)
    assert [(table[k].day, table[k].end, table[k].proposal) for k in range(2)] == [(10, -1, 0), (40, 50, 0)]
    plain(start_flows)(table, make_flows((FLOW._replace(share_bps=200), 0, 0, 0)), 19, 1)
    assert [(table[k].day, table[k].end) for k in (0, 2)] == [(10, 20), (20, -1)]
    plain(start_flows)(table, make_flows((FLOW, 0, 0, 1)), 29, 2)
    assert [(table[k].day, table[k].end) for k in range(3)] == [(10, 20), (40, 50), (20, 30)]
    assert table[3].day == -1


def test_what_does_not_fit_is_refused() -> None:
    content = make_flows(*[(FLOW, 0, 0, 0)] * MOST_FLOWS)
    assert plain(add_flow)(content, FLOW, 0, 0, -1, 0) == TABLE_FULL
    assert plain(add_flow)(make_flows(), FLOW, -1, 0, -1, 0) == INVALID_AMOUNT
    assert plain(add_flow)(make_flows(), FLOW._replace(target=99), 0, 0, -1, 0) == UNKNOWN_TARGET
    assert [plain(has_room)(make_table(rows), content) for rows in (MOST_FLOWS - 1, MOST_FLOWS)] == [False, True]
    # An end takes no row.
    assert plain(has_room)(make_table(1), make_flows((FLOW, 0, 0, 1), (FLOW._replace(name=6), 0, 0, 0)))


def test_flows_are_copied_and_are_a_topic_of_their_own() -> None:
    content, out = make_flows((FLOW, 3, 4, 0)), make_row(ProposalContent)
    plain(copy_content)(out, content)
    assert (out.flows, plain(read_terms)(out, 0), out.flow_day[0], out.flow_days[0]) == (1, FLOW, 3, 4)
    other = make_flows((FLOW._replace(source=int(FlowSource.MESSAGES)), 3, 4, 0))
    bigger = make_flows((FLOW._replace(share_bps=900), 3, 4, 0))
    topics = [plain(compute_topic)(make_governable(), content, 3) for content in (content, other, bigger)]
    assert topics[0] == topics[2] != topics[1]
