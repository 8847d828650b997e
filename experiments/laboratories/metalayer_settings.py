"""Settings of the fast clock as people write them: checked one by one, each mistake in one line."""

from collections.abc import Mapping
from typing import Any

from metalab.econ.messaging.fastclock.settings.settings import LEAVES, Settings, make_settings
from metalab.experiments.errors import BadValueError, UnknownNameError
from metalab.protocol.kernel.declare import Leaf

OPTIONS = {
    "rollups": "traffic.rollups",
    "guardians": "guarding.guardians",
    "byzantine": "guarding.byzantine",
    "offline": "guarding.offline",
    "minutes": "minutes",
}
"""Options of the command line and the settings they are short for."""
WEIGHTS = ("guarding.behaviour_weights", "traffic.framework_weights")
RISING = ("traffic.wait_quantiles_s", "traffic.block_quantiles_s")


def read_settings(values: Mapping[str, Any]) -> Settings:
    """Settings from values by path, in declared units (ERA, not uERA)."""
    checked = {path: read_value(path, value) for path, value in values.items()}
    settings = make_settings(checked)
    guarding = settings.guarding
    if guarding.byzantine + guarding.offline > guarding.guardians:
        faulty = f"{guarding.byzantine} + {guarding.offline}"
        raise BadValueError("--byzantine + --offline", faulty, f"together at most the {guarding.guardians} guardians")
    return settings


def read_value(path: str, value: Any) -> Any:
    """One value, checked against its declaration."""
    if path not in LEAVES:
        raise UnknownNameError("setting", path, LEAVES)
    leaf = LEAVES[path]
    name = next((f"--{option}" for option, place in OPTIONS.items() if place == path), path)
    allowed = describe(leaf)
    if not leaf.info.length:
        return _read_scalar(name, value, leaf, allowed)
    if not isinstance(value, list | tuple) or len(value) != leaf.info.length:
        raise BadValueError(name, value, allowed)
    read = [_read_scalar(name, item, leaf, allowed) for item in value]
    if path in RISING and read != sorted(read):
        raise BadValueError(name, value, "values in rising order")
    if path in WEIGHTS and not any(read):
        raise BadValueError(name, value, "at least one weight above 0")
    return read


def _read_scalar(name: str, value: Any, leaf: Leaf, allowed: str) -> Any:
    info = leaf.info
    is_right = isinstance(value, bool) if info.unit == "switch" else isinstance(value, int | float) and not isinstance(value, bool)
    is_whole = leaf.is_float or info.scale > 1 or isinstance(value, int)
    if not is_right or not is_whole or not info.low <= value <= info.high:
        raise BadValueError(name, value, allowed)
    return value


def describe(leaf: Leaf) -> str:
    """What is allowed, in words."""
    info = leaf.info
    if info.unit == "switch":
        return "true or false"
    kind = "number" if leaf.is_float or info.scale > 1 else "whole number"
    unit = "" if info.unit == "1" else f" {info.unit}"
    span = f"from {info.low:,} to {info.high:,}{unit}"
    return f"{info.length} {kind}s {span}" if info.length else f"a {kind} {span}"
