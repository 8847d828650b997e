"""Execute the example notebooks and store what they show: `python -m tools.notebooks [--check] [NAME ...]`.

A notebook is JSON; its code cells run in order in one namespace, in an empty folder, as they would in Jupyter with a fresh
kernel. What a cell prints and the face of its last expression become its outputs. No Jupyter is needed.
"""

import ast
import base64
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "examples" / "notebooks"
LARGEST = 300_000
"""Bytes of a notebook."""
WIDTH = 120
"""Characters of a printed line."""
Cell = dict[str, Any]


def list_notebooks() -> list[Path]:
    """All of them."""
    return sorted(FOLDER.glob("*.ipynb"))


def read_notebook(path: Path) -> dict[str, Any]:
    """A notebook's content."""
    return dict(json.loads(path.read_text(encoding="utf-8")))


def get_source(cell: Cell) -> str:
    """The text of a cell, which the format allows to be lines."""
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def execute_cell(source: str, namespace: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Run a cell; returns its outputs, without the number of its execution."""
    tree = ast.parse(source, name)
    if tree.body and isinstance(last := tree.body[-1], ast.Expr):
        tree.body[-1] = ast.copy_location(ast.Assign([ast.Name("_", ast.Store())], last.value), last)
    namespace["_"] = None
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(ast.fix_missing_locations(tree), name, "exec"), namespace)
    value = namespace["_"]
    text = printed.getvalue()
    outputs: list[dict[str, Any]] = [{"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)}] if text else []
    if value is not None:
        outputs.append({"data": show(value), "metadata": {}, "output_type": "execute_result"})
    return outputs


def show(value: Any) -> dict[str, Any]:
    """The faces of a value, as a notebook stores them; an HTML table or a picture besides the text."""
    faces: dict[str, Any] = {"text/plain": repr(value).splitlines(keepends=True)}
    if hasattr(value, "_repr_html_") and (html := value._repr_html_()):
        faces["text/html"] = html.splitlines(keepends=True)
    if hasattr(value, "_repr_png_"):
        faces["image/png"] = base64.b64encode(value._repr_png_()).decode()
    return faces


@contextmanager
def fixed_width() -> Iterator[None]:
    """Tables are printed for a terminal of this width, whatever it is here."""
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = str(WIDTH)
    try:
        yield
    finally:
        os.environ.pop("COLUMNS")
        if before is not None:
            os.environ["COLUMNS"] = before


def execute_notebook(path: Path) -> dict[str, Any]:
    """The notebook with fresh outputs. Raises what a cell raises."""
    notebook = read_notebook(path)
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with tempfile.TemporaryDirectory() as folder, chdir(folder), fixed_width():
        (Path(folder) / "proposals").symlink_to(ROOT / "examples" / "proposals")
        cells = (cell for cell in notebook["cells"] if cell["cell_type"] == "code")
        for number, cell in enumerate(cells, 1):
            outputs = execute_cell(get_source(cell), namespace, f"{path.name}, cell {number}")
            cell["execution_count"] = number
            cell["outputs"] = [o | {"execution_count": number} if o["output_type"] == "execute_result" else o for o in outputs]
    return notebook


def list_texts(notebook: dict[str, Any]) -> Iterator[str]:
    """What the cells print and show as text: the same wherever they run, which pictures need not be."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            yield "".join(output["text"] if "text" in output else output["data"]["text/plain"])


def encode_notebook(notebook: dict[str, Any]) -> str:
    """The bytes of the file."""
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main(words: list[str]) -> int:
    """Write the notebooks again, or only tell which ones show something else than stored."""
    stale = 0
    names = [word for word in words if not word.startswith("-")]
    for path in [path for path in list_notebooks() if not names or path.stem in names]:
        there, here = read_notebook(path), execute_notebook(path)
        is_stale = list(list_texts(there)) != list(list_texts(here))
        stale += is_stale
        print(f"{path.relative_to(ROOT)}: {'differs' if is_stale else 'up to date'}")
        if "--check" not in words:
            path.write_text(encode_notebook(here), encoding="utf-8")
    return 1 if stale and "--check" in words else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
