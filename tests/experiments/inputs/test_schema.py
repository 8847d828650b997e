"""Parameters as people write them: exact to memory and back, strict about everything else."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.econ.kernel.records import PARAMETERS, Params
from metalab.experiments.errors import BadValueError, Place, UnknownNameError
from metalab.experiments.inputs.schema import LEAVES, get_default, parse_era, parse_value, resolve, show_parameters, show_value
from metalab.protocol.kernel.declare import MICRO, Leaf, make_defaults

TOTALS = [leaf for leaf in PARAMETERS if leaf.info.total is not None]
ERAS = [leaf for leaf in PARAMETERS if leaf.info.scale == MICRO]
CHOICES = [leaf for leaf in PARAMETERS if leaf.info.choices is not None]
SWITCHES = [leaf for leaf in PARAMETERS if leaf.info.unit == "switch"]
WHOLE = [
    leaf
    for leaf in PARAMETERS
    if not leaf.is_float and leaf.info.choices is None and leaf.info.unit != "switch" and leaf.info.scale == 1 and leaf.info.total is None
]
REAL = [leaf for leaf in PARAMETERS if leaf.is_float]


def draw_scalar(leaf: Leaf) -> st.SearchStrategy[Any]:
    info = leaf.info
    if info.choices is not None:
        return st.sampled_from([member.name.lower() for member in info.choices])
    if info.unit == "switch":
        return st.booleans()
    if info.scale == MICRO:
        low, high = parse_era(info.low), parse_era(info.high)
        return st.integers(low, high).map(lambda micro: Decimal(micro) / MICRO)
    return st.floats(info.low, info.high) if leaf.is_float else st.integers(info.low, info.high)


def draw_value(leaf: Leaf) -> st.SearchStrategy[Any]:
    scalar = draw_scalar(leaf)
    return st.lists(scalar, min_size=leaf.info.length, max_size=leaf.info.length) if leaf.info.length else scalar


def test_nothing_given_is_the_declared_default() -> None:
    assert resolve({}).tobytes() == make_defaults(Params).tobytes()


def test_every_default_is_shown_as_declared() -> None:
    shown = show_parameters(resolve({}))
    assert list(shown) == [leaf.path for leaf in PARAMETERS]
    assert {path: get_default(leaf) for path, leaf in LEAVES.items()} == shown


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_memory_and_writing_are_the_same_thing(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from([leaf for leaf in PARAMETERS if leaf.info.total is None]), max_size=6, unique=True))
    row = resolve({leaf.path: data.draw(draw_value(leaf)) for leaf in chosen})
    assert resolve(show_parameters(row)).tobytes() == row.tobytes()


@given(st.integers(0, 10**15))
def test_era_is_exact_to_the_last_of_six_decimals(micro: int) -> None:
    assert parse_era(Decimal(micro) / MICRO) == micro
    assert parse_era(micro / MICRO) == micro, "a float64 holds every amount up to the whole supply"
    assert parse_era(show_value(ERAS[0]._replace(info=ERAS[0].info._replace(length=0)), micro)) == micro


NO_ERA = [Decimal("0.0000001"), 1e-7, Decimal("1e-999999"), 10**16, Decimal("1e999999"), "5", True, None, float("nan"), float("inf"), [1]]


@pytest.mark.parametrize("value", NO_ERA)
def test_era_that_is_none_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"number"):
        parse_era(value)


def spoil(leaf: Leaf, value: Any) -> Any:
    """A value for the parameter with one bad number in it."""
    return [value, *get_default(leaf)[1:]] if leaf.info.length else value


@pytest.mark.parametrize("leaf", [*REAL[:3], *ERAS[:2], *WHOLE[:2]], ids=lambda leaf: leaf.path)
@pytest.mark.parametrize("value", ["1", True, None, float("nan"), float("inf"), [[1]], {"a": 1}])
def test_what_is_no_number_is_refused(leaf: Leaf, value: Any) -> None:
    with pytest.raises(BadValueError, match=leaf.path.replace(".", r"\.")):
        resolve({leaf.path: spoil(leaf, value)})


@pytest.mark.parametrize(
    "leaf", [leaf for leaf in PARAMETERS if leaf.info.choices is None and leaf.info.unit != "switch"], ids=lambda leaf: leaf.path
)
def test_bounds_of_every_parameter_hold(leaf: Leaf) -> None:
    step = 1 if not leaf.is_float else 1e-6 * max(1.0, abs(leaf.info.high))
    for value in (leaf.info.low - step, leaf.info.high + step):
        with pytest.raises(BadValueError) as caught:
            resolve({leaf.path: spoil(leaf, value)})
        assert (caught.value.name, caught.value.allowed.split(" ")[0]) == (leaf.path, "a")


@pytest.mark.parametrize("leaf", WHOLE[:3], ids=lambda leaf: leaf.path)
def test_half_of_a_whole_number_is_refused(leaf: Leaf) -> None:
    with pytest.raises(BadValueError, match="whole number"):
        resolve({leaf.path: spoil(leaf, leaf.info.low + 0.5)})


@pytest.mark.parametrize("leaf", TOTALS, ids=lambda leaf: leaf.path)
def test_shares_must_be_the_whole(leaf: Leaf) -> None:
    shares = get_default(leaf)
    moved = [shares[0] - 1, shares[1] + 1, *shares[2:]] if shares[0] > 0 else [shares[0] + 1, shares[1] - 1, *shares[2:]]
    assert sum(moved) == leaf.info.total
    resolve({leaf.path: moved})
    with pytest.raises(BadValueError, match="together"):
        resolve({leaf.path: [moved[0] + 1, *moved[1:]]})


@pytest.mark.parametrize("leaf", [leaf for leaf in PARAMETERS if leaf.info.length][:4], ids=lambda leaf: leaf.path)
def test_vectors_have_their_length(leaf: Leaf) -> None:
    for value in (get_default(leaf)[:-1], [*get_default(leaf), 0], 5, "many"):
        with pytest.raises(BadValueError, match=f"a list of {leaf.info.length}"):
            resolve({leaf.path: value})


@pytest.mark.parametrize("leaf", CHOICES, ids=lambda leaf: leaf.path)
def test_choices_go_by_name(leaf: Leaf) -> None:
    assert leaf.info.choices is not None
    for member in leaf.info.choices:
        assert show_parameters(resolve({leaf.path: member.name.lower()}))[leaf.path] == member.name.lower()
    for value in (int(leaf.info.default), leaf.info.choices(leaf.info.default).name.upper(), "other", True):
        with pytest.raises(BadValueError, match="one of"):
            resolve({leaf.path: value})


@pytest.mark.parametrize("leaf", SWITCHES[:3], ids=lambda leaf: leaf.path)
def test_switches_are_true_or_false(leaf: Leaf) -> None:
    assert show_parameters(resolve({leaf.path: True}))[leaf.path] is True
    for value in (1, 0, "true", "on", None):
        with pytest.raises(BadValueError, match="true or false"):
            resolve({leaf.path: value})


def test_an_unknown_parameter_is_named_with_the_nearest_known_one() -> None:
    with pytest.raises(UnknownNameError, match=r"did you mean 'fees\.message_fee_usd'") as caught:
        resolve({"fees.mesage_fee_usd": 0.3}, {"fees.mesage_fee_usd": Place("my.toml", 7)})
    assert str(caught.value).startswith("my.toml line 7: ")
    assert caught.value.suggestion == "fees.message_fee_usd"


def test_a_whole_group_is_no_parameter() -> None:
    with pytest.raises(UnknownNameError):
        resolve({"fees": {"message_fee_usd": 0.3}})


@pytest.mark.parametrize("leaf", [ERAS[0], TOTALS[0], REAL[0], CHOICES[0]], ids=lambda leaf: leaf.path)
def test_words_of_a_change_are_the_words_of_memory(leaf: Leaf) -> None:
    row = resolve({})
    for slot, is_float, value in parse_value(leaf.path, get_default(leaf)):
        assert row.view("<f8" if is_float else "<i8")[slot] == value
    assert np.count_nonzero([is_float for _, is_float, _ in parse_value(leaf.path, get_default(leaf))]) in (0, max(1, leaf.info.length))
