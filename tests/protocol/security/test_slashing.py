"""Penalties by the published tables, the course of a case, what can never happen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Code, NodeStatus, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.slashing import (
    Docket,
    Offence,
    Slashing,
    SlashingContext,
    SlashingSchedule,
    SlashingState,
    accuse,
    compute_cosmos,
    compute_ethereum,
    compute_penalty,
    compute_polkadot,
    compute_progressive,
    count_case,
    punish,
)
from metalab.protocol.security.yearly_losses import close_year
from metalab.protocol.staking.journal import JournalRow
from metalab.protocol.staking.staking import NodeRow, Staking, StakingState
from tests.support import make_row, make_rows

ERA = 10**6
STAKE = 100_000 * ERA


@pytest.mark.parametrize(
    ("k", "n", "share"), [(1, 100, 0.0009), (5, 100, 0.0225), (10, 100, 0.09), (20, 60, 1.0), (34, 100, 1.0), (1, 3, 1.0)]
)
def test_polkadot_equivocation(k: int, n: int, share: float) -> None:
    assert plain(compute_polkadot)(Offence.EQUIVOCATION, k, 0, n) == pytest.approx(share, abs=1e-15)


@pytest.mark.parametrize(("k", "n", "share"), [(11, 100, 0.0), (12, 100, 0.0021), (20, 100, 0.0189), (45, 100, 0.07), (100, 100, 0.07)])
def test_polkadot_offline(k: int, n: int, share: float) -> None:
    assert plain(compute_polkadot)(Offence.DOWNTIME, 0, k, n) == pytest.approx(share, abs=1e-15)


@pytest.mark.parametrize(("slashed", "total", "share"), [(0, 3, 1 / 4096), (1, 30, 1 / 4096 + 0.1), (10, 30, 1.0), (20, 30, 1.0)])
def test_ethereum(slashed: int, total: int, share: float) -> None:
    assert plain(compute_ethereum)(Offence.EQUIVOCATION, slashed, total) == pytest.approx(share, abs=1e-15)
    assert plain(compute_ethereum)(Offence.DOWNTIME, slashed, total) == 0.0


def test_cosmos() -> None:
    assert [plain(compute_cosmos)(o) for o in Offence] == [0.0001, 0.05, 0.05, 0.05]


def test_progressive_grows_with_priors_and_with_others_but_not_for_one_fault_alone() -> None:
    p = make_row(Slashing)
    f = plain(compute_progressive)
    assert [f(p, Offence.EQUIVOCATION, priors, 10, 10, 100) for priors in range(6)] == pytest.approx([0.05, 0.1, 0.2, 0.4, 0.8, 1.0])
    assert f(p, Offence.EQUIVOCATION, 0, 20, 10, 100) == pytest.approx(0.35)
    assert f(p, Offence.EQUIVOCATION, 0, 90, 10, 100) == 1.0
    assert f(p, Offence.DOWNTIME, 0, 90, 10, 100) == 0.0001


@pytest.mark.parametrize("schedule", list(SlashingSchedule))
def test_every_schedule_is_handled(schedule: SlashingSchedule) -> None:
    p = make_row(Slashing, schedule=int(schedule))
    docket = make_row(Docket, nodes=10, total=100, offenders=2, slashed=20, largest=10)
    assert 0.0 < plain(compute_penalty)(p, docket, Offence.EQUIVOCATION, 0) <= 1.0


class Stage:
    def __init__(self, count: int = 2, **values: object) -> None:
        self.nodes = make_rows(NodeRow, count)
        self.pots, self.state, self.docket = make_row(Pots), make_row(SlashingState), make_row(Docket)
        self.staking_state, self.p, self.staking = make_row(StakingState), make_row(Slashing, **values), make_row(Staking)
        self.journal = make_rows(JournalRow, 0)
        for i in range(count):
            node = self.nodes[i]
            node.index, node.stake, node.status, node.tier = i, STAKE, int(NodeStatus.BONDED), int(Tier.CORE)

    def punish(self, i: int, offence: int, day: int) -> int:
        for node in self.nodes:
            plain(count_case)(self.docket, node, self.p, day)
        court = SlashingContext(self.p, self.state, self.staking, self.staking_state, self.pots, self.journal, day)
        return plain(punish)(self.nodes[i], self.nodes[(i + 1) % len(self.nodes)], self.docket, court, offence)


def test_a_case_from_evidence_to_distribution() -> None:
    s = Stage()
    node = s.nodes[0]
    assert plain(accuse)(node, Offence.DATA_WITHHOLDING, 4) == Code.OK
    assert plain(accuse)(node, Offence.DATA_WITHHOLDING, 4) == Code.ALREADY_DONE
    assert s.punish(0, Offence.DATA_WITHHOLDING, 4) == Code.TOO_EARLY
    assert s.punish(0, Offence.DATA_WITHHOLDING, 5) == Code.OK
    amount = STAKE // 50
    assert (node.stake, node.status, node.jail_until) == (STAKE - amount, NodeStatus.JAILED, 12)
    assert (s.nodes[1].balance, s.pots.insurance, s.pots.burned) == (amount // 20, amount * 45 // 100, amount // 2)
    assert s.punish(0, Offence.DATA_WITHHOLDING, 6) == Code.ALREADY_DONE
    assert plain(accuse)(node, Offence.DATA_WITHHOLDING, 4) == Code.ALREADY_DONE


def test_equivocation_tombstones_and_a_protocol_run_node_is_jailed_instead() -> None:
    s = Stage()
    s.nodes[1].protocol_run = 1
    for i in range(2):
        plain(accuse)(s.nodes[i], Offence.EQUIVOCATION, 0)
        s.punish(i, Offence.EQUIVOCATION, 1)
    assert [s.nodes[i].status for i in range(2)] == [NodeStatus.TOMBSTONED, NodeStatus.JAILED]


def test_unbonding_stake_is_slashable_but_not_what_came_after_the_offence() -> None:
    s = Stage(initial=(1.0, 1.0, 1.0, 1.0))
    node = s.nodes[0]
    node.stake, node.unbonding, node.status = 0, STAKE, int(NodeStatus.UNBONDING)
    plain(accuse)(node, Offence.INVALID_ATTESTATION, 0)
    node.stake = 7
    assert s.punish(0, Offence.INVALID_ATTESTATION, 1) == Code.OK
    assert node.stake + node.unbonding == 7
    assert plain(accuse)(make_row(NodeRow), Offence.DOWNTIME, 0) == Code.WRONG_STATUS
    assert plain(accuse)(node, 4, 0) == Code.UNKNOWN_TARGET


@given(
    st.sampled_from(list(SlashingSchedule)),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans()), max_size=25),
    st.integers(0, 10**12),
)
def test_nobody_loses_more_than_was_at_stake_and_no_token_is_lost(
    schedule: SlashingSchedule, cases: list[tuple[int, int, bool]], leaving: int
) -> None:
    s = Stage(4, schedule=int(schedule))
    s.nodes[2].unbonding = leaving
    total = 4 * STAKE + leaving
    for day, (i, offence, is_punished) in enumerate(cases):
        before = s.nodes[i].stake + s.nodes[i].unbonding
        plain(accuse)(s.nodes[i], offence, day)
        exposed = s.nodes[i].exposed[offence]
        if is_punished:
            s.punish(i, offence, day + 1)
            assert before - s.nodes[i].stake - s.nodes[i].unbonding <= exposed
        a = s.nodes.array
        assert int(a["stake"].min()) >= 0
        assert int(a["unbonding"].min()) >= 0
        assert int(a["stake"].sum() + a["unbonding"].sum() + a["balance"].sum()) + s.pots.insurance + s.pots.burned == total


def test_operator_years_count_who_lost_more_than_a_tenth() -> None:
    state = make_row(SlashingState)
    for loss, run in ((0, 0), (STAKE // 10, 0), (STAKE // 10 + 1, 0), (STAKE, 1)):
        plain(close_year)(make_row(NodeRow, year_stake=STAKE, year_loss=loss, protocol_run=run), state)
    assert (state.operator_years, state.losers) == (3, 1)


def test_the_journal_names_each_part_of_a_penalty_by_its_own_cause() -> None:
    s = Stage()
    s.journal = make_rows(JournalRow, 8)
    plain(accuse)(s.nodes[0], Offence.DATA_WITHHOLDING, 4)
    s.punish(0, Offence.DATA_WITHHOLDING, 5)
    rows = [(r["day"], r["cause"], r["node"], r["amount"]) for r in s.journal.array[: s.staking_state.log.count]]
    amount = STAKE // 50
    parts = ((Cause.SLASH_REPORTER, amount // 20), (Cause.SLASH_INSURANCE, amount * 45 // 100), (Cause.SLASH_BURN, amount // 2))
    assert rows == [(5, int(cause), 0, part) for cause, part in parts]
    assert all(s.pots.moved[cause] == part for cause, part in parts)
    assert sum(row[3] for row in rows) == s.state.slashed[Tier.CORE] == STAKE - s.nodes[0].stake


def test_the_journal_leaves_out_a_part_that_is_nothing() -> None:
    s = Stage(count=1, distribution=(500, 0, 9_500))
    s.journal = make_rows(JournalRow, 8)
    plain(accuse)(s.nodes[0], Offence.DATA_WITHHOLDING, 4)
    s.punish(0, Offence.DATA_WITHHOLDING, 5)
    assert s.journal.array["cause"][: s.staking_state.log.count].tolist() == [Cause.SLASH_BURN]
