"""Responses of users: to the fee, to failing messages, to demand itself, to reach and to what growth channels pay."""

from math import log

from metalab.experiments.validation.responses.entry import FALLS, RISES, Bound, Expectation, Limit, Off, Response, Setting, Times
from metalab.experiments.validation.responses.figures import (
    LATE,
    NODES,
    YEAR,
    add,
    beat_ends,
    find_best,
    fit_exponent,
    in_usd,
    level,
    log_change,
    see,
)

FEES = {f"{fee:g} USD": fee for fee in (0.05, 0.1, 0.2, 0.32, 0.5, 0.8, 1.25, 2.0, 3.2, 5.0)}
FEE_WORLDS = {label: Setting({"message fee": fee}) for label, fee in FEES.items()}
RIVAL = 0.32
"""The rival's fee in USD (competition.rival_fee_usd), which these worlds set."""
NEAR = log(3.0)
"""Within a factor of three of the rival's fee counts as near."""
PRICELESS = (Off("senders hardly look at the price", {"price weight": Limit.LOWEST}),)
USERS, TVL, MESSAGES = see("users_active"), see("tvl_usd"), see("messages")

FEE_LEVELS = Response(
    "fee-levels",
    "Is there a fee that brings most revenue, inside (0, 5) USD and near the rival's?",
    {label: Setting({"rival's fee": RIVAL, **world.settings}) for label, world in FEE_WORLDS.items()},
    (
        Expectation("ln of the best fee in USD", find_best(in_usd("revenue_era"), FEES), Bound(log(0.05), log(5.0))),
        Expectation(
            "ln of the best fee to the rival's",
            find_best(in_usd("revenue_era"), {k: v / RIVAL for k, v in FEES.items()}),
            Bound(-NEAR, NEAR),
        ),
        Expectation("d ln revenue, best inner fee to the better end", beat_ends(in_usd("revenue_era"), tuple(FEES)), RISES),
    ),
    "senders choose between this network, a rival and not sending; own-price elasticity passes 1 near the rival's price",
    PRICELESS,
    days=120,
)
FEE_DOUBLED = Response(
    "fee-doubled",
    "Does twice the fee lower messages, users and value secured?",
    {"usual": Setting(), "doubled": Setting({"message fee": Times(2.0)})},
    (
        Expectation("d ln messages", log_change(MESSAGES, "usual", "doubled"), FALLS),
        Expectation("d ln users", log_change(USERS, "usual", "doubled"), FALLS),
        Expectation("d ln value secured", log_change(TVL, "usual", "doubled"), FALLS),
    ),
    "users weigh the price; depositors follow users and yield",
    PRICELESS,
    days=120,
)
FAILING = Response(
    "success-13",
    "Do users leave when only one message in eight arrives?",
    {"usual": Setting(), "failing": Setting({"success of a step": 0.5})},
    (
        Expectation("d ln users after a year", log_change(USERS, "usual", "failing", (YEAR - 30, YEAR)), Bound(high=log(0.7))),
        Expectation("share that arrives", level(see("message_success"), "failing", (YEAR - 30, YEAR)), Bound(0.05, 0.2)),
    ),
    "users experience their own failures, and success enters the value of staying",
    (Off("success does not enter the value", {"success weight": Limit.LOWEST}),),
    note="three steps of .5 each make .125",
)
NO_ENTRY = (Off("no new operators", {"new operators": 0.0}),)
TRIPLED = Response(
    "demand-tripled",
    "Does entry bring the yield of core stake back when demand is three times as large?",
    {"usual": Setting(), "tripled": Setting({"messages a day": Times(3.0)})},
    (
        Expectation("core APR, days 150 to 179", level(see("apr_core"), "tripled", (150, 180)), Bound(high=0.30)),
        Expectation("d ln nodes, days 150 to 179", log_change(add(*NODES), "usual", "tripled", (150, 180)), RISES),
    ),
    "operators arrive while the yield is above their reservation",
    NO_ENTRY,
    days=180,
)
THIRD = Response(
    "demand-third",
    "Do nodes leave when demand is a third?",
    {"usual": Setting(), "third": Setting({"messages a day": Times(1.0 / 3.0)})},
    tuple(Expectation(f"d ln {name}", log_change(see(name), "usual", "third", (YEAR - 30, YEAR)), FALLS) for name in NODES),
    "operators leave when the yield stays below the exit threshold",
    (Off("operators never leave for yield", {"exit threshold": 0.0}),),
)

CHANNELS: dict[str, dict[str, object]] = {
    "points": {"points": 0, "points per message": 0},
    "grants": {"grants": 0},
    "fund": {"fund": 0},
    "growth share": {"growth share": 0.0},
    "composability": {"composability": False},
}
GROWTH = Response(
    "growth-channels",
    "Does each channel of growth bring users: are there fewer without it?",
    {"all": Setting(), **{f"no {name}": Setting(settings) for name, settings in CHANNELS.items()}},
    tuple(Expectation(f"d ln users without {name}", log_change(USERS, "all", f"no {name}"), FALLS) for name in CHANNELS),
    "what a channel pays or connects enters the accounts and values of developers and users; each world switches one off",
    days=120,
)

SIZES = {f"{count} rollups": count for count in (15, 30, 60, 120)}
REACH_OFF = (Off("reach does not enter the value", {"reach weight": Limit.LOWEST}),)
ROLLUPS = Response(
    "network-rollups",
    "How does value grow with the number of rollups (claim B19)?",
    {label: Setting({"rollups at launch": count}) for label, count in SIZES.items()},
    (
        Expectation("exponent of messages", fit_exponent(MESSAGES, see("rollups_live"), tuple(SIZES))),
        Expectation("exponent of value secured", fit_exponent(TVL, see("rollups_live"), tuple(SIZES))),
        Expectation("exponent of what the token is worth", fit_exponent(see("fundamental_usd"), see("rollups_live"), tuple(SIZES))),
    ),
    "reachable value enters what a message is worth",
    REACH_OFF,
    days=120,
    note="ln of the last 90 days on ln of live rollups over four worlds; opening messages and value secured are totals, shared by all",
)
SHARES = {f"{share:g} of rivals": share for share in (0.1, 0.2, 0.4, 0.8)}
CONNECTED = Response(
    "network-connected",
    "How does value grow with the part of rivals' rollups that is connected (claim B19)?",
    {label: Setting({"connected share": share}) for label, share in SHARES.items()},
    tuple(
        Expectation(f"d ln {name}, .8 against .1 connected", log_change(quantity, "0.1 of rivals", "0.8 of rivals", LATE))
        for name, quantity in (("messages", MESSAGES), ("value secured", TVL), ("worth of the token", see("fundamental_usd")))
    ),
    "flows between own and rivals' rollups go over the network where they are connected",
    REACH_OFF,
    days=120,
    note="a factor of eight in the connected share: an exponent of 1 is 2.08",
)

DEMAND = (FEE_LEVELS, FEE_DOUBLED, FAILING, TRIPLED, THIRD, GROWTH, ROLLUPS, CONNECTED)
