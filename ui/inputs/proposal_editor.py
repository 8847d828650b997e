"""The form of a proposal: title, reasons, changes, grants, and a quorum and threshold of its own."""

from dataclasses import replace
from typing import Any

import streamlit as st

from metalab.experiments.inputs.changes import Change
from metalab.experiments.inputs.planning.grants import MOST_ERA, TARGETS, Grant
from metalab.experiments.inputs.planning.moments import AT_DECISION
from metalab.experiments.inputs.schema import LEAVES
from metalab.protocol.policy.content import MOST_GRANTS
from metalab.ui.charts.formatting import name_file, name_thing
from metalab.ui.inputs.limits import CHANGES, STUDY_DAYS
from metalab.ui.inputs.parameter_forms import get_changes, group_leaves, render_parameter, set_changes
from metalab.ui.inputs.proposal_draft import ProposalDraft

PROPOSAL = "proposal"
"""The form whose changes are the proposal's."""
GRANTED = 1_000_000.0
"""ERA of a grant that was just added."""
OVERRIDES = {"quorum": "Own quorum (%)", "threshold": "Own threshold (%)"}
HELP = {
    "quorum": "Part of the effective circulating supply that must vote. Empty: the rule's own.",
    "threshold": "Part of the votes that must be in favour. Empty: the rule's own.",
}
WIDTHS = [6, 2, 2, 1]


def open_draft(draft: ProposalDraft) -> None:
    """Put a proposal into the form."""
    st.session_state[f"{PROPOSAL}.draft"] = draft
    set_changes(PROPOSAL, {change.path: change.value for change in draft.changes})


def get_draft(usual: dict[str, Any]) -> ProposalDraft:
    """The proposal as the form has it now; `usual` is what is in force without it."""
    draft: ProposalDraft = st.session_state[f"{PROPOSAL}.draft"]
    changes = get_changes(PROPOSAL)
    draft.changes = [replace(change, value=changes.get(change.path, usual[change.path])) for change in draft.changes]
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


def append_change() -> None:
    """One more change."""
    path, draft = st.session_state["governance.add"], _get()
    if path and len(draft.changes) < CHANGES:
        draft.changes.append(Change(path, None))
    st.session_state["governance.add"] = None


def remove_change(path: str) -> None:
    """One change less."""
    draft = _get()
    draft.changes = [change for change in draft.changes if change.path != path]
    set_changes(PROPOSAL, {other: value for other, value in get_changes(PROPOSAL).items() if other != path})


def append_grant() -> None:
    """One more grant."""
    _get().grants.append(Grant(next(iter(TARGETS)), GRANTED))


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
        st.markdown(f"**Changes** :gray-badge[{len(draft.changes)}]")
        draft.changes = [render_change(change, usual) for change in draft.changes]
        if draft.flows or draft.ends:
            names = ", ".join([flow.name for flow in draft.flows] + [f"end of {name}" for name in draft.ends])
            st.caption(f"Flows of money as the file has them: {names}.")
        elif not draft.changes and not draft.grants:
            st.caption("No change yet. A proposal without changes must have no effect at all, which is worth trying once.")
        render_adder(draft)
        draft.grants = [render_grant(place, grant) for place, grant in enumerate(draft.grants)]
        if len(draft.grants) < MOST_GRANTS:
            st.button("Add a grant", icon=":material/payments:", key="governance.grant", on_click=append_grant, type="tertiary")


def render_adder(draft: ProposalDraft) -> None:
    """Choose a parameter that the DAO decides."""
    taken = {change.path for change in draft.changes}
    options = [leaf.path for leaves in group_leaves("dao").values() for leaf in leaves if leaf.path not in taken]
    st.selectbox(
        "Add a change", options, index=None, key="governance.add", on_change=append_change, format_func=name_option,
        placeholder=f"Add a change: one of {len(options)} parameters that the DAO decides", label_visibility="collapsed",
    )  # fmt: skip


def name_option(path: str) -> str:
    """A parameter in the list."""
    return f"{name_thing(path.split('.')[0])} · {name_thing(path)}"


def render_change(change: Change, usual: dict[str, Any]) -> Change:
    """The parameter's own widget, when it begins, how fast, and a way out; returns the change as the form has it now."""
    path = change.path
    is_list = bool(LEAVES[path].info.length)
    value, day, ramp, out = st.columns(WIDTHS, vertical_alignment="top" if is_list else "bottom", gap="medium")
    with value:
        render_parameter(PROPOSAL, LEAVES[path], usual, prefix=f"{name_thing(path.split('.')[0])} · ")
    first = day.number_input(
        "From day", 0, STUDY_DAYS, None, placeholder="decision",
        key=_preset(make_key(path, "day"), None if change.day == AT_DECISION else change.day),
        help="Empty: the day of the decision. Nothing holds before it.",
    )  # fmt: skip
    ramp_days = ramp.number_input(
        "Over days", 0, STUDY_DAYS, change.ramp_days, key=make_key(path, "ramp"), help="Days in which it is reached; 0 at once."
    )
    out.button(
        "", icon=":material/delete:", key=f"governance.remove.{path}", on_click=remove_change, args=(path,), help="Remove this change"
    )
    return replace(change, day=AT_DECISION if first is None else first, ramp_days=ramp_days)


def render_grant(place: int, grant: Grant) -> Grant:
    """To whom, how much, and a way out; returns the grant as the form has it now."""
    target, amount, out = st.columns([6, 4.3, 1], vertical_alignment="bottom", gap="medium")
    to = target.selectbox(
        "Grant from the treasury to",
        list(TARGETS),
        list(TARGETS).index(grant.to),
        format_func=name_file,
        key=make_key("grant", place, "to"),
    )
    era = amount.number_input("ERA", 0.0, float(MOST_ERA), grant.era, step=100_000.0, format="%.6g", key=make_key("grant", place, "era"))
    out.button(
        "", icon=":material/delete:", key=f"governance.grant.remove.{place}", on_click=remove_grant, args=(place,), help="Remove this grant"
    )
    return replace(grant, to=to, era=era)


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
