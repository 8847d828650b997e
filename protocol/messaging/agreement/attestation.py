"""What a light client gets with a snapshot, and what it weighs with and without aggregated signatures."""

from collections.abc import Sequence

from metalab.protocol.messaging.agreement.quorum import is_quorum, sum_stake
from metalab.protocol.messaging.agreement.votes import Certificate

SIGNATURE_BYTES = 65
"""One ECDSA signature with its recovery byte."""
AGGREGATE_BYTES = 96
"""One BLS12-381 signature in G2, however many signed."""
SUMMARY_BYTES = 48
"""Height and round of 8 bytes, the digest of 32."""


def is_certified(certificate: Certificate, digest: bytes, stakes: Sequence[int]) -> bool:
    """Whether more than two thirds of the stake signed for this digest; a signer named twice counts once."""
    return certificate.digest == digest and is_quorum(sum_stake(stakes, certificate.signers), sum(stakes))


def count_plain_bytes(signers: int) -> int:
    """A light-client update with one signature and one 2-byte name per signer."""
    return SUMMARY_BYTES + signers * (SIGNATURE_BYTES + 2)


def count_aggregated_bytes(guardians: int) -> int:
    """A light-client update with one aggregated signature and one bit per guardian."""
    return SUMMARY_BYTES + AGGREGATE_BYTES + (guardians + 7) // 8
