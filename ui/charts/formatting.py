"""Names, units and numbers as people read them."""

from math import isfinite, log10

CAPITALS = {word: word.upper() for word in ("apr", "tvl", "usd", "era", "pi", "dao", "op", "zk", "lp", "nft", "tps")}
CAPITALS |= {"defi": "DeFi", "p95": "p95", "rnd": "R&D", "top10": "Top-10"}
UNIT_TAILS = ("_era", "_usd", "_share", "_mb_s", "_s", "_mb", "_h")
UNITS = {"share": "share", "1/year": "a year", "s": "seconds", "day": "days", "bps": "basis points"} | dict.fromkeys(
    ("1", "switch", "choice", "code"), ""
)
PERCENT = ("share", "1/year")
"""Units that people read as per cent."""


def name_thing(path: str) -> str:
    """A readable name of a parameter or metric: the last part of its path, without the unit."""
    name = path.split(".")[-1]
    tail = next((tail for tail in UNIT_TAILS if name.endswith(tail) and len(name) > len(tail)), "")
    words = name.removesuffix(tail).split("_")
    return _join([CAPITALS.get(word, word) for word in words])


def _join(words: list[str]) -> str:
    first = words[0] if words[0][:1].isupper() else words[0].capitalize()
    return " ".join([first, *words[1:]])


def name_file(stem: str) -> str:
    """A file's name as people read it: `index-fee-to-usd` is "Index fee to USD"."""
    return _join([CAPITALS.get(word, word) for word in stem.replace("_", "-").split("-")])


def name_unit(unit: str) -> str:
    """A unit for a label; empty for plain counts."""
    return UNITS.get(unit, unit)


def name_scale(unit: str) -> str:
    """The unit of an axis."""
    return {"share": "%", "1/year": "% a year", "1": "number"}.get(unit, UNITS.get(unit, unit))


def show_number(value: float, unit: str = "1", digits: int = 3) -> str:
    """A number in about so many significant digits, with its unit."""
    if not isfinite(value):
        return "not a number"
    if unit in PERCENT:
        return f"{_round(value * 100, digits)} %"
    text = _shorten(value, digits)
    return f"{text} {unit}" if unit not in {"1", "day", "choice", "switch", "code"} else text


def _shorten(value: float, digits: int) -> str:
    size = abs(value)
    for limit, divisor, letter in ((1e9, 1e9, "bn"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if size >= limit:
            return f"{value / divisor:,.{_count_decimals(value / divisor, 3)}f} {letter}"
    return _round(value, digits)


def _round(value: float, digits: int) -> str:
    if 0 < abs(value) < 1e-6:
        return f"{value:.0e}"
    return f"{int(value):,}" if value == int(value) else f"{value:,.{_count_decimals(value, digits)}f}"


def _count_decimals(value: float, digits: int) -> int:
    """Decimals that leave so many significant digits, eight at most."""
    size = abs(value)
    if size == 0.0:
        return 0
    return max(0, min(8, digits - 1 - int(log10(size) // 1)))


def show_signed(value: float, unit: str = "1", with_unit: bool = True) -> str:
    """A difference in two or three digits, with its sign; of per cent in percentage points."""
    text = f"{_round(abs(value) * 100, 2)} pts" if unit in PERCENT else show_number(abs(value), unit if with_unit else "1", 2)
    return f"{'+' if value > 0 else '−' if value < 0 else '±'}{text}"  # noqa: RUF001


def show_relative(difference: float, baseline: float) -> str:
    """A difference in per cent of what it is measured against; empty against nothing."""
    return show_signed(difference / abs(baseline), "share").replace("pts", "%") if baseline else ""


def show_plain(value: float, unit: str = "1") -> str:
    """The number alone, for places whose label has the unit; per cent stay per cent."""
    return show_number(value, unit if unit in PERCENT else "1")


def show_range(low: float, high: float, unit: str = "1", with_unit: bool = True) -> str:
    """Two numbers and what lies between; a common unit is said once."""
    end = show_number(high, unit) if with_unit else show_plain(high, unit)
    return f"{show_plain(low, unit).removesuffix(' %')} to {end}"


def show_span(low: float, high: float, unit: str = "1", with_unit: bool = True) -> str:
    """Two differences and what lies between; a common unit is said once."""
    start = show_signed(low, unit, False).removesuffix(" pts")
    return f"{start} to {show_signed(high, unit, with_unit)}"


def show_era(amount: float) -> str:
    """An amount of ERA, exact to its six decimals."""
    return f"{amount:,.6f}".rstrip("0").rstrip(".")


def show_time(seconds: float) -> str:
    """A duration."""
    if seconds < 90:
        return f"{max(seconds, 0):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5_400 else f"{seconds / 3_600:.1f} h"


def count_things(count: int, thing: str) -> str:
    """`1 run`, `8 runs`."""
    return f"{count:,} {thing}" + ("" if count == 1 else "s")


def describe_chance(share: float) -> str:
    """A probability in words."""
    for limit, word in ((0.99, "almost certainly"), (0.9, "very likely"), (0.67, "likely"), (0.33, "about as likely as not")):
        if share >= limit:
            return word
    return "unlikely" if share >= 0.1 else "very unlikely" if share >= 0.01 else "almost certainly not"
