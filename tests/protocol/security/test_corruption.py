"""Cost and profit of corruption: closed forms, monotone in stake, penalties by the schedule in force."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.codes import NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.corruption import (
    Corruption,
    CorruptionMetrics,
    Terms,
    compute_borrowing,
    compute_bribing,
    compute_buying,
    compute_cheapest,
    compute_colluding,
    compute_joint_penalty,
    compute_mark_up,
    compute_profit,
    count_guardians,
    measure_corruption,
)
from metalab.protocol.security.slashing import Docket, Slashing, SlashingSchedule
from metalab.protocol.staking.staking import NodeRow
from tests.support import make_row, make_rows

P = make_row(Corruption)
ERA = 10**6


def make_terms(**values: float) -> Terms:
    row: Terms = make_row(Terms, **({"at_stake": 6e6, "price": 0.14, "slash": 1.0, "volume": 3e7, "slash_alone": 1.0} | values))
    return row


def test_without_impact_buying_is_share_times_stake_times_price() -> None:
    t = make_terms(scale=0.0)
    today = make_row(CorruptionMetrics)
    plain(measure_corruption)(t, P, today)
    assert today.cost_buy_usd == pytest.approx(2 / 3 * 6e6 * 0.14, rel=1e-15)
    assert today.cost_of_corruption_usd == today.cost_borrow_usd == today.cost_buy_usd
    assert today.cost_halt_usd == pytest.approx(today.cost_buy_usd / 2, rel=1e-12)


@pytest.mark.parametrize("impact", [0.0, 1e-5, 9.99e-4, 1.001e-3, 0.01, 0.5, 3.0])
def test_the_mark_up_is_the_mean_over_the_order(impact: float) -> None:
    z = (np.arange(400_000) + 0.5) / 400_000
    assert plain(compute_mark_up)(impact) == pytest.approx(float(np.exp(impact * np.sqrt(z)).mean()), rel=1e-7)


def test_impact_makes_buying_dearer_than_its_price() -> None:
    t = make_terms(scale=0.05)
    impact = 0.05 * math.sqrt(4e6 / 3e7)
    assert plain(compute_buying)(4e6, t, P) == pytest.approx(4e6 * 0.14 * plain(compute_mark_up)(impact))
    assert plain(compute_buying)(4e6, t, P) > plain(compute_buying)(4e6, make_terms(scale=0.0), P)
    assert plain(compute_buying)(4e6, make_terms(volume=0.0), P) > 1e6 * plain(compute_buying)(4e6, t, P)


def test_what_is_not_slashed_is_sold_after_the_crash() -> None:
    t = make_terms(slash=0.25, slash_alone=0.05)
    assert plain(compute_buying)(1e6, t, P) == pytest.approx(1e6 * 0.14 * (1 - 0.75 * 0.5))
    lone = make_row(Corruption, concentrated=1)
    assert plain(compute_buying)(1e6, t, lone) == pytest.approx(1e6 * 0.14 * (1 - 0.95 * 0.5))


def test_borrowing_costs_interest_and_what_is_bought_back() -> None:
    t = make_terms(lendable=5e5)
    unit = 0.14 * (0.5 + 0.3 * 28 / 365)
    assert plain(compute_borrowing)(4e5, t, P) == pytest.approx(4e5 * unit)
    assert plain(compute_borrowing)(2e6, t, P) == pytest.approx(5e5 * unit + 1.5e6 * 0.14)


def test_bribes_and_collusion() -> None:
    t = make_terms(slash=0.5, income=0.1)
    assert plain(compute_bribing)(1e6, t, P) == pytest.approx(1e6 * 0.14 * 0.5 * 1.2)
    assert plain(compute_colluding)(1e6, t, P) == pytest.approx(1e6 * 0.14 * 0.7)
    assert plain(compute_colluding)(1e6, make_terms(slash=0.5, income=-3.0), P) == pytest.approx(1e6 * 0.14 * 0.5)


@given(
    st.floats(0.0, 1e8), st.floats(0.0, 1e8), st.floats(0.01, 3.0), st.floats(0.0, 1.0), st.floats(0.0, 0.2), st.floats(0.0, 1e7),
    st.floats(0.0, 0.95),
)  # fmt: skip
def test_more_stake_never_lowers_the_cost(
    stake: float, more: float, price: float, slash: float, scale: float, lendable: float, crash: float
) -> None:
    t = make_terms(price=price, slash=slash, slash_alone=slash, scale=scale, lendable=lendable, income=0.1)
    p = make_row(Corruption, crash=crash)
    low, high = plain(compute_cheapest)(stake, t, p), plain(compute_cheapest)(stake + more, t, p)
    assert 0.0 <= low <= high * (1 + 1e-12)


def test_profit_is_bounded_twice() -> None:
    assert plain(compute_profit)(4e8, 0.5, P) == pytest.approx(4e8 * 0.01)
    assert plain(compute_profit)(4e8, 50.0, P) == pytest.approx(4e8 * 0.02)
    assert plain(compute_profit)(4e8, 0.0, P) == plain(compute_profit)(0.0, 9.0, P) == 0.0


def make_guardians(stakes: list[int]) -> Docket:
    nodes = make_rows(NodeRow, len(stakes) + 2)
    for i, stake in enumerate(stakes):
        nodes[i].stake, nodes[i].status, nodes[i].tier = stake * ERA, int(NodeStatus.BONDED), int(Tier.GUARDIAN)
    nodes[len(stakes)].stake, nodes[len(stakes)].tier = 10**12, int(Tier.GUARDIAN)
    nodes[len(stakes) + 1].stake, nodes[len(stakes) + 1].status = 10**12, int(NodeStatus.BONDED)
    docket: Docket = make_row(Docket)
    plain(count_guardians)(docket, nodes, int(Tier.GUARDIAN), 2 / 3)
    return docket


def test_only_bonded_guardians_count() -> None:
    docket = make_guardians([500_000] * 12)
    assert (docket.nodes, docket.total, docket.largest, docket.offenders) == (12, 6 * 10**12, 5 * 10**11, 8)
    assert docket.slashed == pytest.approx(4 * 10**12, abs=1)


@pytest.mark.parametrize(
    ("schedule", "penalty"),
    [
        (SlashingSchedule.PROGRESSIVE, 1.0),
        (SlashingSchedule.POLKADOT, 1.0),
        (SlashingSchedule.ETHEREUM, 1.0),
        (SlashingSchedule.COSMOS, 0.05),
    ],
)
def test_the_penalty_is_that_of_the_schedule_in_force(schedule: SlashingSchedule, penalty: float) -> None:
    docket = make_guardians([500_000] * 12)
    assert plain(compute_joint_penalty)(docket, make_row(Slashing, schedule=int(schedule))) == pytest.approx(penalty)


def test_one_operator_alone_escapes_the_correlation_penalty() -> None:
    docket = make_guardians([6_000_000])
    assert plain(compute_joint_penalty)(docket, make_row(Slashing)) == pytest.approx(0.05)
