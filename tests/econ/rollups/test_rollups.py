"""Rollups: sizes, ranks, traffic, the table."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.chance.identity import FOUNDED
from metalab.econ.rollups.rollup import (
    RollupRow,
    Rollups,
    RollupsState,
    add_rollup,
    close_rollup,
    compute_rank,
    deploy,
    scale_tvl,
    share_traffic,
)
from metalab.protocol.kernel.codes import OK, TABLE_FULL
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row, make_rows

P = make_row(Rollups)


def fill(count: int, capacity: int = 0) -> tuple[Any, Any]:
    rollups, network = make_rows(RollupRow, capacity or count), make_row(RollupsState)
    for i in range(count):
        plain(deploy)(rollups, network, i, 0, 0, (i + 0.5) / count, 0.0, 0, P)
    return rollups, network


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=80))
def test_opening_values_sum_to_the_total(raw: list[float]) -> None:
    rollups = make_rows(RollupRow, len(raw))
    for i, tvl in enumerate(raw):
        rollups[i].tvl = tvl
    plain(scale_tvl)(rollups, len(raw), 4e8)
    total = 0.0
    for i in range(len(raw)):
        total += rollups[i].tvl
    assert total == pytest.approx(4e8, rel=1e-15)
    assert rollups[0].tvl == pytest.approx(raw[0] / math.fsum(raw) * 4e8, rel=1e-9)
    # What opens with the run has the size that is its own.
    assert [row.own_size for row in rollups] == pytest.approx([math.log(row.tvl) for row in rollups])


def test_a_full_table_refuses_and_counts() -> None:
    rollups, network = fill(3)
    before = rollups.array.tobytes()
    assert plain(deploy)(rollups, network, 0, 0, 0, 0.5, 0.0, 1, P) == TABLE_FULL
    assert plain(add_rollup)(rollups, network, 1) == -1
    assert (rollups.array.tobytes(), network.count, network.live, network.refused) == (before, 3, 3, 2)


def test_a_new_rollup_has_the_median_value_at_the_median_draw() -> None:
    rollups, network = make_rows(RollupRow, 1), make_row(RollupsState)
    assert plain(deploy)(rollups, network, 7, 2, 3, 0.5, 0.0, 11, P) == OK
    row = rollups[0]
    assert (row.developer, row.niche, row.framework, row.birth_day, row.entry_day, row.close_day) == (7, 2, 3, 11, 11, -1)
    assert row.tvl == network.tvl == pytest.approx(3e6)


@given(st.floats(1e-6, 1.0 - 1e-6), st.floats(-3.0, 3.0))
def test_depositors_pull_value_to_a_new_rollup_and_leave_its_own_size_alone(size: float, pull: float) -> None:
    rollups, network = make_rows(RollupRow, 2), make_row(RollupsState)
    plain(deploy)(rollups, network, 0, 0, 0, size, 0.0, 0, P)
    plain(deploy)(rollups, network, 1, 0, 0, size, pull, 0, P)
    usual, pulled = rollups[0], rollups[1]
    assert pulled.own_size == usual.own_size == pytest.approx(math.log(usual.tvl))
    assert pulled.tvl == pytest.approx(usual.tvl * math.exp(pull))
    assert network.tvl == usual.tvl + pulled.tvl


@given(st.sets(st.integers(0, 11), max_size=11))
def test_traffic_is_zipf_by_rank_among_the_living(closed: set[int]) -> None:
    rollups, network = fill(12, 15)
    plain(share_traffic)(rollups, network, 1.0)
    for i in closed:
        plain(close_rollup)(rollups[i], network, 5)
    rollups[11 if 11 not in closed else 0].tvl *= 0.001
    plain(share_traffic)(rollups, network, 1.0)
    living = sorted((r for r in rollups if r.live), key=lambda r: -r.tvl)
    ranks = [0.5 + sum(b.tvl**4 / (a.tvl**4 + b.tvl**4) for b in living) for a in living]
    assert sum(ranks) == pytest.approx(len(living) * (len(living) + 1) / 2)
    weights = np.array([1.0 / rank for rank in ranks])
    assert [r.traffic for r in living] == pytest.approx(list(weights / weights.sum()), rel=1e-9)
    assert [rollups[k].order for k in range(network.ordered)] == [r.index for r in living]
    assert network.live == len(living) == 12 - len(closed)


def rank(values: list[float]) -> list[float]:
    rollups = make_rows(RollupRow, len(values))
    for i, tvl in enumerate(values):
        rollups[i].order, rollups[i].tvl = i, tvl
    return [plain(compute_rank)(rollups, len(values), tvl) for tvl in values]


def test_ranks_are_whole_far_apart_and_do_not_jump_where_two_meet() -> None:
    assert rank([1e9, 1e6, 1e3]) == pytest.approx([1.0, 2.0, 3.0], abs=1e-9)
    assert rank([5.0, 5.0]) == [1.5, 1.5]
    assert rank([0.0, 0.0, 7.0]) == pytest.approx([2.5, 2.5, 1.0])
    above, below = rank([5.0001, 5.0])[0], rank([4.9999, 5.0])[0]
    assert above < 1.5 < below < above + 1e-4


def test_an_identity_hangs_on_founder_and_day_and_not_on_what_was_founded_before() -> None:
    late, network = make_rows(RollupRow, 3), make_row(RollupsState)
    plain(add_rollup)(late, network, -4)
    plain(deploy)(late, network, 7, 0, 0, 0.5, 0.0, 12, P)
    more, network = make_rows(RollupRow, 4), make_row(RollupsState)
    plain(add_rollup)(more, network, -4)
    # One more birth, by the same developer even.
    plain(deploy)(more, network, 7, 0, 0, 0.5, 0.0, 3, P)
    plain(deploy)(more, network, 7, 0, 0, 0.5, 0.0, 12, P)
    assert (late[0].identity, more[0].identity) == (0, 0)
    assert late[1].identity == more[2].identity != more[1].identity
    assert min(late[1].identity, more[1].identity) >= FOUNDED
