import pytest

from metalab.econ.kernel.memory import as_array, check_supply
from metalab.econ.market.market import MarketState
from metalab.econ.market.money import check_usd, compute_usd, find_money
from metalab.econ.market.trader import TraderRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.units import ONE_ERA
from tests.econ.market.market_lab import Run, open_lab, run_market


@pytest.fixture(scope="module")
def quarter() -> Run:
    return run_market(3, 40, plainly=True, population__traders=30)


def test_accounts_are_told_from_prices_and_memories() -> None:
    assert find_money(TraderRow) == ["usd"]
    assert find_money(Pots) == ["outside_usd", "fund_usd", "reserve_usd", "pool_usd"]
    assert find_money(MarketState) == []


def test_traders_open_with_the_group_totals_exactly() -> None:
    world = open_lab(5, {}, plainly=True)
    traders = as_array(world.traders)
    assert int(traders["balance"].sum()) == 8_000_000 * ONE_ERA
    assert traders["usd"].sum() == pytest.approx(12e6, rel=1e-9)
    assert traders["balance"].min() > 0
    assert traders["opening_wealth"] == pytest.approx(traders["usd"] + traders["balance"] * 1.545e-6, rel=1e-12)
    assert int(as_array(world.holders)["escrow"][Bucket.AIRDROP]) == 0
    check_supply(world)
    check_usd(world)


def test_fewer_traders_hold_the_same_in_total() -> None:
    traders = as_array(open_lab(5, {"population.traders": 6}, plainly=True).traders)
    assert int(traders["balance"].sum()) == 8_000_000 * ONE_ERA


def test_money_and_tokens_stay_exact_while_traders_trade(quarter: Run) -> None:
    assert quarter.get("traders_gross_era").min() > 0.0
    check_supply(quarter.world)
    check_usd(quarter.world)
    assert compute_usd(quarter.world).gross > 1e6


def test_the_pool_keeps_the_books_too() -> None:
    run = run_market(3, 40, plainly=True, population__traders=30, price__mode=2)
    pots = as_array(run.world.pots)
    assert pots["pool"][0] > 0
    assert pots["pool_usd"][0] > 0.0
    check_supply(run.world)
    check_usd(run.world)


def test_money_out_of_nowhere_is_found(quarter: Run) -> None:
    as_array(quarter.world.traders)["usd"][0] += 1_000.0
    with pytest.raises(AssertionError, match="USD sum to"):
        check_usd(quarter.world)
