"""The app, which compiles the rules beside itself while it starts; `streamlit run app.py` does so at the first visit."""

import atexit
import subprocess
import sys
from pathlib import Path
from threading import Thread

APP = Path(__file__).resolve().parent.parent / "app.py"


def load_ahead() -> None:
    """What the first page would have to wait for: heavy modules, and the rules, compiled in a process of their own."""
    from metalab.experiments.runs.compile_progress import read_progress

    progress = read_progress()
    compiler = None
    if progress is None or not progress.is_finished:
        compiler = subprocess.Popen([sys.executable, "-m", "metalab", "warm"], stdin=subprocess.DEVNULL)
        atexit.register(compiler.terminate)

    import altair  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from metalab.experiments.runs.runner import run
    from metalab.ui.inputs.exploration import Recipe

    if compiler is None or compiler.wait() == 0:
        run(Recipe().load(), days=1)


def main(words: list[str]) -> None:
    """Start; `words` are options of `streamlit run`."""
    from streamlit.web.cli import main as streamlit

    Thread(target=load_ahead, daemon=True).start()
    streamlit(["run", str(APP), *words], prog_name="streamlit")


if __name__ == "__main__":
    main(sys.argv[1:])
