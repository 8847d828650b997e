"""Yearly budgets, tomorrow's rewards of users, and what everybody sees of the day's activity."""

from metalab.econ.kernel.world import World
from metalab.econ.messaging.messages import compute_opening_delay, measure_incentives, measure_messages, measure_users
from metalab.econ.users.activity import open_growth
from metalab.protocol.kernel.calendar_units import WHOLE_DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import to_count
from metalab.protocol.messaging.messaging import compute_success
from metalab.protocol.users.incentives import allot_budget, share_rewards


@rule
def open_incentives(w: World) -> None:
    """Budgets of the first year, and activity as it is seen on the first morning."""
    s = w.state[0]
    p = w.params[0]
    allot_budget(s.incentives, p.incentives, s.clock.offset // WHOLE_DAYS_A_YEAR)
    s.activity.messages = to_count(p.adoption.messages_per_day)
    s.activity.success = compute_success(s.delivery, p.messaging)
    s.activity.delay_s = compute_opening_delay(w.users, w.rollups, s, p.messaging)
    open_growth(s.activity, p.adoption.messages_per_day)
    s.adoption.delay_s = s.activity.delay_s


@rule
def process_incentives(w: World) -> None:
    """Budgets of a new year, rewards for today's messages, today's activity."""
    s = w.state[0]
    p = w.params[0]
    today = w.today[0]
    measure_messages(w.rollups, s, p, today)
    measure_users(s, len(w.users), today)
    measure_incentives(w.pots[0], today)
    today.incentives.points_issued = today.fees.messages * p.incentives.points_per_message
    share_rewards(s.activity_rewards, w.pots[0], p.incentives, s.activity.messages)
    # Tomorrow's year: its budgets are there on its first morning.
    year = (s.clock.day + 1 + s.clock.offset) // WHOLE_DAYS_A_YEAR
    if year != s.incentives.year:
        allot_budget(s.incentives, p.incentives, year)
