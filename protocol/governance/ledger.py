"""Verbs of governance."""

from metalab.protocol.kernel.accounts import Deposit, Locker, Pots, Wallet
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.compiling import rule


@rule
def lock_tokens(voter: Locker, pots: Pots, amount: int) -> None:
    """Liquid tokens of a voter become vote-locked."""
    voter.balance -= amount
    voter.locked += amount
    pots.moved[Cause.LOCK] += amount


@rule
def unlock_tokens(voter: Locker, pots: Pots, amount: int) -> None:
    """Vote-locked tokens become liquid."""
    voter.locked -= amount
    voter.balance += amount
    pots.moved[Cause.UNLOCK_VOTE] += amount


@rule
def hold_deposit(proposal: Deposit, voter: Wallet, pots: Pots, amount: int) -> None:
    """The proposer's deposit is held by the proposal."""
    voter.balance -= amount
    proposal.deposit += amount
    pots.moved[Cause.DEPOSIT] += amount


@rule
def return_deposit(proposal: Deposit, voter: Wallet, pots: Pots, amount: int) -> None:
    """The proposer gets its deposit back."""
    proposal.deposit -= amount
    voter.balance += amount
    pots.moved[Cause.DEPOSIT_RETURN] += amount


@rule
def forfeit_deposit(proposal: Deposit, pots: Pots, amount: int) -> None:
    """The deposit falls to the treasury."""
    proposal.deposit -= amount
    pots.treasury += amount
    pots.moved[Cause.DEPOSIT_FORFEIT] += amount


@rule
def grant_insurance(pots: Pots, amount: int) -> None:
    """Treasury tokens into the insurance fund."""
    pots.treasury -= amount
    pots.insurance += amount
    pots.moved[Cause.TREASURY_GRANT] += amount


@rule
def return_insurance(pots: Pots, amount: int) -> None:
    """The insurance fund gives tokens back to the treasury."""
    pots.insurance -= amount
    pots.treasury += amount
    pots.moved[Cause.INSURANCE_RETURN] += amount


@rule
def grant_developers(pots: Pots, amount: int) -> None:
    """Treasury tokens into the pot that is paid out to developers."""
    pots.treasury -= amount
    pots.reward_developers += amount
    pots.moved[Cause.TREASURY_GRANT] += amount


@rule
def grant_users(pots: Pots, amount: int) -> None:
    """Treasury tokens into the pot that is paid out to users."""
    pots.treasury -= amount
    pots.reward_users += amount
    pots.moved[Cause.TREASURY_GRANT] += amount


@rule
def grant_holder(holder: Wallet, pots: Pots, amount: int) -> None:
    """Treasury tokens to the foundation or to R&D."""
    pots.treasury -= amount
    holder.balance += amount
    pots.moved[Cause.TREASURY_GRANT] += amount


@rule
def grant_burn(pots: Pots, amount: int) -> None:
    """Treasury tokens are destroyed."""
    pots.treasury -= amount
    pots.burned += amount
    pots.moved[Cause.TREASURY_GRANT] += amount


@rule
def pay_delegate(voter: Wallet, pots: Pots, amount: int) -> None:
    """A voter's part of the pot for ballots cast."""
    pots.reward_delegates -= amount
    voter.balance += amount
    pots.moved[Cause.DELEGATE_PAY] += amount


@rule
def pay_locker(voter: Wallet, pots: Pots, amount: int) -> None:
    """A voter's part of the pot for locked tokens."""
    pots.reward_lockers -= amount
    voter.balance += amount
    pots.moved[Cause.LOCKER_PAY] += amount
