"""Flows as people write them: read exactly, refused in one line with the place, described without loss."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from metalab.experiments.decisions.question import WhatIfQuestion
from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.planning.flows import (
    USUAL_VOLUME_SHARE,
    WrittenFlow,
    describe_flow,
    rebuild_flow,
    resolve_flows,
    write_flow,
)
from metalab.experiments.inputs.proposal import describe_proposal, lint, read_proposal
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.scenario_data import describe_scenario, rebuild_scenario
from metalab.protocol.policy.flows import FlowSource, FlowTarget

BURN = '[[flows]]\nname = "switch"\nfrom = "revenue"\nto = "burn"\nshare_bps = 1_667\n'
AT, DAYS = 180, 400


def write(folder: Path, text: str) -> Path:
    path = folder / "input.toml"
    path.write_text(text)
    return path


def make_scenario_file(folder: Path, text: str) -> Path:
    return write(folder, 'extends = "launch"\n' + text)


def make_flow(source: str, target: str, amount: str, name: str = "a") -> str:
    return f'[[flows]]\nname = "{name}"\nfrom = "{source}"\nto = "{target}"\n{amount}\n'


def test_a_flow_of_a_scenario_is_planned(tmp_path: Path) -> None:
    scenario = load_scenario(make_scenario_file(tmp_path, BURN + "day = 9\nfor_days = 20\n"))
    (flow,) = scenario.flows
    assert (flow.label, flow.source, flow.target, flow.share_bps) == ("switch", FlowSource.REVENUE, FlowTarget.BURN, 1_667)
    assert (flow.day, flow.days, flow.volume_share, flow.ends) == (9, 20, 0.0, 0)
    assert rebuild_scenario(json.loads(json.dumps(describe_scenario(scenario)))).flows == scenario.flows


@pytest.mark.parametrize(
    ("measure", "value", "found"),
    [
        ("era_per_day", 2.5, ("amount", 2_500_000)),
        ("era_per_month", 365, ("amount", 12_000_000)),
        ("usd_per_day", 70, ("usd", 70.0)),
        ("usd_per_week", 70, ("usd", 10.0)),
        ("usd_per_month", 365, ("usd", 12.0)),
        ("share_per_year", 0.25, ("yearly", 0.25)),
    ],
)
def test_measures_are_turned_into_days(measure: str, value: float, found: tuple[str, float]) -> None:
    (flow,) = resolve_flows([WrittenFlow("a", "treasury", "users", measure, value)])
    assert getattr(flow, found[0]) == found[1]
    assert rebuild_flow(json.loads(json.dumps(describe_flow(flow)))) == flow


def test_an_order_without_a_bound_has_the_usual_one(tmp_path: Path) -> None:
    text = make_flow("treasury", "swap", "usd_per_week = 700") + make_flow(
        "fund", "buy_hold", "usd_per_day = 5\nmax_volume_share = 0.1", "b"
    )
    flows = load_scenario(make_scenario_file(tmp_path, text)).flows
    assert [flow.volume_share for flow in flows] == [USUAL_VOLUME_SHARE, 0.1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (make_flow("revenues", "burn", "share_bps = 1"), r"line 4: source of a flow 'revenues' does not exist; did you mean 'revenue'"),
        (make_flow("revenue", "bury", "share_bps = 1"), r"line 5: destination of a flow 'bury' does not exist; did you mean 'burn'"),
        (
            make_flow("revenue", "burn", "share_bps = 10_001"),
            r"line 6: share_bps = 10001 is not allowed; give a whole number from 0 to 10,000",
        ),
        (make_flow("revenue", "burn", "share_bps = 0.5"), r"line 6: share_bps = 0\.5 is not allowed"),
        (make_flow("revenue", "burn", ""), r"line 2: \[\[flows\]\] 'a' does not say how much; give one of share_bps"),
        (make_flow("revenue", "burn", "share_bps = 1\nera_per_day = 1"), r"line 7: \[\[flows\]\] 'a' has share_bps and era_per_day"),
        (make_flow("treasury", "burn", "share_bps = 1"), r"line 6: share_bps = 1 is not allowed; give an amount or share_per_year"),
        (make_flow("revenue", "burn", "share_per_year = 0.1"), r"share_per_year = 0\.1 is not allowed; give share_bps or an amount"),
        (make_flow("fund", "buy_burn", "era_per_day = 1"), r"era_per_day = 1 is not allowed; give usd_per_day"),
        (make_flow("penalties", "users", "era_per_day = 1"), r"give share_bps: penalties come case by case"),
        (make_flow("fund", "burn", "usd_per_day = 1"), r"line 5: to = burn is not allowed; give one of buy_burn, buy_hold, buy_distribute"),
        (make_flow("revenue", "buy_burn", "share_bps = 1"), r"line 5: to = buy_burn is not allowed; give burn"),
        (make_flow("treasury", "treasury", "era_per_day = 1"), r"give another account: it would go back to treasury"),
        (make_flow("treasury", "users", "era_per_day = 1\nmax_volume_share = 0.1"), r"line 7: max_volume_share = 0\.1 is not allowed"),
        (make_flow("treasury", "swap", "era_per_day = 1\nmax_volume_share = 0"), r"give a share above 0 and up to 1"),
        (make_flow("treasury", "users", "era_per_day = 1\nfor_days = 0"), r"line 7: for_days = 0 is not allowed"),
        (make_flow("treasury", "users", "era_per_day = inf"), r"era_per_day = Infinity is not allowed"),
        (make_flow("treasury", "users", "usd_per_day = 1", ""), r"line 3: name =  is not allowed"),
        (BURN + BURN, r"line 8: name = switch is not allowed; give another name"),
        (
            BURN + make_flow("messages", "users", "share_bps = 8_334"),
            r"line 3: .*shares of revenue that are at most 10,000 together from day 0 on: they are 10,001",
        ),
        (
            make_flow("reserve_usd", "buy_burn", "usd_per_day = 1"),
            r"line 3: from = reserve_usd .* holds nothing .* flows\.reserve_usd above 0",
        ),
        (make_flow("reserve", "users", "era_per_day = 1"), r"reserve holds nothing and gets nothing without a flow to reserve"),
        (make_flow("issuance", "treasury", "share_bps = 1"), r"issuance holds nothing and gets nothing without issuance\.rate above 0"),
        (make_flow("security", "treasury", "share_bps = 1"), r"without fees\.security_bps above 0"),
        (
            make_flow("treasury", "reserve", "era_per_day = 1") + make_flow("reserve", "treasury", "era_per_day = 1", "b"),
            r"line 3: .*flows that do not come back to treasury: a -> b is a circle",
        ),
        (
            make_flow("treasury", "swap", "usd_per_day = 1") + make_flow("reserve_usd", "buy_hold", "usd_per_day = 1", "b"),
            r"a -> b is a circle",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(ProblemError, match=problem):
        load_scenario(make_scenario_file(tmp_path, text))


def test_what_follows_one_after_the_other_is_neither_a_circle_nor_too_much(tmp_path: Path) -> None:
    text = make_flow("treasury", "reserve", "era_per_day = 1\nfor_days = 10")
    text += make_flow("reserve", "treasury", "era_per_day = 1\nday = 10", "b")
    text += make_flow("revenue", "burn", "share_bps = 10_000\nfor_days = 5", "c")
    text += make_flow("revenue", "users", "share_bps = 10_000\nday = 5", "d")
    assert len(load_scenario(make_scenario_file(tmp_path, text)).flows) == 4


def test_a_payer_is_fed_by_a_flow_or_a_parameter(tmp_path: Path) -> None:
    buy = make_flow("reserve_usd", "buy_burn", "usd_per_day = 1")
    fed = [make_flow("revenue", "swap", "share_bps = 100", "b") + buy, "[set]\n'flows.reserve_usd' = 1e6\n" + buy]
    for text in fed:
        assert load_scenario(make_scenario_file(tmp_path, text)).flows


def test_a_proposal_begins_a_flow_on_the_day_of_its_decision(tmp_path: Path) -> None:
    proposal = read_proposal(write(tmp_path, BURN))
    launch = load_scenario("launch")
    assert not proposal.is_empty
    assert lint(proposal, launch, AT, DAYS) == []
    assert [flow.day for flow in proposal.plan_flows(AT)] == [AT]
    assert proposal.plan_vote(AT).flows == proposal.plan_flows(AT)
    assert describe_proposal(proposal, AT)["flows"][0]["share_bps"] == 1_667
    question = WhatIfQuestion((proposal,), (launch,), AT)
    assert question.list_variants()[1].scenario.flows == proposal.plan_flows(AT)


def test_a_proposal_ends_a_flow_by_its_name_or_takes_its_place(tmp_path: Path) -> None:
    launch = replace(load_scenario("launch"), flows=resolve_flows([WrittenFlow("switch", "revenue", "burn", "share_bps", 6_000)]))
    end = read_proposal(write(tmp_path, 'end_flow = "switch"\n'))
    assert lint(end, launch, AT, DAYS) == []
    (flow,) = end.plan_flows(AT, launch.flows)
    assert (flow.ends, flow.day, flow.share_bps) == (1, AT, 6_000)
    # 6,000 of the old one are over when 7,000 of the new one begin.
    place = read_proposal(write(tmp_path, BURN.replace("1_667", "7_000")))
    assert lint(place, launch, AT, DAYS) == []
    beside = read_proposal(write(tmp_path, BURN.replace("1_667", "7_000").replace("switch", "other")))
    with pytest.raises(ProblemError, match="they are 13,000"):
        lint(beside, launch, AT, DAYS)
    with pytest.raises(ProblemError, match=r"line 1: flow 'swich' does not exist; did you mean 'switch'"):
        lint(read_proposal(write(tmp_path, 'end_flow = "swich"\n')), launch, AT, DAYS)


def test_too_many_flows_are_refused(tmp_path: Path) -> None:
    text = "".join(make_flow("treasury", "users", "era_per_day = 1", str(k)) for k in range(5))
    with pytest.raises(ProblemError, match="begins or ends more than 4 flows"):
        lint(read_proposal(write(tmp_path, text)), load_scenario("launch"), AT, DAYS)


def test_a_flow_is_written_as_it_is_read(tmp_path: Path) -> None:
    flow = WrittenFlow('a "b"', "treasury", "swap", "usd_per_week", 12.5, 0.1, 200, 30)
    text = "\n".join(["[[flows]]", *write_flow(flow)])
    (read,) = read_proposal(write(tmp_path, text)).flows
    assert replace(read, value=float(read.value)) == flow
