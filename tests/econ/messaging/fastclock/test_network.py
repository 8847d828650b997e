"""Sampled delays and arrivals."""

import csv
import math
from statistics import mean, stdev

import numpy as np
import pytest

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.network import Arrivals, Delays, look_up
from metalab.econ.messaging.fastclock.settings.settings import make_settings
from tests.support import ROOT

DRAWS = 4_000
FRAMEWORKS = {"arbitrumnitro", "opstack", "polygoncdk", "zksync"}


def read_chains() -> list[dict[str, str]]:
    """Live chains of the data file."""
    lines = (ROOT / "docs/data/hyperlane_chain_finality.csv").read_text().splitlines()
    return [row for row in csv.DictReader(line for line in lines if not line.startswith("#")) if row["status"] == "live"]


def test_delays_are_lognormal() -> None:
    delays = Delays(3, Stream.METALAYER_HOPS, 1, 0.1, 0.6)
    logs = [math.log(delays.draw()) for _ in range(DRAWS)]
    assert mean(logs) == pytest.approx(math.log(0.1), abs=4 * 0.6 / DRAWS**0.5)
    assert stdev(logs) == pytest.approx(0.6, rel=0.05)


def test_arrivals_are_poisson() -> None:
    arrivals = Arrivals(Sequence(3, Stream.METALAYER_TRAFFIC, 1), 360.0)
    gaps = [arrivals.draw() for _ in range(DRAWS)]
    assert mean(gaps) == pytest.approx(10.0, rel=4 / DRAWS**0.5)
    assert stdev(gaps) == pytest.approx(10.0, rel=0.08)
    assert Arrivals(Sequence(3, Stream.METALAYER_TRAFFIC, 1), 0.0).draw() == math.inf


def test_waits_follow_the_data_file() -> None:
    """The table's entries are the file's quantiles, and the sampler gives back the table."""
    waits = [float(row["validator_wait_s"]) for row in read_chains() if row["validator_wait_s"]]
    table = list(make_settings().traffic.wait_quantiles_s)
    assert len(waits) == 102
    assert table == pytest.approx(np.quantile(waits, np.linspace(0, 1, 21)), rel=0.01)
    assert [look_up(k / 20, table) for k in range(21)] == pytest.approx(table)


def test_blocks_follow_the_data_file() -> None:
    blocks = [float(row["block_time_s"]) for row in read_chains() if row["technical_stack"] in FRAMEWORKS and row["block_time_s"]]
    assert list(make_settings().traffic.block_quantiles_s) == pytest.approx(np.quantile(blocks, np.linspace(0, 1, 11)), rel=0.01)


def test_frameworks_follow_the_data_file() -> None:
    stacks = [row["technical_stack"] for row in read_chains()]
    counts = [stacks.count(name) for name in ("arbitrumnitro", "opstack", "zksync", "polygoncdk")]
    assert list(make_settings().traffic.framework_weights) == counts


@pytest.mark.parametrize(("u", "value"), [(-1.0, 1.0), (0.0, 1.0), (0.25, 10.0**0.5), (0.5, 10.0), (1.0, 1000.0), (2.0, 1000.0)])
def test_quantiles_are_logarithmic_between_entries(u: float, value: float) -> None:
    assert look_up(u, [1.0, 10.0, 1000.0]) == pytest.approx(value)
