"""Bounds of requests, uploads and links."""

import pytest

from metalab.econ.kernel.records import Params
from metalab.econ.kernel.scenario import PlannedGrant
from metalab.experiments.inputs.scenario import load_scenario
from metalab.protocol.kernel.declare import make_defaults
from metalab.protocol.policy.grants import GrantTarget
from metalab.ui.inputs.exploration import Recipe, make_slug, read_baseline, read_query, read_upload, write_link, write_query, write_toml
from metalab.ui.inputs.limits import (
    CALENDAR,
    EXPLORE_WORK,
    LINK_CHANGES,
    UPLOAD_BYTES,
    UPLOAD_DEPTH,
    UPLOAD_KEYS,
    LimitError,
    check_upload,
    check_whole,
    check_work,
    count_agents,
)
from metalab.ui.inputs.schedule import Calendar


@pytest.mark.parametrize("value", ["5", 5, 1, 9])
def test_whole_numbers_within_bounds_pass(value: object) -> None:
    assert check_whole("runs", value, 1, 9) == int(str(value))


@pytest.mark.parametrize("value", ["", "x", "1.5", None, 0, 10, "1e3", float("nan")])
def test_other_values_are_refused_in_one_line(value: object) -> None:
    with pytest.raises(LimitError, match=r"runs = .* give a whole number from 1 to 9") as error:
        check_whole("runs", value, 1, 9)
    assert "\n" not in str(error.value)


def test_agents_are_the_sizes_of_the_populations() -> None:
    parameters = make_defaults(Params)
    before = count_agents(parameters)
    parameters["population"]["users"] += 7
    assert count_agents(parameters) == before + 7


def test_work_beyond_the_budget_is_refused_with_advice() -> None:
    parameters = load_scenario("minimal").parameters
    check_work(parameters, 365, 8, EXPLORE_WORK)
    parameters["population"]["users"] = 2_000_000
    with pytest.raises(LimitError, match="Studies takes longer ones"):
        check_work(parameters, 1_096, 8, EXPLORE_WORK)


def test_uploads_are_bounded() -> None:
    assert check_upload(b"a = 1\n[b]\nc = [1, 2]\n") == {"a": 1, "b": {"c": [1, 2]}}
    deep = b"a = " + b"[" * (UPLOAD_DEPTH + 1) + b"]" * (UPLOAD_DEPTH + 1)
    many = b"".join(b"k%d = 1\n" % k for k in range(UPLOAD_KEYS + 1))
    wide = b"a = [" + b"1," * (UPLOAD_KEYS + 1) + b"]"
    for data in (b"#" * (UPLOAD_BYTES + 1), deep, many, wide, b"\xff\xfe", b"a = ", b'extends = "/etc/x.toml"', b"[" * 20_000):
        with pytest.raises(LimitError) as error:
            check_upload(data)
        assert "\n" not in str(error.value)


def test_a_scenario_survives_file_and_link() -> None:
    recipe = Recipe("minimal", {"fees.message_fee_usd": 0.25, "fees.split": [5000, 1500, 1500, 1000, 1000]}, 7, 90, 4)
    assert read_query(write_query(recipe)) == (recipe, [])
    opened = read_upload(write_toml(recipe).encode())
    assert (opened.preset, opened.changes, opened.days) == (recipe.preset, recipe.changes, recipe.days)


def test_a_table_of_unlocks_is_refused_rather_than_dropped() -> None:
    for text in ('unlocks = "table.csv"\n', '[[unlocks]]\nowner = "team"\n'):
        with pytest.raises(LimitError, match="table of unlocks; it runs on the command line"):
            read_upload(f'extends = "minimal"\n{text}'.encode())


def test_a_link_leaves_out_what_is_usual() -> None:
    assert write_link("http://localhost:8501/?old=1", write_query(Recipe())) == "http://localhost:8501/?preset=launch"
    assert write_link("http://localhost:8501", write_query(Recipe())) == "http://localhost:8501/?preset=launch"


def test_a_link_has_the_baseline_and_what_is_planned() -> None:
    shock = {"day": 3, "kind": "price", "size": -0.5}
    change = {"parameter": "fees.message_fee_usd", "value": 0.2, "from_day": "2025-09-01", "for_days": 9, "when": "price_usd > 0.1"}
    grant = {"from": "treasury", "to": "users", "era": 1_000.5, "day": 7, "tranches": [{"share": 0.5}, {"share": 0.5, "after_days": 3}]}
    recipe = Recipe("minimal", {"fees.message_fee_usd": 0.25}, calendar=Calendar((change,), (grant,), (shock,)))
    baseline = Recipe("minimal", calendar=Calendar(shocks=(shock,)))
    query = write_query(recipe, baseline)
    assert read_query(query) == (recipe, [])
    assert read_baseline(query) == (baseline, [])
    assert read_baseline(write_query(recipe)) == (None, [])
    scenario = recipe.load()
    assert (len(scenario.changes), len(scenario.shocks)) == (1, 1)
    assert scenario.changes[0].until == scenario.changes[0].day + 9
    assert scenario.grants == tuple(PlannedGrant(day, GrantTarget.USERS, 500_250_000) for day in (7, 10))
    assert not recipe.is_same_world(baseline)


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        (["x"], "plan = 'x' is not allowed"),
        (["[1]"], "not allowed"),
        (['{"day":1,"kind":"price","size":{"a":1}}'], "size"),
        (['{"day":-1,"kind":"price","size":1}'], "day = -1 is not allowed"),
        (['{"day":1,"kind":"nothing","size":1}'], "'nothing' does not exist"),
        (['{"day":1,"parameter":"fees.message_fee_usd","value":99}'], "fees.message_fee_usd"),
        (['{"day":1,"kind":"price","size":1}'] * (CALENDAR + 1), "61 entries"),
        (['{"day":1,"parameter":"fees.message_fee_usd"}'], "either 'value' or 'steps'"),
        (['{"day":1,"to":"nobody","from":"treasury","era":1}'], "'nobody' does not exist"),
        (["[" * 300], "not allowed"),
        (['{"day":1,"kind":"' + "x" * 500 + '"}'], "not allowed"),
    ],
)
def test_a_wrong_plan_is_told_and_left_out(plan: list[str], told: str) -> None:
    recipe, problems = read_query({"plan": plan})
    assert recipe == Recipe()
    assert len(problems) == 1
    assert told in problems[0]
    assert "\n" not in problems[0]
    assert "/tmp" not in problems[0]


def test_an_upload_brings_its_schedule_grants_and_shocks() -> None:
    text = """
extends = "minimal"
days = 30
[set]
"fees.message_fee_usd" = 0.2
[[schedule]]
parameter = "fees.split"
value = [5000, 1500, 1500, 1000, 1000]
day = 4
[[grants]]
from = "treasury"
to = "burn"
era = 2.5
day = 6
[[shocks]]
day = 5
kind = "tvl"
size = -0.1
"""
    recipe = read_upload(text.encode())
    assert recipe.calendar.schedule == ({"parameter": "fees.split", "value": [5000, 1500, 1500, 1000, 1000], "day": 4},)
    assert recipe.calendar.grants == ({"from": "treasury", "to": "burn", "era": 2.5, "day": 6},)
    assert len(recipe.calendar.shocks) == 1
    assert read_upload(write_toml(recipe).encode()) == recipe
    many = text + "".join(f'[[shocks]]\nday = {day}\nkind = "tvl"\nsize = 0.1\n' for day in range(CALENDAR))
    with pytest.raises(LimitError, match="more than 60 entries"):
        read_upload(many.encode())


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"preset": ["nowhere"]}, "'nowhere' does not exist"),
        ({"seed": ["-1"]}, "seed = '-1' is not allowed"),
        ({"days": ["1e9"]}, "days = '1e9' is not allowed"),
        ({"set": ["fees.message_fee_usd=99"]}, "fees.message_fee_usd = 99 is not allowed"),
        ({"set": ["fees.nothing=1"]}, "does not exist"),
        ({"set": ["fees.split=[1, 2]"]}, "fees.split"),
        ({"set": ["__proto__"]}, "path=value"),
        ({"set": ["x" * 1_000]}, "1000 characters"),
    ],
)
def test_what_a_link_says_wrong_is_told_and_left_out(query: dict[str, list[str]], told: str) -> None:
    recipe, problems = read_query(query)
    assert recipe == Recipe()
    assert len(problems) == 1
    assert told in problems[0]
    assert "\n" not in problems[0]


def test_a_link_takes_only_so_many_changes() -> None:
    settings = ["fees.message_fee_usd=0.25"] * (LINK_CHANGES + 1)
    recipe, problems = read_query({"set": settings})
    assert recipe.changes == {"fees.message_fee_usd": 0.25}
    assert "first" in problems[0]


@pytest.mark.parametrize(
    "text",
    [
        '[[shocks]]\nday = 1\nkind = "x"\nsize = 1',
        'extends = "nowhere"',
        "extends = 3",
        '[set]\n"fees.message_fee_usd" = "a"',
        "nonsense = 1",
    ],
)
def test_an_upload_that_cannot_be_used_is_refused_without_paths_of_this_machine(text: str) -> None:
    with pytest.raises(LimitError) as error:
        read_upload(text.encode())
    assert "\n" not in str(error.value)
    assert "/tmp" not in str(error.value)


@pytest.mark.parametrize("text", ["../../etc/passwd", "a b.c", "", "ÄÖ", "x" * 300])
def test_slugs_are_harmless(text: str) -> None:
    slug = make_slug(text)
    assert slug
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert len(slug) <= 40
