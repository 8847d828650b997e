"""One simulation: the same bits from the same seed, whatever is looked at or switched off."""

import pytest

from metalab.econ.kernel.chance import sequence
from metalab.econ.messaging.fastclock import simulation as module
from metalab.econ.messaging.fastclock.figures.results import list_messages, list_snapshots, summarise
from metalab.econ.messaging.fastclock.simulation import Simulation
from tests.econ.messaging.fastclock.lab import choose, run

QUIET = {
    "relaying__subscribers": 0,
    "relaying__replays_per_hour": 0.0,
    "relaying__double_spends_per_hour": 0.0,
    "relaying__forgeries_per_hour": 0.0,
    "transfers__requests_per_hour": 0.0,
    "transfers__trips_per_hour": 0.0,
    "administration__role_changes_per_hour": 0.0,
    "administration__joins_per_hour": 0.0,
    "administration__data_per_hour": 0.0,
}


def show(simulation: Simulation) -> tuple[object, ...]:
    return summarise(simulation), list_messages(simulation), list_snapshots(simulation)


def test_the_same_seed_gives_the_same_bits_and_another_one_others() -> None:
    one, two, other = run(5, guarding__byzantine=2), run(5, guarding__byzantine=2), run(6, guarding__byzantine=2)
    assert show(one) == show(two)
    assert show(one)[1] != show(other)[1]


@pytest.mark.parametrize("block", [1, 7])
def test_blocks_of_chance_do_not_matter(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    before = show(run(5, minutes=1.0))
    monkeypatch.setattr(sequence.Sequence.__init__, "__kwdefaults__", {"normals": False, "block": block})
    assert show(run(5, minutes=1.0)) == before


def test_looking_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    before, looked = show(run(5)), []
    monkeypatch.setattr(module, "LOOK_S", 7.0)
    simulation = Simulation(choose(), 5)
    assert simulation.run(lambda now: bool(looked.append(now)))
    assert show(simulation) == before
    assert len(looked) == 43


def test_a_simulation_stops_when_asked() -> None:
    simulation = Simulation(choose(), 5)
    assert not simulation.run(lambda now: now > 60.0)
    assert 60.0 < simulation.agenda.now < 120.0


def test_what_is_switched_off_does_not_move_the_rest() -> None:
    """Everything but messages and votes off: snapshots and messages stay as they were, to the bit."""
    full, quiet = run(5), run(5, **QUIET)
    assert list_snapshots(full)["final_s"] == list_snapshots(quiet)["final_s"]
    assert list_messages(full) == list_messages(quiet)


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    short, long = list_snapshots(run(5, minutes=3.0)), list_snapshots(run(5, minutes=6.0))
    count = len(short["height"])
    assert {name: column[:count] for name, column in long.items()} == short


def test_queues_are_looked_at_every_tick() -> None:
    assert len(run(5, minutes=3.0).queue_lengths) == 61
