"""The table of responses: entries that hang together, verdicts, and what is said when a model lacks something."""

from dataclasses import replace
from math import inf, log

import numpy as np
import pytest

from metalab.experiments.inputs.schema import LEAVES, show_parameters
from metalab.experiments.validation.responses import RESPONSES, names
from metalab.experiments.validation.responses.ensembles import Simulator
from metalab.experiments.validation.responses.entry import (
    FALLS,
    NOT_UP,
    Bound,
    Expectation,
    Limit,
    Off,
    Response,
    Setting,
    Times,
)
from metalab.experiments.validation.responses.figures import level, log_change, see
from metalab.experiments.validation.responses.measuring import judge, measure_response
from metalab.experiments.validation.responses.resolver import NoLeverError, NotAvailableError, resolve_world

FEE = Response(
    "fee",
    "?",
    {"usual": Setting(), "double": Setting({"message fee": Times(2.0)})},
    (Expectation("fee", log_change(see("fee_per_message_usd"), "usual", "double", (0, 1)), Bound(log(1.9), log(2.1))),),
    "m",
    (Off("never", {"no such lever": 0}),),
    days=1,
)


@pytest.fixture(scope="module")
def small() -> Simulator:
    return Simulator(2, 6, workers=1)


def test_names_are_unique_and_levers_are_listed() -> None:
    assert len({response.name for response in RESPONSES}) == len(RESPONSES)
    for response in RESPONSES:
        for settings in (*(world.settings for world in response.worlds.values()), *(off.settings for off in response.offs)):
            assert set(settings) <= set(names.LEVERS), response.name
        assert response.checks
        assert response.mechanism


def test_every_lever_is_used() -> None:
    used = set(names.QUIET) | {"message fee"}
    for response in RESPONSES:
        used |= {lever for world in response.worlds.values() for lever in world.settings}
        used |= {lever for off in response.offs for lever in off.settings}
    assert used == set(names.LEVERS)


def explain(response: Response, world: Setting) -> NotAvailableError | None:
    """Why a world cannot be made."""
    try:
        resolve_world(response.name, world, "launch", {})
    except NotAvailableError as problem:
        return problem
    return None


@pytest.mark.parametrize("response", RESPONSES, ids=lambda response: response.name)
def test_every_world_resolves_or_says_which_response_lacks_a_lever(response: Response) -> None:
    for problem in filter(None, (explain(response, world) for world in response.worlds.values())):
        assert response.name in str(problem)
        assert problem.verdict == "no lever"


@pytest.mark.parametrize(
    ("bound", "interval", "verdict"),
    [
        (FALLS, (-2.0, -1.0), "pass"),
        (FALLS, (-1.0, 0.5), "unclear"),
        (FALLS, (0.0, 0.0), "fail"),
        (FALLS, (0.1, 0.2), "fail"),
        (NOT_UP, (0.0, 0.0), "pass"),
        (NOT_UP, (-1.0, 1e-9), "unclear"),
        (NOT_UP, (1e-9, 1.0), "fail"),
        (Bound(0.0, 1.0), (0.2, 0.8), "pass"),
        (Bound(0.0, 1.0), (1.0, 1.0), "fail"),
        (Bound(0.0, 1.0), (-0.1, 0.8), "unclear"),
        (Bound(), (-inf, inf), "unclear"),
    ],
)
def test_an_interval_is_judged_by_where_it_lies(bound: Bound, interval: tuple[float, float], verdict: str) -> None:
    assert bound.judge(*interval) == verdict


def test_too_few_runs_and_no_bound_are_never_a_pass() -> None:
    assert judge(FALLS, None) == "unclear"
    assert judge(None, None) == "unclear"


def test_multiples_and_limits_are_of_what_the_scenario_has() -> None:
    usual = show_parameters(resolve_world("x", Setting(), "minimal", {}).parameters)
    settings = {"message fee": Times(3.0), "minimum stake": Times((1.0, 1.0, 0.5)), "hazard of incidents": Times(1e9)}
    changed = show_parameters(resolve_world("x", Setting(settings), "minimal", {"reach weight": Limit.LOWEST}).parameters)
    assert changed["fees.message_fee_usd"] == pytest.approx(3 * usual["fees.message_fee_usd"])
    assert changed["staking.minimum"] == [*usual["staking.minimum"][:2], usual["staking.minimum"][2] / 2]
    assert changed["incidents.hazard"] == [LEAVES["incidents.hazard"].info.high] * 4


def test_settings_of_the_call_win_over_those_of_the_world() -> None:
    scenario = resolve_world("x", Setting({"message fee": 0.5}), "minimal", {"message fee": 0.1})
    assert show_parameters(scenario.parameters)["fees.message_fee_usd"] == 0.1


def test_what_the_model_lacks_is_told_with_the_name_of_the_response(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(names.LEVERS, "nothing", ("a.b", "c.d"))
    with pytest.raises(NoLeverError, match=r"response 'x'.*nothing.*a\.b, c\.d"):
        resolve_world("x", Setting({"nothing": 1}), "minimal", {})
    with pytest.raises(NotAvailableError, match="response 'x'"):
        resolve_world("x", Setting({"message fee": -1.0}), "minimal", {})
    with pytest.raises(NotAvailableError, match="response 'x'"):
        resolve_world("x", Setting(shocks=((1, "flood", 1.0),)), "minimal", {})


def test_a_response_is_measured_in_pairs(small: Simulator) -> None:
    answer = measure_response(replace(FEE, offs=()), small, "minimal")
    (check,) = answer.checks
    assert check.sample is not None
    assert check.sample.runs == 2
    assert check.verdict == "pass"
    same = replace(FEE, worlds={"usual": Setting(), "double": Setting({"message fee": Limit.USUAL})}, offs=())
    (none,) = measure_response(same, small, "minimal").checks
    assert none.sample is not None
    assert none.sample.interval == [0.0, 0.0]
    assert none.verdict == "fail"


def test_the_mechanism_off_stands_beside_or_is_said_to_be_missing(small: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    off = replace(FEE, offs=(Off("fee fixed", {"message fee": 0.3}),))
    (check,) = measure_response(off, small, "minimal").checks
    assert check.off is not None
    assert check.off.mean == 0.0
    monkeypatch.setitem(names.LEVERS, "no such lever", ("a.b",))
    (check,) = measure_response(FEE, small, "minimal").checks
    assert check.off is None
    assert check.off_words.startswith("not available: no parameter for no such lever (a.b)")
    assert check.verdict == "pass"


def test_what_cannot_be_measured_is_reported(small: Simulator, monkeypatch: pytest.MonkeyPatch) -> None:
    (short,) = measure_response(replace(FEE, days=7), small, "minimal").checks
    assert (short.verdict, short.reason) == ("not available", "response 'fee': needs runs of 7 days")
    strange = replace(FEE, checks=(Expectation("x", level(see("no_such_metric"), "usual", (0, 0)), FALLS),), offs=())
    assert measure_response(strange, small, "minimal").checks[0].verdict == "not available"
    monkeypatch.setitem(names.LEVERS, "message fee", ())
    assert measure_response(FEE, small, "minimal").checks[0].verdict == "no lever"


def test_runs_that_do_not_tell_are_left_out(small: Simulator) -> None:
    odd = replace(FEE, checks=(Expectation("x", lambda _: np.array([np.nan, 1.0]), FALLS),), offs=())
    (check,) = measure_response(odd, small, "minimal").checks
    assert (check.verdict, check.sample, check.reason) == ("unclear", None, "no run tells the figure")
