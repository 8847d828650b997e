"""The console command `metalab`, also `python -m metalab`: the commands of `python -m experiments`, and `metalab app`."""

import os
import sys
from pathlib import Path

from metalab.experiments import cli
from metalab.experiments.program import use_program

USAGE = """usage: metalab app [OPTIONS OF STREAMLIT]

Open the app in the browser. Its studies and decisions are kept in out/ of the present directory, or in METALAB_OUT.

example: metalab app --server.port=8502"""


def open_app(words: list[str]) -> None:
    """Start the app; does not return before it is closed. Icons and settings lie beside `app.py`, results stay where the user is."""
    if {"-h", "--help"} & set(words):
        print(USAGE)
        return
    from metalab.ui import __main__ as app

    os.environ["METALAB_OUT"] = str(Path(os.environ.get("METALAB_OUT") or "out").resolve())
    os.chdir(app.APP.parent)
    app.main(words)


def main(words: list[str] | None = None, program: str = "metalab") -> int:
    """Execute a command line (default: that of this process) and return its exit code, which `cli.main` explains."""
    chosen = sys.argv[1:] if words is None else words
    if chosen[:1] == ["app"]:
        open_app(chosen[1:])
        return 0
    use_program(program)
    return cli.main(chosen)


if __name__ == "__main__":
    sys.exit(main(program="python -m metalab"))
