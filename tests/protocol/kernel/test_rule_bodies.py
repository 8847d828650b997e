"""What a rule's body may contain: only what compiled code and Python do alike (docs/decisions/0001)."""

import ast
from pathlib import Path

import pytest

from metalab.protocol.kernel.declare import Record
from tests.support import ROOT, find_modules, find_rules

CALLS = {
    "round", "pow", "sum", "sorted", "set", "dict", "list", "print", "isinstance", "divmod", "int", "bool", "str", "map",
    "filter", "zip", "any", "all", "eval", "exec", "hasattr", "getattr", "setattr",
}  # fmt: skip
DOORS = {"protocol/kernel/units.py"}
MATH = {"sqrt", "exp", "log", "log1p", "expm1", "floor", "ceil", "tanh", "sin", "cos", "erf", "isfinite", "isnan", "pi"}
SYNTAX = (
    ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Dict, ast.Set, ast.List, ast.Try, ast.With, ast.Raise,
    ast.Lambda, ast.JoinedStr, ast.Global, ast.Nonlocal, ast.Yield, ast.Await, ast.Starred,
)  # fmt: skip


def find_faults(rule: ast.FunctionDef, is_door: bool = False) -> list[str]:
    """Everything in a rule's body that is not allowed there."""
    faults = []
    for node in (n for statement in rule.body for n in ast.walk(statement)):
        if isinstance(node, SYNTAX):
            faults.append(f"{node.lineno}: {type(node).__name__}")  # type: ignore[attr-defined]
        elif isinstance(node, (ast.BinOp, ast.AugAssign)):
            faults += find_arithmetic_faults(node)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            if not (is_door and node.func.id == "int"):
                faults.append(f"{node.lineno}: {node.func.id}()")
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            faults += find_module_faults(node.value.id, node)
    return faults


def find_arithmetic_faults(node: ast.BinOp | ast.AugAssign) -> list[str]:
    if isinstance(node.op, (ast.Pow, ast.MatMult)):
        return [f"{node.lineno}: {type(node.op).__name__}"]
    operands = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
    truths = (ast.Compare, ast.BoolOp)
    return [f"{node.lineno}: arithmetic on a truth value" for operand in operands if isinstance(operand, truths)]


def find_module_faults(name: str, node: ast.Attribute) -> list[str]:
    if name == "math" and node.attr not in MATH:
        return [f"{node.lineno}: math.{node.attr}"]
    return [f"{node.lineno}: {name}.{node.attr}"] if name in ("np", "numpy") else []


@pytest.mark.parametrize("path", find_modules("protocol", "econ"), ids=lambda p: str(p.relative_to(ROOT)))
def test_rules_hold_only_what_runs_alike_three_ways(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    tree = ast.parse(path.read_text())
    faults = [f"{name}:{fault} in {rule.name}" for rule in find_rules(tree) for fault in find_faults(rule, name in DOORS)]
    assert faults == []


@pytest.mark.parametrize(
    "line", ["x ** 2", "round(x)", "[1]", "math.pow(x, 2)", "np.sum(x)", "(x > 1) + 1", "int(x)", "{k for k in x}", "pow(x, 2)"]
)
def test_the_check_finds_each_fault(line: str) -> None:
    rule = next(find_rules(ast.parse(f"@rule\ndef f(x):\n    return {line}\n")))
    assert find_faults(rule)


def find_token_names() -> set[str]:
    """Names of all fields that hold tokens, in every declared record."""
    import metalab.econ.kernel.world  # noqa: F401  (declares them all)

    ours = (record for record in Record.__subclasses__() if record.__module__.startswith("metalab."))
    return {name for record in ours for name, info in record.infos.items() if info.token}


def get_targets(node: ast.AST) -> list[ast.expr]:
    """What a statement assigns to."""
    if isinstance(node, ast.Assign):
        return node.targets
    return [node.target] if isinstance(node, (ast.AugAssign, ast.AnnAssign)) else []


def list_own(tree: ast.AST) -> set[ast.AST]:
    """Everything in classes that are no rows: what such an object keeps for itself (`self.stake`) holds no tokens."""
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    plain_ones = [node for node in classes if not any(ast.unparse(base).endswith(("Row", "Record", "Actor")) for base in node.bases)]
    return {inner for node in plain_ones for inner in ast.walk(node)}


def is_self(node: ast.expr) -> bool:
    """Whether an expression is `self`."""
    return isinstance(node, ast.Name) and node.id == "self"


def find_assigned(tree: ast.AST) -> list[tuple[int, str]]:
    """Attributes that a file assigns, apart from those of its own objects that are no rows."""
    found = []
    own = list_own(tree)
    for node in ast.walk(tree):
        for target in get_targets(node):
            inner = target.value if isinstance(target, ast.Subscript) else target
            if isinstance(inner, ast.Attribute) and not (node in own and is_self(inner.value)):
                found.append((node.lineno, inner.attr))  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize(
    "path",
    [p for p in find_modules("protocol", "econ") if not p.stem.endswith("ledger")],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_only_the_ledger_moves_tokens(path: Path) -> None:
    tokens = find_token_names()
    moves = [(line, name) for line, name in find_assigned(ast.parse(path.read_text())) if name in tokens]
    # The one exception: at genesis all supply is written into escrow, before any ledger verb can move it.
    allowed = {"escrow"} if path.name == "unlocks.py" else set()
    faults = [
        f"line {line} assigns {name!r}, the name of a token account: move tokens in a ledger, or rename the field"
        for line, name in moves
        if name not in allowed
    ]
    assert faults == []


def test_the_ledger_check_sees_every_form_of_assignment() -> None:
    source = "a.balance = 1\na.balance += 1\na.escrow[2] -= 1\n"
    assert [name for _, name in find_assigned(ast.parse(source))] == ["balance", "balance", "escrow"]


@pytest.mark.parametrize(
    ("text", "moved"),
    [
        ("def f(node): node.stake += 1", ["stake"]),
        ("def f(node): node.exposed[0] = 1", ["exposed"]),
        ("class Tally:\n    def f(self): self.stake = 1", []),
        ("class Tally:\n    def f(self, node): node.stake = 1", ["stake"]),
        ("class Node(Actor, NodeRow):\n    def f(self): self.stake = 1", ["stake"]),
        ("def f(self): self.stake = 1", ["stake"]),
    ],
)
def test_assignments_are_found_where_they_could_move_tokens(text: str, moved: list[str]) -> None:
    assert [name for _, name in find_assigned(ast.parse(text))] == moved
