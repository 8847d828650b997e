"""By hand against by intent: success emerges from steps and tries."""

import pytest

from metalab.econ.messaging.fastclock.figures.service import measure_transfers
from metalab.econ.messaging.fastclock.services.transfers import INTENT, MANUAL
from metalab.protocol.messaging.transport.intents import Problem
from tests.econ.messaging.fastclock.lab import run

MANY = {"transfers__requests_per_hour": 20_000.0, "minutes": 12.0, "traffic__messages_per_day": 1000.0, "relaying__subscribers": 0}


@pytest.mark.parametrize(("p", "k", "r"), [(0.9, 3, 2), (0.7, 2, 3), (0.5, 4, 1)])
def test_success_is_that_of_the_formulas_when_only_chance_counts(p: float, k: int, r: int) -> None:
    """Gas prices stand still, so that a step works with chance p: p^k by hand, 1 - (1 - p)^r by intent."""
    simulation = run(
        1,
        transfers__step_success=p,
        transfers__steps=k,
        transfers__tries=r,
        transfers__gas_sigma=0.0,
        transfers__hand_s=0.5,
        transfers__fill_s=0.5,
        **MANY,
    )
    early = [pair for pair in simulation.transfers.pairs if pair[0].start_s < 300.0 and pair[0].source.wait_s < 60.0]
    assert len(early) > 500
    assert all(attempt.is_over for pair in early for attempt in pair)
    for kind, expected in ((MANUAL, p**k), (INTENT, 1 - (1 - p) ** r)):
        works = sum(pair[kind].problem == Problem.NONE for pair in early) / len(early)
        assert works == pytest.approx(expected, abs=4 * (expected * (1 - expected) / len(early)) ** 0.5)


def test_gas_that_is_too_little_fails() -> None:
    settings = {"transfers__step_success": 1.0, "transfers__hand_s": 0.5, "transfers__fill_s": 0.5, "transfers__gas_sigma": 0.5}
    simulation = run(1, **settings, **MANY)
    problems = {kind: {pair[kind].problem for pair in simulation.transfers.pairs if pair[kind].is_over} for kind in (MANUAL, INTENT)}
    assert problems == {MANUAL: {Problem.NONE, Problem.OUT_OF_GAS}, INTENT: {Problem.NONE, Problem.OUT_OF_GAS}}
    assert measure_transfers(simulation)["manual_step_success"] < measure_transfers(simulation)["intent_try_success"]


@pytest.mark.parametrize(
    ("values", "problem"), [({"transfers__intent_risk": 0.0}, Problem.TOO_RISKY), ({"transfers__intent_gas": 10.0}, Problem.TOO_DEAR)]
)
def test_the_routers_checks(values: dict[str, float], problem: Problem) -> None:
    pairs = run(1, **values, **MANY).transfers.pairs
    assert {pair[INTENT].problem for pair in pairs} == {problem}
    assert {pair[INTENT].gas for pair in pairs} == {0.0}


def test_one_way_does_not_touch_the_other() -> None:
    few, many = (run(1, transfers__tries=r, **MANY).transfers.pairs for r in (1, 4))
    assert [pair[MANUAL].end_s for pair in few] == [pair[MANUAL].end_s for pair in many]
    assert [pair[INTENT].end_s for pair in few] != [pair[INTENT].end_s for pair in many]


def test_steps_take_their_time_and_cost_gas() -> None:
    pairs = run(1, transfers__step_success=1.0, transfers__gas_sigma=0.0, **MANY).transfers.pairs
    done = [pair[MANUAL] for pair in pairs if pair[MANUAL].is_over]
    assert all(attempt.gas == pytest.approx(3 * 81_000.0) for attempt in done)
    assert all(attempt.end_s - attempt.start_s > attempt.source.wait_s + attempt.target.block_s for attempt in done)
    assert all(attempt.stages == attempt.worked == 3 for attempt in done)
