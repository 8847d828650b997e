"""Scenarios: presets, files, what overrides what, and one line for everything that is wrong."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from metalab.econ.day import open_world
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.econ.kernel.scenario import LAUNCH, PlannedChange, PlannedGrant, Shock
from metalab.econ.policy.opening import open_day
from metalab.econ.policy.shocks import load_shocks
from metalab.econ.supply.unlocks import process_unlocks
from metalab.econ.users.demand import USUAL_PRICE_USD
from metalab.experiments import list_scenarios, load_scenario, run
from metalab.experiments.errors import BadFileError, BadValueError, OpeningOnlyError, ProblemError, UnknownNameError
from metalab.experiments.inputs.checks import CHECKS
from metalab.experiments.inputs.scenario import finish, parse_setting, read_draft
from metalab.experiments.inputs.scenario_data import describe_scenario, rebuild_scenario
from metalab.experiments.inputs.schema import LEAVES, resolve, show_parameters
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from metalab.protocol.policy.grants import GrantTarget
from metalab.protocol.policy.shocks import ShockKind

PRESETS = sorted(list_scenarios())


def write(folder: Path, text: str, name: str = "mine.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_loads_and_says_what_it_is(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name
    assert read_draft(name).title
    assert read_draft(name).description


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_survives_the_manifest(name: str) -> None:
    scenario = load_scenario(name)
    again = rebuild_scenario(describe_scenario(scenario))
    assert again.parameters.tobytes() == scenario.parameters.tobytes()
    assert (again.name, again.start_date, again.changes, again.shocks) == (
        scenario.name,
        scenario.start_date,
        scenario.changes,
        scenario.shocks,
    )


def test_launch_is_the_declared_world() -> None:
    assert load_scenario("launch").parameters.tobytes() == resolve({}).tobytes()
    assert load_scenario("launch").start_date == LAUNCH


def test_october_starts_eighty_one_days_later() -> None:
    scenario = load_scenario("october-2025")
    assert (scenario.start_date, scenario.start_offset) == (date(2025, 10, 6), 81)


def test_bull_and_bear_mirror_each_other() -> None:
    phases = [show_parameters(load_scenario(name).parameters)["volatility.phase"] for name in ("bull", "bear")]
    assert phases == ["bull", "bear"]


def test_minimal_has_one_node_more_than_the_floor() -> None:
    values = show_parameters(load_scenario("minimal").parameters)
    tiers = ("core", "flex", "guardian")
    assert sum(values[f"population.{tier}"] for tier in tiers) == 20
    assert sum(values[f"population.floor_{tier}"] for tier in tiers) == 19
    assert [values[f"population.{name}"] for name in ("rollups", "users", "developers", "voters", "traders")] == [3, 10, 5, 10, 6]
    assert read_draft("minimal").days == 30


def test_overrides_win_over_files_and_files_over_what_they_extend(tmp_path: Path) -> None:
    first = write(tmp_path, 'extends = "bear"\n[set]\n"fees.message_fee_usd" = 0.2\n"staking.unbonding_days" = 7\n', "first.toml")
    second = write(tmp_path, 'extends = "first.toml"\n[set]\nfees.message_fee_usd = 0.25\n', "second.toml")
    values = show_parameters(load_scenario(second, {"staking.unbonding_days": 21}).parameters)
    assert values["fees.message_fee_usd"] == 0.25
    assert values["staking.unbonding_days"] == 21
    assert values["volatility.phase"] == "bear"
    assert first.exists()


def test_schedule_and_shocks_come_as_planned_changes(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        """
extends = "launch"
[[schedule]]
parameter = "fees.split"
value = [3500, 3000, 1500, 1000, 1000]
day = 90
ramp_days = 10
[[schedule]]
parameter = "incentives.points"
value = 1000000.5
day = 100
[[shocks]]
day = 30
kind = "price"
size = -0.5
""",
    )
    scenario = load_scenario(path)
    split, points = LEAVES["fees.split"], LEAVES["incentives.points"]
    assert [(c.day, c.slot, c.value, c.ramp_days) for c in scenario.changes[:5]] == [
        (90, split.slot + k, float(value), 10) for k, value in enumerate([3500, 3000, 1500, 1000, 1000])
    ]
    assert scenario.changes[5] == PlannedChange(100, points.slot, 0, 1_000_000_500_000.0)
    assert scenario.shocks == (Shock(30, int(ShockKind.PRICE), -0.5),)
    assert rebuild_scenario(describe_scenario(scenario)).changes == scenario.changes


GRANT = '[[grants]]\nfrom = "treasury"\nto = "{to}"\nera = {era}\nday = {day}\n'


def test_a_file_plans_grants(tmp_path: Path) -> None:
    text = 'extends = "minimal"\n' + "".join(GRANT.format(to=to, era=era, day=day) for to, era, day in (("users", 2.5, 9), ("burn", 7, 3)))
    scenario = load_scenario(write(tmp_path, text))
    assert scenario.grants == (PlannedGrant(9, GrantTarget.USERS, 2_500_000), PlannedGrant(3, GrantTarget.BURN, 7_000_000))
    described = describe_scenario(scenario)
    assert described["grants"] == [{"day": 9, "to": "users", "era": 2.5}, {"day": 3, "to": "burn", "era": 7.0}]
    assert rebuild_scenario(json.loads(json.dumps(described))).grants == scenario.grants
    assert rebuild_scenario({key: value for key, value in described.items() if key != "grants"}).grants == ()


BAD_FILES = [
    ("grant to nobody", GRANT.format(to="user", era=1, day=1), UnknownNameError, 3, "did you mean 'users'"),
    ("grant of nothing", GRANT.format(to="users", era=0, day=1), BadValueError, 4, "positive"),
    ("grant before the run", GRANT.format(to="users", era=1, day=-1), BadValueError, 5, "from 0"),
    ("grant without a day", GRANT.partition("day")[0].format(to="users", era=1), BadFileError, 1, "lacks 'day'"),
    ("unknown key", "extnds = 1\n", UnknownNameError, 1, "did you mean 'extends'"),
    ("unknown parent", 'extends = "lanch"\n', UnknownNameError, 1, "did you mean 'launch'"),
    ("parent of a wrong type", "extends = 3\n", BadValueError, 1, "preset"),
    ("absent parent", 'extends = "none.toml"\n', BadFileError, 0, "cannot be read"),
    ("itself", 'extends = "mine.toml"\n', BadFileError, 1, "circle"),
    ("unknown parameter", '[set]\n\n"fees.mesage_fee_usd" = 0.3\n', UnknownNameError, 3, "fees.message_fee_usd"),
    ("out of range", '[set]\n"fees.message_fee_usd" = 99\n', BadValueError, 2, "from 0.0 to 5.0 USD"),
    ("wrong type", '[set]\n"fees.message_fee_usd" = "a lot"\n', BadValueError, 2, "number"),
    ("nested path", "[set.fees]\nmessage_fee_usd = 99\n", BadValueError, 2, "from 0.0 to 5.0 USD"),
    ("shares", '[set]\n"fees.split" = [4000,\n2500, 1500, 1000, 999]\n', BadValueError, 2, "together 10,000"),
    ("set is no table", "set = 3\n", BadValueError, 1, "a table"),
    ("date as text", 'start_date = "2025-10-06"\n', BadValueError, 1, "a date"),
    ("date before launch", "start_date = 2025-07-16\n", BadValueError, 1, "2025-07-17"),
    ("negative days", "days = -1\n", BadValueError, 1, "from 1 to"),
    ("malformed", "[set\n", BadFileError, 1, "not valid TOML"),
    ("title", "title = 3\n", BadValueError, 1, "text"),
    ("schedule is no table", "schedule = 3\n", BadValueError, 1, "tables"),
    ("schedule lacks a day", '[[schedule]]\nparameter = "fees.message_fee_usd"\nvalue = 1\n', BadFileError, 1, "lacks 'day'"),
    (
        "scheduled population",
        '[[schedule]]\nparameter = "population.users"\nvalue = 1\nday = 1\n',
        OpeningOnlyError,
        3,
        "at the opening only",
    ),
    ("scheduled unknown", '[[schedule]]\nparameter = "fees.x"\nvalue = 1\nday = 1\n', UnknownNameError, 2, "does not exist"),
    ("scheduled in the past", '[[schedule]]\nparameter = "fees.message_fee_usd"\nvalue = 1\nday = -1\n', BadValueError, 4, "from 0"),
    ("schedule out of range", '[[schedule]]\nparameter = "fees.message_fee_usd"\nvalue = 9\nday = 1\n', BadValueError, 3, "5.0 USD"),
    ("unknown shock", '[[shocks]]\nday = 1\nkind = "prise"\nsize = 1\n', UnknownNameError, 3, "did you mean 'price'"),
    ("huge shock", '[[shocks]]\nday = 1\nkind = "price"\nsize = 1e300\n', BadValueError, 4, "log price"),
    ("shock of nothing", '[[shocks]]\nday = 1\nkind = "price"\nsize = nan\n', BadValueError, 4, "number"),
    ("shock with a strange key", '[[shocks]]\nday = 1\nkind = "price"\nsise = 1\n', UnknownNameError, 4, "did you mean 'size'"),
]


@pytest.mark.parametrize(("text", "error", "line", "words"), [case[1:] for case in BAD_FILES], ids=[case[0] for case in BAD_FILES])
def test_a_bad_file_gets_one_line_with_its_place(tmp_path: Path, text: str, error: type[ProblemError], line: int, words: str) -> None:
    with pytest.raises(error) as caught:
        load_scenario(write(tmp_path, text))
    message = str(caught.value)
    assert words in message
    assert "\n" not in message
    assert f"mine.toml line {line}: " in message or line == 0


def test_a_chain_of_files_must_end(tmp_path: Path) -> None:
    write(tmp_path, 'extends = "b.toml"\n', "a.toml")
    write(tmp_path, 'extends = "a.toml"\n', "b.toml")
    with pytest.raises(BadFileError, match="circle"):
        load_scenario(tmp_path / "a.toml")


def test_an_unknown_preset_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'launch'"):
        load_scenario("lunch")
    with pytest.raises(UnknownNameError, match="choose from"):
        load_scenario("x")


@pytest.mark.parametrize(
    ("text", "path", "value"),
    [
        ("a.b=1", "a.b", 1),
        ("a.b= 1_000", "a.b", 1000),
        ("a.b=true", "a.b", True),
        ("a.b=cosmos", "a.b", "cosmos"),
        ('a.b="cosmos"', "a.b", "cosmos"),
        ("a.b=[1, 2]", "a.b", [1, 2]),
        ("a.b=x=y", "a.b", "x=y"),
        ("a.b=", "a.b", ""),
    ],
)
def test_settings_are_read_as_toml(text: str, path: str, value: Any) -> None:
    assert parse_setting(text) == (path, value)


def test_a_setting_without_a_value_is_refused() -> None:
    with pytest.raises(BadValueError, match="path=value"):
        parse_setting("fees.message_fee_usd")


def test_checks_speak_of_parameters_that_exist() -> None:
    assert {path for check in CHECKS for path in check.paths} <= set(LEAVES)


def test_every_check_holds_in_every_preset_and_can_fail() -> None:
    broken: list[dict[str, Any]] = [
        {"population.core": 3},
        {"population.floor_core": 21},
        {"population.flex": 3},
        {"population.floor_flex": 26},
        {"population.guardian": 3},
        {"population.floor_guardian": 13},
        {"scaling.active_min": 101},
        {"scaling.low": 0.9},
        {"scaling.fee_floor": 20_000.0},
        {"rewards.cap": 0.01},
        {"vesting.launch": [0, 60_000_000, 48_700_000, 0, 29_800_000, 60_000_000]},
        {"supply.market_float": 36_000_000, "vesting.launch": [0, 60_000_000, 30_000_000, 0, 29_800_000, 70_000_000]},
        {"population.genesis_guardian": 40, "staking.minimum": [100_000, 50_000, 900_000]},
        {"messaging.wait_quantiles_s": [5.0] + [1.0] * 20},
    ]
    for overrides in broken:
        with pytest.raises(BadValueError) as caught:
            load_scenario("launch", overrides)
        assert str(caught.value).startswith("--set: ")
        assert caught.value.name in overrides


def test_the_loop_of_fee_and_price_is_bounded() -> None:
    load_scenario("launch", {"fees.indexation": 0.2, "demand.usual_share": 0.84, "demand.price_weight": 0.5})
    with pytest.raises(BadValueError):
        load_scenario("launch", {"fees.indexation": 0.0, "demand.usual_share": 0.84, "demand.price_weight": 0.5})
    check = CHECKS[0]
    # With an effort that costs as much as the usual price: (1 - eta)(1 - 2 x .2 x .5) = .8 (1 - eta).
    assert check.holds(2.0, 0.8, USUAL_PRICE_USD, 0.0)
    assert not check.holds(1.99, 0.8, USUAL_PRICE_USD, 0.0)


def test_a_schedule_must_keep_the_checks(tmp_path: Path) -> None:
    text = '[[schedule]]\nparameter = "rewards.cap"\nvalue = 0.01\nday = 9\n'
    with pytest.raises(BadValueError, match=r"mine\.toml line 3: rewards\.cap"):
        finish(read_draft(write(tmp_path, text)))


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_runs(name: str) -> None:
    sizes = {path: value for path, value in show_parameters(load_scenario("minimal").parameters).items() if path.startswith("population.")}
    result = run(load_scenario(name, sizes), days=20)
    assert result.summary["price_usd"]["min"] > 0.0


def test_insiders_have_unlocked_what_the_unlock_stress_makes_them_sell() -> None:
    small = {f"population.{name}": 10 for name in ("users", "developers", "voters", "traders")}
    scenario = load_scenario("stress-unlock", small)
    world = allocate(scenario.parameters)
    rows = as_rows(world)
    plain(open_world)(rows, 1, 0, 0)
    load_shocks(world, scenario.shocks)
    day = scenario.shocks[0].day
    for morning in range(day + 1):
        rows.state[0].clock.day = morning
        plain(open_day)(rows)
        plain(process_unlocks)(rows)
    assert {shock.day for shock in scenario.shocks} == {day}
    assert rows.state[0].exchange.requested_sell == sum(int(shock.size) for shock in scenario.shocks) * ONE_ERA
