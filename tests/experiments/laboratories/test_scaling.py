"""The command `scaling`: files, figures, refusals."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from metalab.experiments.cli import main
from metalab.experiments.errors import ProblemError
from metalab.experiments.laboratories.scaling import SIZED, ask, run_scaling, simulate, summarise
from metalab.protocol.scaling.scaling import Controller


def run(folder: Path, *words: str) -> tuple[int, Path]:
    out = folder / "out"
    return main(["scaling", "--minutes", "10", "--out", str(out), *words]), out


def read(out: Path, name: str = "summary.json") -> Any:
    return json.loads((out / name).read_text())


def test_a_run_leaves_its_files_and_prints_every_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(tmp_path, "--controller", "pi", "--load", "airdrop")
    assert code == 0
    assert {path.name for path in out.iterdir()} == {"manifest.json", "ticks.parquet", "summary.json", "plot.svg"}
    printed = capsys.readouterr().out
    assert all(member.name.lower() in printed for member in Controller)
    assert "cost of pi against fixed (25 nodes)" in printed
    table = pq.read_table(out / "ticks.parquet").to_pandas()
    summary = read(out)
    assert len(table) == 200 * len(summary["sets"])
    for name, line in summary["sets"].items():
        rows = table[table["set"] == name]
        assert rows["arrived"].sum() == line["arrived"] == summary["load"]["arrived"]
        assert rows["served"].sum() + rows["dropped"].sum() + rows["waiting"].iloc[-1] == line["arrived"]
        assert rows["active"].mean() == pytest.approx(line["active_mean"])
    assert (out / "plot.svg").read_text().startswith("<?xml")


def test_the_same_command_prints_again_and_another_one_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path)[0] == 0
    first = capsys.readouterr().out
    stamp = (tmp_path / "out" / "plot.svg").stat().st_mtime_ns
    assert run(tmp_path)[0] == 0
    assert capsys.readouterr().out == first
    assert (tmp_path / "out" / "plot.svg").stat().st_mtime_ns == stamp
    assert run(tmp_path, "--seed", "2")[0] == 2
    assert "seed is 1 there, 2 here" in capsys.readouterr().err
    assert main(["scaling", "--minutes", "10", "--out", str(tmp_path)]) == 2
    assert "holds something else" in capsys.readouterr().err


def test_a_stored_run_is_replayed_without_the_users_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.csv"
    own.write_text("second,tps\n0,50\n300,400\n600,60\n")
    assert main(["scaling", "--load", str(own), "--controller", "pi", "--out", str(tmp_path / "own")]) == 0
    own.unlink()
    code, out = run(tmp_path, "--set", "scaling.node_tps=6")
    assert code == 0
    for path in (tmp_path / "own", out):
        capsys.readouterr()
        assert main(["replay", str(path)]) == 0
        assert capsys.readouterr().out == "1 of 1 digests are the same\n"
    manifest = read(out, "manifest.json")
    (out / "manifest.json").write_text(json.dumps(manifest | {"seed": 2}))
    assert main(["replay", str(out)]) == 1


def test_a_laboratory_run_is_no_parent_of_a_fork(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out = run(tmp_path)
    assert main(["run", "minimal", "--fork-from", f"{out}@3", "--out", str(tmp_path / "fork")]) == 2
    assert "holds a scaling; a run or a monte-carlo study is needed" in capsys.readouterr().err


def test_two_directories_hold_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        run_scaling(ask("hysteresis", "burst", 10), tmp_path / name, "command")
    for name in ("ticks.parquet", "summary.json", "plot.svg", "manifest.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--controller", "pid"], "controller 'pid' does not exist; did you mean 'pi'?"),
        (["--load", "hurst"], "load 'hurst' does not exist; did you mean 'burst'?"),
        (["--load", "nowhere.csv"], "nowhere.csv: cannot be read"),
        (["--nodes", "-1"], "--nodes = -1 is not allowed; give a whole number from 0 to 1,000"),
        (["--standing-by", "x"], "--standing-by = x is not allowed; give a whole number"),
        (["--seed", "-3"], "--seed = -3 is not allowed"),
        (["--minutes", "10081"], "--minutes = 10081 is not allowed; give a whole number from 1 to 10,080"),
        (["--set", "fees.split=1"], "--set = fees.split is not allowed; give a parameter that reaches"),
        (["--set", "scaling.high=9"], "scaling.high = 9 is not allowed"),
        (["--set", "scaling.low=0.9"], "scaling.low"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, out = run(tmp_path, *words)
    error = capsys.readouterr().err
    assert (code, error.count("\n"), out.exists()) == (2, 1, False)
    assert said in error


def test_an_own_load_decides_how_long_a_run_is(tmp_path: Path) -> None:
    path = tmp_path / "load.csv"
    path.write_text("second,tps\n0,100\n120,400\n240,50\n")
    load, found = simulate(ask(load=str(path)))
    assert len(load) == 6 * 20
    assert [float(load["rate"][k]) for k in (0, 39, 40, 80)] == [100.0, 100.0, 400.0, 50.0]
    assert len(found["fixed"].ticks) == len(load)
    with pytest.raises(ProblemError, match="at most the 6 minutes"):
        ask(load=str(path), minutes=7)


def test_all_sets_meet_the_same_arrivals_and_the_sized_one_is_as_large_as_the_chosen() -> None:
    question = ask("proportional", "step", 20)
    load, found = simulate(question)
    summary = summarise(question, load, found)["sets"]
    assert list(found) == ["proportional", "hysteresis", "pi", "fixed", SIZED]
    assert len({line["arrived"] for line in summary.values()}) == 1
    assert summary[SIZED]["active_most"] == summary[SIZED]["active_mean"] == summary["proportional"]["active_most"]


def test_costs_are_active_hours_and_standby_of_what_must_be_bonded() -> None:
    question = ask("fixed", "steady", 60, settings={"operators.cost_hour": 1.0, "operators.cost_month": [0.0, 73.05, 0.0]})
    load, found = simulate(question)
    sets = summarise(question, load, found)["sets"]
    assert SIZED not in sets
    assert sets["fixed"]["cost_usd"] == pytest.approx(25 * 0.1 + 25)
    assert sets["pi"]["cost_usd"] == pytest.approx(100 * 0.1 + sets["pi"]["flex_node_hours"])
    assert sets["fixed"]["cost_against_it"] == 1.0


def test_parameters_and_sizes_reach_the_run() -> None:
    usual = simulate(ask("hysteresis", "airdrop", 30))[1]["hysteresis"].figures
    slow = simulate(ask("hysteresis", "airdrop", 30, settings={"scaling.activation_s": 120.0}))[1]["hysteresis"].figures
    small = simulate(ask("hysteresis", "airdrop", 30, nodes=5, standing_by=30))[1]["hysteresis"].figures
    assert slow["delay_mean_s"] > usual["delay_mean_s"]
    assert small["active_most"] == 30.0
    assert small["dropped_share"] > usual["dropped_share"] == 0.0
