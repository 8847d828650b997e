"""The benchmarks' own parts: the plain model does what it is compared for, and the table says what was measured."""

import pytest

from benchmarks.__main__ import format_row, main
from benchmarks.plain_mesa import FEE, make_plain
from benchmarks.timing import Figure, repeat, time_python


def test_the_plain_model_moves_every_fee() -> None:
    model = make_plain(200, 5, 20)
    held = sum(agent.balance for agent in model.agents if hasattr(agent, "trust"))
    spent = 0
    for _ in range(10):
        model.step()
        spent += model.fees
        assert model.fees == model.messages * FEE
    assert spent > 0
    assert held - spent == sum(agent.balance for agent in model.agents if hasattr(agent, "trust"))
    assert model.yes + model.no > 0


def test_the_row_gives_median_and_spread() -> None:
    figure = Figure("a run", "run()", 1, "s", (3.0, 1.0, 2.0, 10.0), "< 4")
    assert figure.median == 2.5
    assert format_row(figure) == "| a run | 2.5 (1 to 10) | s | < 4 | 1 | 4 | `run()` |"


def test_repeats_are_all_kept() -> None:
    values = iter((1.0, 2.0))
    assert repeat(lambda: next(values), 2) == (1.0, 2.0)


def test_a_failing_command_is_no_measurement() -> None:
    with pytest.raises(Exception, match="exit status 3"):
        time_python(["-c", "raise SystemExit(3)"])


def test_an_unknown_case_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.argv", ["benchmarks", "sorcery"])
    with pytest.raises(SystemExit):
        main()
