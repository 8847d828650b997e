"""Paired futures: nothing changed is exactly nothing, and what changed is found where it began."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from metalab.econ.genesis import create_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.scenario import PlannedGrant, Scenario
from metalab.experiments import StudyOptions, compare_proposals, load_scenario, run
from metalab.experiments.decisions.decision import compare
from metalab.experiments.decisions.divergence import find_divergence, list_differences
from metalab.experiments.decisions.stakeholders import INCOME, compute_holdings, compute_income, measure_flows
from metalab.experiments.errors import BadValueError, OutputError, UnknownNameError, UsageError
from metalab.experiments.inputs.changes import Change, resolve_changes
from metalab.experiments.studies.parts import CHUNK, Variant
from metalab.experiments.studies.study import FEWEST_CHUNKS
from metalab.experiments.validation.notices import OUTSIDE, find_notices
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantTarget

EXAMPLES = Path(__file__).resolve().parents[3] / "examples" / "proposals"
AT, DAYS, RUNS = 10, 40, 6
CHANGE = """title = "More for guardians"
[[changes]]
parameter = "fees.split"
value = [3500, 3000, 1500, 1000, 1000]
"""


@pytest.fixture(scope="module")
def proposals(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Nothing, something, and the same as something by another name."""
    folder = tmp_path_factory.mktemp("proposals")
    texts = {"empty": 'title = "Nothing"\n', "split": CHANGE, "twin": CHANGE}
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text)
    return [folder / f"{name}.toml" for name in texts]


@pytest.fixture(scope="module")
def out(tiny: Scenario, proposals: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A decision between them."""
    path = tmp_path_factory.mktemp("decision") / "out"
    compare_proposals(proposals, [tiny], path, StudyOptions(RUNS, days=DAYS, seed=2), at=AT)
    return path


def read(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "decision.json").read_text()))


def list_effects(proposal: dict[str, Any]) -> list[dict[str, Any]]:
    """Every comparison in a proposal's part of a decision."""
    effects = [*proposal["metrics"].values(), *(line["last"] for line in proposal["metrics"].values())]
    groups = [*proposal["classes"].values()]
    return effects + [effect for group in groups for effect in group.values()] + [*proposal["flows"].values()]


def test_a_proposal_that_changes_nothing_differs_by_exactly_nothing(out: Path) -> None:
    empty = read(out)["proposals"][0]
    effects = list_effects(empty)
    assert len(effects) > 100
    for effect in effects:
        assert effect["difference"] == {"mean": 0.0, "interval": [0.0, 0.0], "worst_5_percent": 0.0}
        assert effect["baseline"] == effect["proposal"]
        assert (effect["probability_better"], effect["changed"]) == (0.5, 0)
    assert empty["diverges"] is None


def test_the_same_change_by_another_name_has_the_same_effect(out: Path) -> None:
    _, split, twin = read(out)["proposals"]
    assert split | {"name": ""} == twin | {"name": ""}


def test_a_change_moves_what_it_names_and_parts_where_it_acts(out: Path) -> None:
    split = read(out)["proposals"][1]
    core, guardian = split["metrics"]["revenue_core_era"], split["metrics"]["revenue_guardian_era"]
    assert core["difference"]["mean"] < 0 < guardian["difference"]["mean"]
    assert (guardian["changed"], guardian["pairs"]) == (RUNS, RUNS)
    parted = split["diverges"]
    assert (parted["day"], parted["mechanism"]) == (AT, "revenue")
    assert {"split_core", "split_guardian"} <= set(parted["causes"])
    assert "revenue_core_era" in parted["metrics"]


def test_the_baseline_is_run_once_and_future_k_is_replication_k(tiny: Scenario, out: Path) -> None:
    table = pq.read_table(out / "runs.parquet").to_pydict()
    assert len(table["run"]) == 4 * RUNS
    assert table["variant"][:4] == ["baseline", "empty", "split", "twin"]
    for k in (0, RUNS - 1):
        digests = {table["variant"][i]: table["digest"][i] for i in range(4 * k, 4 * k + 4)}
        assert digests["baseline"] == digests["empty"] == run(tiny, seed=2, days=DAYS, replication=k).digest
        assert digests["split"] == digests["twin"] != digests["baseline"]


def test_effects_are_means_over_the_days_after_the_decision(tiny: Scenario, out: Path) -> None:
    line = read(out)["proposals"][1]["metrics"]["price_usd"]
    column = COLUMNS.index("price_usd")
    rows = [run(tiny, seed=2, days=DAYS, replication=k).rows[:, column] for k in range(RUNS)]
    assert line["baseline"] == pytest.approx(np.mean([values[AT:].mean() for values in rows]))
    assert line["last"]["baseline"] == pytest.approx(np.mean([values[-1] for values in rows]))


def test_parts_hold_every_variant(out: Path) -> None:
    part = pq.read_table(out / "part-00000.parquet").to_pandas()
    assert list(part.columns[:3]) == ["variant", "run", "day"]
    assert set(part["variant"]) == {"baseline", "empty", "split", "twin"}


def test_bytes_do_not_depend_on_workers_and_the_same_command_prints_again(
    tiny: Scenario, proposals: list[Path], out: Path, tmp_path: Path
) -> None:
    compare_proposals(proposals, [tiny], tmp_path / "out", StudyOptions(RUNS, days=DAYS, seed=2, workers=1), at=AT)
    for name in ("part-00000.parquet", "runs.parquet", "summary.json", "decision.json"):
        assert (tmp_path / "out" / name).read_bytes() == (out / name).read_bytes()
    assert compare_proposals(proposals, [tiny], out, StudyOptions(RUNS, days=DAYS, seed=2), at=AT) == read(out)
    with pytest.raises(OutputError, match="holds another result"):
        compare_proposals(proposals[:2], [tiny], out, StudyOptions(RUNS, days=DAYS, seed=2), at=AT)


def test_several_worlds_get_a_verdict_each(tiny: Scenario, proposals: list[Path], tmp_path: Path) -> None:
    bear = load_scenario("minimal", {"volatility.phase": "bear", "volatility.phase_drift": 0.006})
    worlds = [tiny, Scenario("bear", bear.parameters)]
    decision = compare_proposals(proposals[:2], worlds, tmp_path / "out", StudyOptions(2, days=DAYS), at=AT)
    assert list(decision["worlds"]) == ["bear", "minimal"]
    assert decision["worlds"]["minimal"]["proposals"] == decision["proposals"]
    prices = [decision["worlds"][name]["proposals"][1]["metrics"]["price_usd"]["baseline"] for name in ("minimal", "bear")]
    assert prices[0] > prices[1]


def test_a_decision_carries_notices_of_what_was_not_checked_and_of_what_reaches_nothing(tiny: Scenario, tmp_path: Path) -> None:
    proposal = tmp_path / "dear.toml"
    proposal.write_text('title = "Dear"\n[[changes]]\nparameter = "fees.message_fee_usd"\nvalue = 4.5\n')
    decision = compare_proposals([EXAMPLES / "empty.toml", proposal], [tiny], tmp_path / "out", StudyOptions(2, days=DAYS), at=AT)
    empty, dear = decision["proposals"]
    assert empty["notices"] == []
    assert dear["notices"] == find_notices({"fees.message_fee_usd": 4.5})
    assert any(OUTSIDE in notice for notice in dear["notices"])
    assert OUTSIDE in decision._repr_html_()


def test_a_vote_decides_and_is_reported(tiny: Scenario, proposals: list[Path], tmp_path: Path) -> None:
    decision = compare_proposals(proposals[:2], [tiny], tmp_path / "out", StudyOptions(4, days=DAYS), at=AT, mode="vote")
    empty, split = decision["proposals"]
    assert empty["passes"] is None
    assert all(effect["changed"] == 0 for effect in list_effects(empty))
    vote = split["passes"]
    assert 0.0 <= vote["probability_interval"][0] <= vote["probability"] <= vote["probability_interval"][1] <= 1.0
    assert 0.0 <= vote["turnout"] <= 1.0
    assert 0.0 <= vote["yes_share"] <= 1.0
    # Draft, vote and timelock take their days before anything changes hands otherwise.
    assert split["diverges"] is None or split["diverges"]["day"] >= AT


def test_a_decreed_grant_changes_hands_on_its_day(tiny: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "grant.toml"
    path.write_text('[[grants]]\nfrom = "treasury"\nto = "developers"\nera = 500_000\n')
    decision = compare_proposals([path], [tiny], tmp_path / "out", StudyOptions(2, days=DAYS), at=AT)["proposals"][0]
    assert decision["flows"]["treasury_grant"]["difference"]["mean"] == 500_000.0
    assert decision["classes"]["treasury"]["income_era"]["difference"]["mean"] == pytest.approx(-500_000.0, rel=0.01)
    assert (decision["diverges"]["day"], decision["diverges"]["mechanism"]) == (AT, "grants")


def test_until_looks_at_the_paired_difference(tiny: Scenario, proposals: list[Path], tmp_path: Path) -> None:
    # Treasury and price swing widely from run to run, the paired difference of the core's revenue hardly at all.
    options = StudyOptions(6 * CHUNK, days=20, until="revenue_core_era:1e6")
    decision = compare_proposals(proposals[:2], [tiny], tmp_path / "out", options, at=AT)
    assert decision["runs"] == FEWEST_CHUNKS * CHUNK
    assert decision["proposals"][1]["pairs"] == FEWEST_CHUNKS * CHUNK
    effect = decision["proposals"][1]["metrics"]["revenue_core_era"]["difference"]
    assert effect["interval"][1] - effect["interval"][0] < 2e6
    with pytest.raises(UnknownNameError, match="choose from after, last"):
        compare_proposals(proposals[:2], [tiny], tmp_path / "other", StudyOptions(2, days=20, until="revenue_core_era.total:1"), at=AT)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"at": DAYS}, BadValueError, "--at"),
        ({"at": -1}, BadValueError, "--at"),
        ({"mode": "lottery"}, BadValueError, "one of decree, vote"),
        ({"options": StudyOptions(0, days=DAYS)}, BadValueError, "--runs"),
        ({"options": StudyOptions(1, days=DAYS, workers=0)}, BadValueError, "--workers"),
        ({"proposals": []}, UsageError, "at least one"),
    ],
)
def test_questions_without_sense_are_refused(
    tiny: Scenario, proposals: list[Path], tmp_path: Path, arguments: dict[str, Any], error: type[Exception], words: str
) -> None:
    options = StudyOptions(1, days=DAYS)
    usual: dict[str, Any] = {"proposals": proposals, "worlds": [tiny], "out": tmp_path / "out", "at": AT, "options": options}
    with pytest.raises(error, match=words):
        compare_proposals(**(usual | arguments))
    assert not (tmp_path / "out").exists()


def test_two_proposals_need_two_names(tiny: Scenario, proposals: list[Path], tmp_path: Path) -> None:
    other = tmp_path / "split.toml"
    other.write_text(CHANGE)
    baseline = tmp_path / "baseline.toml"
    baseline.write_text(CHANGE)
    for paths in ([*proposals, other], [baseline]):
        with pytest.raises(BadValueError, match="different names"):
            compare_proposals(paths, [tiny], tmp_path / "out", StudyOptions(1, days=DAYS), at=AT)


def make_pairs(values: list[tuple[float, float]]) -> list[tuple[dict[str, float], dict[str, float]]]:
    return [({"x": a}, {"x": b}) for a, b in values]


def test_better_has_a_direction() -> None:
    pairs = make_pairs([(1.0, 2.0), (1.0, 3.0), (1.0, 1.0), (1.0, 0.5)])
    high, low = compare(pairs, "x", "high"), compare(pairs, "x", "low")
    assert high["difference"]["mean"] == low["difference"]["mean"] == 0.625
    assert high["probability_better"] == 2.5 / 4
    assert low["probability_better"] == 1.5 / 4
    assert high["difference"]["worst_5_percent"] < 0 < low["difference"]["worst_5_percent"]
    assert high["changed"] == 3


def test_the_paired_interval_is_that_of_the_differences() -> None:
    rows = [(float(k), float(k) + 0.1 * (k % 3)) for k in range(30)]
    effect = compare(make_pairs(rows), "x", "high")["difference"]
    differences = [b - a for a, b in rows]
    half = 2.045229642132703 * np.std(differences, ddof=1) / np.sqrt(30)
    assert effect["interval"] == pytest.approx([np.mean(differences) - half, np.mean(differences) + half])


def test_a_planned_change_parts_on_its_day(tiny: Scenario) -> None:
    changes = resolve_changes([Change("fees.split", [3500, 3000, 1500, 1000, 1000], 35)])
    other = Scenario("other", tiny.parameters, changes=changes)
    parted = find_divergence(Variant("a", tiny), Variant("b", other), 1, 0, DAYS)
    assert parted is not None
    assert (parted["day"], parted["phase"]) == (35, "process_revenue")
    assert find_divergence(Variant("a", tiny), Variant("b", other), 1, 0, 35) is None


def test_a_planned_grant_parts_in_the_morning(tiny: Scenario) -> None:
    other = replace(tiny, grants=(PlannedGrant(33, int(GrantTarget.BURN), MICRO),))
    parted = find_divergence(Variant("a", tiny), Variant("b", other), 1, 0, DAYS)
    assert parted is not None
    assert (parted["day"], parted["phase"]) == (33, "process_grants")
    assert "pots.burned" in parted["fields"]


def test_another_place_in_the_table_of_proposals_is_no_other_future(tiny: Scenario) -> None:
    one, other = create_world(tiny, 1), create_world(tiny, 1)
    other.state["governance"]["open"][0][0] = 5
    other.state["governance"]["count"] += 1
    assert list_differences(one, other) == []
    other.state["governance"]["voting"] += 1
    assert list_differences(one, other) == ["state.governance.voting"]


def test_income_and_holdings_are_the_ledgers(tiny: Scenario) -> None:
    result = run(tiny, days=DAYS, keep_flows=True)
    assert result.flows is not None
    gains, losses = INCOME["treasury"]
    by_hand = sum(int(result.flows[:, cause].sum()) for cause in gains) - sum(int(result.flows[:, cause].sum()) for cause in losses)
    assert sum(compute_income(result, gains, losses)) == pytest.approx(by_hand / MICRO)
    held = compute_holdings(result)
    assert held["treasury"] == result.daily["treasury_era"].iloc[-1]
    investors = result.world.holders[Bucket.INVESTORS]
    assert held["investors"] == pytest.approx(float(investors["escrow"] + investors["balance"]) / MICRO)
    assert measure_flows(result, 0)["unlock.flow_era"] == result.flows[:, Cause.UNLOCK].sum() / MICRO


def test_income_needs_flows(tiny: Scenario) -> None:
    with pytest.raises(ValueError, match="flows"):
        compute_income(run(tiny, days=2), (), ())
