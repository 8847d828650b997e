"""Users join, claim, send and leave."""

from typing import Any

from econ.agents.user import user_day
from econ.chance.philox import fill_draws
from econ.chance.streams import Stream
from econ.clock import draw_day, get_key
from econ.world import World
from protocol.compiling import rule

BLOCK = 512
"""Agents whose draws are filled at a time, so that they are still in the cache when they act."""


@rule
def open_users(w: World) -> None:
    """Users on the morning of the first day."""
    for i in range(len(w.users)):
        w.users[i].index = i


@rule
def draw_users(w: World) -> None:
    """Today's chance of all users."""
    draw_day(w.flat.users, w.state[0].clock, Stream.USERS)


@rule
def user_at(users: Any, draws: Any, state: Any, pots: Any, params: Any, today: Any, i: int) -> None:
    """The day of user i."""
    s = state[0]
    p = params[0]
    user_day(users[i], draws[i], len(users), s.desk, pots[0], p.exchange, s.quote, p.adoption, today[0].fees)


@rule
def process_users(w: World) -> None:
    """Users send messages."""
    key = get_key(w.state[0].clock, Stream.USERS)
    for start in range(0, len(w.users), BLOCK):
        stop = min(start + BLOCK, len(w.users))
        fill_draws(w.flat.users, key, start, stop)
        for i in range(start, stop):
            user_at(w.users, w.user_draws, w.state, w.pots, w.params, w.today, i)
