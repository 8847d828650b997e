"""Each habit leaves its trace."""

import pytest

from metalab.econ.messaging.fastclock.guardians.byzantine import make_false, make_stale
from metalab.protocol.messaging.agreement.evidence import Fault
from metalab.protocol.messaging.agreement.snapshots import goes_back
from tests.econ.messaging.fastclock.lab import get_usual, run

CASES = [([1, 0, 0], Fault.EQUIVOCATION), ([0, 1, 0], Fault.WITHHOLDING), ([0, 0, 1], Fault.FALSE_ATTESTATION)]


@pytest.mark.parametrize(("weights", "fault"), CASES, ids=["equivocate", "withhold", "attest falsely"])
def test_a_habit_is_found_out_for_what_it_is(weights: list[int], fault: Fault) -> None:
    simulation = run(1, guarding__byzantine=2, guarding__behaviour_weights=weights, guarding__silence_heights=8, minutes=10.0)
    record = simulation.room.record
    assert {offence.fault for offence in record.offences} == {fault}
    assert {offence.guardian for offence in record.offences} == set(simulation.roster.habits)


def test_two_snapshots_for_one() -> None:
    simulation = get_usual()
    final = simulation.room.finals[5]
    before = simulation.room.finals[4].snapshot
    stale = make_stale(final.snapshot, before.ticks, simulation.room)
    assert stale.digest != final.snapshot.digest
    assert simulation.chains.holds(stale)
    assert not goes_back(stale, before.ticks)
    assert make_stale(final.snapshot, final.snapshot.ticks, simulation.room) == final.snapshot
    assert not simulation.chains.holds(make_false(final.snapshot))
