"""Every switch moves the figures of its own mechanism; what else may move on the first day that differs is said by rooms."""

from typing import Final, NamedTuple

import pytest

from metalab.econ.kernel.records import METRIC_ROOMS, ROOMS
from metalab.experiments.inputs.schema import LEAVES
from tests.econ.policy.binding_lab import find_difference

MONEY = ("market", "security", "supply")
"""A payment moves orders, worth and the cost of an attack on its day."""
REVENUE = (*MONEY, "fees", "staking", "rollups")
"""Income of the protocol is split on its day and makes what newcomers and stakers expect."""
ALL = tuple(ROOMS)
"""What changes who is here, and with it everything."""


class Own(NamedTuple):
    """Figures of a mechanism that must move, and the rooms that may move with them on the first day."""

    columns: tuple[str, ...]
    rooms: tuple[str, ...] = ()


SWITCHES: Final[dict[str, Own]] = {
    "assistant.enabled": Own(("assistant_saved_s", "message_delay_s")),
    "competition.rivals": Own(("rivals_live", "market_share"), ALL),
    "corruption.concentrated": Own(("cost_borrow_usd", "cost_of_corruption_usd"), ("security",)),
    "deploying.no_code": Own(("rollup_cash_usd",), ("rollups",)),
    "enterprise.enabled": Own(("enterprise_clients", "enterprise_revenue_era"), REVENUE),
    "fees.convert_native": Own(("revenue_era",), REVENUE),
    "gateway.enabled": Own(("attestations", "gateway_revenue_era"), REVENUE),
    "gateway.reuse": Own(("attestation_hit_share", "attestation_hours"), REVENUE),
    "impact.acting": Own(("impact_passing", "log_return"), ("market", "security")),
    "incidents.shared": Own(("incident_loss_usd",), ALL),
    "insurance.rated": Own(("premium_era", "charges_usd"), ALL),
    "licences.licensing": Own(("licences_live",), ("rollups",)),
    "light.enabled": Own(("nodes_light", "light_rewards_era"), MONEY),
    "liquidity.active": Own(("pool_deposits_usd", "lp_return"), ALL),
    "liquidity.circulation": Own(("capital_turnover_gain", "lp_return"), ("liquidity",)),
    "liquidity.composability": Own(("demand_share", "messages"), ALL),
    "passports.active": Own(("passport_return", "capital_utilisation"), ("liquidity",)),
    "relay.enabled": Own(("relay_onchain", "relay_revenue_era"), REVENUE),
    "rewards.cap_on": Own(("apr_core", "treasury_era"), REVENUE),
    "rewards.floor_on": Own(("apr_guardian", "treasury_era"), REVENUE),
    "rollups.closings": Own(("rollups_live",), ALL),
    "storage.active": Own(("data_posted_mb", "storage_cost_usd")),
    "storage.verify": Own(("fingerprints_failed", "data_lost_mb"), ("storage",)),
    "switching.seamless": Own(("users_switched",), ("users",)),
    "vesting.holders_sell": Own(("holders_sold_era",), MONEY),
    "vesting.unlocks": Own(("unlocked_era", "circulating_scheduled_era", "volatility_realised"), MONEY),
    "volatility.clustering": Own(("volatility", "volatility_realised"), ("market",)),
    "volatility.heavy_tails": Own(("market_factor", "volatility_realised"), ("market",)),
}


def test_every_switch_is_here() -> None:
    assert {path for path, leaf in LEAVES.items() if leaf.info.unit == "switch"} == set(SWITCHES)


@pytest.mark.parametrize("path", SWITCHES)
def test_a_switch_moves_its_own_figures_first(path: str) -> None:
    own, found = SWITCHES[path], find_difference(path)
    assert found is not None
    difference = found[2]
    assert set(own.columns) <= difference.list_columns(), f"{path} moves {sorted(difference.list_columns())}"
    first = difference.list_columns(difference.first_day)
    strange = {name for name in first - set(own.columns) if METRIC_ROOMS[name] not in (*own.rooms, LEAVES_ROOM[path])}
    assert not strange


LEAVES_ROOM: Final = {path: next(METRIC_ROOMS[name] for name in own.columns) for path, own in SWITCHES.items()}
"""The room of a switch's first figure."""
