"""Every page over the real engine, in a small world: it opens, reacts, and says in one line what is wrong."""

import time
import tomllib
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from metalab.experiments.inputs.schema import LEAVES
from metalab.experiments.laboratories.metalayer import run_metalayer
from metalab.experiments.laboratories.metalayer_settings import read_settings
from metalab.experiments.laboratories.scaling import ask, simulate
from metalab.experiments.validation.notices import OUTSIDE
from metalab.ui.inputs.proposal_draft import write_draft
from metalab.ui.jobs.processes import list_jobs, read_status
from metalab.ui.results.study_files import read_json, read_summary, read_values

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 240.0


pytestmark = pytest.mark.usefixtures("out")


def open_app(page: str = "", **query: str | list[str]) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=300)
    for name, value in ({"preset": "minimal", "days": "30", "runs": "4"} | query).items():
        at.query_params[name] = value
    at.run()
    if page:
        at.switch_page(f"ui/pages/{page}.py").run()
    assert not at.exception
    return at


def list_charts(at: AppTest) -> list[object]:
    return list(at.get("vega_lite_chart"))


def list_errors(at: AppTest) -> list[str]:
    return [error.value for error in at.error]


def wait_for_jobs(at: AppTest) -> AppTest:
    end = time.monotonic() + PATIENCE
    while any(read_status(job).is_active for job in list_jobs()):
        assert time.monotonic() < end
        time.sleep(0.1)
    return at.run()


def test_explore_shows_headlines_and_charts() -> None:
    at = open_app()
    assert at.title[0].value == "Explore"
    assert list_errors(at) == []
    assert len(list_charts(at)) >= 6
    assert {"Price (USD)", "APR core"} <= {metric.label for metric in at.metric}
    assert any("4 runs over 30 days" in text.value for text in at.caption)


def test_explore_compares_with_a_pinned_baseline_under_the_same_chance() -> None:
    at = open_app()
    next(button for button in at.button if button.label == "Pin as baseline").click().run()
    at.text_input(key="scenario.find").set_value("message fee usd").run()
    widget = next(slider for slider in at.slider if slider.key and slider.key.endswith("/fees.message_fee_usd"))
    widget.set_value(2.0).run()
    assert not at.exception
    at.button_group(key="explore.shown.widget").set_value("Difference from baseline").run()
    assert not at.exception
    assert any("under the same chance" in text.value for text in at.caption)
    assert at.query_params["set"] in ("fees.message_fee_usd=2.0", ["fees.message_fee_usd=2.0"])
    assert any("What you changed" in text.value for text in at.markdown)


def test_explore_shows_what_the_price_is_made_of() -> None:
    at = open_app(view="Market")
    told = next(text.value for text in at.markdown if "Price on day 0" in text.value)
    assert "worth" in told
    assert "premium" in told
    assert "revenue paid to stakers" in told
    assert any(caption.value.startswith("What the price is made of: run ") for caption in at.caption)
    plain = len(list_charts(at))
    at = open_app(set="fees.message_fee_usd=2.0", base_preset="minimal", view="Market", shown="Difference from baseline")
    assert list_errors(at) == []
    assert any("= worth" in text.value and "+ premium" in text.value for text in at.markdown)
    assert any("same chance in both futures" in caption.value and "first evening" in caption.value for caption in at.caption)
    # Differences have no logarithm.
    assert len(list_charts(at)) == plain - 1


def test_explore_opens_every_view_and_every_mechanism() -> None:
    at = open_app()
    for view in at.button_group(key="explore.view.widget").options:
        at.button_group(key="explore.view.widget").set_value(view).run()
        assert not at.exception
        assert list_charts(at)
    for mechanism in {path.split(".")[0] for path in LEAVES}:
        at.session_state[f"scenario.open.{mechanism}"] = True
    at.run()
    assert not at.exception


def test_explore_warns_of_levers_beyond_what_was_checked() -> None:
    assert not any(OUTSIDE in text.value for text in open_app().caption)
    at = open_app(set="fees.message_fee_usd=4.5")
    assert list_errors(at) == []
    assert any("fees.message_fee_usd" in text.value and OUTSIDE in text.value for text in at.caption)


@pytest.mark.parametrize("part", ["All outcomes", "Stakeholders", "Token flows"])
def test_explore_tells_what_runs_came_to(part: str) -> None:
    at = open_app()
    at.button_group(key="explore.part.widget").set_value(part).run()
    assert not at.exception
    assert any("4 runs over 30 days" in text.value for text in at.markdown)
    next(button for button in at.button if button.label == "Pin as baseline").click().run()
    at.session_state["scenario.changes"] = {"fees.message_fee_usd": 2.0}
    at.run()
    assert not at.exception
    assert list_errors(at) == []
    assert any("95 % interval" in text.value for text in at.markdown)
    assert at.query_params["part"] in (part, [part])
    assert "95 % interval" in at.dataframe[0].value
    assert len(at.dataframe[0].value) > 5
    assert bool(list_charts(at)) == (part != "All outcomes")


def test_a_link_brings_back_all_that_is_shown() -> None:
    query: dict[str, str | list[str]] = {
        "set": ["fees.message_fee_usd=2.0"],
        "plan": ['{"day":10,"kind":"price","size":-0.5}'],
        "base_preset": "minimal",
        "part": "Charts",
        "view": "Fees",
        "shown": "Difference from baseline",
    }
    at = open_app(**query)
    assert list_errors(at) == []
    assert any("under the same chance" in text.value for text in at.caption)
    assert any("price" in text.value and "day 10" in text.value for text in at.markdown)
    assert at.button_group(key="explore.view.widget").value == "Fees"
    for name in ("set", "plan", "base_preset", "view", "shown"):
        assert at.query_params[name] in (query[name], [query[name]], *query[name])


def test_a_newcomer_tries_a_change() -> None:
    at = open_app()
    # A backstop is a grant and a flow besides a premium: its changes alone would be half of it.
    assert not {"Backstop", "Buy back", "Burn a sixth", "Pay delegates"} & set(at.button_group(key="explore.starter").options)
    at.button_group(key="explore.starter").set_value("Cheaper messages").run()
    assert not at.exception
    assert at.session_state["scenario.changes"] == {"fees.message_fee_usd": 0.15}
    assert any("difference from the baseline (minimal)" in text.value for text in at.caption)
    assert any("What you changed" in text.value for text in at.markdown)


def test_a_bad_link_is_told_in_one_line_and_the_page_stays() -> None:
    at = open_app(set=["fees.message_fee_usd=99", "nothing=1"], seed="x")
    errors = list_errors(at)
    assert len(errors) == 3
    assert all("\n" not in error and error[0].isalpha() for error in errors)
    assert list_charts(at)


def test_too_much_work_is_refused_before_it_is_begun() -> None:
    at = open_app(set=["population.users=2000000"], days="1096", runs="16")
    assert any("million agent-days" in error for error in list_errors(at))
    assert not list_charts(at)


def test_a_study_is_started_watched_and_read(out: Path) -> None:
    at = open_app("studies")
    assert any("No study yet" in text.value for text in at.markdown)
    at.number_input(key="studies.runs").set_value(16)
    at.number_input(key="studies.days").set_value(20)
    at.button(key="studies.start").click().run()
    assert not at.exception
    assert len(list_jobs("study")) == 1
    wait_for_jobs(at)
    assert not at.exception
    assert list_errors(at) == []
    assert len(list_charts(at)) >= 6
    assert any("All 16 runs" in text.value for text in at.markdown)
    assert any("Price on day 0" in text.value and "premium" in text.value for text in at.markdown)
    assert "90 % of runs" in at.dataframe[0].value
    assert len(at.dataframe) == 1
    assert (out / list_jobs("study")[0].name / "summary.json").exists()


def test_a_study_stops_early_and_stores_what_was_asked_for() -> None:
    at = open_app("studies", plan=['{"day":3,"kind":"tvl","size":0.1}'])
    at.number_input(key="studies.runs").set_value(160)
    at.number_input(key="studies.days").set_value(10)
    at.number_input(key="studies.every").set_value(3)
    at.selectbox(key="studies.until").set_value("price_usd").run()
    at.selectbox(key="studies.until.word").set_value("last")
    at.number_input(key="studies.until.width").set_value(100.0).run()
    at.button(key="studies.start").click().run()
    wait_for_jobs(at)
    assert list_errors(at) == []
    job = list_jobs("study")[0]
    assert read_summary(job.path)["runs"] == 32
    assert read_values(job.path, ["price_usd"]).days.tolist() == [0, 3, 6, 9]
    assert read_json(job.path / "manifest.json")["shocks"]


def test_a_study_is_cancelled_from_the_page() -> None:
    at = open_app("studies")
    at.number_input(key="studies.runs").set_value(2_000)
    at.number_input(key="studies.days").set_value(3_650)
    at.button(key="studies.start").click().run()
    assert list_errors(at) == []
    at.button(key="job.cancel").click().run()
    wait_for_jobs(at)
    assert not at.exception
    assert at.button(key="job.resume")


def test_an_empty_proposal_changes_nothing_at_all() -> None:
    at = open_app("governance")
    at.number_input(key="governance.runs").set_value(4)
    at.number_input(key="governance.days").set_value(20)
    at.number_input(key="governance.at").set_value(5).run()
    assert any("changes nothing at all" in warning.value for warning in at.warning)
    at.button(key="governance.start").click().run()
    wait_for_jobs(at)
    assert not at.exception
    assert list_errors(at) == []
    cards = {metric.label: metric.value for metric in at.metric}
    assert cards["Futures diverge"] == "Never"
    assert cards["Sure effects"].startswith("0 of")
    assert not any(heading.value == "What moves the price" for heading in at.subheader)


def test_a_proposal_is_written_run_and_its_effects_shown() -> None:
    at = open_app("governance")
    at.selectbox(key="governance.add").set_value("fees.message_fee_usd").run()
    widget = next(slider for slider in at.slider if slider.key and slider.key.startswith("proposal/"))
    widget.set_value(2.0)
    at.number_input(key="governance.runs").set_value(8)
    at.number_input(key="governance.days").set_value(30)
    at.number_input(key="governance.at").set_value(2).run()
    assert list_errors(at) == []
    at.button(key="governance.start").click().run()
    wait_for_jobs(at)
    assert not at.exception
    assert list_errors(at) == []
    job = list_jobs("decision")[0]
    file = next((job.path.parent / ".jobs" / job.name).glob("*.toml"))
    assert tomllib.loads(file.read_text())["changes"] == [{"parameter": "fees.message_fee_usd", "value": 2.0}]
    assert next(metric.value for metric in at.metric if metric.label == "Futures diverge").startswith("Day")
    assert list_charts(at)
    assert list(at.dataframe[0].value["Outcome"])
    assert any(heading.value == "What moves the price" for heading in at.subheader)
    assert any("= worth" in text.value and "+ premium" in text.value for text in at.markdown)
    assert any("fees.message_fee_usd" in text.value and OUTSIDE in text.value for text in at.caption)


def test_grants_and_the_rules_of_its_own_vote_are_edited() -> None:
    at = open_app("governance")
    at.selectbox(key="governance.example").set_value("Grant to developers").run()
    at.button(key="governance.grant").click().run()
    generation = at.session_state["proposal.generation"]
    at.selectbox(key=f"governance/{generation}/grant/1/to").set_value("users")
    at.number_input(key=f"governance/{generation}/grant/1/era").set_value(5_000.5)
    at.number_input(key=f"governance/{generation}/vote/quorum").set_value(7.5).run()
    assert list_errors(at) == []
    draft = at.session_state["proposal.draft"]
    written = tomllib.loads(write_draft(draft))
    assert [(grant["to"], grant["era"]) for grant in written["grants"]] == [("developers", 2e6), ("users", 5_000.5)]
    assert written["vote"] == {"quorum": 0.075, "threshold": 0.5}
    at.button(key="governance.grant.remove.0").click().run()
    assert [(grant.to, grant.era) for grant in at.session_state["proposal.draft"].grants] == [("users", 5_000.5)]
    generation = at.session_state["proposal.generation"]
    at.number_input(key=f"governance/{generation}/vote/threshold").set_value(None).run()
    assert at.session_state["proposal.draft"].vote == {"quorum": 0.075}


def test_a_row_can_be_removed_again() -> None:
    at = open_app("governance")
    at.selectbox(key="governance.add").set_value("fees.split").run()
    assert any("has no effect" in warning.value for warning in at.warning)
    at.button(key="governance.remove.fees.split").click().run()
    assert not at.exception
    assert not any("has no effect" in warning.value for warning in at.warning)


def test_every_example_opens() -> None:
    at = open_app("governance")
    examples = at.selectbox(key="governance.example").options
    assert examples
    for name in examples:
        at.selectbox(key="governance.example").set_value(name).run()
        assert not at.exception
        assert list_errors(at) == []


def test_a_decision_after_the_last_day_is_refused_in_one_line() -> None:
    at = open_app("governance")
    at.number_input(key="governance.days").set_value(10)
    at.number_input(key="governance.at").set_value(500).run()
    assert not at.exception
    assert len(list_errors(at)) == 1
    assert not any(button.key == "governance.start" for button in at.button)


def send(at: AppTest) -> AppTest:
    return next(button for button in at.button if button.label == "Simulate").click().run()


def test_the_metalayer_shows_what_holds_and_what_fails() -> None:
    at = open_app("metalayer")
    assert list_errors(at) == []
    assert len(list_charts(at)) == 2
    assert any("Neither safety nor progress failed" in text.value for text in at.success)
    assert {metric.label for metric in at.metric} >= {"Finality p50 (s)", "Conflicts"}
    at.number_input(key="metalayer.minutes").set_value(2)
    at.number_input(key="metalayer.guarding.guardians").set_value(10)
    at.number_input(key="metalayer.guarding.byzantine").set_value(5)
    send(at)
    assert not at.exception
    assert next(int(metric.value) for metric in at.metric if metric.label == "Conflicts") > 0
    assert any("two different" in error or "safety" in error.lower() for error in list_errors(at))
    assert any("5 collude" in text.value for text in at.caption)


def test_the_metalayer_takes_the_values_that_the_command_takes() -> None:
    at = open_app("metalayer")
    for key, value in (("minutes", 2), ("guarding.guardians", 10), ("guarding.offline", 1)):
        at.number_input(key=f"metalayer.{key}").set_value(value)
    at.number_input(key="metalayer.seed").set_value(3)
    send(at)
    digest = run_metalayer(read_settings({"minutes": 2.0, "guarding.guardians": 10, "guarding.offline": 1}), 3).digest
    assert any(digest[:16] in text.value for text in at.caption)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"guarding.byzantine": 15, "guarding.offline": 15}, "together at most the 20 guardians"),
        ({"guarding.guardians": 100, "minutes": 60}, "60 minutes are too many for 100 guardians; here 3 are allowed"),
    ],
)
def test_the_metalayer_refuses_in_one_line(values: dict[str, int], words: str) -> None:
    at = open_app("metalayer")
    for path, value in values.items():
        at.number_input(key=f"metalayer.{path}").set_value(value)
    send(at)
    assert not at.exception
    assert len(list_errors(at)) == 1
    assert words in list_errors(at)[0]
    assert "--" not in list_errors(at)[0]


def test_scaling_shows_all_sets_on_the_same_arrivals() -> None:
    at = open_app("scaling")
    assert list_errors(at) == []
    assert len(list_charts(at)) == 3
    assert list(at.dataframe[0].value.iloc[:, 0]) == ["Hysteresis", "PI", "Proportional", "Fixed", "Fixed at most"]
    at.selectbox(key="scaling.controller").set_value("pi")
    at.selectbox(key="scaling.load").set_value("airdrop")
    at.number_input(key="scaling.minutes").set_value(600)
    send(at)
    assert not at.exception
    assert at.dataframe[0].value.iloc[0, 0] == "PI"
    question = ask("pi", "airdrop", 600)
    load, _ = simulate(question)
    assert any(f"{load['arrived'].sum():,} transactions" in text.value for text in at.markdown)


def test_scaling_reads_a_load_from_a_file_or_says_why_not() -> None:
    at = open_app("scaling")
    at.file_uploader(key="scaling.file").set_value(("load.csv", b"second,tps\n0,50\n120,200\n", "text/csv"))
    send(at)
    assert list_errors(at) == []
    assert any("4 minutes" in text.value for text in at.markdown)
    at.file_uploader(key="scaling.file").set_value(("load.csv", b"second,tps\n0,fifty\n", "text/csv"))
    send(at)
    assert not at.exception
    assert len(list_errors(at)) == 1
    assert list_errors(at)[0].startswith("the file")
    assert "fifty" in list_errors(at)[0]
    assert "/" not in list_errors(at)[0]
