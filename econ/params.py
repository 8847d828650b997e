"""Every parameter of a world, one part per mechanism. The path of a parameter is part.field."""

from econ.activity import Growth
from econ.adoption import Adoption
from econ.agents.holder import Selling
from econ.agents.node import Operators
from econ.agents.trader import Traders
from econ.agents.voter import Electorate
from econ.claiming import Claiming
from econ.competition import Competition
from econ.defection import Defection
from econ.deploying import Deploying
from econ.earnings import Earnings
from econ.exchange import Exchange
from econ.faults import Faults
from econ.fund import Fund
from econ.fundamental import Fundamental
from econ.interests import Interests
from econ.population import Population
from econ.price import Price
from econ.rollups import Rollups
from econ.supply import Circulation
from econ.switching import Switching
from econ.volatility import Volatility
from econ.volume import Volume
from protocol.airdrop import Airdrop
from protocol.assistant import Assistant
from protocol.controllers import Scaling
from protocol.corruption import Corruption
from protocol.declare import Leaf, Record, find_leaves
from protocol.enterprise import Enterprise
from protocol.fees import Fees
from protocol.gateway import Gateway
from protocol.governance import Governance
from protocol.incentives import Incentives
from protocol.incidents import Incidents
from protocol.insurance import Insurance
from protocol.layers import Layers
from protocol.licences import Licences
from protocol.light import Light
from protocol.liquidity import Liquidity
from protocol.loads import Traffic
from protocol.messaging import Messaging
from protocol.passports import Passports
from protocol.relay import Relay
from protocol.rewards import Rewards
from protocol.slashing import Slashing
from protocol.staking import Staking
from protocol.storage import Storage
from protocol.vesting import Vesting


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
    growth: Growth
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
    supply: Circulation
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
    holders: Selling
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
