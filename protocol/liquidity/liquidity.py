"""Pools on rollups: how deep they are, what trading in them costs, what providing their liquidity brings (MODEL 9).

Each rollup has a pool of a reference pair, which holds a part of the value it secures. Its providers offer more when the return
they have seen was high. The pools' fees are shared by all claims on them, so that mapping deposits to more chains
(`protocol.liquidity.passports`) divides the same fees by more; providers' behaviour is in `econ.liquidity.providers`.
"""

from enum import IntEnum

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, choice, field, metric, parameter, switch
from metalab.protocol.kernel.units import clip, power, safe_exp
from metalab.protocol.liquidity.constant_product import DEEPEST, Curve, compute_loss, compute_product_output, to_units
from metalab.protocol.liquidity.stableswap import MOST_A, compute_stable_output

LEAST_SLIPPAGE = 1e-6
"""Share: slippages below it count as this one, so that the power of demand stays finite."""
REFERENCE_SLIPPAGE = 0.0068
"""Of the reference trade on the first day of launch, where users send at their normal rate: moving it would scale all messages."""
SMALL_TRADE_USD = 1_000.0
"""A tenth of the reference trade: reported beside it, acts on nothing."""
LARGE_TRADE_USD = 100_000.0
"""Ten times the reference trade: likewise."""
BRIDGE_S = 600.0
"""Transfer by a bridge in seconds (S1-1)."""


class Pooling(IntEnum):
    """Whose depth a trade can use."""

    SEPARATE = 0
    SHARED = 1


class Liquidity(Record):
    """Pools and their providers."""

    active: int = switch(True, source="MODEL 9", owner="nature", doc="Whether there are pools.")
    curve: int = choice(Curve.CONSTANT_PRODUCT, source="MODEL 9", owner="team", doc="Invariant of the pools.")
    amplification: int = parameter(
        100, 1, MOST_A, unit="1", source="assumed (usual for pairs of equal value)", owner="team", doc="A of a StableSwap pool."
    )
    fee_bps: float = parameter(30.0, 0.0, 1_000.0, unit="bps", source="assumed (usual)", owner="team", doc="Fee of a trade in a pool.")
    reference_trade_usd: float = parameter(
        10_000.0, 1.0, 1e8, unit="USD", source="assumed", owner="nature", doc="Trade whose slippage is reported and felt."
    )
    pool_share: float = parameter(
        0.05, 0.0001, 1.0, unit="share", source="assumed", owner="nature",
        doc="Part of a rollup's value secured in the pool of the pair, both sides, at the reference return.",
    )  # fmt: skip
    turnover: float = parameter(
        0.01, 0.0, 1.0, unit="1/day", source="assumed", owner="nature", doc="Trade in a pool a day, part of the rollup's value secured."
    )
    pair_beta: float = parameter(
        1.0, 0.0, 5.0, unit="1", source="assumed", owner="nature", doc="Move of the pair's log price per unit of the market factor's."
    )
    return_elasticity: float = parameter(
        0.5, 0.0, 3.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of what is provided to the return seen."
    )
    return_days: float = parameter(
        30.0, 1.0, 365.0, unit="day", source="assumed", owner="behaviour", doc="Mean of returns by which providers judge."
    )
    adjust_days: float = parameter(
        30.0, 1.0, 365.0, unit="day", source="assumed", owner="behaviour", doc="Mean time in which they provide what they want to."
    )
    response_cap: float = parameter(
        4.0, 1.0, 20.0, unit="1", source="assumed", owner="behaviour", doc="Most and least they provide, times or parts of the reference."
    )
    pooling: int = choice(Pooling.SHARED, source="MODEL 9", owner="dao", doc="Whether a trade can use depth on other rollups.")
    window_s: float = parameter(
        60.0, 0.0, 1e6, unit="s", source="assumed", owner="nature", doc="Time within which remote depth has to arrive to be of use."
    )
    remote_share: float = parameter(
        0.1, 0.0, 1.0, unit="share", source="assumed (S1-12 needs all of it)", owner="nature",
        doc="Part of the depth on other rollups that answers at all.",
    )  # fmt: skip
    demand_elasticity: float = parameter(
        0.05, 0.0, 1.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of messages and trade to the reference slippage."
    )
    composability: int = switch(True, source="S3", owner="dao", doc="Whether assets of one chain can be used on another.")
    foreign_share: float = parameter(
        0.1, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Messages that need another chain's asset."
    )
    circulation: int = switch(
        True,
        source="S1",
        owner="team",
        doc="Whether capital moves between rollups by messages; off: over a bridge, and turns slower.",
    )
    bridging_share: float = parameter(
        0.5, 0.0, 1.0, unit="share", source="assumed (S1-2 needs .95)", owner="nature",
        doc="Part of a capital's cycle that it spends in transfers by a bridge.",
    )  # fmt: skip


class LiquidityState(Record):
    """All pools together: sums of the day and what is remembered of the days before."""

    pools: int = field("1", "pools of live rollups")
    deposits: float = field("USD", "in all of them")
    deepest: float = field("USD", "in the largest")
    takings: float = field("USD", "fees that they took today")
    lost: float = field("USD", "by forced sales today")
    returned: float = field("USD/year", "deposits times what their providers see as their return")
    slippage: float = field("share", "of the reference trade, yesterday's; the reference at the start")
    mapped_return: float = field("1/year", "mean return of a mapped deposit")
    mapped_launch: float = field("1/year", "what it was expected to be at launch")
    uptake: float = field("share", "of deposits that is mapped")
    claims: float = field("1", "per deposit")


class LiquidityMetrics(Record):
    """Pools on a day."""

    slippage_reference: float = metric(
        "share", "What the reference trade loses to slippage in a pool of mean depth.", better="low", chart=True
    )
    slippage_small: float = metric("share", "The same for a small trade.", better="low", chart=True)
    slippage_large: float = metric("share", "The same for a large trade.", better="low", chart=True)
    slippage_separate: float = metric("share", "Of the reference trade when no depth is shared.", better="low", chart=True)
    slippage_shared: float = metric("share", "Of the reference trade when depth is shared.", better="low", chart=True)
    slippage_deepest: float = metric("share", "Of the reference trade routed to the deepest pool.", better="low", chart=True)
    pool_deposits_usd: float = metric("USD", "Deposits in pools.", better="high", chart=True)
    lp_return: float = metric("1/year", "Mean return of a deposit in pools, as providers see it.", better="high", chart=True)
    capital_turnover_gain: float = metric(
        "1", "How much faster capital turns than over a bridge: 1 / ((1 - f) + f delay / bridge).", better="high", chart=True
    )


@rule
def compute_swap(x: int, y: int, dx: int, p: Liquidity) -> int:
    """What a trade brings before the fee, by the curve in force."""
    if p.curve == Curve.STABLESWAP:
        return compute_stable_output(x, y, dx, p.amplification, 0)
    return compute_product_output(x, y, dx, 0)


@rule
def compute_slippage(trade: float, depth: float, p: Liquidity) -> float:
    """Part of a trade in USD lost to slippage in a balanced pool of this depth (USD, both sides); 1 where it finds none."""
    side = to_units(depth / 2.0)
    # A trade beyond the domain would be refused, and read as a loss of everything.
    trade_units = min(to_units(trade), DEEPEST - side - side)
    return compute_loss(trade_units, compute_swap(side, side, trade_units, p))


@rule
def compute_reach(delay_s: float, p: Liquidity) -> float:
    """Part of remote depth that a trade can use: what answers, times the chance that it arrives in time (exponential delays)."""
    if delay_s <= 0.0:
        return p.remote_share
    return p.remote_share * (1.0 - safe_exp(-p.window_s / delay_s))


@rule
def compute_divergence(factor_change: float, p: Liquidity) -> float:
    """What a deposit in a constant-product pool loses in a day against holding: 1 - 2 sqrt(r) / (1 + r) for a price ratio r."""
    # Beyond e^20 a day nothing is left to compare: the bound keeps the square of the root finite, not a rule.
    root = safe_exp(0.5 * clip(p.pair_beta * factor_change, -20.0, 20.0))
    return 1.0 - 2.0 * root / (1.0 + root * root)


@rule
def get_usable(p: Liquidity) -> float:
    """Part of other chains' assets that can be used from here."""
    return 1.0 if p.composability == 1 else 1.0 - p.foreign_share


@rule
def compute_attraction(state: LiquidityState, p: Liquidity) -> float:
    """Messages relative to launch: fall with yesterday's slippage.

    On the first day slippage is believed to be the reference.
    """
    if p.active == 0:
        return 1.0
    return power(max(state.slippage, LEAST_SLIPPAGE) / REFERENCE_SLIPPAGE, -p.demand_elasticity)


@rule
def compute_cycle(delay_s: float, p: Liquidity) -> float:
    """Length of a capital's cycle against one over a bridge, of which a part f was transfers: (1 - f) + f d / bridge."""
    return 1.0 - p.bridging_share + p.bridging_share * max(delay_s, 0.0) / BRIDGE_S


@rule
def compute_turnover_gain(delay_s: float, p: Liquidity) -> float:
    """How much faster capital turns than over a bridge; 1 where it moves over one."""
    if p.circulation == 0:
        return 1.0
    cycle = compute_cycle(delay_s, p)
    return 1.0 / cycle if cycle > 0.0 else 0.0


@rule
def compute_turnover(delay_s: float, p: Liquidity) -> float:
    """Trade a day per USD secured: `turnover` while capital moves by messages, less by what that gains where it takes a bridge."""
    return p.turnover if p.circulation == 1 else p.turnover * compute_cycle(delay_s, p)


@rule
def measure_slippage(state: LiquidityState, delay_s: float, p: Liquidity, today: LiquidityMetrics) -> None:
    """Record what trades cost in a pool of mean depth and in the deepest. Claims are depth, mapped or not."""
    total = state.claims * state.deposits
    mean = total / max(state.pools, 1)
    # Its own pool in full, of the others what answers in time.
    joint = mean + compute_reach(delay_s, p) * (total - mean)
    depth = joint if p.pooling == Pooling.SHARED else mean
    trade = p.reference_trade_usd
    today.slippage_separate = compute_slippage(trade, mean, p)
    today.slippage_shared = compute_slippage(trade, joint, p)
    today.slippage_deepest = compute_slippage(trade, state.claims * state.deepest, p)
    today.slippage_reference = today.slippage_shared if p.pooling == Pooling.SHARED else today.slippage_separate
    today.slippage_small = compute_slippage(SMALL_TRADE_USD, depth, p)
    today.slippage_large = compute_slippage(LARGE_TRADE_USD, depth, p)
    state.slippage = today.slippage_reference


@rule
def measure_pools(state: LiquidityState, delay_s: float, p: Liquidity, today: LiquidityMetrics) -> None:
    """Record what is in the pools and what it earns."""
    today.pool_deposits_usd = state.deposits
    today.lp_return = state.returned / state.deposits if state.deposits > 0.0 else 0.0
    today.capital_turnover_gain = compute_turnover_gain(delay_s, p)
