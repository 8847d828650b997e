"""What everybody can see of the market."""

from protocol.declare import Record, field, metric


class Market(Record):
    """Observables of the market at the day's open; agents decide on these. All flows of the day trade at `price`."""

    price: float = field("USD", "today's price P_t")
    price_mean: float = field("USD", "30-day mean of the price")
    log_return: float = field("1", "yesterday's log return")
    volume_mean: float = field("ERA", "7-day mean of daily volume")
    volatility: float = field("1", "yesterday's sigma_t")
    factor: float = field("1", "market factor m (log)")
    factor_change: float = field("1", "yesterday's change of the market factor")
    momentum: float = field("1", "20-day mean of log returns")
    fundamental: float = field("USD", "the fundamental in force")


class MarketMetrics(Record):
    """The market on a day."""

    price_usd: float = metric("USD", "Price at which the day's flows traded.", better="high", view="market")
