"""Enterprise connector: reads of databases outside the chains, paid per read (MODEL 13)."""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter, switch


class Enterprise(Record):
    """Demand and price of reads."""

    enabled: int = switch(False, source="MODEL 13 (off by default, on in stated)", owner="team", doc="Whether the connector exists.")
    arrivals: float = parameter(6.0, 0.0, 1000.0, unit="1/year", source="assumed", owner="nature", doc="Companies that connect a year.")
    churn: float = parameter(0.2, 0.0, 5.0, unit="1/year", source="assumed", owner="nature", doc="Hazard that a company leaves.")
    reads_per_client: float = parameter(
        2_000.0, 0.0, 1e6, unit="1/day", source="assumed", owner="nature", doc="Reads of a company at the reference fee."
    )
    fee_usd: float = parameter(0.02, 0.0, 5.0, unit="USD", source="assumed", owner="dao", doc="Fee of a read, paid in ERA bought for it.")
    elasticity: float = parameter(0.8, 0.0, 3.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of reads to the fee.")


class EnterpriseState(Record):
    """Who is connected."""

    clients: int = field("1", "companies connected")


class EnterpriseMetrics(Record):
    """Reads of a day."""

    enterprise_clients: float = metric("1", "Companies connected.", better="high", chart=True)
    enterprise_reads: float = metric("1", "Reads of databases outside the chains.", better="high", chart=True)
    enterprise_revenue_era: float = metric("ERA", "Fees of these reads, part of the revenue.", better="high", chart=True)


@rule
def change_clients(state: EnterpriseState, came: int, left: int) -> None:
    """A day of arrivals and departures."""
    state.clients = max(state.clients + came - left, 0)
