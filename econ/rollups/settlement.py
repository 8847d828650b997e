"""The morning's payments to and from the accounts of rollups."""

from typing import NamedTuple

from metalab.econ.kernel.records import Daily, Params
from metalab.econ.rollups.account import compute_burn
from metalab.econ.rollups.developer import DeveloperRow
from metalab.econ.rollups.earnings import (
    compute_gross_fees,
    compute_share,
    compute_use_cost,
    count_messages,
    find_originator,
    follow_activity,
    pay_bill,
    pay_income,
    settle_royalty,
)
from metalab.econ.rollups.rollup import RollupRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, MONTHS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Rows
from metalab.protocol.kernel.units import smooth, to_usd
from metalab.protocol.rollups.charges import ChargesState, clear_charges, collect_charges, compute_charges, sum_charges, take_share
from metalab.protocol.rollups.licences import LicenceRow


class SettlementContext(NamedTuple):
    """Who is paid out of what on a morning; `used` rows of rollups are taken, `hazard` is seen to be lost of all value a year."""

    rollups: Rows[RollupRow]
    used: int
    developers: Rows[DeveloperRow]
    licences: Rows[LicenceRow]
    pots: Pots
    charges: ChargesState
    hazard: float
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
    worth = settle_royalty(licence, adopter, w.developers[owner], rollup, w.pots, part, rollup.fee_usd, w.price, w.p.licences)
    # What an innovation brings counts as income of the rollup that built it.
    w.rollups[licence.originator].aid_usd += worth
    w.today.licences.royalties_usd += worth
    return worth


@rule
def settle_rollup(rollup: RollupRow, w: SettlementContext, pot: int, messages: int) -> float:
    """Pay a rollup for yesterday and take its bill. Returns in USD what it earned before the cost of running it.

    Fees in USD go to its account, the part of `pot` by messages to its developer, who passes on a royalty.
    """
    developer = w.developers[rollup.developer]
    part = pay_income(rollup, developer, w.pots, pot, messages, w.p.earnings, w.p.licences, w.today.earnings)
    use = compute_use_cost(rollup, w.p.earnings)
    charges = compute_charges(rollup.tvl, w.hazard, w.p.fees, w.p.insurance)
    share = compute_share(rollup.activity, rollup.activity_base, w.p.earnings)
    own = take_share(charges, share)
    rollup.yielded = (1.0 - share) * compute_gross_fees(rollup, w.p.earnings, w.p.licences) - sum_charges(charges) + sum_charges(own)
    costs = use + sum_charges(own)
    earned = rollup.fee_usd + to_usd(part, w.price) + rollup.aid_usd - pass_royalty(rollup, part, w) - costs
    rollup.aid_usd = 0.0
    burn = compute_burn(rollup.payroll_usd, rollup.framework, w.p.deploying.cost_usd, w.p.deploying)
    running = burn * MONTHS_A_YEAR / DAYS_A_YEAR
    paid_share = pay_bill(rollup, developer, w.pots, running + costs, w.today.earnings)
    collect_charges(w.charges, charges, own, paid_share, w.today.charges)
    follow_activity(rollup, w.p.earnings)
    rollup.profit = smooth(rollup.profit, earned - running, float(w.p.earnings.profit_days))
    developer.burn_usd += burn
    developer.accounts_usd += rollup.usd
    return earned


@rule
def measure_account(rollup: RollupRow, w: SettlementContext) -> None:
    """Count a live rollup with those that lose money, that owe, and all their money."""
    today = w.today.earnings
    today.rollups_at_loss += 1.0 if rollup.profit < 0.0 else 0.0
    today.rollups_unpaid += 1.0 if rollup.owed_days > 1.0 else 0.0
    today.rollup_cash_usd += rollup.usd


@rule
def settle_rollups(w: SettlementContext, day: int) -> float:
    """Pay all developers for yesterday: their pot goes out by messages, remainders stay in it. Start counting messages from zero.

    Returns what all rollups together earned their developers before the cost of running them, in USD.
    """
    for k in range(len(w.developers)):
        w.developers[k].burn_usd = 0.0
        w.developers[k].accounts_usd = 0.0
    # What opens with the run counts as paid for the day before.
    if day > 0:
        clear_charges(w.charges)
    pot = w.pots.reward_developers
    messages = count_messages(w.rollups, w.used)
    earned = 0.0
    for i in range(w.used):
        rollup = w.rollups[i]
        # A rollup that went live this morning has no yesterday to be paid for.
        if rollup.live == 1 and rollup.developer >= 0 and rollup.entry_day < day:
            earned += settle_rollup(rollup, w, pot, messages)
        rollup.messages = 0
        if rollup.live == 1:
            measure_account(rollup, w)
    return earned
