"""Tables of events: they add up to what the daily table and the world count, and watching changes nothing."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from metalab.econ.kernel.memory import as_array
from metalab.econ.kernel.scenario import PlannedGrant, PlannedProposal, Scenario
from metalab.experiments import load_scenario, run
from metalab.experiments.cli import main
from metalab.experiments.events.tables import EVENT_TABLES
from metalab.experiments.inputs.changes import Change, resolve_changes
from metalab.experiments.inputs.scenario import finish, read_draft
from metalab.experiments.runs.runner import Result
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantTarget

DAYS = 200
SEEN = {"incidents", "niche_moves", "offences"}
BUSY = """
extends = "launch"
start_date = 2026-02-01
[set]
"population.journal" = 60000
[[schedule]]
parameter = "fees.message_fee_usd"
value = 0.2
day = 20
ramp_days = 10
[[schedule]]
parameter = "fees.split"
value = [4100, 2400, 1500, 1000, 1000]
day = 500
[[schedule]]
parameter = "governance.curve"
value = "linear"
day = 40
[[grants]]
from = "treasury"
to = "developers"
era = 1234.5
day = 30
[[shocks]]
day = 50
kind = "tvl"
size = -0.1
"""


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Result:
    path = tmp_path_factory.mktemp("world") / "busy.toml"
    path.write_text(BUSY)
    world = finish(read_draft(path))
    vote = PlannedProposal(
        5,
        resolve_changes([Change("governance.deposit", 2_000, 5)]),
        (PlannedGrant(5, int(GrantTarget.RND), 7 * MICRO),),
        quorum=0.0,
        threshold=0.0,
    )
    return run(replace(world, proposals=(vote,)), 3, DAYS, keep_events=True)


def test_watching_changes_nothing(tiny: Scenario) -> None:
    digests = {
        run(tiny, 5, 9, engine=engine, keep_events=seen).digest for engine in ("compiled", "mesa", "plain") for seen in (False, True)
    }
    assert len(digests) == 1


def test_every_engine_sees_the_same() -> None:
    world = load_scenario("minimal", {"incidents.hazard": [9.0, 9.0, 9.0, 9.0]})
    seen = [run(world, 5, 9, engine=engine, keep_events=True).events for engine in ("compiled", "mesa", "plain")]
    assert len(seen[0]["incidents"]) > 0
    for name in seen[0]:
        pd.testing.assert_frame_equal(seen[0][name], seen[1][name])
        pd.testing.assert_frame_equal(seen[0][name], seen[2][name])


def test_incidents_are_those_of_the_daily_table(busy: Result) -> None:
    incidents = busy.events["incidents"]
    begun = incidents[incidents["kind"] != "attack"]
    count = begun["kind"].str.count(",") + 1
    assert count.groupby(begun["day"]).sum().reindex(range(DAYS), fill_value=0).tolist() == busy.daily["incidents"].tolist()
    world = as_array(busy.world.incidents)
    assert count.sum() == world["count"].sum() > 3
    assert incidents["lost_usd"].sum() == pytest.approx(world["lost_usd"].sum())
    assert busy.events["rollups"]["incidents"].sum() == world["count"].sum()


def test_moves_are_those_of_the_world(busy: Result) -> None:
    moves = busy.events["niche_moves"]
    assert moves["cohorts"].sum() == as_array(busy.world.state)["switching"]["flows"].sum() == busy.daily["users_switched"].sum()
    other = moves[moves["origin"] != moves["target"]]
    assert other.groupby("day")["cohorts"].sum().reindex(range(DAYS), fill_value=0).tolist() == busy.daily["niche_switches"].tolist()


def test_offences_are_those_that_were_punished(busy: Result) -> None:
    offences = busy.events["offences"]
    assert len(offences) == as_array(busy.world.state)["slashing"]["punished"].sum() > 0
    assert (offences["committed_day"] <= offences["day"]).all()
    journal = busy.events["journal"]
    slashed = journal[journal["cause"].str.startswith("slash")]
    assert set(slashed["offence"]) <= {*offences["offence"]}
    assert slashed["amount_era"].sum() == pytest.approx(busy.daily["slashed_era"].sum())


def test_changes_have_the_value_before(busy: Result) -> None:
    changes = busy.events["changes"].set_index("parameter")
    fee = changes.loc["fees.message_fee_usd"]
    assert (fee["old_value"], fee["new_value"], fee["first_day"], fee["ramp_days"], fee["origin"]) == (0.3, 0.2, 20, 10, "planned")
    assert fee["first_date"] == pd.Timestamp("2026-02-21")
    assert tuple(changes.loc["governance.curve"][["old", "new"]]) == ("flat2x", "linear")
    assert np.isnan(changes.loc["governance.curve"]["new_value"])
    later = changes.loc["fees.split"]
    assert later["new_value"].tolist() == [4_100, 2_400, 1_500, 1_000, 1_000]
    assert later["element"].tolist() == [0, 1, 2, 3, 4]
    assert set(later["state"]) == {"to come"}
    assert later["old_value"].isna().all()


def test_a_vote_says_what_it_changed_and_when(busy: Result) -> None:
    events = busy.events
    proposal = events["proposals"].iloc[0]
    assert proposal["outcome"] == "executed"
    assert proposal["content"] == "governance.deposit = 2000; 7 ERA to rnd"
    assert (proposal["origin"], proposal["filed_day"]) == ("planned", 5)
    assert pd.isna(proposal["proposer"])
    assert proposal["yes_share"] == pytest.approx(proposal["yes_era"] / (proposal["yes_era"] + proposal["no_era"]))
    change = events["changes"][events["changes"]["origin"] == "vote"].iloc[0]
    assert (change["proposal"], change["old_value"], change["new_value"]) == (0, 1_000, 2_000)
    assert change["first_day"] == proposal["executed_day"] + 1
    grants = events["grants"].set_index("origin")
    assert tuple(grants.loc["vote"][["proposal", "to", "amount_era", "status", "day"]]) == (0, "rnd", 7.0, "paid", proposal["executed_day"])
    assert tuple(grants.loc["planned"][["to", "amount_era", "status", "day"]]) == ("developers", 1_234.5, "paid", 30)
    assert (events["proposals"]["outcome"] == "executed").sum() == busy.daily["proposals_executed"].sum()


def test_rollups_and_licences_are_those_of_the_world(busy: Result) -> None:
    rollups = busy.events["rollups"]
    assert rollups["close_day"].isna().sum() == busy.daily["rollups_live"].iloc[-1]
    assert rollups["close_day"].notna().sum() == busy.daily["rollups_closed"].sum()
    assert (rollups["birth_day"] >= 0).sum() == busy.daily["rollups_deployed"].sum()
    licences = busy.events["licences"]
    assert licences["end_day"].isna().sum() == busy.daily["licences_live"].iloc[-1]
    assert busy.events["shocks"].iloc[0][["day", "kind", "size"]].tolist() == [50, "tvl", -0.1]


def test_every_table_has_dates_and_units(busy: Result) -> None:
    assert set(busy.events) == set(EVENT_TABLES)
    for name, frame in busy.events.items():
        assert list(frame.attrs["units"]) == list(frame.columns)
        for column in frame.columns:
            if column == "date" or column.endswith("_date"):
                days = frame[column.removesuffix("date") + "day"]
                expected = pd.Timestamp("2026-02-01") + pd.to_timedelta(days.dropna(), unit="D")
                assert frame[column].dropna().tolist() == expected.tolist(), name
    assert busy.daily["date"].iloc[[0, -1]].tolist() == [pd.Timestamp("2026-02-01"), pd.Timestamp("2026-08-19")]


def test_what_was_not_kept_is_absent(tiny: Scenario) -> None:
    assert set(run(tiny, days=2).events) == set(EVENT_TABLES) - SEEN - {"journal"}


def test_a_run_directory_has_them_all(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert main(["run", "minimal", "--days", "9", "--out", str(out)]) == 0
    result = run(load_scenario("minimal"), days=9, keep_events=True)
    for name, frame in result.events.items():
        stored = pq.read_table(out / f"{name}.parquet")
        pd.testing.assert_frame_equal(stored.to_pandas(), frame)
        assert pq.read_schema(out / f"{name}.parquet").metadata[b"start_date"] == b"2025-07-17"
    daily = pd.read_parquet(out / "daily.parquet")
    pd.testing.assert_frame_equal(daily, result.daily)
    assert daily["date"].dt.date.tolist()[0] == date(2025, 7, 17)
    assert (
        main(["run", "--fork-from", f"{out}@4", "--days", "9", "--set", "fees.message_fee_usd=0.2", "--out", str(tmp_path / "fork")]) == 0
    )
    fork = pd.read_parquet(tmp_path / "fork" / "changes.parquet")
    assert fork[["parameter", "old_value", "new_value", "first_day"]].to_numpy().tolist() == [["fees.message_fee_usd", 0.3, 0.2, 4]]
