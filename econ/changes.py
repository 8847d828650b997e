"""Parameters that change during a run: by schedule, by decree, by vote."""

from protocol.declare import Record, field


class ChangeRow(Record):
    """A parameter's new value from a day on, reached in equal daily steps. Unused rows have day -1."""

    day: int = field("day", "first day it holds")
    ramp_days: int = field("day", "0: at once")
    slot: int = field("word", "place in Params")
    is_real: int = field("flag", "1: the parameter is a float")
    value: float = field("1", "stored units")
    start: float = field("1", "value when the ramp began")
