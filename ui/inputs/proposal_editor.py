"""The form of a proposal: title, reasons, changes, grants, and a quorum and threshold of its own."""

from typing import Any

import streamlit as st

from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.policy.content import MOST_GRANTS
from metalab.ui.charts.formatting import name_file, name_thing
from metalab.ui.inputs.limits import CHANGES, STUDY_DAYS
from metalab.ui.inputs.parameter_forms import get_changes, group_leaves, render_parameter, set_changes
from metalab.ui.inputs.proposal_draft import AT_DECISION, TARGETS, Grant, ProposalDraft, Row

PROPOSAL = "proposal"
"""The form whose changes are the proposal's."""
GRANTED = 1_000_000.0
"""ERA of a grant that was just added."""
MOST_ERA = 1e9
OVERRIDES = {"quorum": "Own quorum (%)", "threshold": "Own threshold (%)"}
HELP = {
    "quorum": "Part of the effective circulating supply that must vote. Empty: the rule's own.",
    "threshold": "Part of the votes that must be in favour. Empty: the rule's own.",
}
WIDTHS = [6, 2, 2, 1]


def open_draft(draft: ProposalDraft) -> None:
    """Put a proposal into the form."""
    st.session_state[f"{PROPOSAL}.draft"] = draft
    set_changes(PROPOSAL, {row.path: row.value for row in draft.rows})


def get_draft(usual: dict[str, Any]) -> ProposalDraft:
    """The proposal as the form has it now; `usual` is what is in force without it."""
    draft: ProposalDraft = st.session_state[f"{PROPOSAL}.draft"]
    changes = get_changes(PROPOSAL)
    for row in draft.rows:
        row.value = changes.get(row.path, usual[row.path])
    return draft


def _get() -> ProposalDraft:
    draft: ProposalDraft = st.session_state[f"{PROPOSAL}.draft"]
    return draft


def make_key(*words: Any) -> str:
    """A widget's key; another draft begins with fresh widgets."""
    return "/".join(str(word) for word in ("governance", st.session_state[f"{PROPOSAL}.generation"], *words))


def _preset(key: str, value: Any) -> str:
    """Give a field its value once; one that begins with a value of its own could not be emptied again."""
    st.session_state.setdefault(key, value)
    return key


def add_row() -> None:
    """One more change."""
    path, draft = st.session_state["governance.add"], _get()
    if path and len(draft.rows) < CHANGES:
        draft.rows.append(Row(path, None))
    st.session_state["governance.add"] = None


def remove_row(path: str) -> None:
    """One change less."""
    draft = _get()
    draft.rows = [row for row in draft.rows if row.path != path]
    set_changes(PROPOSAL, {other: value for other, value in get_changes(PROPOSAL).items() if other != path})


def add_grant() -> None:
    """One more grant."""
    _get().grants.append(Grant(TARGETS[0], GRANTED))


def remove_grant(place: int) -> None:
    """One grant less; the widgets begin afresh, because they are known by their place."""
    del _get().grants[place]
    set_changes(PROPOSAL, get_changes(PROPOSAL))


def render_editor(usual: dict[str, Any]) -> None:
    """The whole form."""
    draft = get_draft(usual)
    with st.container(border=True):
        draft.title = st.text_input("Title", draft.title, max_chars=120, key=make_key("title")) or "New proposal"
        draft.rationale = st.text_area("Why", draft.rationale, max_chars=2_000, height=70, key=make_key("why"))
        st.markdown(f"**Changes** :gray-badge[{len(draft.rows)}]")
        for row in draft.rows:
            render_row(row, usual)
        if not draft.rows and not draft.grants:
            st.caption("No change yet. A proposal without changes must have no effect at all, which is worth trying once.")
        render_adder(draft)
        for place, grant in enumerate(draft.grants):
            render_grant(place, grant)
        if len(draft.grants) < MOST_GRANTS:
            st.button("Add a grant", icon=":material/payments:", key="governance.grant", on_click=add_grant, type="tertiary")


def render_adder(draft: ProposalDraft) -> None:
    """Choose a parameter that the DAO decides."""
    taken = {row.path for row in draft.rows}
    options = [leaf.path for leaves in group_leaves("dao").values() for leaf in leaves if leaf.path not in taken]
    st.selectbox(
        "Add a change", options, index=None, key="governance.add", on_change=add_row, format_func=name_option,
        placeholder=f"Add a change: one of {len(options)} parameters that the DAO decides", label_visibility="collapsed",
    )  # fmt: skip


def name_option(path: str) -> str:
    """A parameter in the list."""
    return f"{name_thing(path.split('.')[0])} · {name_thing(path)}"


def render_row(row: Row, usual: dict[str, Any]) -> None:
    """The parameter's own widget, when it begins, how fast, and a way out."""
    is_list = bool(LEAVES[row.path].info.length)
    value, day, ramp, out = st.columns(WIDTHS, vertical_alignment="top" if is_list else "bottom", gap="medium")
    with value:
        render_parameter(PROPOSAL, LEAVES[row.path], usual, prefix=f"{name_thing(row.path.split('.')[0])} · ")
    first = day.number_input(
        "From day", 0, STUDY_DAYS, None, placeholder="decision",
        key=_preset(make_key(row.path, "day"), None if row.from_day == AT_DECISION else row.from_day),
        help="Empty: the day of the decision. Nothing holds before it.",
    )  # fmt: skip
    row.from_day = AT_DECISION if first is None else first
    row.ramp_days = ramp.number_input(
        "Over days", 0, STUDY_DAYS, row.ramp_days, key=make_key(row.path, "ramp"), help="Days in which it is reached; 0 at once."
    )
    out.button(
        "", icon=":material/delete:", key=f"governance.remove.{row.path}", on_click=remove_row, args=(row.path,), help="Remove this change"
    )


def render_grant(place: int, grant: Grant) -> None:
    """To whom, how much, and a way out."""
    target, era, out = st.columns([6, 4.3, 1], vertical_alignment="bottom", gap="medium")
    grant.target = target.selectbox(
        "Grant from the treasury to", TARGETS, TARGETS.index(grant.target), format_func=name_file, key=make_key("grant", place, "to")
    )
    grant.era = era.number_input("ERA", 0.0, MOST_ERA, grant.era, step=100_000.0, format="%.6g", key=make_key("grant", place, "era"))
    out.button(
        "", icon=":material/delete:", key=f"governance.grant.remove.{place}", on_click=remove_grant, args=(place,), help="Remove this grant"
    )


def render_overrides(row: Any, draft: ProposalDraft) -> None:
    """Quorum and threshold of this proposal, where they are not the rule's own."""
    for name, label in OVERRIDES.items():
        share = draft.vote.get(name)
        value = row.number_input(
            label, 0.0, 100.0, None, step=1.0, format="%.4g", placeholder="rule's own", width=165, help=HELP[name],
            key=_preset(make_key("vote", name), None if share is None else share * 100),
        )  # fmt: skip
        draft.vote.pop(name, None)
        if value is not None:
            draft.vote[name] = value / 100
