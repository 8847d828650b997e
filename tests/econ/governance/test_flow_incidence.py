"""Who pays a flow and who has it, in the eyes of voters."""

from typing import Any

import pytest

from metalab.econ.governance.flow_incidence import compute_flow_usd, compute_flow_years, compute_inflow, trace_flow
from metalab.econ.governance.incidence import compute_flow, estimate_effect
from metalab.econ.kernel.memory import allocate
from metalab.protocol.kernel.codes import OK, Stakeholder
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.policy.content import GovernableRow, ProposalContent, add_flow, clear_content
from metalab.protocol.policy.flows import FlowSource, FlowTarget, FlowTerms
from tests.econ.governance.test_incidence import GROUPS, HOLDERS, MULTIPLE, P, make_outlook
from tests.support import make_row, make_scenario

OUTLOOK = make_outlook(sources_usd=[0.0] * 5 + [4e4, 0.0, 0.0, 5e7, 1e6, 2e6, 3e6, 4e6])


def make_content(source: FlowSource, target: FlowTarget, days: int = 0, ends: int = 0, **terms: Any) -> Any:
    usual = {"name": 1, "share_bps": 0, "amount": 0, "usd": 0.0, "yearly": 0.0, "volume_share": 1.0}
    content = make_row(ProposalContent)
    plain(clear_content)(content)
    assert plain(add_flow)(content, FlowTerms(source=int(source), target=int(target), **(usual | terms)), 0, days, -1, ends) == OK
    return content


def judge(content: Any, who: Stakeholder) -> float:
    return plain(compute_flow)(content, 0, int(who), 0.0, OUTLOOK, P)


def test_sources_by_their_public_figures() -> None:
    inflows = {source: plain(compute_inflow)(int(source), OUTLOOK, P) for source in FlowSource}
    assert inflows[FlowSource.MESSAGES] == 1e6
    assert inflows[FlowSource.REVENUE] == 1.1e6
    assert inflows[FlowSource.VERIFICATION] == P.fees.verification_fee_usd * 365.0 * 60.0
    assert inflows[FlowSource.SECURITY] == inflows[FlowSource.ISSUANCE] == inflows[FlowSource.CONNECTORS] == 0.0
    assert (inflows[FlowSource.CONGESTION], inflows[FlowSource.PENALTIES], inflows[FlowSource.TREASURY]) == (4e4, 5e4, 5e7)


def test_a_flow_in_usd_a_year() -> None:
    year = 365.0
    cases = [
        (make_content(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1_000), 1.1e5),
        (make_content(FlowSource.TREASURY, FlowTarget.USERS, amount=10_000_000), year * 5.0),
        (make_content(FlowSource.TREASURY, FlowTarget.USERS, usd=3.0), year * 3.0),
        (make_content(FlowSource.TREASURY, FlowTarget.USERS, yearly=0.1), 5e6),
        (make_content(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1_000, ends=1), -1.1e5),
        # An order no larger than a share of the volume, an account no emptier than empty.
        (make_content(FlowSource.FUND, FlowTarget.BUY_BURN, usd=1e9, volume_share=0.01), year * 0.01 * 1e7 * 0.5),
        (make_content(FlowSource.RESERVE_USD, FlowTarget.BUY_BURN, days=365, usd=1e6), 4e6),
    ]
    for content, usd in cases:
        assert plain(compute_flow_usd)(content, 0, OUTLOOK, P) == pytest.approx(usd)


def test_a_flow_counts_for_as_long_as_it_lasts() -> None:
    assert plain(compute_flow_years)(make_content(FlowSource.FUND, FlowTarget.BUY_BURN, days=73), 0, P) == 0.2
    assert plain(compute_flow_years)(make_content(FlowSource.FUND, FlowTarget.BUY_BURN), 0, P) == MULTIPLE


def test_revenue_is_paid_by_those_of_the_split() -> None:
    flows = plain(trace_flow)(make_content(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1_000), 0, OUTLOOK, P)
    assert (flows.stakers, flows.developers, flows.rebate) == pytest.approx((-8.8e4, -1.1e4, -1.1e4))
    assert flows.spent == pytest.approx(-1.1e5 / 0.5)


@pytest.mark.parametrize("source", [FlowSource.TREASURY, FlowSource.RESERVE])
def test_what_only_changes_its_place_or_is_burned_from_outside_circulation_moves_nobody(source: FlowSource) -> None:
    other = FlowTarget.RESERVE if source == FlowSource.TREASURY else FlowTarget.TREASURY
    for target in (other, FlowTarget.BURN):
        assert all(judge(make_content(source, target, amount=10**9), who) == pytest.approx(0.0) for who in GROUPS)


def test_a_burn_of_revenue_gains_holders_at_the_cost_of_stakers() -> None:
    content = make_content(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1_667)
    assert all(judge(content, who) > 0.0 for who in HOLDERS)
    assert judge(content, Stakeholder.STAKER) < judge(content, Stakeholder.INVESTOR)


@pytest.mark.parametrize(
    ("target", "who"),
    [
        (FlowTarget.CORE, Stakeholder.STAKER),
        (FlowTarget.DEVELOPERS, Stakeholder.DEVELOPER),
        (FlowTarget.USERS, Stakeholder.USER),
        (FlowTarget.INSURANCE, Stakeholder.USER),
    ],
)
def test_who_is_paid_gains_more_than_who_holds(target: FlowTarget, who: Stakeholder) -> None:
    content = make_content(FlowSource.TREASURY, target, amount=10**9)
    assert judge(content, who) > judge(content, Stakeholder.TRADER)


@pytest.mark.parametrize("target", [FlowTarget.DELEGATES, FlowTarget.LOCKERS])
def test_pay_of_voters_is_the_part_of_all_but_bonded_stake(target: FlowTarget) -> None:
    paid = make_content(FlowSource.TREASURY, target, usd=1_000.0)
    sold = make_content(FlowSource.TREASURY, FlowTarget.GUARDIAN, usd=1_000.0)
    bonded = sum(OUTLOOK.staked_usd)
    gain = MULTIPLE * 365_000.0 / (sum(OUTLOOK.held_usd) - bonded)
    for who in HOLDERS:
        assert judge(paid, who) - judge(sold, who) == pytest.approx(gain)
    # The other flow is paid to stakers themselves, on all that they hold.
    held = OUTLOOK.held_usd[Stakeholder.STAKER]
    lost = MULTIPLE * 365_000.0 / held
    assert judge(paid, Stakeholder.STAKER) - judge(sold, Stakeholder.STAKER) == pytest.approx(gain * (1.0 - bonded / held) - lost)


def test_the_end_of_a_flow_is_its_beginning_turned_round() -> None:
    for who in HOLDERS:
        begins, ends = (judge(make_content(FlowSource.TREASURY, FlowTarget.CORE, amount=10**6, ends=k), who) for k in (0, 1))
        assert ends == pytest.approx(-begins, rel=1e-2)


def test_a_flow_counts_in_the_estimate() -> None:
    governable = Table(GovernableRow, allocate(make_scenario().parameters).governable)
    content = make_content(FlowSource.REVENUE, FlowTarget.BURN, share_bps=1_667)
    estimates = [plain(estimate_effect)(content, governable, int(who), 0.0, OUTLOOK, P) for who in GROUPS]
    assert all(-1.0 <= estimate <= 1.0 for estimate in estimates)
    assert estimates[Stakeholder.INVESTOR] > 0.0 > estimates[Stakeholder.STAKER]
    content.flow_share[0] = 0
    assert all(plain(estimate_effect)(content, governable, int(who), 0.0, OUTLOOK, P) == 0.0 for who in GROUPS)
