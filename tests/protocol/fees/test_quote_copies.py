"""The quote keeps a copy of every parameter it was made from, and notices when one of them changes."""

import ast

from tests.support import ROOT

TREE = ast.parse((ROOT / "protocol" / "fees" / "fees.py").read_text())
FUNCTIONS = {node.name: node for node in TREE.body if isinstance(node, ast.FunctionDef)}


def read_names(function: str, owner: str) -> set[str]:
    """Attributes of `owner` that a function mentions."""
    nodes = ast.walk(FUNCTIONS[function])
    return {node.attr for node in nodes if isinstance(node, ast.Attribute) and ast.unparse(node.value) == owner}


def test_every_parameter_of_the_rule_is_copied_and_compared() -> None:
    rule = read_names("compute_quote", "p")
    assert rule >= {"message_fee_usd", "indexation", "reference_price_usd"}
    assert rule <= read_names("quote_fee", "p")
    assert rule <= read_names("is_quote_due", "p")
    copies = {name for name in read_names("quote_fee", "quote") if name.startswith("quoted_")}
    assert copies == {name for name in read_names("is_quote_due", "quote") if name.startswith("quoted_")}
    assert len(copies) == len(rule)
