"""The daily table: every metric, one part per mechanism, in the order of the columns."""

from econ.activity import ActivityMetrics
from econ.agents.trader import TraderMetrics
from econ.competition import CompetitionMetrics
from econ.defection import DefectionMetrics
from econ.deploying import DeployingMetrics
from econ.earnings import EarningsMetrics
from econ.fund import FundMetrics
from econ.incidents import IncidentMetrics
from econ.market import MarketMetrics
from econ.rollups import NetworkMetrics
from econ.supply import SupplyMetrics
from econ.switching import SwitchingMetrics
from protocol.assistant import AssistantMetrics
from protocol.corruption import CorruptionMetrics
from protocol.declare import Leaf, Record, find_leaves, metric
from protocol.delivery import DeliveryMetrics
from protocol.enterprise import EnterpriseMetrics
from protocol.fees import FeeMetrics
from protocol.gateway import GatewayMetrics
from protocol.governance import GovernanceMetrics
from protocol.incentives import IncentiveMetrics
from protocol.insurance import InsuranceMetrics
from protocol.layers import LayerMetrics
from protocol.licences import LicenceMetrics
from protocol.light import LightMetrics
from protocol.liquidity import LiquidityMetrics
from protocol.messaging import MessagingMetrics
from protocol.passports import PassportMetrics
from protocol.relay import RelayMetrics
from protocol.scaling import LoadMetrics
from protocol.slashing import SlashingMetrics
from protocol.staking import StakingMetrics
from protocol.storage import StorageMetrics


class CalendarMetrics(Record):
    """Which day it is."""

    day: float = metric("day", "Day of the run; row d is the state at its end.")


class Daily(Record):
    """One row a day. All values are float64, so that a row is a vector."""

    calendar: CalendarMetrics
    market: MarketMetrics
    traders: TraderMetrics
    supply: SupplyMetrics
    fees: FeeMetrics
    messaging: MessagingMetrics
    delivery: DeliveryMetrics
    activity: ActivityMetrics
    switching: SwitchingMetrics
    incentives: IncentiveMetrics
    network: NetworkMetrics
    deploying: DeployingMetrics
    earnings: EarningsMetrics
    licences: LicenceMetrics
    competition: CompetitionMetrics
    fund: FundMetrics
    liquidity: LiquidityMetrics
    passports: PassportMetrics
    layers: LayerMetrics
    storage: StorageMetrics
    staking: StakingMetrics
    slashing: SlashingMetrics
    load: LoadMetrics
    governance: GovernanceMetrics
    incidents: IncidentMetrics
    insurance: InsuranceMetrics
    defection: DefectionMetrics
    corruption: CorruptionMetrics
    enterprise: EnterpriseMetrics
    relay: RelayMetrics
    gateway: GatewayMetrics
    light: LightMetrics
    assistant: AssistantMetrics


METRICS: tuple[Leaf, ...] = tuple(find_leaves(Daily))
COLUMNS: tuple[str, ...] = tuple(leaf.path.split(".")[-1] for leaf in METRICS)
"""Names of the daily table's columns."""
