"""Data relay: messages that carry data, off chain or proven on chain, with fees of their own (MODEL 13, S0)."""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, metric, parameter, switch
from metalab.protocol.kernel.units import safe_exp


class Relay(Record):
    """Demand and price of data messages."""

    enabled: int = switch(False, source="MODEL 13 (off by default, on in stated)", owner="team", doc="Whether data is relayed.")
    messages_per_rollup: float = parameter(
        50.0, 0.0, 1e6, unit="1/day", source="assumed", owner="nature", doc="Data messages of a live rollup at the reference fee."
    )
    onchain_fee_usd: float = parameter(0.05, 0.0, 5.0, unit="USD", source="assumed", owner="dao", doc="Fee of a message proven on chain.")
    offchain_fee_usd: float = parameter(0.01, 0.0, 5.0, unit="USD", source="assumed", owner="dao", doc="Fee of a message off chain.")
    proof_worth_usd: float = parameter(
        0.04, 0.0001, 5.0, unit="USD", source="assumed", owner="behaviour", doc="Mean worth of a proof to who sends data (exponential)."
    )
    elasticity: float = parameter(0.5, 0.0, 3.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of messages to that fee.")


class RelayMetrics(Record):
    """Data messages of a day."""

    relay_onchain: float = metric("1", "Data messages proven on chain.", better="high", chart=True)
    relay_offchain: float = metric("1", "Data messages off chain.", better="high", chart=True)
    relay_revenue_era: float = metric("ERA", "Fees of data messages, part of the revenue.", better="high", chart=True)


@rule
def compute_onchain_share(p: Relay) -> float:
    """Senders to whom a proof is worth its extra fee: exp(-(on chain - off chain) / mean worth), all if it costs nothing."""
    extra = p.onchain_fee_usd - p.offchain_fee_usd
    return safe_exp(-extra / p.proof_worth_usd) if extra > 0.0 else 1.0


@rule
def compute_cheaper_fee(p: Relay) -> float:
    """The fee that demand answers to."""
    return min(p.onchain_fee_usd, p.offchain_fee_usd)
