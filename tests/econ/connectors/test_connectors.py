"""Connectors in a world: what each switch changes, exact books, hits that are counted."""

from typing import Any

import numpy as np
import pytest

from metalab.econ.kernel.memory import check_supply
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.market.money import check_usd
from metalab.econ.rollups.deploying import Deploying, Plan, ProviderOffer, compute_deployment_cost, is_funded
from metalab.protocol.connectors.assistant import AssistantMetrics
from metalab.protocol.connectors.enterprise import EnterpriseMetrics
from metalab.protocol.connectors.gateway import GatewayMetrics
from metalab.protocol.connectors.light_nodes import LightMetrics
from metalab.protocol.connectors.relay import RelayMetrics
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row, make_scenario, run_plain

DAYS = 12
SWITCHES = ("enterprise", "relay", "gateway", "light", "assistant")
REVENUES = {"enterprise": "enterprise_revenue_era", "relay": "relay_revenue_era", "gateway": "gateway_revenue_era"}
EAGER = {"enterprise__arrivals": 900.0}
OURS = [name for record in (EnterpriseMetrics, RelayMetrics, GatewayMetrics, LightMetrics, AssistantMetrics) for name in record.infos]


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


def run(days: int = DAYS, **values: Any) -> Any:
    return run_plain(make_scenario(**(EAGER | values)), 6, days)


@pytest.fixture(scope="module")
def plainly() -> Any:
    return run()[1]


def test_off_means_nothing_of_it_is_there(plainly: Any) -> None:
    changed = run(enterprise__fee_usd=1.0, relay__messages_per_rollup=9.0, gateway__zipf=2.0, light__reward=9, assistant__use=1.0)[1]
    assert changed.tobytes() == plainly.tobytes()
    ours = [COLUMNS.index(name) for name in OURS]
    assert not plainly[:, ours].any()


@pytest.mark.parametrize("name", SWITCHES)
def test_on_changes_what_it_should_on_the_first_day(plainly: Any, name: str) -> None:
    world, table = run(**{f"{name}__enabled": 1})
    check_supply(world)
    check_usd(world)
    changed = {column for k, column in enumerate(COLUMNS) if table[0, k] != plainly[0, k]}
    own = {column for column in changed if column.startswith((name, "attestation", "nodes_light", "light"))}
    assert own
    allowed = {
        "light": {"treasury_era", "circulating_effective_era"}
        | {c for c in COLUMNS if c.startswith(("fundamental_", "worth_", "price_premium_"))},
        "assistant": {"message_delay_s"},
    }.get(name, {c for c in COLUMNS if c.startswith(("revenue_", "apr_", "fundamental_", "worth_", "price_premium_"))} | {"net_orders_era"})
    # What is bought leaves less to lend to an attacker; operators take more care where idle days cost more.
    assert changed - own - allowed <= {"cost_borrow_usd", "cost_of_corruption_usd", "cost_halt_usd", "fault_hazard"}


@pytest.mark.parametrize("name", REVENUES)
def test_fees_are_revenue_and_the_split_stays_exact(plainly: Any, name: str) -> None:
    table = run(**{f"{name}__enabled": 1})[1]
    fees = get(table, REVENUES[name])
    assert fees[0] > 0
    assert get(table, "revenue_era")[0] - get(plainly, "revenue_era")[0] == pytest.approx(fees[0], abs=2e-6)
    parts = sum(get(table, f"revenue_{who}_era") for who in ("core", "guardian", "flex", "developers", "users"))
    assert np.round(parts * 1e6).tolist() == np.round(get(table, "revenue_era") * 1e6).tolist()
    assert np.abs(get(table, "revenue_core_era") - 0.4 * get(table, "revenue_era")).max() <= 1e-6


def test_hits_of_the_gateway_are_counted_and_fall_with_validity() -> None:
    long, short = (run(40, gateway__enabled=1, gateway__valid_days=days)[1] for days in (90, 1))
    share = get(long, "attestation_hit_share")
    assert share[0] < share[20:].mean() < 1.0
    assert get(long, "attestations").tolist() == get(short, "attestations").tolist()
    assert share.mean() > get(short, "attestation_hit_share").mean()
    assert (get(long, "attestation_hours") < get(long, "attestation_baseline_hours")).all()
    alone = run(5, gateway__enabled=1, gateway__reuse=0)[1]
    assert not get(alone, "attestation_hit_share").any()
    assert get(alone, "attestation_hours").tolist() == get(alone, "attestation_baseline_hours").tolist()


def test_a_cheaper_proof_moves_data_on_chain() -> None:
    dear, cheap = (run(relay__enabled=1, relay__onchain_fee_usd=fee)[1] for fee in (0.2, 0.02))
    total = get(dear, "relay_onchain") + get(dear, "relay_offchain")
    assert (get(cheap, "relay_onchain") + get(cheap, "relay_offchain")).tolist() == total.tolist()
    assert get(cheap, "relay_onchain").sum() > 10 * get(dear, "relay_onchain").sum()


def test_light_nodes_cost_the_treasury_what_they_are_paid(plainly: Any) -> None:
    table = run(light__enabled=1, light__reward=10_000)[1]
    spent = get(table, "light_rewards_era")
    assert (spent > 0).all()
    assert get(plainly, "treasury_era")[0] - get(table, "treasury_era")[0] == pytest.approx(spent[0], abs=1e-6)
    assert spent.max() <= 50_000 / 365
    assert get(table, "nodes_light")[0] == 1_000.0


def test_deployment_without_code_is_cheaper_and_funds_more_ideas() -> None:
    by_hand, without = make_row(Deploying), make_row(Deploying, no_code=1)
    assert plain(compute_deployment_cost)(by_hand) == 50_000.0
    assert plain(compute_deployment_cost)(without) == pytest.approx(35_000.0)
    need = 50_000.0 + by_hand.reserve_months * 11_000.0
    for p, saved in ((by_hand, 0.0), (without, 15_000.0)):
        offer = ProviderOffer(0.0, plain(compute_deployment_cost)(p), 3_000.0, 0.0)
        assert plain(is_funded)(Plan(need - saved + 1.0, 8_000.0, 1.0), offer, p)
        assert not plain(is_funded)(Plan(need - saved - 1.0, 8_000.0, 1.0), offer, p)


def test_deployment_without_code_changes_nothing_while_it_is_off(plainly: Any) -> None:
    assert run(deploying__no_code_saving=0.9)[1].tobytes() == plainly.tobytes()
