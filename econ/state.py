"""State that belongs to a mechanism and not to an agent: one row, one part per mechanism."""

from econ.activity import Activity
from econ.agents.trader import Crowd
from econ.clock import Clock
from econ.exchange import Desk
from econ.market import Market
from econ.rollups import Network
from econ.supply import Supply
from protocol.declare import Record
from protocol.fees import FeeState
from protocol.governance import GovernanceState
from protocol.staking import StakingState


class State(Record):
    """All of it."""

    clock: Clock
    market: Market
    crowd: Crowd
    desk: Desk
    supply: Supply
    quote: FeeState
    activity: Activity
    network: Network
    staking: StakingState
    governance: GovernanceState
