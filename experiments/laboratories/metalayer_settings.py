"""Settings of the fast clock as people write them: checked one by one, each mistake in one line."""

from collections.abc import Mapping
from typing import Any

from metalab.econ.messaging.fastclock.settings.settings import LEAVES, Settings, make_settings
from metalab.experiments.errors import BadValueError, UnknownNameError
from metalab.experiments.inputs.schema import show_value
from metalab.experiments.inputs.values import describe_allowed, make_readable, parse

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

RELATIONS = (
    "guarding.byzantine + guarding.offline <= guarding.guardians",
    *(f"all(a <= b for a, b in pairwise({path}))" for path in RISING),
    *(f"any({path})" for path in WEIGHTS),
)
"""What must hold beyond the bounds of each setting, as expressions of Python over the paths."""


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
    """One value in declared units, checked against its declaration."""
    if path not in LEAVES:
        raise UnknownNameError("setting", path, LEAVES)
    leaf = LEAVES[path]
    name = next((f"--{option}" for option, place in OPTIONS.items() if place == path), path)
    try:
        read = show_value(leaf, parse(leaf, value))
    except ValueError:
        raise BadValueError(name, make_readable(value), describe_allowed(leaf.info, leaf.is_float)) from None
    if path in RISING and read != sorted(read):
        raise BadValueError(name, make_readable(value), "values in rising order")
    if path in WEIGHTS and not any(read):
        raise BadValueError(name, make_readable(value), "at least one weight above 0")
    return read
