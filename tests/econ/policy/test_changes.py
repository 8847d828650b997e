"""The morning's changes: schedule, ramps, vectors, what overtakes what; the same bytes when nothing changes."""

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.genesis import create_plain_world
from metalab.econ.kernel.memory import allocate, as_array, as_rows, check_supply, copy
from metalab.econ.kernel.scenario import PlannedChange, Scenario, Shock
from metalab.econ.kernel.world import World
from metalab.econ.policy.changes import apply_changes, load_changes
from metalab.econ.policy.opening import open_day
from metalab.econ.policy.shocks import DEMAND
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.policy.changes import UNUSED
from metalab.protocol.policy.shocks import ShockKind
from tests.support import LEAVES, make_scenario

FEE = LEAVES["fees.message_fee_usd"].slot
SPLIT = LEAVES["fees.split"].slot


def make_world(*changes: PlannedChange) -> World:
    """An empty world with planned changes; parameters are at their defaults."""
    world = allocate(make_scenario().parameters)
    as_array(world.changes)["day"] = UNUSED
    load_changes(world, changes)
    return world


def run_mornings(world: World, days: int) -> list[Any]:
    """Message fee and split of each day."""
    rows, seen = as_rows(world), []
    for day in range(days):
        plain(apply_changes)(rows.changes, rows.conditions, rows.flat.params_words, rows.flat.params_reals, day)
        fees = rows.params[0].fees
        seen.append((fees.message_fee_usd, list(fees.split)))
    return seen


def get_fees(*changes: PlannedChange, days: int = 6) -> list[float]:
    return [fee for fee, _ in run_mornings(make_world(*changes), days)]


def test_a_change_holds_from_its_day_on() -> None:
    assert get_fees(PlannedChange(2, FEE, True, 0.5)) == [0.3, 0.3, 0.5, 0.5, 0.5, 0.5]


def test_a_ramp_goes_in_equal_steps_and_ends_on_the_value() -> None:
    assert get_fees(PlannedChange(1, FEE, True, 0.7, 4)) == pytest.approx([0.3, 0.4, 0.5, 0.6, 0.7, 0.7])
    assert get_fees(PlannedChange(1, FEE, True, 0.7, 4))[-1] == 0.7


def test_a_later_change_ends_a_ramp_and_starts_from_where_it_stood() -> None:
    ramp, jump = PlannedChange(0, FEE, True, 0.9, 6), PlannedChange(2, FEE, True, 0.1)
    assert get_fees(ramp, jump) == pytest.approx([0.4, 0.5, 0.1, 0.1, 0.1, 0.1])
    assert get_fees(jump, ramp) == pytest.approx([0.4, 0.5, 0.1, 0.1, 0.1, 0.1])
    second = PlannedChange(2, FEE, True, 0.8, 3)
    assert get_fees(ramp, second) == pytest.approx([0.4, 0.5, 0.6, 0.7, 0.8, 0.8])


def test_of_two_changes_on_one_day_the_one_written_later_holds() -> None:
    assert get_fees(PlannedChange(1, FEE, True, 0.5), PlannedChange(1, FEE, True, 0.6), days=3) == [0.3, 0.6, 0.6]


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=4), st.integers(0, 12))
def test_a_split_keeps_its_sum_on_every_day_of_a_ramp(cuts: list[int], ramp: int) -> None:
    edges = [0, *sorted(cuts), 10_000]
    target = [b - a for a, b in pairwise(edges)]
    world = make_world(*(PlannedChange(1, SPLIT + k, False, float(v), ramp, int(k > 0)) for k, v in enumerate(target)))
    splits = [split for _, split in run_mornings(world, 14)]
    assert all(sum(split) == 10_000 and min(split) >= 0 for split in splits)
    assert splits[-1] == target


def test_a_change_to_the_present_value_and_no_change_leave_the_parameters_alone() -> None:
    before = as_array(make_world().params).tobytes()
    for changes in ((), (PlannedChange(0, FEE, True, 0.3, 5),), (PlannedChange(0, SPLIT, False, 4000.0),)):
        world = make_world(*changes)
        run_mornings(world, 8)
        assert as_array(world.params).tobytes() == before


def test_changes_that_cannot_be_planned_are_refused() -> None:
    for change in (PlannedChange(-1, FEE, True, 0.5), PlannedChange(0, FEE, True, 0.5, -1), PlannedChange(0, 10**6, True, 0.5)):
        with pytest.raises(ValueError, match="change"):
            make_world(change)
    with pytest.raises(ValueError, match="refused with code"):
        make_world(*(PlannedChange(1, FEE, True, 0.5) for _ in range(257)))


def open_days(days: int, *shocks: Shock) -> tuple[World, list[Any]]:
    """Mornings of a small world with shocks: price, demand for messages, the foundation's balance."""
    small = make_scenario()
    world = create_plain_world(Scenario("shocked", small.parameters, shocks=shocks), 1)
    rows, seen = as_rows(world), []
    for day in range(days):
        rows.state[0].clock.day = day
        plain(open_day)(rows)
        held = rows.holders[Bucket.FOUNDATION].balance
        market = rows.state[0].market
        seen.append((market.price, rows.params[0].adoption.messages_per_day, held, market.log_return))
    return world, seen


def test_shocks_strike_on_their_morning() -> None:
    assert DEMAND in LEAVES
    world, seen = open_days(
        5,
        Shock(1, ShockKind.PRICE, float(np.log(0.5))),
        Shock(2, ShockKind.MESSAGES, 3.0),
        Shock(2, ShockKind.MESSAGES, 0.5),
        Shock(3, ShockKind.FOUNDATION_SALE, 1_000.0),
        Shock(4, ShockKind.FOUNDATION_SALE, 1e12),
    )
    prices, demands, held, returns = ([row[k] for row in seen] for k in range(4))
    assert [price / prices[0] for price in prices] == pytest.approx([1.0, 0.5, 0.5, 0.5, 0.5])
    assert returns[:2] == [0.0, np.log(0.5)]
    assert [demand / demands[0] for demand in demands] == [1.0, 1.0, 1.5, 1.0, 1.0]
    assert held == [held[0], held[0], held[0], held[0] - 1_000 * ONE_ERA, 0]
    check_supply(world)


def test_a_shock_of_value_secured_hits_live_rollups_alone() -> None:
    world = create_plain_world(Scenario("shocked", make_scenario().parameters, shocks=(Shock(0, ShockKind.TVL, float(np.log(2.0))),)), 1)
    rollups = as_array(copy(world).rollups)
    plain(open_day)(as_rows(world))
    factor = np.where(rollups["live"] == 1, 2.0, 1.0)
    assert np.allclose(as_array(world.rollups)["tvl"], rollups["tvl"] * factor)


def test_shocks_beyond_the_table_and_of_unknown_kind_are_refused() -> None:
    small = make_scenario()
    with pytest.raises(ValueError, match="room for"):
        create_plain_world(Scenario("many", small.parameters, shocks=(Shock(0, ShockKind.PRICE, 0.1),) * 257), 1)
    with pytest.raises(ValueError, match="99"):
        create_plain_world(Scenario("odd", small.parameters, shocks=(Shock(0, 99, 0.1),)), 1)
