"""What everybody can see of the market."""

from metalab.protocol.kernel.declare import Record, field, metric

REALISED_DAYS = 30.0
"""Days of the mean in which realised volatility is reported (assumed): nobody decides on it."""


class MarketState(Record):
    """Observables of the market at the day's open; agents decide on these. All flows of the day trade at `price`.

    An n-day mean is exponential and takes in a day's value at the end of that day (ECONOMY 19).
    """

    price: float = field("USD", "today's price P_t")
    price_mean: float = field("USD", "30-day mean of the price, to yesterday")
    log_return: float = field("1", "log return from yesterday's price to today's")
    volume_mean: float = field("ERA", "7-day mean of daily volume, to yesterday")
    volatility: float = field("1", "yesterday's sigma_t")
    factor: float = field("1", "market factor m (log)")
    factor_change: float = field("1", "yesterday's change of the market factor")
    phase: int = field("code", "phase of the market; nobody sees it")
    momentum: float = field("1", "20-day mean of log returns")
    fundamental: float = field("USD", "what the token is worth, F")
    news: float = field("1", "log change of what it is worth in the last valuation")
    news_supply: float = field("1", "the part of it that the supply made which shares the worth")
    sharing: float = field("ERA", "that supply")
    premium_usual: float = field("1", "slow mean of the log premium: what people are used to pay above the worth")
    volume: float = field("ERA", "yesterday's volume")
    volatility_log: float = field("1", "log volatility around its mean, v")
    surge: float = field("1", "log volume around its mean, x")
    square_mean: float = field("1", "mean square of daily log returns over `REALISED_DAYS`")


class MarketMetrics(Record):
    """The market on a day."""

    price_usd: float = metric("USD", "Price at which the day's flows traded.", better="high", chart=True)
    price_premium_usd: float = metric("USD", "Price less what the token is worth: the speculative premium.", chart=True)
    price_premium_log: float = metric("1", "Log of the price over what the token is worth.", chart=True)
    volume_usd: float = metric("USD", "Volume of the day at the day's price.", better="high", chart=True)
    log_return: float = metric("1", "Log return from yesterday's price to today's; 0 on the first day.", chart=True)
    volatility: float = metric("1", "Volatility of the noise in the step to the next day's price.", better="low", chart=True)
    volatility_realised: float = metric(
        "1", "Root of the 30-day mean square of the price's daily log returns: noise, market and orders together.", better="low", chart=True
    )
    market_factor: float = metric("1", "Market factor (log) after the day.", chart=True)
    turnover_share: float = metric("share", "Volume of the day / reported supply.", chart=True)
