"""The app, which loads its heavy modules and the compiled rules while it starts; `streamlit run app.py` does so at the first visit."""

import sys
from pathlib import Path
from threading import Thread

APP = Path(__file__).resolve().parent.parent / "app.py"


def load_ahead() -> None:
    """What the first page would have to wait for."""
    import altair  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    from metalab.experiments.runs.runner import run
    from metalab.ui.inputs.exploration import Recipe

    run(Recipe().load(), days=1)


def main(words: list[str]) -> None:
    """Start; `words` are options of `streamlit run`."""
    from streamlit.web.cli import main as streamlit

    Thread(target=load_ahead, daemon=True).start()
    streamlit(["run", str(APP), *words], prog_name="streamlit")


if __name__ == "__main__":
    main(sys.argv[1:])
