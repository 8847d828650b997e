"""Chance by identity: a birth hands nobody else the chance of another."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.day import open_world
from metalab.econ.kernel.chance.identity import FOUNDED, compute_identity, fill_by_identity
from metalab.econ.kernel.chance.philox import derive_key, split_key, uniform_at
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.econ.liquidity.liquidity import process_liquidity
from metalab.econ.rollups.rollup import RollupRow, deploy
from metalab.econ.rollups.rollups import process_closings
from metalab.econ.security.incidents import process_incidents
from metalab.econ.storage.storage import process_storage
from metalab.protocol.kernel.compiling import plain
from tests.support import make_rows, make_scenario

KEY = derive_key(5, 0, 17, 30)
founders = st.tuples(st.integers(0, 100_000), st.integers(0, FOUNDED - 1))


@given(founders, founders, st.integers(0, FOUNDED - 1))
def test_no_two_have_one_identity(a: tuple[int, int], b: tuple[int, int], opening: int) -> None:
    assert (plain(compute_identity)(*a) == plain(compute_identity)(*b)) == (a == b)
    assert plain(compute_identity)(*a) != opening


@given(st.lists(st.integers(0, 1 << 40), max_size=30), st.integers(1, 9))
def test_rows_are_filled_by_identity(identities: list[int], width: int) -> None:
    rows, flat = make_rows(RollupRow, len(identities)), np.full((len(identities) + 1, width), -1.0)
    for row, identity in zip(rows, identities, strict=True):
        row.identity = identity
    plain(fill_by_identity)(memoryview(flat), KEY, rows, len(identities))
    assert flat[:-1].tolist() == [[uniform_at(KEY, identity, k) for k in range(width)] for identity in identities]
    assert (flat[-1] == -1.0).all()


def test_keys_of_agents_and_purposes_are_apart_from_each_other_and_from_draws() -> None:
    keys = [tuple(map(int, split_key(KEY, agent, index))) for agent in (0, 1, 1 << 33) for index in (0, 1, 2)]
    assert len({*keys, tuple(map(int, KEY))}) == 10
    assert plain(split_key)(KEY, 1 << 33, 2) == split_key(KEY, 1 << 33, 2)
    many = np.array([uniform_at(split_key(KEY, agent, 0), 7, 0) for agent in range(4_000)])
    assert abs(many.mean() - 0.5) < 4 * 0.2887 / 4_000**0.5


def found(*births: tuple[int, int]) -> Any:
    """A world in which these developers have founded rollups on these days, on the morning of day 20."""
    world = allocate(make_scenario(incidents__hazard=(300.0, 300.0, 0.0, 0.0), incidents__contagion=0.0, passports__mutual=0.0).parameters)
    rows = as_rows(world)
    plain(open_world)(rows, 3, 0, 0)
    p = rows.params[0]
    for developer, day in births:
        plain(deploy)(rows.rollups, rows.state[0].rollups, developer, 0, 0, 0.5, 0.0, day, p.rollups)
    rows.state[0].clock.day = 20
    for phase in (process_incidents, process_liquidity, process_storage, process_closings):
        plain(phase)(rows)
    return world


def test_a_birth_before_changes_no_draw_of_the_others() -> None:
    few, more = found((2, 9)), found((4, 5), (2, 9))
    assert few.rollups["identity"][3] == more.rollups["identity"][4] == compute_identity(2, 9)
    for table in ("rollup_draws", "licence_draws", "incident_draws", "pool_draws", "store_draws"):
        a, b = (getattr(world, table).view(np.float64).reshape(len(world.rollups), -1) for world in (few, more))
        assert (a[:3] == b[:3]).all()
        assert (a[3] == b[4]).all()
        assert (b[3] != b[4]).all()
    # Details too: whom it hit, it hit alike.
    for before, after in ((0, 0), (1, 1), (2, 2), (3, 4)):
        assert few.incidents["count"][before] == more.incidents["count"][after]
    assert few.incidents["count"].sum() > 0
