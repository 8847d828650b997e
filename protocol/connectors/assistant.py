"""Path assistant: the faster of two ways for those who use it (MODEL 6, 13)."""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, metric, parameter, switch


class Assistant(Record):
    """Who uses it."""

    enabled: int = switch(False, source="MODEL 13 (off by default, on in stated)", owner="team", doc="Whether the assistant exists.")
    use: float = parameter(0.4, 0.0, 1.0, unit="share", source="assumed", owner="behaviour", doc="Messages whose path it chooses.")


class AssistantMetrics(Record):
    """The assistant on a day."""

    assistant_saved_s: float = metric("s", "Delay of a mean message that the assistant saves.", better="high", chart=True)


@rule
def compute_saving(detour_s: float, p: Assistant) -> float:
    """Seconds that a mean message is faster, if its usual way takes `detour_s` longer than the faster one."""
    return detour_s * p.use
