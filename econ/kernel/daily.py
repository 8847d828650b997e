"""The daily table: every metric, one part per mechanism, in the order of the columns."""

from metalab.econ.market.market import MarketMetrics
from metalab.econ.market.trader import TradersMetrics
from metalab.econ.rollups.competition import CompetitionMetrics
from metalab.econ.rollups.deploying import DeployingMetrics
from metalab.econ.rollups.earnings import EarningsMetrics
from metalab.econ.rollups.fund import FundMetrics
from metalab.econ.rollups.rollup import RollupsMetrics
from metalab.econ.security.defection import DefectionMetrics
from metalab.econ.security.incident import IncidentsMetrics
from metalab.econ.supply.supply import SupplyMetrics
from metalab.econ.users.activity import ActivityMetrics
from metalab.econ.users.switching import SwitchingMetrics
from metalab.protocol.connectors.assistant import AssistantMetrics
from metalab.protocol.connectors.enterprise import EnterpriseMetrics
from metalab.protocol.connectors.gateway import GatewayMetrics
from metalab.protocol.connectors.light_nodes import LightMetrics
from metalab.protocol.connectors.relay import RelayMetrics
from metalab.protocol.fees.fees import FeesMetrics
from metalab.protocol.governance.governance import GovernanceMetrics
from metalab.protocol.kernel.declare import Leaf, Record, find_leaves, metric
from metalab.protocol.liquidity.liquidity import LiquidityMetrics
from metalab.protocol.liquidity.passports import PassportsMetrics
from metalab.protocol.messaging.delivery import DeliveryMetrics
from metalab.protocol.messaging.messaging import MessagingMetrics
from metalab.protocol.rollups.licences import LicencesMetrics
from metalab.protocol.scaling.layers import LayersMetrics
from metalab.protocol.scaling.load import ScalingMetrics
from metalab.protocol.security.corruption import CorruptionMetrics
from metalab.protocol.security.insurance import InsuranceMetrics
from metalab.protocol.security.slashing import SlashingMetrics
from metalab.protocol.staking.staking import StakingMetrics
from metalab.protocol.storage.storage import StorageMetrics
from metalab.protocol.users.incentives import IncentivesMetrics


class ClockMetrics(Record):
    """Which day it is."""

    day: float = metric("day", "Day of the run; row d is the state at its end.")


class Daily(Record):
    """One row a day. All values are float64, so that a row is a vector."""

    clock: ClockMetrics
    market: MarketMetrics
    traders: TradersMetrics
    supply: SupplyMetrics
    fees: FeesMetrics
    messaging: MessagingMetrics
    delivery: DeliveryMetrics
    activity: ActivityMetrics
    switching: SwitchingMetrics
    incentives: IncentivesMetrics
    rollups: RollupsMetrics
    deploying: DeployingMetrics
    earnings: EarningsMetrics
    licences: LicencesMetrics
    competition: CompetitionMetrics
    fund: FundMetrics
    liquidity: LiquidityMetrics
    passports: PassportsMetrics
    layers: LayersMetrics
    storage: StorageMetrics
    staking: StakingMetrics
    slashing: SlashingMetrics
    scaling: ScalingMetrics
    governance: GovernanceMetrics
    incidents: IncidentsMetrics
    insurance: InsuranceMetrics
    defection: DefectionMetrics
    corruption: CorruptionMetrics
    enterprise: EnterpriseMetrics
    relay: RelayMetrics
    gateway: GatewayMetrics
    light: LightMetrics
    assistant: AssistantMetrics


METRICS: tuple[Leaf, ...] = tuple(find_leaves(Daily))
"""Every metric with its place and its declaration, in the order of the columns."""
COLUMNS: tuple[str, ...] = tuple(leaf.path.split(".")[-1] for leaf in METRICS)
"""Names of the daily table's columns."""
