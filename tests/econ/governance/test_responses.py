"""What electorates do over a year or more: compiled runs of the launch world, several seeds, medians and sums."""

from typing import Any, NamedTuple

import numpy as np
import pytest

from metalab.econ.day import run_days
from metalab.econ.genesis import create_world
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.users.user import Presence
from metalab.experiments import load_scenario
from tests.support import LEAVES

SEEDS = range(1, 5)
FEE = LEAVES["fees.message_fee_usd"].slot


class Outcome(NamedTuple):
    """What one run's voters did."""

    filed: float
    quorum: float
    turnout: float
    yes: float
    fee: float


def crash(world: Any) -> None:
    """The price falls by 80 %, every second active cohort leaves."""
    world.state["market"]["price"] *= 0.2
    active = np.flatnonzero(world.users["presence"] == Presence.ACTIVE)
    world.users["presence"][active[::2]] = Presence.LEFT


def vote(seed: int, days: int = 730, crash_day: int = 0, **paths: Any) -> Outcome:
    world = create_world(load_scenario("launch", {name.replace("__", "."): value for name, value in paths.items()}), seed)
    out = np.zeros((days, len(COLUMNS)))
    if crash_day:
        run_days(world, crash_day, out[:crash_day])
        crash(world)
    run_days(world, days - crash_day, out[crash_day:])
    since = {name: out[crash_day:, k] for k, name in enumerate(COLUMNS)}
    closed = max(since["votes_closed"].sum(), 1.0)
    turnout, yes = (since[name][since["votes_closed"] > 0] for name in ("turnout_share", "yes_share"))
    fee = float(np.ravel(world.params["fees"]["message_fee_usd"])[0])
    return Outcome(since["proposals_filed"].sum(), since["quorum_reached"].sum() / closed, turnout.mean(), yes.mean(), fee)


def summarise(outcomes: list[Outcome]) -> Outcome:
    return Outcome(*(float(np.median(column)) for column in zip(*outcomes, strict=True)))


def test_the_launch_electorate_is_neither_paralysed_nor_runaway() -> None:
    middle = summarise([vote(seed) for seed in SEEDS])
    assert 4 <= middle.filed <= 80
    assert 0.3 <= middle.quorum <= 1.0
    assert 0.02 <= middle.turnout <= 0.10
    assert middle.yes > 0.65


@pytest.mark.parametrize(("groups", "rises"), [((10_000, 0, 0, 0, 0), True), ((0, 10_000, 0, 0, 0), False)])
def test_houses_of_stakers_and_of_users_file_and_want_opposite_fees(groups: tuple[int, ...], rises: bool) -> None:
    # A cheap fee, below the one at which revenue is highest: stakers want more, users less.
    outcomes = [vote(seed, electorate__groups=groups, fees__message_fee_usd=0.15) for seed in SEEDS]
    fees = [outcome.fee for outcome in outcomes]
    assert summarise(outcomes).filed >= 5
    # Users have better levers than this one: it may stay where it is, but never rises.
    assert min(fees) > 0.15 if rises else (max(fees) <= 0.15 and min(fees) < 0.15)


def test_in_a_crisis_the_house_does_not_fall_silent() -> None:
    after = [vote(seed, crash_day=180) for seed in SEEDS]
    assert min(outcome.filed for outcome in after) >= 1
    assert sum(outcome.quorum for outcome in after) > 0.0


def test_without_ideas_nothing_is_filed() -> None:
    assert vote(1, 365, electorate__proposing=0.0).filed == 0
