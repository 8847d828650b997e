"""The command `metalayer`: what it stores and prints, and what it refuses."""

import json
from pathlib import Path

import pandas as pd
import pytest

from metalab.econ.messaging.fastclock.figures.metrics import METRICS
from metalab.experiments.cli import main
from metalab.experiments.errors import InterruptedByUserError
from metalab.experiments.laboratories.metalayer import run_metalayer, store_metalayer
from metalab.experiments.laboratories.metalayer_settings import read_settings
from metalab.experiments.store.directory import CANCEL

SMALL = ["--rollups", "6", "--guardians", "7", "--minutes", "3", "--set", "traffic.messages_per_day=60000"]
FILES = ["manifest.json", "messages.parquet", "progress.json", "snapshots.parquet", "summary.json"]


def test_a_simulation_is_stored_printed_printed_again_and_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    words = ["metalayer", *SMALL, "--byzantine", "2", "--seed", "4", "--out", str(out)]
    assert main(words) == 0
    first = capsys.readouterr().out
    manifest, summary = (json.loads((out / f"{name}.json").read_text()) for name in ("manifest", "summary"))
    assert sorted(path.name for path in out.iterdir()) == FILES
    assert manifest["digest"] == summary["digest"]
    assert f"digest {manifest['digest']}" in first
    assert (manifest["kind"], manifest["seed"], manifest["status"]) == ("metalayer", 4, "complete")
    assert manifest["settings"]["guarding.byzantine"] == 2
    assert all(name in first for name in METRICS)
    assert "neither safety nor progress failed" in first
    assert main(words) == 0
    assert capsys.readouterr().out == first
    assert main(["replay", str(out)]) == 0
    assert "1 of 1 digests are the same" in capsys.readouterr().out


def test_tables_hold_what_the_summary_counts(tmp_path: Path) -> None:
    settings = read_settings({"traffic.rollups": 6, "guarding.guardians": 7, "minutes": 3.0, "traffic.messages_per_day": 60_000})
    store_metalayer(settings, tmp_path / "out", seed=2)
    metrics = json.loads((tmp_path / "out" / "summary.json").read_text())["metrics"]
    messages, snapshots = (pd.read_parquet(tmp_path / "out" / f"{name}.parquet") for name in ("messages", "snapshots"))
    users = messages[messages.kind == "user"]
    assert len(users) == metrics["messages_sent"]
    assert (users.status == "executed").sum() == metrics["messages_executed"]
    assert len(snapshots) == metrics["snapshots"]
    assert (snapshots.final_s - snapshots.start_s).mean() == pytest.approx(metrics["finality_mean_s"])


def test_a_replay_that_differs_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert main(["metalayer", *SMALL, "--out", str(out)]) == 0
    path = out / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"digest": "0" * 64}))
    assert main(["replay", str(out)]) == 1
    assert "1 of 1 digests differ" in capsys.readouterr().out
    path.write_text(json.dumps(manifest | {"status": "incomplete"}))
    assert main(["replay", str(out)]) == 2


def test_failures_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["metalayer", *SMALL, "--byzantine", "3", "--out", str(tmp_path / "a")]) == 0
    assert "safety failed at" in capsys.readouterr().out
    assert main(["metalayer", *SMALL, "--offline", "3", "--out", str(tmp_path / "b")]) == 0
    assert "no progress is possible: 57.1% of the stake is online" in capsys.readouterr().out


def test_stopping_leaves_an_unfinished_directory_that_the_same_command_finishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings, out = read_settings({"traffic.rollups": 6, "guarding.guardians": 7, "minutes": 3.0}), tmp_path / "out"
    from metalab.experiments.laboratories import metalayer

    def cancel(settings: object, seed: int, watch: object) -> object:
        (out / CANCEL).touch()
        return run_metalayer(settings, seed, watch)  # type: ignore[arg-type]

    monkeypatch.setattr(metalayer, "run_metalayer", cancel)
    with pytest.raises(InterruptedByUserError):
        store_metalayer(settings, out)
    assert json.loads((out / "manifest.json").read_text())["status"] == "incomplete"
    monkeypatch.undo()
    assert store_metalayer(settings, out)["status"] == "complete"


BAD = [
    (["--guardians", "0"], "--guardians = 0 is not allowed; give a whole number from 1 to 200"),
    (["--rollups", "0"], "--rollups = 0"),
    (["--rollups", "2.5"], "--rollups = 2.5"),
    (["--byzantine", "-1"], "--byzantine = -1"),
    (["--guardians", "20", "--byzantine", "12", "--offline", "9"], "--byzantine + --offline = 12 + 9 is not allowed"),
    (["--minutes", "0"], "--minutes = 0.0 is not allowed"),
    (["--minutes", "-3"], "--minutes = -3.0"),
    (["--minutes", "nan"], "--minutes = nan"),
    (["--minutes", "inf"], "--minutes = inf"),
    (["--minutes", "soon"], "--minutes = soon is not allowed; give a number"),
    (["--seed", "-1"], "--seed = -1"),
    (["--set", "traffic.messages_per_day=-5"], "traffic.messages_per_day = -5 is not allowed; give a number from 0.0"),
    (["--set", "traffic.mesages_per_day=5"], "did you mean 'traffic.messages_per_day'?"),
    (["--set", "guarding.coalition=3"], "give true or false"),
    (["--set", "relaying.relayers=true"], "relaying.relayers = True"),
    (["--set", "relaying.relayers=1.5"], "whole number"),
    (["--set", "relaying.relay_s=fast"], "relaying.relay_s = fast"),
    (["--set", "guarding.behaviour_weights=[1,2]"], "3 whole numbers"),
    (["--set", "traffic.block_quantiles_s=[9,1,1,1,1,1,1,1,1,1,1]"], "values in rising order"),
    (["--set", "guarding.behaviour_weights=[0,0,0]"], "at least one weight above 0"),
    (["--set", "traffic.framework_weights=[0,0,0,0]"], "at least one weight above 0"),
    (["--set", "nothing"], "path=value"),
    ([], "--out"),
]


@pytest.mark.parametrize(("words", "message"), BAD, ids=[" ".join(case[0]) for case in BAD])
def test_bad_input_gets_one_line_and_writes_nothing(
    words: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = ["--out", str(tmp_path / "out")] if words else []
    assert main(["metalayer", *words, *place]) == 2
    captured = capsys.readouterr()
    assert message in captured.err
    assert (captured.err.count("\n"), captured.out) == (1, "")
    assert list(tmp_path.iterdir()) == []


def test_foreign_and_other_directories_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    assert main(["metalayer", *SMALL, "--out", str(tmp_path)]) == 2
    assert "holds something else" in capsys.readouterr().err
    assert main(["metalayer", *SMALL, "--out", str(tmp_path / "a")]) == 0
    assert main(["metalayer", *SMALL, "--seed", "2", "--out", str(tmp_path / "a")]) == 2
    assert "seed is 1 there, 2 here" in capsys.readouterr().err
