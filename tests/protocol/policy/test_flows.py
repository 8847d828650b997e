"""What a flow is, when it is on, what it asks for, and what is refused."""

from typing import Any

import pytest

from metalab.protocol.kernel.codes import INVALID_AMOUNT, OK, OUT_OF_BOUNDS, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.conditions import ConditionRow
from metalab.protocol.policy.flows import (
    ALWAYS,
    FIRST_BUY,
    FIRST_MONEY,
    LAST_INFLOW,
    OPEN_END,
    FlowRow,
    FlowSource,
    FlowTarget,
    FlowTerms,
    check_flow,
    compute_order,
    compute_wanted,
    count_flows,
    end_flow,
    is_flow_on,
    plan_flow,
    sum_shares,
)
from tests.support import make_row, make_rows

NO_CONDITIONS = make_rows(ConditionRow, 1)


def make_terms(source: FlowSource, target: FlowTarget, **terms: Any) -> FlowTerms:
    usual = {"name": 1, "share_bps": 0, "amount": 0, "usd": 0.0, "yearly": 0.0, "volume_share": 0.0}
    return FlowTerms(source=int(source), target=int(target), **(usual | terms))


BURN = make_terms(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1_667)


def make_table(rows: int = 3) -> Any:
    table = make_rows(FlowRow, rows)
    for k in range(rows):
        table[k].day = -1
    return table


@pytest.mark.parametrize("source", list(FlowSource))
@pytest.mark.parametrize("target", list(FlowTarget))
def test_usd_buys_and_era_is_paid_or_sold(source: FlowSource, target: FlowTarget) -> None:
    is_own = (source.name, target.name) in {(name, name) for name in ("TREASURY", "INSURANCE", "RESERVE")}
    fits = (source >= FIRST_MONEY) == (target >= FIRST_BUY) and not is_own
    assert (plain(check_flow)(make_terms(source, target)) == OK) == fits


@pytest.mark.parametrize("source", list(FlowSource))
def test_a_source_has_the_measures_that_it_can_have(source: FlowSource) -> None:
    target = FlowTarget.BUY_BURN if source >= FIRST_MONEY else FlowTarget.BURN
    codes = [plain(check_flow)(make_terms(source, target, **{name: 1})) for name in ("share_bps", "amount", "usd", "yearly")]
    is_inflow, is_era = source <= LAST_INFLOW, source < FIRST_MONEY
    is_whole = source == FlowSource.PENALTIES
    assert [code == OK for code in codes] == [is_inflow, is_era and not is_whole, not is_whole, not is_inflow]
    assert set(codes) <= {OK, OUT_OF_BOUNDS}


@pytest.mark.parametrize(
    "terms",
    [
        BURN._replace(share_bps=10_001),
        BURN._replace(share_bps=-1),
        BURN._replace(amount=5),
        BURN._replace(share_bps=0, amount=-5),
        BURN._replace(share_bps=0, usd=-5.0),
        BURN._replace(share_bps=0, usd=float("nan")),
        BURN._replace(volume_share=1.5),
    ],
)
def test_a_measure_out_of_range_is_refused(terms: FlowTerms) -> None:
    assert plain(check_flow)(terms) == INVALID_AMOUNT


def test_unknown_ends_are_refused() -> None:
    for terms in (BURN._replace(source=-1), BURN._replace(source=13), BURN._replace(target=-1), BURN._replace(target=15)):
        assert plain(check_flow)(terms) == UNKNOWN_TARGET


def test_a_flow_is_on_from_its_first_day_to_the_eve_of_its_end() -> None:
    table = make_table()
    assert plain(plan_flow)(table, BURN, 3, 5, ALWAYS, -1) == OK
    assert plain(plan_flow)(table, BURN, 4, OPEN_END, ALWAYS, -1) == OK
    assert [[plain(is_flow_on)(table[k], NO_CONDITIONS, day) for day in range(2, 7)] for k in range(3)] == [
        [False, True, True, False, False],
        [False, False, True, True, True],
        [False] * 5,
    ]
    assert [plain(sum_shares)(table, NO_CONDITIONS, FlowSource.REVENUE, day) for day in range(2, 6)] == [
        0,
        1_667,
        3_334,
        1_667,
    ]
    assert plain(sum_shares)(table, NO_CONDITIONS, FlowSource.MESSAGES, 4) == 0


def test_shares_sum_to_no_more_than_all() -> None:
    table = make_table()
    for _ in range(3):
        plain(plan_flow)(table, BURN._replace(share_bps=4_000), 0, OPEN_END, ALWAYS, -1)
    assert plain(sum_shares)(table, NO_CONDITIONS, FlowSource.REVENUE, 0) == 10_000


def test_a_full_table_and_impossible_days_are_refused() -> None:
    table = make_table(1)
    assert plain(plan_flow)(table, BURN, -1, OPEN_END, ALWAYS, -1) == INVALID_AMOUNT
    assert plain(plan_flow)(table, BURN, 5, 4, ALWAYS, -1) == INVALID_AMOUNT
    assert plain(count_flows)(table) == 0
    assert plain(plan_flow)(table, BURN, 5, OPEN_END, ALWAYS, -1) == OK
    assert plain(plan_flow)(table, BURN, 5, OPEN_END, ALWAYS, -1) == TABLE_FULL


def test_a_flow_ends_by_its_name_once() -> None:
    table = make_table()
    plain(plan_flow)(table, BURN, 0, OPEN_END, ALWAYS, -1)
    plain(plan_flow)(table, BURN._replace(name=2), 0, OPEN_END, ALWAYS, -1)
    assert (plain(end_flow)(table, 1, 9), plain(end_flow)(table, 1, 12), plain(end_flow)(table, 7, 9)) == (1, 0, 0)
    assert [table[k].end for k in range(2)] == [9, OPEN_END]


@pytest.mark.parametrize(
    ("terms", "wanted"),
    [
        ({"share_bps": 1_667}, 166),
        ({"amount": 77}, 77),
        ({"usd_a_day": 2.0}, 4_000_000),
        ({"yearly": 0.365}, 1),
        ({}, 0),
    ],
)
def test_what_a_flow_asks_for(terms: dict[str, Any], wanted: int) -> None:
    row = make_row(FlowRow, **terms)
    assert plain(compute_wanted)(row, 1_000, 0.5) == wanted


def test_an_order_is_bounded_by_volume() -> None:
    assert plain(compute_order)(make_row(FlowRow, volume_share=0.05), 100.0) == 5_000_000
    assert plain(compute_order)(make_row(FlowRow), 100.0) == 0
