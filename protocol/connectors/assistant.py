"""Path assistant: a better path for those who use it (MODEL 6, 13). Gain and use are parameters here."""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, metric, parameter, switch


class Assistant(Record):
    """Who uses it and what it gains."""

    enabled: int = switch(False, source="MODEL 13 (off by default, on in stated)", owner="team", doc="Whether the assistant exists.")
    use: float = parameter(0.4, 0.0, 1.0, unit="share", source="assumed", owner="behaviour", doc="Messages whose path it chooses.")
    delay_gain: float = parameter(
        0.2, 0.0, 1.0, unit="share", source="assumed (S1-42 states 40 % of cost, the simulator finds 27 %)", owner="nature",
        doc="Delay that its path saves against the usual one.",
    )  # fmt: skip


class AssistantMetrics(Record):
    """The assistant on a day."""

    assistant_saved_s: float = metric("s", "Delay of a mean message that the assistant saves.", better="high", chart=True)


@rule
def compute_saving(delay_s: float, p: Assistant) -> float:
    """Seconds that a mean message is faster."""
    return delay_s * p.use * p.delay_gain if p.enabled == 1 else 0.0
