"""What must be said beside results: levers beyond the range in which the model was checked, and levers that reach nothing."""

from collections.abc import Sequence

import streamlit as st

SHOWN = 6
"""Notices that are shown one by one."""


def render_notices(notices: Sequence[str]) -> None:
    """One quiet line each (see `experiments.validation.notices`); nothing where there are none."""
    if not notices:
        return
    lines = [f":material/report: {notice}" for notice in notices[:SHOWN]]
    if len(notices) > SHOWN:
        lines.append(f"and {len(notices) - SHOWN} more")
    st.caption("  \n".join(lines))
