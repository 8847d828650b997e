"""The morning's payments to developers, rollup by rollup."""

from econ.agents.developer import DeveloperRow
from econ.daily import Daily
from econ.earnings import count_messages, find_originator, follow_activity, follow_profit, pay_bill, pay_income, settle_royalty
from econ.params import Params
from econ.rollups import RollupRow
from protocol.compiling import rule
from protocol.declare import Rows
from protocol.ledger.accounts import Pots
from protocol.licences import LicenceRow
from protocol.units import to_usd


@rule
def settle_rollup(
    rollup: RollupRow, rollups: Rows[RollupRow], developers: Rows[DeveloperRow], licences: Rows[LicenceRow], pots: Pots, pot: int,
    messages: int, price: float, p: Params, today: Daily,
) -> None:  # fmt: skip
    """Pay a rollup's developer for yesterday, pass on its royalty, take its bill."""
    developer = developers[rollup.developer]
    part = pay_income(rollup, developer, pots, pot, messages, p.earnings, p.licences, today.earnings)
    profit = rollup.fee_usd + to_usd(part, price)
    owner = find_originator(rollup, rollups, licences)
    if owner >= 0:
        profit -= settle_royalty(
            licences[rollup.licence], developer, developers[owner], pots, part, rollup.fee_usd, price, p.licences, today.licences
        )
    profit -= pay_bill(developer, pots, p.deploying, rollup.storage_usd, today.earnings)
    follow_activity(rollup, p.earnings)
    follow_profit(rollup, profit, p.earnings)


@rule
def settle_rollups(
    rollups: Rows[RollupRow], count: int, developers: Rows[DeveloperRow], licences: Rows[LicenceRow], pots: Pots, price: float, day: int,
    p: Params, today: Daily,
) -> None:  # fmt: skip
    """Pay all developers for yesterday: their pot goes out by messages, remainders stay in it. Start counting messages anew."""
    pot = pots.reward_developers
    messages = count_messages(rollups, count)
    for i in range(count):
        rollup = rollups[i]
        if rollup.live == 1 and rollup.developer >= 0 and rollup.entry_day < day:
            settle_rollup(rollup, rollups, developers, licences, pots, pot, messages, price, p, today)
        rollup.messages = 0
        if rollup.loss_days >= p.earnings.loss_days and rollup.live == 1:
            today.earnings.rollups_at_loss += 1.0
