"""Majorities of stake in exact integers: two thirds means strictly more than two thirds."""

from collections.abc import Iterable, Sequence


def is_quorum(stake: int, total: int) -> bool:
    """More than two thirds of the total agree."""
    return 3 * stake > 2 * total


def is_blocking(stake: int, total: int) -> bool:
    """One third or more: without it there is no quorum, and with it two quorums may share no honest member."""
    return 3 * stake >= total


def exceeds_third(stake: int, total: int) -> bool:
    """More than one third, hence at least one honest member where the faulty ones hold less than a third."""
    return 3 * stake > total


def sum_stake(stakes: Sequence[int], members: Iterable[int]) -> int:
    """The stake of distinct members; unknown names count nothing."""
    return sum(stakes[member] for member in set(members) if 0 <= member < len(stakes))
