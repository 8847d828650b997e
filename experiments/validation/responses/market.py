"""Responses of the price and to the price: crashes, sales, unlocks, scarcity, burns, and whether the path can be traded."""

import numpy as np

from metalab.experiments.inputs.planning.grants import Grant
from metalab.experiments.validation.responses.ensembles import PairedRuns
from metalab.experiments.validation.responses.entry import (
    FALLS,
    NOT_DOWN,
    NOT_UP,
    RISES,
    Bound,
    Ensembles,
    Expectation,
    Figure,
    Limit,
    Off,
    Response,
    Setting,
    Values,
)
from metalab.experiments.validation.responses.figures import (
    SETTLED,
    YEAR,
    cut,
    get_stake,
    in_usd,
    level,
    log_change,
    mean_log_change,
    see,
    subtract,
    take_ratio,
)
from metalab.experiments.validation.responses.gap_strategy import measure_sharpe
from metalab.experiments.validation.responses.names import BURN, PRICE_SHOCK, SALE

AT = 30
"""Day of events: the listing weeks are over, and a year after them fits into 400 days."""
PRICE = see("price_usd")
WHOLE = (SETTLED, 0)

CRASH = Response(
    "price-crash",
    "Does stake in ERA fall within a year when the price falls by 90 %?",
    {"usual": Setting(), "crash": Setting(shocks=((AT, PRICE_SHOCK, float(np.log(0.1))),))},
    (
        Expectation("d ln stake, mean of the year after", mean_log_change(get_stake, "usual", "crash", (AT + 1, AT + 1 + YEAR)), FALLS),
        Expectation("d ln stake, days 60 to 89 after", log_change(get_stake, "usual", "crash", (AT + 60, AT + 90)), FALLS),
    ),
    "operating cost is in USD, and expected price falls and risk count in the yield",
    (
        Off(
            "yields count neither cost nor price falls",
            {"price trend in yields": 0.0, "operating cost": [0.0, 0.0, 0.0], "hourly cost": 0.0},
        ),
    ),
    days=AT + 1 + YEAR,
    note="all stake, of which the protocol's own nodes never leave",
)

SOLD = 24e6
SALES = {f"{days} day{'s' * (days > 1)}": days for days in (1, 4, 24)}
AFTERWARDS = (AT + 25, AT + 31)
ALIKE = Bound(-0.15, 0.15, is_open=False)
EFFECTS = {label: mean_log_change(PRICE, "usual", label, AFTERWARDS) for label in SALES}
IMMOBILE = (Off("orders do not move the price", {"orders move the price": False}),)


def sell(days: int) -> Setting:
    """24M ERA of the foundation's in equal parts on so many days."""
    return Setting(shocks=tuple((AT + k, SALE, SOLD / days) for k in range(days)))


SALE_SPLIT = Response(
    "sale-split",
    "Does a sale of 24M ERA cost the same in 1, 4 or 24 days?",
    {"usual": Setting(), **{label: sell(days) for label, days in SALES.items()}},
    (
        Expectation("d ln price of the sale in a day", EFFECTS["1 day"], FALLS),
        Expectation("d ln price in 4 days to that in one, less 1", take_ratio(EFFECTS["4 days"], EFFECTS["1 day"]), ALIKE),
        Expectation("d ln price in 24 days to that in one, less 1", take_ratio(EFFECTS["24 days"], EFFECTS["1 day"]), ALIKE),
    ),
    "the price is a function of the remembered sum of orders and of a lasting part linear in them",
    IMMOBILE,
    days=AT + 40,
    note="days 25 to 30 after the first sale, when all three are over",
)

LINEAR = {"cliff share": [0, 0, 0, 0, 0, 0], "cliff months": [0, 0, 0, 0, 0, 0], "linear months": [36, 48, 48, 36, 48, 0]}
KEEPING = {"holders sell": False}


def compute_discount(worlds: Ensembles, sold: str, kept: str) -> Values:
    """What holders lose to their own sales, in logs of the price without them, mean over the tokens sold after the first month.

    A day's sales are charged the price of the next day, which they have moved.
    """
    amounts = cut(worlds[sold].get("holders_sold_era"), (SETTLED, -1))
    gap = np.log(cut(worlds[kept].get("price_usd"), (SETTLED + 1, 0)) / cut(worlds[sold].get("price_usd"), (SETTLED + 1, 0)))
    total = amounts.sum(axis=1)
    return np.asarray(np.divide((amounts * gap).sum(axis=1), total, out=np.full_like(total, np.nan), where=total > 0))


def compare_unlocks(worlds: Ensembles) -> Values:
    """Discount under linear unlocks less that under the cliff."""
    return compute_discount(worlds, "linear", "linear, kept") - compute_discount(worlds, "cliff", "cliff, kept")


UNLOCKS = Response(
    "unlock-linear",
    "Is a linear unlock no dearer to its sellers than a cliff?",
    {
        "cliff": Setting(),
        "cliff, kept": Setting(KEEPING),
        "linear": Setting(LINEAR),
        "linear, kept": Setting(LINEAR | KEEPING),
    },
    (
        Expectation("log discount on what is sold, linear less cliff", compare_unlocks, NOT_UP),
        Expectation("log discount under the cliff", lambda worlds: compute_discount(worlds, "cliff", "cliff, kept"), RISES),
    ),
    "impact depends on the sum of orders that is remembered, and holders sell around their unlocks",
    IMMOBILE,
    days=YEAR + 60,
    note="each against the same schedule with nothing sold",
)


def dry(ensemble: PairedRuns) -> Values:
    """Days on which orders to buy found no tokens."""
    return (ensemble.get("orders_rationed_era") > 0).astype(float)


NEVER_SELL = Response(
    "holders-keep",
    "If holders never sell: is the price higher, revenue not lower, and the float not dry?",
    {"usual": Setting(), "kept": Setting(KEEPING)},
    (
        Expectation("d ln price", mean_log_change(PRICE, "usual", "kept"), RISES),
        Expectation("d ln revenue in USD", log_change(in_usd("revenue_era"), "usual", "kept"), NOT_DOWN),
        Expectation("share of days with a dry float", level(dry, "kept", (0, 0)), Bound(high=0.05, is_open=False)),
    ),
    "a scarce float raises the price until orders fill",
    IMMOBILE,
    days=120,
)


def trade(is_relative: bool) -> Figure:
    """Sharpe ratio of the strategy in the usual world."""
    return lambda worlds: measure_sharpe(worlds["usual"], is_relative)


BURNED = 20e6


def compute_share(worlds: Ensembles) -> Values:
    """ln of the supply before to after the burn: what the price may gain when the whole is worth the same."""
    left = [cut(world.get("supply_total_era") - world.get("burned_era"), (-1, 0))[:, 0] for world in (worlds["usual"], worlds["burned"])]
    return np.asarray(np.log(left[0] / left[1]))


BURNS = Response(
    "burn",
    "Does burning 20M ERA raise the price, by no more than their share of the supply?",
    {"usual": Setting(), "burned": Setting(grants=(Grant(BURN, int(BURNED), AT),))},
    (
        Expectation("d ln price", mean_log_change(PRICE, "usual", "burned"), RISES),
        Expectation("d ln price less ln of the supply's fall", subtract(mean_log_change(PRICE, "usual", "burned"), compute_share), NOT_UP),
        Expectation("ln of the supply's fall", compute_share, RISES),
    ),
    "the token is worth its claims over all tokens to come",
    (Off("news of worth moves the price by no more than its own amount", {"news of worth": 0.0}),),
    days=120,
)

GAP = Response(
    "gap-strategy",
    "Can somebody earn by trading on the gap between price and fundamental?",
    {"usual": Setting()},
    (
        Expectation("Sharpe ratio, against the level of the gap", trade(is_relative=False), Bound(high=0.5)),
        Expectation("Sharpe ratio, against its changes", trade(is_relative=True), Bound(high=0.5)),
    ),
    "nothing pulls the price to its fundamental that nobody trades for",
    (Off("a premium that decays fast (a control, which should be tradable)", {"half-life of the premium": Limit.LOWEST}),),
    days=YEAR,
    note="a year's ratio, after square-root impact of orders of up to 1 % of volume",
)

MARKET = (CRASH, SALE_SPLIT, UNLOCKS, NEVER_SELL, BURNS, GAP)
