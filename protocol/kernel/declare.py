"""Declare a record once: static type, numpy layout, bounds, unit, source and owner.

A record's scalars are all 8 bytes (`int` is int64, `float` is float64): no padding and no narrow promotion, so the bytes
of a table are its value. `field` declares state, `parameter` a bounded input, `metric` a column of the daily table and
`draw` a uniform random number that a behaviour asks for.
"""

from enum import IntEnum
from typing import Any, NamedTuple, Protocol, TypeVar, get_type_hints

import numpy as np

T_co = TypeVar("T_co", covariant=True)

RESERVED = frozenset(dir(np.recarray)) | frozenset(dir(np.record))
"""Names that mean numpy's own attribute in Python but a field when compiled."""

MICRO = 1_000_000
"""Stored units in a declared unit of ERA: amounts are micro-ERA (MODEL 0)."""
OWNERS = ("dao", "team", "nature", "behaviour")
"""Who can change a parameter: the DAO by vote, the team, or nobody (nature, and how people behave)."""
BETTER = ("high", "low", "none")
"""Which way a metric is better, for charts and search; none where neither is."""
BINDS = ("at once", "quote", "peak hour", "entry", "opening")
"""When a parameter that changes in a run takes hold: that morning; at the next quote of the fee or simulated peak hour; for whoever
enters, is born or is filed from then on; or never, because it is read at the opening of a world alone."""


class Rows(Protocol[T_co]):
    """A table as rules see it: a structured array when compiled, a `Table` of row views in plain Python."""

    def __getitem__(self, index: int) -> T_co: ...
    def __len__(self) -> int: ...


class Info(NamedTuple):
    """What is known about one declared scalar or vector; bounds and default are in declared units (ERA, not uERA)."""

    kind: str
    default: Any = 0
    low: Any = None
    high: Any = None
    unit: str = "1"
    source: str = ""
    owner: str = ""
    doc: str = ""
    length: int = 0
    token: bool = False
    circulates: bool = True
    choices: type[IntEnum] | None = None
    better: str = "none"
    chart: bool = False
    number: int = -1
    total: int | None = None
    binds: str = "at once"

    @property
    def scale(self) -> int:
        """How many stored units one declared unit has: ERA is stored as micro-ERA."""
        return MICRO if self.unit == "ERA" and self.kind == "parameter" else 1


def field(unit: str, doc: str = "", *, length: int = 0, token: bool = False, circulates: bool = True) -> Any:
    """State of a record. `token=True` marks an account: only the ledger assigns it and supply sums it (unit uERA).

    `circulates=False` marks an account whose tokens nobody can use before the protocol releases them: they are left out of the
    circulating supply.
    """
    return Info("field", unit=unit, doc=doc, length=length, token=token, circulates=circulates)


def parameter(
    default: Any,
    low: Any,
    high: Any,
    *,
    unit: str,
    source: str,
    owner: str,
    doc: str,
    total: int | None = None,
    binds: str = "at once",
) -> Any:
    """A bounded input with its unit, source and owner (dao, team, nature, behaviour); `binds` is one of `BINDS`.

    A tuple default declares a vector; `total` is the sum its elements must have (10,000 for shares in bps).
    `unit="ERA"` is written in decimal ERA and stored in micro-ERA.
    """
    length = len(default) if isinstance(default, tuple) else 0
    return Info("parameter", default, low, high, unit, source, owner, doc, length, total=total, binds=binds)


def choice(default: IntEnum, *, source: str, owner: str, doc: str, binds: str = "at once") -> Any:
    """A parameter that names one variant of a rule; stored as the member's integer, written as its lower-case name."""
    options = type(default)
    values = [int(m) for m in options]
    bounds = min(values), max(values)
    return Info("parameter", int(default), *bounds, "choice", source, owner, doc, choices=options, binds=binds)


def switch(default: bool, *, source: str, owner: str, doc: str, binds: str = "at once") -> Any:
    """A parameter that is on (1) or off (0)."""
    return Info("parameter", int(default), 0, 1, "switch", source, owner, doc, binds=binds)


def metric(unit: str, doc: str, *, better: str = "none", chart: bool = False) -> Any:
    """A column of the daily table; always float64. `chart=True` shows it among the charts of its room."""
    return Info("metric", unit=unit, doc=doc, better=better, chart=chart)


def draw(index: int, doc: str) -> Any:
    """One uniform in (0, 1) per agent and day. The index is permanent: it is part of the random key."""
    return Info("draw", unit="uniform", doc=doc, number=index)


class _Slotted(type):
    """Gives every record `__slots__`: a row has its fields and takes no attribute that was not declared."""

    def __new__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> Any:
        namespace.setdefault("__slots__", ())
        return super().__new__(cls, name, bases, namespace, **options)


class Record(metaclass=_Slotted):
    """Base of declarations. A subclass body declares; an instance is one row of a `Table`."""

    dtype: np.dtype[np.void]
    infos: dict[str, Info]
    parts: dict[str, "type[Record]"]
    __slots__ = ("_columns", "_index")
    _index: int
    _columns: dict[str, Any]

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        # Only a declaration itself: what derives from one, such as an agent, keeps its layout.
        if Record in cls.__bases__:
            _declare(cls)


def _declare(cls: type[Record]) -> None:
    own = ("dtype", "infos", "parts", "_index", "_columns")
    hints = {name: hint for name, hint in get_type_hints(cls).items() if name not in own}
    cls.infos, cls.parts, layout = {}, {}, []
    for name, hint in hints.items():
        _check_name(cls, name)
        layout.append(_lay_out(cls, name, hint))
    cls.dtype = np.dtype(layout)
    for name in hints:
        setattr(cls, name, _make_property(name))


def _check_name(cls: type[Record], name: str) -> None:
    if name in RESERVED:
        raise TypeError(f"{cls.__name__}.{name}: numpy owns this name; in Python it would not be the field. Rename it.")


def _lay_out(cls: type[Record], name: str, hint: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, Record):
        cls.parts[name] = hint
        return name, hint.dtype
    info = cls.__dict__.get(name)
    if not isinstance(info, Info):
        raise TypeError(f"{cls.__name__}.{name}: declare it with field, parameter, choice, switch, metric or draw.")
    _check_info(cls, name, info)
    cls.infos[name] = info
    scalar = hint if hint in (int, float) else hint.__args__[0]
    code = {int: "<i8", float: "<f8"}[scalar]
    return (name, code, (info.length,)) if info.length else (name, code)


def _check_info(cls: type[Record], name: str, info: Info) -> None:
    where = f"{cls.__name__}.{name}"
    if info.kind == "draw" and info.number != len(cls.infos):
        raise TypeError(f"{where}: draw {info.number} stands at place {len(cls.infos)}; indices are permanent and in order.")
    if info.kind == "parameter" and info.owner not in OWNERS:
        raise TypeError(f"{where}: owner {info.owner!r} is not one of {', '.join(OWNERS)}.")
    if info.kind == "metric" and info.better not in BETTER:
        raise TypeError(f"{where}: better={info.better!r} is not one of {', '.join(BETTER)}.")
    if info.kind == "parameter" and not (info.source and info.doc):
        raise TypeError(f"{where}: a parameter needs a source and a doc.")
    if info.binds not in BINDS:
        raise TypeError(f"{where}: binds={info.binds!r} is not one of {', '.join(BINDS)}.")
    if info.binds == "opening" and info.owner == "dao":
        raise TypeError(f"{where}: a DAO decides in a run; what acts at the opening only is not its to change.")


def _make_property(name: str) -> property:
    def get(row: Any) -> Any:
        return row._columns[name][row._index]

    def put(row: Any, value: Any) -> None:
        row._columns[name][row._index] = value

    return property(get, put)


class Vectors:
    """One memoryview per row of a field that is a vector."""

    def __init__(self, array: Any) -> None:
        self._rows = [memoryview(row) for row in array]

    def __getitem__(self, index: int) -> Any:
        return self._rows[index]


class Table:
    """The memory of a structured array read and written by plain Python, 0.1 microseconds a field.

    Storing a float, a NaN or an overflow in an integer field raises.
    """

    def __init__(self, record: type[Record], array: Any) -> None:
        self.record, self.array = record, array.view(np.ndarray)
        self.columns = {name: self._open(name) for name in self.array.dtype.names}
        self._rows = [self._make_row(i) for i in range(len(self.array))]

    def _open(self, name: str) -> Any:
        column = self.array[name]
        if name in self.record.parts:
            return Table(self.record.parts[name], column)
        return Vectors(column) if column.ndim > 1 else memoryview(column)

    def _make_row(self, index: int) -> Any:
        row = object.__new__(self.record)
        row._index, row._columns = index, self.columns
        return row

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: int) -> Any:
        if index < 0:
            raise IndexError(f"{self.record.__name__}: row {index}; a compiled rule would read foreign memory.")
        return self._rows[index]


def make_defaults(record: type[Record]) -> Any:
    """A one-row structured array of a parameter record with every value at its declared default."""
    row = np.zeros(1, record.dtype)
    _fill(record, row)
    return row


def _fill(record: type[Record], row: Any) -> None:
    for name, info in record.infos.items():
        row[name] = np.multiply(info.default, info.scale)
    for name, part in record.parts.items():
        _fill(part, row[name])


class Leaf(NamedTuple):
    """A declared scalar or vector found inside nested records: dotted path, place in 8-byte words, declaration."""

    path: str
    slot: int
    info: Info
    is_float: bool


def find_leaves(record: type[Record], prefix: str = "", start: int = 0) -> list[Leaf]:
    """Every declared value below a record, in memory order."""
    leaves: list[Leaf] = []
    fields: Any = record.dtype.fields or {}
    for name in record.dtype.names or ():
        kind, offset = fields[name][0], int(fields[name][1]) // 8 + start
        if name in record.parts:
            leaves += find_leaves(record.parts[name], f"{prefix}{name}.", offset)
        else:
            leaves.append(Leaf(prefix + name, offset, record.infos[name], kind.base.kind == "f"))
    return leaves
