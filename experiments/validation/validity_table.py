"""The reach of levers as the shipped data file and as a Markdown table."""

import json
from pathlib import Path
from typing import Any

from metalab.experiments.store.files import write_atomic
from metalab.experiments.validation.notices import show_range

Data = dict[str, Any]
JSON, MARKDOWN = "validity.json", "validity.md"
SMALLEST = 5e-4
"""Effects (d ln) below this are sure and not worth a number."""
EXPLANATION = """Every lever of the DAO is tried below and above its value in paired runs (a third and three times, nearer where
the other parameters forbid it; choices and switches at every value), the others as they are. A cell says what moving it from the
lowest to the highest value tried (of choices the one that does most) does to the outcome's mean after the first month, as d ln
(.10 is 10 % more; in parts of the usual where a run has none), where the 95 % interval leaves 0 out; tiny: less than .0005;
**none**: the outcome is the same in every run, number for number, so there is no path; *unsure*: there is a path, and so few runs
cannot tell the effect from 0. With seven outcomes and about a hundred levers some cells are told by chance. A lever that did
nothing is tried once more with the switches of its mechanism on, which then stand beside it. The DAO files nothing meanwhile,
except where levers of the vote are tried: paths through later votes do not count.

The app and `what-if` warn of changes outside the range and of levers without a path from the same data
(`experiments/validation/notices.py`). To renew them: run the command with `--out`, put its two files here and beside that module.
"""


def write_validity(folder: Path, identity: Data, levers: Data) -> None:
    """Write both files, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomic(folder / JSON, encode_levers(identity, levers))
    write_atomic(folder / MARKDOWN, write_markdown(identity, levers).encode())


def encode_levers(identity: Data, levers: Data) -> bytes:
    """JSON with a line for each lever, so that a change of one shows as one."""
    lines = [f"  {json.dumps(path)}: {json.dumps(found, allow_nan=False)}" for path, found in levers.items()]
    body = ",\n".join(lines)
    return f'{{"identity": {json.dumps(identity)}, "levers": {{\n{body}\n}}}}\n'.encode()


def write_markdown(identity: Data, levers: Data) -> str:
    """The page."""
    outcomes = list(next(iter(levers.values()))["reach"])
    head = [
        "# Where the model was checked\n",
        f"Made by `{identity['command']}`: scenario `{identity['scenario']}`, {identity['runs']} paired runs of {identity['days']} days, "
        f"seed {identity['seed']}, code version `{identity['code_version'][:12]}`.\n",
        EXPLANATION,
        "| lever | tried | " + " | ".join(outcomes) + " |",
        "|---" * (len(outcomes) + 2) + "|",
    ]
    return "\n".join([*head, *(write_line(path, found) for path, found in levers.items())]) + "\n"


def write_line(path: str, found: Data) -> str:
    """One lever."""
    beside = "".join(f" with {switch}" for switch in found["beside"])
    return f"| `{path}`{beside} | {show_range(found)} | " + " | ".join(show_reach(line) for line in found["reach"].values()) + " |"


def show_reach(line: Data) -> str:
    """One cell."""
    if not line["differs"]:
        return "**none**"
    low, high = line["interval"]
    if low <= 0 <= high:
        return "*unsure*"
    return f"{line['effect']:+.2g}" if abs(line["effect"]) >= SMALLEST else "tiny"
