"""Every declared parameter gets a widget that follows its declaration."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from metalab.experiments.inputs.schema import LEAVES, get_default
from metalab.ui.charts.formatting import name_thing, show_number, show_relative, show_signed
from metalab.ui.inputs.parameter_forms import find_leaves, find_step, group_leaves, is_same, name_elements

PATHS = sorted(LEAVES)


def draw_all(paths: list[str]) -> None:
    """A page with the widgets of these parameters."""
    import streamlit as st

    from metalab.experiments.inputs.schema import LEAVES, get_default
    from metalab.ui.inputs.parameter_forms import get_changes, render_changes, render_parameter

    usual = {path: get_default(LEAVES[path]) for path in paths}
    for path in paths:
        render_parameter("t", LEAVES[path], usual)
    render_changes("t", usual)
    st.json({"changes": get_changes("t")})


def open_form(paths: list[str]) -> AppTest:
    at = AppTest.from_function(draw_all, default_timeout=60, kwargs={"paths": paths}).run()
    assert not at.exception
    return at


def get_changes(at: AppTest) -> dict[str, Any]:
    return dict(at.session_state["t.changes"]) if "t.changes" in at.session_state else {}


def list_keys(at: AppTest) -> dict[str, Any]:
    widgets = [*at.slider, *at.number_input, *at.toggle, *at.selectbox]
    return {widget.key: widget for widget in widgets}


def test_every_parameter_has_a_widget_of_its_declaration() -> None:
    at = open_form(PATHS)
    widgets = list_keys(at)
    for path, leaf in LEAVES.items():
        info = leaf.info
        keys = [f"t/0/{path}/{k}" for k in range(info.length)] if info.length else [f"t/0/{path}"]
        for key in keys:
            widget = widgets[key]
            expected = "toggle" if info.unit == "switch" else "selectbox" if info.choices is not None else None
            assert widget.type in ([expected] if expected else ["slider", "number_input"])
            if expected is None:
                assert (widget.min, widget.max) == (info.low, info.high)
    assert len(widgets) == sum(max(1, leaf.info.length) for leaf in LEAVES.values())
    assert get_changes(at) == {}


def test_help_tells_meaning_bounds_owner_and_source() -> None:
    at = open_form(["fees.message_fee_usd"])
    text = list_keys(at)["t/0/fees.message_fee_usd"].help
    for part in ("Fee of a message", "from 0.0 to 5.0 USD", "dao", "data/defaults.csv messaging.fee_usd", "fees.message_fee_usd"):
        assert part in text


def test_only_changed_values_are_kept_and_can_be_taken_back() -> None:
    at = open_form(["fees.message_fee_usd", "fees.requote_days"])
    list_keys(at)["t/0/fees.message_fee_usd"].set_value(0.5).run()
    assert get_changes(at) == {"fees.message_fee_usd": 0.5}
    list_keys(at)["t/0/fees.message_fee_usd"].set_value(0.3).run()
    assert get_changes(at) == {}
    list_keys(at)["t/0/fees.requote_days"].set_value(60).run()
    at.button(key="t.reset.fees.requote_days").click().run()
    assert get_changes(at) == {}
    assert list_keys(at)["t/1/fees.requote_days"].value == 30


def test_a_vector_counts_only_when_its_total_holds() -> None:
    at = open_form(["fees.split"])
    list_keys(at)["t/0/fees.split/0"].set_value(3000).run()
    assert get_changes(at) == {}
    assert any("must be 10,000" in caption.value and "1,000 too little" in caption.value for caption in at.caption)
    list_keys(at)["t/0/fees.split/4"].set_value(2000).run()
    assert get_changes(at) == {"fees.split": [3000, 2500, 1500, 1000, 2000]}
    assert any("Together 10,000" in caption.value for caption in at.caption)


def test_switches_and_choices_are_kept_as_people_write_them() -> None:
    at = open_form(["fees.convert_native", "slashing.schedule"])
    list_keys(at)["t/0/fees.convert_native"].set_value(False).run()
    widget = list_keys(at)["t/0/slashing.schedule"]
    other = next(name for name in ("flat", "linear", "progressive", "correlated", "fixed") if name in str(widget.options).lower())
    assert get_changes(at)["fees.convert_native"] is False
    assert other


def test_groups_hold_every_parameter_once() -> None:
    grouped = [leaf.path for leaves in group_leaves().values() for leaf in leaves]
    assert sorted(grouped) == PATHS
    governable = [leaf.path for leaves in group_leaves("dao").values() for leaf in leaves]
    assert set(governable) == {path for path in PATHS if LEAVES[path].info.owner == "dao"}


def test_search_finds_by_name_and_meaning() -> None:
    assert find_leaves("message FEE usd")[0].path == "fees.message_fee_usd"
    assert find_leaves("no such words here") == []


def test_elements_are_named_from_the_description() -> None:
    assert name_elements(LEAVES["fees.split"]) == ["Core", "Guardian", "Flex", "Developers", "Users"]
    for leaf in LEAVES.values():
        if leaf.info.length:
            assert len(name_elements(leaf)) == leaf.info.length


@pytest.mark.parametrize(
    ("value", "usual", "same"), [(0.1, 0.1, True), (1, 1.0, True), (True, 1, True), ([1, 2], (1, 2), True), (0.1, 0.2, False)]
)
def test_sameness(value: Any, usual: Any, same: bool) -> None:
    assert is_same(value, usual) is same


@pytest.mark.parametrize("path", PATHS[::7])
def test_steps_are_positive_and_smaller_than_the_range(path: str) -> None:
    info = LEAVES[path].info
    if info.choices is None and info.unit != "switch" and info.high > info.low:
        assert 0 < find_step(info.low, info.high) <= max(1, info.high - info.low)


def test_defaults_are_the_same_as_themselves() -> None:
    assert all(is_same(get_default(leaf), get_default(leaf)) for leaf in LEAVES.values())


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("fees.message_fee_usd", "Message fee"),
        ("apr_core_net", "APR core net"),
        ("tvl_usd", "TVL"),
        ("queue_delay_p95_s", "Queue delay p95"),
    ],
)
def test_names(path: str, name: str) -> None:
    assert name_thing(path) == name


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.1234, "share", "12.3 %"),
        (1.545, "USD", "1.54 USD"),
        (148_500_000.0, "ERA", "148 M ERA"),
        (12_345.0, "1", "12.3 k"),
        (1_234.0, "1", "1,234"),
        (0.0, "USD", "0 USD"),
    ],
)
def test_numbers(value: float, unit: str, text: str) -> None:
    assert show_number(value, unit) == text


def test_signs() -> None:
    assert show_signed(0.0, "share") == "±0 pts"
    assert show_signed(0.0123, "share") == "+1.2 pts"
    assert show_relative(-1.0, 8.0) == "−12 %"  # noqa: RUF001
    assert show_relative(1.0, 0.0) == ""
    assert show_signed(2.0).startswith("+")
