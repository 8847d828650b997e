"""The morning's payments to developers, rollup by rollup."""

from typing import NamedTuple

from metalab.econ.kernel.records import Daily, Params
from metalab.econ.rollups.developer import DeveloperRow
from metalab.econ.rollups.earnings import (
    count_messages,
    find_originator,
    follow_activity,
    follow_profit,
    pay_bill,
    pay_income,
    settle_royalty,
)
from metalab.econ.rollups.rollup import RollupRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import to_usd
from metalab.protocol.rollups.licences import LicenceRow


class SettlementContext(NamedTuple):
    """Who is paid out of what on a morning; `used` rows of rollups are taken."""

    rollups: Rows[RollupRow]
    used: int
    developers: Rows[DeveloperRow]
    licences: Rows[LicenceRow]
    pots: Pots
    price: float
    p: Params
    today: Daily


@rule
def pass_royalty(rollup: RollupRow, part: int, w: SettlementContext) -> float:
    """The originator's part of what a rollup's developer was paid, `part` uERA of it; returns its value in USD."""
    owner = find_originator(rollup, w.rollups, w.licences)
    if owner < 0:
        return 0.0
    adopter, licence = w.developers[rollup.developer], w.licences[rollup.licence]
    worth = settle_royalty(licence, adopter, w.developers[owner], w.pots, part, rollup.fee_usd, w.price, w.p.licences)
    w.today.licences.royalties_usd += worth
    return worth


@rule
def settle_rollup(rollup: RollupRow, w: SettlementContext, pot: int, messages: int) -> None:
    """Pay a rollup's developer for yesterday its part of `pot` by messages, pass on its royalty, take its bill."""
    developer = w.developers[rollup.developer]
    part = pay_income(rollup, developer, w.pots, pot, messages, w.p.earnings, w.p.licences, w.today.earnings)
    profit = rollup.fee_usd + to_usd(part, w.price)
    profit -= pass_royalty(rollup, part, w)
    profit -= pay_bill(developer, w.pots, w.p.deploying, rollup.storage_usd, w.today.earnings)
    follow_activity(rollup, w.p.earnings)
    follow_profit(rollup, profit, w.p.earnings)


@rule
def settle_rollups(w: SettlementContext, day: int) -> None:
    """Pay all developers for yesterday: their pot goes out by messages, remainders stay in it. Start counting messages from zero."""
    pot = w.pots.reward_developers
    messages = count_messages(w.rollups, w.used)
    for i in range(w.used):
        rollup = w.rollups[i]
        # A rollup that went live this morning has no yesterday to be paid for.
        if rollup.live == 1 and rollup.developer >= 0 and rollup.entry_day < day:
            settle_rollup(rollup, w, pot, messages)
        rollup.messages = 0
        if rollup.loss_days >= w.p.earnings.loss_days and rollup.live == 1:
            w.today.earnings.rollups_at_loss += 1.0
