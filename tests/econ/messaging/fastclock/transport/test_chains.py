"""Rollups: commitments, arrivals, blocks, sizes."""

import math

import pytest

from metalab.econ.messaging.fastclock.settings.settings import make_settings
from metalab.econ.messaging.fastclock.transport.chains import RollupChains, pick
from metalab.protocol.messaging.agreement.snapshots import compute_header_root, make_snapshot
from metalab.protocol.messaging.proofs.light_client import check_outbox


def make_chains(**values: float) -> RollupChains:
    return RollupChains(5, make_settings({"traffic.rollups": 8} | {name.replace("__", "."): value for name, value in values.items()}))


def test_headers_link_and_every_message_can_be_proven_from_any_later_one() -> None:
    chain = make_chains().all[0]
    for tick in range(5):
        chain.pending += [f"{tick}/{k}".encode() for k in range(tick % 3)]
        chain.commit(3.0 * tick)
    assert chain.roots == [compute_header_root(header) for header in chain.headers]
    for tick, leaves in chain.leaves.items():
        for place, leaf in enumerate(leaves):
            for last in range(tick, 5):
                assert check_outbox(leaf, chain.prove(tick, place, last), chain.roots[last])
                assert not check_outbox(leaf + b"x", chain.prove(tick, place, last), chain.roots[last])
    assert chain.pending == []


def test_the_state_follows_what_happens() -> None:
    one, two = make_chains().all[0], make_chains().all[0]
    two.touch(b"something")
    one.commit(0.0)
    two.commit(0.0)
    assert one.roots != two.roots


def test_the_newest_arrived_root_is_found() -> None:
    chain = make_chains(guarding__root_s=4.0).all[0]
    for tick in range(6):
        chain.commit(3.0 * tick)
    for now in (0.0, 4.0, 9.5, 15.0, 60.0):
        assert chain.find_arrived(now) == max((tick for tick, time in enumerate(chain.arrivals) if time <= now), default=-1)


def test_blocks_are_on_a_grid() -> None:
    for chain in make_chains().all:
        for now in (0.0, 7.3, 100.0):
            block = chain.find_block(now)
            assert 0.0 <= block - now < chain.block_s + 1e-9
            steps = (block - chain.phase_s) / chain.block_s
            assert steps == pytest.approx(round(steps), abs=1e-6)


def test_sources_are_zipf_and_the_rest_keep_their_proportions() -> None:
    chains, cells = make_chains(), 40_000
    weights = [1 / (k + 1) for k in range(8)]
    for without in (-1, 0, 3, 7):
        kept = [0.0 if k == without else weight for k, weight in enumerate(weights)]
        counts = [0] * 8
        for cell in range(cells):
            counts[chains.choose((cell + 0.5) / cells, without)] += 1
        assert counts == pytest.approx([cells * weight / sum(kept) for weight in kept], abs=2)


def test_only_committed_roots_are_true() -> None:
    chains = make_chains()
    chains.commit(0.0)
    chains.commit(3.0)
    ticks, roots = (1,) * 8, tuple(chain.roots[1] for chain in chains.all)
    assert chains.holds(make_snapshot(1, ticks, roots))
    assert not chains.holds(make_snapshot(1, (0,) * 8, roots))
    assert not chains.holds(make_snapshot(1, (2, *ticks[1:]), roots))
    assert not chains.holds(make_snapshot(1, ticks, (bytes(32), *roots[1:])))


def test_picking_by_weight() -> None:
    assert [pick(u, [1, 0, 3]) for u in (0.0, 0.24, 0.26, 0.99)] == [0, 0, 2, 2]
    assert math.isfinite(pick(1.0, [1, 0, 3]))
