"""Rules of the protocol: one module per mechanism, and this front door to what is useful by itself.

One mechanism can be used without a simulated economy and without compiling: `make_parameters` gives its parameters, `plain`
the rule as ordinary Python. Amounts are whole micro-ERA (uERA), days count from the token launch.

What a second equivocation costs under three slashing schedules, with 10 of 100 stake slashed beyond the largest operator:

>>> from metalab.protocol import Docket, Offence, Slashing, compute_penalty, make_parameters, make_row, plain
>>> docket = make_row(Docket, nodes=20, total=100, offenders=3, slashed=15, largest=5)
>>> [round(plain(compute_penalty)(make_parameters(Slashing, schedule=s), docket, Offence.EQUIVOCATION, 1), 4)
...  for s in ("progressive", "ethereum", "cosmos")]
[0.4, 0.4502, 0.05]

What the team's tokens come to a year after launch, by the official and by the stated terms, in ERA:

>>> from metalab.protocol import Bucket, Vesting, compute_vested
>>> [plain(compute_vested)(make_parameters(Vesting, schedule=s), Bucket.TEAM, 365) // 10**6 for s in ("official", "stated")]
[22125000, 0]

What 10,000 units buy in a pool of a million on each side, for a fee of 30 bps: constant product, then StableSwap:

>>> from metalab.protocol import compute_product_output, compute_stable_output
>>> plain(compute_product_output)(10**6, 10**6, 10_000, 30), plain(compute_stable_output)(10**6, 10**6, 10_000, 100, 30)
(9871, 9970)

What 100 liquid and 50 locked tokens vote, 30 of at most 360 days before the lock ends:

>>> from metalab.protocol import LockCurve, count_votes
>>> {curve.name.lower(): plain(count_votes)(curve, 100, 50, 30, 360) for curve in LockCurve}
{'flat2x': 200, 'linear': 4, 'none': 150}

An action writes into the rows it is given, or returns a refusal code and leaves them as they were:

>>> from metalab.protocol import Code, JournalRow, NodeRow, Pots, Staking, StakingState, bond, make_table
>>> node, journal = make_row(NodeRow, balance=20), make_table(JournalRow, 4)
>>> code = plain(bond)(node, make_row(Pots), make_row(StakingState), make_parameters(Staking), 30, 0, journal)
>>> Code(code).name, node.balance, node.stake
('INSUFFICIENT_BALANCE', 20, 0)

Every other rule is found the same way in its own module, for example `metalab.protocol.staking.staking.bond`.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metalab.protocol.fees.fees import Fees, compute_quote
    from metalab.protocol.governance.governance import Governance, LockCurve, VoterRow, count_votes
    from metalab.protocol.kernel.accounts import Pots
    from metalab.protocol.kernel.causes import Cause
    from metalab.protocol.kernel.codes import Bucket, Code, NodeStatus, Tier
    from metalab.protocol.kernel.compiling import plain, rule
    from metalab.protocol.kernel.declare import Record, Table, choice, field, parameter, switch
    from metalab.protocol.kernel.rows import make_parameters, make_row, make_table
    from metalab.protocol.kernel.units import mul_div, split_bps, take_bps
    from metalab.protocol.liquidity.constant_product import compute_product_output
    from metalab.protocol.liquidity.stableswap import compute_stable_output
    from metalab.protocol.messaging.agreement.quorum import is_blocking, is_quorum
    from metalab.protocol.messaging.proofs.merkle import compute_root, prove, verify
    from metalab.protocol.scaling.queueing import compute_erlang_c, compute_mean_wait
    from metalab.protocol.security.slashing import Docket, Offence, Slashing, SlashingSchedule, compute_penalty
    from metalab.protocol.staking.journal import JournalRow
    from metalab.protocol.staking.staking import NodeRow, Staking, StakingState, bond
    from metalab.protocol.supply.vesting import Vesting, VestingSchedule, compute_scheduled, compute_unlocked, compute_vested

_HOMES = {
    "kernel.accounts": ("Pots",),
    "kernel.causes": ("Cause",),
    "kernel.codes": ("Bucket", "Code", "NodeStatus", "Tier"),
    "kernel.compiling": ("plain", "rule"),
    "kernel.declare": ("Record", "Table", "choice", "field", "parameter", "switch"),
    "kernel.rows": ("make_parameters", "make_row", "make_table"),
    "kernel.units": ("mul_div", "split_bps", "take_bps"),
    "supply.vesting": ("Vesting", "VestingSchedule", "compute_scheduled", "compute_unlocked", "compute_vested"),
    "staking.journal": ("JournalRow",),
    "staking.staking": ("NodeRow", "Staking", "StakingState", "bond"),
    "fees.fees": ("Fees", "compute_quote"),
    "messaging.agreement.quorum": ("is_blocking", "is_quorum"),
    "messaging.proofs.merkle": ("compute_root", "prove", "verify"),
    "scaling.queueing": ("compute_erlang_c", "compute_mean_wait"),
    "liquidity.constant_product": ("compute_product_output",),
    "liquidity.stableswap": ("compute_stable_output",),
    "security.slashing": ("Docket", "Offence", "Slashing", "SlashingSchedule", "compute_penalty"),
    "governance.governance": ("Governance", "LockCurve", "VoterRow", "count_votes"),
}
"""What the front door gives and the module it comes from: values and rows first, then mechanism by mechanism."""

__all__ = [
    "Bucket",
    "Cause",
    "Code",
    "Docket",
    "Fees",
    "Governance",
    "JournalRow",
    "LockCurve",
    "NodeRow",
    "NodeStatus",
    "Offence",
    "Pots",
    "Record",
    "Slashing",
    "SlashingSchedule",
    "Staking",
    "StakingState",
    "Table",
    "Tier",
    "Vesting",
    "VestingSchedule",
    "VoterRow",
    "bond",
    "choice",
    "compute_erlang_c",
    "compute_mean_wait",
    "compute_penalty",
    "compute_product_output",
    "compute_quote",
    "compute_root",
    "compute_scheduled",
    "compute_stable_output",
    "compute_unlocked",
    "compute_vested",
    "count_votes",
    "field",
    "is_blocking",
    "is_quorum",
    "make_parameters",
    "make_row",
    "make_table",
    "mul_div",
    "parameter",
    "plain",
    "prove",
    "rule",
    "split_bps",
    "switch",
    "take_bps",
    "verify",
]


def __getattr__(name: str) -> Any:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'metalab.protocol' has no attribute {name!r}")
    # The function of the import statement: a rule's module may import nothing else of the standard library.
    return getattr(__import__(f"metalab.protocol.{home}", fromlist=[name]), name)


def __dir__() -> list[str]:
    return list(__all__)


if __name__ == "protocol":  # a checkout's short name for metalab.protocol
    from metalab.checkout import stand_in

    stand_in("protocol")
