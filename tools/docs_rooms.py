"""The generated half of the pages in docs/rooms: mechanisms, phases, verbs, accounts and modules of a room, read from the code."""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from metalab.econ.day import DAY
from metalab.econ.kernel.records import Daily, Params, State
from metalab.econ.kernel.world import RECORDS
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.declare import Info, Record

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    "supply", "staking", "fees", "messaging", "scaling", "storage", "liquidity", "security", "governance", "policy", "market", "users",
    "rollups", "connectors",
)  # fmt: skip
"""In the order in which the documents go through them."""
BEGIN = "<!-- from here on made by `make docs`; do not edit -->"
TREES: tuple[tuple[str, type[Record], str], ...] = (("params", Params, "parameter"), ("state", State, "field"), ("today", Daily, "metric"))


class Verb(NamedTuple):
    """A function of a ledger: what it takes from, what it gives to, for which cause and what it is for."""

    name: str
    sources: list[str]
    targets: list[str]
    causes: list[str]
    meaning: str


def get_room(record: type[Record]) -> str:
    """The room of a record: the package its module is in, as in metalab.econ.staking.node."""
    return record.__module__.split(".")[2]


def find_file(module: str) -> str:
    """Where a module is, from the root of the repository."""
    return module.removeprefix("metalab.").replace(".", "/") + ".py"


def write_table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """A Markdown table; nothing without rows."""
    lines = [head, tuple("---" for _ in head), *rows] if rows else []
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines) + "\n"


def find_parts(room: str) -> dict[str, dict[str, type[Record]]]:
    """Mechanisms of a room by name, with their record in each of params, state and today."""
    parts: dict[str, dict[str, type[Record]]] = {}
    for tree, record, _ in TREES:
        for name, part in record.parts.items():
            if get_room(part) == room:
                parts.setdefault(name, {})[tree] = part
    return parts


def show_part(part: type[Record] | None, kind: str) -> str:
    """A record and how much it declares."""
    if part is None:
        return ""
    count = sum(info.kind == kind for info in part.infos.values())
    return f"`{part.__name__}` ({count})"


def write_mechanisms(room: str) -> str:
    """Mechanisms: one name for parameters, state and metrics."""
    rows = []
    for name, found in find_parts(room).items():
        files = sorted({find_file(part.__module__) for part in found.values()})
        cells = [show_part(found.get(tree), kind) for tree, _, kind in TREES]
        rows.append((f"`{name}`", *cells, ", ".join(f"`{file}`" for file in files)))
    text = "A mechanism has one name: `params.<name>`, `state.<name>`, `today.<name>`. In brackets: how many are declared. "
    text += f"All [parameters](../reference/parameters.md#room-{room}) and [metrics](../reference/metrics.md#room-{room}).\n\n"
    return "## Mechanisms\n\n" + text + write_table(("name", "parameters", "state", "metrics", "declared in"), rows) if rows else ""


def write_phases(room: str) -> str:
    """The room's places in the order of a day."""
    phases = [(number, phase) for number, phase in enumerate(DAY, 1) if phase.__module__.split(".")[2] == room]
    if not phases:
        return ""
    rows = [(str(number), f"`{find_file(phase.__module__)}:{phase.__name__}`", read_line(phase.__doc__)) for number, phase in phases]
    return f"## In a day\n\nOf the {len(DAY)} phases of `econ/day.py:step_day`:\n\n" + write_table(
        ("phase", "function", "what it does"), rows
    )


def read_line(text: str | None) -> str:
    """The first line of a docstring."""
    return (text or "").strip().split("\n", 1)[0]


def list_accounts(record: type[Record]) -> Iterator[tuple[str, Info]]:
    """Fields of a record that hold tokens."""
    yield from ((name, info) for name, info in record.infos.items() if info.token)


TOKENS = frozenset(name for record in RECORDS.values() for name, _ in list_accounts(record))


def find_ledgers(room: str) -> list[Path]:
    """The ledgers of a room: modules whose name ends in ledger."""
    return sorted((ROOT / "protocol" / room).glob("*ledger.py"))


def find_moves(function: ast.FunctionDef, operator: type[ast.operator]) -> list[str]:
    """Accounts that a verb subtracts from or adds to, as row.account; those of a part of a verb are the caller's to name."""
    moves = [
        f"{ast.unparse(node.target)}"
        for node in ast.walk(function)
        if isinstance(node, ast.AugAssign) and isinstance(node.op, operator) and isinstance(node.target, ast.Attribute)
        and node.target.attr in TOKENS
    ]  # fmt: skip
    return list(dict.fromkeys(moves))


def find_causes(function: ast.FunctionDef) -> list[str]:
    """Causes that a verb records."""
    found = [node.attr for node in ast.walk(function) if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Cause"]
    return list(dict.fromkeys(found))


def read_verbs(ledger: Path) -> list[Verb]:
    """The verbs of a ledger that record a cause."""
    functions = [node for node in ast.parse(ledger.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    verbs = [
        Verb(node.name, find_moves(node, ast.Sub), find_moves(node, ast.Add), find_causes(node), read_line(ast.get_docstring(node)))
        for node in functions
    ]
    return [verb for verb in verbs if verb.causes]


def write_verbs(room: str) -> str:
    """The room's ways to move tokens."""
    rows = [
        (
            f"`{ledger.relative_to(ROOT)}:{verb.name}`",
            show_names(verb.sources),
            show_names(verb.targets),
            show_names(verb.causes),
            verb.meaning,
        )
        for ledger in find_ledgers(room)
        for verb in read_verbs(ledger)
    ]
    return "## Ledger verbs\n\n" + write_table(("verb", "takes from", "gives to", "cause", "meaning"), rows) if rows else ""


def show_names(names: list[str]) -> str:
    """Names in code type; long lists by their number."""
    return ", ".join(f"`{name}`" for name in names)


def write_accounts(room: str) -> str:
    """Fields of the room's own rows that hold tokens, and the shared accounts that its verbs touch."""
    rows = [
        (f"`{table}.{name}`", info.doc)
        for table, record in RECORDS.items()
        if get_room(record) == room
        for name, info in list_accounts(record)
    ]
    moved = {name for ledger in find_ledgers(room) for verb in read_verbs(ledger) for name in verb.sources + verb.targets}
    rows += [(f"`pots.{name}`", info.doc) for name, info in list_accounts(Pots) if f"pots.{name}" in moved]
    return "## Accounts\n\n" + write_table(("account", "holds"), rows) if rows else ""


def write_modules(room: str) -> str:
    """What is in which file."""
    folders = (ROOT / "protocol" / room, ROOT / "econ" / room)
    files = [file for folder in folders for file in sorted(folder.rglob("*.py")) if file.name != "__init__.py"]
    rows = [(f"`{file.relative_to(ROOT)}`", read_line(ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))))) for file in files]
    return "## Modules\n\n" + write_table(("file", "what is in it"), rows)


def write_room(room: str) -> str:
    """The generated half of a room's page."""
    parts = (write_mechanisms, write_phases, write_verbs, write_accounts, write_modules)
    return BEGIN + "\n\n" + "".join(write(room) for write in parts).rstrip() + "\n"


def compose_page(room: str, page: str) -> str:
    """A room's page with its written half as it is and its generated half anew."""
    return page.split(BEGIN)[0].rstrip() + "\n\n" + write_room(room)
