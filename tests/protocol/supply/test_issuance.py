"""Issuance: rates by rule, exact amounts, the split, the limit."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA, SUPPLY
from metalab.protocol.supply.issuance import Issuance, IssuanceRule, IssuanceState, advance_rate, compute_issue, compute_rate, issue
from tests.support import make_row


def run_rate(days: int, bonded: float = 0.3, **values: object) -> list[float]:
    """The rate in force on each of so many days."""
    p, state = make_row(Issuance, **values), make_row(IssuanceState)
    rates = []
    for day in range(days):
        plain(advance_rate)(state, bonded, p, day)
        rates.append(state.rate)
    return rates


def test_off_by_default() -> None:
    assert make_row(Issuance).rate == 0.0
    assert run_rate(3) == [0.0, 0.0, 0.0]
    assert plain(compute_issue)(make_row(IssuanceState), SUPPLY, make_row(Issuance)) == 0


def test_a_constant_rate_compounds_to_its_exponential() -> None:
    p, state, supply = make_row(Issuance, rate=0.05), make_row(IssuanceState), SUPPLY
    for day in range(365):
        plain(advance_rate)(state, 0.3, p, day)
        supply += plain(compute_issue)(state, supply, p)
    assert supply / SUPPLY == pytest.approx((1.0 + 0.05 / 365) ** 365, rel=1e-9)


def test_a_falling_rate_and_a_halving_one_have_their_closed_forms() -> None:
    falling = run_rate(731, rate=0.08, rule=int(IssuanceRule.FALLING), fall=0.15)
    assert falling[730] == pytest.approx(0.08 * math.exp(-0.3))
    halving = run_rate(731, rate=0.08, rule=int(IssuanceRule.HALVING), halving_days=365)
    assert [halving[day] for day in (0, 364, 365, 729, 730)] == pytest.approx([0.08, 0.08, 0.04, 0.04, 0.02])


@pytest.mark.parametrize(("bonded", "sign"), [(0.2, 1.0), (0.5, 0.0), (0.7, -1.0)])
def test_a_target_raises_the_rate_below_it_and_lowers_it_above(bonded: float, sign: float) -> None:
    rates = run_rate(365, bonded, rate=0.08, rule=int(IssuanceRule.TARGET), target=0.5, gain=0.1)
    assert rates[-1] - 0.08 == pytest.approx(0.1 * (0.5 - bonded), rel=1e-9)
    assert math.copysign(1.0, rates[-1] - rates[0]) == sign or sign == 0.0


def test_a_target_keeps_its_bounds() -> None:
    assert run_rate(3_000, 0.0, rate=0.05, rule=int(IssuanceRule.TARGET), gain=5.0, highest=0.1)[-1] == 0.1
    assert run_rate(3_000, 1.0, rate=0.05, rule=int(IssuanceRule.TARGET), gain=5.0, lowest=0.01)[-1] == 0.01


def test_a_rate_that_is_set_anew_begins_its_course_that_day() -> None:
    p, state = make_row(Issuance, rate=0.08, rule=int(IssuanceRule.HALVING), halving_days=365), make_row(IssuanceState)
    plain(advance_rate)(state, 0.3, p, 0)
    p.rate = 0.04
    plain(advance_rate)(state, 0.3, p, 300)
    assert plain(compute_rate)(state, 0.3, p, 664) == 0.04
    assert plain(compute_rate)(state, 0.3, p, 665) == pytest.approx(0.02)


@given(st.integers(0, 10**14), st.lists(st.integers(0, 2_000), min_size=5, max_size=5))
def test_every_token_of_the_split_arrives(amount: int, shares: list[int]) -> None:
    p = make_row(Issuance, split=[*shares, 10_000 - sum(shares)])
    pots, state = make_row(Pots), make_row(IssuanceState)
    plain(issue)(state, pots, amount, p)
    arrived = sum(pots.node_rewards) + pots.reward_developers + pots.reward_users + pots.treasury
    assert arrived == state.issued == pots.moved[Cause.ISSUANCE] == amount
    # Core, guardian, flex stand in the split, core, flex, guardian in the pots.
    assert pots.node_rewards[1] == amount * shares[2] // 10_000


def test_issuance_ends_at_its_limit() -> None:
    state = make_row(IssuanceState, rate=0.5)
    p = make_row(Issuance, rate=0.5, limit=1_000_000_001)
    assert plain(compute_issue)(state, SUPPLY, p) <= ONE_ERA
    assert plain(compute_issue)(state, SUPPLY + ONE_ERA, p) == 0
    assert plain(compute_issue)(state, SUPPLY + 5 * ONE_ERA, p) == 0
