"""The example notebooks run from top to bottom and show what is stored in them."""

import json
from pathlib import Path

import pytest

from tools import notebooks

PATHS = notebooks.list_notebooks()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_is_stored(path: Path) -> None:
    stored = list(notebooks.list_texts(notebooks.read_notebook(path)))
    assert stored
    assert list(notebooks.list_texts(notebooks.execute_notebook(path))) == stored


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_is_small_and_in_its_usual_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.encode()) < notebooks.LARGEST
    assert notebooks.encode_notebook(json.loads(text)) == text
    numbers = [cell["execution_count"] for cell in notebooks.read_notebook(path)["cells"] if cell["cell_type"] == "code"]
    assert numbers == list(range(1, len(numbers) + 1))


def test_there_are_three() -> None:
    assert [path.stem for path in PATHS] == ["explore", "proposal", "study"]


def test_what_a_cell_prints_and_shows_is_kept() -> None:
    space: dict[str, object] = {}
    printed, shown = notebooks.execute_cell("x = 2\nprint('a')\nx + 1", space, "test")
    assert printed["text"] == ["a\n"]
    assert shown["data"] == {"text/plain": ["3"]}
    assert notebooks.execute_cell("y = x", space, "test") == []


def test_a_cell_that_fails_is_named() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        notebooks.execute_cell("1 / 0", {}, "explore.ipynb, cell 3")
    assert caught.traceback[-1].path == "explore.ipynb, cell 3" or "explore.ipynb, cell 3" in str(caught.traceback[-1])
