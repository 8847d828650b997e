"""The picture of the architecture is the one that its script draws, and what it names exists."""

from tests.support import ROOT
from tests.tools.test_docs_names import find_fault
from tools import architecture_picture as picture


def test_picture_is_up_to_date() -> None:
    assert picture.FILE.read_text(encoding="utf-8") == picture.draw()


def test_every_flow_has_every_step() -> None:
    assert {len(boxes) for boxes in picture.FLOWS.values()} == {len(picture.STEPS)}
    assert {file.split("/")[0] for boxes in picture.FLOWS.values() for _, file in boxes} == set(picture.LAYERS)


def test_what_the_picture_names_exists() -> None:
    for boxes in picture.FLOWS.values():
        for step, (name, file) in zip(picture.STEPS, boxes, strict=True):
            assert find_fault(file, name if step in ("decision", "rule", "ledger verb") else "") == ""
            assert step == "page" or name in (ROOT / file).read_text(encoding="utf-8")
