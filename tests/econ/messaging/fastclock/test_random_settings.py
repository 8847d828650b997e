"""Any settings within their bounds: no error, finite figures, and everything that must hold of messages and money."""

from random import Random
from typing import Any

import pytest

from metalab.econ.messaging.fastclock.figures.results import measure
from metalab.econ.messaging.fastclock.settings.settings import LEAVES, make_settings
from metalab.econ.messaging.fastclock.simulation import simulate
from metalab.protocol.messaging.agreement.quorum import is_blocking
from tests.econ.messaging.fastclock.invariants import check_all

FIXED = {"traffic.rollups": 5, "guarding.guardians": 5, "minutes": 0.6}
FREE = [path for path in LEAVES if path not in FIXED and "quantiles" not in path and path != "traffic.messages_per_day"]
MOST = {"relaying.relayers": 9, "guarding.byzantine": 3, "guarding.offline": 2, "relaying.subscribers": 30, "administration.carriers": 9}
LEAST = {"guarding.tick_s": 0.5, "relaying.heartbeat_s": 0.5, "relaying.retry_s": 0.5}
"""Narrower than what is allowed, so that a simulation stays short."""


def draw_value(luck: Random, path: str) -> Any:
    """A bound, or something between, evenly or by orders of magnitude."""
    info = LEAVES[path].info
    if info.unit == "switch":
        return luck.random() < 0.5
    low, high = max(info.low, LEAST.get(path, info.low)), min(info.high, MOST.get(path, 600.0 if path.endswith("_per_hour") else info.high))
    grown = (low + 1e-3) * ((high + 1e-3) / (low + 1e-3)) ** luck.random()
    value = luck.choice([low, high, low + (high - low) * luck.random(), min(max(grown, low), high)])
    return round(value, 6) if LEAVES[path].is_float or info.scale > 1 else int(value)


def draw_settings(seed: int) -> dict[str, Any]:
    luck = Random(seed)
    values: dict[str, Any] = FIXED | {"traffic.messages_per_day": luck.choice([0.0, 20_000.0, 300_000.0])}
    for path in luck.sample(FREE, luck.choice([1, 5, 30])):
        length = LEAVES[path].info.length
        values[path] = [draw_value(luck, path) for _ in range(length)] if length else draw_value(luck, path)
    return values


@pytest.mark.parametrize("part", range(4))
def test_random_settings(part: int) -> None:
    for seed in range(part, 120, 4):
        simulation = simulate(make_settings(draw_settings(seed)), seed)
        figures = measure(simulation)
        assert all(abs(value) < 1e300 for value in figures.values()), f"seed {seed}"
        assert figures["misuse_after_consistency"] == figures["false_accusations"] == 0.0, f"seed {seed}"
        if figures["attacks_succeeded"] == 0.0:
            check_all(simulation)
        if not is_blocking(len(simulation.roster.habits), 5):
            assert simulation.room.conflicts == [], f"seed {seed}"
            assert figures["attacks_succeeded"] == 0.0, f"seed {seed}"
