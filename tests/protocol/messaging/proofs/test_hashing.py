"""Domain-separated SHA-256."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.proofs.hashing import encode_whole, hash_parts

PARTS = st.lists(st.binary(max_size=6), max_size=4)


def test_the_bytes_under_the_hash_are_as_documented() -> None:
    written = b"\0\0\0\1d" + b"\0\0\0\3abc" + b"\0\0\0\0"
    assert hash_parts(b"d", b"abc", b"") == sha256(written).digest()


def test_sha_256_is_the_published_one() -> None:
    """FIPS 180-4, appendix B.1; our only other input is the length in front."""
    assert sha256(b"abc").hexdigest() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_parts(b"abc") == sha256(b"\0\0\0\3abc").digest()


@given(PARTS, PARTS)
def test_different_parts_give_different_hashes(one: list[bytes], two: list[bytes]) -> None:
    assert (hash_parts(b"x", *one) == hash_parts(b"x", *two)) == (one == two)


@given(PARTS)
def test_the_domain_counts(parts: list[bytes]) -> None:
    assert hash_parts(b"header", *parts) != hash_parts(b"snapshot", *parts)


@given(st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_come_back(value: int) -> None:
    assert int.from_bytes(encode_whole(value), "big", signed=True) == value
    assert len(encode_whole(value)) == 8


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1])
def test_what_does_not_fit_is_refused(value: int) -> None:
    with pytest.raises(OverflowError):
        encode_whole(value)
