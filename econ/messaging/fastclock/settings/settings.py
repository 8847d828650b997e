"""All settings of the fast clock together, and how a set of values is made of them.

Sources as in the other parameters: MODEL and ECONOMY are docs/specification, data/ is docs/data, S0 to S3 are statements about
the protocol.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from metalab.econ.messaging.fastclock.settings.core import GuardingSettings, TrafficSettings, VerifyingSettings
from metalab.econ.messaging.fastclock.settings.edge import AdministrationSettings, RelayingSettings, TransferSettings
from metalab.protocol.kernel.declare import Info, Record, Table, find_leaves, make_defaults, parameter


class Settings(Record):
    """What a simulation of the Metalayer needs besides its seed."""

    minutes: float = parameter(60.0, 0.05, 100_000.0, unit="min", source="assumed", owner="team", doc="Simulated time.")
    guarding: GuardingSettings
    traffic: TrafficSettings
    verifying: VerifyingSettings
    relaying: RelayingSettings
    transfers: TransferSettings
    administration: AdministrationSettings


LEAVES = {leaf.path: leaf for leaf in find_leaves(Settings)}
"""Every setting by its dotted path."""


def make_settings(values: Mapping[str, Any] | None = None) -> Settings:
    """Defaults with some values changed, by dotted path and in declared units (ERA, not uERA).

    Raises KeyError for a path that is not declared; bounds are checked where input is read.
    """
    array = make_defaults(Settings)
    for path, value in (values or {}).items():
        info = LEAVES[path].info
        *parts, name = path.split(".")
        place = array
        for part in parts:
            place = place[part]
        # ERA become whole uERA: the product of floats can miss the integer by its last digit.
        place[name] = np.round(np.multiply(value, info.scale)) if info.scale > 1 else value
    settings: Settings = Table(Settings, array)[0]
    return settings


def show_settings(settings: Settings) -> dict[str, Any]:
    """Every value by path, in declared units."""
    shown: dict[str, Any] = {}
    for path, leaf in LEAVES.items():
        value: Any = settings
        for part in path.split("."):
            value = getattr(value, part)
        shown[path] = _show(value, leaf.info)
    return shown


def _show(value: Any, info: Info) -> Any:
    if info.length:
        return list(value)
    if info.unit == "switch":
        return bool(value)
    return value / info.scale if info.scale > 1 else value
