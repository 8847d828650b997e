"""Light nodes: devices without stake that sample for tiny rewards, a fourth tier (MODEL 3, 13)."""

from metalab.protocol.connectors.ledger import reward_light_nodes
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import WHOLE_DAYS_A_YEAR
from metalab.protocol.kernel.codes import BUDGET_EXHAUSTED, INSUFFICIENT_BALANCE, INVALID_AMOUNT, OK, WRONG_STATUS
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter, switch
from metalab.protocol.kernel.units import power, to_count, to_usd

USUAL_REWARD_USD = 0.01
"""A day, at which `usual` devices take part: a constant, since moving it is the same as moving that number (assumed)."""


class Light(Record):
    """How many devices take part and what they are paid."""

    enabled: int = switch(False, source="MODEL 13 (off by default, on in stated)", owner="dao", doc="Whether light nodes are admitted.")
    opening: int = parameter(
        1_000, 0, 10_000_000, unit="1", source="assumed", owner="nature", binds="entry", doc="Devices when the tier opens."
    )
    usual: float = parameter(
        1_000.0, 0.0, 1e7, unit="1", source="assumed", owner="behaviour", doc="Devices that take part in the long run at the usual reward."
    )
    elasticity: float = parameter(
        0.4, 0.0, 3.0, unit="1", source="assumed (S1-41 states +30 % activity; ln 1.3 / ln 2 for a doubled reward)", owner="behaviour",
        doc="Elasticity of that number to the reward.",
    )  # fmt: skip
    pace: float = parameter(
        0.02, 0.0, 1.0, unit="1/day", source="assumed", owner="behaviour", doc="Part of the way to that number that is gone in a day."
    )
    reward: int = parameter(0.02, 0, 10, unit="ERA", source="assumed", owner="dao", doc="Reward of a device and day, from the treasury.")
    budget: int = parameter(
        50_000, 0, 5_000_000, unit="ERA", source="assumed", owner="dao", doc="Most that these rewards cost the treasury a year."
    )


class LightState(Record):
    """The tier."""

    count: int = field("1", "devices that take part")
    is_open: int = field("flag", "1 once devices were admitted")


class LightMetrics(Record):
    """Light nodes on a day."""

    nodes_light: float = metric("1", "Devices that sample.", better="high", chart=True)
    light_rewards_era: float = metric("ERA", "Their rewards, out of the treasury.", chart=True)


@rule
def compute_light_due(count: int, treasury: int, p: Light) -> int:
    """Rewards of a day in uERA: all devices, within the day's part of the budget and what the treasury has."""
    # A year's budget in equal days: what a day leaves lapses with it.
    return min(count * p.reward, p.budget // WHOLE_DAYS_A_YEAR, treasury)


@rule
def pay_light(pots: Pots, p: Light, amount: int) -> int:
    """Pay a day's rewards. Returns OK or a refusal code."""
    if amount <= 0:
        return INVALID_AMOUNT
    if p.enabled == 0:
        return WRONG_STATUS
    if amount > p.budget // WHOLE_DAYS_A_YEAR:
        return BUDGET_EXHAUSTED
    if amount > pots.treasury:
        return INSUFFICIENT_BALANCE
    reward_light_nodes(pots, amount)
    return OK


@rule
def compute_wanted(reward_usd: float, p: Light) -> float:
    """Devices in the long run at a reward of so many USD a day."""
    return p.usual * power(reward_usd / USUAL_REWARD_USD, p.elasticity)


@rule
def admit(state: LightState, paid: int, price: float, u: float, p: Light) -> None:
    """Devices come and go by what they were paid today; the fraction of one is decided by chance."""
    reward_usd = to_usd(paid, price) / max(state.count, 1)
    change = p.pace * (compute_wanted(reward_usd, p) - state.count)
    state.count = to_count(state.count + change + u)
