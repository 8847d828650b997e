"""Rows of the world's single records as people reach them from a model: reading as fast as ever, writing checked."""

from collections.abc import Iterable
from functools import cache
from operator import index
from typing import Any, NoReturn, cast

from metalab.econ.agents.checks import suggest
from metalab.protocol.kernel.declare import Info, Record, Table


class WholeVector(tuple[Any, ...]):
    """The elements of a vector that is assigned as a whole."""

    __slots__ = ()

    def __setitem__(self, place: int, value: Any) -> NoReturn:
        raise TypeError(f"element {place} cannot be assigned alone; assign the whole parameter, for example = {tuple(self)}")


def guard(record: type[Record], array: Any) -> Any:
    """The first row of a table as a row that refuses, when written, unknown names, tokens and values out of bounds."""
    return Table(_derive(record), array)[0]


@cache
def _derive(record: type[Record]) -> type[Record]:
    names: dict[str, Any] = {"__doc__": record.__doc__, "__module__": record.__module__, "__setattr__": _assign}
    names["parts"] = {name: _derive(part) for name, part in record.parts.items()}
    # A single element could leave the sum that the whole vector must keep: it is handed out read-only.
    vectors = [name for name, info in record.infos.items() if info.length and info.kind == "parameter"]
    names |= {name: property(_make_getter(getattr(record, name))) for name in vectors}
    make: Any = type(record)
    return cast("type[Record]", make(record.__name__, (record,), names))


def _make_getter(field: property) -> Any:
    return lambda row: WholeVector(field.__get__(row))


def _assign(row: Any, name: str, value: Any) -> None:
    if name in Record.__slots__:
        object.__setattr__(row, name, value)
        return
    record: type[Record] = type(row)
    where = f"{record.__name__}.{name}"
    if name not in record.infos:
        _refuse_name(record, where, name)
    info = record.infos[name]
    if info.token:
        raise AttributeError(f"{where} cannot be assigned: it holds tokens, which move only by protocol actions of agents")
    if record.__name__ == "Population":
        raise AttributeError(f"{where} cannot be assigned: the size of a population is set in the scenario, before the world is made")
    if info.kind == "parameter":
        value = _check(where, info, value, record.dtype[name].base.kind == "i")
    _write(row, name, value, info.length)


def _write(row: Any, name: str, value: Any, length: int) -> None:
    if not length:
        row._columns[name][row._index] = value
        return
    cells = row._columns[name][row._index]
    for k, element in enumerate(value):
        cells[k] = element


def _refuse_name(record: type[Record], where: str, name: str) -> NoReturn:
    if name in record.parts:
        raise AttributeError(f"{where} cannot be assigned: it is a group; assign one of {', '.join(record.parts[name].infos)}")
    known = [*record.infos, *record.parts]
    raise AttributeError(f"{where} does not exist{suggest(name, known) or '; choose from ' + ', '.join(known)}")


def _check(where: str, info: Info, value: Any, is_whole: bool) -> Any:
    """A parameter's value in stored units, once it is found to be allowed. Raises ValueError."""
    if not info.length:
        return _check_number(where, info, value, is_whole)
    if not isinstance(value, Iterable) or len(values := list(value)) != info.length:
        raise ValueError(f"{where} = {value!r} is not allowed; give {info.length} numbers")
    checked = [_check_number(where, info, element, is_whole) for element in values]
    if info.total is not None and sum(checked) != info.total * info.scale:
        raise ValueError(f"{where} = {value!r} is not allowed; give {info.length} numbers with the sum {info.total * info.scale:,}")
    return checked


def _check_number(where: str, info: Info, value: Any, is_whole: bool) -> Any:
    low, high = info.low * info.scale, info.high * info.scale
    try:
        # index() and not int(): a float would be cut to a whole number without a word.
        number = index(value) if is_whole else float(value)
    except (TypeError, ValueError):
        number = None
    if number is None or not low <= number <= high:
        unit = "uERA" if info.scale > 1 else info.unit
        raise ValueError(f"{where} = {value!r} is not allowed; give a {'whole ' * is_whole}number from {low:,} to {high:,} ({unit})")
    return number
