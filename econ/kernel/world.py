"""The world: one NamedTuple of structured arrays. A copy is a checkpoint, the hash of its bytes is its identity."""

import hashlib
from typing import Any, NamedTuple, cast

import numpy as np

from metalab.econ.governance.voter import VoterDraws
from metalab.econ.kernel.daily import Daily
from metalab.econ.kernel.params import Params
from metalab.econ.kernel.state import State
from metalab.econ.liquidity.providers import PoolRow
from metalab.econ.market.price import MarketDraws
from metalab.econ.market.trader import TraderDraws, TraderRow
from metalab.econ.messaging.fastclock.surface.table import load_deliveries
from metalab.econ.policy.governable import GOVERNABLE_ROWS, load_governable
from metalab.econ.policy.shocks import ShockRow
from metalab.econ.rollups.competition import RIVALS, ProviderDraws
from metalab.econ.rollups.developer import DeveloperDraws, DeveloperRow
from metalab.econ.rollups.rollup import RollupDraws, RollupRow
from metalab.econ.scaling.fastclock.hours import HOUR_TICKS, TickDraws
from metalab.econ.scaling.fastclock.table import load_surface
from metalab.econ.security.incident import IncidentDraws, IncidentRow
from metalab.econ.staking.faults import FaultDraws
from metalab.econ.staking.node import NodeDraws
from metalab.econ.supply.holder import HolderDraws, HolderRow
from metalab.econ.users.user import UserDraws, UserRow
from metalab.protocol.governance.governance import VoterRow
from metalab.protocol.governance.proposals import ProposalRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import BUCKETS
from metalab.protocol.kernel.declare import MICRO, Record, Rows, Table
from metalab.protocol.kernel.units import SUPPLY
from metalab.protocol.liquidity.passports import PoolDraws
from metalab.protocol.messaging.delivery import POINTS as DELIVERIES
from metalab.protocol.messaging.delivery import DeliveryPoint
from metalab.protocol.policy.changes import ChangeRow
from metalab.protocol.policy.content import GovernableRow
from metalab.protocol.policy.grants import GrantRow
from metalab.protocol.rollups.licences import LicenceDraws, LicenceRow
from metalab.protocol.scaling.surface import POINTS, ScalingPoint
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.staking import NodeRow
from metalab.protocol.storage.retention import StoreDraws, StoreRow


class Flat(NamedTuple):
    """The same memory as some tables, as plain vectors: what is addressed by number and not by name.

    `memory` is all of it, in words; a row of `accounts` is where the words of one token field are: first, distance, count.
    """

    memory: Any
    accounts: Any
    params_words: Any
    params_reals: Any
    today: Any
    users: Any
    developers: Any
    rollups: Any
    licences: Any
    pools: Any
    stores: Any
    providers: Any
    nodes: Any
    faults: Any
    ticks: Any
    voters: Any
    traders: Any
    holders: Any
    market: Any
    incidents: Any


class World(NamedTuple):
    """All state. Fields are tables; `flat` shares their memory."""

    params: Rows[Params]
    state: Rows[State]
    today: Rows[Daily]
    pots: Rows[Pots]
    users: Rows[UserRow]
    developers: Rows[DeveloperRow]
    rollups: Rows[RollupRow]
    licences: Rows[LicenceRow]
    pools: Rows[PoolRow]
    stores: Rows[StoreRow]
    nodes: Rows[NodeRow]
    voters: Rows[VoterRow]
    traders: Rows[TraderRow]
    holders: Rows[HolderRow]
    proposals: Rows[ProposalRow]
    changes: Rows[ChangeRow]
    grants: Rows[GrantRow]
    governable: Rows[GovernableRow]
    journal: Rows[JournalRow]
    shocks: Rows[ShockRow]
    surface: Rows[ScalingPoint]
    deliveries: Rows[DeliveryPoint]
    user_draws: Rows[UserDraws]
    developer_draws: Rows[DeveloperDraws]
    rollup_draws: Rows[RollupDraws]
    licence_draws: Rows[LicenceDraws]
    pool_draws: Rows[PoolDraws]
    store_draws: Rows[StoreDraws]
    provider_draws: Rows[ProviderDraws]
    node_draws: Rows[NodeDraws]
    fault_draws: Rows[FaultDraws]
    tick_draws: Rows[TickDraws]
    voter_draws: Rows[VoterDraws]
    trader_draws: Rows[TraderDraws]
    holder_draws: Rows[HolderDraws]
    market_draws: Rows[MarketDraws]
    incidents: Rows[IncidentRow]
    incident_draws: Rows[IncidentDraws]
    flat: Flat


RECORDS: dict[str, type[Record]] = {
    "params": Params,
    "state": State,
    "today": Daily,
    "pots": Pots,
    "users": UserRow,
    "developers": DeveloperRow,
    "rollups": RollupRow,
    "licences": LicenceRow,
    "pools": PoolRow,
    "stores": StoreRow,
    "nodes": NodeRow,
    "voters": VoterRow,
    "traders": TraderRow,
    "holders": HolderRow,
    "proposals": ProposalRow,
    "changes": ChangeRow,
    "grants": GrantRow,
    "governable": GovernableRow,
    "journal": JournalRow,
    "shocks": ShockRow,
    "surface": ScalingPoint,
    "deliveries": DeliveryPoint,
    "user_draws": UserDraws,
    "developer_draws": DeveloperDraws,
    "rollup_draws": RollupDraws,
    "licence_draws": LicenceDraws,
    "pool_draws": PoolDraws,
    "store_draws": StoreDraws,
    "provider_draws": ProviderDraws,
    "node_draws": NodeDraws,
    "fault_draws": FaultDraws,
    "tick_draws": TickDraws,
    "voter_draws": VoterDraws,
    "trader_draws": TraderDraws,
    "holder_draws": HolderDraws,
    "market_draws": MarketDraws,
    "incidents": IncidentRow,
    "incident_draws": IncidentDraws,
}
"""Tables in permanent order: the digest goes through them in it."""

CAPACITY = {"proposals": 256, "changes": 256, "grants": 256, "governable": GOVERNABLE_ROWS, "shocks": 64}
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
    rows = {name: int(size[name]) for name in ("users", "developers", "voters", "traders")}
    rows |= {"nodes": int(size["core"] + size["flex"] + size["guardian"]), "holders": BUCKETS}
    rows["rollups"] = int(size["rollups"]) + ROLLUP_BIRTHS
    rows |= dict.fromkeys(("licences", "pools", "stores", "incidents"), rows["rollups"])
    draws = {name[:-1] + "_draws": count for name, count in rows.items()}
    draws |= {"provider_draws": RIVALS, "fault_draws": rows["nodes"], "journal": int(size["journal"])}
    return rows | draws | CAPACITY


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
    tables, accounts, start = {}, [], 0
    for name, record in RECORDS.items():
        tables[name] = memory[start : start + words[name]].view(record.dtype)
        accounts += [(start + slot, record.dtype.itemsize // 8, rows[name]) for slot in find_account_slots(record)]
        start += words[name]
    return World(**cast(Any, tables), flat=make_flat(tables, memory, np.array(accounts, np.int64)))


def find_account_slots(record: type[Record]) -> list[int]:
    """Places of the fields that hold tokens, in words from the start of a row."""
    fields: Any = record.dtype.fields or {}
    places = [(fields[name][1] // 8, fields[name][0].itemsize // 8) for name in find_accounts(record)]
    return [start + k for start, length in places for k in range(length)]


def make_flat(tables: dict[str, np.ndarray[Any, np.dtype[np.void]]], memory: Any, accounts: Any) -> Flat:
    """Vectors over the memory of the tables."""

    def matrix(name: str) -> Any:
        array = tables[name]
        return array.view(np.float64).reshape(len(array), array.dtype.itemsize // 8)

    return Flat(
        memory=memory,
        accounts=accounts,
        params_words=tables["params"].view(np.int64),
        params_reals=tables["params"].view(np.float64),
        today=tables["today"].view(np.float64),
        users=matrix("user_draws"),
        developers=matrix("developer_draws"),
        rollups=matrix("rollup_draws"),
        licences=matrix("licence_draws"),
        pools=matrix("pool_draws"),
        stores=matrix("store_draws"),
        providers=matrix("provider_draws"),
        nodes=matrix("node_draws"),
        faults=matrix("fault_draws"),
        ticks=matrix("tick_draws"),
        voters=matrix("voter_draws"),
        traders=matrix("trader_draws"),
        holders=matrix("holder_draws"),
        market=matrix("market_draws"),
        incidents=matrix("incident_draws"),
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
    for name, array in get_tables(world).items():
        array[...] = getattr(saved, name)


def hash_world(world: World, digest: Any = None) -> str:
    """SHA-256 over table name, dtype, shape and bytes of every table, after what `digest` has already taken in."""
    digest = digest or hashlib.sha256()
    for name, array in get_tables(world).items():
        digest.update(repr((name, array.dtype.descr, array.shape)).encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return str(digest.hexdigest())


def find_accounts(record: type[Record]) -> list[str]:
    """Names of the fields of a record that hold tokens."""
    return [name for name, info in record.infos.items() if info.token]


def compute_supply(world: World) -> int:
    """All uERA in all accounts; always 10^15."""
    arrays = get_tables(world)
    return sum(int(arrays[name][account].sum()) for name, record in RECORDS.items() for account in find_accounts(record))


def check_supply(world: World) -> None:
    """Raise when a token was made or lost, or when an account is below zero."""
    total = compute_supply(world)
    if total != SUPPLY:
        raise AssertionError(f"supply is {total / MICRO:,.6f} ERA, not {SUPPLY / MICRO:,.6f}")
    for name, array in get_tables(world).items():
        for account in find_accounts(RECORDS[name]):
            if array[account].size and int(array[account].min()) < 0:
                raise AssertionError(f"{name}.{account} is below zero: {int(array[account].min())} uERA")
