"""What storing the rollups' data costs: a hot tier for days, a cold tier for good, a single layer to compare with (MODEL 8).

Prices are those quoted at one of several dates; where a medium has no quote at a date, the last one before holds. MB is 10^6
bytes. How data moves from tier to tier is in `protocol.storage.retention`.
"""

from enum import IntEnum

from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, MONTHS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, field, metric, parameter, switch

GB = 1e3
"""MB in a GB."""
MONTHS_A_DAY = MONTHS_A_YEAR / DAYS_A_YEAR
"""Rents are quoted per month and charged per day."""
_PRICES = "data/da_storage_prices.csv"
"""Table of storage prices, the source of the defaults."""


class Medium(IntEnum):
    """Where data can be kept."""

    CALLDATA = 0
    BLOBS = 1
    CELESTIA = 2
    SUPERBLOBS = 3
    EIGENDA = 4
    ARWEAVE = 5
    CLOUD = 6


class PriceDate(IntEnum):
    """When prices were quoted."""

    AVERAGE_2024 = 0
    JANUARY_2025 = 1
    LATE_2025 = 2
    FLOOR_2026 = 3


class Compression(IntEnum):
    """How data is compressed for the cold tier."""

    NONE = 0
    LOSSLESS = 1
    STRIPPED = 2
    DIFFERENCES = 3


class Storage(Record):
    """Tiers, prices and the care with which data is moved."""

    active: int = switch(True, source="MODEL 8", owner="nature", doc="Whether data is stored, moved and paid for.")
    transaction_bytes: float = parameter(
        200.0, 1.0, 1e5, unit="byte", source="assumed (data/da_storage_prices.csv: 500 quoted, claims S2-6: 242 with a signature)",
        owner="nature", doc="Data of a transaction before compression.",
    )  # fmt: skip
    batch_ratio: float = parameter(
        0.6, 0.01, 1.0, unit="1", source=f"{_PRICES} op-batcher", owner="team", doc="Compression of what is posted to the hot tier."
    )
    compression: int = choice(Compression.LOSSLESS, source="MODEL 8", owner="team", doc="Compression for the cold tier.")
    ratios: list[float] = parameter(
        (1.0, 0.4545, 0.233, 0.05), 0.001, 1.0, unit="1",
        source=f"{_PRICES} lzma with and without signatures; claims S2-6 for state differences", owner="nature",
        doc="What is left after compression: none, lossless, lossless without signatures, state differences only.",
    )  # fmt: skip
    hot: int = choice(Medium.CELESTIA, source="S2-5", owner="dao", doc="Medium of the hot tier.")
    cold: int = choice(Medium.ARWEAVE, source="assumed", owner="dao", doc="Medium of the cold tier.")
    baseline: int = choice(Medium.BLOBS, source="assumed", owner="nature", doc="Single medium to compare the tiers with.")
    price_date: int = choice(
        PriceDate.JANUARY_2025, source="assumed (the last date at which hot tier and baseline were both quoted)", owner="nature",
        doc="When prices were quoted.",
    )  # fmt: skip
    calldata_usd: list[float] = parameter(
        (960.0, 480.0, 48.0, 24.0), 0.0, 1e5, unit="USD/MB", source="assumed (16 gas a byte, ETH at 3,000 USD, 20, 10, 1, .5 gwei)",
        owner="nature", doc="Posting as calldata of Ethereum, by price date.",
    )  # fmt: skip
    blobs_usd: list[float] = parameter(
        (20.56, 3.83, 0.0, 0.098), 0.0, 1e4, unit="USD/MB", source=f"{_PRICES} Ethereum blobs", owner="nature",
        doc="Posting as blobs of Ethereum, by price date; virtually free in late 2025.",
    )  # fmt: skip
    celestia_usd: list[float] = parameter(
        (7.31, 0.07, 0.07, 0.07), 0.0, 1e4, unit="USD/MB", source=f"{_PRICES} Celestia", owner="nature",
        doc="Posting to Celestia, by price date.",
    )  # fmt: skip
    superblobs_usd: list[float] = parameter(
        (0.81, 0.81, 0.81, 0.81), 0.0, 1e4, unit="USD/MB", source=f"{_PRICES} Celestia SuperBlobs", owner="nature",
        doc="Posting to Celestia in large blobs, by price date.",
    )  # fmt: skip
    eigenda_usd: list[float] = parameter(
        (0.0419, 0.0419, 0.0419, 0.0419), 0.0, 1e4, unit="USD/MB", source=f"{_PRICES} EigenDA on-demand, 0.0439 USD/MiB", owner="nature",
        doc="Posting to EigenDA, by price date.",
    )  # fmt: skip
    arweave_usd: float = parameter(
        5.0, 0.0, 1e4, unit="USD/GB", source=f"{_PRICES} Arweave", owner="nature", doc="Storing for good on Arweave, paid once."
    )
    cloud_usd: float = parameter(
        0.023, 0.0, 100.0, unit="USD/GB/month", source=f"{_PRICES} AWS S3 standard", owner="nature", doc="Rent of cloud storage."
    )
    hot_days: int = parameter(7, 1, 14, unit="day", source="S2-5", owner="dao", doc="Age at which data moves to the cold tier.")
    margin_hours: float = parameter(
        1.0, 0.0, 336.0, unit="h", source=f"{_PRICES} CIP-34, 169 h", owner="nature",
        doc="How much longer the hot tier keeps data before it prunes.",
    )  # fmt: skip
    delay_hours: float = parameter(
        0.25, 0.0, 48.0, unit="h", source="assumed", owner="team", doc="Median delay of a migration when nothing is wrong."
    )
    delay_sigma: float = parameter(0.6, 0.0, 3.0, unit="1", source="assumed", owner="team", doc="Spread of the log of that delay.")
    outages: float = parameter(
        2.0, 0.0, 365.0, unit="1/year", source="assumed", owner="team", doc="How often a rollup's migrating operator is down."
    )
    outage_hours: float = parameter(6.0, 0.0, 1_000.0, unit="h", source="assumed", owner="team", doc="Mean length of that.")
    flaws: float = parameter(
        0.001, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Migrations whose copy differs from the original."
    )
    verify: int = switch(True, source="MODEL 8", owner="team", doc="Whether fingerprints are checked, and flawed copies made again.")
    paid_by_developers: float = parameter(
        1.0, 0.0, 1.0, unit="share", source="assumed", owner="team",
        doc="Part of a rollup's storage cost that its developer pays; the rest is in its users' transaction fees.",
    )  # fmt: skip


class StorageState(Record):
    """The tiers of all rollups together, and today's prices."""

    next_day: int = field("day", "first day whose data has not moved to the cold tier")
    base_mb: float = field("MB", "that the single medium would hold")
    hot_once: float = field("USD/MB", "paid once in the hot tier")
    hot_rent: float = field("USD/MB/day", "paid every day in the hot tier")
    cold_once: float = field("USD/MB", "paid once in the cold tier")
    cold_rent: float = field("USD/MB/day", "paid every day in the cold tier")


class StorageMetrics(Record):
    """Data on a day."""

    data_posted_mb: float = metric("MB", "Data posted to the hot tier.", chart=True)
    stored_hot_mb: float = metric("MB", "Data in the hot tier.", chart=True)
    stored_cold_mb: float = metric("MB", "Compressed data in the cold tier.", chart=True)
    data_lost_mb: float = metric("MB", "Data pruned before it had moved, before compression.", better="low", chart=True)
    data_flawed_mb: float = metric("MB", "Flawed data moved unnoticed, before compression.", better="low", chart=True)
    fingerprints_failed: float = metric("1", "Copies that did not match their fingerprint.", better="low", chart=True)
    storage_cost_usd: float = metric("USD", "Cost of both tiers.", better="low", chart=True)
    storage_cost_hot_usd: float = metric("USD", "Cost of the hot tier.", better="low", chart=True)
    storage_cost_baseline_usd: float = metric("USD", "Cost of keeping the same batches on the single medium.", chart=True)
    storage_saving: float = metric("share", "1 - cost / cost on the single medium; 0 where that is free.", better="high", chart=True)


@rule
def compute_price(medium: int, p: Storage) -> float:
    """USD per MB paid once, at the price date; 0 for what is only rented."""
    if medium == Medium.CALLDATA:
        return p.calldata_usd[p.price_date]
    if medium == Medium.BLOBS:
        return p.blobs_usd[p.price_date]
    if medium == Medium.CELESTIA:
        return p.celestia_usd[p.price_date]
    if medium == Medium.SUPERBLOBS:
        return p.superblobs_usd[p.price_date]
    if medium == Medium.EIGENDA:
        return p.eigenda_usd[p.price_date]
    return p.arweave_usd / GB if medium == Medium.ARWEAVE else 0.0


@rule
def compute_rent(medium: int, p: Storage) -> float:
    """USD per MB and day; 0 for what is paid once."""
    return p.cloud_usd / GB * MONTHS_A_DAY if medium == Medium.CLOUD else 0.0


@rule
def quote_storage(s: StorageState, p: Storage) -> None:
    """Today's prices of both tiers."""
    s.hot_once = compute_price(p.hot, p)
    s.hot_rent = compute_rent(p.hot, p)
    s.cold_once = compute_price(p.cold, p)
    s.cold_rent = compute_rent(p.cold, p)


@rule
def measure_storage(s: StorageState, p: Storage, today: StorageMetrics) -> None:
    """Record the comparison with a single medium that keeps everything posted, as it was posted."""
    s.base_mb += today.data_posted_mb
    base = today.data_posted_mb * compute_price(p.baseline, p) + s.base_mb * compute_rent(p.baseline, p)
    today.storage_cost_baseline_usd = base
    today.storage_saving = 1.0 - today.storage_cost_usd / base if base > 0.0 else 0.0
