"""How many agents of each type a world has."""

from protocol.declare import Record, parameter

_MODEL = "MODEL 0"


class Population(Record):
    """Sizes of the tables when a world is made; they cannot change during a run."""

    users: int = parameter(5_000, 0, 2_000_000, unit="1", source=_MODEL, owner="nature", doc="User cohorts.")
    developers: int = parameter(250, 0, 100_000, unit="1", source=_MODEL, owner="nature", doc="Developers.")
    core: int = parameter(20, 0, 10_000, unit="1", source=_MODEL, owner="nature", doc="Core candidates.")
    flex: int = parameter(120, 0, 10_000, unit="1", source=_MODEL, owner="nature", doc="Flex candidates.")
    guardian: int = parameter(40, 0, 10_000, unit="1", source=_MODEL, owner="nature", doc="Guardian candidates.")
    voters: int = parameter(400, 0, 100_000, unit="1", source=_MODEL, owner="nature", doc="DAO voters.")
    traders: int = parameter(200, 0, 100_000, unit="1", source=_MODEL, owner="nature", doc="Traders.")
    rollups: int = parameter(
        60, 0, 5_000, unit="1", source="data/caldera_ecosystem_checkpoints.csv 2025-08-20", owner="nature", doc="Rollups live on day 0."
    )
