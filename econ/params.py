"""Every parameter of a world, one part per mechanism. The path of a parameter is part.field."""

from econ.agents.user import Adoption
from econ.exchange import Exchange
from econ.population import Population
from econ.price import Price
from protocol.declare import Leaf, Record, find_leaves
from protocol.fees import Fees
from protocol.governance import Governance
from protocol.staking import Staking


class Params(Record):
    """All parameters."""

    population: Population
    price: Price
    exchange: Exchange
    adoption: Adoption
    fees: Fees
    staking: Staking
    governance: Governance


PARAMETERS: tuple[Leaf, ...] = tuple(find_leaves(Params))
"""Every parameter with its path, its place in memory and its declaration."""
