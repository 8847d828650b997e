"""The world: one NamedTuple of tables. A population adds its rows and its draws; the digest and the memory follow from this list."""

from typing import Any, NamedTuple, get_type_hints

from metalab.econ.governance.voter import VoterDraws
from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.liquidity.providers import PoolRow
from metalab.econ.market.price import MarketDraws
from metalab.econ.market.trader import TraderDraws, TraderRow
from metalab.econ.rollups.competition import ProviderDraws
from metalab.econ.rollups.developer import DeveloperDraws, DeveloperRow
from metalab.econ.rollups.rollup import RollupDraws, RollupRow
from metalab.econ.scaling.fastclock.hours import TickDraws
from metalab.econ.security.incident import IncidentDraws, IncidentRow
from metalab.econ.staking.faults import FaultDraws
from metalab.econ.staking.node import NodeDraws
from metalab.econ.supply.escrow import HolderRow
from metalab.econ.supply.holder import HolderDraws
from metalab.econ.users.user import UserDraws, UserRow
from metalab.protocol.governance.governance import VoterRow
from metalab.protocol.governance.proposals import ProposalRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.declare import Record, Rows
from metalab.protocol.liquidity.passports import PoolDraws
from metalab.protocol.messaging.delivery import DeliveryPoint
from metalab.protocol.policy.changes import ChangeRow
from metalab.protocol.policy.conditions import ConditionRow
from metalab.protocol.policy.content import GovernableRow
from metalab.protocol.policy.flows import FlowRow
from metalab.protocol.policy.grants import GrantRow
from metalab.protocol.policy.shocks import ShockRow
from metalab.protocol.rollups.licences import LicenceDraws, LicenceRow
from metalab.protocol.scaling.surface import ScalingPoint
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.staking import NodeRow
from metalab.protocol.storage.retention import StoreDraws, StoreRow
from metalab.protocol.supply.unlock_table import UnlockRow


class Flat(NamedTuple):
    """The same memory as some tables, as plain vectors: what is addressed by number and not by name.

    `memory` is all of it, in words; a row of `accounts` is where the words of one token field are: first, distance, count.
    `idle` are those rows whose tokens do not circulate.
    """

    memory: Any
    accounts: Any
    idle: Any
    params_words: Any
    params_reals: Any
    today: Any


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
    conditions: Rows[ConditionRow]
    unlocks: Rows[UnlockRow]
    flows: Rows[FlowRow]
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


def list_records() -> dict[str, type[Record]]:
    """The record of every table, from the annotations of `World`, in their order."""
    hints = get_type_hints(World)
    return {name: hints[name].__args__[0] for name in World._fields if name != "flat"}


RECORDS: dict[str, type[Record]] = list_records()
"""Tables in permanent order: the digest goes through them in it."""
