"""SHA-256 with a domain in front, so that a hash made for one purpose never passes for another."""

from hashlib import sha256

DIGEST_BYTES = 32
"""Length of a SHA-256 digest."""


def hash_parts(domain: bytes, *parts: bytes) -> bytes:
    """SHA-256 over the domain and the parts, each preceded by its length: no two lists of parts give the same bytes."""
    text = b"".join([len(part).to_bytes(4, "big") + part for part in (domain, *parts)])
    return sha256(text).digest()


def encode_whole(value: int) -> bytes:
    """A whole number as eight bytes, signed, big-endian. Raises OverflowError beyond 64 bits."""
    return value.to_bytes(8, "big", signed=True)
