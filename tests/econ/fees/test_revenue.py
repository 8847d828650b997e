"""Revenue: what fees and charges buy on the market, in which order, and where it goes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.day import open_world
from metalab.econ.fees.revenue import convert_fees
from metalab.econ.kernel.memory import allocate, as_rows, check_supply
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.market.exchange import Exchange, ExchangeState
from metalab.econ.market.money import check_usd
from metalab.protocol.fees.fees import FeesMetrics
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row, make_scenario, run_plain

ERA = 10**6
AMOUNTS = st.integers(0, 10**12)


def convert(supply: int, messages: int, verification: int, security: int) -> tuple[Any, Any]:
    """Pots and figures after an evening on which the market has `supply` uERA to sell."""
    pots, desk, today = make_row(Pots, market_float=supply), make_row(ExchangeState, opening_float=supply), make_row(FeesMetrics)
    plain(convert_fees)(desk, pots, make_row(Exchange, float_share=1.0), messages, verification, security, today)
    assert desk.requested_buy == messages + verification + security
    assert desk.filled_buy == supply - pots.market_float
    return pots, today


@given(st.integers(0, 4 * 10**12), AMOUNTS, AMOUNTS, AMOUNTS)
def test_what_leaves_the_market_is_revenue_and_the_rest_is_counted(supply: int, messages: int, verification: int, security: int) -> None:
    pots, today = convert(supply, messages, verification, security)
    wanted = messages + verification + security
    assert pots.fees == supply - pots.market_float == min(wanted, supply)
    assert today.unconverted_era == (wanted - pots.fees) / ERA
    moved = [pots.moved[cause] for cause in (Cause.CONVERT_FEE, Cause.VERIFICATION_FEE, Cause.SECURITY_CHARGE)]
    assert sum(moved) == pots.fees
    assert (today.verification_era, today.security_era) == (moved[1] / ERA, moved[2] / ERA)
    for part, asked in zip(moved, (messages, verification, security), strict=True):
        assert 0 <= part <= asked


@pytest.mark.parametrize(
    ("supply", "parts"), [(100, (50, 30, 20)), (90, (50, 30, 10)), (60, (50, 10, 0)), (40, (40, 0, 0)), (0, (0, 0, 0))]
)
def test_messages_are_served_first_then_verification_then_security(supply: int, parts: tuple[int, int, int]) -> None:
    pots, _ = convert(supply, 50, 30, 20)
    assert tuple(pots.moved[cause] for cause in (Cause.CONVERT_FEE, Cause.VERIFICATION_FEE, Cause.SECURITY_CHARGE)) == parts


def test_nothing_asked_is_no_order() -> None:
    pots, today = convert(100, 0, 0, 0)
    assert (pots.market_float, pots.fees, today.unconverted_era) == (100, 0, 0.0)


def open_rows(**values: Any) -> Any:
    rows = as_rows(allocate(make_scenario(**values).parameters))
    plain(open_world)(rows, 3, 0, 0)
    return rows


def test_the_opening_mean_of_revenue_holds_messages_and_charges_but_no_premium() -> None:
    base, secured, insured = (
        open_rows(**values).state[0].fees.revenue_mean_usd
        for values in ({}, {"fees__security_bps": 10.0}, {"insurance__premium_bps": 100.0})
    )
    fee = open_rows().state[0].fees.message_fee * 1e-6 * 1.545
    assert base == pytest.approx(365 * (15_000.0 * fee + 3 * 5.0))
    # A thousandth of the value secured a year.
    assert secured - base == pytest.approx(1e-3 * 4e8)
    assert insured == base


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


DAYS = 20
BARE = {"population__rollups": 12, "fees__verification_fee_usd": 0.0, "incidents__hazard": (0.0,) * 4, "defection__arrival": 0.0}


def test_what_rollups_pay_for_security_is_revenue_the_same_evening() -> None:
    world, table = run_plain(make_scenario(**BARE, fees__security_bps=20.0), 3, DAYS)
    check_supply(world)
    check_usd(world)
    spent = get(table, "security_era") * get(table, "price_usd")
    assert spent[1:] == pytest.approx(get(table, "charges_usd")[1:], rel=1e-7)
    # What opens with the run counts as paid for the day before.
    assert spent[0] == pytest.approx(20e-4 * 4e8 / 365)
    assert not get(table, "unconverted_era").any()
    due = get(table, "charges_usd") + get(table, "charges_unpaid_usd")
    assert due[1:] == pytest.approx(20e-4 * get(table, "tvl_usd")[:-1] / 365, rel=0.03)
    assert not get(table, "premium_era").any()


def test_a_security_charge_raises_revenue_and_its_parts_and_costs_rollups() -> None:
    free, charged = (run_plain(make_scenario(**BARE, fees__security_bps=bps), 3, DAYS)[1] for bps in (0.0, 20.0))
    assert (get(charged, "revenue_era") > get(free, "revenue_era")).all()
    assert get(free, "security_era").max() == 0.0 < get(charged, "security_era").min()
    for group in ("core", "guardian", "flex", "developers", "users"):
        assert get(charged, f"revenue_{group}_era").sum() > get(free, f"revenue_{group}_era").sum()
    assert (get(charged, "rollup_cash_usd")[1:] < get(free, "rollup_cash_usd")[1:]).all()


def test_charges_that_are_not_converted_are_money_of_the_ecosystem_fund() -> None:
    world, table = run_plain(make_scenario(**BARE, fees__security_bps=20.0, fees__convert_native=0, incentives__fund=0), 3, DAYS)
    check_supply(world)
    check_usd(world)
    assert not get(table, "security_era").any()
    assert world.pots["fund_usd"][0] > get(table, "charges_usd").sum()
