"""Small simulations for tests."""

from functools import cache
from typing import Any

from metalab.econ.messaging.fastclock.settings.settings import Settings, make_settings
from metalab.econ.messaging.fastclock.simulation import Simulation, simulate

SMALL = {"traffic.rollups": 6, "guarding.guardians": 7, "minutes": 5.0, "traffic.messages_per_day": 60_000.0, "relaying.subscribers": 8}


def choose(**values: Any) -> Settings:
    """Small settings; write dots of a path as two underscores."""
    return make_settings(SMALL | {name.replace("__", "."): value for name, value in values.items()})


def run(seed: int = 1, **values: Any) -> Simulation:
    return simulate(choose(**values), seed)


@cache
def get_usual() -> Simulation:
    """One simulation with faults of every kind, for tests that only look."""
    return run(
        3,
        minutes=10.0,
        guarding__byzantine=2,
        guarding__silence_heights=5,
        relaying__crashes_per_hour=60.0,
        relaying__relay_failure=0.2,
        administration__votes_per_hour=30.0,
    )
