"""Generated documents are up to date, and the check can tell."""

import re
from pathlib import Path

import pytest

from tools import docs, docs_rooms


def test_documents_are_up_to_date() -> None:
    assert [docs.name_file(path) for path in docs.find_stale()] == []


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
    assert list(docs.find_stale()) == [tmp_path / "metrics.md"]
    assert docs.main(["--check"]) == 1


def test_a_rooms_page_keeps_its_written_half(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for room in docs.ROOMS:
        (tmp_path / f"{room}.md").write_text(f"# {room}\n\nWritten by hand.\n", encoding="utf-8")
    monkeypatch.setattr(docs, "PAGES", tmp_path)
    assert set(docs.find_stale()) == {tmp_path / f"{room}.md" for room in docs.ROOMS}
    assert docs.main([]) == 0
    assert (tmp_path / "fees.md").read_text(encoding="utf-8").startswith("# fees\n\nWritten by hand.\n\n<!-- from here on made by")
    assert docs.find_stale() == {}


def test_every_part_is_in_the_reference_under_its_room() -> None:
    reference = (docs.FOLDER / "parameters.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^### (\w+)$", reference, re.MULTILINE)) == set(docs.Params.parts)
    rooms = re.split(r"^## Room: ", reference, flags=re.MULTILINE)[1:]
    assert [text.split("\n")[0] for text in rooms] == [*docs.ROOMS, "kernel"]
    assert "### rewards\n" in rooms[1]


def test_every_folder_of_rules_or_behaviour_is_a_room() -> None:
    folders = {path.name for layer in ("protocol", "econ") for path in (docs.ROOT / layer).iterdir() if (path / "__init__.py").exists()}
    assert folders - {"kernel", "agents"} == set(docs.ROOMS)


def test_a_verb_says_where_tokens_come_from_and_go_to() -> None:
    ledger = docs_rooms.ROOT / "protocol" / "staking" / "ledger.py"
    verbs = {verb.name: verb for verb in docs_rooms.read_verbs(ledger)}
    assert verbs["bond_stake"][1:4] == (["node.balance"], ["node.stake"], ["BOND"])
    assert "take_from_pot" not in verbs
