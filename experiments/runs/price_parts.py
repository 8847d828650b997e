"""The price explained: what the token is worth and a speculative premium, which add up to it; the worth by where it comes from."""

from collections.abc import Mapping
from math import log10
from typing import Any

import numpy as np

from metalab.econ.market.price import PriceMode

Rows = np.ndarray[Any, np.dtype[np.float64]]

PRICE, WORTH, PREMIUM = "price_usd", "fundamental_usd", "price_premium_usd"
REVENUE, BALANCES = "worth_revenue_usd", "worth_balances_usd"
METRICS = (PRICE, WORTH, PREMIUM, REVENUE, BALANCES)
"""The metrics of which an account of the price is made."""
DIGITS = 3
MOST_DECIMALS = 8
OWN_PATH = "The price follows a path of its own, the same in both futures: what worth gains the premium loses."
"""What holds instead where the price is exogenous."""


OPENING = " A change that holds from day 0 on moves the price on the first evening, when people see what this world is worth."
"""What has to be said of a change that holds from the beginning."""


def show_usd(value: float) -> str:
    """USD in three significant digits, the unit left out."""
    if value == 0.0 or not np.isfinite(value):
        return f"{value:g}"
    return f"{value:,.{max(0, min(MOST_DECIMALS, DIGITS - 1 - int(log10(abs(value)) // 1)))}f}"


def show_part(part: float, whole: float) -> str:
    """A part in per cent of the whole; never more than it is."""
    share = part / whole if whole > 0.0 else 0.0
    return "more than 99.9 %" if 0.9995 <= share < 1.0 else f"{100 * share:.1f} %"


def describe_price(worth: float, premium: float) -> str:
    """The price as a sum, in words; a price below the worth has a discount."""
    if premium < 0.0:
        return f"worth {show_usd(worth)} USD - discount {show_usd(-premium)} USD ({show_part(-premium, worth)} of the worth)"
    return f"worth {show_usd(worth)} USD + premium {show_usd(premium)} USD ({show_part(premium, worth + premium)} of the price)"


def describe_worth(revenue: float, balances: float) -> str:
    """Where the worth comes from; nothing where it is not divided (equation of exchange)."""
    if revenue == balances == 0.0:
        return ""
    return f"revenue paid to stakers {show_usd(revenue)} USD + balances of payers {show_usd(balances)} USD"


def explain_price(values: Mapping[str, float]) -> str:
    """Price and worth as sums, from the values of the metrics."""
    parts = describe_worth(values[REVENUE], values[BALANCES])
    return describe_price(values[WORTH], values[PREMIUM]) + (f"; worth = {parts}" if parts else "")


def find_middle(prices: Rows) -> int:
    """The run (row) whose price stays nearest to the daily median of all runs: medians of parts would not add up, one run does."""
    return int(np.argmin(np.abs(prices - np.median(prices, axis=0)).mean(axis=1)))


def read_rule(parameters: Any) -> dict[str, str]:
    """How the price of a scenario comes about: its mode, and how far the premium follows the worth, as people write them."""
    mode = PriceMode(int(parameters["price"]["mode"][0]))
    return {"mode": mode.name.lower(), "follow": f"{float(parameters['premium']['follow'][0]):g}"}


def describe_rule(rule: dict[str, str], at: int = 1) -> str:
    """What the premium has to do with the worth, in words; nothing for results that do not say. `at`: day of the change."""
    if not rule:
        return ""
    if rule["mode"] == "exogenous":
        return OWN_PATH
    opening = OPENING if at == 0 else ""
    follows = f"follows the worth by {rule['follow']} % for each per cent (assumed: 0 to 1, premium.follow)"
    return f"The premium meets the same chance in both futures and {follows}; orders do the rest.{opening}"
