"""Shocks as people write them: days, dates, repetitions, conditions, and what is refused."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import LAUNCH, Shock
from metalab.experiments import load_scenario, run
from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.planning.shocks import read_shock, resolve_shocks
from metalab.experiments.inputs.toml_lines import parse_document
from metalab.protocol.policy.shocks import ShockKind

KIND = int(ShockKind.PRICE)
HEAD = '[[shocks]]\nkind = "price"\nsize = -0.5\n'


def resolve(text: str, start: date = LAUNCH) -> tuple[Shock, ...]:
    return resolve_shocks([read_shock(parse_document(HEAD + text, "mine.toml"), 0)], start)


@pytest.mark.parametrize("kind", list(ShockKind))
def test_every_kind_has_a_name(kind: ShockKind) -> None:
    text = f'[[shocks]]\nkind = "{kind.name.lower()}"\nsize = 2\nday = 3\n'
    assert resolve_shocks([read_shock(parse_document(text, "mine.toml"), 0)], LAUNCH) == (Shock(3, int(kind), 2.0),)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("day = 0", [0]),
        ("from_day = 9", [9]),
        ("after_days = 4", [4]),
        ("day = 2025-07-20", [3]),
        ("day = 5\nfor_days = 3", [5, 6, 7]),
        ("day = 5\nuntil = 7", [5, 6]),
        ("day = 2025-07-20\nuntil = 2025-07-22", [3, 4]),
        ("day = 5\nevery_days = 10\ntimes = 3", [5, 15, 25]),
        ("day = 5\nfor_days = 2\nevery_days = 10\ntimes = 2", [5, 6, 15, 16]),
    ],
)
def test_it_happens_on_each_of_its_days(text: str, days: list[int]) -> None:
    assert resolve(text) == tuple(Shock(day, KIND, -0.5) for day in days)


def test_a_date_is_a_day_of_the_run_that_starts_on_a_date() -> None:
    assert [shock.day for shock in resolve("day = 2025-10-05", date(2025, 10, 1))] == [4]


def test_with_a_condition_it_waits_for_its_morning() -> None:
    (shock,) = resolve('when = "price_usd < 0.1"\nday = 4\nuntil = 9')
    assert shock.condition is not None
    assert (shock.day, shock.until, COLUMNS[shock.condition.metric]) == (4, 9, "price_usd")
    assert resolve('when = "price_usd < 0.1"') == (shock._replace(day=0, until=0),)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 2, "a 'day', a date or a condition"),
        ("for_days = 3", 2, "a 'day', a date or a condition"),
        ("day = -1", 4, "from 0"),
        ("dya = 1", 4, "did you mean 'day'"),
        ("day = 2025-07-16", 2, "a date before the run"),
        ("day = 4\nuntil = 4", 2, "a day after 4"),
        ("day = 4\nevery_days = 2", 5, "times with it"),
        ('when = "day > 3"\nevery_days = 2\ntimes = 2', 2, "a condition or a repetition"),
        ('when = "dya > 3"', 4, "metric 'dya' does not exist"),
    ],
)
def test_what_cannot_be_is_told_in_one_line_with_its_place(text: str, line: int, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        resolve(text)
    assert str(caught.value).startswith(f"mine.toml line {line}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", ['"prize"', '["price"]', "3", "true"])
def test_a_kind_that_does_not_exist_is_told(kind: str) -> None:
    with pytest.raises(ProblemError, match=r"^mine\.toml line 2: shock "):
        read_shock(parse_document(f"[[shocks]]\nkind = {kind}\nsize = 1\nday = 1\n", "mine.toml"), 0)


@pytest.mark.parametrize("size", ["inf", "nan", "1e10", '"big"', "true"])
def test_a_size_that_is_no_number_is_told(size: str) -> None:
    with pytest.raises(ProblemError, match=r"^mine\.toml line 3: size = "):
        read_shock(parse_document(f'[[shocks]]\nkind = "price"\nsize = {size}\nday = 1\n', "mine.toml"), 0)


def test_more_days_than_there_is_room_for_are_refused_before_the_run(tmp_path: Path) -> None:
    path = tmp_path / "many.toml"
    path.write_text('extends = "minimal"\n' + HEAD + "day = 0\nfor_days = 257\n", encoding="utf-8")
    with pytest.raises(ProblemError, match=r"many\.toml: days of \[\[shocks\]\] = 257 is not allowed; give at most 256"):
        load_scenario(path)


def write(folder: Path, text: str) -> Path:
    path = folder / "shocked.toml"
    path.write_text(f'extends = "minimal"\n{HEAD}{text}\n', encoding="utf-8")
    return path


def test_a_conditional_shock_is_the_same_run_as_one_on_that_day_and_comes_once(tmp_path: Path) -> None:
    waiting = run(load_scenario(write(tmp_path, 'when = "day >= 2"')), days=6, engine="plain")
    planned = run(load_scenario(write(tmp_path, "day = 3")), days=6, engine="plain")
    assert waiting.rows.tobytes() == planned.rows.tobytes()
    never = run(load_scenario(write(tmp_path, 'when = "day >= 2"\nuntil = 3')), days=6, engine="plain")
    price = COLUMNS.index("price_usd")
    assert not np.array_equal(never.rows[3:, price], planned.rows[3:, price])
    assert np.array_equal(never.rows, run(load_scenario("minimal"), days=6, engine="plain").rows)
