"""Sequences of chance: the same numbers however many are made at a time."""

import pytest

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.philox import derive_key, uniform_at
from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.protocol.kernel.compiling import plain

SEED, STREAM, ENTITY = 7, Stream.METALAYER_HOPS, 12


def draw_many(count: int, **options: int | bool) -> list[float]:
    sequence = Sequence(SEED, STREAM, ENTITY, **options)  # type: ignore[arg-type]
    return [sequence.draw() for _ in range(count)]


def test_the_numbers_are_those_of_the_key() -> None:
    key = plain(derive_key)(SEED, 0, int(STREAM), 0)
    assert draw_many(40) == [plain(uniform_at)(key, ENTITY, k) for k in range(40)]


@pytest.mark.parametrize("block", [1, 3, 16, 17, 1000])
@pytest.mark.parametrize("normals", [False, True])
def test_the_length_of_blocks_does_not_matter(block: int, normals: bool) -> None:
    assert draw_many(300, block=block, normals=normals) == draw_many(300, normals=normals)


def test_normals_are_those_of_the_uniforms() -> None:
    assert draw_many(50, normals=True) == [plain(normal)(u) for u in draw_many(50)]


@pytest.mark.parametrize("other", [(8, STREAM, ENTITY), (SEED, Stream.METALAYER_ROOTS, ENTITY), (SEED, STREAM, ENTITY + 1)])
def test_another_key_gives_other_numbers(other: tuple[int, Stream, int]) -> None:
    sequence = Sequence(*other)
    assert not set(draw_many(50)) & {sequence.draw() for _ in range(50)}
