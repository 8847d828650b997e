"""State that belongs to a mechanism and not to an agent: one row, one part per mechanism."""

from metalab.econ.governance.interests import Outlook
from metalab.econ.kernel.clock import Clock
from metalab.econ.market.exchange import Desk
from metalab.econ.market.market import Market
from metalab.econ.market.trader import Crowd
from metalab.econ.rollups.competition import CompetitionState
from metalab.econ.rollups.deploying import DeployingState
from metalab.econ.rollups.rollup import Network
from metalab.econ.security.incident import IncidentState
from metalab.econ.staking.faults import FaultState
from metalab.econ.staking.yields import YieldState
from metalab.econ.supply.supply import Supply
from metalab.econ.users.activity import Activity
from metalab.econ.users.adoption import Demand
from metalab.econ.users.switching import NicheFlows
from metalab.protocol.connectors.enterprise import EnterpriseState
from metalab.protocol.connectors.gateway import GatewayState
from metalab.protocol.connectors.light_nodes import LightState
from metalab.protocol.fees.fees import FeeState
from metalab.protocol.governance.governance import GovernanceState
from metalab.protocol.kernel.declare import Record
from metalab.protocol.liquidity.liquidity import LiquidityState
from metalab.protocol.messaging.delivery import Delivery
from metalab.protocol.rollups.licences import LicenceState
from metalab.protocol.scaling.load import LoadState
from metalab.protocol.security.corruption import CorruptionState
from metalab.protocol.security.slashing import SlashingState
from metalab.protocol.staking.rewards import NodePots
from metalab.protocol.staking.staking import StakingState
from metalab.protocol.storage.storage import StorageState
from metalab.protocol.users.incentives import Budget, RewardState


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
