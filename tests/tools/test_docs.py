"""Generated documents are up to date, and the check can tell."""

import re
from pathlib import Path

import pytest

from tools import docs


def test_documents_are_up_to_date() -> None:
    assert docs.find_stale() == []


def test_every_decision_is_listed_in_order() -> None:
    folder = docs.ROOT / "docs" / "decisions"
    pages = sorted(path.name for path in folder.glob("0*.md"))
    listed = re.findall(r"^\| \[\d+\]\((.+)\)", (folder / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == pages


def test_a_changed_document_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(docs, "FOLDER", tmp_path)
    assert docs.main([]) == 0
    assert docs.main(["--check"]) == 0
    (tmp_path / "metrics.md").write_text("old")
    assert docs.find_stale() == ["metrics.md"]
    assert docs.main(["--check"]) == 1
