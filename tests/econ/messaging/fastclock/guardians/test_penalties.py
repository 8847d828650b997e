"""Evidence reaches slashing: who is punished, how much, and by which published formula."""

import pytest

from metalab.econ.messaging.fastclock.figures.results import summarise
from metalab.econ.messaging.fastclock.guardians.penalties import list_penalties
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.messaging.agreement.evidence import Fault
from metalab.protocol.security.slashing import Slashing, SlashingSchedule
from tests.econ.messaging.fastclock.lab import run
from tests.support import make_row

EQUIVOCATE, WITHHOLD, LIE = (1, 0, 0), (0, 1, 0), (0, 0, 1)


def test_without_evidence_nobody_is_punished() -> None:
    assert list_penalties(run(1)) == []


def test_equivocators_are_excluded_and_lose_more_together() -> None:
    alone, both = (
        list_penalties(run(1, guarding__byzantine=count, guarding__behaviour_weights=EQUIVOCATE, minutes=10.0)) for count in (1, 2)
    )
    assert [penalty.is_tombstoned for penalty in alone + both] == [True] * 3
    assert [penalty.share for penalty in alone] == pytest.approx([0.05])
    assert [penalty.share for penalty in both] == pytest.approx([0.05 + 3.0 / 7.0] * 2)


def test_the_accused_are_those_with_evidence_and_pay_from_their_stake() -> None:
    simulation = run(1, guarding__byzantine=1, guarding__offline=1, guarding__silence_heights=5)
    penalties, stakes = list_penalties(simulation), simulation.room.committee.stakes
    assert [penalty.guardian for penalty in penalties] == sorted({o.guardian for o in simulation.room.record.offences})
    assert all(0 < penalty.slashed <= stakes[penalty.guardian] for penalty in penalties)
    assert set(simulation.roster.offline) <= {penalty.guardian for penalty in penalties}


def test_withholding_is_jailed_and_falsehood_longer() -> None:
    silent = list_penalties(run(1, guarding__byzantine=1, guarding__behaviour_weights=WITHHOLD, guarding__silence_heights=5))
    lying = list_penalties(run(1, guarding__byzantine=1, guarding__behaviour_weights=LIE, minutes=10.0))
    assert [(penalty.jailed_until, penalty.is_tombstoned) for penalty in silent + lying] == [(2, False), (8, False)]
    assert [penalty.share for penalty in silent + lying] == pytest.approx([0.0001, 0.01])


@pytest.mark.parametrize(("schedule", "share"), [(SlashingSchedule.POLKADOT, (6.0 / 7.0) ** 2), (SlashingSchedule.COSMOS, 0.05)])
def test_the_schedule_in_force_decides(schedule: SlashingSchedule, share: float) -> None:
    simulation = run(1, guarding__byzantine=2, guarding__behaviour_weights=EQUIVOCATE, minutes=10.0)
    assert {offence.fault for offence in simulation.room.record.offences} == {Fault.EQUIVOCATION}
    penalties = list_penalties(simulation, make_row(Slashing, schedule=int(schedule)))
    assert [penalty.share for penalty in penalties] == pytest.approx([share] * 2)


def test_the_summary_tells_the_penalties() -> None:
    simulation = run(1, guarding__byzantine=1, guarding__behaviour_weights=EQUIVOCATE, minutes=10.0)
    (told,) = summarise(simulation)["penalties"]
    (penalty,) = list_penalties(simulation)
    assert told["slashed_era"] * MICRO == penalty.slashed
    assert told["is_tombstoned"] is True
