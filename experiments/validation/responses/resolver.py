"""From a world of a response to a scenario. What cannot be resolved says which response, lever and path: it is never left out."""

from collections.abc import Mapping
from typing import Any

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.planning.moments import Moment
from metalab.experiments.inputs.planning.shocks import WrittenShock, parse_kind
from metalab.experiments.inputs.scenario import finish, read_draft
from metalab.experiments.inputs.schema import LEAVES, show_parameters
from metalab.experiments.validation.responses.entry import Limit, Setting, Times
from metalab.experiments.validation.responses.names import LEVERS

Settings = Mapping[str, Any]


class NotAvailableError(Exception):
    """A response that cannot be measured on this model, with its name and the reason."""

    verdict = "not available"

    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason
        super().__init__(f"response {name!r}: {reason}")


class NoLeverError(NotAvailableError):
    """A response to a lever that the model does not have."""

    verdict = "no lever"


def find_path(name: str, lever: str) -> str:
    """The path of a lever. Raises `NoLeverError` with the response's name when it has none."""
    if lever not in LEVERS:
        raise NotAvailableError(name, f"lever {lever!r} is not in the list of levers")
    for path in LEVERS[lever]:
        if path in LEAVES:
            return path
    raise NoLeverError(name, f"no parameter for {lever!r}: none of {', '.join(LEVERS[lever])} exists")


def has_levers(settings: Settings) -> bool:
    """Whether the model has every lever."""
    return all(any(path in LEAVES for path in LEVERS[lever]) for lever in settings)


def resolve_world(name: str, world: Setting, scenario: str, settings: Settings) -> Scenario:
    """The scenario of a world with further `settings` over its own. Raises `NotAvailableError` with the response's name."""
    try:
        draft = read_draft(world.scenario or scenario)
        usual = show_parameters(finish(draft).parameters)
        paths = {find_path(name, lever): value for lever, value in {**world.settings, **settings}.items()}
        draft.schedule += world.schedule
        draft.grants += world.grants
        draft.shocks += [WrittenShock(parse_kind(kind), size, Moment(day)) for day, kind, size in world.shocks]
        return finish(draft, {path: get_value(path, value, usual[path]) for path, value in paths.items()})
    except ProblemError as problem:
        raise NotAvailableError(name, str(problem)) from problem


def get_value(path: str, wanted: Any, usual: Any) -> Any:
    """A value as people write it, from what a world says of it and what the scenario has."""
    if isinstance(wanted, Limit):
        return {Limit.LOWEST: LEAVES[path].info.low, Limit.HIGHEST: LEAVES[path].info.high, Limit.USUAL: usual}[wanted]
    return multiply(path, wanted.factor, usual) if isinstance(wanted, Times) else wanted


def multiply(path: str, factor: float | tuple[float, ...], usual: Any) -> Any:
    """A multiple of a value or of each element of a vector, within the parameter's bounds; whole where it must be whole."""
    if isinstance(usual, list):
        factors = factor if isinstance(factor, tuple) else (factor,) * len(usual)
        return [_bound(path, value * times) for value, times in zip(usual, factors, strict=True)]
    if isinstance(factor, tuple):
        raise ValueError(f"{path} is one number, not {len(factor)}")
    return _bound(path, usual * factor)


def _bound(path: str, value: float) -> float:
    leaf = LEAVES[path]
    value = min(max(value, leaf.info.low), leaf.info.high)
    return value if leaf.is_float else round(value)
