"""Passports: haircut and utilisation, shortfalls against a hand-made run on reserves, fear that grows and fades."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.liquidity.passports import (
    Passports,
    compute_mapped,
    compute_shortfall,
    compute_utilisation,
    compute_withdrawals,
    fade_withdrawals,
    raise_withdrawals,
)
from tests.support import make_row

NORMAL = [-3.0, -1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0]


class Pool:
    fear = 0.0


@pytest.mark.parametrize(
    ("active", "chains", "haircut", "mapped"),
    [(1, 3.0, 0.4, 2.5), (1, 3.0, 0.25, 3.0), (1, 3.0, 1.0, 1.0), (0, 3.0, 0.25, 1.0), (1, 1.0, 0.05, 1.0)],
)
def test_the_haircut_bounds_how_often_a_deposit_is_mapped(active: int, chains: float, haircut: float, mapped: float) -> None:
    p = make_row(Passports, active=active, chains=chains, haircut=haircut)
    assert plain(compute_mapped)(p) == mapped
    assert plain(compute_utilisation)(0.2, p) == pytest.approx(0.8 + 0.2 * mapped)


@pytest.mark.parametrize(("withdrawn", "shortfall"), [(0.05, 0.0), (0.1, 0.0), (0.2, 250.0), (0.6, 750.0), (1.0, 750.0)])
def test_three_chains_that_ask_at_once_exceed_one_reserve(withdrawn: float, shortfall: float) -> None:
    # 1,000 USD mapped to 2.5 chains, a quarter of it at hand: .2 of the claims are 500 USD, of which 250 are missing.
    p = make_row(Passports, chains=2.5, haircut=0.1, reserve=0.25)
    assert plain(compute_shortfall)(1_000.0, withdrawn, p) == pytest.approx(shortfall)


@given(st.floats(0.05, 0.99), st.floats(0.01, 0.5), st.floats(0.0, 0.1))
def test_a_larger_haircut_never_makes_shortfalls_likelier(haircut: float, more: float, fall: float) -> None:
    def count(value: float) -> int:
        p = make_row(Passports, haircut=min(value, 1.0), chains=20.0, withdrawal=0.05)
        asked = [plain(compute_withdrawals)(z, fall, 0.0, p) for z in NORMAL]
        return sum(plain(compute_shortfall)(1.0, withdrawn, p) > 0.0 for withdrawn in asked)

    assert count(haircut + more) <= count(haircut)


@given(st.floats(-8.0, 8.0), st.floats(-0.5, 0.5), st.floats(0.0, 3.0))
def test_withdrawals_are_lognormal_with_falls_and_fear(z: float, fall: float, fear: float) -> None:
    p = make_row(Passports)
    expected = 0.01 * math.e ** (0.5 * z + 30.0 * max(fall, 0.0) + fear)
    assert plain(compute_withdrawals)(z, fall, fear, p) == pytest.approx(min(expected, 1.0))


def test_fear_comes_with_loss_and_fades() -> None:
    pool, p = Pool(), make_row(Passports, fear=20.0, calm_days=7.0)
    plain(raise_withdrawals)(pool, 0.05, p)
    assert pool.fear == 1.0
    plain(raise_withdrawals)(pool, 0.5, p)
    assert pool.fear == 3.0
    for _ in range(7):
        plain(fade_withdrawals)(pool, p)
    assert pool.fear == pytest.approx(3.0 / math.e)


def test_without_passports_nothing_is_short() -> None:
    assert plain(compute_shortfall)(1_000.0, 1.0, make_row(Passports, active=0)) == 0.0
