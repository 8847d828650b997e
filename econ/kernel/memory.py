"""The memory of a world: tables of the right size in one piece. A copy is a checkpoint, the hash of its bytes is its identity."""

import hashlib
from typing import Any, cast

import numpy as np

from metalab.econ.kernel.population import Population
from metalab.econ.kernel.records import Params
from metalab.econ.kernel.world import RECORDS, Flat, World
from metalab.econ.messaging.fastclock.surface.table import load_deliveries
from metalab.econ.policy.governable import GOVERNABLE_ROWS, load_governable
from metalab.econ.rollups.competition import RIVALS
from metalab.econ.scaling.fastclock.hours import HOUR_TICKS
from metalab.econ.scaling.fastclock.table import load_surface
from metalab.protocol.kernel.codes import BUCKETS
from metalab.protocol.kernel.declare import MICRO, Leaf, Record, Rows, Table, find_leaves
from metalab.protocol.kernel.units import SUPPLY
from metalab.protocol.messaging.delivery import POINTS as DELIVERIES
from metalab.protocol.scaling.surface import POINTS
from metalab.protocol.supply.unlock_table import UNLOCKS

CAPACITY = {
    "proposals": 256,
    "changes": 256,
    "grants": 256,
    "conditions": 32,
    "flows": 64,
    "unlocks": UNLOCKS,
    "governable": GOVERNABLE_ROWS,
    "shocks": 256,
}
CAPACITY |= {"surface": POINTS, "deliveries": DELIVERIES, "tick_draws": HOUR_TICKS}
"""Tables that fill up during a run; a full table refuses."""


def as_array(table: Rows[Any]) -> np.ndarray[Any, np.dtype[np.void]]:
    """The structured array behind a table of a world."""
    return cast("np.ndarray[Any, np.dtype[np.void]]", table)


def get_tables(world: World) -> dict[str, np.ndarray[Any, np.dtype[np.void]]]:
    """The arrays by name, in permanent order, without the vectors that share their memory."""
    return {name: as_array(getattr(world, name)) for name in RECORDS}


def count_rows(params: np.ndarray[Any, np.dtype[np.void]]) -> dict[str, int]:
    """How many rows each table of a world with these parameters has; tables not named have one."""
    size = params["population"][0]
    # A population whose table is named like its size, or like a part of the parameters with a `count`, needs no line here.
    rows = {name: int(size[name]) for name in Population.infos if name in RECORDS}
    rows |= {name: int(params[name]["count"][0]) for name, part in Params.parts.items() if name in RECORDS and "count" in part.infos}
    rows |= {"nodes": NODE_ROWS * int(size["core"] + size["flex"] + size["guardian"]), "holders": BUCKETS}
    rows["rollups"] = int(size["rollups"]) + ROLLUP_BIRTHS
    rows |= dict.fromkeys(("licences", "pools", "stores", "incidents"), rows["rollups"])
    draws = {name[:-1] + "_draws": count for name, count in rows.items() if name[:-1] + "_draws" in RECORDS}
    draws |= {"provider_draws": RIVALS, "fault_draws": rows["nodes"]}
    return rows | draws | CAPACITY


NODE_ROWS = 2
"""Rows of nodes per opening candidate: of 40 runs of `launch` for three years the fullest has 290 of these 360 bonded."""
ROLLUP_BIRTHS = 400
"""Rows for rollups born during a run: five times the expected births of three years."""


def allocate(params: np.ndarray[Any, np.dtype[np.void]]) -> World:
    """An empty world with tables of the right size."""
    rows = count_rows(params)
    world = make_world({name: rows.get(name, 1) for name in RECORDS})
    as_array(world.params)[:] = params
    load_governable(world)
    load_surface(as_array(world.surface))
    load_deliveries(as_array(world.deliveries))
    return world


def make_world(rows: dict[str, int]) -> World:
    """Empty tables of so many rows, one after the other in one piece of memory."""
    words = {name: rows[name] * record.dtype.itemsize // 8 for name, record in RECORDS.items()}
    memory = np.zeros(sum(words.values()), np.int64)
    tables, accounts, idle, start = {}, [], [], 0
    for name, record in RECORDS.items():
        tables[name] = memory[start : start + words[name]].view(record.dtype)
        distance, count = record.dtype.itemsize // 8, rows[name]
        accounts += [(start + slot, distance, count) for slot in find_slots(list_accounts(record))]
        idle += [(start + slot, distance, count) for slot in find_slots(list_idle(record))]
        start += words[name]
    return World(**cast(Any, tables), flat=make_flat(tables, memory, np.array(accounts, np.int64), np.array(idle, np.int64)))


def list_accounts(record: type[Record]) -> list[Leaf]:
    """The fields of a record that hold tokens, at any depth of nested records."""
    return [leaf for leaf in find_leaves(record) if leaf.info.token]


def list_idle(record: type[Record]) -> list[Leaf]:
    """Those of them whose tokens do not circulate."""
    return [leaf for leaf in list_accounts(record) if not leaf.info.circulates]


def find_slots(leaves: list[Leaf]) -> list[int]:
    """Places of the numbers of these fields, in words from the start of a row."""
    return [leaf.slot + k for leaf in leaves for k in range(max(leaf.info.length, 1))]


def read_field(table: np.ndarray[Any, np.dtype[np.void]], path: str) -> np.ndarray[Any, Any]:
    """The column of a field by its dotted path."""
    column: np.ndarray[Any, Any] = table
    for name in path.split("."):
        column = column[name]
    return column


def make_flat(tables: dict[str, np.ndarray[Any, np.dtype[np.void]]], memory: Any, accounts: Any, idle: Any) -> Flat:
    """Vectors over the memory of the tables."""
    return Flat(
        memory=memory,
        accounts=accounts,
        idle=idle,
        params_words=tables["params"].view(np.int64),
        params_reals=tables["params"].view(np.float64),
        today=tables["today"].view(np.float64),
    )


def as_rows(world: World) -> World:
    """The same memory as row views, for rules run by `plain`."""
    tables = {name: Table(record, getattr(world, name)) for name, record in RECORDS.items()}
    flat = Flat(*(memoryview(vector) for vector in world.flat))
    return World(**cast(Any, tables), flat=flat)


def copy(world: World) -> World:
    """An independent world with the same value."""
    twin = make_world({name: len(array) for name, array in get_tables(world).items()})
    restore(twin, world)
    return twin


def restore(world: World, saved: World) -> None:
    """Write a saved value into a world's own arrays, so that views of them stay true.

    Raises ValueError when the saved world has tables of other sizes: numpy would repeat a single row over a whole table.
    """
    for name, array in get_tables(world).items():
        other = getattr(saved, name)
        if len(other) != len(array):
            raise ValueError(f"{name}: {len(array)} rows cannot take the value of {len(other)}")
    # Only now that all sizes fit: a refusal leaves the world as it was.
    for name, array in get_tables(world).items():
        array[...] = getattr(saved, name)


def hash_world(world: World, digest: Any = None) -> str:
    """SHA-256 over table name, dtype, shape and bytes of every table, after what `digest` has already taken in."""
    digest = digest or hashlib.sha256()
    for name, array in get_tables(world).items():
        digest.update(repr((name, array.dtype.descr, array.shape)).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return str(digest.hexdigest())


def compute_supply(world: World) -> int:
    """All uERA in all accounts; 10^15 and what was issued."""
    arrays = get_tables(world)
    return sum(int(read_field(arrays[name], leaf.path).sum()) for name, record in RECORDS.items() for leaf in list_accounts(record))


def compute_circulating(world: World) -> int:
    """All uERA in accounts that circulate, summed over every one of them."""
    arrays = get_tables(world)
    idle = sum(int(read_field(arrays[name], leaf.path).sum()) for name, record in RECORDS.items() for leaf in list_idle(record))
    return compute_supply(world) - idle


def check_supply(world: World) -> None:
    """Raise when a token was made or lost, or when an account is below zero."""
    total = compute_supply(world)
    expected = SUPPLY + int(get_tables(world)["state"]["issuance"]["issued"][0])
    if total != expected:
        raise AssertionError(f"supply is {total / MICRO:,.6f} ERA, not {expected / MICRO:,.6f}")
    for name, array in get_tables(world).items():
        for leaf in list_accounts(RECORDS[name]):
            held = read_field(array, leaf.path)
            if held.size and int(held.min()) < 0:
                raise AssertionError(f"{name}.{leaf.path} is below zero: {int(held.min())} uERA")
