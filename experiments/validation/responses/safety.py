"""Responses to danger: incidents, penalties, the price of corruption, a forgery and its aftermath, insurance."""

import numpy as np

from metalab.experiments.validation.responses.ensembles import PairedRuns
from metalab.experiments.validation.responses.entry import (
    FALLS,
    RISES,
    Bound,
    Ensembles,
    Expectation,
    Figure,
    Limit,
    Off,
    Response,
    Setting,
    Times,
    Values,
)
from metalab.experiments.validation.responses.figures import (
    SETTLED,
    YEAR,
    beat_ends,
    cut,
    difference,
    get_rollup_income,
    in_usd,
    log_change,
    see,
    subtract,
)
from metalab.experiments.validation.responses.names import ATTACKED

USERS, TVL, PRICE = see("users_active"), see("tvl_usd"), see("price_usd")
FIRST_YEAR = (SETTLED, YEAR)
END_OF_YEAR = (YEAR - 30, YEAR)
WHOLE = (SETTLED, 0)


def compute_loss(ensemble: PairedRuns) -> Values:
    """ln of what a year of incidents alone leaves of a deposit, run by run."""
    share = cut(ensemble.get("incident_loss_usd") / np.maximum(ensemble.get("tvl_usd"), 1.0), (0, YEAR))
    return np.asarray(np.log1p(-np.minimum(share, 0.999)).sum(axis=1))


def lose(base: str, other: str) -> Figure:
    """ln of what the extra incidents of a year leave."""
    return lambda worlds: compute_loss(worlds[other]) - compute_loss(worlds[base])


EXTRA = lose("usual", "unsafe")
MINDLESS = {"loss weight of users": 0.0, "loss weight of deposits": 0.0}
CALM = {"contagion": 0.0, "contagion when shared": 0.0}
USERS_FALL, TVL_FALL = (log_change(quantity, "usual", "unsafe", END_OF_YEAR) for quantity in (USERS, TVL))
INCIDENTS = Response(
    "incidents-50",
    "Do users and value secured fall by more than what fifty times as many incidents take?",
    {"usual": Setting(), "unsafe": Setting({"hazard of incidents": Times(50.0)})},
    (
        Expectation("d ln users less d ln of the losses", subtract(USERS_FALL, EXTRA), FALLS),
        Expectation("d ln value secured less d ln of the losses", subtract(TVL_FALL, EXTRA), FALLS),
        Expectation("d ln users", USERS_FALL, FALLS),
        Expectation("d ln of the losses", EXTRA, FALLS),
    ),
    "users and depositors leave what is seen to lose value",
    (Off("nobody minds losses", MINDLESS | CALM), Off("no contagion", CALM)),
    note="hazards stop at the parameter's bound of 50 a year",
)

CARELESS = (Off("care does not answer to penalties", {"carelessness": Limit.LOWEST}),)
MULTIPLES = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0)
PENALTIES = {
    f"x {multiple:g}": Setting({"penalties": Times(multiple), "correlated penalties": Times(min(multiple, 1.0))}) for multiple in MULTIPLES
}
NO_SLASHING = Response(
    "slashing-none",
    "Without penalties, are there more faults and attacks, and does value leave?",
    {"usual": Setting(), "none": PENALTIES["x 0"]},
    (
        Expectation("own safety faults an operator and year", difference(see("fault_hazard"), "usual", "none", WHOLE), RISES),
        Expectation("attacks a day", difference(see("attacks"), "usual", "none", WHOLE), RISES),
        Expectation("d ln value secured", log_change(TVL, "usual", "none"), FALLS),
        Expectation("d ln cost of corruption", log_change(see("cost_of_corruption_usd"), "usual", "none", WHOLE), FALLS),
    ),
    "operators choose care by what a fault costs them; what bribers must pay includes the stake at risk",
    CARELESS,
    days=120,
)
HARSH = Response(
    "slashing-ten",
    "With ten times the penalties, are there fewer faults and fewer small nodes?",
    {"usual": Setting(), "harsh": PENALTIES["x 10"]},
    (
        Expectation("own safety faults an operator and year", difference(see("fault_hazard"), "usual", "harsh", WHOLE), FALLS),
        Expectation("d ln flex nodes, the smallest", log_change(see("nodes_flex_bonded"), "usual", "harsh"), FALLS),
    ),
    "care rises with the penalty, and expected losses and its cost lower the yield of small stakes",
    CARELESS,
    days=120,
)
OPTIMUM = Response(
    "slashing-optimum",
    "Is there an optimum of penalties between none and ten times today's?",
    PENALTIES,
    (Expectation("d ln value secured, best inner level to the better end", beat_ends(TVL, tuple(PENALTIES)), RISES),),
    "fewer faults against fewer operators",
    CARELESS,
    days=120,
)
MINIMUM = Response(
    "guardian-minimum",
    "Do value secured and price fall when corruption costs half, by half the guardians' minimum stake?",
    {"usual": Setting(), "halved": Setting({"minimum stake": Times((1.0, 1.0, 0.5))})},
    (
        Expectation("d ln cost of corruption", log_change(see("cost_of_corruption_usd"), "usual", "halved", WHOLE), FALLS),
        Expectation("d ln value secured", log_change(TVL, "usual", "halved"), FALLS),
        Expectation("d ln price", log_change(PRICE, "usual", "halved"), FALLS),
    ),
    "depositors fear a forgery that brings more than it costs; the token earns on what is secured",
    (Off("depositors do not fear a forgery", {"fear of a forgery": Limit.HIGHEST}),),
    days=120,
)

REFILL = 90
"""Days within which a tier must be back."""
WHOLE_AGAIN = 0.8
"""Part of the guardians before the attack that counts as back."""


def find_attacks(ensemble: PairedRuns) -> list[int]:
    """Day of the first attack of each run that leaves time to see the tier refill; -1 where there is none."""
    attacks = np.nan_to_num(cut(ensemble.get("attacks"), (1, ensemble.get("attacks").shape[1] - REFILL)))
    return [int(np.argmax(row > 0)) + 1 if (row > 0).any() else -1 for row in attacks]


def refill(worlds: Ensembles) -> Values:
    """Guardians 90 days after the first attack to those on the day before it; NaN without an attack."""
    nodes = worlds["attacked"].get("nodes_guardian")
    pairs = zip(nodes, find_attacks(worlds["attacked"]), strict=True)
    return np.array([row[day + REFILL] / max(row[day - 1], 1.0) if day > 0 else np.nan for row, day in pairs])


def reward(worlds: Ensembles) -> Values:
    """Guardian APR, mean of the 90 days after the first attack less that of the 30 before it."""
    rates = worlds["attacked"].get("apr_guardian")
    pairs = zip(rates, find_attacks(worlds["attacked"]), strict=True)
    return np.array([row[day : day + REFILL].mean() - row[max(day - 30, 0) : day].mean() if day > 0 else np.nan for row, day in pairs])


ATTACK = Response(
    "attack-refill",
    "After a forgery, is the guardians' tier back within 90 days, at a higher yield?",
    {"attacked": Setting(scenario=ATTACKED)},
    (
        Expectation("guardians after 90 days to before", refill, Bound(low=WHOLE_AGAIN, is_open=False)),
        Expectation("guardian APR after less before", reward, RISES),
    ),
    "an emptied tier pays its few nodes more, and operators arrive",
    (Off("no new operators", {"new operators": 0.0}),),
    days=240,
    note="preset attack; the first attack of each run, runs without one are left out",
)

PREMIUMS = (0.0, 12.5, 25.0, 50.0, 100.0, 200.0)
INSURED = {f"{premium:g} bps": Setting({"insurance premium": premium}) for premium in PREMIUMS}
HIGHEST = f"{PREMIUMS[-1]:g} bps"


def cover(worlds: Ensembles) -> Values:
    """Share of all losses that the fund pays at the premium at which it pays most, chosen over all runs."""
    shares = []
    for ensemble in worlds.values():
        paid, lost = (
            cut(in_usd("insurance_paid_era")(ensemble), WHOLE).sum(axis=1),
            cut(ensemble.get("incident_loss_usd"), WHOLE).sum(axis=1),
        )
        shares.append(np.divide(paid, lost, out=np.full_like(lost, np.nan), where=lost > 0))
    table = np.stack(shares)
    return np.asarray(table[int(np.argmax(np.nan_to_num(np.nanmean(table, axis=1))))])


INSURANCE = Response(
    "insurance-premium",
    "Is there a premium at which the fund pays more than half of the losses, and who bears it?",
    INSURED,
    (
        Expectation("share of losses paid at the best premium", cover, Bound(low=0.5)),
        Expectation(
            f"d ln loss left with users, {HIGHEST} to none", log_change(see("incident_residual_usd"), "0 bps", HIGHEST, WHOLE), FALLS
        ),
        Expectation(f"rollups' income in USD a day, {HIGHEST} less none", difference(get_rollup_income, "0 bps", HIGHEST, WHOLE), FALLS),
    ),
    "rollups pay the premium, the fund pays claims out of it",
    (Off("the fund pays nothing", {"insurance cover": 0}),),
    days=120,
)

SAFETY = (INCIDENTS, NO_SLASHING, HARSH, OPTIMUM, MINIMUM, ATTACK, INSURANCE)
