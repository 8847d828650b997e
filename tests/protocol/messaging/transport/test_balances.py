"""Money that is gone cannot be spent again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.transport.balances import Balances


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(-50, 100), st.booleans())))
def test_nothing_goes_below_zero(moves: list[tuple[int, int, bool]]) -> None:
    balances, oracle = Balances(), [0, 0, 0]
    for account, amount, is_deposit in moves:
        if is_deposit and amount >= 0:
            balances.deposit(account, amount)
            oracle[account] += amount
        elif not is_deposit:
            works = balances.withdraw(account, amount)
            assert works == (0 <= amount <= oracle[account])
            oracle[account] -= amount if works else 0
        assert [balances.get(k) for k in range(3)] == oracle
        assert balances.total == sum(oracle)


def test_a_negative_deposit_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        Balances().deposit(1, -1)
