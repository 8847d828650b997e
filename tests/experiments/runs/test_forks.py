"""Forks and replays: a run is made again from its manifest alone, and left on any day."""

import json
from pathlib import Path
from typing import Any

import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import StudyOptions, load_scenario, run_study
from metalab.experiments.errors import BadValueError, OpeningOnlyError, ResultError
from metalab.experiments.runs.forks import DigestError, find_parent, list_stored, plan_fork, replay
from metalab.experiments.runs.run_directory import run_fork, run_single
from metalab.experiments.store.directory import MANIFEST

DAYS, DAY = 30, 12


@pytest.fixture(scope="module")
def parent(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run."""
    out = tmp_path_factory.mktemp("forks") / "parent"
    run_single(tiny, out, seed=4, days=DAYS)
    return out


@pytest.fixture(scope="module")
def study(tiny: Scenario, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished study."""
    out = tmp_path_factory.mktemp("forks") / "study"
    run_study(tiny, out, StudyOptions(3, seed=4, days=DAYS))
    return out


def read(path: Path) -> dict[str, Any]:
    return dict(json.loads((path / MANIFEST).read_text()))


def test_a_stored_run_replays(parent: Path) -> None:
    ((name, identity),) = list_stored(parent, None)
    assert name == "run"
    assert replay(identity).digest == read(parent)["digest"]


def test_the_manifest_holds_every_parameter(parent: Path, tiny: Scenario) -> None:
    manifest = read(parent)
    assert (manifest["scenario"], manifest["start_date"], manifest["seed"], manifest["days"]) == ("minimal", "2025-07-17", 4, DAYS)
    assert manifest["parameters"]["population.users"] == 10
    assert len(manifest["parameters"]) > 100


def test_a_fork_without_a_change_is_its_parent(parent: Path, tmp_path: Path) -> None:
    plan = plan_fork(find_parent(parent, None, False), DAY, None, {})
    assert run_fork(plan, tmp_path / "out", days=DAYS)["digest"] == read(parent)["digest"]


def test_a_fork_keeps_the_past_and_changes_the_future(parent: Path, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    split = [3500, 3000, 1500, 1000, 1000]
    plan = plan_fork(find_parent(parent, None, False), DAY, None, {"fees.split": split})
    manifest = run_fork(plan, tmp_path / "out", days=DAYS + 5)
    before, after = (pq.read_table(path / "daily.parquet").to_pandas() for path in (parent, tmp_path / "out"))
    assert len(after) == DAYS + 5
    assert (after[:DAY] == before[:DAY]).all(axis=None)
    assert after["revenue_core_era"][DAY] < before["revenue_core_era"][DAY]
    (stored,) = list_stored(tmp_path / "out", None)
    assert replay(stored[1]).digest == manifest["digest"]


def test_a_fork_of_a_fork_remembers_both_days(parent: Path, tmp_path: Path) -> None:
    split, usual = [3500, 3000, 1500, 1000, 1000], [4000, 2500, 1500, 1000, 1000]
    run_fork(plan_fork(find_parent(parent, None, False), DAY, None, {"fees.split": split}), tmp_path / "a", days=DAYS)
    back = run_fork(plan_fork(find_parent(tmp_path / "a", None, False), DAY + 5, None, {"fees.split": usual}), tmp_path / "b", days=DAYS)
    assert back["digest"] not in (read(parent)["digest"], read(tmp_path / "a")["digest"])
    (stored,) = list_stored(tmp_path / "b", None)
    assert replay(stored[1]).digest == back["digest"]
    early = plan_fork(find_parent(tmp_path / "b", None, False), DAY - 2, None, {})
    assert run_fork(early, tmp_path / "c", days=DAYS)["digest"] == read(parent)["digest"]


def test_another_scenario_takes_over_from_the_day_on(parent: Path) -> None:
    target = load_scenario("minimal", {"fees.message_fee_usd": 0.2})
    plan = plan_fork(find_parent(parent, None, False), DAY, target, {"staking.unbonding_days": 7})
    assert [(c["parameter"], c["value"], c["day"]) for c in plan["changes"]] == [
        ("fees.message_fee_usd", 0.2, DAY),
        ("staking.unbonding_days", 7, DAY),
    ]


def test_a_run_of_a_study_forks_by_its_number(study: Path, tmp_path: Path) -> None:
    plan = plan_fork(find_parent(study, 2, False), DAY, None, {})
    manifest = run_fork(plan, tmp_path / "out", days=DAYS)
    digests = [identity["digest"] for _, identity in list_stored(study, None)]
    assert manifest["digest"] == digests[2]
    assert manifest["replication"] == 2


def test_a_study_replays_run_by_run(study: Path) -> None:
    stored = list_stored(study, None)
    assert [name for name, _ in stored] == ["run 0", "run 1", "run 2"]
    assert [replay(identity).digest for _, identity in stored] == [identity["digest"] for _, identity in stored]
    assert list_stored(study, 1) == stored[1:2]


def test_a_parent_that_comes_out_differently_is_no_parent(parent: Path, tmp_path: Path) -> None:
    identity = find_parent(parent, None, False) | {"digest": "0" * 64}
    with pytest.raises(DigestError, match="came out differently"):
        replay(plan_identity(identity))


def plan_identity(parent: dict[str, Any]) -> dict[str, Any]:
    from metalab.experiments.runs.forks import describe_fork

    return describe_fork(plan_fork(parent, DAY, None, {})) | {"days": DAYS}


def test_code_of_another_version_is_refused_unless_allowed(parent: Path, tmp_path: Path) -> None:
    for path in parent.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    manifest = read(parent) | {"code_version": "another"}
    (tmp_path / MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(ResultError, match="another version of the code"):
        find_parent(tmp_path, None, False)
    assert find_parent(tmp_path, None, True)["digest"] == ""


def test_parents_that_cannot_be(parent: Path, study: Path, tmp_path: Path) -> None:
    with pytest.raises(ResultError, match="no manifest"):
        find_parent(tmp_path, None, False)
    with pytest.raises(BadValueError, match="--run"):
        find_parent(study, None, False)
    with pytest.raises(BadValueError, match="--run = 3"):
        find_parent(study, 3, False)
    for day in (0, DAYS + 1, -1):
        with pytest.raises(BadValueError, match="DAY"):
            plan_fork(find_parent(parent, None, False), day, None, {})
    with pytest.raises(OpeningOnlyError, match="population"):
        plan_fork(find_parent(parent, None, False), DAY, None, {"population.users": 11})
