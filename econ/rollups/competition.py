"""Rival providers of rollups: their attraction, their size, and the flows between all rollups (MODEL 16, ECONOMY 28)."""

from metalab.econ.kernel.chance.distributions import binomial, normal
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, draw, field, metric, parameter, switch
from metalab.protocol.kernel.units import power, safe_exp, smooth

RIVALS = 4
"""Conduit, AltLayer, Gelato, all others (data/raas_competitors.csv)."""
# The growth ratio and the share of flows are reported and act on nothing, so what they are measured with is constant.
GROWTH_DAYS = 365.0
"""Days of the means of deployments whose ratio is reported."""
RECOUNT_DAYS = 7
"""Days between two counts of how concentrated rivals' traffic is: it hardly moves."""
COST_SCALE_USD = 0.3
"""Cost of crossing that halves a flow: a message at the reference price."""
DELAY_SCALE_S = 30.0
"""Delay of crossing that halves a flow (data/messaging_bridges.csv: intents fill in 21-27 s)."""


class Competition(Record):
    """Rivals and the trade between rollups. Vectors are in the order Conduit, AltLayer, Gelato, others."""

    rollups: list[int] = parameter(
        (35, 30, 25, 10), 0, 1_000, unit="1", owner="nature",
        source="ECONOMY 28 (60 of 160), divided as in data/raas_competitors.csv", doc="Live rollups of each rival on day 0.",
    )  # fmt: skip
    grant_usd: list[float] = parameter(
        (50_000.0, 50_000.0, 50_000.0, 50_000.0), 0.0, 1e7, unit="USD", source="assumed (the cost of a deployment)", owner="nature",
        doc="What each rival gives for a deployment, in money, credits or waived bills.",
    )  # fmt: skip
    income_usd: float = parameter(
        4_000.0, 0.0, 1e6, unit="USD/month", source="assumed (what a newcomer earns here in the first months of launch)", owner="nature",
        doc="What a newcomer expects to earn with a rival that is as large as on day 0, before running cost.",
    )  # fmt: skip
    cost_usd: list[float] = parameter(
        (3_500.0, 3_000.0, 2_500.0, 3_000.0), 0.0, 1e5, unit="USD/month", source="assumed", owner="nature",
        doc="What running a rollup costs with each rival.",
    )  # fmt: skip
    hazard: float = parameter(
        0.30, 0.0, 2.0, unit="1/year", source="data/defaults.csv rollup.death_hazard_per_year", owner="nature",
        doc="Hazard of closing of a rival's rollup.",
    )  # fmt: skip
    noise: float = parameter(
        0.01, 0.0, 0.1, unit="1", source="assumed", owner="nature", doc="Daily spread of a rival's attraction (log odds)."
    )
    half_life: float = parameter(
        365.0, 1.0, 3_650.0, unit="day", source="assumed", owner="nature", doc="How long a rival keeps half of a lead in attraction."
    )
    tvl_usd: float = parameter(
        6.67e6, 0.0, 1e9, unit="USD", source="assumed (the mean of this network's rollups: 400M / 60)", owner="nature",
        doc="Mean value secured by a rival's rollup at launch.",
    )  # fmt: skip
    rival_fee_usd: float = parameter(
        0.32, 0.0, 20.0, unit="USD", source="data/defaults.csv messaging.bridge_fee_bps x messaging.mean_value_usd", owner="nature",
        doc="Cost of crossing by other means.",
    )  # fmt: skip
    rival_delay_s: float = parameter(
        24.0,
        0.1,
        604_800.0,
        unit="s",
        source="data/defaults.csv messaging.intent_fill_s",
        owner="nature",
        doc="Delay of crossing by other means.",
    )
    connected: float = parameter(
        0.4, 0.0, 1.0, unit="share", source="data/caldera_ecosystem_checkpoints.csv 2025-08-27 (>100 chains connected, 60 its own)",
        owner="nature", doc="Part of rivals' rollups that the Metalayer also connects.",
    )  # fmt: skip
    rivals: int = switch(True, source="MODEL 16", owner="nature", doc="Whether rivals deploy, close and change (else as on day 0).")


class CompetitionState(Record):
    """Rivals as they stand."""

    attraction: list[float] = field("1", "log odds that a rival has won or lost since launch", length=RIVALS)
    live: list[int] = field("1", "live rollups", length=RIVALS)
    deployed: int = field("1", "rivals' deployments today")
    own_rate: float = field("1/day", "slow mean of own deployments per live rollup")
    rival_rate: float = field("1/day", "the same of rivals")
    concentration: float = field("share", "sum of squared traffic shares of rivals' rollups")
    reach_usd: float = field("USD", "value that a message from here can reach")


class CompetitionMetrics(Record):
    """Competition on a day."""

    market_share: float = metric("share", "Live rollups of this protocol among those of all providers.", better="high", chart=True)
    rivals_live: float = metric("1", "Live rollups of rivals.", chart=True)
    growth_ratio: float = metric(
        "1", "Deployments a live rollup and year, own over rivals' (means over a year).", better="high", chart=True
    )
    cross_chain_volume_share: float = metric(
        "share", "Part of all flows between rollups that the Metalayer carries (gravity model).", better="high", chart=True
    )


class ProviderDraws(Record):
    """Chance of a rival's day."""

    close: float = draw(0, "how many of its rollups close")
    mood: float = draw(1, "change of its attraction")


@rule
def open_rivals(state: CompetitionState, p: Competition) -> None:
    """Rivals on day 0."""
    for k in range(RIVALS):
        state.live[k] = p.rollups[k]


@rule
def count_rivals(state: CompetitionState) -> int:
    """Live rollups of all rivals."""
    total = 0
    for k in range(RIVALS):
        total += state.live[k]
    return total


@rule
def change_rival(state: CompetitionState, k: int, d: ProviderDraws, p: Competition) -> None:
    """A day of rival k: some of its rollups close, its attraction wanders around its quality."""
    # 0.693... is ln 2: half of a lead is left after `half_life` days.
    keep = safe_exp(-0.6931471805599453 / p.half_life)
    state.attraction[k] = keep * state.attraction[k] + p.noise * normal(d.mood)
    # A hazard h per year is a chance of 1 - exp(-h / 365) per day.
    state.live[k] -= binomial(d.close, state.live[k], 1.0 - safe_exp(-p.hazard / DAYS_A_YEAR))


@rule
def change_rivals(state: CompetitionState, draws: Rows[ProviderDraws], p: Competition) -> None:
    """A day of all rivals."""
    if p.rivals == 0:
        return
    for k in range(RIVALS):
        change_rival(state, k, draws[k], p)


@rule
def compute_concentration(count: int, zipf: float) -> float:
    """Sum of squared shares of `count` rollups whose traffic follows Zipf's law; 1 for a single one, 0 for none."""
    total = 0.0
    squares = 0.0
    for k in range(count):
        weight = power(k + 1.0, -zipf)
        total += weight
        squares += weight * weight
    return squares / (total * total) if total > 0.0 else 0.0


@rule
def compute_friction(cost: float, delay: float) -> float:
    """f of the gravity model: how much smaller a flow is for what crossing costs (USD) and how long it takes (s)."""
    return (1.0 + cost / COST_SCALE_USD) * (1.0 + delay / DELAY_SCALE_S)


@rule
def compute_flow_share(
    own: float, own_squares: float, rival: float, rival_squares: float, near: float, far: float, connected: float
) -> float:
    """Part of all flows between rollups that the Metalayer carries.

    Gravity: T_ij = A_i A_j / f_ij over ordered pairs i != j, A a rollup's traffic in value. With masses A = own and B =
    rival and h their concentrations (sums of squared shares): flows within the network A^2 (1 - h_A) / near, among
    rivals B^2 (1 - h_B) / far, between the two 2 A B / far, of which the Metalayer gets, on the connected part,
    what the two ways' frictions make of an even race: far / (near + far).
    """
    within = own * own * (1.0 - own_squares) / near
    among = rival * rival * (1.0 - rival_squares) / far
    between = 2.0 * own * rival / far
    total = within + among + between
    carried = within + between * connected * far / (near + far)
    return carried / total if total > 0.0 else 0.0


@rule
def compute_reach(own: float, own_squares: float, rival: float, connected: float, usable: float) -> float:
    """Value in USD that a message from a mean place here can reach: that at home, and the `usable` part of what is elsewhere.

    At home is the share h of `own`, the sum of squared traffic shares; elsewhere are the rest and rivals' connected rollups.
    """
    return own * own_squares + usable * (own * (1.0 - own_squares) + connected * rival)


@rule
def follow_growth(state: CompetitionState, own_births: int, own_live: int) -> None:
    """Update the means of deployments per live rollup and forget today's deployments of rivals."""
    rivals = count_rivals(state)
    state.own_rate = smooth(state.own_rate, own_births / max(own_live, 1), GROWTH_DAYS)
    state.rival_rate = smooth(state.rival_rate, state.deployed / max(rivals, 1), GROWTH_DAYS)
    state.deployed = 0


@rule
def compute_market_share(state: CompetitionState, own_live: int) -> float:
    """Live rollups of this protocol among those of all providers."""
    total = own_live + count_rivals(state)
    return own_live / total if total > 0 else 0.0


@rule
def measure_competition(state: CompetitionState, own_live: int, today: CompetitionMetrics) -> None:
    """Record shares."""
    today.rivals_live = float(count_rivals(state))
    today.market_share = compute_market_share(state, own_live)
    today.growth_ratio = state.own_rate / state.rival_rate if state.rival_rate > 0.0 else 0.0
