"""What a forgery brings beyond what slashing takes back and guardians earn while it is unseen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.corruption import Terms, compute_flow_shortfall
from tests.support import make_row

SHARES = st.floats(0.0, 1.0)
HOURS = st.floats(0.0, 1_000.0)


def make_terms(slash: float = 0.25, income: float = 0.1, stake: float = 6e6, price: float = 0.5) -> Terms:
    terms: Terms = make_row(Terms, at_stake=stake, price=price, slash=slash, income=income)
    return terms


def test_by_hand() -> None:
    # Guardians earn a tenth of 3 million USD a year; unseen for 73 hours, a hundred-and-twentieth of it.
    earned = 0.1 * 3e6 / 120
    assert plain(compute_flow_shortfall)(1e6, 73.0, make_terms()) == pytest.approx(0.75e6 - earned)
    assert plain(compute_flow_shortfall)(1e6, 0.0, make_terms()) == 0.75e6
    # Who loses money by guarding gives up nothing.
    assert plain(compute_flow_shortfall)(1e6, 73.0, make_terms(income=-0.1)) == 0.75e6


def test_where_all_is_slashed_or_income_outweighs_it_nothing_is_short() -> None:
    assert plain(compute_flow_shortfall)(1e12, 5.0, make_terms(slash=1.0)) == 0.0
    assert plain(compute_flow_shortfall)(1_000.0, 1_000.0, make_terms()) == 0.0


@given(st.floats(0.0, 1e9), HOURS, SHARES, SHARES, SHARES)
def test_more_slashing_income_or_patience_never_leaves_more(profit: float, hours: float, slash: float, income: float, more: float) -> None:
    here = plain(compute_flow_shortfall)(profit, hours, make_terms(slash, income))
    assert plain(compute_flow_shortfall)(profit, hours, make_terms(slash + more * (1.0 - slash), income)) <= here * (1 + 1e-12)
    assert plain(compute_flow_shortfall)(profit, hours, make_terms(slash, income + more)) <= here
    assert plain(compute_flow_shortfall)(profit, hours * (1.0 + more), make_terms(slash, income)) <= here
    assert plain(compute_flow_shortfall)(profit * (1.0 + more), hours, make_terms(slash, income)) >= here
    assert 0.0 <= here <= profit
