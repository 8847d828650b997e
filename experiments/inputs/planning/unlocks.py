"""Tables of unlocks as people write them: [[unlocks]] of a scenario or a CSV file, and the step from there into a scenario.

A row is a labelled part of a bucket and how it unlocks: `once`, `linear` (evenly by day, or by calendar month), `steps` (equal parts,
each at the end of its period) or `geometric` (parts that fall by a ratio, each evenly over its period). All become rows that unlock
at once or evenly, in whole micro-ERA that sum to the amount.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, NamedTuple

from metalab.econ.kernel.scenario import LAUNCH, PlannedUnlock
from metalab.experiments.errors import NOWHERE, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.schema import Words, parse_era
from metalab.experiments.inputs.tables import read_whole
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.dates import LAUNCH as LAUNCH_NUMBER
from metalab.protocol.kernel.dates import add_months
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.supply.unlock_table import LONGEST_DAYS, LONGEST_MONTHS, UNLOCKS, UnlockUnit, compute_row

KEYS: Final = ("owner", "label", "day", "date", "era", "shape", "days", "months", "periods", "ratio")
NEEDED: Final = ("owner", "era", "shape")
OWNERS: Final = {bucket.name.lower(): int(bucket) for bucket in Bucket if bucket != Bucket.AIRDROP}
"""Whose terms can be a table. The airdrop is claimable from launch on and vests to nobody."""
SHAPES: Final = {"once": (), "linear": (), "steps": ("periods",), "geometric": ("periods", "ratio")}
"""Shapes of a row, with the keys that each needs besides a length."""
LATEST: Final = 7_300
"""Last day of a start: twenty years."""
LAST_COMMON_DAY: Final = 28
"""Day of the month that every month has."""
TERMS: Final = ("vesting.launch", "vesting.cliff_months", "vesting.cliff_share", "vesting.linear_months")
"""Built-in terms by bucket, which a table replaces."""


@dataclass(frozen=True)
class Unlock:
    """A row as written, checked; `start` in days from launch, `amount` in uERA, the length over all periods."""

    owner: int
    label: str
    start: int
    amount: int
    shape: str = "once"
    length: int = 0
    unit: int = int(UnlockUnit.DAYS)
    periods: int = 1
    ratio: Fraction = Fraction(1)
    place: Place = field(default=NOWHERE, compare=False)


class Entry(NamedTuple):
    """The cells of a row and where each was written."""

    cells: Mapping[str, Any]
    places: Mapping[str, Place]

    def find_place(self, key: str) -> Place:
        """Where a key was written; for one that was not, where the row begins."""
        return self.places.get(key, self.places[""])

    def refuse(self, key: str, allowed: str) -> BadValueError:
        """The error of a cell."""
        return BadValueError(f"unlocks: {key}", self.cells.get(key, "nothing"), allowed, self.find_place(key))


def read_unlock(entry: Entry) -> Unlock:
    """A row. Raises a `ProblemError` that names key, value and place."""
    owner, shape = _read_name(entry, "owner", OWNERS), _read_name(entry, "shape", SHAPES)
    label = entry.cells.get("label", owner)
    if not isinstance(label, str):
        raise entry.refuse("label", "a text in quotes")
    start = _read_start(entry)
    amount = _read_era(entry)
    length, unit = _read_length(entry, shape)
    _check_keys(entry, shape)
    periods = _read_periods(entry, length) if "periods" in SHAPES[shape] else 1
    if unit == UnlockUnit.MONTHS and (LAUNCH + timedelta(start)).day > LAST_COMMON_DAY:
        raise entry.refuse(
            "date" if "date" in entry.cells else "day", f"a start on day 1 to {LAST_COMMON_DAY} of a month, for parts by month"
        )
    ratio = _read_ratio(entry) if shape == "geometric" else Fraction(1)
    return Unlock(OWNERS[owner], label, start, amount, shape, length, unit, periods, ratio, entry.find_place("era"))


def _read_name(entry: Entry, key: str, known: Mapping[str, Any]) -> str:
    name = entry.cells[key]
    if not isinstance(name, str) or name not in known:
        raise UnknownNameError(f"unlocks: {key}", show(name), known, entry.find_place(key))
    return name


def _read_start(entry: Entry) -> int:
    """Days from launch."""
    if ("day" in entry.cells) == ("date" in entry.cells):
        raise entry.refuse("date", "either a date or a day from the token launch, and not both")
    if "day" in entry.cells:
        return read_whole("unlocks: day", entry.cells["day"], 0, LATEST, entry.find_place("day"))
    day = entry.cells["date"]
    last = LAUNCH + timedelta(LATEST)
    if type(day) is not date or not LAUNCH <= day <= last:
        raise entry.refuse("date", f"a date (without quotes) from {LAUNCH} to {last}")
    return (day - LAUNCH).days


def _read_era(entry: Entry) -> int:
    try:
        amount = parse_era(entry.cells["era"])
    except ValueError:
        amount = 0
    if amount <= 0:
        raise entry.refuse("era", "a positive number of ERA with at most 6 decimals")
    return amount


def _read_length(entry: Entry, shape: str) -> tuple[int, int]:
    """How long a row lasts, and in which unit."""
    given = [key for key in ("days", "months") if key in entry.cells]
    if shape == "once":
        if given:
            raise entry.refuse(given[0], "no length for what unlocks at once")
        return 0, int(UnlockUnit.DAYS)
    if len(given) != 1:
        raise entry.refuse(given[-1] if given else "days", f"either days or months for the shape {shape!r}, and not both")
    unit, longest = {"days": (UnlockUnit.DAYS, LONGEST_DAYS), "months": (UnlockUnit.MONTHS, LONGEST_MONTHS)}[given[0]]
    return read_whole(f"unlocks: {given[0]}", entry.cells[given[0]], 1, longest, entry.find_place(given[0])), int(unit)


def _check_keys(entry: Entry, shape: str) -> None:
    for key in ("periods", "ratio"):
        if (key in entry.cells) != (key in SHAPES[shape]):
            raise entry.refuse(key, f"a value for the shape {shape!r}" if key in SHAPES[shape] else f"none for the shape {shape!r}")


def _read_periods(entry: Entry, length: int) -> int:
    periods = read_whole("unlocks: periods", entry.cells["periods"], 1, UNLOCKS, entry.find_place("periods"))
    if length % periods:
        raise entry.refuse("periods", f"a number that divides the length {length}")
    return periods


def _read_ratio(entry: Entry) -> Fraction:
    ratio = entry.cells["ratio"]
    if isinstance(ratio, bool) or not isinstance(ratio, int | float | Decimal) or not 0 < ratio < 1 or len(str(ratio)) > len("0.123456"):
        raise entry.refuse("ratio", "a number between 0 and 1, at most 6 decimals: each part over the one before")
    return Fraction(str(ratio))


def expand(unlock: Unlock) -> list[PlannedUnlock]:
    """The rows that unlock at once or evenly and make up a row as written."""
    if unlock.shape in ("once", "linear"):
        return [PlannedUnlock(unlock.owner, unlock.start, unlock.amount, unlock.length, unlock.unit, unlock.label)]
    span = unlock.length // unlock.periods
    rows = []
    for k, part in enumerate(_split(unlock)):
        start, length = (_shift(unlock, (k + 1) * span), 0) if unlock.shape == "steps" else (_shift(unlock, k * span), span)
        rows.append(PlannedUnlock(unlock.owner, start, part, length, unlock.unit if length else 0, unlock.label))
    return [row for row in rows if row.amount > 0]


def _split(unlock: Unlock) -> list[int]:
    """Parts of all periods in uERA: differences of the rounded running total, so that they sum to the amount."""
    weights = [unlock.ratio**k for k in range(unlock.periods)]
    total, running, done, parts = sum(weights), Fraction(0), 0, []
    for weight in weights:
        running += weight
        parts.append(int(unlock.amount * running / total) - done)
        done += parts[-1]
    return parts


def _shift(unlock: Unlock, length: int) -> int:
    """The day so many days or months after a row's start."""
    if unlock.unit == UnlockUnit.DAYS:
        return unlock.start + length
    start = LAUNCH + timedelta(unlock.start)
    return int(plain(add_months)((start.year, start.month, start.day), length)) - LAUNCH_NUMBER


def resolve_unlocks(unlocks: Sequence[Unlock], parameters: Words, offset: int) -> tuple[PlannedUnlock, ...]:
    """The table of a world whose run starts `offset` days after launch. Raises a `ProblemError` for one that does not fit it."""
    _refuse_twins(unlocks)
    rows = [row for unlock in unlocks for row in expand(unlock)]
    if len(rows) > UNLOCKS:
        raise BadValueError("unlocks", f"{len(rows)} parts", f"at most {UNLOCKS}: fewer periods or rows", unlocks[-1].place)
    for owner in sorted({unlock.owner for unlock in unlocks}):
        _check_owner(owner, unlocks, parameters)
        _check_opening(owner, unlocks, rows, parameters, offset)
    return tuple(rows)


def _refuse_twins(unlocks: Sequence[Unlock]) -> None:
    for k, unlock in enumerate(unlocks):
        for other in unlocks[:k]:
            if other == unlock:
                raise BadValueError(
                    f"unlocks: {unlock.label}",
                    f"{unlock.amount / MICRO:,.6g} ERA",
                    f"it once: line {other.place.line} says the same",
                    unlock.place,
                )


def _check_owner(owner: int, unlocks: Sequence[Unlock], parameters: Words) -> None:
    """All tokens of a bucket and no more are in its rows."""
    own = [unlock for unlock in unlocks if unlock.owner == owner]
    total, tokens = sum(unlock.amount for unlock in own), int(parameters["vesting"]["tokens"][0][owner])
    if total != tokens:
        name, rest = Bucket(owner).name.lower(), Decimal(tokens - total) / MICRO
        allowed = f"rows that sum to vesting.tokens of {name}, {Decimal(tokens) / MICRO:,f} ERA ({rest:+,f})"
        raise BadValueError(f"unlocks of {name}", f"{Decimal(total) / MICRO:,f} ERA", allowed, own[-1].place)


def _check_opening(owner: int, unlocks: Sequence[Unlock], rows: Sequence[PlannedUnlock], parameters: Words, offset: int) -> None:
    """What the world opens with is out by then."""
    needed, reason = _need(owner, parameters)
    out = _count_released([row for row in rows if row.owner == owner], offset)
    if out < needed:
        name, day = Bucket(owner).name.lower(), LAUNCH + timedelta(offset)
        allowed = f"at least {Decimal(needed) / MICRO:,f} ERA by {day}: {reason}"
        place = next(unlock.place for unlock in unlocks if unlock.owner == owner)
        raise BadValueError(f"unlocks of {name} by {day}", f"{Decimal(out) / MICRO:,f} ERA", allowed, place)


def _count_released(rows: Sequence[Any], day: int) -> int:
    """What rows have released by a day; a planned row has the fields that the rule reads."""
    return sum(int(plain(compute_row)(row, day)) for row in rows)


def _need(owner: int, parameters: Words) -> tuple[int, str]:
    """The uERA that a bucket must have at the opening, and for what."""
    size, least = parameters["population"][0], parameters["staking"]["minimum"][0]
    if owner == Bucket.FOUNDATION:
        return int(parameters["supply"]["market_float"][0]), "it lends supply.market_float"
    if owner == Bucket.RND:
        stakes = sum(int(size[f"genesis_{tier}"]) * int(least[k]) for k, tier in enumerate(("core", "flex", "guardian")))
        return stakes, "it stakes for the genesis nodes"
    return 0, ""


def refuse_replaced(path: str, before: Any, after: Any, unlocks: Sequence[Unlock], place: Place) -> None:
    """A change of built-in terms that a table has replaced would do nothing: `BadValueError`."""
    if path not in TERMS:
        return
    for owner in sorted({unlock.owner for unlock in unlocks}):
        if after[owner] != before[owner]:
            allowed = f"{show(before[owner])} for {Bucket(owner).name.lower()}, whose terms are the table of unlocks"
            raise BadValueError(path, after, allowed, place)
