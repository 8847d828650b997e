"""The command line: what works, and one line with exit code 2 for everything that cannot."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from metalab.experiments import cli
from metalab.experiments.cli import COMMANDS, main
from metalab.experiments.events.tables import EVENT_TABLES

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_its_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    text = " ".join(capsys.readouterr().out.split())
    assert f"example: python -m experiments {COMMANDS[command].example}" in text


def test_help_names_every_command_and_loads_nothing_heavy() -> None:
    code = (
        "import sys; from experiments.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'numba', 'pydantic', 'pandas', 'pyarrow', 'scipy', 'econ.kernel.params', 'tqdm'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert all(command in done.stdout for command in COMMANDS)
    assert "example:" in done.stdout


def test_help_of_a_command_loads_nothing_heavy_either() -> None:
    code = (
        "import sys; from experiments.cli import COMMANDS, make_command_parser\n"
        "for name in COMMANDS: make_command_parser(name).format_help()\n"
        "assert not {'numba', 'pydantic', 'pandas', 'pyarrow', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


@pytest.mark.parametrize("command", ["parameters", "metrics", "scenarios", "systems"])
def test_lists_are_for_people_and_for_programs(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert main([command]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(rows) == len(lines) > 5
    name = {"parameters": "path", "systems": "id"}.get(command, "name")
    assert all(line.startswith(row[name][:37]) for row, line in zip(rows, lines, strict=True))


def test_a_run_is_stored_printed_and_printed_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["run", "minimal", "--days", "9", "--set", "fees.message_fee_usd=0.25", "--out", str(tmp_path / "out")]
    assert main(words) == 0
    first = capsys.readouterr().out
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["digest"] in first
    assert manifest["parameters"]["fees.message_fee_usd"] == 0.25
    assert manifest["command"].endswith(" ".join(words))
    events = {f"{name}.parquet" for name in EVENT_TABLES if name != "journal"}
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == events | {"daily.parquet", "manifest.json", "progress.json", "summary.json"}
    assert main(words) == 0
    assert capsys.readouterr().out == first
    assert main(["replay", str(tmp_path / "out")]) == 0
    assert "1 of 1 digests are the same" in capsys.readouterr().out


def test_a_presets_own_days_hold_unless_told_otherwise(tmp_path: Path) -> None:
    assert main(["run", "minimal", "--out", str(tmp_path / "out")]) == 0
    assert json.loads((tmp_path / "out" / "manifest.json").read_text())["days"] == 30


def test_a_replay_that_differs_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "minimal", "--days", "5", "--out", str(tmp_path / "out")]) == 0
    path = tmp_path / "out" / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"digest": "0" * 64}))
    capsys.readouterr()
    assert main(["replay", str(tmp_path / "out")]) == 1
    assert "1 of 1 digests differ" in capsys.readouterr().out


def test_a_study_and_a_decision(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["monte-carlo", "minimal", "--runs", "3", "--days", "8", "--out", str(tmp_path / "study")]) == 0
    assert "3 runs (0 failed)" in capsys.readouterr().out
    assert main(["replay", str(tmp_path / "study"), "--run", "2"]) == 0
    capsys.readouterr()
    proposal = tmp_path / "nothing.toml"
    proposal.write_text('title = "Nothing at all"\n')
    words = ["what-if", str(proposal), "--scenario", "minimal", "--runs", "2", "--days", "8", "--at", "4"]
    assert main([*words, "--out", str(tmp_path / "decision")]) == 0
    captured = capsys.readouterr()
    assert "warning: nothing: changes nothing at all" in captured.err
    assert "the futures are the same" in captured.out
    assert main(["replay", str(tmp_path / "decision")]) == 0
    assert "4 of 4" in capsys.readouterr().out


def test_a_fork_goes_on_from_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "minimal", "--days", "9", "--out", str(tmp_path / "a")]) == 0
    fork = ["run", "--fork-from", f"{tmp_path / 'a'}@5", "--set", "fees.split=[3500,3000,1500,1000,1000]", "--out", str(tmp_path / "b")]
    assert main(fork) == 0
    assert json.loads((tmp_path / "b" / "manifest.json").read_text())["fork"]["day"] == 5
    capsys.readouterr()
    assert main(["replay", str(tmp_path / "b")]) == 0


BAD = [
    (["rum"], 2, "did you mean 'run'"),
    (["run"], 2, "--out"),
    (["run", "--out", "OUT"], 2, "SCENARIO is missing"),
    (["run", "minimal"], 2, "--out"),
    (["run", "minimal", "--out", "OUT", "--colour", "red"], 2, "--colour red"),
    (["run", "lunch", "--out", "OUT"], 2, "did you mean 'launch'"),
    (["run", "none.toml", "--out", "OUT"], 2, "cannot be read"),
    (["run", "minimal", "--days", "-3", "--out", "OUT"], 2, "--days = -3 is not allowed; give a whole number from 1 to 10,000"),
    (["run", "minimal", "--days", "0", "--out", "OUT"], 2, "--days = 0"),
    (["run", "minimal", "--days", "many", "--out", "OUT"], 2, "--days = many"),
    (["run", "minimal", "--days", "1.5", "--out", "OUT"], 2, "--days = 1.5"),
    (["run", "minimal", "--seed", "-1", "--out", "OUT"], 2, "--seed = -1"),
    (["run", "minimal", "--engine", "cobol", "--out", "OUT"], 2, "one of compiled, mesa, plain"),
    (["run", "minimal", "--set", "fees.mesage_fee_usd=1", "--out", "OUT"], 2, "did you mean 'fees.message_fee_usd'"),
    (["run", "minimal", "--set", "fees.message_fee_usd=99", "--out", "OUT"], 2, "give a number from 0.0 to 5.0 USD"),
    (["run", "minimal", "--set", "fees.message_fee_usd=much", "--out", "OUT"], 2, "fees.message_fee_usd = much"),
    (["run", "minimal", "--set", "fees.message_fee_usd", "--out", "OUT"], 2, "path=value"),
    (["run", "minimal", "--set", "fees.message_fee_usd=nan", "--out", "OUT"], 2, "nan"),
    (["run", "minimal", "--set", "fees.split=[4000,2500,1500,1000,999]", "--out", "OUT"], 2, "together 10,000"),
    (["run", "minimal", "--set", "price.mode=magic", "--out", "OUT"], 2, "one of"),
    (["run", "minimal", "--set", "staking.minimum=[0.0000001,1,1]", "--out", "OUT"], 2, "rounded to 6 decimals"),
    (["run", "minimal", "--set", "population.users=2000001", "--out", "OUT"], 2, "2,000,000"),
    (["run", "minimal", "--out", "FOREIGN"], 2, "holds something else"),
    (["run", "minimal", "--out", "FILE"], 2, "cannot be created"),
    (["run", "minimal", "--out", "FILE/below"], 2, "cannot be created"),
    (["run", "--fork-from", "nowhere", "--out", "OUT"], 2, "DIR@DAY"),
    (["run", "--fork-from", "OUT@x", "--out", "OUT"], 2, "DIR@DAY"),
    (["run", "--fork-from", "FOREIGN@5", "--out", "OUT"], 2, "no manifest"),
    (["run", "BROKEN", "--out", "OUT"], 2, "broken.toml line 2: is not valid TOML"),
    (["run", "WRONG", "--out", "OUT"], 2, "wrong.toml line 3: fees.message_fee_usd = 99"),
    (["monte-carlo", "minimal", "--out", "OUT"], 2, "--runs N is missing"),
    (["monte-carlo", "minimal", "--runs", "0", "--out", "OUT"], 2, "--runs = 0"),
    (["monte-carlo", "minimal", "--runs", "2", "--workers", "0", "--out", "OUT"], 2, "--workers = 0"),
    (["monte-carlo", "minimal", "--runs", "2", "--every", "0", "--out", "OUT"], 2, "--every = 0"),
    (["monte-carlo", "minimal", "--runs", "2", "--until", "prise_usd:1", "--out", "OUT"], 2, "did you mean 'price_usd'"),
    (["monte-carlo", "minimal", "--runs", "2", "--until", "price_usd", "--out", "OUT"], 2, "price_usd"),
    (["what-if", "--runs", "2", "--out", "OUT"], 2, "at least one"),
    (["what-if", "WRONG", "--out", "OUT"], 2, "--runs N is missing"),
    (["what-if", "WRONG", "--runs", "2", "--out", "OUT"], 2, "wrong.toml line 1: key 'extends'"),
    (["what-if", "none.toml", "--runs", "2", "--out", "OUT"], 2, "none.toml: cannot be read"),
    (["what-if", "none.toml", "--runs", "2", "--worlds", "launch,moon", "--out", "OUT"], 2, "scenario 'moon'"),
    (["replay", "FOREIGN"], 2, "no manifest"),
    (["parameters", "--jason"], 2, "--jason"),
]


@pytest.mark.parametrize(("words", "code", "message"), BAD, ids=[" ".join(case[0])[:60] for case in BAD])
def test_bad_input_gets_one_line_exit_code_two_and_writes_nothing(
    words: list[str], code: int, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("years of work")
    (tmp_path / "file").write_text("x")
    (tmp_path / "broken.toml").write_text("days = 3\n[set\n")
    (tmp_path / "wrong.toml").write_text('extends = "minimal"\n[set]\n"fees.message_fee_usd" = 99\n')
    places = {"OUT": "out", "FOREIGN": "foreign", "FILE": "file", "BROKEN": "broken.toml", "WRONG": "wrong.toml"}
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    line = "\n".join(words)
    for name, path in places.items():
        line = line.replace(name, path)
    assert main(line.split("\n")) == code
    captured = capsys.readouterr()
    assert message in captured.err
    assert captured.err.count("\n") == 1
    assert captured.err.startswith("error: ")
    assert captured.out == ""
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


def test_no_words_show_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 0
    assert "monte-carlo" in capsys.readouterr().out


def test_an_interrupt_is_no_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(words: list[str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "execute", interrupt)
    assert main(["run"]) == 130
    assert capsys.readouterr().err == "interrupted; run the same command again to resume\n"


def test_a_fault_of_ours_is_one_line_too(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(words: list[str]) -> int:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr(cli, "execute", fail)
    assert main(["run"]) == 70
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "ZeroDivisionError: division by zero" in error
    monkeypatch.setenv("METALAB_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main(["run"])


def test_the_program_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "experiments", "rum"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
