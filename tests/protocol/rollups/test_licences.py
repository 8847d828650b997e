"""Licences: refusals, contagion, ends, exact royalties."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.chance.philox import derive_key, split_key
from metalab.econ.rollups.diffusion import DiffusionContext, find_partner, spread_innovations
from metalab.econ.rollups.rollup import RollupRow, RollupsState, add_rollup, share_traffic
from metalab.protocol.kernel.codes import ALREADY_DONE, OK, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.rollups.licences import (
    LicenceDraws,
    LicenceRow,
    Licences,
    LicencesMetrics,
    LicencesState,
    adopt,
    build,
    compute_royalty,
    end_licence,
)
from tests import support
from tests.support import make_row

make_rows: Any = support.make_rows


def make_network(count: int) -> tuple[Any, Any]:
    rollups, network = make_rows(RollupRow, count), make_row(RollupsState)
    for i in range(count):
        plain(add_rollup)(rollups, network, 0)
        rollups[i].tvl = float(count - i)
    plain(share_traffic)(rollups, network, 1.0)
    return rollups, network


def test_an_innovation_passes_on_and_each_refusal_writes_nothing() -> None:
    rollups, _ = make_network(4)
    licences, state = make_rows(LicenceRow, 2), make_row(LicencesState)
    assert plain(adopt)(licences, state, rollups[1], rollups[0], 3) == UNKNOWN_TARGET
    assert plain(build)(rollups[0]) == OK
    assert plain(build)(rollups[0]) == ALREADY_DONE
    assert plain(adopt)(licences, state, rollups[1], rollups[0], 3) == OK
    assert plain(adopt)(licences, state, rollups[2], rollups[1], 4) == OK
    assert [(row.originator, row.adopter, row.since, row.live) for row in licences] == [(0, 1, 3, 1), (0, 2, 4, 1)]
    assert plain(adopt)(licences, state, rollups[1], rollups[0], 5) == ALREADY_DONE
    before = licences.array.tobytes(), rollups.array.tobytes()
    assert plain(adopt)(licences, state, rollups[3], rollups[0], 5) == TABLE_FULL
    assert (licences.array.tobytes(), rollups.array.tobytes(), state.refused) == (*before, 1)
    rollups[0].live = 0
    assert plain(adopt)(licences, state, rollups[3], rollups[0], 5) == UNKNOWN_TARGET
    plain(end_licence)(licences, state, rollups[1])
    plain(end_licence)(licences, state, rollups[1])
    assert (state.live, licences[0].live, licences[1].live) == (1, 0, 1)


@given(st.integers(0, 10**15), st.integers(0, 5_000))
def test_royalties_are_exact(amount: int, bps: int) -> None:
    assert plain(compute_royalty)(amount, make_row(Licences, royalty_bps=bps)) == amount * bps // 10_000


def test_contagion_follows_the_logistic_curve() -> None:
    count, days, rate = 400, 60, 18.0
    rollups, network = make_network(count)
    licences, state, draws = make_rows(LicenceRow, count), make_row(LicencesState), make_rows(LicenceDraws, count)
    p, today = make_row(Licences, contact_rate=rate, build_rate=0.0), make_row(LicencesMetrics)
    for i in range(40):
        plain(build)(rollups[i])
    rest = np.arange(count)
    for day in range(days):
        for i in range(count):
            # A fixed lattice instead of chance: contacts are spread evenly over rollups and days.
            draws[i].contact = (rest[i] * 0.6180339887498949 + day * 0.7548776662466927 + 0.5 / count) % 1.0
            draws[i].build = 0.5
        plain(spread_innovations)(DiffusionContext(rollups, draws, licences, state, network, p, derive_key(1, 0, 21, day)), day, today)
    share = 0.1 * np.exp(rate * days / 365) / (1 - 0.1 + 0.1 * np.exp(rate * days / 365))
    assert (40 + today.licences_live) / count == pytest.approx(share, abs=0.08)
    assert {row.originator for row in licences if row.live} <= set(range(40))


def test_without_licensing_nothing_spreads() -> None:
    rollups, network = make_network(3)
    licences, state, draws = make_rows(LicenceRow, 3), make_row(LicencesState), make_rows(LicenceDraws, 3)
    plain(build)(rollups[0])
    for row in draws:
        row.contact, row.build = 1e-9, 1.0
    for day in range(40):
        circle = DiffusionContext(rollups, draws, licences, state, network, make_row(Licences, licensing=0), derive_key(1, 0, 21, day))
        plain(spread_innovations)(circle, day, make_row(LicencesMetrics))
    assert state.live == 0
    for day in range(40):
        circle = DiffusionContext(rollups, draws, licences, state, network, make_row(Licences), derive_key(1, 0, 21, day))
        plain(spread_innovations)(circle, day, make_row(LicencesMetrics))
    assert state.live == 2


def test_partners_are_met_alike_and_a_newborn_takes_only_its_part() -> None:
    rollups, network = make_network(5)
    key = derive_key(1, 0, 21, 3)
    met = [plain(find_partner)(rollups, network, split_key(key, k, 0)) for k in range(2_000)]
    assert [met.count(i) for i in range(5)] == pytest.approx([400] * 5, abs=4 * 18)
    rollups, network = make_network(6)
    later = [plain(find_partner)(rollups, network, split_key(key, k, 0)) for k in range(2_000)]
    assert all(a == b for a, b in zip(met, later, strict=True) if b < 5)
    assert later.count(5) == pytest.approx(2_000 / 6, abs=4 * 17)
