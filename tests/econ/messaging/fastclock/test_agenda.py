"""The agenda."""

from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.messaging.fastclock.agenda import Agenda


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3))))
def test_events_happen_by_time_and_then_by_entry(entries: list[tuple[int, int]]) -> None:
    agenda, seen = Agenda(), []
    for number, (time, _) in enumerate(entries):
        agenda.at(float(time), lambda number=number: seen.append((agenda.now, number)))
    agenda.run(10.0)
    assert seen == sorted((float(time), number) for number, (time, _) in enumerate(entries))
    assert agenda.now == 10.0
    assert agenda.entered == len(entries)


def test_a_run_goes_up_to_its_end_and_goes_on() -> None:
    agenda, seen = Agenda(), []
    agenda.at(1.0, seen.append, "a")
    agenda.at(2.0, agenda.after, 1.0, seen.append, "c")
    agenda.at(2.0, seen.append, "b")
    agenda.run(2.0)
    assert seen == ["a", "b"]
    agenda.run(2.5)
    assert (seen, agenda.now) == (["a", "b"], 2.5)
    agenda.run(3.0)
    assert seen == ["a", "b", "c"]


def test_what_is_late_happens_now() -> None:
    agenda, seen = Agenda(), []
    agenda.run(5.0)
    agenda.at(1.0, lambda: seen.append(agenda.now))
    agenda.run(6.0)
    assert seen == [5.0]
