"""The app's own start."""

import sys

from metalab.ui.__main__ import APP, load_ahead


def test_what_the_first_page_needs_is_there_before_it() -> None:
    assert APP.name == "app.py"
    assert APP.exists()
    load_ahead()
    assert {"altair", "pyarrow.parquet", "ui.inputs.exploration"} <= set(sys.modules)
