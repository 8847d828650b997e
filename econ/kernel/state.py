"""State that belongs to a mechanism and not to an agent: one row, one part per mechanism."""

from metalab.econ.governance.interests import InterestsState
from metalab.econ.kernel.clock import ClockState
from metalab.econ.market.exchange import ExchangeState
from metalab.econ.market.market import MarketState
from metalab.econ.market.trader import TradersState
from metalab.econ.rollups.competition import CompetitionState
from metalab.econ.rollups.deploying import DeployingState
from metalab.econ.rollups.rollup import RollupsState
from metalab.econ.security.incident import IncidentsState
from metalab.econ.staking.faults import FaultsState
from metalab.econ.staking.yields import OperatorsState
from metalab.econ.supply.supply import SupplyState
from metalab.econ.users.activity import ActivityState
from metalab.econ.users.adoption import AdoptionState
from metalab.econ.users.switching import SwitchingState
from metalab.protocol.connectors.enterprise import EnterpriseState
from metalab.protocol.connectors.gateway import GatewayState
from metalab.protocol.connectors.light_nodes import LightState
from metalab.protocol.fees.fees import FeesState
from metalab.protocol.governance.governance import GovernanceState
from metalab.protocol.kernel.declare import Record
from metalab.protocol.liquidity.liquidity import LiquidityState
from metalab.protocol.messaging.delivery import DeliveryState
from metalab.protocol.rollups.licences import LicencesState
from metalab.protocol.scaling.load import ScalingState
from metalab.protocol.security.corruption import CorruptionState
from metalab.protocol.security.slashing import SlashingState
from metalab.protocol.staking.rewards import RewardsState
from metalab.protocol.staking.staking import StakingState
from metalab.protocol.storage.storage import StorageState
from metalab.protocol.users.incentives import ActivityRewardsState, IncentivesState


class State(Record):
    """The state of all mechanisms."""

    clock: ClockState
    market: MarketState
    traders: TradersState
    exchange: ExchangeState
    supply: SupplyState
    fees: FeesState
    activity: ActivityState
    adoption: AdoptionState
    switching: SwitchingState
    incentives: IncentivesState
    activity_rewards: ActivityRewardsState
    rollups: RollupsState
    deploying: DeployingState
    licences: LicencesState
    competition: CompetitionState
    liquidity: LiquidityState
    storage: StorageState
    staking: StakingState
    rewards: RewardsState
    slashing: SlashingState
    scaling: ScalingState
    delivery: DeliveryState
    faults: FaultsState
    operators: OperatorsState
    governance: GovernanceState
    interests: InterestsState
    incidents: IncidentsState
    corruption: CorruptionState
    enterprise: EnterpriseState
    gateway: GatewayState
    light: LightState
