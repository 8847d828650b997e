"""Light nodes: rewards within their budget, numbers that follow the reward."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.connectors.light_nodes import Light, LightState, admit, compute_light_due, compute_wanted, pay_light
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Code
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row

ERA = 10**6
BUDGET = 365_000 * ERA


@pytest.mark.parametrize(
    ("amount", "enabled", "treasury", "code"),
    [
        (0, 1, 10**15, Code.INVALID_AMOUNT),
        (1, 0, 10**15, Code.WRONG_STATUS),
        (1_000 * ERA + 1, 1, 10**15, Code.BUDGET_EXHAUSTED),
        (10, 1, 9, Code.INSUFFICIENT_BALANCE),
    ],
)
def test_a_refusal_writes_nothing(amount: int, enabled: int, treasury: int, code: Code) -> None:
    pots = make_row(Pots, treasury=treasury)
    assert plain(pay_light)(pots, make_row(Light, enabled=enabled, budget=BUDGET), amount) == code
    assert (pots.treasury, pots.market_float, sum(pots.moved[k] for k in range(len(pots.moved)))) == (treasury, 0, 0)


@given(st.integers(0, 10**7), st.integers(0, 10 * ERA), st.integers(0, 10**14), st.integers(0, 10**13))
def test_rewards_stay_within_devices_budget_and_treasury(count: int, reward: int, treasury: int, budget: int) -> None:
    pots, p = make_row(Pots, treasury=treasury), make_row(Light, enabled=1, reward=reward, budget=budget)
    due = plain(compute_light_due)(count, treasury, p)
    assert due == min(count * reward, budget // 365, treasury)
    assert (plain(pay_light)(pots, p, due) == Code.OK) is (due > 0)
    assert (pots.treasury, pots.market_float, pots.moved[Cause.REWARD_LIGHT]) == (treasury - due, due, due)


def test_the_number_settles_where_the_reward_wants_it() -> None:
    p = make_row(Light)
    assert plain(compute_wanted)(0.01, p) == pytest.approx(1_000.0)
    assert plain(compute_wanted)(0.02, p) == pytest.approx(1_000.0 * 2**0.4)
    assert plain(compute_wanted)(0.0, p) == 0.0
    state = make_row(LightState, count=100)
    for _ in range(600):
        plain(admit)(state, state.count * p.reward, 1.0, 0.5, p)
    assert state.count == pytest.approx(1_000.0 * 2**0.4, abs=26)


def test_without_reward_they_leave() -> None:
    state, p = make_row(LightState, count=1_000), make_row(Light, pace=0.5)
    for _ in range(40):
        plain(admit)(state, 0, 1.0, 0.01, p)
    assert state.count == 0
