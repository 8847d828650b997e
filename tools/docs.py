"""Write the documents that are made from the code: `python -m tools.docs`, or `--check` to see whether they are up to date."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from metalab.econ.kernel.records import METRICS, PARAMETERS
from metalab.econ.kernel.world import RECORDS
from metalab.econ.messaging.fastclock.figures.metrics import METRICS as FIGURES
from metalab.econ.messaging.fastclock.settings.settings import LEAVES as SETTINGS
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Code
from metalab.protocol.kernel.declare import Info, Leaf

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
NOTE = "<!-- made by `make docs`; do not edit -->\n\n"


def show(info: Info, value: Any) -> str:
    """A default or a bound as people write it."""
    if info.choices is not None:
        return info.choices(int(value)).name.lower()
    if info.unit == "switch":
        return "on" if value else "off"
    if isinstance(value, tuple):
        shown = [show(info, item) for item in value]
        return ", ".join(shown) if len(shown) <= 8 else f"{shown[0]} … {shown[-1]} ({len(shown)} values)"
    return f"{value:g}" if isinstance(value, float) else f"{value:,}"


def show_range(info: Info) -> str:
    """The allowed values of a parameter."""
    if info.choices is not None:
        return ", ".join(member.name.lower() for member in info.choices)
    return "on, off" if info.unit == "switch" else f"{show(info, info.low)} … {show(info, info.high)}"


def group(leaves: tuple[Leaf, ...]) -> Iterator[tuple[str, list[Leaf]]]:
    """Leaves by their part, in declared order."""
    parts: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        parts.setdefault(leaf.path.split(".")[0], []).append(leaf)
    yield from parts.items()


def write_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n\n"


def write_parameters() -> str:
    """Every parameter with default, range, unit, owner and source."""
    text = NOTE + "# Parameters\n\nA parameter's path is part.field. "
    text += "Owners: `dao` (a vote can change it), `team`, `nature`, `behaviour`.\n\n"
    for part, leaves in group(PARAMETERS):
        rows = [
            (f"`{part}.{leaf.path.split('.')[1]}`", show(leaf.info, leaf.info.default), show_range(leaf.info), leaf.info.unit,
             leaf.info.owner, leaf.info.doc, leaf.info.source)
            for leaf in leaves
        ]  # fmt: skip
        text += f"## {part}\n\n" + write_table(("path", "default", "range", "unit", "owner", "meaning", "source"), rows)
    return text


def write_metrics() -> str:
    """Every column of the daily table."""
    text = NOTE + "# Metrics\n\nColumns of the daily table, in order. Row d is the state at the end of day d; flows are per day.\n\n"
    for part, leaves in group(METRICS):
        rows = [(f"`{leaf.path.split('.')[-1]}`", leaf.info.unit, leaf.info.better, leaf.info.doc) for leaf in leaves]
        text += f"## {part}\n\n" + write_table(("column", "unit", "better", "meaning"), rows)
    return text


def write_codes() -> str:
    """Refusal codes, causes of token flows and the accounts that hold tokens."""
    text = NOTE + "# Codes and accounts\n\n## Outcomes of an action\n\n"
    text += write_table(("code", "name"), [(str(int(code)), code.name) for code in Code])
    text += "## Causes of token flows\n\n" + write_table(("code", "name"), [(str(int(code)), code.name) for code in Cause])
    rows = [(f"`{table}.{name}`", info.doc) for table, record in RECORDS.items() for name, info in record.infos.items() if info.token]
    text += "## Accounts\n\nThe sum over all of these is 10^15 uERA after every operation.\n\n"
    return text + write_table(("account", "meaning"), rows)


def write_metalayer() -> str:
    """Settings and figures of the command metalayer."""
    text = NOTE + "# The fast clock\n\n## Settings\n\nFor `python -m experiments metalayer --set path=value`.\n\n"
    rows = [
        (f"`{path}`", show(leaf.info, leaf.info.default), show_range(leaf.info), leaf.info.unit, leaf.info.doc, leaf.info.source)
        for path, leaf in SETTINGS.items()
    ]
    text += write_table(("path", "default", "range", "unit", "meaning", "source"), rows) + "## Figures\n\n"
    return text + write_table(("figure", "unit", "better", "meaning"), [(f"`{n}`", i.unit, i.better, i.doc) for n, i in FIGURES.items()])


def write_sources() -> str:
    """Parameters by source: what is from data, what is stated, what is assumed."""
    text = NOTE + "# Sources of the defaults\n\n"
    text += "MODEL and ECONOMY are docs/specification; data/ is docs/data; S0 to S3 are statements about the protocol "
    text += "(docs/specification/claims.csv): design values, not evidence.\n\n"
    sources: dict[str, list[str]] = {}
    for leaf in PARAMETERS:
        sources.setdefault(leaf.info.source, []).append(f"`{leaf.path}`")
    rows = [(source, ", ".join(paths)) for source, paths in sorted(sources.items())]
    return text + write_table(("source", "parameters"), rows)


DOCUMENTS: dict[str, Callable[[], str]] = {
    "parameters.md": write_parameters,
    "metrics.md": write_metrics,
    "codes.md": write_codes,
    "metalayer.md": write_metalayer,
    "sources.md": write_sources,
}


def find_stale() -> list[str]:
    """Names of the documents that differ from what the code would write."""
    return [name for name, write in DOCUMENTS.items() if not (FOLDER / name).exists() or (FOLDER / name).read_text() != write()]


def main(arguments: list[str]) -> int:
    """Write the documents, or with --check only say which are stale."""
    stale = find_stale()
    if "--check" in arguments:
        print("\n".join(f"docs/reference/{name} is stale: run make docs" for name in stale) or "documents are up to date")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in stale:
        (FOLDER / name).write_text(DOCUMENTS[name]())
        print(f"wrote docs/reference/{name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
