"""What senders own on a rollup: nothing can be spent twice because it is gone from here once it is sent."""


class Balances:
    """Whole micro-units of one currency per account."""

    def __init__(self) -> None:
        self._held: dict[int, int] = {}

    def deposit(self, account: int, amount: int) -> None:
        """Money comes in."""
        if amount < 0:
            raise ValueError(f"a deposit of {amount} is negative")
        self._held[account] = self._held.get(account, 0) + amount

    def withdraw(self, account: int, amount: int) -> bool:
        """Take money out; False, with nothing changed, when there is not enough."""
        if amount < 0 or self._held.get(account, 0) < amount:
            return False
        self._held[account] = self._held.get(account, 0) - amount
        return True

    def get(self, account: int) -> int:
        """What an account holds."""
        return self._held.get(account, 0)

    @property
    def total(self) -> int:
        """What all accounts hold."""
        return sum(self._held.values())
