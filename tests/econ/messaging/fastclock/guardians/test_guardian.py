"""Snapshots on the network: safe and alive below a third, and how it looks beyond."""

from itertools import pairwise

import pytest

from metalab.econ.messaging.fastclock.figures.finality import list_finals, measure_offences, tell_failures
from metalab.econ.messaging.fastclock.simulation import Simulation
from metalab.protocol.messaging.agreement.attestation import is_certified
from metalab.protocol.messaging.agreement.evidence import Fault
from metalab.protocol.messaging.agreement.snapshots import goes_back
from tests.econ.messaging.fastclock.lab import run

HABITS = {"equivocate": [1, 0, 0], "withhold": [0, 1, 0], "attest falsely": [0, 0, 1], "mixed": [1, 1, 1]}


def check_finals(simulation: Simulation) -> None:
    """Every final snapshot is true, certified, newer than the one before, and the only one of its height."""
    finals, stakes = list_finals(simulation), simulation.room.committee.stakes
    assert [final.snapshot.height for final in finals] == list(range(len(finals)))
    for final in finals:
        assert simulation.chains.holds(final.snapshot)
        assert is_certified(final.certificate, final.snapshot.digest, stakes)
        assert final.final_s > final.start_s
    for before, after in pairwise(finals):
        assert not goes_back(after.snapshot, before.snapshot.ticks)
        assert after.start_s >= before.start_s + simulation.chains.tick_s
    assert simulation.room.conflicts == []


@pytest.mark.parametrize("weights", HABITS.values(), ids=HABITS)
@pytest.mark.parametrize("seed", [1, 2])
def test_below_a_third_snapshots_are_safe_and_go_on(weights: list[int], seed: int) -> None:
    simulation = run(seed, guarding__byzantine=2, guarding__behaviour_weights=weights)
    check_finals(simulation)
    assert len(simulation.room.finals) > 15
    assert tell_failures(simulation) == []
    assert measure_offences(simulation)["false_accusations"] == 0
    heights = sorted(member.height for member in simulation.room.members if member.is_honest)
    assert heights[-1] - heights[0] <= 1


@pytest.mark.parametrize("delay_s", [0.5, 2.0, 8.0])
def test_slow_networks_are_slow_but_safe(delay_s: float) -> None:
    simulation = run(2, guarding__hop_s=delay_s, guarding__hop_sigma=1.5, guarding__byzantine=2, minutes=10.0)
    check_finals(simulation)


def test_without_faults_a_snapshot_takes_one_tick() -> None:
    simulation = run(minutes=10.0)
    check_finals(simulation)
    assert len(simulation.room.finals) >= 195
    waits = [final.final_s - final.start_s for final in list_finals(simulation)]
    assert 0.5 < sum(waits) / len(waits) < 2.0


def test_unequal_stakes_are_safe_too() -> None:
    simulation = run(4, guarding__stake_alpha=1.2, guarding__guardians=12, guarding__byzantine=1)
    check_finals(simulation)


@pytest.mark.parametrize("byzantine", [3, 4])
def test_a_coalition_of_a_third_breaks_safety_and_is_found_out(byzantine: int) -> None:
    """Seven guardians: two quorums of five share three. A coalition of three is enough where it splits the rest evenly."""
    simulation = run(1, guarding__byzantine=byzantine)
    assert simulation.room.conflicts
    byzantines = set(simulation.roster.habits)
    for conflict in simulation.room.conflicts:
        assert conflict.first != conflict.second
        assert set(conflict.guilty) <= byzantines
        assert 3 * len(conflict.guilty) > 7
    told = tell_failures(simulation)
    assert "safety failed" in told[0]
    assert all(str(number) in told[0] for number in simulation.room.conflicts[0].guilty)
    accused = {offence.guardian for offence in simulation.room.record.offences if offence.fault == Fault.EQUIVOCATION}
    assert accused == byzantines


def test_a_coalition_that_is_too_small_for_two_quorums_fails() -> None:
    """Of 20 guardians seven are more than a third, but two quorums of 14 share eight."""
    simulation = run(1, guarding__guardians=20, guarding__byzantine=7)
    assert simulation.room.conflicts == []
    assert simulation.room.finals
    assert simulation.room.record.offences
    assert run(1, guarding__guardians=20, guarding__byzantine=8).room.conflicts


@pytest.mark.parametrize(("offline", "goes_on"), [(2, True), (3, False)])
def test_more_than_two_thirds_must_be_online(offline: int, goes_on: bool) -> None:
    simulation = run(1, guarding__offline=offline)
    assert bool(simulation.room.finals) is goes_on
    assert (tell_failures(simulation) == []) is goes_on
    if not goes_on:
        assert "no progress is possible: 57.1% of the stake is online" in tell_failures(simulation)[0]


def test_silence_is_noted() -> None:
    simulation = run(1, guarding__offline=2, guarding__silence_heights=5)
    silent = {offence.guardian for offence in simulation.room.record.offences}
    assert silent == simulation.roster.offline
    assert {offence.fault for offence in simulation.room.record.offences} == {Fault.WITHHOLDING}
