"""State that belongs to a mechanism and not to an agent: one row, one part per mechanism."""

from econ.activity import Activity
from econ.adoption import Demand
from econ.agents.trader import Crowd
from econ.clock import Clock
from econ.competition import CompetitionState
from econ.deploying import DeployingState
from econ.exchange import Desk
from econ.faults import FaultState
from econ.incidents import IncidentState
from econ.interests import Outlook
from econ.market import Market
from econ.operators import YieldState
from econ.rollups import Network
from econ.supply import Supply
from econ.switching import NicheFlows
from protocol.corruption import CorruptionState
from protocol.declare import Record
from protocol.delivery import Delivery
from protocol.enterprise import EnterpriseState
from protocol.fees import FeeState
from protocol.gateway import GatewayState
from protocol.governance import GovernanceState
from protocol.incentives import Budget, RewardState
from protocol.licences import LicenceState
from protocol.light import LightState
from protocol.liquidity import LiquidityState
from protocol.rewards import NodePots
from protocol.scaling import LoadState
from protocol.slashing import SlashingState
from protocol.staking import StakingState
from protocol.storage import StorageState


class State(Record):
    """All of it."""

    clock: Clock
    market: Market
    crowd: Crowd
    desk: Desk
    supply: Supply
    quote: FeeState
    activity: Activity
    demand: Demand
    niches: NicheFlows
    budget: Budget
    rewards: RewardState
    network: Network
    deploying: DeployingState
    licences: LicenceState
    competition: CompetitionState
    liquidity: LiquidityState
    storage: StorageState
    staking: StakingState
    node_pots: NodePots
    slashing: SlashingState
    load: LoadState
    delivery: Delivery
    faults: FaultState
    yields: YieldState
    governance: GovernanceState
    outlook: Outlook
    incidents: IncidentState
    corruption: CorruptionState
    enterprise: EnterpriseState
    gateway: GatewayState
    light: LightState
