"""Small worlds in which every mechanism has something to do, and what a change on day `DAY` moves in the 60 days that follow."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import Any, Final

import numpy as np

from metalab.econ.genesis import create_world
from metalab.econ.kernel.memory import copy
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import LAUNCH, PlannedChange, PlannedFlow, Scenario, Shock
from metalab.econ.kernel.world import World
from metalab.econ.policy.changes import load_changes
from metalab.econ.policy.shocks import load_shocks
from metalab.experiments import load_scenario
from metalab.experiments.errors import BadValueError
from metalab.experiments.inputs.checks import check_parameters
from metalab.experiments.inputs.schema import LEAVES, parse_value, resolve, show_parameters
from metalab.experiments.runs.runner import advance
from metalab.protocol.kernel.declare import Leaf
from metalab.protocol.policy.flows import FlowSource, FlowTarget

DAY, DAYS = 12, 60
"""The morning of the change, and how long its effect may take."""
Values = dict[str, Any]

BUSY: Final[Values] = {
    "population.users": 150,
    "population.developers": 20,
    "population.core": 8,
    "population.flex": 16,
    "population.guardian": 8,
    "population.genesis_core": 5,
    "population.genesis_flex": 12,
    "population.genesis_guardian": 6,
    "population.floor_core": 1,
    "population.floor_flex": 1,
    "population.floor_guardian": 1,
    "population.voters": 30,
    "population.traders": 40,
    "population.rollups": 8,
    "adoption.churn": 3.0,
    "assistant.enabled": True,
    "airdrop.claim_days": 90,
    "claiming.claim_hazard": 1.0 / 30.0,
    "competition.noise": 0.1,
    "competition.rollups": [2, 2, 2, 2],
    "deploying.capital_months": 100.0,
    "deploying.ideas": 20.0,
    "deploying.no_code": True,
    "enterprise.enabled": True,
    "enterprise.fee_usd": 0.05,
    "fund.period": 30,
    "gateway.enabled": True,
    "gateway.fresh_fee_usd": 5.0,
    "gateway.requests_per_day": 200.0,
    "incidents.exit_delay_hours": 24.0,
    "incidents.hazard": [20.0, 20.0, 5.0, 5.0],
    "incentives.discount_bps": 500,
    "insurance.premium_bps": 50.0,
    "issuance.rate": 0.05,
    "issuance.rule": "falling",
    "licences.build_rate": 4.0,
    "licences.contact_rate": 20.0,
    "light.enabled": True,
    "relay.enabled": True,
    "relay.offchain_fee_usd": 0.05,
    "rewards.cap_on": True,
    "rewards.floor_on": True,
    "rollups.hazard": 5.0,
    "scaling.mean_tps": 80.0,
    "switching.rate": 6.0,
    "traders.review": 0.2,
}
"""A little world in which much happens."""
VOTING: Final[Values] = {
    "electorate.attention_usd": 10.0,
    "electorate.gap_days": 5,
    "electorate.margin": 0.0,
    "electorate.proposing": 50.0,
    "governance.curve": "linear",
    "governance.deposit": 1.0,
    "governance.draft_days": 1,
    "governance.timelock_days": 1,
    "governance.voting_days": 3,
}
"""Voters who have much to say."""
FAULTY: Final[Values] = {
    "faults.care_cost": 10_000.0,
    "faults.downtime": 0.03,
    "faults.hazard": [0.05, 0.05, 0.05],
    "faults.offence_hours": 8.0,
    "faults.outage_hours": 12.0,
    "slashing.tombstones": [0, 0, 0, 0],
}
"""Nodes that offend every other day, and again."""

NEWCOMERS: Final[Values] = {
    "faults.provider_outages": 24.0,
    "operators.act": 1.0,
    "operators.arrivals": 100.0,
    "operators.enter_days": 1,
    "operators.reservation": 0.04,
    "population.guardian": 30,
    "population.genesis_guardian": 30,
    "staking.minimum": [10_000.0, 10_000.0, 10_000.0],
}
"""A network that operators come to."""

WORLDS: Final[dict[str, Values]] = {
    "busy": BUSY,
    "voting": BUSY | VOTING,
    "faulty": BUSY | FAULTY,
    "halving": BUSY | {"issuance.rule": "halving", "issuance.halving_days": 30},
    "target": BUSY | {"issuance.rule": "target"},
    "full": BUSY | {"issuance.limit": 1_001_000_000},
    "newcomers": BUSY | FAULTY | NEWCOMERS,
    "exogenous": {"price.mode": "exogenous"},
    "falling": {"population.traders": 200, "price.mode": "exogenous", "price.path_drift": -0.02, "traders.broke_share": 0.5},
    "pool": {"price.mode": "exogenous"},
    "poor": {"deploying.capital_months": 1.0, "population.rollups": 8},
    "opened": {},
    "traders": {"price.mode": "traders"},
    "exchange": {"fundamental.valuation": "exchange_equation"},
    "paying": BUSY | VOTING,
    "proportional": {"scaling.controller": "proportional"},
    "fixed": {"scaling.controller": "fixed"},
    "pi": {"scaling.controller": "pi"},
    "calm": {"scaling.controller": "proportional", "scaling.mean_tps": 20.0, "scaling.active_min": 0},
    "quiet": {"scaling.mean_tps": 5.0, "scaling.active_min": 0},
    "crowded": {"scaling.mean_tps": 500.0, "scaling.fee_ceiling": 11.0, "scaling.active_min": 0},
    "relayed": {"relay.enabled": True},
    "scarce": {"impact.scarce_share": 0.5, "supply.market_float": 1_000_000},
    "closed": {"messaging.route": "closed_form", "messaging.intent_share": 0.5},
    "late": {},
    "periodic": {"vesting.refresh": "periodic"},
    "stableswap": {"liquidity.curve": "stableswap"},
    "alone": {"liquidity.composability": False, "liquidity.circulation": False},
    "media": {"storage.hot": "superblobs", "storage.cold": "eigenda", "storage.baseline": "calldata"},
    "cloud": {"storage.cold": "cloud"},
    "rated": BUSY | {"insurance.rated": True},
    "launch": {},
}
"""What differs from the preset minimal; the first in which a parameter acts is enough."""
OFFSETS: Final[dict[str, int]] = {"late": 360, "periodic": 340}
"""Worlds that open so many days after the launch: investors and team have just got their first tokens by `DAY`."""
PLANS: Final[dict[str, tuple[str, Any, int]]] = {"pool": ("price.mode", "pool", 20), "opened": ("light.enabled", True, 20)}
"""What a world plans itself: parameter, value, day."""
FIRST: Final[dict[str, str]] = {
    "adoption.factor_weight": "pool",
    "electorate.": "voting",
    "exchange.float_share": "exogenous",
    "faults.": "faulty",
    "faults.frailty": "newcomers",
    "faults.provider_share": "newcomers",
    "faults.shared_hit": "newcomers",
    "fundamental.settled_usd": "exchange",
    "fundamental.velocity": "exchange",
    "governance.": "voting",
    "holders.": "late",
    "holders.scarce_offer": "scarce",
    "impact.asking_days": "scarce",
    "impact.scarcity": "scarce",
    "insurance.load": "rated",
    "interests.": "voting",
    "issuance.gain": "target",
    "issuance.halving_days": "halving",
    "issuance.highest": "target",
    "issuance.lowest": "target",
    "issuance.target": "target",
    "light.opening": "opened",
    "liquidity.amplification": "stableswap",
    "liquidity.foreign_share": "alone",
    "messaging.consensus_s": "closed",
    "messaging.intent_tries": "closed",
    "messaging.snapshot_s": "closed",
    "operators.": "newcomers",
    "price.path_drift": "exogenous",
    "price.pool_era": "pool",
    "relay.": "relayed",
    "rollups.grace_days": "poor",
    "scaling.active_max": "crowded",
    "scaling.fee_floor": "quiet",
    "scaling.fixed_nodes": "fixed",
    "scaling.gain": "pi",
    "scaling.integral": "pi",
    "scaling.stabilise_s": "calm",
    "scaling.target": "pi",
    "scaling.tolerance": "proportional",
    "sentiment.": "traders",
    "slashing.": "faulty",
    "staking.": "newcomers",
    "storage.calldata_usd": "media",
    "storage.cloud_usd": "cloud",
    "storage.eigenda_usd": "media",
    "storage.superblobs_usd": "media",
    "traders.bias_sd": "falling",
    "traders.broke_share": "falling",
    "vesting.refresh_interval": "periodic",
    "vesting.": "late",
}
"""Where to look first, by the longest beginning of a path that is here; else in the busy world."""


def list_worlds(path: str) -> list[str]:
    """All of them, the likeliest first."""
    starts = sorted((start for start in FIRST if path.startswith(start)), key=len, reverse=True)
    return list(dict.fromkeys([*(FIRST[start] for start in starts), *WORLDS]))


def list_values(leaf: Leaf, now: Any) -> list[Any]:
    """Values far from `now`, within the bounds, as people write them; the check between parameters may refuse some."""
    info = leaf.info
    if info.choices is not None:
        return [member.name.lower() for member in info.choices if member.name.lower() != now]
    if info.unit == "switch":
        return [not now]
    if not info.length:
        values = _list_numbers(leaf, now)
    elif info.total is not None:
        values = [[info.total if i == k else 0 for i in range(info.length)] for k in range(info.length)] + [now[1:] + now[:1]]
    else:
        columns = [_list_numbers(leaf, value) for value in now]
        values = [list(row) for row in zip(*columns, strict=True)] + [now[1:] + now[:1], *_move_one(leaf, now)]
    return [value for value in values if value != now]


def _list_numbers(leaf: Leaf, now: float) -> list[Any]:
    low, high = leaf.info.low, leaf.info.high
    wished = (now * 3, low, high, now * 0.3, now * 1.3, (low + high) / 2)
    held = [min(max(value, low), high) for value in wished]
    return [round(float(value), 6) if leaf.is_float or leaf.info.unit == "ERA" else round(value) for value in held]


def _move_one(leaf: Leaf, now: list[Any]) -> Iterator[list[Any]]:
    """One element half of what it is, the others as they are."""
    for k in range(len(now)):
        half = now[k] / 2 if leaf.is_float else int(now[k] // 2)
        yield [*now[:k], max(half, leaf.info.low), *now[k + 1 :]]


def _plan(path: str, value: Any, day: int) -> tuple[PlannedChange, ...]:
    """A change of a day, without asking whether it may be."""
    linked = LEAVES[path].info.total is not None
    words = enumerate(parse_value(path, value))
    return tuple(PlannedChange(day, slot, int(real), word, 0, int(linked and k > 0)) for k, (slot, real, word) in words)


FLOWS: Final = {"paying": (PlannedFlow("pay", int(FlowSource.TREASURY), int(FlowTarget.DELEGATES), amount=10**9),)}
"""Flows of policy of a world."""


class Lab:
    """One world on the morning of `DAY`, and how it goes on if nothing changes."""

    def __init__(self, name: str) -> None:
        scenario: Scenario = load_scenario("minimal", WORLDS[name])
        start, planned = LAUNCH + timedelta(OFFSETS.get(name, 0)), _plan(*PLANS[name]) if name in PLANS else ()
        scenario = replace(scenario, start_date=start, changes=planned, flows=FLOWS.get(name, ()))
        self.values = show_parameters(scenario.parameters)
        self.world = create_world(scenario, 1)
        advance(self.world, np.zeros((DAY, len(COLUMNS))))
        self.rows = self._go_on(copy(self.world))

    def _go_on(self, world: World) -> Any:
        rows = np.zeros((DAYS, len(COLUMNS)))
        advance(world, rows)
        return rows

    def change(self, path: str, value: Any) -> "Difference | None":
        """What a change of today moves; None for a value that contradicts another parameter."""
        try:
            check_parameters(resolve(self.values | {path: value}), {})
        except BadValueError:
            return None
        world = copy(self.world)
        load_changes(world, _plan(path, value, DAY))
        return Difference(self._go_on(world), self.rows)

    def follow(self, path: str, value: Any) -> Any:
        """The world that a change of today leads to."""
        world = copy(self.world)
        load_changes(world, _plan(path, value, DAY))
        self._go_on(world)
        return world

    def strike(self, kind: int, size: float) -> "Difference":
        """What a shock of today moves."""
        world = copy(self.world)
        load_shocks(world, (Shock(DAY, kind, size),))
        return Difference(self._go_on(world), self.rows)


class Difference:
    """Two tables side by side."""

    def __init__(self, rows: Any, others: Any) -> None:
        self.rows, self.others = rows, others
        self.cells = ~((rows == others) | (np.isnan(rows) & np.isnan(others)))

    @property
    def first_day(self) -> int:
        """Days from the change to the first cell that differs; -1: none."""
        days = np.flatnonzero(self.cells.any(axis=1))
        return int(days[0]) if len(days) else -1

    def list_columns(self, day: int = -1) -> set[str]:
        """Columns that differ, on a day or ever."""
        found = self.cells.any(axis=0) if day < 0 else self.cells[day]
        return {name for k, name in enumerate(COLUMNS) if found[k]}

    def ratio(self, column: str, day: int) -> float:
        """A column with the change over that without, so many days after it."""
        k = COLUMNS.index(column)
        return float(self.rows[day, k] / self.others[day, k])

    def compare(self, column: str) -> float:
        """The mean of a column with the change less that without."""
        k = COLUMNS.index(column)
        return float(np.mean(self.rows[:, k] - self.others[:, k]))


@cache
def open_lab(name: str) -> Lab:
    """The lab of a world, made once."""
    return Lab(name)


def find_difference(path: str) -> tuple[str, Any, "Difference"] | None:
    """The first world and value in which a change of a parameter moves a cell within `DAYS`."""
    for name in list_worlds(path):
        lab = open_lab(name)
        for value in list_values(LEAVES[path], lab.values[path]):
            difference = lab.change(path, value)
            if difference is not None and difference.first_day >= 0:
                return name, value, difference
    return None
