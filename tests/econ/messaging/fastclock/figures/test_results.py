"""Figures and tables say what happened, counted again from the simulation."""

from functools import cache
from itertools import pairwise
from typing import Any

import pytest

from metalab.econ.messaging.fastclock.figures.finality import list_ages, list_finals
from metalab.econ.messaging.fastclock.figures.metrics import METRICS
from metalab.econ.messaging.fastclock.figures.proofs import measure_sizes
from metalab.econ.messaging.fastclock.figures.results import list_messages, list_snapshots, measure, summarise
from metalab.econ.messaging.fastclock.services.executions import DAO
from metalab.econ.messaging.fastclock.transport.parcels import MessageStatus
from metalab.protocol.kernel.declare import MICRO
from tests.econ.messaging.fastclock.lab import get_usual, run


def test_every_declared_figure_is_there_and_nothing_else() -> None:
    for simulation in (get_usual(), run(1, guarding__offline=3, minutes=0.5), run(1, traffic__rollups=1, minutes=0.5)):
        figures = measure(simulation)
        assert sorted(figures) == sorted(METRICS)
        assert all(abs(value) < 1e12 for value in figures.values())


ALWAYS_ZERO = {"false_accusations", "misuse_after_consistency"}
"""Figures that are above 0 only by an error in the simulator."""


@cache
def get_worlds() -> list[dict[str, float]]:
    """Figures of a few very different simulations."""
    clumsy = {
        "administration__execution_failure": 0.7,
        "administration__votes_per_hour": 120.0,
        "administration__joins_per_hour": 3_000.0,
        "administration__join_failure": [0.8] * 4,
        "administration__join_step_s": 5.0,
        "guarding__offline": 2,
        "guarding__silence_heights": 5,
        "traffic__rollups": 9,
        "transfers__trips_per_hour": 3_000.0,
    }
    settings: list[dict[str, Any]] = [
        {"guarding__byzantine": 3, "minutes": 10.0},
        {"guarding__offline": 3, "minutes": 10.0, "verifying__challenge_s": 60.0},
        {"guarding__byzantine": 5, "relaying__forgeries_per_hour": 900.0},
        clumsy,
    ]
    return [measure(get_usual()), *(measure(run(1, **values)) for values in settings)]


@pytest.mark.parametrize("name", METRICS)
def test_a_figure_is_no_constant_in_disguise(name: str) -> None:
    values = {figures[name] for figures in get_worlds()}
    assert values == {0.0} if name in ALWAYS_ZERO else len(values) > 1


def test_messages_add_up() -> None:
    simulation = get_usual()
    figures, table = measure(simulation), list_messages(simulation)
    users = [k for k, kind in enumerate(table["kind"]) if kind == "user"]
    executed = [k for k in users if table["status"][k] == "executed"]
    assert figures["messages_sent"] == len(users) == figures["messages_executed"] + figures["messages_expired"] + figures["messages_open"]
    assert figures["messages_executed"] == len(executed)
    delays = [table["executed_s"][k] - table["sent_s"][k] for k in executed]
    assert figures["delivery_delay_mean_s"] == pytest.approx(sum(delays) / len(delays))
    assert sum(figures[f"{path}_share"] for path in ("light", "direct", "optimistic")) == pytest.approx(1.0)
    by_path = sum(figures[f"{path}_share"] * figures[f"{path}_delay_s"] for path in ("light", "direct", "optimistic"))
    assert by_path == pytest.approx(figures["delivery_delay_mean_s"])
    assert any(parcel.letter.sender == DAO for parcel in simulation.post.parcels)


def test_a_message_names_the_snapshot_that_holds_its_root() -> None:
    simulation = get_usual()
    table = list_messages(simulation)
    light = [k for k, path in enumerate(table["path"]) if path == "light" and table["status"][k] == "executed"]
    assert len(light) > 100
    for k in light:
        final, parcel = simulation.room.finals[table["snapshot"][k]], simulation.post.parcels[k]
        source = simulation.chains.all[table["source"][k]]
        assert final.final_s == table["final_s"][k] < table["executed_s"][k]
        assert final.snapshot.roots[source.number] == source.roots[final.snapshot.ticks[source.number]]
        assert final.snapshot.ticks[source.number] >= parcel.tick


def test_fees_add_up() -> None:
    simulation = get_usual()
    figures = measure(simulation)
    total = figures["fees_paid_era"] + figures["fees_refunded_era"] + figures["fees_escrow_era"]
    assert total == pytest.approx(figures["fees_charged_era"], abs=1e-9)
    settled = [p for p in simulation.post.parcels if p.settled_s >= 0.0 and p.status == MessageStatus.EXECUTED]
    assert figures["fees_paid_era"] == pytest.approx(sum(parcel.letter.fee for parcel in settled) / MICRO)


def test_ages_of_roots_are_those_until_the_first_cover() -> None:
    simulation = run(2, minutes=1.0, guarding__root_s=1.0)
    finals, tick_s = list_finals(simulation), simulation.chains.tick_s
    expected = []
    for rollup in range(len(simulation.chains.all)):
        for tick in range(max(final.snapshot.ticks[rollup] for final in finals) + 1):
            cover = min(final.final_s for final in finals if final.snapshot.ticks[rollup] >= tick)
            expected.append(cover - tick * tick_s)
    assert sorted(list_ages(simulation, finals)) == pytest.approx(sorted(expected))


def test_snapshots_table() -> None:
    simulation = run(1, guarding__byzantine=3)
    table, figures = list_snapshots(simulation), measure(simulation)
    assert sum(table["has_conflict"]) == figures["conflicts"] > 0
    assert len(table["height"]) == figures["snapshots"]
    assert {len(column) for column in table.values()} == {len(table["height"])}


def test_proofs_get_smaller_and_cheaper_in_company() -> None:
    lines = measure_sizes(run(1, traffic__rollups=75, minutes=0.2))
    assert [line.batch for line in lines] == [1, 2, 5, 10, 20, 50, 100]
    for before, after in pairwise(lines):
        assert (after.bytes_shared, after.gas, after.gas_formula) < (before.bytes_shared, before.gas, before.gas_formula)
        assert after.saving > before.saving
    assert lines[0].saving == 0.0
    assert lines[0].gas == lines[0].gas_formula
    assert all(line.bytes_meta * 20 >= line.bytes_alone * (1 - 1e-9) for line in lines)
    assert measure_sizes(run(1, guarding__offline=3, minutes=0.2)) == []


def test_a_summary_names_the_faulty() -> None:
    simulation = run(1, guarding__byzantine=1, guarding__offline=1)
    summary = summarise(simulation)
    assert list(summary["byzantine"]) == [str(number) for number in simulation.roster.habits]
    assert summary["offline"] == sorted(simulation.roster.offline)
    assert len(summary["offences"]) == len(simulation.room.record.offences)
