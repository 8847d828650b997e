"""A small economy as one would write it with Mesa alone: users pay fees, nodes bond and earn, voters vote.

Much simpler than ours: what it is compared with does more in each step.
"""

from typing import Any

from metalab.econ.agents.mesa_import import mesa

FEE = 3_000_000
"""uERA a message."""


class User(mesa.Agent):  # type: ignore[misc]
    """Sends messages and pays for them; sometimes joins or leaves."""

    def __init__(self, model: "PlainModel") -> None:
        super().__init__(model)
        self.balance = 10_000_000_000
        self.active = self.random.random() < 0.35
        self.rate = self.random.lognormvariate(2.0, 0.5)
        self.trust = 1.0

    def step(self) -> None:
        """One day."""
        if not self.active:
            self.active = self.random.random() < 0.0002
            return
        if self.random.random() < 0.0008:
            self.active = False
            return
        count = max(int(self.random.gauss(self.rate, self.rate**0.5)), 0)
        due = count * FEE
        if count == 0 or due > self.balance:
            return
        self.balance -= due
        self.model.fees += due
        self.model.messages += count
        failed = sum(self.random.random() < 0.01 for _ in range(count))
        self.trust += 0.1 * ((count - failed) / count - self.trust)


class Node(mesa.Agent):  # type: ignore[misc]
    """Earns a share of yesterday's fees by stake, bonds a part, leaves when it pays too little."""

    def __init__(self, model: "PlainModel") -> None:
        super().__init__(model)
        self.balance = 0
        self.stake = 100_000_000_000
        self.model.bonded += self.stake

    def step(self) -> None:
        """One day."""
        if self.stake == 0:
            return
        reward = self.model.pot * self.stake // max(self.model.bonded, 1)
        self.balance += reward
        self.model.paid += reward
        bonded = self.balance // 2
        self.balance -= bonded
        self.stake += bonded
        self.model.bonded += bonded


class Voter(mesa.Agent):  # type: ignore[misc]
    """Votes once on every proposal, by its weight."""

    def __init__(self, model: "PlainModel") -> None:
        super().__init__(model)
        self.weight = int(self.random.paretovariate(1.2) * 1_000_000)
        self.taste = self.random.random()
        self.voted = -1

    def step(self) -> None:
        """One day."""
        if self.voted == self.model.proposal or self.random.random() > 0.1:
            return
        self.voted = self.model.proposal
        if self.taste < 0.5:
            self.model.yes += self.weight
        else:
            self.model.no += self.weight


class PlainModel(mesa.Model):  # type: ignore[misc]
    """The small economy."""

    def __init__(self, users: int, nodes: int, voters: int, seed: int = 1) -> None:
        super().__init__(rng=seed)
        self.fees = self.messages = self.pot = self.paid = self.bonded = 0
        self.yes = self.no = self.proposal = self.day = 0
        for kind, count in ((User, users), (Node, nodes), (Voter, voters)):
            kind.create_agents(self, count)
        self.table = mesa.DataCollector(model_reporters={name: name for name in ("fees", "messages", "bonded", "yes", "no")})

    def step(self) -> None:
        """One day."""
        self.fees = self.messages = self.paid = 0
        self.agents.do("step")
        self.pot = self.fees
        self.day += 1
        if self.day % 14 == 0:
            self.proposal += 1
            self.yes = self.no = 0
        self.table.collect(self)


def make_plain(users: int, nodes: int, voters: int) -> Any:
    """The model, ready for its first day."""
    return PlainModel(users, nodes, voters)
