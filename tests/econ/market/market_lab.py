"""The market alone: traders and the price phase on the real vesting calendar, everybody else held at launch values.

The days are driven from Python, so that only the phases of the market are compiled, or none (`plainly`).
"""

from typing import Any, NamedTuple

import numpy as np

from metalab.econ.kernel.memory import allocate, as_array, as_rows
from metalab.econ.kernel.records import COLUMNS, Params
from metalab.econ.kernel.world import World
from metalab.econ.market.pricing import open_market, open_valuation, process_market
from metalab.econ.market.traders import open_traders, process_traders
from metalab.econ.supply.unlocks import open_supply, process_unlocks, settle_genesis
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import make_defaults
from tests.support import set_parameter

ABSENT = ("users", "developers", "core", "flex", "guardian", "voters", "rollups")
REVENUE = 365.0 * (15_000 * 0.30 + 60 * 5.0)
BONDED = (2_000_000_000_000, 1_250_000_000_000, 6_000_000_000_000)
SELLERS = (Bucket.INVESTORS, Bucket.FOUNDATION, Bucket.TEAM, Bucket.RND)
MONTHLY_SALE = 0.3


class Run(NamedTuple):
    """A finished run of the market."""

    world: World
    daily: np.ndarray[Any, np.dtype[np.float64]]

    def get(self, name: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """A column of the daily table."""
        return self.daily[:, COLUMNS.index(name)]


def run_phase(phase: Any, world: World, plainly: bool) -> None:
    """Run a phase compiled, or by Python alone."""
    if plainly:
        plain(phase)(as_rows(world))
    else:
        phase(world)


def open_lab(seed: int, settings: dict[str, Any], plainly: bool = False) -> World:
    """A world with traders only, network figures as at launch."""
    parameters = make_defaults(Params)
    for name in ABSENT:
        parameters["population"][name] = 0
    for path, value in settings.items():
        set_parameter(parameters, path, value)
    world = allocate(parameters)
    state = as_array(world.state)
    state["clock"]["seed"] = seed
    run_phase(open_supply, world, plainly)
    run_phase(open_market, world, plainly)
    state["fees"]["revenue_mean_usd"] = REVENUE
    state["activity"]["messages"] = 15_000
    state["staking"]["bonded"][:] = BONDED
    for phase in (open_traders, settle_genesis, open_valuation):
        run_phase(phase, world, plainly)
    return world


def begin_day(world: World) -> None:
    """Forget yesterday's flows, as `open_day` does."""
    world.flat.today[:] = 0.0
    as_array(world.pots)["moved"] = 0
    desk = as_array(world.state)["exchange"]
    for name in desk.dtype.names or ():
        desk[name] = 0
    desk["opening_float"] = as_array(world.pots)["market_float"]


def feed_float(world: World) -> None:
    """Bring what holders sell of their unlocks to the market float, without an order."""
    holders = as_array(world.holders)
    for bucket in SELLERS:
        amount = int(holders["balance"][bucket] * MONTHLY_SALE / 30)
        holders["balance"][bucket] -= amount
        as_array(world.pots)["market_float"] += amount


def place_orders(world: World, share: float) -> None:
    """Fill orders of `share` of the mean volume on top of what traders do; their tokens do not pass through the float."""
    state = as_array(world.state)
    amount = int(share * state["market"]["volume_mean"][0] * 1e6)
    for kind in ("requested", "filled"):
        state["exchange"][f"{kind}_buy"] += max(amount, 0)
        state["exchange"][f"{kind}_sell"] += max(-amount, 0)


def run_market(seed: int, days: int, *, orders: float = 0.0, plainly: bool = False, **settings: Any) -> Run:
    """Run the market alone. Write dots of a parameter's path as two underscores."""
    world = open_lab(seed, {name.replace("__", "."): value for name, value in settings.items()}, plainly)
    daily = np.zeros((days, len(COLUMNS)))
    for day in range(days):
        begin_day(world)
        run_phase(process_unlocks, world, plainly)
        feed_float(world)
        run_phase(process_traders, world, plainly)
        place_orders(world, orders)
        run_phase(process_market, world, plainly)
        daily[day] = world.flat.today
        as_array(world.state)["clock"]["day"] += 1
    return Run(world, daily)
