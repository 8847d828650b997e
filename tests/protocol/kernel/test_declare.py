"""Records: layout, bounds of what may be declared, row views."""

from enum import IntEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.records import METRICS, PARAMETERS, Daily, Params
from metalab.econ.kernel.world import RECORDS
from metalab.protocol.kernel.declare import Record, Table, choice, draw, field, find_leaves, make_defaults, metric, parameter, switch


class Colour(IntEnum):
    RED = 0
    BLUE = 1


class Inner(Record):
    """A nested part."""

    price: float = parameter(1.5, 0.0, 2.0, unit="USD", source="test", owner="nature", doc="A price.")
    split: list[int] = parameter((6, 4), 0, 10, unit="bps", source="test", owner="dao", doc="A split.", total=10)


class Outer(Record):
    """A record with everything in it."""

    deposit: int = parameter(2.5, 0, 10, unit="ERA", source="test", owner="dao", doc="A deposit.")
    inner: Inner
    colour: int = choice(Colour.BLUE, source="test", owner="team", doc="A colour.")
    active: int = switch(True, source="test", owner="team", doc="A switch.")
    level: float = field("1", "a state")
    path: list[float] = field("1", "a vector", length=3)


def test_every_scalar_is_eight_bytes_without_padding() -> None:
    for record in (*RECORDS.values(), Outer):
        assert sum(8 * max(leaf.info.length, 1) for leaf in find_leaves(record)) == record.dtype.itemsize


def test_defaults_are_stored_in_stored_units() -> None:
    row = make_defaults(Outer)
    assert row["deposit"][0] == 2_500_000
    assert row["inner"]["split"][0].tolist() == [6, 4]
    assert row["colour"][0] == Colour.BLUE
    assert row["active"][0] == 1


def test_leaves_know_their_path_and_their_place_in_memory() -> None:
    row = make_defaults(Outer)
    words, reals = row.view(np.int64), row.view(np.float64)
    leaves = {leaf.path: leaf for leaf in find_leaves(Outer)}
    assert reals[leaves["inner.price"].slot] == 1.5
    assert words[leaves["inner.split"].slot + 1] == 4
    assert words[leaves["colour"].slot] == 1
    assert leaves["inner.price"].is_float
    assert not leaves["deposit"].is_float


def test_a_row_view_is_the_array() -> None:
    array = np.zeros(2, Outer.dtype)
    row: Any = Table(Outer, array)[1]
    row.level = 0.5
    row.path[2] = 7.0
    row.inner.split[0] = 9
    assert array["level"].tolist() == [0.0, 0.5]
    assert array["path"][1].tolist() == [0.0, 0.0, 7.0]
    assert array["inner"]["split"][1].tolist() == [9, 0]


@given(st.integers(-(2**63), 2**63 - 1))
def test_integers_survive_a_row_view(value: int) -> None:
    array = np.zeros(1, Outer.dtype)
    Table(Outer, array)[0].deposit = value
    assert array["deposit"][0] == value


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**63, -(2**63) - 1, "1"])
def test_an_integer_field_refuses_what_is_not_a_64_bit_integer(value: Any) -> None:
    row: Any = Table(Outer, np.zeros(1, Outer.dtype))[0]
    with pytest.raises((TypeError, ValueError, OverflowError)):
        row.deposit = value


def test_a_negative_row_number_is_refused() -> None:
    with pytest.raises(IndexError, match="Outer"):
        Table(Outer, np.zeros(1, Outer.dtype))[-1]


def declare(**body: Any) -> None:
    type("Bad", (Record,), {"__annotations__": dict.fromkeys(body, int), **body})


@pytest.mark.parametrize("name", ["size", "min", "base", "data"])
def test_names_that_numpy_owns_are_refused(name: str) -> None:
    with pytest.raises(TypeError, match=name):
        declare(**{name: field("1")})


def test_faulty_declarations_are_refused() -> None:
    with pytest.raises(TypeError, match="owner"):
        declare(x=parameter(1, 0, 2, unit="1", source="s", owner="somebody", doc="d"))
    with pytest.raises(TypeError, match="source"):
        declare(x=parameter(1, 0, 2, unit="1", source="", owner="dao", doc="d"))
    with pytest.raises(TypeError, match="permanent"):
        declare(x=draw(1, "should be 0"))
    with pytest.raises(TypeError, match="better"):
        declare(x=metric("1", "d", better="up"))
    with pytest.raises(TypeError, match="declare it"):
        declare(x=5)


def test_every_default_lies_within_its_bounds() -> None:
    outside = []
    for leaf in PARAMETERS:
        values = leaf.info.default if leaf.info.length else (leaf.info.default,)
        if not all(leaf.info.low <= value <= leaf.info.high for value in values):
            outside.append((leaf.path, leaf.info.default, leaf.info.low, leaf.info.high))
        if leaf.info.total is not None and sum(values) != leaf.info.total:
            outside.append((leaf.path, "sum", sum(values), leaf.info.total))
    assert outside == []


def test_paths_and_columns_are_unique() -> None:
    assert len({leaf.path for leaf in PARAMETERS}) == len(PARAMETERS)
    columns = [leaf.path.split(".")[-1] for leaf in METRICS]
    assert sorted(columns) == sorted(set(columns))
    assert columns[0] == "day"


def test_metrics_are_all_float_and_documented() -> None:
    assert all(leaf.is_float for leaf in METRICS)
    assert [leaf.path for leaf in METRICS if not leaf.info.doc or not leaf.info.unit] == []
    assert Daily.dtype.itemsize == 8 * len(METRICS)


def test_parameters_have_one_level_of_parts() -> None:
    assert {leaf.path.count(".") for leaf in PARAMETERS} == {1}
    assert set(Params.parts) == {leaf.path.split(".")[0] for leaf in PARAMETERS}


def test_a_row_takes_no_attribute_that_was_not_declared() -> None:
    row = Table(Inner, make_defaults(Inner))[0]
    row.price = 1.75
    with pytest.raises(AttributeError, match="prise"):
        row.prise = 2.0
    assert not hasattr(row, "__dict__")
