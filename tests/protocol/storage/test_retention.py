"""Data moves in time or is lost: conservation to the byte, late migrations, fingerprints, costs."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import MB
from metalab.protocol.storage.retention import (
    RING,
    StoreDraws,
    StoreRow,
    archive,
    compute_lost,
    compute_mark,
    compute_outage,
    is_flawed,
    is_stored,
    migrate,
    pay_storage,
    post,
)
from metalab.protocol.storage.storage import Compression, Medium, Storage, StorageMetrics, StorageState, quote_storage
from tests.support import make_row

P = make_row(Storage)
CALM = make_row(StoreDraws, delay=0.5, outage=0.9, flaw=0.9)
COUNTS = st.integers(0, 10**15)


def move(count: int, delay: float = 0.25, p: Any = P, draws: Any = CALM) -> tuple[Any, Any, int]:
    """A store after it posted on day 3 and moved that data, the day's metrics, what arrived."""
    store, today = make_row(StoreRow), make_row(StorageMetrics)
    plain(post)(store, 5, 3, count)
    return store, today, plain(migrate)(store, 5, 3, delay, draws, p, today)


@given(st.lists(COUNTS, min_size=1, max_size=40), st.integers(1, 14), st.floats(0.0, 40.0))
def test_bytes_in_are_hot_or_cold_or_lost_on_every_day(counts: list[int], hot_days: int, delay: float) -> None:
    store, today = make_row(StoreRow), make_row(StorageMetrics)
    for day, count in enumerate(counts):
        if plain(is_stored)(store, day - hot_days) and day >= hot_days:
            plain(archive)(store, plain(migrate)(store, 1, day - hot_days, delay, CALM, P, today), P)
        plain(post)(store, 1, day, count)
        assert store.posted == sum(counts[: day + 1]) == store.hot + store.cold + store.lost
        assert store.hot == sum(counts[max(day - hot_days + 1, 0) : day + 1])
    assert store.cold_mb == pytest.approx(store.cold / MB * 0.4545)


@pytest.mark.parametrize(
    ("hours", "lost"), [(0.0, 0), (1.0, 0), (1.5, 20_833), (7.0, 250_000), (13.0, 500_000), (25.0, 10**6), (90.0, 10**6)]
)
def test_what_is_late_by_hours_loses_them(hours: float, lost: int) -> None:
    assert plain(compute_lost)(10**6, hours, P) == lost
    store, today, arrived = move(10**6, delay=hours)
    assert (arrived, store.lost, store.cold, store.hot) == (10**6 - lost, lost, 10**6 - lost, 0)
    assert today.data_lost_mb == lost / MB


@given(st.floats(1e-9, 1.0))
def test_outages_are_rare_and_exponential(u: float) -> None:
    chance = 2.0 / 365.0
    expected = -6.0 * math.log(u / chance) if u < chance else 0.0
    assert plain(compute_outage)(u, P) == pytest.approx(expected)


def test_an_outage_makes_a_migration_late() -> None:
    down = make_row(StoreDraws, delay=0.5, outage=2.0 / 365.0 * math.e**-2, flaw=0.9)
    assert move(10**6, 0.25, P, down)[0].lost == int(10**6 * (12.25 - 1.0) / 24.0)
    assert move(10**6, 0.25, make_row(Storage, outages=0.0), down)[0].lost == 0


@given(COUNTS, st.integers(0, 1_000), st.integers(0, 5_000), st.integers(0, 59))
def test_any_other_value_has_another_fingerprint(count: int, rollup: int, day: int, bit: int) -> None:
    mark = plain(compute_mark)
    assert mark(rollup, day, count) != mark(rollup, day, count ^ (1 << bit))
    assert mark(rollup, day, count) != mark(rollup + 1, day, count)
    assert mark(rollup, day, count) != mark(rollup, day + 1, count)
    assert 0 <= mark(rollup, day, count) < 2**31


def test_a_flawed_copy_is_made_again_or_kept_unnoticed() -> None:
    flawed = make_row(StoreDraws, delay=0.5, outage=0.9, flaw=0.0005)
    store, today, arrived = move(10**6, 0.6, P, flawed)
    assert (today.fingerprints_failed, today.data_flawed_mb) == (1.0, 0.0)
    assert arrived == 10**6 - int(10**6 * (1.2 - 1.0) / 24.0)
    store, today, arrived = move(10**6, 0.6, make_row(Storage, verify=0), flawed)
    assert (today.fingerprints_failed, today.data_flawed_mb, arrived, store.lost) == (0.0, 1.0, 10**6, 0)


def test_damage_to_the_record_itself_is_found() -> None:
    store = make_row(StoreRow)
    plain(post)(store, 5, 3, 10**6)
    assert not plain(is_flawed)(store, 5, 3, 0.9, P)
    store.batch[3] ^= 1 << 7
    assert plain(is_flawed)(store, 5, 3, 0.9, P)


@pytest.mark.parametrize("compression", Compression)
def test_the_cold_tier_holds_what_compression_leaves(compression: Compression) -> None:
    store = make_row(StoreRow)
    left = [1.0, 0.4545, 0.233, 0.05][compression]
    assert plain(archive)(store, 2 * 10**6, make_row(Storage, compression=compression)) == pytest.approx(2 * left)
    assert store.cold_mb == pytest.approx(2 * left)


def charge(count: int, **values: Any) -> tuple[float, Any]:
    """Cost of a day on which `count` bytes are posted and as many are archived."""
    p, state, store, today = make_row(Storage, **values), make_row(StorageState), make_row(StoreRow), make_row(StorageMetrics)
    plain(quote_storage)(state, p)
    plain(post)(store, 0, 0, count)
    plain(pay_storage)(store, count, plain(archive)(store, count, p), state, p, today)
    return float(store.cost_usd), today


def test_a_day_costs_what_the_prices_say() -> None:
    cost, today = charge(10**9)
    assert cost == pytest.approx(600.0 * 0.07 + 454.5 * 0.005)
    assert (today.data_posted_mb, today.stored_hot_mb, today.stored_cold_mb) == pytest.approx((600.0, 600.0, 454.5))
    assert today.storage_cost_hot_usd == pytest.approx(42.0)
    assert charge(10**9, cold=Medium.CLOUD)[0] == pytest.approx(42.0 + 454.5 * 0.023 / 1_000 * 12 / 365)


@given(st.integers(1, 10**12), st.sampled_from(Medium), st.sampled_from(Medium))
def test_twice_the_load_costs_twice(count: int, hot: Medium, cold: Medium) -> None:
    assert charge(2 * count, hot=hot, cold=cold)[0] == pytest.approx(2 * charge(count, hot=hot, cold=cold)[0])


def test_places_outlast_the_hot_tier() -> None:
    assert Storage.infos["hot_days"].high < RING
