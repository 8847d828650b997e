"""Whose turn it is to propose."""

from collections.abc import Sequence

from metalab.protocol.messaging.proofs.hashing import encode_whole, hash_parts


def choose_proposer(stakes: Sequence[int], height: int, round_number: int) -> int:
    """The proposer of a round: by lot among guardians, each with chance in proportion to its stake.

    The lot is a hash of height and round, so that all agree on it. The bias of the remainder is below total / 2^256.
    """
    ticket = int.from_bytes(hash_parts(b"proposer", encode_whole(height), encode_whole(round_number)), "big") % sum(stakes)
    for guardian, stake in enumerate(stakes):
        ticket -= stake
        if ticket < 0:
            return guardian
    raise ValueError("no guardian has stake")
