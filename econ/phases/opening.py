"""The morning: yesterday's flows are forgotten, planned changes take hold."""

from econ.exchange import open_desk
from econ.world import World
from protocol.compiling import rule


@rule
def open_day(w: World) -> None:
    """Forget yesterday's flows."""
    for k in range(len(w.flat.today)):
        w.flat.today[k] = 0.0
    pots = w.pots[0]
    for k in range(len(pots.moved)):
        pots.moved[k] = 0
    open_desk(w.state[0].desk, pots)
