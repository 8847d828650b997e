"""The committee of guardians: stakes, honest ones, Byzantine ones by habit, and those who are offline."""

import math
from typing import NamedTuple

from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.guardians.byzantine import CLASSES, Colluder, Habit
from metalab.econ.messaging.fastclock.guardians.guardian import Guardian, Room
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import WHOLE_WORLD, RollupChains, pick
from metalab.protocol.messaging.agreement.quorum import is_blocking

MINIMUM_STAKE = 500_000_000_000
"""500,000 ERA in uERA (MODEL 3)."""

MOST_LOG = 12.0
"""Bound of the log of a stake over the minimum: e^12 minimum stakes exceed the supply and still fit in 63 bits of uERA."""


class GuardianRoster(NamedTuple):
    """The habits of Byzantine guardians by number, and the numbers of those offline."""

    habits: dict[int, Habit]
    offline: frozenset[int]


def draw_stakes(seed: int, settings: Settings) -> tuple[int, ...]:
    """Stakes in uERA: the minimum, or Pareto above it, at most e^12 times as much."""
    draws = Sequence(seed, Stream.METALAYER_WORLD, WHOLE_WORLD)
    alpha = settings.guarding.stake_alpha
    count = settings.guarding.guardians
    # A Pareto variate over its minimum has an exponential log, with mean 1 / alpha.
    logs = (-math.log(draws.draw()) / alpha if alpha > 0.0 else 0.0 for _ in range(count))
    return tuple(int(MINIMUM_STAKE * math.exp(min(log, MOST_LOG))) for log in logs)


def draw_roster(seed: int, settings: Settings, stakes: tuple[int, ...]) -> GuardianRoster:
    """Who is faulty: places in a random order, Byzantine ones first. A third of the stake makes a coalition."""
    guarding = settings.guarding
    draws = Sequence(seed, Stream.METALAYER_WORLD, WHOLE_WORLD + 1)
    # One draw a guardian, however many are faulty.
    order = sorted(range(guarding.guardians), key=lambda _: draws.draw())
    byzantine = order[: guarding.byzantine]
    offline = frozenset(order[guarding.byzantine : guarding.byzantine + guarding.offline])
    if guarding.coalition and byzantine and is_blocking(sum(stakes[number] for number in byzantine), sum(stakes)):
        return GuardianRoster(dict.fromkeys(byzantine, Habit.COLLUDE), offline)
    weights = list(guarding.behaviour_weights)
    return GuardianRoster({number: Habit(pick(draws.draw(), weights)) for number in byzantine}, offline)


def open_room(seed: int, settings: Settings, agenda: Agenda, chains: RollupChains) -> tuple[Room, GuardianRoster]:
    """The committee, everybody who is there in place, beginning at the first tick."""
    stakes = draw_stakes(seed, settings)
    roster = draw_roster(seed, settings, stakes)
    room = Room(seed, settings, agenda, chains, stakes)
    attacked: set[tuple[int, int]] = set()
    for number in range(len(stakes)):
        if number in roster.offline:
            continue
        member = CLASSES[roster.habits[number]](number, room) if number in roster.habits else Guardian(number, room)
        if isinstance(member, Colluder):
            member.attacked = attacked
        room.members.append(member)
    return room, roster
