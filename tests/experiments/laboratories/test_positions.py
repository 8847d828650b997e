"""One account over the pools of a run: its claims add up to the pools, its trades go where they bring most."""

from pathlib import Path

import pytest

from metalab.econ.kernel.memory import as_array
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import run
from metalab.experiments.cli import main
from metalab.experiments.errors import BadValueError
from metalab.experiments.laboratories.positions import examine, list_pools
from metalab.experiments.runs.runner import Result
from metalab.protocol.liquidity.constant_product import UNITS, to_units


@pytest.fixture(scope="module")
def result(tiny: Scenario) -> Result:
    return run(tiny, days=5)


def test_the_pools_are_those_of_the_last_evening(result: Result) -> None:
    held = {rollup: value for rollup, value in enumerate(as_array(result.world.pools)["held"].tolist()) if value > 0}
    pools = list_pools(result)
    assert set(pools) == set(held)
    assert len(pools) > 1
    assert all(pool.x == pool.y == to_units(held[rollup] / 2) for rollup, pool in pools.items())


def test_who_owns_everything_owns_what_is_deposited(result: Result) -> None:
    account = examine(result, 1.0).account
    assert (account.x + account.y) / UNITS == pytest.approx(result.daily["pool_deposits_usd"].iloc[-1], rel=1e-6)
    half = examine(result, 0.5).account
    assert half.x == pytest.approx(account.x / 2, rel=1e-6)


def test_a_trade_goes_to_the_deepest_pool_and_brings_no_less_than_the_worst(result: Result) -> None:
    found = examine(result, 0.01)
    deepest = max(found.pools, key=lambda rollup: (found.pools[rollup].x, -rollup))
    assert {route.rollup for route in found.trades.values()} == {deepest}
    assert all(route.output >= found.worst[size] for size, route in found.trades.items())
    assert any(route.output > found.worst[size] for size, route in found.trades.items())


def test_the_command_prints_positions_and_routes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = str(tmp_path / "out")
    assert main(["run", "minimal", "--days", "5", "--out", out]) == 0
    capsys.readouterr()
    assert main(["positions", out, "--share", "0.5", "--trade", "5000"]) == 0
    text = capsys.readouterr().out
    assert "together" in text
    assert "a trade of 5,000.00 goes to rollup" in text
    assert main(["positions", out, "--share", "2"]) == 2
    assert "--share = 2.0 is not allowed" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("share", "trade", "words"), [(0.0, 1.0, "--share"), (1.5, 1.0, "--share"), (0.1, 0.0, "--trade"), (0.1, 1e9, "--trade")]
)
def test_amounts_out_of_range_are_refused(result: Result, share: float, trade: float, words: str) -> None:
    with pytest.raises(BadValueError, match=words):
        examine(result, share, (trade,))
