"""Cost of storage: prices as in the data file, savings against hand computation, every medium as tier and baseline."""

import csv
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.storage.storage import (
    Compression,
    Medium,
    PriceDate,
    Storage,
    StorageMetrics,
    StorageState,
    compute_price,
    compute_rent,
    measure_storage,
    quote_storage,
)
from tests.support import ROOT, make_row

with (ROOT / "docs/data/da_storage_prices.csv").open() as file:
    ROWS = list(csv.DictReader(file))
FACTS = {(row["layer"], row["metric"], row["date"]): row["value"] for row in ROWS}
ARWEAVE = [row["value"] for row in ROWS if row["layer"] == "Arweave" and row["unit"] == "$/GB"]


def price(medium: Medium, date: PriceDate) -> float:
    return float(plain(compute_price)(medium, make_row(Storage, price_date=date)))


@pytest.mark.parametrize(
    ("medium", "date", "fact"),
    [
        (Medium.BLOBS, PriceDate.AVERAGE_2024, ("Ethereum blobs", "average cost", "2024-03..08")),
        (Medium.CELESTIA, PriceDate.AVERAGE_2024, ("Celestia", "average cost", "2024-01..08")),
        (Medium.SUPERBLOBS, PriceDate.AVERAGE_2024, ("Celestia SuperBlobs", "average cost", "2024-05..08")),
        (Medium.BLOBS, PriceDate.JANUARY_2025, ("Ethereum blobs", "cost", "2025-01")),
        (Medium.CELESTIA, PriceDate.JANUARY_2025, ("Celestia", "cost (Eclipse)", "2025-01")),
    ],
)
def test_prices_are_those_of_the_data_file(medium: Medium, date: PriceDate, fact: tuple[str, str, str]) -> None:
    assert price(medium, date) == float(FACTS[fact])


def test_derived_prices_follow_from_the_data_file() -> None:
    floor = FACTS["Ethereum blobs", "floor cost at base fee 0.1/0.5/1 gwei, ETH $3000", "2026"]
    assert price(Medium.BLOBS, PriceDate.FLOOR_2026) == float(floor.split("/")[1])
    mebibyte = float(FACTS["EigenDA", "on-demand price at ETH $3000", ""])
    assert price(Medium.EIGENDA, PriceDate.JANUARY_2025) == pytest.approx(mebibyte / 1.048576, rel=1e-3)
    rent = float(FACTS["AWS S3 standard", "storage", ""])
    assert plain(compute_rent)(Medium.CLOUD, make_row(Storage)) * 1_000 * 365 / 12 == pytest.approx(rent)
    assert f"{price(Medium.ARWEAVE, PriceDate.LATE_2025) * 1_000:g}" in ARWEAVE
    p = make_row(Storage)
    ratios = [p.ratios[k] for k in Compression]
    lossless, stripped = (
        float(FACTS["synthetic L2 batch", f"lzma-9e ratio{how}", ""]) for how in (" (with signatures)", ", signatures stripped")
    )
    assert ratios == pytest.approx([1.0, lossless, stripped, 1 / 20], abs=0.003)


@pytest.mark.parametrize("medium", Medium)
@pytest.mark.parametrize("date", PriceDate)
def test_every_medium_has_a_price_or_a_rent(medium: Medium, date: PriceDate) -> None:
    p = make_row(Storage, price_date=date)
    once, rent = plain(compute_price)(medium, p), plain(compute_rent)(medium, p)
    assert (once > 0.0) != (rent > 0.0) or (medium, date) == (Medium.BLOBS, PriceDate.LATE_2025)


def compare(cost: float, mb: float, **values: Any) -> Any:
    state, today = make_row(StorageState), make_row(StorageMetrics, data_posted_mb=mb, storage_cost_usd=cost)
    plain(measure_storage)(state, make_row(Storage, **values), today)
    return today


@pytest.mark.parametrize(
    ("date", "baseline", "saving"),
    [
        (PriceDate.AVERAGE_2024, Medium.BLOBS, 1 - (7.31 + 0.005 * 0.4545 / 0.6) / 20.56),
        (PriceDate.JANUARY_2025, Medium.BLOBS, 1 - (0.07 + 0.005 * 0.4545 / 0.6) / 3.83),
        (PriceDate.JANUARY_2025, Medium.CELESTIA, 1 - (0.07 + 0.005 * 0.4545 / 0.6) / 0.07),
        (PriceDate.LATE_2025, Medium.BLOBS, 0.0),
        (PriceDate.FLOOR_2026, Medium.BLOBS, 1 - (0.07 + 0.005 * 0.4545 / 0.6) / 0.098),
        (PriceDate.AVERAGE_2024, Medium.CALLDATA, 1 - (7.31 + 0.005 * 0.4545 / 0.6) / 960),
        (PriceDate.JANUARY_2025, Medium.EIGENDA, 1 - (0.07 + 0.005 * 0.4545 / 0.6) / 0.0419),
    ],
)
def test_the_saving_table_by_hand(date: PriceDate, baseline: Medium, saving: float) -> None:
    # 100 MB posted are 166.7 MB before compression, .4545 of which arrive in the cold tier.
    p = make_row(Storage, price_date=date)
    state = make_row(StorageState)
    plain(quote_storage)(state, p)
    cost = 100.0 * state.hot_once + 100.0 / p.batch_ratio * p.ratios[p.compression] * state.cold_once
    assert compare(cost, 100.0, price_date=date, baseline=baseline).storage_saving == pytest.approx(saving)


@given(st.sampled_from(Medium), st.sampled_from(PriceDate), st.floats(0.1, 1e6))
def test_twice_the_data_cost_twice_on_a_single_medium(medium: Medium, date: PriceDate, mb: float) -> None:
    one, two = (compare(0.0, mb * k, price_date=date, baseline=medium).storage_cost_baseline_usd for k in (1, 2))
    assert two == pytest.approx(2 * one)


def test_rent_is_paid_for_all_that_was_ever_kept() -> None:
    state, p = make_row(StorageState), make_row(Storage, baseline=Medium.CLOUD)
    costs = []
    for _ in range(3):
        today = make_row(StorageMetrics, data_posted_mb=1_000.0)
        plain(measure_storage)(state, p, today)
        costs.append(today.storage_cost_baseline_usd)
    assert costs == pytest.approx([k * 0.023 * 12 / 365 for k in (1, 2, 3)])


@pytest.mark.parametrize("hot", Medium)
@pytest.mark.parametrize("cold", Medium)
def test_tiers_are_quoted_as_chosen(hot: Medium, cold: Medium) -> None:
    p, state = make_row(Storage, hot=hot, cold=cold), make_row(StorageState)
    plain(quote_storage)(state, p)
    assert (state.hot_once, state.cold_once) == (plain(compute_price)(hot, p), plain(compute_price)(cold, p))
    assert (state.hot_rent, state.cold_rent) == (plain(compute_rent)(hot, p), plain(compute_rent)(cold, p))
