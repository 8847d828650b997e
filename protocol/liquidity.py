"""What trading costs in a rollup's pool: constant product against the mean depth of pools (MODEL 9)."""

from protocol.compiling import rule
from protocol.declare import Record, metric, parameter


class Liquidity(Record):
    """Pools."""

    reference_trade_usd: float = parameter(
        10_000.0, 1.0, 1e8, unit="USD", source="assumed", owner="nature", doc="Trade whose slippage is reported."
    )
    pool_share: float = parameter(
        0.05,
        0.0001,
        1.0,
        unit="share",
        source="assumed",
        owner="nature",
        doc="Part of a rollup's value secured in the pool of a pair, both sides.",
    )


class LiquidityMetrics(Record):
    """Pools on a day."""

    slippage_reference: float = metric(
        "share", "What the reference trade loses to slippage in a pool of mean depth.", better="low", view="rollups"
    )


@rule
def compute_slippage(trade: float, reserve: float) -> float:
    """Part of a trade's value lost in a constant-product pool with `reserve` on each side: trade / (reserve + trade).

    From x y = k: dx in gives y dx / (x + dx) out, against y dx / x at the price before.
    """
    return trade / (reserve + trade) if reserve + trade > 0.0 else 0.0


@rule
def measure_slippage(tvl: float, rollups: int, p: Liquidity, today: LiquidityMetrics) -> None:
    """Record the slippage of the reference trade in a pool of mean depth; 1 where there is no pool."""
    reserve = tvl / max(rollups, 1) * p.pool_share / 2.0
    today.slippage_reference = compute_slippage(p.reference_trade_usd, reserve)
