"""What moves the price in a what-if: the change of worth and the change of premium, which add up to that of the price."""

from math import expm1
from typing import Any, NamedTuple

from metalab.experiments.runs.price_parts import PREMIUM, PRICE, WORTH, describe_price, describe_rule, show_usd

RATIO = "price_premium_log"
"""ln P - ln F."""
PARTS = {"price": PRICE, "worth": WORTH, "premium": PREMIUM}
Data = dict[str, Any]


class PartChange(NamedTuple):
    """One part of the price in USD: what it is without, the mean difference, its 95 % interval."""

    without: float
    mean: float
    low: float
    high: float

    @property
    def relative(self) -> float:
        """The mean difference as a part of what it is without; 0 against nothing."""
        return self.mean / abs(self.without) if self.without else 0.0


def read_change(line: Data) -> PartChange:
    """From a comparison as decisions hold it."""
    difference = line["difference"]
    return PartChange(line["baseline"], difference["mean"], *difference["interval"])


def split_change(metrics: Data, word: str = "after") -> dict[str, PartChange]:
    """Price, worth and premium: means over the days after the decision ("after") or the last day ("last").

    Nothing where a decision lacks one of them.
    """
    if not all(name in metrics for name in PARTS.values()):
        return {}
    lines = {part: metrics[name] for part, name in PARTS.items()}
    return {part: read_change(line if word == "after" else line[word]) for part, line in lines.items()}


def show_change(change: PartChange) -> str:
    """Mean difference and interval."""
    mean, low, high = (_sign(value, show_usd(abs(value))) for value in change[1:])
    return f"{mean} [{low}, {high}]"


def _sign(value: float, text: str) -> str:
    return text if value == 0.0 else f"{'+' if value > 0 else '-'}{text}"


def show_percent(part: float) -> str:
    """A relative change."""
    return _sign(part, f"{100 * abs(part):.1f} %")


def describe_change(metrics: Data, word: str = "after") -> str:
    """The change of the price as a sum, with intervals; nothing where nothing changed."""
    parts = split_change(metrics, word)
    if not any(part.mean for part in parts.values()):
        return ""
    sums = " + ".join(f"{name} {show_change(parts[name])}" for name in ("worth", "premium"))
    return f"price {show_change(parts['price'])} = {sums} USD"


def describe_without(metrics: Data, word: str = "after") -> str:
    """The price that is changed, as a sum: means over the pairs."""
    parts = split_change(metrics, word)
    return describe_price(parts["worth"].without, parts["premium"].without)


def describe_relative(metrics: Data, word: str = "after") -> str:
    """Each change in per cent of what it is without: there the small worth can be seen beside the premium."""
    parts = split_change(metrics, word)
    return ", ".join(f"{name} {show_percent(part.relative)}" for name, part in parts.items()) + " of what it is without"


def describe_ratio(metrics: Data) -> str:
    """How much of the change is not in proportion to the worth: the geometric mean of price over worth, with its interval."""
    line = metrics.get(RATIO)
    if line is None or not line["changed"]:
        return ""
    change = read_change(line)
    mean, low, high = (show_percent(expm1(value)) for value in change[1:])
    return f"Price over worth changes by {mean} [{low}, {high}]."


def describe_premium(effect: Data, at: int = 1) -> str:
    """Of a proposal in a decision: how its premium stands to the worth, and how far the two parted. `at`: day of the change."""
    return " ".join(filter(None, (describe_rule(effect.get("price_rule", {}), at), describe_ratio(effect["metrics"]))))
