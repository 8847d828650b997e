"""Verbs of vesting, airdrop and the opening balances."""

from metalab.protocol.kernel.accounts import Pots, Staker, Vest, Wallet
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule


@rule
def create_escrow(holder: Vest, pots: Pots, amount: int) -> None:
    """Tokens come into being, once, in the escrow of their bucket."""
    holder.escrow += amount
    pots.moved[Cause.GENESIS] += amount


@rule
def unlock(holder: Vest, pots: Pots, amount: int) -> None:
    """Vested tokens become liquid in their holder's hands."""
    holder.escrow -= amount
    holder.balance += amount
    pots.moved[Cause.UNLOCK] += amount


@rule
def unlock_treasury(holder: Vest, pots: Pots, amount: int) -> None:
    """Vested treasury tokens become spendable by the DAO."""
    holder.escrow -= amount
    pots.treasury += amount
    pots.moved[Cause.UNLOCK] += amount


@rule
def deliver_presold(holder: Vest, pots: Pots, amount: int) -> None:
    """Tokens sold forward before their unlock are delivered to the market on the unlock day."""
    holder.escrow -= amount
    pots.market_float += amount
    pots.moved[Cause.DELIVER_PRESOLD] += amount


@rule
def open_airdrop(holder: Vest, pots: Pots, amount: int) -> None:
    """The users' part of the airdrop becomes claimable."""
    holder.escrow -= amount
    pots.unclaimed_airdrop += amount
    pots.moved[Cause.GENESIS] += amount


@rule
def endow(holder: Vest, wallet: Wallet, pots: Pots, amount: int) -> None:
    """Opening balance of an agent, out of a bucket's escrow."""
    holder.escrow -= amount
    wallet.balance += amount
    pots.moved[Cause.GENESIS] += amount


@rule
def lend_float(holder: Vest, pots: Pots, amount: int) -> None:
    """The foundation's loan that opens the market float (ECONOMY 2)."""
    holder.balance -= amount
    pots.market_float += amount
    pots.moved[Cause.GENESIS] += amount


@rule
def hand_over(holder: Vest, wallet: Wallet, pots: Pots, amount: int) -> None:
    """Opening balance of an agent, out of a holder's liquid balance (genesis nodes from R&D)."""
    holder.balance -= amount
    wallet.balance += amount
    pots.moved[Cause.GENESIS] += amount


@rule
def refill_stake(holder: Vest, node: Staker, pots: Pots, amount: int) -> None:
    """R&D restores the stake of a slashed protocol-run node (ECONOMY 9)."""
    holder.balance -= amount
    node.stake += amount
    pots.moved[Cause.REFILL] += amount


@rule
def claim_airdrop(user: Wallet, pots: Pots, amount: int) -> None:
    """A cohort takes its airdrop."""
    pots.unclaimed_airdrop -= amount
    user.balance += amount
    pots.moved[Cause.CLAIM_AIRDROP] += amount


@rule
def return_airdrop(pots: Pots, amount: int) -> None:
    """What nobody claimed in time goes back to the treasury."""
    pots.unclaimed_airdrop -= amount
    pots.treasury += amount
    pots.moved[Cause.RETURN_AIRDROP] += amount


@rule
def delegate(holder: Wallet, voter: Wallet, pots: Pots, amount: int) -> None:
    """An insider hands part of an unlock to a voter (ECONOMY 20: insiders delegate to the voters pro rata)."""
    holder.balance -= amount
    voter.balance += amount
    pots.moved[Cause.DELEGATE] += amount


@rule
def issue_to_tier(pots: Pots, tier: int, amount: int) -> None:
    """New tokens come into being in the pot of a tier."""
    pots.node_rewards[tier] += amount
    pots.moved[Cause.ISSUANCE] += amount


@rule
def issue_to_others(pots: Pots, developers: int, users: int, treasury: int) -> None:
    """New tokens come into being for developers, users and the treasury."""
    pots.reward_developers += developers
    pots.reward_users += users
    pots.treasury += treasury
    pots.moved[Cause.ISSUANCE] += developers + users + treasury
