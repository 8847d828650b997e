"""A scenario with every key of the proposal language survives its manifest, and so does its run."""

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.scenario import PlannedChange, PlannedProposal, Scenario, Shock
from metalab.experiments import load_scenario, run
from metalab.experiments.inputs.changes import Change, resolve_changes
from metalab.experiments.inputs.proposal import lint, read_proposal
from metalab.experiments.inputs.scenario_data import describe_change, describe_scenario, rebuild_change, rebuild_scenario
from metalab.protocol.policy.shocks import ShockKind

SCHEDULE = """
[[schedule]]
parameter = "fees.message_fee_usd"
value = "-33 %"
after_days = 2
for_days = 3
ramp_days = 2
when = ["price_usd 2-day mean > 0 until <= 0", "day > 0"]

[[schedule]]
parameter = "fees.split.core"
value = "+500"
day = 1

[[schedule]]
parameter = "staking.minimum.flex"
value = "+0.000003"
day = 2025-07-19
until = 2025-07-22

[[schedule]]
parameter = "governance.curve"
value = "linear"
day = 2
until = 4

[[schedule]]
parameter = "incentives.points"
steps = [{ value = "x 0.9", day = 1 }, { value = 1_400_000.5, after_days = 3, ramp_days = 2 }]
"""
GRANTS = """
[[grants]]
from = "treasury"
to = "insurance"
era = 1000.000001
day = 0
tranches = [{ share = 0.3 }, { share = 0.7, after_days = 2, when = "messages >= 1" }]

[[grants]]
from = "insurance"
to = "treasury"
era = 1
day = 2
every_days = 2
times = 2

[[grants]]
from = "treasury"
to = "burn"
usd = 12.5
day = 1
"""
SHOCKS = """
[[shocks]]
kind = "messages"
size = 2
day = 1
for_days = 2

[[shocks]]
kind = "price"
size = -0.2
when = "day >= 2"
until = 5
"""


@pytest.fixture
def rich(tmp_path: Path) -> Scenario:
    """The smallest world with every key."""
    path = tmp_path / "rich.toml"
    path.write_text('extends = "minimal"\n' + SCHEDULE + GRANTS + SHOCKS, encoding="utf-8")
    return load_scenario(path)


def send(scenario: Scenario) -> Scenario:
    """Through a manifest and back."""
    return rebuild_scenario(json.loads(json.dumps(describe_scenario(scenario))))


def is_same(one: Scenario, other: Scenario) -> bool:
    plans = [(s.name, s.start_date, s.changes, s.grants, s.shocks, s.proposals, s.parameters.tobytes()) for s in (one, other)]
    return plans[0] == plans[1]


def test_every_key_survives_the_manifest(rich: Scenario) -> None:
    assert len(rich.changes) == 1 + 5 + 1 + 1 + 2
    assert (len(rich.grants), len(rich.shocks)) == (5, 3)
    assert is_same(send(rich), rich)


def test_a_run_of_what_the_manifest_says_is_the_same_run(rich: Scenario) -> None:
    first, again = run(rich, days=6, engine="plain"), run(send(rich), days=6, engine="plain")
    assert first.digest == again.digest
    assert first.digest != run(load_scenario("minimal"), days=6, engine="plain").digest
    # Each key acted.
    assert first.world.changes["on_days"].tolist()[:1] == [3]
    assert first.world.grants["status"].tolist()[:5] == [1] * 5
    assert first.unpaid_grants == []


PROPOSAL = """
title = "Everything"
[[changes]]
parameter = "fees.message_fee_usd"
value = "x 0.5"
after_days = 3
for_days = 20
when = "price_usd 30-day mean < 0.10 until > 0.12"
[[changes]]
parameter = "fees.split.core"
value = 4100
until = 300
[[grants]]
from = "treasury"
to = "developers"
usd = 300
tranches = [{ share = 0.5 }, { share = 0.5, after_days = 180, when = "messages 30-day mean >= 30,000" }]
[vote]
quorum = 0
threshold = 0
"""


def test_a_proposal_that_is_voted_on_survives_the_manifest_too(tmp_path: Path) -> None:
    (tmp_path / "all.toml").write_text(PROPOSAL, encoding="utf-8")
    world = load_scenario("minimal")
    proposal = read_proposal(tmp_path / "all.toml")
    assert lint(proposal, world, 180, 400, is_voted=True) == []
    planned = proposal.fit(world, 180).plan_vote(180)
    assert [(change.day, change.wait, change.span, change.until) for change in planned.changes[:2]] == [(180, 3, 20, 0), (180, 0, 0, 300)]
    assert [(grant.day, grant.wait, grant.usd) for grant in planned.grants] == [(180, 0, 150.0), (180, 180, 150.0)]
    voted = Scenario("voted", world.parameters, proposals=(planned, PlannedProposal(3)))
    assert is_same(send(voted), voted)


@given(
    st.sampled_from(["fees.message_fee_usd", "incentives.points", "governance.deposit", "adoption.messages_per_day"]),
    st.sampled_from("+-"),
    st.decimals(0, 10**9, places=6),
    st.sampled_from(["", " %"]),
)
def test_relative_values_survive_to_the_bit(path: str, sign: str, size: Decimal, percent: str) -> None:
    (change,) = resolve_changes([Change(path, f"{sign}{size:f}{percent}", 3, 2)])
    assert rebuild_change(json.loads(json.dumps(describe_change(change)))) == change


@given(st.integers(0, 4), st.integers(0, 10**4), st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_terms_survive_whatever_they_are(element: int, value: int, until: int, wait: int, span: int) -> None:
    (first, *_) = resolve_changes([Change("fees.split", [4000, 2500, 1500, 1000, 1000], 3)])
    change = PlannedChange(3, first.slot + element, 0, float(value), 0, int(element > 0), until=until, wait=wait, span=span)
    assert rebuild_change(json.loads(json.dumps(describe_change(change)))) == change


def test_every_kind_of_shock_survives() -> None:
    world = replace(load_scenario("minimal"), shocks=tuple(Shock(3, int(kind), 0.1) for kind in ShockKind))
    assert is_same(send(world), world)
