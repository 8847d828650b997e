"""Notices beside results: a line each, none where there are none."""

from streamlit.testing.v1 import AppTest


def show(notices: list[str]) -> None:
    from metalab.ui.results.notices import render_notices

    render_notices(notices)


def test_every_notice_is_a_line_up_to_a_limit() -> None:
    at = AppTest.from_function(show, kwargs={"notices": [f"notice {k}" for k in range(9)]}).run()
    (caption,) = at.caption
    lines = caption.value.split("  \n")
    assert [f"notice {k}" in line for k, line in enumerate(lines[:-1])] == [True] * 6
    assert lines[-1] == "and 3 more"


def test_without_notices_nothing_is_shown() -> None:
    at = AppTest.from_function(show, kwargs={"notices": []}).run()
    assert not at.exception
    assert not at.caption
