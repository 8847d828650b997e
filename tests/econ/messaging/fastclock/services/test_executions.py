"""One vote, many executions."""

import pytest

from metalab.protocol.messaging.transport.execution import ExecutionOutcome
from tests.econ.messaging.fastclock.lab import run

OFTEN = {"administration__votes_per_hour": 120.0, "minutes": 8.0, "traffic__messages_per_day": 1000.0}


def test_every_rollup_executes_once() -> None:
    simulation = run(1, administration__execution_failure=0.0, **OFTEN)
    old = [execution for execution in simulation.ballots.all if execution.decided_s < simulation.end_s - 120.0]
    assert len(old) > 5
    for execution in old:
        assert execution.outcomes == [ExecutionOutcome.DONE] * 6
        assert execution.tries == [1] * 6
        assert execution.latency_s == max(execution.done_s) - execution.decided_s > 1.0


@pytest.mark.parametrize("failure", [0.4, 1.0])
def test_failures_are_tried_again_and_then_reported(failure: float) -> None:
    simulation = run(1, administration__execution_failure=failure, administration__execution_tries=3, **OFTEN)
    over = [execution for execution in simulation.ballots.all if execution.is_over]
    assert len(over) > 5
    assert sum(max(execution.tries) > 1 for execution in over) > len(over) / 2
    failed = [rollup for execution in over for rollup in execution.list_failed()]
    expected = failure**3 * 6 * len(over)
    assert len(failed) == pytest.approx(expected, abs=4 * (expected * (1 - failure**3)) ** 0.5)
