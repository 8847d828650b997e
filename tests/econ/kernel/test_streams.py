"""No two behaviours draw the same chance: which phases use which stream."""

import re

from metalab.econ.kernel.chance.streams import Stream
from tests.support import ROOT, find_modules

SHARED = {
    "HOMES": "the same choice of a home, at genesis and later",
    "BALLOTS": "ballots and polls, on distinct topics and indices",
    "GENESIS_VOTERS": "traits of voters and of operators, distinct indices",
    "GENESIS_USERS": "distinct indices",
    "GENESIS_NODES": "distinct indices",
    "GENESIS_DEVELOPERS": "distinct indices",
    "GENESIS_ROLLUPS": "distinct indices",
    "VOTERS": "a voter's day and its looks at levers, distinct indices",
    "STUDY": "not part of a run",
    "METALAYER_WORLD": "rollups and the committee, distinct entities",
    "TICKS": "the same ticks in the economy, the laboratory and the fit of the surface, which never run together",
}
"""Streams with more than one user, and why that is sound."""


def find_users() -> dict[str, set[str]]:
    """Files that name each stream."""
    users: dict[str, set[str]] = {}
    for path in find_modules("econ"):
        for name in re.findall(r"Stream\.([A-Z_]+)", path.read_text()):
            users.setdefault(name, set()).add(str(path.relative_to(ROOT)))
    return users


def test_a_stream_has_one_user_or_a_reason() -> None:
    crowded = {name: sorted(files) for name, files in find_users().items() if len(files) > 1 and name not in SHARED}
    # A table's own draws and the block-wise pass over the same table may stand in two files of one mechanism.
    assert crowded == {}


def test_numbers_of_streams_are_unique() -> None:
    assert len({int(stream) for stream in Stream}) == len(Stream.__members__)
