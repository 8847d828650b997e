"""Widgets, all made from the declared parameters: kind, bounds, unit, source, owner and words come from the declaration.

A form keeps only what was changed against `usual` (the preset's values). Its state in the session is four entries that begin
with the form's name: `changes` (accepted), `drafts` (vectors whose total does not hold yet), `generation` (part of every
widget's key, so that a reset makes fresh widgets) and what is open.
"""

import inspect
import re
from collections.abc import Mapping
from math import floor, isclose, log10
from typing import Any

import streamlit as st

from metalab.econ.kernel.records import PARAMETER_ROOMS, ROOMS, Params
from metalab.experiments.inputs.schema import LEAVES, describe_allowed
from metalab.protocol.kernel.declare import Leaf
from metalab.ui.charts.formatting import name_thing, name_unit

Values = dict[str, Any]

OWNER_WORDS = {
    "dao": "the DAO decides it",
    "team": "the team decides it",
    "nature": "a fact of the world",
    "behaviour": "how people behave",
}
ROOM_NAMES = {"kernel": "Size of the world", "messaging": "Messaging (Metalayer)", "rollups": "Rollups and developers"}
"""Headings of rooms whose name alone says too little."""
SLIDER_STEPS = 400
"""Whole numbers further apart than this have a number input, not a slider."""
FOUND_MOST = 30
"""Widgets that a search shows at once."""
PLAIN_NAMES = {"dao": "DAO", "rnd": "R&D"}


def get_changes(form: str) -> Values:
    """What was changed, by path, as people write it."""
    return dict(st.session_state.get(f"{form}.changes", {}))


def set_changes(form: str, changes: Mapping[str, Any]) -> None:
    """Replace all changes; the widgets begin afresh."""
    st.session_state[f"{form}.changes"] = dict(changes)
    st.session_state[f"{form}.drafts"] = {}
    st.session_state[f"{form}.generation"] = st.session_state.get(f"{form}.generation", 0) + 1


def reset_change(form: str, path: str) -> None:
    """Back to the preset's value."""
    set_changes(form, {other: value for other, value in get_changes(form).items() if other != path})


def make_key(form: str, path: str, element: int | str = "") -> str:
    """A widget's key; it does not depend on the value, so a widget survives its own change."""
    return f"{form}/{st.session_state.get(f'{form}.generation', 0)}/{path}{f'/{element}' if element != '' else ''}"


def group_leaves(owner: str = "") -> dict[str, list[Leaf]]:
    """The parameters by mechanism, in the order of their declaration; all owners or one."""
    groups: dict[str, list[Leaf]] = {}
    for path, leaf in LEAVES.items():
        if owner in ("", leaf.info.owner):
            groups.setdefault(path.split(".")[0], []).append(leaf)
    return groups


def group_rooms(owner: str = "") -> dict[str, dict[str, list[Leaf]]]:
    """The same by room, in the order of `ROOMS`; sizes of the world come first."""
    groups = group_leaves(owner)
    rooms = {room: {name: leaves for name, leaves in groups.items() if PARAMETER_ROOMS[name] == room} for room in ("kernel", *ROOMS)}
    return {room: mechanisms for room, mechanisms in rooms.items() if mechanisms}


def find_leaves(text: str) -> list[Leaf]:
    """The parameters in whose path, name or description every word of `text` stands; names before descriptions."""
    words = text.lower().split()[:8]

    def has(leaf: Leaf, more: str = "") -> bool:
        return all(word in f"{leaf.path} {name_thing(leaf.path)} {more}".lower() for word in words)

    return sorted((leaf for leaf in LEAVES.values() if has(leaf, leaf.info.doc)), key=lambda leaf: not has(leaf))


def render_form(form: str, usual: Values) -> None:
    """A search box, and by room one expander per mechanism; widgets are made only for what is open or found."""
    text = st.text_input(
        "Find a parameter", key=f"{form}.find", placeholder="fee, unlock, slashing …", icon=":material/search:", max_chars=60
    )
    owner = st.selectbox("Which", ["", *OWNER_WORDS], key=f"{form}.owner", format_func=name_owner, label_visibility="collapsed")
    if text:
        _render_found(form, [leaf for leaf in find_leaves(text) if owner in ("", leaf.info.owner)], usual)
        return
    for room, mechanisms in group_rooms(owner).items():
        st.caption(f"**{ROOM_NAMES.get(room, name_thing(room))}**")
        for mechanism, leaves in mechanisms.items():
            _render_mechanism(form, mechanism, leaves, usual)


def _render_mechanism(form: str, mechanism: str, leaves: list[Leaf], usual: Values) -> None:
    """An expander, whose widgets are made once it is open."""
    changed = get_changes(form)
    count = sum(leaf.path in changed for leaf in leaves)
    label = f"{name_thing(mechanism)} " + (f":blue-badge[{count} changed]" if count else f":gray[{len(leaves)}]")
    expander = st.expander(label, key=f"{form}.open.{mechanism}", on_change="rerun", type="compact")
    if expander.open:
        with expander:
            st.caption(describe_mechanism(mechanism))
            for leaf in leaves:
                render_parameter(form, leaf, usual)


def name_owner(owner: str) -> str:
    """A choice of the list that narrows the parameters to those of an owner."""
    count = sum(owner in ("", leaf.info.owner) for leaf in LEAVES.values())
    return f"{'All parameters' if not owner else OWNER_WORDS[owner][0].upper() + OWNER_WORDS[owner][1:]} ({count})"


def describe_mechanism(mechanism: str) -> str:
    """What its parameters are about: the first sentences of their record."""
    return " ".join((inspect.getdoc(Params.parts[mechanism]) or "").split("\n\n")[0].split())


def _render_found(form: str, found: list[Leaf], usual: Values) -> None:
    if not found:
        st.caption("No parameter matches. Use fewer words.")
    for leaf in found[:FOUND_MOST]:
        render_parameter(form, leaf, usual, prefix=f"{name_thing(leaf.path.split('.')[0])} · ")
    if len(found) > FOUND_MOST:
        st.caption(f"{FOUND_MOST} of {len(found)} shown; add a word to narrow the search.")


def describe_leaf(leaf: Leaf) -> str:
    """What the help says: meaning, bounds, owner, source, path."""
    info = leaf.info
    allowed = describe_allowed(info, leaf.is_float)
    doc = re.sub(r"([$*_\[\]~`])", r"\\\1", info.doc)
    return f"{doc}\n\nAllowed: {allowed}.\n\nOwner: {info.owner}, {OWNER_WORDS[info.owner]}. Source: {info.source}.\n\n`{leaf.path}`"


def name_leaf(leaf: Leaf) -> str:
    """A label: name and unit."""
    unit = name_unit(leaf.info.unit)
    return f"{name_thing(leaf.path)} ({unit})" if unit else name_thing(leaf.path)


def render_parameter(form: str, leaf: Leaf, usual: Values, prefix: str = "") -> None:
    """The widget of one parameter, showing its changed or usual value."""
    drafts: Values = st.session_state.get(f"{form}.drafts", {})
    value: Any = drafts.get(leaf.path, get_changes(form).get(leaf.path, usual[leaf.path]))
    if leaf.info.length:
        _render_vector(form, leaf, value, usual, prefix)
        return
    key = make_key(form, leaf.path)
    options = {"key": key, "help": describe_leaf(leaf), "on_change": _keep, "args": (form, leaf.path, key, usual[leaf.path])}
    render_scalar(leaf, value, prefix + name_leaf(leaf), options, usual[leaf.path])


def render_scalar(leaf: Leaf, value: Any, label: str, options: dict[str, Any], usual: Any) -> Any:
    """A toggle, a select box, a slider or a number input, whichever the declaration and the usual value ask for."""
    info = leaf.info
    if info.unit == "switch":
        return st.toggle(label, value=bool(value), **options)
    if info.choices is not None:
        names = [member.name.lower() for member in info.choices]
        return st.selectbox(label, names, index=names.index(value), format_func=name_choice, **options)
    low, high, number = _type_bounds(leaf, value)
    if is_slidable(leaf, usual):
        shape: dict[str, Any] = {} if isinstance(low, int) else {"format": "%.4g"}
        return st.slider(label, low, high, number, step=find_step(low, high), **shape, **options)
    shape = {"format": "%d"} if isinstance(low, int) else {"format": "%.6g"}
    return st.number_input(label, low, high, number, step=find_step(low, high, number), **shape, **options)


def name_choice(name: str) -> str:
    """A choice as people read it."""
    return name.replace("_", " ").capitalize()


def _type_bounds(leaf: Leaf, value: Any) -> tuple[Any, Any, Any]:
    """Bounds and value of one type: integers where all are whole and the parameter is not a real number."""
    info = leaf.info
    numbers = (info.low, info.high, value)
    kind = float if leaf.is_float or any(number != int(number) for number in numbers) else int
    low, high, number = (kind(number) for number in numbers)
    return low, high, min(max(number, low), high)


def is_slidable(leaf: Leaf, value: Any) -> bool:
    """Whether a slider is fine enough: short whole ranges, and real ranges whose value is not lost near one end."""
    low, high = leaf.info.low, leaf.info.high
    if not leaf.is_float:
        return bool(high - low <= SLIDER_STEPS) and leaf.info.scale == 1
    return bool(abs(value) >= (high - low) / 20 or value == low)


def find_step(low: Any, high: Any, value: Any = None) -> Any:
    """A round step: one in whole numbers, else about a two-hundredth of the range (of the value where it is typed)."""
    is_whole = isinstance(low, int)
    if value is None:
        return 1 if is_whole else 10.0 ** floor(log10((high - low) / 100))
    size = abs(value) or (high - low)
    return max(1, 10 ** floor(log10(size / 10))) if is_whole and size >= 10 else 1 if is_whole else 10.0 ** floor(log10(size / 10))


def name_elements(leaf: Leaf) -> list[str]:
    """Names of a vector's elements, where its description lists as many; else numbers."""
    count = leaf.info.length
    for clause in re.split(r"[.:;(]|\b(?:of|to|for|that are|on)\b", leaf.info.doc):
        names = [name.strip() for name in re.split(r",|\band\b", clause) if name.strip()]
        if len(names) == count and all(len(name) <= 20 for name in names):
            return [PLAIN_NAMES.get(name, name[0].upper() + name[1:]) for name in names]
    return [str(k + 1) for k in range(count)]


def _render_vector(form: str, leaf: Leaf, value: list[Any], usual: Values, prefix: str) -> None:
    st.markdown(f"<small>{prefix}{name_leaf(leaf)}</small>", unsafe_allow_html=True, help=describe_leaf(leaf))
    keys = [make_key(form, leaf.path, k) for k in range(leaf.info.length)]
    columns = st.columns(2, gap="small", wrap=False)
    for k, name in enumerate(name_elements(leaf)):
        low, high, number = _type_bounds(leaf, value[k])
        with columns[k % 2]:
            form_at = "%d" if isinstance(low, int) else "%.6g"
            arguments = (form, leaf.path, tuple(keys), usual[leaf.path])
            step = find_step(low, high, number)
            st.number_input(name, low, high, number, step=step, format=form_at, key=keys[k], on_change=_keep_vector, args=arguments)
    if leaf.info.total is not None:
        _render_total(leaf, value)


def _render_total(leaf: Leaf, value: list[Any]) -> None:
    total, needed = sum(value), leaf.info.total or 0
    if total == needed:
        st.caption(f":green[:material/check:] Together {total:,}")
    else:
        gap = f"{abs(needed - total):,} too {'little' if total < needed else 'much'}"
        st.caption(f":orange[:material/warning:] Together {total:,}, must be {needed:,}: {gap}. Used once it fits.")


def _keep(form: str, path: str, key: str, usual: Any) -> None:
    """Keep a widget's value if it differs from the usual one."""
    value = st.session_state.get(key)
    changes = get_changes(form)
    changes.pop(path, None)
    if value is not None and not is_same(value, usual):
        changes[path] = value
    st.session_state[f"{form}.changes"] = changes


def _keep_vector(form: str, path: str, keys: tuple[str, ...], usual: list[Any]) -> None:
    """Keep a vector once its total holds; until then it is a draft."""
    value = [st.session_state.get(key, before) for key, before in zip(keys, usual, strict=True)]
    leaf = LEAVES[path]
    drafts = dict(st.session_state.get(f"{form}.drafts", {}))
    changes = get_changes(form)
    drafts.pop(path, None)
    if any(item is None for item in value):
        return
    if leaf.info.total is not None and sum(value) != leaf.info.total:
        drafts[path] = value
    else:
        changes.pop(path, None)
        if not is_same(value, usual):
            changes[path] = value
    st.session_state[f"{form}.drafts"], st.session_state[f"{form}.changes"] = drafts, changes


def is_same(value: Any, usual: Any) -> bool:
    """Whether two values are the same as people write them; a slider's float is as good as the declared number."""
    if isinstance(value, list | tuple):
        return len(value) == len(usual) and all(is_same(one, other) for one, other in zip(value, usual, strict=True))
    if isinstance(value, str | bool) or isinstance(usual, str | bool):
        return bool(value == usual)
    return isclose(value, usual, rel_tol=1e-12, abs_tol=0.0)


def show_setting(value: Any) -> str:
    """A value in a few characters."""
    if isinstance(value, list | tuple):
        return " / ".join(show_setting(item) for item in value)
    if isinstance(value, bool):
        return "on" if value else "off"
    return name_choice(value) if isinstance(value, str) else f"{value:,.6g}" if isinstance(value, float) else f"{value:,}"


def render_changes(form: str, usual: Values) -> None:
    """What was changed, each with a button that resets it."""
    changes = get_changes(form)
    if not changes:
        st.caption("Nothing changed yet: these are the preset's own values.")
        return
    st.markdown(f"**What you changed** :blue-badge[{len(changes)}]")
    for path, value in changes.items():
        row = st.container(horizontal=True, vertical_alignment="center", gap="small", wrap=False)
        mechanism = name_thing(path.split(".")[0])
        row.markdown(
            f"<small>{mechanism} · {name_thing(path)}<br>{show_setting(usual[path])} → <b>{show_setting(value)}</b></small>",
            unsafe_allow_html=True,
            width="stretch",
        )
        row.button(
            "",
            icon=":material/undo:",
            key=f"{form}.reset.{path}",
            help=f"Back to {show_setting(usual[path])}",
            type="tertiary",
            on_click=reset_change,
            args=(form, path),
        )
    st.button("Reset all", icon=":material/restart_alt:", key=f"{form}.reset", on_click=set_changes, args=(form, {}), width="stretch")
