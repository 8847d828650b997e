"""Governance: locks, proposals, execution (MODEL 11)."""

from protocol.declare import Record, field, parameter


class Governance(Record):
    """Rules of governance."""

    quorum: float = parameter(
        0.03, 0.0, 1.0, unit="share", source="data/governance_reference.csv", owner="dao", doc="Quorum, share of effective circulating supply."
    )


class VoterRow(Record):
    """A holder who may vote."""

    index: int = field("row", "own place in the table")
    balance: int = field("uERA", "liquid", token=True)
    locked: int = field("uERA", "vote-locked", token=True)


class Proposal(Record):
    """A proposal; rows are added by count."""

    deposit: int = field("uERA", "the proposer's deposit", token=True)


class GovernanceState(Record):
    """Governance as a whole."""

    locked: int = field("uERA", "vote-locked tokens of all voters")
