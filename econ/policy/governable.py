"""The governable parameters: every number of the parameter record that the DAO may vote on, found in the declarations.

A parameter is governable when its declared owner is "dao". Whose money it moves first is declared here as a channel: an
accounting fact (who pays, who receives), not a verdict on who gains; see `econ.governance.interests` for what voters make of it.
"""

import hashlib
from typing import Any, Final

from metalab.econ.kernel.records import PARAMETERS
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Leaf, Rows
from metalab.protocol.policy.content import NAMES, Channel, GovernableRow

INCIDENCE: Final[dict[str, tuple[Channel, ...]]] = {
    "fees.message_fee_usd": (Channel.MESSAGE_FEE,),
    "fees.indexation": (Channel.INDEXATION,),
    "fees.verification_fee_usd": (Channel.VERIFICATION_FEE,),
    "fees.split": (
        Channel.SHARE_STAKERS,
        Channel.SHARE_STAKERS,
        Channel.SHARE_STAKERS,
        Channel.SHARE_DEVELOPERS,
        Channel.SHARE_USERS,
    ),
    "incentives.grants": (Channel.SPEND_DEVELOPERS,),
    "incentives.fund": (Channel.SPEND_DEVELOPERS,),
    "incentives.points": (Channel.SPEND_USERS,),
    "staking.unbonding_days": (Channel.UNBONDING,),
}
"""Channel of each element of a parameter. What is not named here moves no money at first order."""

GOVERNABLE: Final[tuple[Leaf, ...]] = tuple(leaf for leaf in PARAMETERS if leaf.info.owner == "dao")
GOVERNABLE_ROWS: Final = sum(max(leaf.info.length, 1) for leaf in GOVERNABLE)
"""Rows of the table of governable parameters."""


def is_stepwise(leaf: Leaf) -> bool:
    """Whether a parameter can be moved a little: not a choice, not a switch."""
    return leaf.info.choices is None and leaf.info.unit not in ("switch", "flag")


def number_path(path: str, element: int) -> int:
    """The permanent number of a parameter: it stays when others are added before it, so that chance does too."""
    return int.from_bytes(hashlib.sha256(f"{path}[{element}]".encode()).digest()) % NAMES


def describe_governable(leaf: Leaf, element: int, first: int) -> tuple[Any, ...]:
    """The row of one element of a parameter, in the order of `GovernableRow`'s fields."""
    info = leaf.info
    low, high = float(info.low) * info.scale, float(info.high) * info.scale
    span = high - low if is_stepwise(leaf) else 0.0
    channels = INCIDENCE.get(leaf.path, ())
    channel = int(channels[element]) if channels else 0
    total = float((info.total or 0) * info.scale)
    length, name = max(info.length, 1), number_path(leaf.path, element)
    return leaf.slot + element, int(leaf.is_float), low, high, span, first, length, total, channel, 0.0, -1, 0, 0, name


@rule
def read_governable(governable: Rows[GovernableRow], words: Any, reals: Any) -> None:
    """Note where all governable parameters stand, and how long those that votes have moved have been at a bound."""
    for k in range(len(governable)):
        parameter = governable[k]
        parameter.value = reals[parameter.slot] if parameter.is_real == 1 else float(words[parameter.slot])
        is_bound = parameter.value <= parameter.low or parameter.value >= parameter.high
        parameter.bound_days = parameter.bound_days + 1 if is_bound and parameter.is_moved == 1 else 0


def load_governable(world: Any) -> None:
    """Fill a world's table of governable parameters from the declarations."""
    words, reals = world.flat.params_words, world.flat.params_reals
    row = 0
    for leaf in GOVERNABLE:
        first = row
        for element in range(max(leaf.info.length, 1)):
            world.governable[row] = describe_governable(leaf, element, first)
            slot = leaf.slot + element
            world.governable["value"][row] = reals[slot] if leaf.is_float else words[slot]
            row += 1
