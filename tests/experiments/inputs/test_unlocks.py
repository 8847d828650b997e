"""Tables of unlocks: what each shape means, what is refused and where, what a run makes of it."""

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.genesis import create_plain_world
from metalab.econ.kernel.memory import as_array, as_rows, check_supply, compute_circulating, get_tables
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import LAUNCH, PlannedUnlock, Scenario
from metalab.econ.supply.unlock_plan import load_unlocks
from metalab.econ.supply.unlocks import process_unlocks
from metalab.experiments.errors import BadFileError, BadValueError, ProblemError, UnknownNameError
from metalab.experiments.inputs.planning.unlocks import Unlock, expand
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.scenario_data import describe_scenario, rebuild_scenario
from metalab.protocol.kernel.codes import BUCKETS, Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.supply.unlock_table import UNLOCKS, UnlockUnit, compute_row
from tests.support import ROOT

EXAMPLES = ROOT / "examples" / "scenarios"
MONTHS = int(UnlockUnit.MONTHS)

BUILT_IN = """
owner,label,date,era,shape,months
investors,cliff,2026-07-17,48112518.45,once,
investors,rest,2026-07-17,272637604.55,linear,24
treasury,launch,2025-07-17,60000000,once,
treasury,rest,2025-07-17,150000000,linear,48
foundation,launch,2025-07-17,48700000,once,
foundation,rest,2025-10-17,100700000,linear,45
team,cliff,2026-07-17,22125000,once,
team,rest,2026-07-17,125375000,linear,24
rnd,launch,2025-07-17,29800000,once,
rnd,rest,2025-07-17,72549877,linear,48
"""
"""The published terms, restated."""

ROW = '[[unlocks]]\nowner = "team"\ndate = 2026-07-17\nera = 147500000\nshape = "once"\n'


def write(folder: Path, text: str, name: str = "world.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, text: str) -> Scenario:
    return load_scenario(write(folder, 'extends = "minimal"\n' + text))


def load_csv(folder: Path, text: str, head: str = "") -> Scenario:
    write(folder, text, "table.csv")
    return load_scenario(write(folder, f'extends = "minimal"\nunlocks = "table.csv"\n{head}'))


def count(rows: list[PlannedUnlock], day: int) -> int:
    return sum(int(plain(compute_row)(row, day)) for row in rows)  # type: ignore[arg-type]


def test_shapes_are_sums_of_rows_at_once_and_even_ones() -> None:
    assert expand(Unlock(3, "a", 5, 100)) == [PlannedUnlock(3, 5, 100, 0, 0, "a")]
    assert expand(Unlock(3, "a", 5, 100, "linear", 24, MONTHS)) == [PlannedUnlock(3, 5, 100, 24, MONTHS, "a")]
    steps = expand(Unlock(3, "a", 5, 100, "steps", 30, 0, 3))
    assert steps == [PlannedUnlock(3, 15, 33, 0, 0, "a"), PlannedUnlock(3, 25, 33, 0, 0, "a"), PlannedUnlock(3, 35, 34, 0, 0, "a")]
    falling = expand(Unlock(3, "a", 5, 700, "geometric", 30, 0, 3, Fraction(1, 2)))
    assert falling == [PlannedUnlock(3, 5, 400, 10, 0, "a"), PlannedUnlock(3, 15, 200, 10, 0, "a"), PlannedUnlock(3, 25, 100, 10, 0, "a")]


def test_steps_by_month_come_on_the_same_day_of_the_month() -> None:
    start = date(2026, 1, 28)
    rows = expand(Unlock(3, "a", (start - LAUNCH).days, 12, "steps", 12, MONTHS, 4))
    assert [LAUNCH + timedelta(row.start) for row in rows] == [date(2026, 4, 28), date(2026, 7, 28), date(2026, 10, 28), date(2027, 1, 28)]


@settings(max_examples=50, deadline=None)
@given(
    st.integers(1, 10**15), st.integers(1, 60), st.integers(1, 40), st.sampled_from(["steps", "geometric"]), st.fractions("1/100", "99/100")
)
def test_parts_sum_to_the_amount_and_never_rise(amount: int, periods: int, span: int, shape: str, ratio: Fraction) -> None:
    ratio = Fraction(round(ratio * 10**6), 10**6) if shape == "geometric" else Fraction(1)
    rows = expand(Unlock(0, "", 7, amount, shape, periods * span, 0, periods, ratio))
    parts = [row.amount for row in rows]
    assert sum(parts) == amount
    assert all(a + 1 >= b > 0 for a, b in pairwise(parts))
    assert count(rows, 7 + periods * span) == amount
    assert count(rows, 7) == 0


def test_examples_load_and_a_csv_file_says_what_tables_say() -> None:
    scenario = load_scenario(EXAMPLES / "unlocks-by-table.toml")
    assert {Bucket(row.owner) for row in scenario.unlocks} == {Bucket.TEAM, Bucket.RND}
    assert sum(row.amount for row in scenario.unlocks if row.owner == Bucket.RND) == 102_349_877 * ONE_ERA
    assert len(scenario.unlocks) == 2 + 1 + 12 + 4


def test_the_example_of_a_csv_file_loads(tmp_path: Path) -> None:
    scenario = load_csv(tmp_path, (EXAMPLES / "unlocks.csv").read_text())
    assert [(row.owner, row.start, row.label) for row in scenario.unlocks[:2]] == [(2, 0, "at launch"), (2, 92, "stream")]
    text = ROW.replace("team", "foundation").replace("147500000", "149400000").replace("2026-07-17", "2025-07-17")
    same = load_csv(tmp_path, "owner,date,era,shape\nfoundation,2025-07-17,149400000,once\n")
    assert same.unlocks == load(tmp_path, text).unlocks


def test_a_table_goes_into_the_manifest_and_back(tmp_path: Path) -> None:
    for scenario in (load_scenario(EXAMPLES / "unlocks-by-table.toml"), load_csv(tmp_path, BUILT_IN)):
        described = json.loads(json.dumps(describe_scenario(scenario)))
        assert rebuild_scenario(described).unlocks == scenario.unlocks
        assert rebuild_scenario({key: value for key, value in described.items() if key != "unlocks"}).unlocks == ()
    assert described["unlocks"][1] == {
        "owner": "investors", "label": "rest", "day": 365, "era": 272637604.55, "shape": "linear", "months": 24,
    }  # fmt: skip


def test_rows_of_a_file_replace_those_of_the_file_it_extends(tmp_path: Path) -> None:
    write(tmp_path, f'extends = "minimal"\n{ROW}', "first.toml")
    later = ROW.replace("2026-07-17", "2027-07-17")
    second = load_scenario(write(tmp_path, f'extends = "first.toml"\n{later}'))
    assert [row.start for row in second.unlocks] == [730]
    third = load_scenario(write(tmp_path, 'extends = "first.toml"\nunlocks = []\n'))
    assert [row.start for row in third.unlocks] == [365]


BAD = [
    ("unknown owner", ROW.replace("team", "teem"), UnknownNameError, 3, "did you mean 'team'"),
    ("the airdrop", ROW.replace("team", "airdrop"), UnknownNameError, 3, "choose from investors"),
    ("unknown key", ROW + "amount = 3\n", UnknownNameError, 7, "key 'amount' does not exist"),
    ("unknown shape", ROW.replace("once", "cliff"), UnknownNameError, 6, "choose from once, linear, steps, geometric"),
    ("no shape", ROW.rpartition("shape")[0], BadFileError, 2, "lacks 'shape'"),
    ("too little", ROW.replace("147500000", "147400000"), BadValueError, 5, "147,500,000 ERA"),
    ("too much", ROW.replace("147500000", "147500000.000001"), BadValueError, 5, "-0.000001"),
    ("negative", ROW.replace("147500000", "-1"), BadValueError, 5, "a positive number of ERA"),
    ("a date in quotes", ROW.replace("2026-07-17", '"2026-07-17"'), BadValueError, 4, "without quotes"),
    ("before launch", ROW.replace("2026-07-17", "2025-07-16"), BadValueError, 4, "from 2025-07-17"),
    ("day and date", ROW + "day = 3\n", BadValueError, 4, "not both"),
    ("neither day nor date", ROW.replace("date = 2026-07-17\n", ""), BadValueError, 2, "either a date or a day"),
    ("length of what is at once", ROW + "days = 3\n", BadValueError, 7, "no length"),
    ("linear without length", ROW.replace("once", "linear"), BadValueError, 2, "either days or months"),
    ("days and months", ROW.replace("once", "linear") + "days = 3\nmonths = 4\n", BadValueError, 8, "not both"),
    ("too long", ROW.replace("once", "linear") + "months = 241\n", BadValueError, 7, "from 1 to 240"),
    ("steps without periods", ROW.replace("once", "steps") + "months = 24\n", BadValueError, 2, "a value for the shape 'steps'"),
    ("periods that do not divide", ROW.replace("once", "steps") + "months = 24\nperiods = 7\n", BadValueError, 8, "divides the length 24"),
    ("a ratio of steps", ROW.replace("once", "steps") + "months = 24\nperiods = 6\nratio = 0.5\n", BadValueError, 9, "none for"),
    ("a rising ratio", ROW.replace("once", "geometric") + "months = 24\nperiods = 6\nratio = 1.5\n", BadValueError, 9, "between 0 and 1"),
    ("months from a 31st", ROW.replace("once", "linear").replace("07-17", "07-31") + "months = 24\n", BadValueError, 4, "day 1 to 28"),
    ("twice", ROW + ROW, BadValueError, 10, "line 5 says the same"),
    ("label", ROW + "label = 3\n", BadValueError, 7, "a text"),
    ("not a table", 'unlocks = "table.toml"\n', BadValueError, 2, "the path of a CSV file"),
    ("no such file", 'unlocks = "none.csv"\n', BadFileError, 0, "cannot be read"),
    (
        "terms that the table replaced",
        ROW + '[[schedule]]\nparameter = "vesting.cliff_months"\nvalue = [12, 0, 3, 24, 0, 0]\nday = 9\n',
        BadValueError,
        9,
        "12 for team",
    ),
    (
        "a foundation without the float",
        ROW.replace("team", "foundation").replace("147500000", "149400000"),
        BadValueError,
        5,
        "market_float",
    ),
    ("R&D without stakes", ROW.replace("team", "rnd").replace("147500000", "102349877"), BadValueError, 5, "genesis nodes"),
]


@pytest.mark.parametrize(("text", "error", "line", "words"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str, error: type[ProblemError], line: int, words: str) -> None:
    with pytest.raises(error) as caught:
        load(tmp_path, text)
    message = str(caught.value)
    assert words in message
    assert len(message.splitlines()) == 1
    if line:
        assert f"world.toml line {line}: " in message


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 0, "no line of columns"),
        ("# nothing\n", 0, "no line of columns"),
        ("owner,era,shape,when\n", 1, "column 'when' does not exist"),
        ("owner,era\n", 1, "shape among them"),
        ("owner,era,shape,era\n", 1, "each once"),
        ("owner,era,shape,date\nteam,1,once\n", 2, "has 3 cells; give 4"),
        ("owner,era,shape,date\n\n# x\nteam,,once,2026-01-01\n", 4, "unlocks: era"),
        ("owner,era,shape,date\nteam,1,once,17/07/2026\n", 2, "17/07/2026 is not allowed"),
        ("owner,era,shape,day\nteam,1,once,1.5\n", 2, "1.5 is not allowed; give a whole number"),
        ("owner,era,shape,day\nteam,1e,once,1\n", 2, "1e is not allowed"),
        ("owner,era,shape,day\nteam,nan,once,1\n", 2, "NaN is not allowed"),
    ],
)
def test_a_csv_file_is_refused_with_its_line(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        load_csv(tmp_path, text)
    assert words in str(caught.value)
    assert (f"table.csv line {line}: " if line else "table.csv: ") in str(caught.value)


def test_more_parts_than_rows_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"team,{k + 1},{2_000_000 if k else 147_500_000 - 60 * 2_000_000},steps,10,10\n" for k in range(61))
    with pytest.raises(BadValueError, match=f"at most {UNLOCKS}"):
        load_csv(tmp_path, f"owner,day,era,shape,days,periods\n{rows}")


def test_a_world_refuses_rows_that_no_table_has() -> None:
    world = create_plain_world(load_scenario("minimal"), 1)
    for row in (
        PlannedUnlock(int(Bucket.AIRDROP), 0, 1),
        PlannedUnlock(-1, 0, 1),
        PlannedUnlock(0, -1, 1),
        PlannedUnlock(0, 0, 0),
        PlannedUnlock(0, 0, 1, 9_000),
        PlannedUnlock(0, 0, 1, 1, 2),
    ):
        with pytest.raises(ValueError, match="refused"):
            load_unlocks(world, (row,))
    with pytest.raises(ValueError, match="room for"):
        load_unlocks(world, (PlannedUnlock(0, 0, 1),) * (UNLOCKS + 1))


def run(scenario: Scenario, days: int) -> tuple[Any, np.ndarray[Any, Any]]:
    """A small world in plain Python."""
    from metalab.econ.day import run_days

    world = create_plain_world(scenario, 4)
    out = np.zeros((days, len(COLUMNS)))
    plain(run_days)(as_rows(world), days, memoryview(out))
    check_supply(world)
    assert out[-1, COLUMNS.index("circulating_effective_era")] == compute_circulating(world) / ONE_ERA
    return world, out


@pytest.mark.parametrize("start", [0, 360])
def test_the_built_in_terms_as_a_table_give_the_same_bits(tmp_path: Path, start: int) -> None:
    scenario = load_csv(tmp_path, BUILT_IN)
    usual = replace(load_scenario("minimal"), start_date=LAUNCH + timedelta(start))
    tabled = replace(usual, unlocks=scenario.unlocks)
    (one, table), (two, other) = run(usual, 12), run(tabled, 12)
    assert table.tobytes() == other.tobytes()
    for name, array in get_tables(one).items():
        if name not in ("unlocks", "holders"):
            assert array.tobytes() == get_tables(two)[name].tobytes(), name
    assert (as_array(one.holders)["escrow"] == as_array(two.holders)["escrow"]).all()


def test_what_is_dated_before_the_run_is_out_at_its_opening(tmp_path: Path) -> None:
    scenario = load(tmp_path, "start_date = 2026-07-18\n" + ROW)
    world = create_plain_world(scenario, 1)
    team = as_array(world.holders)[Bucket.TEAM]
    assert (team["escrow"], team["balance"]) == (0, 147_500_000 * ONE_ERA)


def test_holders_sell_ahead_of_a_row_and_never_more_than_is_in_escrow(tmp_path: Path) -> None:
    day = LAUNCH + timedelta(20)
    _, table = run(load(tmp_path, ROW.replace("2026-07-17", str(day))), 24)
    presold = table[:, COLUMNS.index("presold_team_era")]
    assert presold[19] > 0
    assert (presold[20:] == 0).all()
    assert presold.max() <= 147_500_000
    unlocked = table[:, COLUMNS.index("unlocked_era")]
    assert unlocked[20] - unlocked[19] > 147_500_000


def test_a_cliff_that_is_moved_late_takes_nothing_back(tmp_path: Path) -> None:
    """The case of the same name, on its small world: the calendar alone, day by day."""
    scenario = load_scenario(write(tmp_path, 'extends = "minimal"\n'))
    world = create_plain_world(replace(scenario, start_date=LAUNCH + timedelta(399)), 1)
    rows = as_rows(world)
    seen = []
    for day in range(1, 40):
        rows.state[0].clock.day = day
        if day == 1:
            for bucket, months in enumerate([24, 0, 3, 24, 0, 0]):
                rows.params[0].vesting.cliff_months[bucket] = months
        plain(process_unlocks)(rows)
        seen.append((rows.state[0].supply.unlocked, rows.state[0].supply.scheduled, compute_circulating(world)))
    assert all(a <= b for one, two in pairwise(seen) for a, b in zip(one, two, strict=True))
    assert seen[0][1] > 250_000_000 * ONE_ERA
    assert rows.state[0].supply.ahead >= rows.state[0].supply.scheduled
    assert len(as_array(world.holders)) == BUCKETS
