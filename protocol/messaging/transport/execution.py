"""One vote, many executions: every rollup executes what was decided, failures are retried and in the end reported."""

from enum import IntEnum


class ExecutionOutcome(IntEnum):
    """What became of an execution on one rollup."""

    PENDING = 0
    DONE = 1
    FAILED = 2


class Execution:
    """A decision on its way to all rollups. Executing twice has no effect: the second try is refused."""

    def __init__(self, rollups: int, decided_s: float, most_tries: int) -> None:
        self.decided_s = decided_s
        self.most_tries = most_tries
        self.outcomes = [ExecutionOutcome.PENDING] * rollups
        self.tries = [0] * rollups
        self.done_s = [0.0] * rollups

    def attempt(self, rollup: int, works: bool, now_s: float) -> ExecutionOutcome:
        """One try on one rollup."""
        if self.outcomes[rollup] != ExecutionOutcome.PENDING:
            return self.outcomes[rollup]
        self.tries[rollup] += 1
        if works:
            self.outcomes[rollup], self.done_s[rollup] = ExecutionOutcome.DONE, now_s
        elif self.tries[rollup] >= self.most_tries:
            self.outcomes[rollup], self.done_s[rollup] = ExecutionOutcome.FAILED, now_s
        return self.outcomes[rollup]

    @property
    def is_over(self) -> bool:
        """Whether nothing is pending."""
        return ExecutionOutcome.PENDING not in self.outcomes

    @property
    def latency_s(self) -> float:
        """From the decision to the last rollup's end: the slowest one counts."""
        return max(self.done_s) - self.decided_s

    def list_failed(self) -> list[int]:
        """Rollups where it could not be executed."""
        return [rollup for rollup, outcome in enumerate(self.outcomes) if outcome == ExecutionOutcome.FAILED]
