"""Every flow of money that the protocol has by rule, and the one entry for all flows of policy: one declared table.

A flow says where tokens come from, where they go, which parameters size it and under which causes the ledger books it. A test asks that
each cause of the ledger belongs to exactly one flow, to a trade, or to moves of somebody's own tokens: a new cause cannot be left out.
"""

from typing import Final, NamedTuple

from metalab.protocol.kernel.causes import Cause


class BuiltInFlow(NamedTuple):
    """A flow by rule: `sized` are parameters, or elements of one, that say how much, `causes` what the ledger books it under."""

    name: str
    source: str
    destination: str
    sized: tuple[str, ...]
    causes: tuple[Cause, ...]


POLICY: Final = "flows of policy"
"""Name of the entry for what [[flows]] add."""

_TIERS = "pots of the tiers"
_FEES = "the day's fees"

FLOWS: Final = (
    BuiltInFlow("message fees", "users and everyone not modelled", _FEES, ("fees.message_fee_usd",), (Cause.MESSAGE_FEE,)),
    BuiltInFlow("gas discount", "users' pot", _FEES, ("incentives.discount_bps",), (Cause.GAS_DISCOUNT,)),
    BuiltInFlow("state verification", "rollups", _FEES, ("fees.verification_fee_usd",), (Cause.VERIFICATION_FEE,)),
    BuiltInFlow("shared security", "rollups", _FEES, ("fees.security_bps",), (Cause.SECURITY_CHARGE,)),
    BuiltInFlow(
        "connectors",
        "their clients",
        _FEES,
        ("enterprise.fee_usd", "relay.onchain_fee_usd", "gateway.fresh_fee_usd"),
        (Cause.CONNECTOR_FEE,),
    ),
    BuiltInFlow("split to core", _FEES, "pot of core nodes", ("fees.split[0]",), (Cause.SPLIT_CORE,)),
    BuiltInFlow("split to guardians", _FEES, "pot of guardian nodes", ("fees.split[1]",), (Cause.SPLIT_GUARDIAN,)),
    BuiltInFlow("split to flex", _FEES, "pot of flex nodes", ("fees.split[2]",), (Cause.SPLIT_FLEX,)),
    BuiltInFlow("growth share", _FEES, "developers' pot", ("fees.split[3]",), (Cause.SPLIT_DEVELOPERS,)),
    BuiltInFlow("split to users", _FEES, "users' pot", ("fees.split[4]",), (Cause.SPLIT_USERS,)),
    BuiltInFlow("congestion fees", "everyone not modelled", "congestion", ("scaling.fee_floor",), (Cause.CONGESTION_FEE,)),
    BuiltInFlow("congestion to flex", "congestion", "pot of flex nodes", (), (Cause.CONGESTION_SHARE,)),
    BuiltInFlow("staking rewards", _TIERS, "nodes", (), (Cause.REWARD_CORE, Cause.REWARD_FLEX, Cause.REWARD_GUARDIAN)),
    BuiltInFlow("yield floor", "treasury", _TIERS, ("rewards.floor_on", "rewards.floor"), (Cause.REWARD_FLOOR,)),
    BuiltInFlow("cap excess", _TIERS, "treasury", ("rewards.cap_on", "rewards.cap"), (Cause.REWARD_CAP,)),
    BuiltInFlow("pot of an empty tier", _TIERS, "treasury", (), (Cause.EMPTY_TIER,)),
    BuiltInFlow("paid to developers", "developers' pot", "developers", (), (Cause.REWARD_DEVELOPER,)),
    BuiltInFlow("activity rewards", "users' pot", "users", ("incentives.discount_share_bps",), (Cause.REWARD_USER,)),
    BuiltInFlow("royalties", "developers", "developers", ("licences.royalty_bps",), (Cause.ROYALTY,)),
    BuiltInFlow("penalties burned", "nodes", "nobody", ("slashing.distribution[2]",), (Cause.SLASH_BURN,)),
    BuiltInFlow("penalties insured", "nodes", "insurance fund", ("slashing.distribution[1]",), (Cause.SLASH_INSURANCE,)),
    BuiltInFlow("bounties", "nodes", "nodes", ("slashing.distribution[0]",), (Cause.SLASH_REPORTER,)),
    BuiltInFlow("stake restored", "R&D", "nodes that the protocol runs", ("staking.minimum",), (Cause.REFILL,)),
    BuiltInFlow("issuance", "new tokens", "pots and treasury", ("issuance.rate", "issuance.split"), (Cause.ISSUANCE,)),
    BuiltInFlow("developer grants", "treasury", "developers", ("incentives.grants",), (Cause.GRANT,)),
    BuiltInFlow("points", "treasury", "users", ("incentives.points", "incentives.point_value"), (Cause.POINTS,)),
    BuiltInFlow("fund endowment", "treasury", "ecosystem fund", ("incentives.fund", "incentives.fund_usd"), (Cause.FUND_ENDOWMENT,)),
    BuiltInFlow("fund rounds", "ecosystem fund", "developers", ("fund.period", "fund.round_days"), (Cause.FUND_PURCHASE,)),
    BuiltInFlow("light nodes", "treasury", "owners of light nodes", ("light.reward",), (Cause.REWARD_LIGHT,)),
    BuiltInFlow("treasury grants", "treasury", "as decided", (), (Cause.TREASURY_GRANT,)),
    BuiltInFlow("insurance grants", "insurance fund", "treasury, and from there as decided", (), (Cause.INSURANCE_RETURN,)),
    BuiltInFlow("insurance premium", "rollups", "insurance fund", ("insurance.premium_bps",), (Cause.INSURANCE_PREMIUM,)),
    BuiltInFlow("insurance payout", "insurance fund", "victims of incidents", ("insurance.cover_bps",), (Cause.INSURANCE_PAYOUT,)),
    BuiltInFlow("airdrop returned", "unclaimed airdrop", "treasury", ("airdrop.claim_days",), (Cause.RETURN_AIRDROP,)),
    BuiltInFlow("deposits lost", "voters", "treasury", ("governance.deposit",), (Cause.DEPOSIT_FORFEIT,)),
    BuiltInFlow(
        POLICY,
        "as decided",
        "as decided",
        (),
        (
            Cause.FLOW_OF_FEES,
            Cause.FLOW_OF_PENALTIES,
            Cause.FLOW_OF_ISSUANCE,
            Cause.FLOW_OF_TREASURY,
            Cause.FLOW_OF_INSURANCE,
            Cause.FLOW_OF_RESERVE,
            Cause.FLOW_TO_STAKERS,
            Cause.FLOW_TO_DEVELOPERS,
            Cause.FLOW_TO_USERS,
            Cause.FLOW_TO_VOTERS,
            Cause.FLOW_TO_TREASURY,
            Cause.FLOW_TO_INSURANCE,
            Cause.FLOW_TO_RESERVE,
            Cause.FLOW_BURN,
        ),
    ),
    BuiltInFlow("delegate pay", "pot for ballots", "voters", ("flows.pay_days", "flows.ballot_minimum"), (Cause.DELEGATE_PAY,)),
    BuiltInFlow("locker pay", "pot for locked tokens", "voters", (), (Cause.LOCKER_PAY,)),
)

OWN: Final = (
    Cause.GENESIS,
    Cause.UNLOCK,
    Cause.CLAIM_AIRDROP,
    Cause.BOND,
    Cause.UNBOND,
    Cause.RELEASE,
    Cause.LOCK,
    Cause.UNLOCK_VOTE,
    Cause.DEPOSIT,
    Cause.DEPOSIT_RETURN,
    Cause.DELEGATE,
    Cause.POOL_IN,
    Cause.POOL_OUT,
    Cause.ROLLUP_FEE,
    Cause.REDELEGATE,
    Cause.DELEGATE_STAKE,
    Cause.RETURN_STAKE,
)
"""Causes that move somebody's own tokens, or principal: no flow of money."""


def list_flows() -> tuple[BuiltInFlow, ...]:
    """The table, in the order in which money goes round: fees, pots, penalties, treasury, policy."""
    return FLOWS
