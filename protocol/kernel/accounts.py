"""The accounts that belong to nobody in particular, and what a row must have to hold tokens."""

from typing import Protocol

from metalab.protocol.kernel.causes import CAUSES
from metalab.protocol.kernel.codes import TIERS
from metalab.protocol.kernel.declare import Record, field


class Pots(Record):
    """Shared accounts (token=True) and the day's flows. Agents' own accounts are fields of their rows."""

    treasury: int = field("uERA", "unlocked community treasury", token=True, circulates=False)
    unclaimed_airdrop: int = field("uERA", "users' airdrop not yet claimed; counts as circulating, by convention", token=True)
    market_float: int = field("uERA", "tokens of everyone not modelled; counterparty of all orders", token=True)
    fees: int = field("uERA", "protocol fees of the day before the split", token=True)
    congestion: int = field("uERA", "congestion base fees of the day, due to the flex pot", token=True)
    node_rewards: list[int] = field("uERA", "due to the nodes of each tier, in the order of `Tier`", length=TIERS, token=True)
    reward_developers: int = field("uERA", "due to developers", token=True)
    reward_users: int = field("uERA", "due to users: gas discount and activity rewards", token=True)
    reward_delegates: int = field("uERA", "due to voters by the ballots they cast", token=True)
    reward_lockers: int = field("uERA", "due to voters by the tokens they have locked", token=True)
    insurance: int = field("uERA", "insurance fund", token=True, circulates=False)
    reserve: int = field("uERA", "reserve of the protocol, which does not circulate", token=True, circulates=False)
    routed: int = field("uERA", "clearing account of the flows of policy, empty after each", token=True)
    routed_penalties: int = field("uERA", "the flows' part of today's penalties", token=True)
    pool: int = field("uERA", "ERA side of the constant-product price alternative", token=True)
    burned: int = field("uERA", "destroyed; still counted so that supply stays exact", token=True, circulates=False)
    outside_usd: float = field("USD", "everyone not modelled; may be negative")
    fund_usd: float = field("USD", "ecosystem fund")
    reserve_usd: float = field("USD", "reserve of the DAO in USD")
    pool_usd: float = field("USD", "USD side of the constant-product price alternative")
    moved: list[int] = field("uERA", "today's flow per cause", length=CAUSES)
    due: list[int] = field("uERA", "scratch of the revenue split", length=8)


class Wallet(Protocol):
    """A row with a liquid balance in uERA."""

    balance: int


class Purse(Protocol):
    """A row with money in USD."""

    usd: float


class Cash(Purse, Protocol):
    """A row with a liquid balance in uERA and money in USD."""

    balance: int


class Vest(Protocol):
    """A row with tokens in vesting escrow besides a liquid balance."""

    balance: int
    escrow: int


class Staker(Protocol):
    """A row that can bond: liquid balance, bonded stake, stake on its way out."""

    balance: int
    stake: int
    unbonding: int


class Locker(Protocol):
    """A row that can lock tokens for votes."""

    balance: int
    locked: int


class Deposit(Protocol):
    """A row that holds a proposer's deposit."""

    deposit: int
