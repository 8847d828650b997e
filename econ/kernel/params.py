"""Every parameter of a world, one part per mechanism. The path of a parameter is part.field."""

from metalab.econ.governance.interests import Interests
from metalab.econ.governance.voter import Electorate
from metalab.econ.kernel.population import Population
from metalab.econ.market.exchange import Exchange
from metalab.econ.market.fundamental import Fundamental
from metalab.econ.market.price import Price
from metalab.econ.market.trader import Traders
from metalab.econ.market.volatility import Volatility
from metalab.econ.market.volume import Volume
from metalab.econ.rollups.competition import Competition
from metalab.econ.rollups.deploying import Deploying
from metalab.econ.rollups.earnings import Earnings
from metalab.econ.rollups.fund import Fund
from metalab.econ.rollups.rollup import Rollups
from metalab.econ.security.defection import Defection
from metalab.econ.staking.faults import Faults
from metalab.econ.staking.node import Operators
from metalab.econ.supply.holder import Holders
from metalab.econ.supply.supply import Supply
from metalab.econ.users.activity import Activity
from metalab.econ.users.adoption import Adoption
from metalab.econ.users.claiming import Claiming
from metalab.econ.users.switching import Switching
from metalab.protocol.connectors.assistant import Assistant
from metalab.protocol.connectors.enterprise import Enterprise
from metalab.protocol.connectors.gateway import Gateway
from metalab.protocol.connectors.light_nodes import Light
from metalab.protocol.connectors.relay import Relay
from metalab.protocol.fees.fees import Fees
from metalab.protocol.governance.governance import Governance
from metalab.protocol.kernel.declare import Leaf, Record, find_leaves
from metalab.protocol.liquidity.liquidity import Liquidity
from metalab.protocol.liquidity.passports import Passports
from metalab.protocol.messaging.messaging import Messaging
from metalab.protocol.rollups.licences import Licences
from metalab.protocol.scaling.layers import Layers
from metalab.protocol.scaling.scaling import Scaling
from metalab.protocol.scaling.traffic import Traffic
from metalab.protocol.security.corruption import Corruption
from metalab.protocol.security.incidents import Incidents
from metalab.protocol.security.insurance import Insurance
from metalab.protocol.security.slashing import Slashing
from metalab.protocol.staking.rewards import Rewards
from metalab.protocol.staking.staking import Staking
from metalab.protocol.storage.storage import Storage
from metalab.protocol.supply.airdrop import Airdrop
from metalab.protocol.supply.vesting import Vesting
from metalab.protocol.users.incentives import Incentives


class Params(Record):
    """All parameters."""

    population: Population
    price: Price
    volatility: Volatility
    volume: Volume
    fundamental: Fundamental
    traders: Traders
    exchange: Exchange
    adoption: Adoption
    activity: Activity
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
    rollups: Rollups
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


PARAMETERS: tuple[Leaf, ...] = tuple(find_leaves(Params))
"""Every parameter with its path, its place in memory and its declaration."""
