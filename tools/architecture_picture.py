"""Draw docs/images/architecture.svg: `python -m tools.architecture_picture`. Readable on a light and on a dark page."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "docs" / "images" / "architecture.svg"
WIDTH, BOX, HEIGHT, GAP = 1120, 168, 74, 20
LAYERS = {"econ": "behaviour", "protocol": "rules", "ui": "app"}
STEPS = ("decision", "rule", "ledger verb", "cause", "metric", "page")
FLOWS = {
    "A user's fee": (
        ("use_network", "econ/users/user.py"),
        ("compute_quote", "protocol/fees/fees.py"),
        ("pay_message_fee", "protocol/fees/ledger.py"),
        ("MESSAGE_FEE", "protocol/kernel/causes.py"),
        ("revenue_era", "protocol/fees/fees.py"),
        ("Explore", "ui/pages/explore.py"),
    ),
    "A node's stake": (
        ("consider_entry", "econ/staking/node.py"),
        ("bond", "protocol/staking/staking.py"),
        ("bond_stake", "protocol/staking/ledger.py"),
        ("BOND", "protocol/kernel/causes.py"),
        ("staked_core_era", "econ/staking/yields.py"),
        ("Explore", "ui/pages/explore.py"),
    ),
}
STYLE = """
text { font-family: system-ui, sans-serif; fill: #1f2937; }
.name { font-size: 15px; font-weight: 600; }
.file { font-size: 10.5px; fill: #4b5563; }
.step { font-size: 13px; font-weight: 600; fill: #6b7280; }
.key { font-size: 13px; }
.flow { font-size: 16px; font-weight: 700; }
.econ { fill: #e0f2fe; stroke: #0369a1; }
.protocol { fill: #fef3c7; stroke: #b45309; }
.ui { fill: #ede9fe; stroke: #6d28d9; }
.line { stroke: #6b7280; stroke-width: 2; fill: none; }
.head { fill: #6b7280; }
@media (prefers-color-scheme: dark) {
  text { fill: #e5e7eb; }
  .file { fill: #cbd5e1; }
  .step { fill: #9ca3af; }
  .econ { fill: #0c4a6e; stroke: #38bdf8; }
  .protocol { fill: #713f12; stroke: #fbbf24; }
  .ui { fill: #4c1d95; stroke: #a78bfa; }
}
"""


def get_left(column: int) -> int:
    """Where a column begins."""
    return 12 + column * (BOX + GAP)


def write_text(x: float, y: float, kind: str, text: str) -> str:
    """A line of text around x."""
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="middle">{text}</text>'


def write_box(column: int, top: int, name: str, file: str) -> str:
    """A step of a flow: what it is called and where it is."""
    left, middle = get_left(column), get_left(column) + BOX / 2
    box = f'<rect x="{left}" y="{top}" width="{BOX}" height="{HEIGHT}" rx="8" class="{file.split("/")[0]}"/>'
    return "\n".join((box, write_text(middle, top + 32, "name", name), write_text(middle, top + 54, "file", file)))


def write_arrow(column: int, top: int) -> str:
    """From a column to the next one."""
    start, y = get_left(column) + BOX + 2, top + HEIGHT // 2
    end = start + GAP - 4
    return f'<path class="line" d="M{start} {y} H{end - 6}"/><path class="head" d="M{end} {y} l-8 -5 v10 z"/>'


def write_flow(top: int, title: str, boxes: tuple[tuple[str, str], ...]) -> str:
    """One row."""
    lines = [f'<text x="12" y="{top - 12}" class="flow">{title}</text>']
    lines += [write_box(column, top, *box) for column, box in enumerate(boxes)]
    lines += [write_arrow(column, top) for column in range(len(boxes) - 1)]
    return "\n".join(lines)


def write_legend(top: int) -> str:
    """Which colour is which package."""
    lines = []
    for number, (layer, meaning) in enumerate(LAYERS.items()):
        left = 12 + number * 190
        lines.append(f'<rect x="{left}" y="{top}" width="16" height="16" rx="3" class="{layer}"/>')
        lines.append(f'<text x="{left + 24}" y="{top + 13}" class="key">{layer}/: {meaning}</text>')
    return "\n".join(lines)


def draw() -> str:
    """The picture."""
    parts = [write_text(get_left(column) + BOX / 2, 24, "step", step) for column, step in enumerate(STEPS)]
    parts += [write_flow(76 + row * 130, title, boxes) for row, (title, boxes) in enumerate(FLOWS.items())]
    parts.append(write_legend(306))
    title = "<title>Two flows through the code: a user's fee and a node's stake, from decision to page</title>"
    body = "\n".join(parts)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 30} 334" role="img">'
    return "\n".join((head, title, f"<style>{STYLE}</style>", body, "</svg>", ""))


if __name__ == "__main__":
    FILE.write_text(draw(), encoding="utf-8")
