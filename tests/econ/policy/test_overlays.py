"""Changes that end or hang on a condition: laid over the base, taken off exactly, in whatever order things happen."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import floor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.scenario import PlannedChange, Scenario
from metalab.econ.policy.changes import apply_changes
from metalab.experiments import load_scenario, run
from metalab.experiments.errors import NOWHERE
from metalab.experiments.inputs.planning.conditions import read_when
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.policy.changes import FOR_EVER, UNUSED, ChangeMode, ChangeRow, plan_change, qualify_change
from metalab.protocol.policy.conditions import NO_CONDITION, ConditionRow
from tests.support import LEAVES, make_rows

REAL, WHOLE = 0, 1
"""A float and an integer among the parameters of these tests; a vector of whole numbers begins at word 2."""
PARTS, TOTAL = (2, 3, 4), 100
LOW, HIGH = 0.0, 1_000.0
SET, SCALE, ADD = ChangeMode
DAYS = 16


@dataclass(frozen=True)
class Plan:
    """One planned number."""

    day: int
    value: float
    slot: int = REAL
    ramp: int = 0
    until: int = FOR_EVER
    mode: ChangeMode = SET
    condition: int = NO_CONDITION
    linked: int = 0

    @property
    def is_over(self) -> bool:
        return self.until != FOR_EVER or self.condition != NO_CONDITION


@dataclass
class Bench:
    """Small tables and parameters, whose mornings can be run one by one."""

    plans: list[Plan]
    reals: list[float] = field(default_factory=lambda: [10.0, 0.0, 0.0, 0.0, 0.0])
    words: list[int] = field(default_factory=lambda: [0, 10, 50, 30, 20])

    def __post_init__(self) -> None:
        self.changes, self.conditions = make_rows(ChangeRow, len(self.plans) + 1), make_rows(ConditionRow, 2)
        self.changes.array["day"] = UNUSED
        self.conditions.array["also"] = NO_CONDITION
        for k, plan in enumerate(self.plans):
            is_real = int(plan.slot == REAL)
            assert plain(plan_change)(self.changes, plan.day, plan.ramp, plan.slot, is_real, plan.value, plan.linked, -1) == 0
            plain(qualify_change)(self.changes[k], plan.until, int(plan.mode), LOW, HIGH, plan.condition)

    def open_morning(self, day: int, *on: bool) -> "Bench":
        """Run the morning of a day on which these conditions hold."""
        for k, is_on in enumerate(on):
            self.conditions[k].is_on = int(is_on)
        plain(apply_changes)(self.changes, self.conditions, self.words, self.reals, day)
        return self

    def get(self, slot: int) -> float:
        return self.reals[slot] if slot == REAL else self.words[slot]


def follow(*plans: Plan, slot: int = REAL, days: int = 8, on: list[bool] | None = None, start: float = 10.0) -> list[float]:
    """One parameter's value on each day."""
    bench = Bench(list(plans))
    bench.reals[REAL] = start
    return [bench.open_morning(day, (on or [False] * days)[day]).get(slot) for day in range(days)]


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.integers(0, 4), st.sampled_from(list(ChangeMode)))
def test_when_it_ends_the_base_is_back_to_the_bit(base: float, value: float, ramp: int, mode: ChangeMode) -> None:
    values = follow(Plan(2, value, ramp=ramp, until=5, mode=mode), start=base)
    assert values[:2] == [base] * 2
    assert values[5:] == [base] * 3


@pytest.mark.parametrize("slot", [REAL, WHOLE])
def test_it_holds_from_its_day_until_its_end(slot: int) -> None:
    assert follow(Plan(2, 7.0, slot, until=4), slot=slot) == [10, 10, 7, 7, 10, 10, 10, 10]
    assert follow(Plan(0, 7.0, slot, until=1), slot=slot, days=3) == [7, 10, 10]
    assert follow(Plan(3, 7.0, slot, until=3), slot=slot, days=5) == [10] * 5


@pytest.mark.parametrize("slot", [REAL, WHOLE])
def test_what_the_base_becomes_meanwhile_shows_after_the_end(slot: int) -> None:
    over, base = Plan(1, 7.0, slot, until=5), Plan(3, 4.0, slot)
    for plans in ((over, base), (base, over)):
        assert follow(*plans, slot=slot) == [10, 7, 7, 7, 7, 4, 4, 4]


def test_a_base_change_on_the_last_day_and_on_the_end_itself_is_not_lost() -> None:
    for day in (1, 4, 5):
        assert follow(Plan(1, 7.0, until=5), Plan(day, 4.0))[5:] == [4, 4, 4]


def test_a_ramp_goes_on_under_it() -> None:
    alone = follow(Plan(1, 17.0, ramp=7))
    covered = follow(Plan(1, 17.0, ramp=7), Plan(2, 3.0, until=5))
    assert covered == [*alone[:2], 3.0, 3.0, 3.0, *alone[5:]]
    assert alone == [10, 11, 12, 13, 14, 15, 16, 17]


def test_a_base_change_does_not_end_it_nor_it_a_base_change() -> None:
    bench = Bench([Plan(0, 20.0, ramp=10), Plan(1, 3.0, until=9), Plan(4, 5.0)])
    for day in range(6):
        bench.open_morning(day)
    assert [bench.changes[k].ended for k in range(3)] == [1, 0, 1]
    assert [bench.changes[k].is_on for k in range(3)] == [0, 1, 0]


def test_of_two_the_later_written_lies_on_top_whichever_ends_first() -> None:
    long, short = Plan(1, 7.0, until=6), Plan(2, 4.0, until=4)
    assert follow(long, short) == [10, 7, 4, 4, 7, 7, 10, 10]
    assert follow(short, long) == [10, 7, 7, 7, 7, 7, 10, 10]
    assert follow(Plan(1, 7.0, until=4), Plan(2, 4.0, until=6)) == [10, 7, 4, 4, 4, 4, 10, 10]


def test_one_relative_to_another_is_relative_to_what_is_in_force() -> None:
    assert follow(Plan(1, 20.0, until=4), Plan(2, 0.5, until=6, mode=SCALE)) == [10, 20, 10, 10, 5, 5, 10, 10]
    assert follow(Plan(1, 2.0, until=3, mode=SCALE), Plan(1, 3.0, until=4, mode=ADD)) == [10, 23, 23, 13, 10, 10, 10, 10]


def test_a_relative_one_follows_the_base() -> None:
    base = follow(Plan(1, 16.0, ramp=6))
    assert follow(Plan(1, 16.0, ramp=6), Plan(2, 2.0, until=5, mode=SCALE)) == [*base[:2], *(2 * value for value in base[2:5]), *base[5:]]
    assert follow(Plan(3, 16.0), Plan(1, -4.0, until=7, mode=ADD)) == [10, 6, 6, 12, 12, 12, 12, 16]


def test_a_relative_one_that_lasts_starts_once_from_what_is_in_force() -> None:
    assert follow(Plan(1, 20.0), Plan(2, 1.5, mode=SCALE), days=5) == [10, 20, 30, 30, 30]
    assert follow(Plan(1, 20.0, ramp=5), Plan(3, 0.5, mode=SCALE), days=7) == [10, 12, 14, 7, 7, 7, 7]
    # The eve is the base: what is laid over it at that time does not count.
    assert follow(Plan(0, 50.0, until=4), Plan(2, 0.5, mode=SCALE), days=6) == [50, 50, 50, 50, 5, 5]


def test_relative_ones_stay_within_the_bounds() -> None:
    assert follow(Plan(1, 1e6, until=2, mode=SCALE), days=3) == [10, HIGH, 10]
    assert follow(Plan(1, -11.0, until=2, mode=ADD), days=3) == [10, LOW, 10]
    assert follow(Plan(1, -11.0, WHOLE, mode=ADD), slot=WHOLE, days=3) == [10, LOW, LOW]


def test_it_goes_on_and_off_with_its_condition() -> None:
    on = [False, True, True, False, True, False, False, True]
    assert follow(Plan(0, 7.0, condition=0), on=on) == [7 if is_on else 10 for is_on in on]
    assert follow(Plan(2, 7.0, until=5, condition=0), on=on) == [10, 10, 7, 10, 7, 10, 10, 10]
    bench = Bench([Plan(2, 7.0, condition=0)])
    for day, is_on in enumerate(on):
        bench.open_morning(day, is_on)
    assert (bench.changes[0].on_days, bench.changes[0].is_on) == (sum(on[2:]), 1)


def test_its_ramp_counts_the_days_on_which_it_acts() -> None:
    assert follow(Plan(1, 14.0, ramp=4, until=6)) == [10, 11, 12, 13, 14, 14, 10, 10]
    on = [True, True, False, False, True, True, True, False]
    assert follow(Plan(0, 14.0, ramp=4, condition=0), on=on) == [11, 12, 10, 10, 13, 14, 14, 10]


@st.composite
def divide(draw: st.DrawFn) -> list[int]:
    """Whole numbers that sum to the total."""
    cuts = draw(st.lists(st.integers(0, TOTAL), min_size=2, max_size=2))
    return [b - a for a, b in pairwise([0, *sorted(cuts), TOTAL])]


def plan_parts(parts: list[int], plan: Plan) -> list[Plan]:
    return [replace(plan, value=float(value), slot=slot, linked=int(slot > PARTS[0])) for slot, value in zip(PARTS, parts, strict=True)]


WHOLES = st.builds(
    Plan,
    day=st.integers(0, 9),
    value=st.just(0.0),
    ramp=st.integers(0, 6),
    until=st.sampled_from([FOR_EVER, 6, 11]),
    condition=st.sampled_from([NO_CONDITION, 0, 1]),
)
SWITCHES = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=DAYS, max_size=DAYS)


@given(st.lists(st.tuples(divide(), WHOLES), max_size=4), SWITCHES)
def test_parts_of_a_whole_keep_their_sum_every_day(pairs: list[tuple[list[int], Plan]], on: list[tuple[bool, bool]]) -> None:
    bench = Bench([part for parts, plan in pairs for part in plan_parts(parts, plan)])
    for day in range(DAYS):
        bench.open_morning(day, *on[day])
        parts = [bench.words[slot] for slot in PARTS]
        assert sum(parts) == TOTAL
        assert min(parts) >= 0


VALUES = st.integers(0, 40).map(float)
PLANS = st.one_of(
    st.builds(Plan, st.integers(0, 9), VALUES, st.sampled_from([REAL, WHOLE])),
    st.builds(
        Plan,
        st.integers(0, 9),
        st.sampled_from([0.5, 1.5, 2.0]),
        st.sampled_from([REAL, WHOLE]),
        st.integers(0, 4),
        st.sampled_from([FOR_EVER, 5, 10]),
        st.just(SCALE),
        st.sampled_from([NO_CONDITION, 0, 1]),
    ),
    st.builds(
        Plan,
        st.integers(0, 9),
        st.integers(-15, 15).map(float),
        st.sampled_from([REAL, WHOLE]),
        st.integers(0, 4),
        st.sampled_from([FOR_EVER, 5, 10]),
        st.sampled_from([SET, ADD]),
        st.sampled_from([NO_CONDITION, 0, 1]),
    ).map(lambda plan: plan if plan.mode == ADD else replace(plan, value=abs(plan.value))),
)


def judge(plans: list[Plan], on: list[tuple[bool, bool]], slot: int) -> list[Fraction]:
    """Values by looking back from each day alone, in exact fractions: the last base change that has begun, then what lies over it."""
    mine = [plan for plan in plans if plan.slot == slot]

    def settle(exact: Fraction) -> Fraction:
        return exact if slot == REAL else Fraction(max(floor(exact + Fraction(1, 2)), 0))

    def lead(plan: Plan, start: Fraction, step: int) -> Fraction:
        value = Fraction(plan.value)
        if plan.mode != SET:
            value = min(max(start * value if plan.mode == SCALE else start + value, Fraction(LOW)), Fraction(HIGH))
        return settle(start + (value - start) * min(Fraction(step, max(plan.ramp, 1)), Fraction(1)))

    @cache
    def find_base(day: int) -> Fraction:
        begun = [(plan.day, k) for k, plan in enumerate(mine) if not plan.is_over and plan.day <= day]
        if not begun:
            return Fraction(10)
        last = mine[max(begun)[1]]
        return lead(last, find_base(last.day - 1), day - last.day + 1)

    def acts(plan: Plan, day: int) -> bool:
        is_time = plan.day <= day and (plan.until == FOR_EVER or day < plan.until)
        return is_time and (plan.condition == NO_CONDITION or on[day][plan.condition])

    values = []
    for day in range(DAYS):
        value = find_base(day)
        for plan in mine:
            if plan.is_over and acts(plan, day):
                value = lead(plan, value, sum(acts(plan, before) for before in range(day + 1)))
        values.append(value)
    return values


@given(st.lists(PLANS, max_size=7), SWITCHES)
def test_any_changes_lead_to_what_the_oracle_says(plans: list[Plan], on: list[tuple[bool, bool]]) -> None:
    bench = Bench(plans)
    seen: dict[int, list[float]] = {REAL: [], WHOLE: []}
    for day in range(DAYS):
        bench.open_morning(day, *on[day])
        for slot, values in seen.items():
            values.append(bench.get(slot))
    assert seen[WHOLE] == judge(plans, on, WHOLE)
    assert seen[REAL] == pytest.approx([float(value) for value in judge(plans, on, REAL)], rel=1e-9, abs=1e-9)


FEE = LEAVES["fees.message_fee_usd"].slot


@pytest.fixture(scope="module")
def minimal() -> Scenario:
    """The smallest world."""
    return load_scenario("minimal")


def plan_run(world: Scenario, *changes: PlannedChange) -> Any:
    return run(replace(world, changes=changes), days=6, engine="plain")


def test_a_pilot_is_the_same_run_as_there_and_back(minimal: Scenario) -> None:
    pilot = plan_run(minimal, PlannedChange(1, FEE, 1, 0.9, until=4))
    both = plan_run(minimal, PlannedChange(1, FEE, 1, 0.9), PlannedChange(4, FEE, 1, 0.3))
    none = plan_run(minimal)
    assert pilot.rows.tobytes() == both.rows.tobytes() != none.rows.tobytes()
    assert pilot.world.params[0]["fees"]["message_fee_usd"] == 0.3
    assert (pilot.world.changes["on_days"][0], pilot.world.changes["is_on"][0]) == (3, 0)


def test_a_condition_acts_from_the_morning_after_it_was_seen(minimal: Scenario) -> None:
    above = plan_run(minimal, PlannedChange(0, FEE, 1, 0.9, condition=read_when("day >= 2", NOWHERE)))
    assert above.rows.tobytes() == plan_run(minimal, PlannedChange(3, FEE, 1, 0.9)).rows.tobytes()
    assert above.world.conditions["on_days"][0] == above.world.changes["on_days"][0] == 3
    never = plan_run(minimal, PlannedChange(0, FEE, 1, 0.9, condition=read_when("day < 0", NOWHERE)))
    assert never.rows.tobytes() == plan_run(minimal).rows.tobytes()
    mean = plan_run(minimal, PlannedChange(0, FEE, 1, 0.9, condition=read_when("day 3-day mean >= 0", NOWHERE)))
    assert mean.world.conditions["on_days"][0] == 3
