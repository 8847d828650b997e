"""Guards: twelve ways to get an absurd economy, and the check of each (ECONOMY).

They keep nonsense out and are no evidence that the model is right: most were in view when its numbers were chosen.
"""

from collections.abc import Callable

import numpy as np

from metalab.econ.kernel.memory import check_supply
from metalab.econ.market.money import compute_usd
from metalab.experiments.validation.finding import Finding, compute_autocorrelation, show_share, show_spread
from metalab.experiments.validation.laboratory import Ensemble, Laboratory, Values
from metalab.protocol.kernel.codes import NodeStatus

TIERS = ("core", "flex", "guardian")
COUNTS = {"core": "nodes_core", "flex": "nodes_flex_bonded", "guardian": "nodes_guardian"}
FLOORS = {"core": 5, "flex": 10, "guardian": 4}
WARM_UP = 60
SETTLED = 35
YEAR = 365

Guard = Callable[[Laboratory], list[Finding]]


def check_fee_loop(lab: Laboratory) -> list[Finding]:
    """1: price and fees must not drive each other apart: two launch prices end no further from each other than they began."""
    low, high = (lab.simulate({"price.initial_usd": price}, days=731) for price in (0.5, 3.0))
    gap = np.log(high.get("price_usd")[:, 730]) - np.log(low.get("price_usd")[:, 730])
    value = float(np.median(gap))
    opening = float(np.log(3.0 / 0.5))
    return [
        Finding(
            "1", "launch prices do not drift apart", "at most ln 6 + .25 at day 730", show_spread(gap), 0.0 <= value < opening + 0.25,
            lab.runs, "ln P from 3 less from .5 USD",
        )
    ]  # fmt: skip


def check_alive(lab: Laboratory) -> list[Finding]:
    """2: every tier validates from day 0 on."""
    base = lab.simulate()
    found = []
    for tier in TIERS:
        least = base.get(COUNTS[tier]).min(axis=1)
        found.append(
            Finding("2", f"{tier} nodes", f">= {FLOORS[tier]} every day", show_spread(least), bool(least.min() >= FLOORS[tier]), base.runs)
        )
    return found


def check_yields(lab: Laboratory) -> list[Finding]:
    """3: yields are yields."""
    base = lab.simulate()
    found = []
    for tier in TIERS:
        rates = base.get(f"apr_{tier}")[:, WARM_UP:]
        share = ((rates >= 0.02) & (rates <= 0.60)).mean(axis=1)
        found.append(
            Finding(
                "3",
                f"{tier} APR in 2-60 %",
                ">= 98 % of days after 60",
                show_spread(share),
                bool(np.median(share) >= 0.98),
                base.runs,
                f"APR at day 365: {show_spread(base.get(f'apr_{tier}')[:, YEAR])}",
            )
        )
    year = np.stack([base.get(f"apr_{tier}")[:, YEAR] for tier in TIERS])
    ratio = year.max(axis=0) / np.maximum(year.min(axis=0), 1e-9)
    found.append(Finding("3", "highest to lowest tier APR", "< 2 at day 365", show_spread(ratio), bool(np.median(ratio) < 2), base.runs))
    return found


def check_herding(lab: Laboratory) -> list[Finding]:
    """4: nodes do not come and go together, but for those that are excluded together after a forgery."""
    base = lab.simulate()
    attacked = base.get("attacks") > 0
    punished = attacked[:, WARM_UP:-1] | attacked[:, WARM_UP - 1 : -2]
    found = []
    for tier in TIERS:
        changes = np.diff(base.get(COUNTS[tier])[:, WARM_UP:], axis=1)
        largest, echo = np.where(punished, 0.0, np.abs(changes)).max(axis=1), compute_autocorrelation(changes)
        found.append(
            Finding(
                "4",
                f"{tier}: change of a day",
                "<= 4 after day 60",
                show_spread(largest),
                bool(largest.max() <= 4),
                base.runs,
                "but for the two days after a forgery, when its signers are excluded",
            )
        )
        found.append(
            Finding(
                "4", f"{tier}: no cycle of two days", "lag-1 autocorrelation > -.3", show_spread(echo), bool(echo.min() > -0.3), base.runs
            )
        )
    return found


def check_trickle(lab: Laboratory) -> list[Finding]:
    """5: a small steady flow moves the price a little, a large one more, and both ways alike."""
    base = lab.simulate(days=YEAR + 1).get("price_usd")[:, YEAR]

    def respond(share: float) -> Values:
        return np.asarray(np.log(lab.simulate({"impact.steady_flow": share}, days=YEAR + 1).get("price_usd")[:, YEAR] / base))

    small, large, sold = respond(1e-4), respond(1e-2), respond(-1e-2)
    up, down = float(np.mean(large)), float(np.mean(sold))
    return [
        Finding(
            "5", "buying 10^-4 of volume", "ln P at day 365 moves < .02", show_spread(small), abs(float(np.mean(small))) < 0.02, lab.runs
        ),
        Finding("5", "buying 10^-2 of volume (.8 of the supply in a year)", ".3 to 1.5", show_spread(large), 0.3 <= up <= 1.5, lab.runs),
        Finding("5", "selling mirrors buying", "within 40 %", show_spread(sold), abs(-down / up - 1) <= 0.4 if up else False, lab.runs),
    ]


def check_traders(lab: Laboratory) -> list[Finding]:
    """6: traders neither dominate nor go bankrupt, and money is neither made nor lost."""
    base = lab.simulate()
    volume = base.get("volume_usd") / base.get("price_usd")
    gross = np.median((base.get("traders_gross_era") / volume)[:, SETTLED:], axis=1)
    shares = np.stack([base.get(name)[:, SETTLED:] for name in ("fundamentalists_share", "chartists_share", "noise_traders_share")])
    traders = len(base.table("traders")[0])
    replaced = base.get("traders_replaced").sum(axis=1) / traders * YEAR / lab.days
    books = [compute_usd(world) for world in base.worlds]
    error = max(abs(money.total) / money.gross for money in books)
    return [
        Finding("6", "traders' gross to volume", "median < 5 %", show_spread(gross), bool(np.median(gross) < 0.05), base.runs),
        Finding(
            "6",
            "shares of the types",
            "within 2-80 %",
            f"{shares.min():.2f} to {shares.max():.2f}",
            bool(shares.min() >= 0.02 and shares.max() <= 0.8),
            base.runs,
        ),
        Finding("6", "replaced traders a year", "< 2 %", show_spread(replaced), bool(np.median(replaced) < 0.02), base.runs),
        Finding("6", "sum of all USD", "0 to 1e-6 relative", f"{error:.1e}", error < 1e-6, base.runs),
    ]


def check_price(lab: Laboratory) -> list[Finding]:
    """7: noise makes no price of its own: without orders and news the expected price stays where it is."""
    price = lab.simulate().get("price_usd")
    quiet = {"impact.acting": False, "premium.half_life_years": 1000.0, "premium.follow": 0.0, "volatility.phase": "flat"}
    free = lab.simulate(quiet, days=YEAR + 1).get("price_usd")[:, YEAR] / price[:, 0]
    error = float(free.std(ddof=1) / np.sqrt(len(free)))
    low, high = np.quantile(free, (0.05, 0.95))
    return [
        Finding(
            "7", "expected price after a year of noise", "1 within 3 standard errors", f"{free.mean():.2f} +- {error:.2f}",
            bool(abs(free.mean() - 1.0) < 3.0 * error), lab.runs, ", ".join(f"{path} = {value}" for path, value in quiet.items()),
        ),
        Finding("7", "it wanders", "95 % / 5 % > 4 after a year", f"{high / low:.0f}", bool(high / low > 4), lab.runs, "as above"),
        Finding(
            "7", "price", "in [.0005, 50] always", f"{price.min():.4f} to {price.max():.2f}",
            bool(price.min() >= 0.0005 and price.max() <= 50.0), lab.runs,
        ),
    ]  # fmt: skip


def check_volume(lab: Laboratory) -> list[Finding]:
    """8: volume is in the right unit and not its own cap."""
    base = lab.simulate()
    turnover = base.get("volume_usd") / (base.get("price_usd") * base.get("circulating_reported_era"))
    middle = np.median(turnover[:, SETTLED:], axis=1)
    inside = ((turnover >= 0.12) & (turnover <= 0.35))[:, SETTLED:].mean(axis=1)
    first = turnover[:, :4].min(axis=1)
    sold = base.get("holders_sold_peak").max(axis=1)
    return [
        Finding(
            "8",
            "median turnover",
            ".12 to .35 in every run",
            show_spread(middle),
            bool(middle.min() >= 0.12 and middle.max() <= 0.35),
            base.runs,
        ),
        Finding("8", "days within .12 to .35", ">= 65 %", show_spread(inside), bool(np.median(inside) >= 0.65), base.runs),
        Finding("8", "turnover on days 0-3", "> 1.2", show_spread(first), bool(np.median(first) > 1.2), base.runs),
        Finding("8", "a holder's sales of a day to mean volume", "<= 10 %", show_spread(sold), bool(sold.max() <= 0.10 + 1e-9), base.runs),
    ]


def check_tokens(lab: Laboratory) -> list[Finding]:
    """9: no token is sold before it exists, twice, or out of nowhere."""
    base = lab.simulate()
    unlocked = np.diff(base.get("unlocked_era"), axis=1, append=base.get("unlocked_era")[:, -1:])
    presold = np.sum([base.get(f"presold_{name}_era") for name in ("investors", "team", "foundation", "rnd")], axis=0)
    ahead = np.stack([unlocked[:, day : day + 30].sum(axis=1) for day in range(unlocked.shape[1] - 30)], axis=1)
    excess = float((presold[:, : ahead.shape[1]] - ahead).max())
    scheduled = base.get("circulating_scheduled_era")
    supply = base.get("supply_total_era")
    for world in base.worlds:
        check_supply(world)
    exact = bool((supply == 1e9).all())
    return [
        Finding("9", "presold to unlocks of the next 30 days", "never more", f"{excess:,.0f} ERA over", excess <= 0.0, base.runs),
        Finding("9", "scheduled on day 0", "148.5M", f"{scheduled[0, 0]:,.0f}", bool((scheduled[:, 0] == 148_500_000).all()), base.runs),
        Finding(
            "9",
            "scheduled at month 12",
            "257.0M",
            f"{scheduled[0, YEAR]:,.0f}",
            bool(abs(scheduled[0, YEAR] / 257e6 - 1) < 1e-3),
            base.runs,
        ),
        Finding("9", "sum of all accounts", "10^9 ERA every day", "exact" if exact else f"{supply.min():,.6f}", exact, base.runs),
    ]


def check_revenue(lab: Laboratory) -> list[Finding]:
    """10: revenue is what is sent times what it costs, however many cohorts stand for the users."""
    base = lab.simulate()
    usd = (base.get("revenue_era") - base.get("verification_era"))[:, 0] * base.get("price_usd")[:, 0]
    honest = usd * (1 - base.get("messages_farmed")[:, 0] / base.get("messages")[:, 0])
    expected = 15_000 * 0.30
    verification = base.get("verification_era")[:, 0] * base.get("price_usd")[:, 0] / expected
    totals = {
        n: float(lab.simulate({"population.users": n}, days=YEAR, runs=8).get("messages").sum(axis=1).mean()) for n in (500, 5_000, 20_000)
    }
    change = max(abs(value / totals[5_000] - 1) for value in totals.values())
    return [
        Finding(
            "10",
            "message revenue on day 0 to 15,000 x .30 USD",
            "within 10 %",
            show_spread(honest / expected),
            bool(abs(np.median(honest) / expected - 1) < 0.1),
            base.runs,
        ),
        Finding("10", "verification on top", "<= 10 %", show_spread(verification), bool(np.median(verification) <= 0.1), base.runs),
        Finding("10", "messages of a year, 500 to 20,000 cohorts", "change < 3 %", f"{change:.3f}", change < 0.03, 8),
    ]


def check_punishment(lab: Laboratory) -> list[Finding]:
    """11: honest operators are not looted, and neither are users."""
    base = lab.simulate()
    staked = np.sum([base.get(f"staked_{tier}_era") for tier in TIERS], axis=0)
    slashed = base.get("slashed_era").sum(axis=1) * YEAR / lab.days / staked.mean(axis=1)
    years = base.get("operator_years").sum(axis=1)
    hurt = base.get("operators_hurt").sum(axis=1) / np.maximum(years, 1e-9)
    jailed = [int((table["status"] == NodeStatus.TOMBSTONED).sum()) for table in base.table("nodes")]
    return [
        Finding(
            "11",
            "honest operators losing > 10 % in a year",
            "< 1 %",
            show_spread(hurt),
            bool(np.mean(hurt) < 0.01),
            base.runs,
            f"tombstoned at the end: {max(jailed)} at most",
        ),
        Finding("11", "slashed to staked a year", "< .5 %", show_spread(slashed), bool(np.median(slashed) < 0.005), base.runs),
        judge_losses(base, lab.days),
    ]


def judge_losses(base: Ensemble, days: int) -> Finding:
    """The incident part of check 11: losses before insurance to mean value secured, a year."""
    lost = base.get("incident_loss_usd").sum(axis=1) * YEAR / days / base.get("tvl_usd").mean(axis=1)
    residual = base.get("incident_residual_usd").sum(axis=1) / np.maximum(base.get("incident_loss_usd").sum(axis=1), 1e-9)
    attacks = int(base.get("attacks").sum())
    return Finding(
        "11",
        "incident losses",
        "< 5 % of TVL a year, not 0 in all",
        show_spread(lost),
        bool(np.median(lost) < 0.05 and lost.max() > 0.0),
        base.runs,
        f"left with users after insurance: {show_spread(residual)}; attacks by guardians in all runs: {attacks}",
        fitted="incidents.hazard (to published DeFi totals)",
    )


def check_governance(lab: Laboratory) -> list[Finding]:
    """12: governance is neither paralysed nor runaway."""
    base = lab.simulate()
    closed, reached = base.get("votes_closed").sum(axis=1), base.get("quorum_reached").sum(axis=1)
    share = reached.sum() / max(closed.sum(), 1)
    turnout = [float(row[row > 0].mean()) if (row > 0).any() else 0.0 for row in base.get("turnout_share")]
    stuck = base.get("bound_days_max").max(axis=1)
    treasury = base.get("treasury_era").min(axis=1)
    return [
        Finding(
            "12",
            "proposals that reach quorum",
            "30-90 %",
            show_share(int(reached.sum()), int(closed.sum())) if closed.sum() else "none",
            bool(0.3 <= share <= 0.9),
            base.runs,
        ),
        Finding("12", "turnout", "2-10 % of effective supply", show_spread(turnout), bool(0.02 <= np.median(turnout) <= 0.10), base.runs),
        Finding("12", "days of a parameter at a bound", "<= 90", show_spread(stuck), bool(np.median(stuck) <= 90), base.runs),
        Finding("12", "treasury", "> 0 throughout", show_spread(treasury), bool(treasury.min() > 0), base.runs),
    ]


def check_ranges(lab: Laboratory) -> list[Finding]:
    """Also: the size of things."""
    base = lab.simulate()
    messages, live = base.get("messages"), base.get("rollups_live")
    wild = (np.abs(base.get("log_return")) > 0.4).sum(axis=1)
    return [
        Finding(
            "also",
            "messages a day",
            "5,000 to 100,000",
            f"{messages.min():,.0f} to {messages.max():,.0f}",
            bool(messages.min() >= 5e3 and messages.max() <= 1e5),
            base.runs,
        ),
        Finding(
            "also",
            "rollups live",
            "25 to 110",
            f"{live.min():.0f} to {live.max():.0f}",
            bool(live.min() >= 25 and live.max() <= 110),
            base.runs,
        ),
        find_rationing(base),
        Finding("also", "days with |r| > 40 %", "<= 3 in 95 % of runs", show_spread(wild), bool((wild <= 3).mean() >= 0.95), base.runs),
    ]


def find_rationing(base: Ensemble) -> Finding:
    """The market float is the counterparty of all orders: where it is empty, the price has no counterparty."""
    rationed = (base.get("orders_rationed_era") > 0).mean(axis=1)
    holds = bool((rationed < 0.05).mean() >= 0.9)
    return Finding("also", "days with rationed orders", "< 5 % in 90 % of runs", show_spread(rationed), holds, base.runs)


def check_absence(lab: Laboratory) -> list[Finding]:
    """Also: without users, nodes or traders the rest stays finite."""
    found = []
    for name, off in ABSENCES.items():
        rows = lab.simulate(off, days=YEAR, runs=4).rows
        found.append(
            Finding(
                "also",
                f"without {name}",
                "all metrics finite",
                "finite" if np.isfinite(rows).all() else "not",
                bool(np.isfinite(rows).all()),
                4,
            )
        )
    return found


ABSENCES: dict[str, dict[str, float]] = {
    "users": {"population.users": 0},
    "traders": {"population.traders": 0},
    "free nodes": {
        "population.core": 5,
        "population.flex": 10,
        "population.guardian": 4,
        "population.genesis_core": 5,
        "population.genesis_flex": 10,
        "population.genesis_guardian": 4,
        "operators.arrivals": 0.0,
    },
}

GUARDS: tuple[Guard, ...] = (
    check_fee_loop,
    check_alive,
    check_yields,
    check_herding,
    check_trickle,
    check_traders,
    check_price,
    check_volume,
    check_tokens,
    check_revenue,
    check_punishment,
    check_governance,
    check_ranges,
    check_absence,
)
