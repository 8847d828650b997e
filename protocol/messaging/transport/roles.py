"""An administrator role on one rollup, mapped onto the others through snapshots.

The home rollup keeps the roles with a number that rises with every change. Another rollup applies a change only with a higher
number than it knows, so that a late or repeated grant can never undo a revocation.
"""

from typing import NamedTuple


class RoleChange(NamedTuple):
    """A role is granted or revoked; `number` is the change's place in the home rollup's list."""

    number: int
    account: int
    is_granted: bool


class Home:
    """The rollup where roles are decided."""

    def __init__(self) -> None:
        self.changes: list[RoleChange] = []

    def decide(self, account: int, is_granted: bool) -> RoleChange:
        """Grant or revoke."""
        change = RoleChange(len(self.changes) + 1, account, is_granted)
        self.changes.append(change)
        return change


class Mirror:
    """What another rollup knows of the roles."""

    def __init__(self) -> None:
        self._known: dict[int, RoleChange] = {}

    def apply(self, change: RoleChange) -> bool:
        """Take over a change; False when a later one for the account is known."""
        known = self._known.get(change.account)
        if known is not None and known.number >= change.number:
            return False
        self._known[change.account] = change
        return True

    def allows(self, account: int) -> bool:
        """Whether the account may act as administrator here."""
        known = self._known.get(account)
        return known is not None and known.is_granted
