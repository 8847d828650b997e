"""The world: size, identity, supply."""

from itertools import pairwise

import numpy as np
import pytest

from metalab.econ.genesis import create_world
from metalab.econ.kernel.memory import (
    as_array,
    as_rows,
    check_supply,
    compute_supply,
    copy,
    find_slots,
    get_tables,
    hash_world,
    list_accounts,
    make_world,
    restore,
)
from metalab.econ.kernel.world import RECORDS, World
from metalab.protocol.kernel.declare import Record, field
from metalab.protocol.kernel.units import SUPPLY
from tests.support import make_scenario, run_compiled


@pytest.fixture(scope="module")
def opened() -> World:
    return create_world(make_scenario(), 1)


def test_every_field_of_the_world_is_a_declared_table_in_order() -> None:
    assert tuple(RECORDS) == World._fields[:-1]
    assert World._fields[-1] == "flat"


def test_supply_is_exact_on_the_first_morning(opened: World) -> None:
    assert compute_supply(opened) == SUPPLY


def test_a_token_made_or_lost_is_found(opened: World) -> None:
    broken = copy(opened)
    as_array(broken.pots)["treasury"] += 1
    with pytest.raises(AssertionError, match="supply"):
        check_supply(broken)


def test_an_account_below_zero_is_found(opened: World) -> None:
    broken = copy(opened)
    as_array(broken.pots)["treasury"] += 10
    as_array(broken.pots)["burned"] -= 10
    with pytest.raises(AssertionError, match="burned"):
        check_supply(broken)


def test_each_single_byte_of_state_is_part_of_the_identity(opened: World) -> None:
    reference = hash_world(opened)
    for name, array in get_tables(opened).items():
        if not array.size:
            continue
        changed = copy(opened)
        raw = get_tables(changed)[name].view(np.uint8)
        raw[-1] ^= 1
        assert hash_world(changed) != reference, name


def test_the_flat_views_share_the_memory_of_their_tables(opened: World) -> None:
    world = copy(opened)
    world.flat.params_words[0] = 77
    assert as_array(world.params).view(np.int64)[0] == 77
    world.flat.today[0] = 3.0
    assert as_array(world.today)["clock"]["day"][0] == 3.0


def test_tables_follow_each_other_in_one_memory_without_gap_or_overlap(opened: World) -> None:
    places = [(array.ctypes.data, array.nbytes) for array in get_tables(opened).values() if array.nbytes]
    assert places[0][0] == opened.flat.memory.ctypes.data
    assert all(start + length == following for (start, length), (following, _) in pairwise(places))
    assert sum(length for _, length in places) == opened.flat.memory.nbytes


def test_restore_writes_into_the_same_memory(opened: World) -> None:
    world = copy(opened)
    columns = as_rows(world)
    as_array(world.state)["clock"]["day"] = 5
    restore(world, opened)
    assert columns.state[0].clock.day == 0
    assert hash_world(world) == hash_world(opened)


def test_restore_refuses_a_world_of_another_size_and_leaves_its_own() -> None:
    one, three = (make_world(dict.fromkeys(RECORDS, rows)) for rows in (1, 3))
    as_array(one.params).view(np.int64)[:] = 7
    before = hash_world(three)
    with pytest.raises(ValueError, match="3 rows cannot take the value of 1"):
        restore(three, one)
    assert hash_world(three) == before


def test_row_views_write_into_the_world(opened: World) -> None:
    world = copy(opened)
    rows = as_rows(world)
    rows.state[0].clock.day = 12
    assert as_array(world.state)["clock"]["day"][0] == 12


def list_paths(record: type[Record]) -> list[str]:
    return [leaf.path for leaf in list_accounts(record)]


class _Inner(Record):
    kept: int = field("uERA", token=True)
    vector: list[int] = field("uERA", token=True, length=2)


class _Outer(Record):
    plain: int = field("1")
    inner: _Inner


def test_accounts_are_found_at_any_depth() -> None:
    assert list_paths(_Outer) == ["inner.kept", "inner.vector"]
    assert find_slots(list_accounts(_Outer)) == [1, 2, 3]


def test_accounts_are_found_by_declaration() -> None:
    assert "treasury" in list_paths(RECORDS["pots"])
    assert "outside_usd" not in list_paths(RECORDS["pots"])
    assert list_paths(RECORDS["nodes"]) == ["balance", "stake", "unbonding"]


def test_supply_is_exact_after_every_day() -> None:
    world = create_world(make_scenario(), 2)
    from metalab.econ.day import run_days

    for _ in range(30):
        run_days(world, 1, np.zeros((1, len(world.flat.today))))
        check_supply(world)


def test_a_world_is_a_pure_function_of_its_inputs() -> None:
    first, again = (run_compiled(make_scenario(), 9, 10) for _ in range(2))
    assert hash_world(first[0]) == hash_world(again[0])
    assert first[1].tobytes() == again[1].tobytes()
