"""Who files what: the best lever among what would pass, up or down, by own gain, and worth the deposit at stake."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.day import open_world
from metalab.econ.governance.agenda import compute_consent, expect_gain, expect_support, find_lever, propose, weigh
from metalab.econ.governance.drafting import write_content
from metalab.econ.governance.governance import observe
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.protocol.governance.proposals import ProposalPhase
from metalab.protocol.kernel.codes import Stakeholder
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from tests.support import LEAVES, make_scenario

FEE = LEAVES["fees.message_fee_usd"].slot
RICH = 1_000_000 * ONE_ERA


def open_agenda(fee: float = 0.3, groups: tuple[int, ...] = (3_000, 1_500, 1_500, 2_500, 1_500), **paths: Any) -> Any:
    """A first evening on which everybody has seen four million messages a year."""
    chosen = {"electorate__looks": 50, "fees__message_fee_usd": fee, "electorate__groups": groups, "fees__indexation": 1.0} | paths
    w = as_rows(allocate(make_scenario(**chosen).parameters))
    plain(open_world)(w, 1, 0, 0)
    plain(observe)(w, True)
    o = w.state[0].interests
    o.messages, o.revenue_usd, o.fee_usd = 4e6, 4e6 * fee, fee
    return w


def find_row(w: Any, slot: int) -> int:
    return next(k for k in range(len(w.governable)) if w.governable[k].slot == slot)


def make_proposer(w: Any, who: Stakeholder, belief: float = 0.0) -> Any:
    voter = w.voters[0]
    voter.stakeholder, voter.belief, voter.balance = int(who), belief, RICH
    return voter


def support(w: Any, value: float) -> float:
    plain(write_content)(w.state[0].governance.draft, w.governable, find_row(w, FEE), value, 0, 0)
    return float(plain(expect_support)(w.state[0].governance.draft, w.governable, w.state[0], w.params[0]))


def test_consent_is_even_without_an_effect_and_certain_without_error() -> None:
    consent = plain(compute_consent)
    assert consent(0.0, 0.3) == 0.5
    assert consent(0.3, 0.3) == pytest.approx(0.841345, abs=1e-6)
    assert consent(0.4, 0.3) + consent(-0.4, 0.3) == pytest.approx(1.0)
    assert (consent(1e-9, 0.0), consent(0.0, 0.0)) == (1.0, 0.0)


@given(st.floats(0.1, 1.0), st.integers(1, 10**14), st.floats(0.1, 0.9))
def test_filing_is_worth_the_gain_less_the_deposit(effect: float, tokens: int, quorum: float) -> None:
    w = open_agenda()
    gain = plain(expect_gain)(effect, tokens, quorum, w.params[0])
    assert gain == pytest.approx(quorum * effect * 0.02 * tokens - (1.0 - quorum) * 1_000 * ONE_ERA)
    assert plain(expect_gain)(effect, tokens, min(quorum + 0.05, 1.0), w.params[0]) > gain


@pytest.mark.parametrize(("fee", "sign"), [(1.5, -1.0), (0.05, 1.0)])
@pytest.mark.parametrize("who", [Stakeholder.STAKER, Stakeholder.DEVELOPER])
def test_from_a_dear_fee_down_and_from_a_cheap_one_up(fee: float, sign: float, who: Stakeholder) -> None:
    w = open_agenda(fee)
    assert support(w, fee * (1.0 + 0.2 * sign)) > 0.5 > support(w, fee * (1.0 - 0.2 * sign))
    at, voter = find_row(w, FEE), make_proposer(w, who)
    assert plain(weigh)(w, voter, at, fee * (1.0 + 0.2 * sign), 0.0) > 0.0
    assert plain(weigh)(w, voter, at, fee * (1.0 - 0.2 * sign), 0.0) == 0.0


def test_nothing_is_filed_that_would_not_pass_or_that_does_not_pay_its_deposit() -> None:
    w = open_agenda(0.05)
    at = find_row(w, FEE)
    user = make_proposer(w, Stakeholder.USER)
    # It would like a lower fee; the others would not.
    assert plain(weigh)(w, user, at, 0.04, 0.0) == 0.0
    staker = make_proposer(w, Stakeholder.STAKER)
    gain = plain(weigh)(w, staker, at, 0.06, 0.0)
    assert gain > 0.0
    assert plain(weigh)(w, staker, at, 0.06, gain) == 0.0
    assert plain(weigh)(w, staker, at, 0.05, 0.0) == 0.0
    staker.balance = 10_000 * ONE_ERA
    assert plain(weigh)(w, staker, at, 0.06, 0.0) == 0.0
    w.params[0].governance.deposit = 0
    assert plain(weigh)(w, staker, at, 0.06, 0.0) > 0.0


@pytest.mark.parametrize("who", list(Stakeholder))
def test_a_house_of_one_group_files_what_serves_it(who: Stakeholder) -> None:
    groups = [0] * 5
    groups[who] = 10_000
    w = open_agenda(0.05, tuple(groups))
    if who != Stakeholder.STAKER:
        w.state[0].governance.weight[0] = 0
    voter = make_proposer(w, who)
    lever = plain(find_lever)(w, voter)
    assert lever.at >= 0
    assert lever.gain > 0.0
    parameter = w.governable[lever.at]
    assert lever.value != parameter.value
    assert parameter.low <= lever.value <= parameter.high


def test_the_best_of_what_is_looked_at_is_filed_and_then_left_alone() -> None:
    w = open_agenda(0.05)
    voter = make_proposer(w, Stakeholder.STAKER)
    lever = plain(find_lever)(w, voter)
    fewer = open_agenda(0.05, electorate__looks=1)
    assert plain(find_lever)(fewer, make_proposer(fewer, Stakeholder.STAKER)).gain <= lever.gain
    plain(propose)(w, voter)
    proposal = w.proposals[0]
    assert (w.state[0].governance.count, proposal.phase, proposal.proposer) == (1, ProposalPhase.DRAFT, 0)
    assert proposal.content.slot[0] == w.governable[w.governable[lever.at].first].slot
    assert voter.balance == RICH - proposal.deposit == RICH - 1_000 * ONE_ERA
    assert plain(find_lever)(w, voter).at != lever.at


def test_who_cannot_pay_the_deposit_and_whoever_has_seen_nothing_files_nothing() -> None:
    w = open_agenda(0.05)
    voter = make_proposer(w, Stakeholder.STAKER)
    voter.balance = 1_000 * ONE_ERA - 1
    plain(propose)(w, voter)
    voter.balance, w.state[0].interests.effective = RICH, 0.0
    plain(propose)(w, voter)
    assert w.state[0].governance.count == 0
