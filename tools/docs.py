"""Write the documents that are made from the code: `python -m tools.docs`, or `--check` to see whether they are up to date."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from metalab.econ.kernel.records import METRICS, PARAMETERS, Daily, Params
from metalab.econ.kernel.world import RECORDS
from metalab.econ.messaging.fastclock.figures.metrics import METRICS as FIGURES
from metalab.econ.messaging.fastclock.settings.settings import LEAVES as SETTINGS
from metalab.experiments.commands.flows import list_built_in
from metalab.experiments.events.tables import EVENT_TABLES
from metalab.experiments.inputs.checks import list_relations
from metalab.experiments.inputs.json_schema import make_proposal_schema, make_scenario_schema
from metalab.experiments.inputs.planning.flows import DESTINATIONS, SOURCES
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.laboratories.metalayer_settings import RELATIONS
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import Code
from metalab.protocol.kernel.declare import Info, Leaf, Record
from tools.docs_rooms import ROOMS, compose_page, get_room, write_table

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "reference"
PAGES = ROOT / "docs" / "rooms"
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


def group(record: type[Record], leaves: tuple[Leaf, ...]) -> Iterator[tuple[str, list[tuple[str, list[Leaf]]]]]:
    """Rooms with their parts and the leaves of each, in declared order; what belongs to no room comes last."""
    parts: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        parts.setdefault(leaf.path.split(".")[0], []).append(leaf)
    for room in (*ROOMS, "kernel"):
        found = [(part, inside) for part, inside in parts.items() if get_room(record.parts[part]) == room]
        if found:
            yield room, found


def link_room(room: str) -> str:
    """The heading of a room and the way to its page."""
    link = "What belongs to no room." if room == "kernel" else f"[What this room simulates](../rooms/{room}.md)."
    return f"## Room: {room}\n\n{link}\n\n"


def write_parameters() -> str:
    """Every parameter with default, range, unit, owner and source."""
    text = NOTE + "# Parameters\n\nA parameter's path is part.field; parts are grouped by room. "
    text += "Owners: `dao` (a vote can change it), `team`, `nature`, `behaviour`. A change in a run binds `at once`, at the next `quote` "
    text += "of the fee, at the next simulated `peak hour`, at `entry` (for who enters, is born or filed from then on), or never: "
    text += "`opening` ([policy](../specification/policy.md#when-a-change-binds)).\n\n"
    for room, parts in group(Params, PARAMETERS):
        text += link_room(room) + "".join(write_part(part, leaves) for part, leaves in parts)
    return text


def write_anchor(path: str) -> str:
    """A parameter's path, with the place to which other pages link."""
    return f'<a id="{path.replace(".", "-")}"></a>`{path}`'


def write_part(part: str, leaves: list[Leaf]) -> str:
    """The parameters of one part."""
    rows = [
        (write_anchor(leaf.path), show(leaf.info, leaf.info.default), show_range(leaf.info), leaf.info.unit,
         leaf.info.owner, leaf.info.binds, leaf.info.doc, leaf.info.source)
        for leaf in leaves
    ]  # fmt: skip
    return f"### {part}\n\n" + write_table(("path", "default", "range", "unit", "owner", "binds", "meaning", "source"), rows)


def write_metrics() -> str:
    """Every column of the daily table."""
    text = NOTE + "# Metrics\n\nColumns of the daily table, grouped by room. Row d is the state at the end of day d; flows are per day.\n\n"
    for room, parts in group(Daily, METRICS):
        text += link_room(room)
        for part, leaves in parts:
            rows = [(f"`{leaf.path.split('.')[-1]}`", leaf.info.unit, leaf.info.better, leaf.info.doc) for leaf in leaves]
            text += f"### {part}\n\n" + write_table(("column", "unit", "better", "meaning"), rows)
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
    text += "MODEL, ECONOMY and LOOPS are sections of earlier editions of the specification: "
    text += "[where they went](../specification/README.md#where-they-went). data/ is docs/data; S0 to S3 are statements about the protocol "
    text += "(docs/specification/claims.csv): design values, not evidence.\n\n"
    sources: dict[str, list[str]] = {}
    for leaf in PARAMETERS:
        sources.setdefault(leaf.info.source, []).append(f"`{leaf.path}`")
    rows = [(source, ", ".join(paths)) for source, paths in sorted(sources.items())]
    return text + write_table(("source", "parameters"), rows)


def write_proposal_schema() -> str:
    """The schema of a proposal file, for editors."""
    return json.dumps(make_proposal_schema(), indent=1) + "\n"


def write_scenario_schema() -> str:
    """The schema of a scenario file, for editors."""
    return json.dumps(make_scenario_schema(), indent=1) + "\n"


def write_flows() -> str:
    """Every flow of money by rule, and what flows of policy can say."""
    text = NOTE + "# Flows of money\n\nWhat the protocol does with its money by rule, sized as in `launch`; "
    text += "`python -m experiments flows` prints it for any scenario. "
    text += "What [[flows]] add is in [how-to/move-money.md](../how-to/move-money.md).\n\n"
    rows = [
        (flow["name"], flow["from"], flow["to"], _link_sizes(flow["size"]), flow["causes"])
        for flow in list_built_in(load_scenario("launch"))
    ]
    text += write_table(("flow", "from", "to", "sized by", "causes"), rows)
    text += "## Sources and destinations of [[flows]]\n\n"
    ends = [("source", name) for name in SOURCES] + [("destination", name) for name in DESTINATIONS]
    return text + write_table(("end", "name"), [(kind, f"`{name}`") for kind, name in ends])


def _link_sizes(sizes: str) -> str:
    """Parameters as code."""
    return "; ".join(f"`{name}` = {value}" if value else name for name, _, value in (size.partition(" = ") for size in sizes.split("; ")))


def write_bounds() -> str:
    """What must hold between parameters."""
    text = (
        NOTE + "# Bounds between parameters\n\nEach parameter has [a range of its own](parameters.md); these relations must hold besides. "
    )
    text += "They are expressions of Python over the paths, checked for the opening, after every scheduled change and proposal. "
    text += "`python -m experiments parameters --json` gives them with each parameter (`relations`), and "
    text += "[`sample_parameters`](../how-to/sample-worlds.md) draws only worlds in which they hold.\n\n"
    rows = [(", ".join(link(path) for path in row["parameters"]), f"`{row['formula']}`", row["advice"]) for row in list_relations()]
    text += write_table(("parameters", "relation", "what to give"), rows)
    text += "## Settings of the Metalayer\n\nFor `python -m experiments metalayer --set path=value` ([settings](metalayer.md)).\n\n"
    return text + "\n".join(f"- `{relation}`" for relation in RELATIONS) + "\n"


def write_events() -> str:
    """Every table of events."""
    text = NOTE + "# Tables of events\n\nBeside the daily table, as `NAME.parquet` in the directory of a run and in `Result.events` "
    text += "([how to read and export them](../how-to/export-tables.md)). Every day has its date.\n\n"
    for name, table in EVENT_TABLES.items():
        rows = [(f"`{column.name}`", column.unit, column.kind, column.doc) for column in table.columns]
        text += f"## {name}\n\n{table.doc}\n\n" + write_table(("column", "unit", "type", "meaning"), rows)
    return text


def link(path: str) -> str:
    """A parameter with the way to its row in the reference."""
    return f"[`{path}`](parameters.md#{path.replace('.', '-')})"


DOCUMENTS: dict[str, Callable[[], str]] = {
    "parameters.md": write_parameters,
    "metrics.md": write_metrics,
    "bounds.md": write_bounds,
    "codes.md": write_codes,
    "flows.md": write_flows,
    "events.md": write_events,
    "metalayer.md": write_metalayer,
    "sources.md": write_sources,
    "proposal.schema.json": write_proposal_schema,
    "scenario.schema.json": write_scenario_schema,
}


def list_documents() -> Iterator[tuple[Path, str]]:
    """Every generated document and what the code would write into it; of a room's page only the second half is generated."""
    yield from ((FOLDER / name, write()) for name, write in DOCUMENTS.items())
    for room in ROOMS:
        page = PAGES / f"{room}.md"
        yield page, compose_page(room, page.read_text(encoding="utf-8"))


def find_stale() -> dict[Path, str]:
    """The documents that differ from what the code would write, with that text."""
    return {path: text for path, text in list_documents() if not path.exists() or path.read_text(encoding="utf-8") != text}


def name_file(path: Path) -> str:
    """A document as a reader would look for it."""
    return f"docs/{path.parent.name}/{path.name}"


def main(arguments: list[str]) -> int:
    """Write the documents, or with --check only say which are stale."""
    stale = find_stale()
    if "--check" in arguments:
        print("\n".join(f"{name_file(path)} is stale: run make docs" for path in stale) or "documents are up to date")
        return 1 if stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path, text in stale.items():
        path.write_text(text, encoding="utf-8")
        print(f"wrote {name_file(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
