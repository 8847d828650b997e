"""What a study is: the plan and the options that make it."""

from dataclasses import fields

import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import StudyOptions
from metalab.experiments.errors import BadValueError, ProblemError, UnknownNameError
from metalab.experiments.studies.parts import CHUNK, Variant, measure_metrics
from metalab.experiments.studies.plan import StudyPlan, Until, parse_until

BYTES_STAY = {"workers": 1, "executor": None, "command": "another", "quiet": False}


def test_every_option_either_is_in_the_plan_or_cannot_change_its_bytes(tiny: Scenario) -> None:
    variants = (Variant("", tiny),)
    options = StudyOptions(40, seed=3, days=9, every=2, until="price_usd.last:0.5", **BYTES_STAY)
    plan = options.make_plan(variants)
    assert plan == StudyPlan(variants, 40, 3, 9, 2, Until("price_usd.last", 0.5), measure_metrics)
    assert plan == StudyOptions(40, 3, 9, 2, "price_usd.last:0.5").make_plan(variants)
    assert {f.name for f in fields(StudyOptions)} == {"runs", "seed", "days", "every", "until", "agents", *BYTES_STAY}


def test_chunks_share_out_all_runs(tiny: Scenario) -> None:
    plan = StudyOptions(2 * CHUNK + 5).make_plan((Variant("", tiny),))
    assert [plan.count_runs(chunk) for chunk in range(plan.chunks)] == [CHUNK, CHUNK, 5]


@pytest.mark.parametrize("option", ["runs", "days", "every", "workers"])
def test_nothing_is_planned_out_of_range(tiny: Scenario, option: str) -> None:
    with pytest.raises(BadValueError, match=f"--{option}"):
        StudyOptions(**({"runs": 1} | {option: 0})).make_plan((Variant("", tiny),))


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("price_usd", UnknownNameError, "price_usd"),
        ("price_us:1", UnknownNameError, "did you mean 'price_usd'"),
        ("price_usd.lst:1", UnknownNameError, "did you mean 'last'"),
        ("turnover_share.total:1", UnknownNameError, "choose from mean, last, min, max"),
        ("price_usd:", BadValueError, "positive"),
        ("price_usd:x", BadValueError, "positive"),
        ("price_usd:0", BadValueError, "positive"),
        ("price_usd:-1", BadValueError, "positive"),
        ("price_usd:nan", BadValueError, "positive"),
        ("price_usd:inf", BadValueError, "positive"),
        ("", UnknownNameError, "metric"),
    ],
)
def test_until_that_says_nothing_is_refused(text: str, error: type[ProblemError], words: str) -> None:
    with pytest.raises(error, match=words):
        parse_until(text)


def test_until_takes_the_mean_unless_told_otherwise() -> None:
    assert parse_until("price_usd:0.5") == ("price_usd.mean", 0.5)
    assert parse_until("price_usd.last:0.5") == ("price_usd.last", 0.5)
