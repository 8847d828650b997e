"""The patterns of MODEL 18 that need no fast clock, each with its mechanism on and off.

Each is marked as fitted (a parameter was set to it), implied (it follows from what is put in) or free: only the last test the model.
"""

from collections.abc import Callable

import numpy as np

from metalab.econ.kernel.scenario import LAUNCH
from metalab.experiments.validation.finding import (
    FITTED,
    FREE,
    IMPLIED,
    Finding,
    Values,
    compute_autocorrelation,
    compute_excess_kurtosis,
    show_share,
    show_spread,
)
from metalab.experiments.validation.laboratory import Ensemble, Laboratory
from metalab.experiments.validation.survival import Lives, estimate_survival, observe, pool

Pattern = Callable[[Laboratory], list[Finding]]
SETTLED = 35
"""Days after which returns and turnover are looked at: the listing weeks are apart."""
SETTLING = 90
"""Days until the first operators have come to rest."""
MONTH = 30
YEAR = 365
HALF_YEAR = 182
CLIFF = 365
"""Day of the insiders' cliff: 2026-07-17, twelve months after launch (data/era_allocation.csv)."""
BEFORE, AFTER = 30, 14
RETURNS_WERE_FITTED = "sigma, persistence, innovation, tail_df were set to it"


def get_returns(ensemble: Ensemble) -> Values:
    """Daily log returns after the listing weeks: [runs, days]."""
    return np.diff(np.log(ensemble.get("price_usd")), axis=1)[:, SETTLED:]


def check_supply_dates(lab: Laboratory) -> list[Finding]:
    """Circulating supply is exact at launch and at every later date; without unlocks it stays where it was."""
    base, off = lab.simulate(), lab.simulate({"vesting.unlocks": False}, runs=2)
    scheduled, flat = base.get("circulating_scheduled_era"), off.get("circulating_scheduled_era")
    same = bool((scheduled == scheduled[0]).all())
    return [
        Finding(
            "supply",
            f"scheduled on {LAUNCH}",
            "148,500,000",
            f"{scheduled[0, 0]:,.0f}",
            bool(scheduled[0, 0] == 148_500_000),
            base.runs,
            fitted="none: published table",
            without=f"{flat[0, -1]:,.0f} at the end",
            kind=IMPLIED,
        ),
        Finding(
            "supply",
            "the same in every run and never less than before",
            "yes",
            "yes" if same else "no",
            same and bool((np.diff(scheduled) >= 0).all()),
            base.runs,
            kind=IMPLIED,
        ),
    ]


def check_returns(lab: Laboratory) -> list[Finding]:
    """Size, tails and memory of daily returns."""
    base = get_returns(lab.simulate())
    return [find_size(lab, base), find_tails(lab, base), *find_memory(lab, base), find_echo(lab, base)]


def find_size(lab: Laboratory, base: Values) -> Finding:
    """How much the price moves on a day."""
    sigma = base.std(axis=1)
    good = bool(0.045 <= np.median(sigma) <= 0.07)
    return Finding("returns", "daily sigma", "4.5-7 %", show_spread(sigma), good, lab.runs, fitted=RETURNS_WERE_FITTED, kind=FITTED)


def find_tails(lab: Laboratory, base: Values) -> Finding:
    """How often it moves by much more than usual."""
    thin = compute_excess_kurtosis(get_returns(lab.simulate({"volatility.heavy_tails": False})))
    tails = compute_excess_kurtosis(base)
    return Finding(
        "returns",
        "excess kurtosis",
        "> 3",
        show_spread(tails),
        bool(np.median(tails) > 3),
        lab.runs,
        without=f"heavy tails off: {show_spread(thin)}",
        fitted=RETURNS_WERE_FITTED,
        kind=FITTED,
    )


def find_memory(lab: Laboratory, base: Values) -> list[Finding]:
    """Whether today's return says anything of tomorrow's."""
    memory = compute_autocorrelation(base)
    return [
        Finding(
            "returns",
            "autocorrelation of r, one run",
            "within .10",
            show_spread(memory),
            bool(np.quantile(np.abs(memory), 0.95) <= 0.10),
            lab.runs,
            kind=IMPLIED,
        ),
        Finding(
            "returns",
            "autocorrelation of r, mean of runs",
            "within .02",
            f"{memory.mean():.3f} +- {2 * memory.std(ddof=1) / lab.runs**0.5:.3f}",
            bool(abs(memory.mean()) <= 0.02) if lab.runs >= 50 else None,
            lab.runs,
            "judged from 50 runs on",
            kind=IMPLIED,
        ),
    ]


def find_echo(lab: Laboratory, base: Values) -> Finding:
    """Whether days of large moves follow each other."""
    calm, empty = (
        compute_autocorrelation(np.abs(get_returns(lab.simulate(change))))
        for change in ({"volatility.clustering": False}, {"population.traders": 0})
    )
    echo = compute_autocorrelation(np.abs(base))
    return Finding(
        "returns",
        "autocorrelation of absolute r",
        "> 0",
        show_spread(echo),
        bool(np.quantile(echo, 0.05) > 0),
        lab.runs,
        without=f"clustering off: {show_spread(calm)}; traders off: {show_spread(empty)}",
        fitted=RETURNS_WERE_FITTED,
        note="where it comes from: compare the two columns",
        kind=FITTED,
    )


def check_turnover(lab: Laboratory) -> list[Finding]:
    """Turnover after the listing weeks."""
    turnover = lab.simulate().get("turnover_share")[:, SETTLED:]
    middle = np.median(turnover, axis=1)
    return [
        Finding(
            "market",
            "turnover",
            ".12-.35 of market value",
            show_spread(middle),
            bool(0.12 <= np.median(middle) <= 0.35),
            lab.runs,
            fitted="volume.turnover is its data (data/market_microstructure.csv)",
            kind=FITTED,
        )
    ]


def check_unlocks(lab: Laboratory) -> list[Finding]:
    """The insiders' cliff: seed-paired price with and without holder sales, thirty days before to fourteen after."""
    days = CLIFF + AFTER + 2
    sold, kept = (np.log(lab.simulate({"vesting.holders_sell": on}, days=days).get("price_usd")) for on in (True, False))
    return [find_cliff(lab, sold, kept), find_anticipation(lab, sold - kept)]


def find_cliff(lab: Laboratory, sold: Values, kept: Values) -> Finding:
    """What sales do to the log price around the day, and what the price does by itself."""
    effect = sold - kept
    window = effect[:, CLIFF + AFTER] - effect[:, CLIFF - BEFORE]
    raw = sold[:, CLIFF + AFTER] - sold[:, CLIFF - BEFORE]
    return Finding(
        "unlocks",
        "effect of holder sales around the cliff is negative",
        ">= 80 % of runs",
        show_share(int((window < 0).sum()), lab.runs),
        bool((window < 0).mean() >= 0.8),
        lab.runs,
        f"size {show_spread(window)}; raw price falls in {show_share(int((raw < 0).sum()), lab.runs)}",
        without="0 by construction (same chance)",
        fitted="sale fractions and timing weights (ECONOMY 4)",
        kind=FITTED,
    )


def find_anticipation(lab: Laboratory, effect: Values) -> Finding:
    """How much of it comes before the day."""
    drift = effect[:, CLIFF] - effect[:, CLIFF - BEFORE]
    return Finding(
        "unlocks",
        "part of it comes before the day",
        "negative in most runs",
        show_share(int((drift < 0).sum()), lab.runs),
        bool((drift < 0).mean() > 0.5),
        lab.runs,
        f"size {show_spread(drift)}",
        kind=FITTED,
    )


VOTES = {
    "turnout_share": ("turnout", 0.02, 0.10),
    "yes_share": ("yes share", 0.80, 0.95),
    "top10_share": ("ten largest voters", 0.44, 0.58),
}


def check_votes(lab: Laboratory) -> list[Finding]:
    """Turnout, consent and concentration of votes."""
    base, bare = lab.simulate(), lab.simulate({"holders.delegate_share": 0.0}, runs=min(lab.runs, 8))
    return [find_vote(base, bare, metric) for metric in VOTES]


def find_vote(base: Ensemble, bare: Ensemble, metric: str) -> Finding:
    """One figure of the votes, with and without what insiders delegate."""
    title, low, high = VOTES[metric]
    values = average_votes(base, metric)
    return Finding(
        "votes",
        title,
        f"{low}-{high}",
        show_spread(values),
        bool(low <= np.median(values) <= high),
        base.runs,
        without=f"no insider delegation: {show_spread(average_votes(bare, metric))}",
        fitted="set to it (ECONOMY 20)",
        kind=FITTED,
    )


def average_votes(ensemble: Ensemble, metric: str) -> Values:
    """Mean of a metric over the days on which votes closed, by run; 0 where none did."""
    values, closed = ensemble.get(metric), ensemble.get("votes_closed")
    return np.array([row[flag > 0].mean() if (flag > 0).any() else 0.0 for row, flag in zip(values, closed, strict=True)])


def check_survival(lab: Laboratory) -> list[Finding]:
    """Survival of rollups, measured from the day each comes into view (delayed entry)."""
    base, off = lab.simulate(), lab.simulate({"rollups.closings": False}, runs=2)
    found = []
    for months, low, high in ((12, 0.83, 0.99), (24, 0.37, 0.49)):
        pooled, values = measure_survival(base, months)
        kept, _ = measure_survival(off, months)
        found.append(
            Finding(
                "rollups",
                f"survival at {months} months",
                f"{low:.0%}-{high:.0%}",
                f"{pooled:.3f} pooled; one run {show_spread(values)}",
                low <= pooled <= high,
                base.runs,
                without=f"closings off: {kept:.3f}",
                fitted="capital set to it (ECONOMY 17, data/hyperlane_chain_survival.csv)",
                kind=FITTED,
            )
        )
    return found


def get_lives(ensemble: Ensemble, k: int) -> Lives:
    """The rollups of one run, observed from launch or from their birth."""
    rollups = ensemble.table("rollups")[k][: int(ensemble.table("state")[k]["rollups"]["count"][0])]
    birth = rollups["birth_day"]
    return observe(birth, np.maximum(birth, 0), rollups["close_day"], ensemble.rows.shape[1] - 1)


def measure_survival(ensemble: Ensemble, months: int) -> tuple[float, Values]:
    """Kaplan-Meier survival at an age: of all runs together, and of each."""
    lives = [get_lives(ensemble, k) for k in range(ensemble.runs)]
    age = months * YEAR / 12
    return estimate_survival(pool(lives)).at(age), np.array([estimate_survival(part).at(age) for part in lives])


def check_staking(lab: Laboratory) -> list[Finding]:
    """Reward and stake: up together across worlds, against each other over time; flex nodes leave when the price is low."""
    return [find_reward_slope(lab), find_dilution(lab), find_flight(lab, 0.0), find_flight(lab, 0.1)]


def find_reward_slope(lab: Laboratory) -> Finding:
    """Where more is paid, more is staked: d ln stake / d ln reward over three fee levels, of which the highest pays least."""
    fees = (0.15, 0.30, 0.60)
    worlds = [lab.simulate({"fees.message_fee_usd": fee}, days=2 * YEAR, runs=min(lab.runs, 8)) for fee in fees]
    paid = np.stack([get_reward(world)[:, YEAR:].mean(axis=1) for world in worlds])
    staked = np.stack([get_staking_ratio(world)[:, -1] for world in worlds])
    pairs = zip(np.log(paid).T, np.log(staked).T, strict=True)
    slope = np.array([np.polyfit(reward, stake, 1)[0] for reward, stake in pairs])
    return Finding(
        "staking",
        "stake against reward across worlds",
        "positive slope",
        show_spread(slope),
        bool(np.median(slope) > 0),
        len(slope),
        "d ln stake / d ln reward, three fee levels; reward: revenue in ERA per circulating token in the second year",
        kind=FREE,
    )


def find_dilution(lab: Laboratory) -> Finding:
    """In one world over time, more stake shares the same reward: month by month, because rewards grow over the years."""
    base = lab.simulate()
    pairs = zip(get_staking_ratio(base)[:, SETTLING:], base.get("apr_core")[:, SETTLING:], strict=True)
    over_time = np.array([np.corrcoef(change_by_month(ratio), change_by_month(rate))[0, 1] for ratio, rate in pairs])
    return Finding(
        "staking",
        "stake against reward over time",
        "negative correlation",
        show_spread(over_time),
        bool(np.median(over_time) < 0),
        base.runs,
        "changes of both over 30 days, in logs",
        kind=IMPLIED,
    )


def change_by_month(values: Values) -> Values:
    """Log changes over 30 days."""
    logs = np.log(np.maximum(values, 1e-9))
    return np.asarray(logs[MONTH:] - logs[:-MONTH])


def get_reward(ensemble: Ensemble) -> Values:
    """Protocol revenue in ERA per token in effective circulation: [runs, days]."""
    return np.asarray(ensemble.get("revenue_era") / ensemble.get("circulating_effective_era"))


def find_flight(lab: Laboratory, weight: float) -> Finding:
    """Flex nodes under a falling price and under a flat one, when operators weigh the price's drift so much."""
    path = {"price.mode": "exogenous", "operators.trend_weight": weight}
    low, high = (
        lab.simulate(path | {"price.path_drift": drift}, days=2 * YEAR, runs=min(lab.runs, 8)).get("nodes_flex_bonded")
        for drift in (-0.006, 0.0)
    )
    return Finding(
        "staking",
        "flex nodes leave when the price is low",
        "fewer than at a flat price",
        f"{show_spread(low[:, HALF_YEAR])} against {show_spread(high[:, HALF_YEAR])}",
        bool(np.mean(low[:, HALF_YEAR]) < np.mean(high[:, HALF_YEAR])),
        len(low),
        f"exogenous price falling .6 % a day for half a year; price drift in the yield with weight {weight:g}; "
        f"after two years {np.mean(low[:, -1]):.0f} against {np.mean(high[:, -1]):.0f}",
        kind=FREE,
    )


def get_staking_ratio(ensemble: Ensemble) -> Values:
    """Bonded stake to effective circulating supply: [runs, days]."""
    staked = sum(ensemble.get(f"staked_{tier}_era") for tier in ("core", "flex", "guardian"))
    return np.asarray(staked / ensemble.get("circulating_effective_era"))


PATTERNS: tuple[Pattern, ...] = (
    check_supply_dates,
    check_returns,
    check_turnover,
    check_unlocks,
    check_votes,
    check_survival,
    check_staking,
)
