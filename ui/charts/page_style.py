"""What Streamlit's own layout lacks: a compact head, and grids of cards and charts that reflow on narrow and wide screens."""

import streamlit as st

CARDS, PANELS, BARS, LABS = "cards", "panels", "bars", "labs"
"""Beginnings of the keys of containers whose columns are cells of a grid."""

_GRID = """
[class*="st-key-{key}"] > [data-testid="stLayoutWrapper"] > [data-testid="stHorizontalBlock"],
[class*="st-key-{key}"] > [data-testid="stHorizontalBlock"] {{
  display: grid; grid-template-columns: repeat(auto-{mode}, minmax(min({width}px, 100%), 1fr)); gap: {gap}; align-items: stretch;
}}
[class*="st-key-{key}"] [data-testid="stColumn"] {{ width: auto; min-width: 0; flex: none; }}
"""

_SHEET = (
    """
.stMainBlockContainer { padding: 3.4rem 2rem 3rem; }
[data-testid="stSidebarHeader"] { padding-bottom: 0; }
[data-testid="stMainBlockContainer"] h1 { padding: 0.2rem 0 0; }
[class*="st-key-cards"] [data-testid="stColumn"] { height: 100%; }
[class*="st-key-cards"] [data-testid="stColumn"] > [data-testid="stVerticalBlock"] { height: 100%; }
[class*="st-key-cards"] .stMarkdown p { line-height: 1.35; }
[class*="st-key-cards"] [data-testid="stMetricValue"] { font-variant-numeric: tabular-nums; }
[class*="st-key-cards"] [data-testid="stCaptionContainer"] p, [class*="st-key-cards"] small { font-size: .8rem; line-height: 1.35; }
[data-testid="stSidebar"] [data-testid="stExpander"] summary { padding-top: .15rem; padding-bottom: .15rem; min-height: 0; }
"""
    + _GRID.format(key=CARDS, mode="fit", width=136, gap=".75rem")
    + _GRID.format(key=PANELS, mode="fill", width=270, gap=".5rem 1.25rem")
    + _GRID.format(key=LABS, mode="fit", width=380, gap=".5rem 1.25rem")
    + _GRID.format(key=BARS, mode="fill", width=293, gap=".5rem 1.25rem")
)


def render_style() -> None:
    """Once a page, before anything else."""
    st.html(f"<style>{_SHEET}</style>")
