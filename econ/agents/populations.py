"""The classes of agents: each is a row of its table with the protocol actions that it can take as methods.

Every action returns what its rule returns: OK or a refusal code, unless it says otherwise. It never leaves a half-done move.
"""

from metalab.econ.agents.actions import (
    ProposalContext,
    accuse_at,
    bond_at,
    delegate_at,
    extend_at,
    lock_at,
    migrate_at,
    propose_at,
    queue_exit_at,
    send_at,
    unbond_at,
    unlock_at,
    vote_at,
    withdraw_at,
)
from metalab.econ.agents.actor import Actor
from metalab.econ.agents.checks import find_slot, read_whole
from metalab.econ.market.trader import TraderRow
from metalab.econ.rollups.developer import DeveloperRow
from metalab.econ.supply.escrow import HolderRow
from metalab.econ.users.user import UserRow
from metalab.protocol.governance.governance import VoterRow
from metalab.protocol.staking.staking import NodeRow

MOST_SENT = 10**9
"""Messages of one action: their fees stay far from what 8 bytes can hold."""


class User(Actor, UserRow):
    """A cohort of addresses."""

    population = 1

    def send(self, count: int) -> int:
        """Send messages now; returns how many were sent: 0 without a home rollup."""
        w = self.model.world
        number = read_whole("User.send: count", count, 0, MOST_SENT)
        return send_at(w.users, w.state, w.pots, w.params, w.today, self._index, number)


class Node(Actor, NodeRow):
    """A node operator; its class follows its tier."""

    population = 2

    def bond(self, amount: int) -> int:
        """Bond `amount` uERA; returns OK or a refusal code."""
        w = self.model.world
        return bond_at(w.nodes, w.pots, w.params, w.state, w.journal, self._index, read_whole("Node.bond: amount", amount))

    def unbond(self) -> int:
        """Start the exit; returns OK or a refusal code."""
        w = self.model.world
        return unbond_at(w.nodes, w.pots, w.params, w.state, w.journal, self._index)

    def queue_exit(self) -> int:
        """Take a place in the exit queue, where `unbond` returned CHURN_LIMIT; returns OK or a refusal code."""
        w = self.model.world
        return queue_exit_at(w.nodes, w.state, self._index)

    def withdraw(self, amount: int) -> int:
        """Unbond `amount` uERA and stay; returns OK or a refusal code."""
        w = self.model.world
        return withdraw_at(w.nodes, w.pots, w.params, w.state, w.journal, self._index, read_whole("Node.withdraw: amount", amount))

    def migrate(self, tier: int) -> int:
        """Move to another tier; returns OK or a refusal code."""
        w = self.model.world
        return migrate_at(w.nodes, w.params, w.state, self._index, read_whole("Node.migrate: tier", tier))

    def commit_offence(self, offence: int) -> int:
        """Commit an offence (`protocol.security.slashing.Offence`) today, which is found out; returns OK or a refusal code."""
        w = self.model.world
        return accuse_at(w.nodes, w.state, self._index, read_whole("Node.commit_offence: offence", offence))


class CoreNode(Node):
    """A node of the always-on core tier."""


class FlexNode(Node):
    """A node of the load-following flex tier."""


class GuardianNode(Node):
    """A node that attests snapshots."""


class Developer(Actor, DeveloperRow):
    """A team that deploys and runs rollups."""

    population = 3


class Voter(Actor, VoterRow):
    """A holder who may vote. Every action returns OK or a refusal code."""

    population = 4

    def lock(self, amount: int, days: int) -> int:
        """Lock `amount` uERA for `days`."""
        w = self.model.world
        sizes = read_whole("Voter.lock: amount", amount), read_whole("Voter.lock: days", days)
        return lock_at(w.voters, w.pots, w.params, w.state, self._index, *sizes)

    def extend(self, days: int) -> int:
        """Let the lock end `days` from now."""
        w = self.model.world
        return extend_at(w.voters, w.params, w.state, self._index, read_whole("Voter.extend: days", days))

    def unlock(self) -> int:
        """Take all tokens out of a lock that has ended."""
        w = self.model.world
        return unlock_at(w.voters, w.pots, w.state, self._index)

    def delegate_to(self, voter: int) -> int:
        """Let the voter in a row vote for this one; -1 takes the votes back."""
        return delegate_at(self.model.world.voters, self._index, read_whole("Voter.delegate_to: voter", voter))

    def vote(self, proposal: int, is_yes: bool) -> int:
        """Vote on the proposal in a row, with everything held and received."""
        w = self.model.world
        row = read_whole("Voter.vote: proposal", proposal)
        return vote_at(w.proposals, w.voters, w.params, w.state, self._index, row, int(bool(is_yes)))

    def propose(self, path: str, value: float, element: int = 0) -> int:
        """File a proposal, without asking around, that an element of a parameter be `value` in stored units.

        Raises KeyError for a path that is no parameter and ValueError for an element that it does not have.
        """
        w = self.model.world
        slot = find_slot(path, element)
        chamber = ProposalContext(w.proposals, w.governable, w.voters, w.pots, w.params, w.state)
        return propose_at(chamber, self._index, slot, float(value))


class Trader(Actor, TraderRow):
    """A trader with its own ERA and USD."""

    population = 5


class Holder(Actor, HolderRow):
    """The holder of one allocation bucket."""

    population = 6


NODE_CLASSES: dict[str, type[Actor]] = {"core": CoreNode, "flex": FlexNode, "guardian": GuardianNode}
"""Class of a node by its tier."""
