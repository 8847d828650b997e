"""How many agents of each type a world has."""

from metalab.protocol.kernel.declare import Record, parameter

_MODEL = "MODEL 0"
"""Source of the default sizes."""


class Population(Record):
    """Sizes of the tables when a world is made; they cannot change during a run."""

    users: int = parameter(5_000, 0, 2_000_000, unit="1", source=_MODEL, owner="nature", binds="opening", doc="User cohorts.")
    developers: int = parameter(250, 0, 100_000, unit="1", source=_MODEL, owner="nature", binds="opening", doc="Developers.")
    core: int = parameter(20, 0, 10_000, unit="1", source=_MODEL, owner="nature", binds="opening", doc="Core candidates.")
    flex: int = parameter(120, 0, 10_000, unit="1", source=_MODEL, owner="nature", binds="opening", doc="Flex candidates.")
    guardian: int = parameter(40, 0, 10_000, unit="1", source=_MODEL, owner="nature", binds="opening", doc="Guardian candidates.")
    genesis_core: int = parameter(
        20, 0, 10_000, unit="1", source="ECONOMY 2", owner="team", binds="opening", doc="Core nodes bonded on day 0."
    )
    genesis_flex: int = parameter(
        25, 0, 10_000, unit="1", source="ECONOMY 2", owner="team", binds="opening", doc="Flex nodes bonded on day 0."
    )
    genesis_guardian: int = parameter(
        12, 0, 10_000, unit="1", source="ECONOMY 2", owner="team", binds="opening", doc="Guardians bonded on day 0."
    )
    floor_core: int = parameter(
        5, 0, 10_000, unit="1", source="ECONOMY 9", owner="team", binds="opening", doc="Core nodes run by the protocol."
    )
    floor_flex: int = parameter(
        10, 0, 10_000, unit="1", source="ECONOMY 9", owner="team", binds="opening", doc="Flex nodes run by the protocol."
    )
    floor_guardian: int = parameter(
        4, 0, 10_000, unit="1", source="ECONOMY 9", owner="team", binds="opening", doc="Guardians run by the protocol."
    )
    journal: int = parameter(
        0, 0, 10_000_000, unit="1", source="assumed (off: it is for following single nodes)", owner="team", binds="opening",
        doc="Movements of node tokens that the journal has room for; 0: off.",
    )  # fmt: skip
    voters: int = parameter(400, 0, 100_000, unit="1", source=_MODEL, owner="nature", binds="opening", doc="DAO voters.")
    traders: int = parameter(200, 0, 100_000, unit="1", source=_MODEL, owner="nature", binds="opening", doc="Traders.")
    rollups: int = parameter(
        60,
        0,
        5_000,
        unit="1",
        source="data/caldera_ecosystem_checkpoints.csv 2025-08-20",
        owner="nature",
        binds="opening",
        doc="Rollups live on day 0.",
    )
