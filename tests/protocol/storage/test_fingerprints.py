"""Fingerprints: known hash, every flipped bit is found, late files are lost, nothing goes missing uncounted."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.storage.fingerprints import (
    HOT_SECONDS,
    PRUNED_SECONDS,
    Fingerprint,
    compute_digest,
    find_damaged,
    is_intact,
    migrate_files,
    take_fingerprint,
)


def test_the_digest_is_sha256_of_lengths_and_contents() -> None:
    expected = hashlib.sha256(bytes.fromhex("0300000000000000") + b"a/b" + (9).to_bytes(8, "little") + (2).to_bytes(8, "little") + b"xy")
    assert compute_digest("a/b", 9, b"xy") == expected.digest()


def test_path_and_content_do_not_run_into_each_other() -> None:
    assert compute_digest("ab", 1, b"c") != compute_digest("a", 1, b"bc")


@given(st.binary(min_size=1, max_size=200), st.data())
def test_every_flipped_bit_is_found(content: bytes, data: st.DataObject) -> None:
    place, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    fingerprint = take_fingerprint("r/7", 86_400, content)
    flipped = bytearray(content)
    flipped[place] ^= 1 << bit
    assert is_intact(fingerprint, content)
    assert not is_intact(fingerprint, bytes(flipped))
    assert not is_intact(fingerprint._replace(timestamp=86_401), content)
    assert not is_intact(fingerprint._replace(path="r/8"), content)


@pytest.mark.parametrize(
    ("age", "place"),
    [
        (HOT_SECONDS - 1, "waiting"),
        (HOT_SECONDS, "moved"),
        (PRUNED_SECONDS - 1, "moved"),
        (PRUNED_SECONDS, "lost"),
        (PRUNED_SECONDS + 1, "lost"),
    ],
)
def test_a_file_moves_within_its_hour_or_is_lost(age: int, place: str) -> None:
    result = migrate_files([take_fingerprint("f", 100, b"data")], {"f": b"data"}.get, 100 + age)
    assert (result.waiting, result.lost) == ((("f",) if place == "waiting" else ()), (("f",) if place == "lost" else ()))
    assert result.moved == ({"f": b"data"} if place == "moved" else {})
    assert result.damaged == ()


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=3), st.tuples(st.integers(0, 2 * PRUNED_SECONDS), st.binary(max_size=9)), max_size=9
    )
)
def test_every_file_is_in_exactly_one_place(files: dict[str, tuple[int, bytes]]) -> None:
    fingerprints = [take_fingerprint(path, time, content) for path, (time, content) in files.items()]
    # Copies of paths with an "a" arrive damaged, those with "bb" not at all.
    hot = {path: content + b"!" if "a" in path else content for path, (_, content) in files.items() if "bb" not in path}
    result = migrate_files(fingerprints, hot.get, 2 * PRUNED_SECONDS)
    assert sorted([*result.moved, *result.waiting, *result.damaged, *result.lost]) == sorted(files)
    assert all("a" in path or "bb" in path for path in result.damaged)


def test_rot_in_the_cold_tier_is_found() -> None:
    prints: list[Fingerprint] = [take_fingerprint(path, 5, path.encode()) for path in ("a", "b", "c")]
    assert find_damaged(prints, {"a": b"a", "b": b"B"}) == ["b", "c"]
