"""Nodes that are down or make mistakes today: honest faults, alone or with their hosting provider (MODEL 4)."""

from metalab.econ.kernel.chance.identity import fill_by_identity
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import get_key
from metalab.econ.kernel.world import World
from metalab.econ.staking.faults import draw_providers, get_outage_chance, suffer_faults
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.memory import as_reals


@rule
def process_node_outages(w: World) -> None:
    """What breaks today."""
    s = w.state[0]
    p = w.params[0].faults
    fill_by_identity(as_reals(w.fault_draws), get_key(s.clock, Stream.FAULTS), w.nodes, s.operators.used)
    draw_providers(s.faults, p, get_key(s.clock, Stream.PROVIDERS))
    chance = get_outage_chance(p)
    for i in range(s.operators.used):
        suffer_faults(w.nodes[i], w.fault_draws[i], s.faults, p, chance)
