"""Every pattern says whether it tests the model."""

import ast
from collections import Counter

import pytest

from metalab.experiments.commands.validate import describe_kinds
from metalab.experiments.validation import patterns
from metalab.experiments.validation.finding import FITTED, FREE, IMPLIED, Finding, write_table
from tests.support import ROOT

FILE = ROOT / "experiments" / "validation" / "patterns.py"


def list_kinds() -> list[str]:
    """The kind that each finding in the code is given; empty where it is given none."""
    calls = [node for node in ast.walk(ast.parse(FILE.read_text())) if isinstance(node, ast.Call)]
    findings = [call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "Finding"]
    given = [{word.arg: word.value for word in call.keywords}.get("kind") for call in findings]
    return [getattr(patterns, kind.id) if isinstance(kind, ast.Name) else "" for kind in given]


def test_every_pattern_is_fitted_implied_or_free() -> None:
    kinds = Counter(list_kinds())
    assert set(kinds) == {FITTED, IMPLIED, FREE}
    assert kinds[FREE] == 2


@pytest.mark.parametrize(("kinds", "words"), [((FREE, FITTED, IMPLIED), "; 1 of 3 test the model"), (("", ""), "")])
def test_the_output_says_how_many_test_the_model(kinds: tuple[str, ...], words: str) -> None:
    findings = [Finding("g", f"{k}", "> 0", "1", True, 5, kind=kind) for k, kind in enumerate(kinds)]
    assert describe_kinds(findings).startswith(words)
    assert ("| kind |" in write_table(findings)) is bool(words)
