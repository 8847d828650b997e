"""What every mechanism declares: what may be set (`Params`), what it remembers (`State`), what it reports (`Daily`).

A mechanism adds one line to each of the three that it needs, under one name, which is also that of its module. Everything
else, from `--set` and the app's widgets to the columns of the daily table, follows from these declarations.
"""

from metalab.econ.governance.interests import Interests, InterestsState
from metalab.econ.governance.voter import Electorate
from metalab.econ.kernel.clock import ClockState
from metalab.econ.kernel.population import Population
from metalab.econ.market.exchange import Exchange, ExchangeState
from metalab.econ.market.fundamental import Fundamental, FundamentalMetrics, FundamentalState
from metalab.econ.market.impact import Impact, ImpactMetrics, ImpactState
from metalab.econ.market.market import MarketMetrics, MarketState
from metalab.econ.market.premium import Premium
from metalab.econ.market.price import Price
from metalab.econ.market.sentiment import Sentiment, SentimentMetrics, SentimentState
from metalab.econ.market.trader import Traders, TradersMetrics, TradersState
from metalab.econ.market.volatility import Volatility
from metalab.econ.market.volume import Volume
from metalab.econ.rollups.competition import Competition, CompetitionMetrics, CompetitionState
from metalab.econ.rollups.deploying import Deploying, DeployingMetrics, DeployingState
from metalab.econ.rollups.deposits import Deposits, DepositsMetrics, DepositsState
from metalab.econ.rollups.earnings import Earnings, EarningsMetrics
from metalab.econ.rollups.fund import Fund, FundMetrics
from metalab.econ.rollups.rollup import Rollups, RollupsMetrics, RollupsState
from metalab.econ.security.defection import Defection, DefectionMetrics
from metalab.econ.security.incident import IncidentsMetrics, IncidentsState
from metalab.econ.staking.faults import Faults, FaultsState
from metalab.econ.staking.operators import Operators, OperatorsState
from metalab.econ.supply.holder import Holders
from metalab.econ.supply.supply import Supply, SupplyMetrics, SupplyState
from metalab.econ.users.activity import ActivityMetrics, ActivityState
from metalab.econ.users.adoption import Adoption, AdoptionState
from metalab.econ.users.claiming import Claiming
from metalab.econ.users.demand import Demand, DemandMetrics, DemandState
from metalab.econ.users.switching import Switching, SwitchingMetrics, SwitchingState
from metalab.protocol.connectors.assistant import Assistant, AssistantMetrics
from metalab.protocol.connectors.enterprise import Enterprise, EnterpriseMetrics, EnterpriseState
from metalab.protocol.connectors.gateway import Gateway, GatewayMetrics, GatewayState
from metalab.protocol.connectors.light_nodes import Light, LightMetrics, LightState
from metalab.protocol.connectors.relay import Relay, RelayMetrics
from metalab.protocol.fees.fees import Fees, FeesMetrics, FeesState
from metalab.protocol.governance.governance import Governance, GovernanceMetrics, GovernanceState
from metalab.protocol.kernel.declare import Leaf, Record, find_leaves, metric
from metalab.protocol.liquidity.liquidity import Liquidity, LiquidityMetrics, LiquidityState
from metalab.protocol.liquidity.passports import Passports, PassportsMetrics
from metalab.protocol.messaging.delivery import DeliveryMetrics, DeliveryState
from metalab.protocol.messaging.messaging import Messaging, MessagingMetrics
from metalab.protocol.policy.flows import Flows, FlowsMetrics, FlowsState
from metalab.protocol.rollups.charges import ChargesMetrics, ChargesState
from metalab.protocol.rollups.licences import Licences, LicencesMetrics, LicencesState
from metalab.protocol.scaling.layers import Layers, LayersMetrics
from metalab.protocol.scaling.load import ScalingMetrics, ScalingState
from metalab.protocol.scaling.scaling import Scaling
from metalab.protocol.scaling.traffic import Traffic
from metalab.protocol.security.corruption import Corruption, CorruptionMetrics, CorruptionState
from metalab.protocol.security.incidents import Incidents
from metalab.protocol.security.insurance import Insurance, InsuranceMetrics
from metalab.protocol.security.slashing import Slashing, SlashingMetrics, SlashingState
from metalab.protocol.staking.rewards import Rewards, RewardsState
from metalab.protocol.staking.staking import Staking, StakingMetrics, StakingState
from metalab.protocol.storage.storage import Storage, StorageMetrics, StorageState
from metalab.protocol.supply.airdrop import Airdrop
from metalab.protocol.supply.issuance import Issuance, IssuanceMetrics, IssuanceState
from metalab.protocol.supply.vesting import Vesting
from metalab.protocol.users.incentives import ActivityRewardsState, Incentives, IncentivesMetrics, IncentivesState


class Params(Record):
    """All parameters."""

    population: Population
    price: Price
    volatility: Volatility
    volume: Volume
    fundamental: Fundamental
    premium: Premium
    impact: Impact
    sentiment: Sentiment
    traders: Traders
    exchange: Exchange
    adoption: Adoption
    demand: Demand
    switching: Switching
    claiming: Claiming
    airdrop: Airdrop
    messaging: Messaging
    incentives: Incentives
    fees: Fees
    staking: Staking
    rewards: Rewards
    slashing: Slashing
    scaling: Scaling
    traffic: Traffic
    faults: Faults
    operators: Operators
    governance: Governance
    electorate: Electorate
    interests: Interests
    vesting: Vesting
    supply: Supply
    issuance: Issuance
    rollups: Rollups
    deposits: Deposits
    deploying: Deploying
    earnings: Earnings
    licences: Licences
    competition: Competition
    fund: Fund
    liquidity: Liquidity
    passports: Passports
    layers: Layers
    storage: Storage
    holders: Holders
    incidents: Incidents
    insurance: Insurance
    corruption: Corruption
    defection: Defection
    enterprise: Enterprise
    relay: Relay
    gateway: Gateway
    light: Light
    assistant: Assistant
    flows: Flows


class State(Record):
    """All of it."""

    clock: ClockState
    market: MarketState
    fundamental: FundamentalState
    impact: ImpactState
    sentiment: SentimentState
    traders: TradersState
    exchange: ExchangeState
    supply: SupplyState
    issuance: IssuanceState
    fees: FeesState
    activity: ActivityState
    adoption: AdoptionState
    demand: DemandState
    switching: SwitchingState
    incentives: IncentivesState
    activity_rewards: ActivityRewardsState
    rollups: RollupsState
    deposits: DepositsState
    charges: ChargesState
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
    flows: FlowsState


class ClockMetrics(Record):
    """Which day it is."""

    day: float = metric("day", "Day of the run; row d is the state at its end.")


class Daily(Record):
    """One row a day. All values are float64, so that a row is a vector."""

    clock: ClockMetrics
    market: MarketMetrics
    fundamental: FundamentalMetrics
    impact: ImpactMetrics
    sentiment: SentimentMetrics
    traders: TradersMetrics
    supply: SupplyMetrics
    issuance: IssuanceMetrics
    fees: FeesMetrics
    messaging: MessagingMetrics
    delivery: DeliveryMetrics
    activity: ActivityMetrics
    demand: DemandMetrics
    switching: SwitchingMetrics
    incentives: IncentivesMetrics
    rollups: RollupsMetrics
    deposits: DepositsMetrics
    charges: ChargesMetrics
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
    flows: FlowsMetrics


def list_columns() -> tuple[str, ...]:
    """Names of the daily table's columns. Raises TypeError when two mechanisms declare the same metric."""
    names = tuple(leaf.path.split(".")[-1] for leaf in METRICS)
    for name in names:
        if names.count(name) > 1:
            owners = [leaf.path for leaf in METRICS if leaf.path.split(".")[-1] == name]
            raise TypeError(f"metric {name!r} is declared twice: {' and '.join(owners)}. Rename one.")
    return names


PARAMETERS: tuple[Leaf, ...] = tuple(find_leaves(Params))
"""Every parameter with its path, its place in memory and its declaration."""
METRICS: tuple[Leaf, ...] = tuple(find_leaves(Daily))
"""Every metric, in the order of the columns."""
COLUMNS: tuple[str, ...] = list_columns()
"""Names of the daily table's columns."""

ROOMS: tuple[str, ...] = (
    "supply",
    "market",
    "users",
    "rollups",
    "messaging",
    "fees",
    "staking",
    "security",
    "governance",
    "policy",
    "scaling",
    "storage",
    "liquidity",
    "connectors",
)
"""Rooms in the order in which people read them: folders of protocol/ and econ/, groups of the app, pages of docs/rooms."""


def find_room(record: type[Record]) -> str:
    """The room that a record is declared in; `kernel` for what belongs to none."""
    return record.__module__.split(".")[2]


PARAMETER_ROOMS: dict[str, str] = {name: find_room(record) for name, record in Params.parts.items()}
"""Room of each part of `Params`."""
METRIC_ROOMS: dict[str, str] = {leaf.path.split(".")[-1]: find_room(Daily.parts[leaf.path.split(".")[0]]) for leaf in METRICS}
"""Room of each column."""
