"""Responses of the DAO and to its policy: issuance, a floor of yields, and votes in both directions."""

import numpy as np

from metalab.experiments.validation.responses.entry import (
    FALLS,
    NOT_UP,
    RISES,
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
    LATE,
    cut,
    get_staked_share,
    level,
    ln,
    log_change,
    mean_log_change,
    see,
    subtract,
)
from metalab.experiments.validation.responses.resolver import find_path

PRICE = see("price_usd")


def dilute(base: str, other: str) -> Figure:
    """The fall of ln price that keeps the worth of the whole: minus ln of the supply's rise, for those who do not stake."""

    def measure(worlds: Ensembles) -> Values:
        supply = [cut(worlds[label].get("circulating_effective_era"), LATE).mean(axis=1) for label in (base, other)]
        share = cut(get_staked_share(worlds[other]), LATE).mean(axis=1)
        return np.asarray(-(1.0 - share) * np.log(supply[1] / supply[0]))

    return measure


def check_dilution(other: str) -> tuple[Expectation, ...]:
    """Staked share up; price down by at least the dilution of those who do not stake."""
    fall = mean_log_change(PRICE, "usual", other)
    return (
        Expectation("d ln staked share", log_change(get_staked_share, "usual", other), RISES),
        Expectation("d ln price", fall, FALLS),
        Expectation("d ln price less the dilution of who does not stake", subtract(fall, dilute("usual", other)), NOT_UP),
    )


NO_ENTRY = (Off("no new operators", {"new operators": 0.0}),)
ISSUANCE = Response(
    "issuance",
    "Does issuance of 5 % a year to stakers raise the staked share and lower the price by at least the dilution?",
    {"usual": Setting(), "issued": Setting({"issuance to stakers": 0.05})},
    check_dilution("issued"),
    "stake answers to its yield; issuance dilutes what a token is worth",
    NO_ENTRY,
    days=180,
)
FLOOR = Response(
    "yield-floor",
    "The nearest lever to issuance: does a floor of 30 % under yields, paid by the treasury, do so?",
    {"usual": Setting(), "issued": Setting({"yield floor on": True, "yield floor": 0.30, "yield cap": 1.0})},
    check_dilution("issued"),
    "stake answers to its yield; payments out of reserves dilute what a token is worth",
    NO_ENTRY,
    days=180,
)


def move(start: float) -> Figure:
    """ln of the fee that is in force at the end to the one at the start."""

    def measure(worlds: Ensembles) -> Values:
        return ln(worlds["voted"].get_end(find_path("votes", "message fee"))) - float(np.log(start))

    return measure


def ask(name: str, fee: float, check: Expectation) -> Response:
    """What the DAO makes of a fee that it finds."""
    return Response(
        name,
        f"What does the DAO do with a fee of {fee:g} USD?",
        {"voted": Setting({"message fee": fee, "proposals a year": Limit.USUAL})},
        (check, Expectation("fee per message in USD at the end", level(see("fee_per_message_usd"), "voted"))),
        "any voter with enough stake files what serves it most, up or down",
        (Off("nobody files", {"proposals a year": 0.0}),),
        days=180,
        is_quiet=False,
    )


DEAR = ask("votes-dear", 1.5, Expectation("ln of the last fee to 1.5 USD", move(1.5), FALLS))
CHEAP = ask("votes-cheap", 0.05, Expectation("ln of the last fee to .05 USD", move(0.05), RISES))

POLICY = (ISSUANCE, FLOOR, DEAR, CHEAP)
