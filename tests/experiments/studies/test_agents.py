"""Agents of a user's own in runs, studies and what-ifs: reproducible, and refused where they cannot be."""

import json
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from metalab.econ import EconModel, User, Voter
from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import Study, StudyOptions, compare_proposals, run, run_study
from metalab.experiments.cli import main
from metalab.experiments.errors import BadValueError, OutputError
from metalab.experiments.runs.agents import describe_agents

DAYS = 6


class Moody(User):
    """Sends as usual or not at all, by both of Mesa's generators."""

    def step(self) -> None:
        """One day."""
        if self.random.random() < 0.5 and self.model.rng.random() < 0.8:
            super().step()


class Idle(User):
    """Never does anything."""

    def step(self) -> None:
        """One day."""


MOODY = {"users": Moody}


def test_mesas_generators_follow_seed_and_replication(tiny: Scenario) -> None:
    draws = []
    for seed, replication in ((1, 0), (1, 0), (2, 0), (1, 1)):
        with EconModel(tiny, seed, replication=replication) as model:
            draws.append((model.random.random(), float(model.rng.random()), float(model.agents.random.random())))
    assert draws[0] == draws[1]
    assert len({draw[0] for draw in draws}) == len({draw[1] for draw in draws}) == 3


def test_a_subclass_that_draws_is_reproducible(tiny: Scenario) -> None:
    digests = [run(tiny, 3, DAYS, agents=MOODY, **options).digest for options in ({}, {}, {"engine": "mesa"}, {"replication": 1})]  # type: ignore[arg-type]
    assert digests[0] == digests[1] == digests[2] != digests[3]
    assert digests[0] != run(tiny, 3, DAYS).digest
    assert run(tiny, 3, DAYS, agents={"users": User}).digest == run(tiny, 3, DAYS, agents={}).digest == run(tiny, 3, DAYS).digest


def test_a_study_takes_agents_and_any_number_of_workers(tiny: Scenario, tmp_path: Path) -> None:
    study = Study(tiny, 18, 4, DAYS, tmp_path / "one", agents=MOODY, workers=1).run()
    other = Study(tiny, 18, 4, DAYS, tmp_path / "two", agents=MOODY, workers=2).run()
    assert [path.read_bytes() for path in sorted((tmp_path / "one").glob("*.parquet"))] == [
        path.read_bytes() for path in sorted((tmp_path / "two").glob("*.parquet"))
    ]
    assert other.table["digest"].iloc[17] == run(tiny, 4, DAYS, replication=17, agents=MOODY).digest
    manifest = json.loads((tmp_path / "one" / "manifest.json").read_text())
    assert manifest["agents"] == describe_agents(MOODY)
    assert manifest["agents"]["users"]["class"].endswith("test_agents.Moody")
    assert Study.open(tmp_path / "one", agents=MOODY).run().table.equals(study.table)


def test_other_agents_are_another_study(tiny: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = {"runs": 1, "days": 2}
    run_study(tiny, tmp_path / "out", StudyOptions(**options, agents=MOODY))
    for agents in (None, {"users": Idle}):
        with pytest.raises(OutputError, match="holds another result"):
            run_study(tiny, tmp_path / "out", StudyOptions(**options, agents=agents))
    assert main(["replay", str(tmp_path / "out")]) == 2
    assert "agent classes of a user's own, which are not stored" in capsys.readouterr().err
    with pytest.raises(OutputError):
        Study.open(tmp_path / "out").run()


def test_a_what_if_takes_agents(tiny: Scenario, tmp_path: Path) -> None:
    proposal = tmp_path / "cheaper.toml"
    proposal.write_text('[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = 0.1\n')
    options = StudyOptions(2, days=DAYS, agents={"users": Idle})
    idle = compare_proposals([proposal], [tiny], tmp_path / "idle", options, at=2)
    usual = compare_proposals([proposal], [tiny], tmp_path / "usual", StudyOptions(2, days=DAYS), at=2)
    messages = [decision["proposals"][0]["metrics"]["messages"]["baseline"] for decision in (idle, usual)]
    assert messages[0] < messages[1]
    assert usual["proposals"][0]["diverges"]["day"] == 2
    assert idle["proposals"][0]["diverges"] is None or idle["proposals"][0]["diverges"]["day"] >= 2


def make_local() -> type[User]:
    class Local(User):
        def step(self) -> None:
            super().step()

    return Local


@pytest.mark.parametrize(
    ("agents", "words"),
    [
        ({"user": Moody}, "'user' is not a population; choose from"),
        ({"users": Voter}, "must be a subclass of User"),
        ({"users": "Moody"}, "must be a subclass of User"),
        ([Moody], "a mapping of populations to agent classes"),
    ],
)
def test_what_is_no_agent_is_refused_before_anything_is_written(agents: Any, words: str, tiny: Scenario, tmp_path: Path) -> None:
    for ask in (lambda: run(tiny, days=2, agents=agents), lambda: run_study(tiny, tmp_path / "out", StudyOptions(1, agents=agents))):
        with pytest.raises(BadValueError) as caught:
            ask()
        assert words in str(caught.value)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_what_workers_cannot_import_is_refused(tiny: Scenario, tmp_path: Path) -> None:
    local = make_local()
    for executor in (ProcessPoolExecutor, ProcessPoolExecutor(1)):
        with pytest.raises(BadValueError, match=r"agents\['users'\] = .*Local is not allowed; give a class at the top of a module"):
            run_study(tiny, tmp_path / "out", StudyOptions(1, days=2, agents={"users": local}, executor=executor))
    assert not (tmp_path / "out").exists()
    with ThreadPoolExecutor(1) as threads:
        run_study(tiny, tmp_path / "out", StudyOptions(1, days=2, agents={"users": local}, executor=threads))
    with pytest.raises(BadValueError, match="compiled or mesa"):
        run(tiny, days=2, engine="plain", agents={"users": local})
