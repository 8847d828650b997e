"""Worlds drawn at random within the bounds of every parameter and of what must hold between them.

A Latin hypercube: of n worlds, each n-th part of a parameter's range holds one. Where parameters are bound to each other, such
designs are drawn for them together until enough of their points are allowed: uniform on what is allowed, in strata nearly.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import floor, log
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.errors import BadValueError, ProblemError
from metalab.experiments.inputs.checks import CHECKS, Check, is_rising
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.schema import LEAVES, check_names, show_parameters, show_value
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.inputs.values import find_reader, make_readable
from metalab.experiments.limits import LARGEST_SEED
from metalab.protocol.kernel.declare import Leaf

Ranges = Mapping[str, tuple[Any, Any]]
Unit = np.ndarray[Any, np.dtype[np.float64]]
Values = dict[str, Any]

MOST_WORLDS = 100_000
PATIENCE = 2_000
"""Points drawn for each world that is allowed before the sampler gives up."""
DECADES = 1_000.0
"""A range whose ends are further apart than this is drawn by its logarithm."""


class Axis(NamedTuple):
    """A parameter to be drawn, between stored bounds; one dimension of the cube for each of its numbers."""

    leaf: Leaf
    low: float
    high: float

    @property
    def dimensions(self) -> int:
        """Numbers of the parameter."""
        return max(self.leaf.info.length, 1)


def sample_parameters(
    paths: Iterable[str], n: int, seed: int = 1, *, base: str | Path | Scenario = "launch", ranges: Ranges | None = None
) -> list[Values]:
    """`n` worlds as overrides of the parameters at `paths`, all others as in `base`; `load_scenario` takes each of them.

    `ranges` narrows a parameter, in the units in which people write it; of a vector it holds for each element. Shares with a
    fixed sum are uniform over all that have it. Raises a `ProblemError` for an unknown path, a range outside the declared
    one, and where next to no point is allowed.
    """
    axes = _make_axes(paths, dict(ranges or {}))
    n = read_whole("n", n, 1, MOST_WORLDS)
    seed = read_whole("seed", seed, 0, LARGEST_SEED)
    scenario = base if isinstance(base, Scenario) else load_scenario(base)
    usual = show_parameters(scenario.parameters)
    columns = [_draw_group(group, checks, usual, n, seed) for group, checks in _find_groups(axes)]
    worlds: list[Values] = []
    for row in zip(*columns, strict=True):
        together = {path: value for part in row for path, value in part.items()}
        worlds.append({path: together[path] for path in axes})
    return worlds


def _make_axes(paths: Iterable[str], ranges: dict[str, Any]) -> dict[str, Axis]:
    chosen = [paths] if isinstance(paths, str) else list(paths)
    if not chosen:
        raise BadValueError("paths", "nothing", "at least one parameter's path")
    check_names(dict.fromkeys(chosen), {})
    for path in ranges:
        if path not in chosen:
            raise BadValueError("ranges", path, "parameters that are among the paths")
    return {path: _make_axis(path, ranges.get(path)) for path in dict.fromkeys(chosen)}


def _make_axis(path: str, given: Any) -> Axis:
    leaf = LEAVES[path]
    info = leaf.info
    low, high = info.low * info.scale, info.high * info.scale
    if given is None:
        return Axis(leaf, low, high)
    allowed = f"(lowest, highest) within {info.low:,} to {info.high:,}"
    if info.choices is not None or info.unit == "switch" or info.total is not None:
        raise BadValueError(f"range of {path}", make_readable(given), "none: choices, switches and shares are drawn from all there are")
    try:
        low, high = map(find_reader(info, leaf.is_float), given)
    except (TypeError, ValueError):
        raise BadValueError(f"range of {path}", make_readable(given), allowed) from None
    if low > high:
        raise BadValueError(f"range of {path}", make_readable(given), allowed)
    return Axis(leaf, low, high)


def _find_groups(axes: dict[str, Axis]) -> Iterator[tuple[dict[str, Axis], list[Check]]]:
    """The parameters in groups that no relation connects, with the relations of each."""
    groups: list[tuple[set[str], list[Check]]] = [({path}, []) for path in axes]
    for check in CHECKS:
        touched = [group for group in groups if group[0] & set(check.paths)]
        if touched:
            merged = (set[str]().union(*(names for names, _ in touched)), [c for _, checks in touched for c in checks] + [check])
            groups = [group for group in groups if group not in touched] + [merged]
    for names, checks in groups:
        yield {path: axis for path, axis in axes.items() if path in names}, checks


def _draw_group(group: dict[str, Axis], checks: list[Check], usual: Values, n: int, seed: int) -> list[Values]:
    """`n` allowed points of parameters that are bound to each other."""
    from scipy.stats import qmc

    # By the names of the group: what else is drawn does not move it.
    cube = qmc.LatinHypercube(sum(axis.dimensions for axis in group.values()), rng=[seed, crc32(",".join(sorted(group)).encode())])
    found: list[Values] = []
    failures = dict.fromkeys((check.relation for check in checks), 0)
    drawn = 0
    while len(found) < n:
        for point in cube.random(n):
            values = _place(group, checks, point)
            broken = next((check for check in checks if not _holds(check, usual | values)), None)
            if broken is None:
                found.append(values)
            else:
                failures[broken.relation] += 1
        drawn += n
        if drawn >= PATIENCE and len(found) * PATIENCE < drawn:
            raise _give_up(group, failures, len(found), drawn)
    return found[:n]


def _give_up(group: dict[str, Axis], failures: dict[str, int], found: int, drawn: int) -> ProblemError:
    worst = max(failures, key=failures.__getitem__)
    return BadValueError(
        "paths", ", ".join(group), f"narrower ranges=...: {found} of {drawn:,} points were allowed; most often missed: {worst}"
    )


def _holds(check: Check, values: Values) -> bool:
    return check.holds(*(values[path] for path in check.paths))


def _place(group: dict[str, Axis], checks: list[Check], point: Unit) -> Values:
    """A point of the unit cube as values that people write."""
    values: Values = {}
    start = 0
    for path, axis in group.items():
        words = _place_axis(axis, point[start : start + axis.dimensions])
        start += axis.dimensions
        if any(check.holds is is_rising and check.paths == (path,) for check in checks):
            # Uniform points in rising order are uniform on all that rise.
            words.sort()
        values[path] = show_value(axis.leaf, words if axis.leaf.info.length else words[0])
    return values


def _place_axis(axis: Axis, point: Unit) -> list[Any]:
    info = axis.leaf.info
    if info.total is not None:
        return _share(point, info.total * info.scale)
    return [_place_number(axis, float(u)) for u in point]


def _place_number(axis: Axis, u: float) -> int | float:
    """A number between the bounds: evenly, or evenly by its logarithm, whole where only that is allowed."""
    low, high = axis.low, axis.high
    if 0 < low * DECADES <= high:
        value = float(low * np.exp(u * log(high / low)))
        return min(max(value, low), high) if axis.leaf.is_float else int(min(max(round(value), low), high))
    if axis.leaf.is_float:
        return min(low + u * (high - low), high)
    return int(low + min(floor(u * (high - low + 1)), high - low))


def _share(point: Unit, total: int) -> list[int]:
    """Parts of a total, uniform over all there are; what rounding leaves goes to the largest remainders."""
    spacings = -np.log1p(-point)
    exact = spacings / spacings.sum() * total
    parts = np.floor(exact).astype(np.int64)
    for k in np.argsort(parts - exact, kind="stable")[: int(total - parts.sum())]:
        parts[k] += 1
    return [int(part) for part in parts]
