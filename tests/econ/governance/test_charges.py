"""What voters work out about charges of rollups: who pays, what the protocol gets, and how many rollups it drives away."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.governance.incidence import YearlyFlows, compute_change, compute_reaction, move_charge, move_verification, trace_change
from metalab.econ.governance.interests import InterestsState
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.protocol.kernel.codes import Stakeholder
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.channels import Channel
from metalab.protocol.policy.content import GovernableRow
from tests.support import make_row, make_scenario


def make_params(**values: float) -> Any:
    p = as_rows(allocate(make_scenario().parameters)).params[0]
    for name, value in values.items():
        setattr(p.interests, name, value)
    return p


P = make_params()


def make_outlook(**values: float) -> Any:
    """A million USD a year from messages, a tenth of that from charges; developers get two."""
    known: dict[str, Any] = {
        "price": 0.5, "market_cap": 1e8, "effective": 2e8, "liquid": 1.5e8, "volume": 1e7, "volatility": 0.05, "sold": 0.5,
        "fee_usd": 0.25, "rival_usd": 0.32, "messages": 4e6, "live": 60.0, "revenue_usd": 1.1e6, "tvl_usd": 4e8, "charges_usd": 1e5,
        "losses_usd": 1e6, "share_stakers": 0.8, "share_developers": 0.1, "share_users": 0.1, "developers_usd": 2e6,
        "held_usd": [2e7, 2e6, 1e6, 5e6, 3e6],
    }  # fmt: skip
    return make_row(InterestsState, **(known | values))


def react(flows: YearlyFlows, deviation: float = 1.0, p: Any = P, **outlook: float) -> float:
    return float(plain(compute_reaction)(flows, 1.0, deviation, make_outlook(**outlook), p))


@given(st.floats(-100.0, 100.0))
def test_developers_bear_what_the_protocol_gets(delta: float) -> None:
    charge, verification = plain(move_charge)(delta, make_outlook()), plain(move_verification)(delta, make_outlook())
    assert charge.charges == -charge.developers == pytest.approx(delta / 10_000 * 4e8)
    assert verification.charges == -verification.developers == pytest.approx(delta * 365 * 60)
    for flows in (charge, verification):
        assert sum(flows) == 0.0
        assert flows.revenue == 0.0


def test_each_charge_has_its_channel() -> None:
    for channel, rule in ((Channel.SECURITY_CHARGE, move_charge), (Channel.VERIFICATION_FEE, move_verification)):
        row = make_row(GovernableRow, channel=int(channel), value=5.0, length=1)
        assert plain(trace_change)(row, 2.0, 1.0, make_outlook(), P) == plain(rule)(2.0, make_outlook())


def test_where_nobody_goes_the_protocol_gets_the_whole_charge() -> None:
    p = make_params(building=0.0)
    assert react(plain(move_charge)(10.0, make_outlook()), p=p) == pytest.approx(4e5)
    assert react(YearlyFlows(), p=p) == react(YearlyFlows()) == 0.0


def test_rollups_that_go_take_their_messages_and_all_their_charges_along() -> None:
    flows = plain(move_charge)(10.0, make_outlook())
    built = (1.0 - 4e5 / 2e6) ** P.interests.building
    assert react(flows) == pytest.approx(1e6 * (built - 1.0) + (1e5 + 4e5) * built - 1e5)
    # At the least a hundredth of their money is left.
    assert react(plain(move_charge)(100.0, make_outlook())) == pytest.approx(
        1e6 * (0.01**P.interests.building - 1.0) + 4.1e6 * 0.01**P.interests.building - 1e5
    )


@given(st.floats(0.1, 45.0), st.floats(0.1, 3.0), st.floats(0.0, 3.0))
def test_who_thinks_that_rollups_go_more_readily_expects_less_of_a_charge(delta: float, deviation: float, more: float) -> None:
    flows = plain(move_charge)(delta, make_outlook())
    assert react(flows, deviation + more) <= react(flows, deviation) + 1e-6
    assert react(flows, deviation) <= flows.charges + 1e-6


def decide(who: Stakeholder, delta: float, **interests: float) -> float:
    row = make_row(GovernableRow, channel=int(Channel.SECURITY_CHARGE), value=5.0, length=1)
    return float(plain(compute_change)(row, delta, int(who), 0.0, make_outlook(), make_params(**interests)))


def test_stakers_gain_from_a_charge_as_long_as_rollups_stay_and_developers_never() -> None:
    assert decide(Stakeholder.STAKER, 5.0, building=0.1) > 0.0 > decide(Stakeholder.STAKER, 5.0, building=3.0)
    assert decide(Stakeholder.DEVELOPER, 5.0, building=0.1) < 0.0
    assert decide(Stakeholder.STAKER, -5.0, building=0.1) < 0.0 < decide(Stakeholder.STAKER, -5.0, building=3.0)
