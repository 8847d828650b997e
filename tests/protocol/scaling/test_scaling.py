"""Controllers of the active flex set: bounds, steadiness, delays, and what each is known for."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.scaling.scaling import (
    TICK,
    Controller,
    Crew,
    Method,
    Scaling,
    arrive,
    choose_crew,
    direct_crew,
    open_crew,
    settle_active,
)
from tests.support import make_row

CORE = 20
ADAPTIVE = [Controller.HYSTERESIS, Controller.PROPORTIONAL, Controller.PI]
"""All that follow the load."""


def make(controller: Controller, active: int = 25, load: float = 138.0, **values: Any) -> tuple[Any, Any]:
    p = make_row(Scaling, controller=int(controller), **values)
    crew = make_row(Crew)
    plain(open_crew)(crew, active, load)
    return crew, p


def follow(crew: Any, p: Any, rates: list[float], standing_by: int = 100) -> Iterator[int]:
    """Active nodes tick by tick under a load, without a queue."""
    for rate in rates:
        plain(arrive)(crew)
        yield crew.active
        plain(direct_crew)(crew, p, CORE, standing_by, rate, 0)


def wobble(rate: float, ticks: int) -> list[float]:
    """A constant load as a count sees it: 5 % up and down."""
    return [rate * (1.0 + 0.05 * ((k * 7919 % 21) / 10.0 - 1.0)) for k in range(ticks)]


def test_numbers_are_permanent_and_every_member_is_handled() -> None:
    assert [(m.name, int(m)) for m in Controller] == [("HYSTERESIS", 0), ("PROPORTIONAL", 1), ("FIXED", 2), ("PI", 3)]
    assert [(m.name, int(m)) for m in Method] == [("SIMULATED", 0), ("SURFACE", 1), ("CLOSED_FORM", 2)]
    wanted, settled = [], []
    for member in Controller:
        crew, p = make(member, active=10, load=60.0, fixed_nodes=17, stabilise_s=0.0)
        wanted.append(plain(choose_crew)(crew, 190.0, p, CORE, 100))
        settled.append(plain(settle_active)(10, 190.0, p, CORE, 100))
    assert settled == [40, 48, 17, 48]
    assert len(set(wanted)) == len(Controller)


@pytest.mark.parametrize("controller", list(Controller))
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_the_set_stays_within_its_bounds_and_the_stake(controller: Controller, data: st.DataObject) -> None:
    standing_by = data.draw(st.integers(0, 140))
    rates = data.draw(st.lists(st.floats(0.0, 2_000.0), min_size=1, max_size=40))
    crew, p = make(controller, active=min(25, standing_by), activation_s=data.draw(st.floats(3.0, 30.0)))
    for active in follow(crew, p, rates, standing_by):
        assert min(standing_by, p.active_min) * (crew.coming == 0) <= active <= min(standing_by, p.active_max)
        assert 0 <= crew.coming <= min(standing_by, p.active_max) - active
        assert sum(crew.orders) == crew.coming


@pytest.mark.parametrize("controller", ADAPTIVE)
def test_more_load_never_settles_on_fewer_nodes(controller: Controller) -> None:
    p = make_row(Scaling, controller=int(controller), tolerance=0.0)
    sizes = [plain(settle_active)(30, float(rate), p, CORE, 100) for rate in range(0, 700, 3)]
    assert all(a <= b for a, b in pairwise(sizes))
    assert (sizes[0], sizes[-1]) == (10, 100)


@pytest.mark.parametrize("controller", ADAPTIVE)
def test_the_controller_comes_to_rest_where_it_is_said_to(controller: Controller) -> None:
    crew, p = make(controller, active=10, load=60.0)
    sizes = list(follow(crew, p, [190.0] * 400))
    assert sizes[-1] == pytest.approx(plain(settle_active)(10, 190.0, p, CORE, 100), abs=1)
    assert sizes[-1] == sizes[-100]


@pytest.mark.parametrize("rate", [20.0, 60.0, 138.0, 200.0, 377.0])
def test_hysteresis_never_adds_and_releases_under_constant_load(rate: float) -> None:
    crew, p = make(Controller.HYSTERESIS, active=45, load=rate)
    sizes = list(follow(crew, p, wobble(rate, 1_200)))
    rises = sum(b > a for a, b in pairwise(sizes))
    falls = sum(b < a for a, b in pairwise(sizes))
    assert min(rises, falls) == 0
    assert sizes[600:] == [sizes[-1]] * 600


@pytest.mark.parametrize("controller", ADAPTIVE)
@pytest.mark.parametrize("rate", [150.0, 300.0])
def test_no_controller_swings_under_constant_load(controller: Controller, rate: float) -> None:
    crew, p = make(controller, active=30, load=rate)
    sizes = list(follow(crew, p, wobble(rate, 1_200)))[600:]
    assert max(sizes) - min(sizes) <= 0.04 * (CORE + max(sizes))


@given(st.lists(st.floats(0.0, 5_000.0), min_size=1, max_size=50))
@settings(max_examples=30, deadline=None)
def test_a_fixed_set_never_changes(rates: list[float]) -> None:
    crew, p = make(Controller.FIXED)
    assert set(follow(crew, p, rates)) == {25}


@pytest.mark.parametrize(("activation_s", "ticks"), [(3.0, 1), (4.0, 2), (30.0, 10), (300.0, 100)])
def test_nodes_serve_after_their_activation_and_not_before(activation_s: float, ticks: int) -> None:
    crew, p = make(Controller.HYSTERESIS, active=10, load=60.0, window_s=3.0, activation_s=activation_s)
    sizes = list(follow(crew, p, [300.0] * (ticks + 2)))
    assert sizes[: ticks + 1] == [10] * ticks + [74]


def test_orders_are_taken_back_before_nodes_are_released() -> None:
    crew, p = make(Controller.HYSTERESIS, active=10, load=60.0, window_s=3.0, activation_s=30.0)
    list(follow(crew, p, [300.0]))
    assert (crew.active, crew.coming) == (10, 64)
    list(follow(crew, p, [100.0]))
    assert (crew.active, crew.coming) == (10, 20)
    list(follow(crew, p, [10.0]))
    assert (crew.active, crew.coming) == (10, 0)


def test_proportional_waits_before_it_releases_and_then_takes_the_most_wanted() -> None:
    crew, p = make(Controller.PROPORTIONAL, active=60, load=224.0, window_s=3.0)
    rates = [112.0] * 50 + [140.0] + [112.0] * 60
    sizes = list(follow(crew, p, rates))
    ticks = round(p.stabilise_s / TICK)
    assert sizes[: ticks + 1] == [60] * (ticks) + [30]


def test_a_queue_calls_for_nodes_that_the_load_alone_does_not() -> None:
    for controller in ADAPTIVE:
        crew, p = make(controller, active=25, load=125.0, window_s=3.0)
        plain(direct_crew)(crew, p, CORE, 100, 125.0, 6_000)
        assert crew.coming > 10


def test_without_any_server_every_controller_asks_for_some() -> None:
    for controller in ADAPTIVE:
        p = make_row(Scaling, controller=int(controller), active_min=0)
        crew = make_row(Crew)
        plain(open_crew)(crew, 0, 0.0)
        for _ in range(30):
            plain(arrive)(crew)
            plain(direct_crew)(crew, p, 0, 100, 100.0, 50)
        assert crew.active > 20


def test_the_youngest_orders_are_taken_back_first() -> None:
    crew, p = make(Controller.HYSTERESIS, active=10, load=60.0, window_s=3.0, activation_s=30.0)
    sizes = list(follow(crew, p, [128.0, 160.0, 136.0]))
    assert sizes == [10, 10, 10]
    assert [count for count in crew.orders if count] == [10, 10]
    list(follow(crew, p, [90.0]))
    assert [count for count in crew.orders if count] == [10, 5]


def test_proportional_lets_small_deviations_be() -> None:
    crew, p = make(Controller.PROPORTIONAL, active=30, load=140.0, window_s=3.0, stabilise_s=0.0)
    assert set(follow(crew, p, [140.0, 153.0, 127.0, 140.0])) == {30}
    assert list(follow(crew, p, [155.0, 155.0]))[-1] == 36


@pytest.mark.parametrize("then", [60.0, 196.0])
def test_pi_does_not_wind_up_in_overload(then: float) -> None:
    crew, p = make(Controller.PI, active=25, load=138.0, window_s=3.0)
    sizes = list(follow(crew, p, [5_000.0] * 300 + [then] * 60))
    settled = plain(settle_active)(25, then, p, CORE, 100)
    assert (sizes[299], sizes[303] < 100, sizes[-1]) == (100, True, settled)
    assert min(sizes[300:]) >= settled
