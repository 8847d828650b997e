"""Certificates, and what they weigh."""

import pytest

from metalab.protocol.messaging.agreement.attestation import count_aggregated_bytes, count_plain_bytes, is_certified
from metalab.protocol.messaging.agreement.votes import Certificate

STAKES = (10, 10, 10, 70)


@pytest.mark.parametrize(
    ("signers", "digest", "expected"),
    [
        ((3,), b"a", True),
        ((0, 1, 2), b"a", False),
        ((3,), b"b", False),
        ((0, 0, 0, 0, 0, 0, 0, 0), b"a", False),
        ((3, 9), b"a", True),
        ((), b"a", False),
    ],
)
def test_who_has_to_sign(signers: tuple[int, ...], digest: bytes, expected: bool) -> None:
    assert is_certified(Certificate(1, 0, b"a", signers), digest, STAKES) is expected


def test_exactly_two_thirds_do_not_certify() -> None:
    assert not is_certified(Certificate(1, 0, b"a", (0, 1)), b"a", (1, 1, 1))
    assert is_certified(Certificate(1, 0, b"a", (0, 1, 2)), b"a", (1, 1, 1))


@pytest.mark.parametrize(("guardians", "plain", "aggregated"), [(1, 115, 145), (4, 316, 145), (20, 1388, 147), (200, 13448, 169)])
def test_bytes(guardians: int, plain: int, aggregated: int) -> None:
    assert count_plain_bytes(guardians) == 48 + 67 * guardians == plain
    assert count_aggregated_bytes(guardians) == 48 + 96 + -(-guardians // 8) == aggregated
