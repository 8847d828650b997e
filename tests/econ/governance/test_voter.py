"""Voters: opening holdings, locks, turnout, ideas; ECONOMY 2 and 20."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.governance.drafting import can_move, find_step, note_filing, pick_governable, write_content
from metalab.econ.governance.interests import Interests
from metalab.econ.governance.voter import (
    Electorate,
    choose_lock_days,
    choose_lock_share,
    compute_delay,
    compute_lock_cost,
    compute_pivotality,
    compute_turnout,
    form_opinion,
    pick_group,
    review_lock,
)
from metalab.econ.governance.voters import find_delegate, open_voters
from metalab.econ.kernel.chance.philox import derive_key
from metalab.econ.kernel.memory import allocate, as_array, as_rows
from metalab.econ.kernel.world import World
from metalab.econ.policy.governable import GOVERNABLE_ROWS
from metalab.protocol.governance.governance import NOBODY, Governance, LockCurve, VoterRow
from metalab.protocol.governance.proposals import ProposalRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import OK, OUT_OF_BOUNDS, TOO_EARLY, Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import Table
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.policy.content import GovernableRow, ProposalContent, check_content
from tests.support import LEAVES, make_row, make_scenario

E = make_row(Electorate)
RULES = make_row(Governance)
INTERESTS = make_row(Interests)
TOTAL = 14_000_000 * ONE_ERA


def open_electorate(voters: int, seed: int = 1, total: int = TOTAL) -> tuple[World, Any]:
    world = allocate(make_scenario(population__voters=voters, electorate__tokens=total).parameters)
    rows = as_rows(world)
    rows.state[0].clock.seed = seed
    rows.holders[Bucket.AIRDROP].escrow = total
    plain(open_voters)(rows)
    return world, rows


@pytest.mark.parametrize("voters", [1, 2, 10, 67, 400])
def test_opening_tokens_sum_exactly_and_none_is_above_the_limit(voters: int) -> None:
    world, rows = open_electorate(voters)
    held = np.asarray(as_array(world.voters)["balance"])
    assert int(held.sum()) == TOTAL
    assert rows.holders[Bucket.AIRDROP].escrow == 0
    assert held.max() <= max(0.03, 2.0 / voters) * TOTAL
    assert held.min() >= 0


def test_opening_tokens_have_the_pareto_tail_below_the_limit() -> None:
    world, _ = open_electorate(400)
    held = np.sort(np.asarray(as_array(world.voters)["balance"], float))[::-1]
    free = held[held < 0.0299 * TOTAL]
    hill = 1.0 / np.mean(np.log(free[:150] / free[150]))
    # Cutting the largest steepens the estimate; the standard error of 150 draws is 8 %.
    assert 0.9 < hill < 1.6
    assert np.unique(np.asarray(as_array(world.voters)["stakeholder"])).tolist() == [0, 1, 2, 3, 4]


def test_nobody_to_endow_is_no_error() -> None:
    world, rows = open_electorate(0)
    assert rows.holders[Bucket.AIRDROP].escrow == TOTAL
    assert len(world.voters) == 0


def test_delegates_are_larger_voters_of_the_same_group() -> None:
    world, rows = open_electorate(200)
    delegates = [(i, rows.voters[i].delegate) for i in range(200) if rows.voters[i].delegate != NOBODY]
    assert delegates
    for i, to in delegates:
        assert rows.voters[to].balance > rows.voters[i].balance
        assert rows.voters[to].stakeholder == rows.voters[i].stakeholder
        assert rows.voters[to].delegate == NOBODY
    key = derive_key(1, 0, 1, -1)
    largest = int(np.argmax(np.asarray(as_array(world.voters)["balance"])))
    assert plain(find_delegate)(rows.voters, largest, key, E) == NOBODY
    stranger = make_row(Electorate, met=0)
    assert all(plain(find_delegate)(rows.voters, i, key, stranger) == NOBODY for i in range(200))


def test_turnout_by_the_formula() -> None:
    for gain in (1.0, 500.0, E.attention_usd, 2e5):
        odds = (gain / E.attention_usd) ** (1.0 / E.attention_spread)
        assert plain(compute_turnout)(gain, E) == pytest.approx(odds / (1.0 + odds), rel=1e-12)
    assert plain(compute_turnout)(E.attention_usd, E) == 0.5
    assert plain(compute_turnout)(0.0, E) == 0.0
    assert plain(compute_turnout)(0.01, make_row(Electorate, attention_usd=0.0)) == 1.0


@given(st.floats(0.01, 1e9), st.floats(1.0, 100.0))
def test_turnout_is_a_chance_that_rises_with_the_gain_and_falls_with_the_cost(gain: float, factor: float) -> None:
    chance = plain(compute_turnout)(gain, E)
    assert 0.0 < chance < 1.0
    assert plain(compute_turnout)(gain * factor, E) >= chance
    dearer = make_row(Electorate, attention_usd=E.attention_usd * factor)
    # Only gain over cost counts.
    assert plain(compute_turnout)(gain * factor, dearer) == pytest.approx(chance)
    assert plain(compute_turnout)(gain, dearer) <= chance


def test_a_vote_matters_until_there_is_a_quorum_and_then_by_its_closeness() -> None:
    def measure(yes: int, no: int) -> float:
        proposal = make_row(ProposalRow, tokens=yes + no, yes=yes, no=no, quorum=0.03, threshold=0.5)
        return plain(compute_pivotality)(proposal, 1_000_000, E)

    assert measure(29_000, 0) == 1.0
    assert measure(20_000, 20_000) == 1.0
    lead = 0.25 / E.closeness
    assert measure(30_000, 10_000) == measure(10_000, 30_000) == pytest.approx(math.exp(-0.5 * lead**2))
    assert measure(40_000, 0) < measure(30_000, 10_000) < measure(21_000, 19_000) < 1.0


def test_delay_and_opinion_at_their_medians() -> None:
    assert plain(compute_delay)(0.5, E) == int(E.delay_days)
    assert plain(form_opinion)(0.25, 0.5, 0.3) == 0.25
    late = 1 - 0.5 * (1 + math.erf(math.log(7 / E.delay_days) / E.delay_sigma / math.sqrt(2)))
    assert 0.1 < late < 0.3


def make_voter(benefit: float, **values: Any) -> Any:
    return make_row(VoterRow, **({"balance": 1_000_000, "delegate": NOBODY, "benefit": benefit} | values))


def test_a_lock_of_a_fortnight_costs_what_unbonding_costs() -> None:
    assert plain(compute_lock_cost)(14.0, INTERESTS) == 0.02
    assert plain(compute_lock_cost)(56.0, INTERESTS) == 0.04
    assert plain(compute_lock_cost)(14.0, make_row(Interests)) == 0.02


@given(st.floats(0.0, 1.0))
def test_lock_choice_under_the_three_curves(benefit: float) -> None:
    voter = make_voter(benefit)
    linear, none = (make_row(Governance, curve=int(curve)) for curve in (LockCurve.LINEAR, LockCurve.NONE))
    assert plain(choose_lock_days)(voter, RULES, INTERESTS, 0.0) == RULES.lock_minimum_days
    share = plain(choose_lock_share)(voter, RULES, 14, INTERESTS, 0.0)
    assert share == (max(0.0, 1 - 0.02 / benefit) if benefit > 0 else 0.0)
    assert plain(choose_lock_share)(voter, none, 14, INTERESTS, 0.0) == 0.0
    days = plain(choose_lock_days)(voter, linear, INTERESTS, 0.0)
    year = plain(compute_lock_cost)(365.0, INTERESTS)
    assert (days == 365) == (benefit > year)
    assert (plain(choose_lock_share)(voter, linear, days, INTERESTS, 0.0) > 0.0) == (benefit > year)


@given(st.floats(0.0, 0.5), st.floats(0.0, 1.0))
def test_pay_for_locked_tokens_is_a_benefit_of_the_lock(benefit: float, paid: float) -> None:
    """What is paid counts like a private benefit of the same size where each lock doubles votes; without votes it is the only one."""
    voter, both = make_voter(benefit), make_voter(benefit + paid)
    none = make_row(Governance, curve=int(LockCurve.NONE))
    share = plain(choose_lock_share)(voter, RULES, 14, INTERESTS, paid)
    assert share == plain(choose_lock_share)(both, RULES, 14, INTERESTS, 0.0)
    assert share >= plain(choose_lock_share)(voter, RULES, 14, INTERESTS, 0.0)
    assert plain(choose_lock_share)(voter, none, 14, INTERESTS, paid) == (max(0.0, 1 - 0.02 / paid) if paid > 0 else 0.0)
    assert plain(choose_lock_days)(voter, none, INTERESTS, paid) == RULES.lock_minimum_days


def test_reviews_lock_renew_and_leave() -> None:
    voter, pots = make_voter(0.04), make_row(Pots)
    plain(review_lock)(voter, pots, RULES, 0, INTERESTS, 0.0)
    assert (voter.locked, voter.lock_end) == (500_000, 14)
    plain(review_lock)(voter, pots, RULES, 9, INTERESTS, 0.0)
    assert (voter.locked, voter.lock_end) == (500_000, 23)
    voter.benefit = 0.02
    plain(review_lock)(voter, pots, RULES, 22, INTERESTS, 0.0)
    assert voter.locked == 500_000
    plain(review_lock)(voter, pots, RULES, 23, INTERESTS, 0.0)
    assert (voter.locked, voter.balance) == (0, 1_000_000)


def test_groups_by_their_shares() -> None:
    assert [plain(pick_group)(u, E) for u in (0.0001, 0.2999, 0.3001, 0.4501, 0.6001, 0.8501, 0.9999)] == [0, 0, 1, 2, 3, 4, 4]


def make_governable() -> Any:
    return Table(GovernableRow, allocate(make_scenario().parameters).governable)


def test_steps_are_within_a_tenth_of_the_range_and_a_fifth_of_the_value() -> None:
    def measure(value: float, span: float, is_real: int = 1) -> float:
        return plain(find_step)(make_row(GovernableRow, value=value, span=span, is_real=is_real), E)

    assert measure(0.3, 5.0) == pytest.approx(0.06)
    assert measure(100.0, 20.0) == measure(0.0, 20.0) == pytest.approx(2.0)
    # A whole number moves by one at least.
    assert measure(2.0, 13.0, 0) == 1.0


def test_only_what_moves_money_at_first_order_is_proposed() -> None:
    governable = make_governable()
    met = {plain(pick_governable)(governable, (k + 0.5) / 200) for k in range(200)}
    assert met == {k for k in range(GOVERNABLE_ROWS) if plain(can_move)(governable[k])}
    assert next(k for k in range(GOVERNABLE_ROWS) if governable[k].slot == LEAVES["fees.message_fee_usd"].slot) in met
    assert plain(pick_governable)(governable, 0.9999999) == max(met)


def test_a_share_of_the_split_moves_with_the_others_in_proportion() -> None:
    governable, content = make_governable(), make_row(ProposalContent)
    at = next(k for k in range(GOVERNABLE_ROWS) if governable[k].slot == LEAVES["fees.split"].slot)
    assert plain(write_content)(content, governable, at, 4_800.0, 100, 60) == OK
    values = list(content.value)[:5]
    assert values[0] == 4_800.0
    assert sum(values) == 10_000.0
    assert all(abs(v - old * 5_200 / 6_000) <= 1.0 for v, old in zip(values[1:], (2_500, 1_500, 1_000, 1_000), strict=True))
    assert plain(check_content)(governable, content) == OK


def test_a_parameter_is_left_alone_for_sixty_days_with_its_whole_vector() -> None:
    governable, content = make_governable(), make_row(ProposalContent)
    at = next(k for k in range(GOVERNABLE_ROWS) if governable[k].slot == LEAVES["fees.split"].slot)
    plain(note_filing)(governable, at + 2, 100)
    assert plain(write_content)(content, governable, at, 4_100.0, 159, E.gap_days) == TOO_EARLY
    assert plain(write_content)(content, governable, at, 4_100.0, 160, E.gap_days) == OK
    assert plain(write_content)(content, governable, at, 4_000.2, 160, E.gap_days) == OUT_OF_BOUNDS
