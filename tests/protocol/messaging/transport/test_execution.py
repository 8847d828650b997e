"""One vote, many executions."""

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.transport.execution import Execution, ExecutionOutcome


@given(st.integers(1, 4), st.integers(1, 4), st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=30))
def test_against_a_plain_count(rollups: int, most: int, tries: list[tuple[int, bool]]) -> None:
    execution = Execution(rollups, 10.0, most)
    oracle: list[list[tuple[float, bool]]] = [[] for _ in range(rollups)]
    for k, (number, works) in enumerate(tries):
        now_s, rollup = 11.0 + k, number % rollups
        is_open = not any(ok for _, ok in oracle[rollup]) and len(oracle[rollup]) < most
        if is_open:
            oracle[rollup].append((now_s, works))
        execution.attempt(rollup, works, now_s)
    done = [any(ok for _, ok in line) for line in oracle]
    failed = [len(line) == most and not ok for line, ok in zip(oracle, done, strict=True)]
    assert execution.tries == [len(line) for line in oracle]
    assert [outcome == ExecutionOutcome.DONE for outcome in execution.outcomes] == done
    assert execution.list_failed() == [k for k in range(rollups) if failed[k]]
    assert execution.is_over == all(a or b for a, b in zip(done, failed, strict=True))
    if execution.is_over:
        assert execution.latency_s == max(line[-1][0] for line in oracle) - 10.0
