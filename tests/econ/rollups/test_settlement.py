"""A rollup's morning: its charges leave its account, what it cannot pay is counted, and nothing is lost between the two."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.memory import check_supply
from metalab.econ.kernel.records import COLUMNS, Daily, Params
from metalab.econ.market.money import check_usd
from metalab.econ.rollups.developer import DeveloperRow
from metalab.econ.rollups.rollup import NONE, RollupRow
from metalab.econ.rollups.settlement import SettlementContext, settle_rollups
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table, make_defaults
from metalab.protocol.rollups.charges import ChargesState
from metalab.protocol.rollups.licences import LicenceRow
from tests.support import make_row, make_rows, make_scenario, run_plain

RUNNING = (8_000.0 + 1.65 * 3_000.0) * 12 / 365
"""USD a day that the team and the provider cost."""
CHARGES = 5.0 + 1_000.0 + 2_000.0
"""USD a day that the protocol asks of each rollup of `Scene`, at the most."""
OWN = 5.0 + 0.1 * 3_000.0
"""What the developer bears of it, with a tenth of the fees; depositors bear the rest."""


class Scene:
    """Rollups with their developers, all of the same size, on the morning of day 1."""

    def __init__(self, money: list[float], security: float = 10.0, premium: float = 20.0) -> None:
        self.p: Any = Table(Params, make_defaults(Params))[0]
        self.p.fees.security_bps, self.p.insurance.premium_bps = security, premium
        count = len(money)
        self.rollups: Any = make_rows(RollupRow, count)
        self.developers: Any = make_rows(DeveloperRow, count)
        self.pots, self.charges, self.today = make_row(Pots), make_row(ChargesState), make_row(Daily)
        for i, usd in enumerate(money):
            row = self.rollups[i]
            row.index, row.live, row.developer, row.carries, row.licence = i, 1, i, NONE, NONE
            row.usd, row.payroll_usd, row.tvl = usd, 8_000.0, 365e6

    def settle(self, day: int = 1) -> Any:
        self.today = make_row(Daily)
        licences: Any = make_rows(LicenceRow, 1)
        context = SettlementContext(
            self.rollups, len(self.rollups), self.developers, licences, self.pots, self.charges, 0.01, 1.0, self.p, self.today
        )
        plain(settle_rollups)(context, day)
        return self.today.charges

    @property
    def received(self) -> float:
        """What the protocol has to buy ERA with."""
        return self.charges.verification_usd + self.charges.security_usd + self.charges.premium_usd


def test_charges_leave_the_account_with_the_bill() -> None:
    s = Scene([1e6])
    today = s.settle()
    assert s.rollups[0].usd == pytest.approx(1e6 - RUNNING - OWN)
    assert s.pots.outside_usd == pytest.approx(RUNNING + OWN)
    assert (s.charges.verification_usd, s.charges.security_usd, s.charges.premium_usd) == pytest.approx((5.0, 1_000.0, 2_000.0))
    assert (today.charges_usd, today.charges_unpaid_usd) == (pytest.approx(CHARGES), 0.0)
    free = Scene([1e6], 0.0, 0.0)
    free.p.fees.verification_fee_usd = 0.0
    free.settle()
    # They are a cost of the rollup like any other: two in ninety-one parts of the mean of its profit.
    assert free.rollups[0].profit - s.rollups[0].profit == pytest.approx(OWN * 2 / 91)
    assert free.received == 0.0


def test_who_has_half_of_its_bill_pays_half_of_its_part_and_owes_the_rest() -> None:
    s = Scene([0.5 * (RUNNING + OWN)])
    today = s.settle()
    assert s.rollups[0].usd == 0.0
    assert s.rollups[0].owed_usd == pytest.approx(0.5 * (RUNNING + OWN))
    assert s.received == today.charges_usd == pytest.approx(CHARGES - 0.5 * OWN)
    assert today.charges_unpaid_usd == pytest.approx(0.5 * OWN)
    # A developer's own money stands in.
    s = Scene([0.5 * (RUNNING + OWN)])
    s.developers[0].usd = 1e6
    s.settle()
    assert s.received == pytest.approx(CHARGES)
    assert s.developers[0].usd == pytest.approx(1e6 - 0.5 * (RUNNING + OWN))


@given(st.lists(st.floats(0.0, 10_000.0), min_size=1, max_size=6), st.floats(0.0, 100.0), st.floats(0.0, 200.0), st.integers(1, 4))
def test_whatever_they_can_pay_the_books_are_even(money: list[float], security: float, premium: float, days: int) -> None:
    s = Scene(money, security, premium)
    asked = len(money) * (5.0 + security * 100.0 + premium * 100.0)
    for day in range(1, days + 1):
        before = sum(row.usd for row in s.rollups)
        today = s.settle(day)
        paid = before - sum(row.usd for row in s.rollups)
        assert today.charges_usd + today.charges_unpaid_usd == pytest.approx(asked)
        # Yesterday's are no part of today's, and the protocol never gets more than was paid.
        assert s.received == pytest.approx(today.charges_usd, abs=1e-9)
        assert s.received <= paid + len(money) * 0.9 * 100.0 * (security + premium) + 1e-6
        # What value secured earned is less by depositors' part.
        assert s.rollups[0].yielded == pytest.approx(-90.0 * (security + premium))
        assert s.today.earnings.developer_costs_usd == pytest.approx(paid, abs=1e-6)
        assert s.today.earnings.rollup_cash_usd == pytest.approx(sum(row.usd for row in s.rollups), abs=1e-6)
    assert s.pots.outside_usd == pytest.approx(sum(money) - sum(row.usd for row in s.rollups), abs=1e-6)
    assert min(row.usd for row in s.rollups) >= 0.0


def test_on_the_first_morning_nobody_is_charged_and_the_opening_stands() -> None:
    s = Scene([1e6])
    s.charges.premium_usd = 7.0
    today = s.settle(0)
    assert (s.rollups[0].usd, today.charges_usd, s.charges.premium_usd) == (1e6, 0.0, 7.0)
    s.settle(1)
    assert s.charges.premium_usd == pytest.approx(2_000.0)


def get(table: Any, name: str) -> Any:
    return table[:, COLUMNS.index(name)]


DAYS = 20
BARE = {"population__rollups": 12, "fees__verification_fee_usd": 0.0, "incidents__hazard": (0.0,) * 4, "defection__arrival": 0.0}


def test_the_fund_gets_what_rollups_paid_the_morning_before() -> None:
    world, table = run_plain(make_scenario(**BARE, insurance__premium_bps=50.0, slashing__distribution=(500, 0, 9_500)), 3, DAYS)
    check_supply(world)
    check_usd(world)
    paid, bought = get(table, "charges_usd"), get(table, "premium_era")
    spent = bought * get(table, "price_usd")
    assert paid[1:].min() > 0.0
    assert spent[2:] == pytest.approx(paid[1:-1], rel=1e-7)
    # Nobody is charged on the first morning: until then what opens with the run counts as paid.
    assert paid[0] == 0.0
    assert spent[:2] == pytest.approx([50e-4 * 4e8 / 365] * 2)
    assert get(table, "insurance_era") == pytest.approx(np.cumsum(bought), rel=1e-12)
    # All of it is the premium: revenue has no part in it.
    assert not get(table, "security_era").any()


def test_a_premium_fills_the_fund_and_empties_the_accounts_of_rollups() -> None:
    none, some, much = (run_plain(make_scenario(**BARE, insurance__premium_bps=bps), 3, DAYS) for bps in (0.0, 50.0, 200.0))
    for world, _ in (none, some, much):
        check_supply(world)
        check_usd(world)
    funds, cash = ([get(table, name) for _, table in (none, some, much)] for name in ("insurance_era", "rollup_cash_usd"))
    assert (funds[0] < funds[1]).all()
    assert (funds[1] < funds[2]).all()
    assert (cash[0][1:] > cash[1][1:]).all()
    assert (cash[1][1:] > cash[2][1:]).all()
    assert get(none[1], "premium_era").sum() == 0.0


def test_a_rated_premium_follows_what_is_seen_to_be_lost() -> None:
    table = run_plain(make_scenario(**BARE, insurance__rated=1), 3, DAYS)[1]
    rate = 1.3 * get(table, "hazard_seen")
    due = (get(table, "charges_usd") + get(table, "charges_unpaid_usd"))[1:]
    # Charged by what was seen and secured the evening before.
    assert due == pytest.approx(rate[:-1] * get(table, "tvl_usd")[:-1] / 365, rel=0.05)
    assert get(table, "insurance_era")[-1] > 0.0
