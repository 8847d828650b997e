"""The governable parameters: every number of the parameter record that the DAO may vote on, found in the declarations.

A parameter is governable when its declared owner is "dao". Whose money it moves first is declared here as a channel: an
accounting fact (who pays, who receives), not a verdict on who gains; see `econ.governance.incidence` for what voters make of it.
What has none is judged by noise alone, for a reason given here.
"""

import hashlib
from typing import Any, Final, NamedTuple

from metalab.econ.kernel.records import PARAMETERS
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Leaf, Rows
from metalab.protocol.policy.channels import Channel
from metalab.protocol.policy.content import NAMES, GovernableRow

INCIDENCE: Final[dict[str, tuple[Channel, ...]]] = {
    "fees.message_fee_usd": (Channel.MESSAGE_FEE,),
    "fees.indexation": (Channel.INDEXATION,),
    "fees.verification_fee_usd": (Channel.VERIFICATION_FEE,),
    "fees.security_bps": (Channel.SECURITY_CHARGE,),
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
    "staking.minimum": (Channel.MINIMUM_STAKE,) * 3,
    "rewards.floor": (Channel.YIELD_FLOOR,),
    "rewards.cap": (Channel.YIELD_CAP,),
    "slashing.initial": (Channel.PENALTY,) * 4,
    "issuance.rate": (Channel.ISSUANCE,),
    "insurance.premium_bps": (Channel.PREMIUM,),
    "insurance.cover_bps": (Channel.COVER,),
}
"""Channel of each element of a parameter."""

NOISE: Final[dict[str, tuple[str, ...]]] = {
    "rules of the vote itself": ("governance.",),
    "divides a budget or a group's share within the group": (
        "incentives.discount_",
        "incentives.point_value",
        "incentives.points_per_message",
        "deploying.",
        "fund.",
        "licences.",
        "rewards.availability",
        "staking.stake_cap",
        "slashing.distribution",
        "flows.",
    ),
    "holds escrow back: fewer tokens for a while, no payment between groups": ("vesting.delay_days",),
    "the course and the split of issuance, which is off": ("issuance.",),
    "binds only at times": ("incentives.fund_usd", "airdrop.", "staking.entries_per_day", "staking.exits_per_day"),
    "on or off: nothing to move a little": (
        "fees.convert_native",
        "rewards.floor_on",
        "rewards.cap_on",
        "insurance.rated",
        "incidents.shared",
    ),
    "acts on repeated or joint faults, too rare to be in public figures": (
        "slashing.schedule",
        "slashing.escalation",
        "slashing.correlation",
        "slashing.evidence_days",
        "slashing.jail_days",
        "slashing.tombstones",
        "faults.",
    ),
    "engineering: cost and quality of service, no payment between groups": (
        "fees.requote_days",
        "scaling.",
        "layers.",
        "storage.",
        "incidents.",
        "corruption.",
        "insurance.limit_bps",
        "insurance.load",
        "liquidity.",
        "passports.",
    ),
    "paid by or to outsiders of the five groups": ("earnings.", "enterprise.", "relay.", "gateway.", "light."),
}
"""What moves no money between groups at first order, or none that public figures show, by the reason: beginnings of paths."""

GOVERNABLE: Final[tuple[Leaf, ...]] = tuple(leaf for leaf in PARAMETERS if leaf.info.owner == "dao")
GOVERNABLE_ROWS: Final = sum(max(leaf.info.length, 1) for leaf in GOVERNABLE)
"""Rows of the table of governable parameters."""


class Incidence(NamedTuple):
    """How voters judge a governable parameter: by a channel for each element, or by noise alone, with the reason."""

    path: str
    channels: tuple[Channel, ...]
    reason: str

    @property
    def is_judged(self) -> bool:
        """Whether it has a first-order incidence on somebody."""
        return bool(self.channels)


def find_reason(path: str) -> str:
    """Why a parameter is judged by noise; empty where nobody has said so. The longest beginning of the path decides."""
    fits = [(len(start), reason) for reason, starts in NOISE.items() for start in starts if path.startswith(start)]
    return max(fits, default=(0, ""))[1]


def list_incidence() -> tuple[Incidence, ...]:
    """Every governable parameter with what voters judge it by, in the order of the declarations."""
    return tuple(
        Incidence(leaf.path, INCIDENCE.get(leaf.path, ()), "" if leaf.path in INCIDENCE else find_reason(leaf.path)) for leaf in GOVERNABLE
    )


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
    return leaf.slot + element, int(leaf.is_float), low, high, span, first, element, length, total, channel, 0.0, -1, 0, 0, name


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
