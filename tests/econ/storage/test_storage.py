"""The data layer's day in small worlds run by Python: what it counts, what its switches change and what they do not."""

from typing import Any, cast

import numpy as np
import pytest

from metalab.econ.day import open_world, run_days
from metalab.econ.governance.external_proposals import load_proposals
from metalab.econ.kernel.memory import allocate, as_array, as_rows, check_supply
from metalab.econ.kernel.records import COLUMNS, PARAMETERS, Daily
from metalab.econ.kernel.scenario import PlannedChange, PlannedProposal, Scenario
from metalab.econ.policy.changes import load_changes
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.scaling.layers import Layer, LayersMetrics
from metalab.protocol.storage.storage import Storage, StorageMetrics
from tests.support import make_scenario, run_plain

DAYS = 24


ACCOUNTS = {"developer_costs_usd", "newcomer_income_usd", "rollup_cash_usd", "rollups_at_loss"}
"""What bills change: the accounts of those who pay, and what newcomers expect."""


def run(seed: int = 3, days: int = DAYS, **paths: Any) -> tuple[Any, dict[str, Any]]:
    """A world and its columns by name."""
    world, table = run_plain(make_scenario(**paths), seed, days)
    assert np.isfinite(table).all()
    return world, dict(zip(COLUMNS, table.T, strict=True))


def find_changed(one: dict[str, Any], other: dict[str, Any]) -> set[str]:
    """Columns that differ by a bit."""
    return {name for name in COLUMNS if one[name].tobytes() != other[name].tobytes()}


@pytest.fixture(scope="module")
def default() -> tuple[Any, dict[str, Any]]:
    return run()


def test_every_byte_is_hot_or_cold_or_lost(default: tuple[Any, dict[str, Any]]) -> None:
    world, columns = default
    stores = as_array(world.stores)
    assert (stores["posted"] == stores["hot"] + stores["cold"] + stores["lost"]).all()
    assert stores["posted"].sum() > 10**9
    assert stores["cold"].sum() > 0
    assert columns["stored_hot_mb"][-1] == pytest.approx(stores["hot"].sum() / 1e6 * 0.6)
    assert columns["stored_hot_mb"][-1] == pytest.approx(columns["data_posted_mb"][-7:].sum())
    assert columns["stored_cold_mb"][-1] == pytest.approx(stores["cold_mb"].sum())
    assert columns["data_lost_mb"].sum() == pytest.approx(stores["lost"].sum() / 1e6)
    check_supply(world)


def test_bytes_follow_what_the_network_took(default: tuple[Any, dict[str, Any]]) -> None:
    columns = default[1]
    # 267 transactions a message are 4M a day at 15,000 messages (ECONOMY 12), up to the share that was dropped and the peak's luck.
    expected = columns["messages"] / 15_000 * 46 * 86_400 * 200 * 0.6 / 1e6
    assert columns["data_posted_mb"] == pytest.approx(expected, rel=0.25)


def test_without_storage_only_storage_and_bills_differ(default: tuple[Any, dict[str, Any]]) -> None:
    _, off = run(storage__active=0)
    changed = find_changed(default[1], off)
    assert {name for name in StorageMetrics.infos if name != "data_flawed_mb"} - {"data_lost_mb", "fingerprints_failed"} <= changed
    assert changed <= set(StorageMetrics.infos) | ACCOUNTS
    assert not any(off[name].any() for name in StorageMetrics.infos)
    assert off["developer_costs_usd"].sum() < default[1]["developer_costs_usd"].sum()


def test_developers_pay_their_share(default: tuple[Any, dict[str, Any]]) -> None:
    _, none = run(storage__paid_by_developers=0.0)
    assert {"developer_costs_usd", "rollup_cash_usd"} <= find_changed(default[1], none) <= ACCOUNTS
    extra = default[1]["developer_costs_usd"] - none["developer_costs_usd"]
    # Yesterday's cost is paid in the morning, for rollups that still run.
    assert extra[1:] == pytest.approx(default[1]["storage_cost_usd"][:-1])


def test_twice_the_bytes_cost_twice(default: tuple[Any, dict[str, Any]]) -> None:
    _, double = run(storage__transaction_bytes=400.0, layers__data_mb_s=0.106)
    for name in ("storage_cost_usd", "storage_cost_baseline_usd", "stored_hot_mb", "stored_cold_mb"):
        assert double[name] == pytest.approx(2 * default[1][name], rel=1e-6)
    assert find_changed(default[1], double) <= {*StorageMetrics.infos, *ACCOUNTS, "data_capacity_mb_s", "data_tps", "data_use"}


def test_migrations_that_take_a_day_lose_everything() -> None:
    world, late = run(storage__delay_hours=40.0, storage__delay_sigma=0.0)
    assert as_array(world.stores)["cold"].sum() == 0
    assert late["data_lost_mb"][7:].all()
    assert not late["stored_cold_mb"].any()


def test_flaws_are_found_and_without_verification_they_are_not() -> None:
    _, found = run(storage__flaws=1.0)
    _, unnoticed = run(storage__flaws=1.0, storage__verify=0)
    assert found["fingerprints_failed"].sum() == 3 * (DAYS - 7)
    assert not found["data_flawed_mb"].any()
    assert not unnoticed["fingerprints_failed"].any()
    assert unnoticed["data_flawed_mb"][7:].all()


def test_a_shorter_hot_tier_moves_data_earlier() -> None:
    world, columns = run(storage__hot_days=2)
    assert columns["stored_cold_mb"][2] > 0.0 == columns["stored_cold_mb"][1]
    assert columns["stored_hot_mb"][-1] == pytest.approx(columns["data_posted_mb"][-2:].sum())
    stores = as_array(world.stores)
    assert (stores["posted"] == stores["hot"] + stores["cold"] + stores["lost"]).all()


@pytest.mark.parametrize(
    ("layer", "paths"),
    [
        (Layer.EXECUTION, {"scaling__node_tps": 2.0}),
        (Layer.DATA, {"layers__data_mb_s": 0.004}),
        (Layer.VERIFICATION, {"layers__guardian_tps": 2.0}),
    ],
)
def test_any_layer_can_be_the_bottleneck(layer: Layer, paths: dict[str, Any]) -> None:
    _, columns = run(days=3, **paths)
    assert (columns["bottleneck"] == layer).all()
    assert columns["layer_dropped"].all() == (layer != Layer.EXECUTION)


def test_layers_bound_the_network_only_where_they_are_narrow(default: tuple[Any, dict[str, Any]]) -> None:
    _, narrow = run(layers__data_mb_s=0.002)
    _, free = run(layers__data_mb_s=0.2)
    assert find_changed(default[1], free) == {"data_capacity_mb_s", "data_tps", "data_use"}
    assert narrow["layer_dropped"].all()
    assert (narrow["load_dropped_share"] > free["load_dropped_share"]).all()
    assert narrow["message_success"][2:].mean() < free["message_success"][2:].mean()


def run_changed(scenario: Scenario, path: str, value: float, day: int) -> dict[str, Any]:
    """Columns of ten days in which a parameter changes on a morning."""
    leaf = next(leaf for leaf in PARAMETERS if leaf.path == path)
    world = allocate(scenario.parameters)
    rows, out = as_rows(world), np.zeros((10, len(COLUMNS)))
    plain(open_world)(rows, 3, 0, 0)
    load_changes(world, (PlannedChange(day, leaf.slot, leaf.is_float, value),))
    plain(run_days)(rows, 10, memoryview(cast(Any, out)))
    return dict(zip(COLUMNS, out.T, strict=True))


def test_a_data_layer_widened_by_decree_takes_what_it_dropped() -> None:
    narrow = make_scenario(layers__data_mb_s=0.002)
    before = dict(zip(COLUMNS, run_plain(narrow, 3, 10)[1].T, strict=True))
    after = run_changed(narrow, "layers.data_mb_s", 0.053, 6)
    assert all(before[name][:6].tobytes() == after[name][:6].tobytes() for name in COLUMNS)
    assert before["layer_dropped"].all()
    assert not after["layer_dropped"][6:].any()
    assert (after["data_posted_mb"][6:] > before["data_posted_mb"][6:]).all()
    assert (after["data_capacity_mb_s"] == [0.002] * 6 + [0.053] * 4).all()


def test_capacity_is_the_daos_to_raise() -> None:
    owners = {leaf.path: leaf.info.owner for leaf in PARAMETERS}
    assert owners["layers.data_mb_s"] == "dao"
    assert Daily.parts["layers"] is LayersMetrics
    assert Storage.infos["active"].unit == "switch"


def test_a_vote_inside_a_run_widens_the_data_layer() -> None:
    """The same narrow layer; the only way to more capacity is a proposal that is filed, voted, executed and then in force."""
    leaf = next(leaf for leaf in PARAMETERS if leaf.path == "layers.data_mb_s")
    narrow = make_scenario(layers__data_mb_s=0.002, electorate__attention_usd=0.0, electorate__proposing=0.0)
    daily = []
    for threshold in (0.0, 1.0):
        wider = PlannedProposal(2, (PlannedChange(0, leaf.slot, leaf.is_float, 0.053),), quorum=0.0, threshold=threshold)
        world = allocate(narrow.parameters)
        rows, out = as_rows(world), np.zeros((18, len(COLUMNS)))
        plain(open_world)(rows, 3, 0, 0)
        load_proposals(world, (wider,))
        plain(run_days)(rows, 18, memoryview(cast(Any, out)))
        daily.append(dict(zip(COLUMNS, out.T, strict=True)))
    passed, lost = daily
    (executed,) = passed["proposals_executed"].nonzero()[0].tolist()
    assert not lost["proposals_executed"].any()
    assert (lost["data_capacity_mb_s"] == 0.002).all()
    assert (passed["data_capacity_mb_s"][executed + 1 :] == 0.053).all()
    assert (passed["data_capacity_mb_s"][: executed + 1] == 0.002).all()
    assert passed["layer_dropped"][: executed + 1].all()
    assert not passed["layer_dropped"][executed + 1 :].any()
    assert (passed["data_posted_mb"][executed + 1 :] > lost["data_posted_mb"][executed + 1 :]).all()
