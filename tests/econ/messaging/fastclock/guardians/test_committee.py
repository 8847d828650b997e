"""Who is who."""

import pytest

from metalab.econ.messaging.fastclock.guardians.byzantine import Habit
from metalab.econ.messaging.fastclock.guardians.committee import MINIMUM_STAKE, draw_roster, draw_stakes
from tests.econ.messaging.fastclock.lab import choose, run


def test_stakes_are_equal_or_heavy_tailed() -> None:
    assert set(draw_stakes(1, choose())) == {MINIMUM_STAKE}
    stakes = draw_stakes(1, choose(guarding__stake_alpha=1.3, guarding__guardians=200))
    assert min(stakes) >= MINIMUM_STAKE
    above = sum(stake > 2 * MINIMUM_STAKE for stake in stakes) / 200
    assert above == pytest.approx(2**-1.3, abs=0.12)


@pytest.mark.parametrize(("byzantine", "offline"), [(0, 0), (2, 3), (7, 0), (0, 7), (3, 4)])
def test_faulty_guardians_are_different_ones(byzantine: int, offline: int) -> None:
    simulation = run(minutes=0.05, guarding__byzantine=byzantine, guarding__offline=offline)
    roster = simulation.roster
    assert (len(roster.habits), len(roster.offline)) == (byzantine, offline)
    assert not set(roster.habits) & roster.offline
    assert [member.number for member in simulation.room.members] == [k for k in range(7) if k not in roster.offline]
    assert {member.number for member in simulation.room.members if not member.is_honest} == set(roster.habits)


def test_a_third_of_the_stake_makes_a_coalition_where_it_is_allowed() -> None:
    for byzantine, coalition, expected in ((2, True, False), (3, True, True), (3, False, False)):
        settings = choose(guarding__byzantine=byzantine, guarding__coalition=coalition)
        habits = draw_roster(1, settings, (1,) * 7).habits
        assert (set(habits.values()) == {Habit.COLLUDE}) is expected


def test_habits_follow_their_weights() -> None:
    for k, habit in enumerate((Habit.EQUIVOCATE, Habit.WITHHOLD, Habit.ATTEST_FALSELY)):
        weights = [int(place == k) for place in range(3)]
        settings = choose(guarding__byzantine=2, guarding__behaviour_weights=weights)
        assert set(draw_roster(1, settings, (1,) * 7).habits.values()) == {habit}
