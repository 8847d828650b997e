"""A small token economy as Mesa's own examples would write it: users pay fees, nodes stake and earn, voters vote.

The yardstick for the Mesa face: the same kind of day, without records, ledger or keyed chance.
"""

from typing import Any

import mesa


class PlainUser(mesa.Agent):  # type: ignore[misc]
    """Sends messages and pays for them."""

    def __init__(self, model: "PlainModel") -> None:
        super().__init__(model)
        self.balance = 1_000.0
        self.sent = 0

    def step(self) -> None:
        """Send a few messages when they can be paid."""
        count = int(self.random.random() * 6)
        due = count * self.model.fee
        if due > self.balance:
            self.balance += 100.0
            self.model.flow += 100.0
        if due <= self.balance:
            self.balance -= due
            self.model.pot += due
            self.sent += count


class PlainNode(mesa.Agent):  # type: ignore[misc]
    """Stakes, earns, leaves when it doesn't pay."""

    def __init__(self, model: "PlainModel") -> None:
        super().__init__(model)
        self.balance, self.stake = 100.0, 1_000.0
        self.reservation = 0.05 + 0.1 * self.random.random()

    def step(self) -> None:
        """Earn a part of the pot; move stake in or out."""
        if self.stake > 0:
            self.balance += self.model.reward * self.stake
            if self.model.reward * 365 < self.reservation * self.random.random():
                self.balance, self.stake = self.balance + self.stake, 0.0
        elif self.balance > 1_000.0 and self.random.random() < 0.1:
            self.balance, self.stake = self.balance - 1_000.0, 1_000.0


class PlainVoter(mesa.Agent):  # type: ignore[misc]
    """Votes now and then."""

    def __init__(self, model: "PlainModel") -> None:
        super().__init__(model)
        self.weight = 1.0 / (0.01 + self.random.random())
        self.taste = self.random.gauss(0.0, 1.0)

    def step(self) -> None:
        """Vote if it cares."""
        if self.random.random() < 0.05:
            if self.taste + self.random.gauss(0.0, 0.5) > 0.0:
                self.model.yes += self.weight
            else:
                self.model.no += self.weight


class PlainModel(mesa.Model):  # type: ignore[misc]
    """All agents once a day, in a random order."""

    def __init__(self, users: int, nodes: int, voters: int) -> None:
        super().__init__(rng=1)
        self.fee, self.pot, self.flow, self.reward, self.yes, self.no = 0.3, 0.0, 0.0, 0.0, 0.0, 0.0
        self.price = 1.0
        for cls, count in ((PlainUser, users), (PlainNode, nodes), (PlainVoter, voters)):
            cls.create_agents(self, count)

    def step(self) -> Any:
        """One day."""
        self.agents.shuffle_do("step")
        self.reward, self.pot = self.pot / 1e6, 0.0
        self.price *= 1.0 + 1e-7 * self.flow + 0.02 * self.random.gauss(0.0, 1.0)
        self.flow = 0.0
