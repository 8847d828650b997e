"""Values relative to what is in force, as people write them: "+10 %", "-10 %", "x 0.5", "+0.05"."""

import re
from decimal import Decimal
from typing import Any, Final, NamedTuple

from metalab.protocol.kernel.declare import Leaf
from metalab.protocol.policy.changes import ChangeMode

DIGITS: Final = r"\d{1,12}(?:\.\d{1,12})?|\.\d{1,12}"
SCALED: Final = re.compile(rf"\s*[x*\u00d7]\s*({DIGITS})\s*")
SHIFTED: Final = re.compile(rf"\s*([+-])\s*({DIGITS})\s*(%?)\s*")
ALLOWED: Final = '"+10 %", "-10 %", "x 0.5" or "+0.05"'


class Move(NamedTuple):
    """A factor on what is in force, or an amount added to it in the parameter's own unit."""

    mode: ChangeMode
    size: Decimal

    def apply(self, value: Any) -> Any:
        """What it makes of a value, element by element; whole numbers are rounded to the nearest."""
        if isinstance(value, list):
            return [self.apply(item) for item in value]
        exact = Decimal(str(value)) * self.size if self.mode == ChangeMode.SCALE else Decimal(str(value)) + self.size
        return int(exact.to_integral_value()) if isinstance(value, int) else exact

    def get_stored(self, leaf: Leaf) -> float:
        """The number in memory: a factor as it is, an amount in stored units."""
        return float(self.size if self.mode == ChangeMode.SCALE else self.size * leaf.info.scale)


def parse_move(value: Any) -> Move | None:
    """What a text says relative to what is in force; None for any other value."""
    if not isinstance(value, str):
        return None
    if found := SCALED.fullmatch(value):
        return Move(ChangeMode.SCALE, Decimal(found[1]))
    if found := SHIFTED.fullmatch(value):
        size = Decimal(found[1] + found[2])
        return Move(ChangeMode.SCALE, 1 + size / 100) if found[3] else Move(ChangeMode.ADD, size)
    return None


def can_move(leaf: Leaf) -> bool:
    """Whether there is a "more" or "less" of it: not of a choice, a switch or shares that sum to a total."""
    return leaf.info.choices is None and leaf.info.unit != "switch" and leaf.info.total is None
