"""What one request may ask for. Every number, link and file that comes from a browser passes here first."""

import tomllib
from typing import Any

from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.schema import LEAVES

EXPLORE_RUNS = (4, 8, 16)
EXPLORE_DAYS = (30, 90, 180, 365, 730, 1_096)
EXPLORE_WORK = 400_000_000
"""Agent-days that are run while the user waits: about ten seconds."""
STUDY_RUNS = 2_000
STUDY_DAYS = 3_650
STUDY_WORK = 40_000_000_000
DECISION_RUNS = 512
METALAYER_MINUTES = 60
METALAYER_GUARDIANS = 100
METALAYER_ROUNDS = 30_000
"""Minutes x guardians squared (every guardian sends to every other) that are simulated while the user waits: some seconds."""
SCALING_MINUTES = 1_440
LOAD_BYTES = 1_000_000
LARGEST_SEED = 2**31 - 1
RUNNING_JOBS = 2
UPLOAD_BYTES = 100_000
UPLOAD_KEYS = 500
UPLOAD_DEPTH = 5
LINK_CHANGES = 60
LINK_LENGTH = 400
CHANGES = 20
"""Changes of one proposal."""
CALENDAR = 60
"""Entries of [[schedule]], [[grants]] and [[shocks]] of one scenario."""


class LimitError(ProblemError):
    """More than the app does for one request."""


def check_whole(name: str, value: Any, low: int, high: int) -> int:
    """A whole number within bounds; text is accepted as it comes from a link."""
    try:
        number = int(value)
    except (TypeError, ValueError):
        number = low - 1
    if not low <= number <= high:
        raise LimitError(f"{name} = {str(value)[:40]!r} is not allowed; give a whole number from {low:,} to {high:,}")
    return number


def count_agents(parameters: Any) -> int:
    """Roughly how many agents a world has: all sizes of its populations together."""
    sizes = [path.split(".") for path, leaf in LEAVES.items() if path.startswith("population.") and not leaf.is_float]
    return sum(int(parameters[part][name][0]) for part, name in sizes)


def check_work(parameters: Any, days: int, runs: int, most: int) -> None:
    """Refuse what would take too long."""
    work = count_agents(parameters) * days * runs
    if work > most:
        advice = "fewer days, runs or users" + ("; Studies takes longer ones" if most == EXPLORE_WORK else "")
        raise LimitError(f"this asks for {work / 1e6:,.0f} million agent-days; here {most / 1e6:,.0f} million are allowed. Take {advice}")


def check_rounds(guardians: int, minutes: int) -> None:
    """Refuse a simulation of the Metalayer that would take too long."""
    if guardians**2 * minutes > METALAYER_ROUNDS:
        most = METALAYER_ROUNDS // guardians**2
        raise LimitError(f"{minutes} minutes are too many for {guardians} guardians; here {most} are allowed. Take fewer of either")


def check_upload(data: bytes) -> dict[str, Any]:
    """A TOML file from a browser, bounded in size, keys and depth; raises `LimitError` in one line."""
    if len(data) > UPLOAD_BYTES:
        raise LimitError(f"the file has {len(data):,} bytes; {UPLOAD_BYTES:,} are allowed")
    try:
        content = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError:
        raise LimitError("the file is not UTF-8 text") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise LimitError(f"the file is not TOML: {str(error)[:120]}") from None
    keys, depth = _measure(content)
    if keys > UPLOAD_KEYS:
        raise LimitError(f"the file has {keys:,} keys; {UPLOAD_KEYS} are allowed")
    if depth > UPLOAD_DEPTH:
        raise LimitError(f"the file is nested {depth} deep; {UPLOAD_DEPTH} are allowed")
    if str(content.get("extends", "")).endswith(".toml"):
        raise LimitError("extends: an uploaded file may extend a preset, not another file")
    return content


def _measure(value: Any) -> tuple[int, int]:
    """Keys and elements in all, and the deepest nesting."""
    if not isinstance(value, dict | list):
        return 0, 0
    inner = [_measure(item) for item in (value.values() if isinstance(value, dict) else value)]
    return len(value) + sum(keys for keys, _ in inner), 1 + max((depth for _, depth in inner), default=0)
