"""The day's flows of policy: each takes its part of a source before the source's own rule divides the rest.

Within a day the order is that of the phases (fees, new tokens, accounts, penalties), within a phase that of the table. A flow never takes
more than is left, so that shares that were decided one after the other cannot overdraw a source.
"""

from typing import Any

from metalab.econ.kernel.scenario import PlannedFlow
from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import book_sale, fill_buy
from metalab.econ.policy.conditions import register_condition
from metalab.protocol.governance.voter_pay import pay_voters
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.causes import Cause
from metalab.protocol.kernel.codes import OK, Share
from metalab.protocol.kernel.compiling import plain, rule
from metalab.protocol.kernel.declare import Table
from metalab.protocol.kernel.units import mul_div, smooth, to_era, to_uera, to_usd
from metalab.protocol.policy.changes import BY_PLAN, UNUSED
from metalab.protocol.policy.flows import (
    BURN,
    FIRST_MONEY,
    LAST_FEE,
    OPEN_END,
    PENALTIES,
    FlowRow,
    FlowSource,
    FlowTarget,
    FlowTerms,
    compute_order,
    compute_wanted,
    count_flows,
    end_flow,
    is_flow_on,
    plan_flow,
    sum_shares,
)
from metalab.protocol.policy.ledger import (
    buy_for_fund,
    buy_for_reserve,
    deliver_flow,
    distribute_flow,
    endow_reserve,
    sell_for_reserve,
    take_flow,
)


@rule
def open_flows(w: World) -> None:
    """No flow but those that a scenario plans; the DAO's reserve in USD."""
    for i in range(len(w.flows)):
        w.flows[i].day = UNUSED
    w.state[0].flows.kept = 1.0
    if w.params[0].flows.reserve_usd > 0.0:
        endow_reserve(w.pots[0], w.params[0].flows.reserve_usd)


@rule
def get_fees(pots: Pots, source: int) -> int:
    """What a part of the day's fees came to, in uERA."""
    if source == FlowSource.MESSAGES:
        return pots.moved[Cause.MESSAGE_FEE] + pots.moved[Cause.CONVERT_FEE] + pots.moved[Cause.GAS_DISCOUNT]
    if source == FlowSource.VERIFICATION:
        return pots.moved[Cause.VERIFICATION_FEE]
    if source == FlowSource.SECURITY:
        return pots.moved[Cause.SECURITY_CHARGE]
    return pots.moved[Cause.CONNECTOR_FEE]


@rule
def get_held(pots: Pots, source: int) -> int:
    """What an account in ERA, or the day's inflow, still holds, in uERA."""
    if source <= LAST_FEE:
        return pots.fees
    if source == FlowSource.CONGESTION:
        return pots.congestion
    if source == FlowSource.PENALTIES:
        return pots.routed_penalties
    if source == FlowSource.TREASURY:
        return pots.treasury
    return pots.insurance if source == FlowSource.INSURANCE else pots.reserve


@rule
def distribute_bought(w: World, amount: int) -> None:
    """To the stakers' pots as revenue is split among them; to core nodes where the split leaves stakers nothing."""
    split = w.params[0].fees.split
    total = split[Share.CORE] + split[Share.FLEX] + split[Share.GUARDIAN]
    flex = mul_div(amount, split[Share.FLEX], total) if total > 0 else 0
    guardian = mul_div(amount, split[Share.GUARDIAN], total) if total > 0 else 0
    distribute_flow(w.pots[0], amount - flex - guardian, flex, guardian)


@rule
def note_paid(w: World, row: FlowRow, amount: int) -> None:
    """Count what has moved."""
    row.paid += amount
    w.today[0].flows.flows_paid_era += to_era(amount)


@rule
def note_missed(w: World, row: FlowRow, amount: int) -> None:
    """Count what was due and did not move."""
    row.missed += amount
    w.today[0].flows.flows_missed_era += to_era(amount)


@rule
def pay_flow(w: World, row: FlowRow, wanted: int, held: int) -> int:
    """Move what a flow of ERA takes of `held` uERA; returns how much it was."""
    s = w.state[0]
    pots = w.pots[0]
    amount = min(wanted, held)
    if row.target == FlowTarget.SWAP:
        amount = min(amount, compute_order(row, s.market.volume_mean))
    if amount > 0:
        take_flow(pots, row.source, amount)
        if row.target == FlowTarget.SWAP:
            book_sale(s.exchange, amount)
            sell_for_reserve(pots, amount, s.market.price)
            row.paid_usd += to_usd(amount, s.market.price)
            w.today[0].flows.swapped_usd += to_usd(amount, s.market.price)
        else:
            deliver_flow(pots, row.target, amount)
        note_paid(w, row, amount)
    note_missed(w, row, wanted - amount)
    return amount


@rule
def get_money(pots: Pots, source: int) -> float:
    """What an account in USD holds."""
    return pots.fund_usd if source == FlowSource.FUND else pots.reserve_usd


@rule
def fill_order(w: World, row: FlowRow, wanted: int) -> int:
    """Order tokens for an account in USD; returns what is filled and can be paid, in uERA."""
    s = w.state[0]
    money = max(get_money(w.pots[0], row.source), 0.0)
    # What cannot be paid for is no order: it must not move the price either.
    amount = min(wanted, to_uera(money, s.market.price), compute_order(row, s.market.volume_mean))
    if amount <= 0:
        return 0
    filled = fill_buy(s.exchange, w.pots[0], w.params[0].exchange, amount)
    # Flooring to whole uERA can cost a rounding error more than the account has.
    while filled > 0 and to_usd(filled, s.market.price) > money:
        filled -= 1
    return filled


@rule
def buy_flow(w: World, row: FlowRow) -> None:
    """Buy with USD, within the bound of the order, and send what was bought on its way."""
    pots = w.pots[0]
    price = w.state[0].market.price
    wanted = compute_wanted(row, to_uera(get_money(pots, row.source), price), price)
    amount = fill_order(w, row, wanted)
    if amount > 0:
        if row.source == FlowSource.FUND:
            buy_for_fund(pots, amount, price)
        else:
            buy_for_reserve(pots, amount, price)
        if row.target == FlowTarget.BUY_DISTRIBUTE:
            distribute_bought(w, amount)
        else:
            deliver_flow(pots, row.target, amount)
        note_paid(w, row, amount)
        row.paid_usd += to_usd(amount, price)
        w.today[0].flows.bought_back_era += to_era(amount)
        w.today[0].flows.bought_back_usd += to_usd(amount, price)
    note_missed(w, row, wanted - amount)


@rule
def is_returned(target: int) -> bool:
    """Whether holders have what a destination gets: stakers, lockers, or all of them by a burn."""
    return target <= FlowTarget.GUARDIAN or target == FlowTarget.LOCKERS or target == FlowTarget.BURN


@rule
def route_revenue(w: World) -> int:
    """Flows take their parts of the day's fees; returns what of it holders have, in uERA."""
    pots = w.pots[0]
    # Shares are of what came in, whatever the flows before took: one sixth is one sixth.
    revenue = pots.fees
    returned = 0
    for i in range(count_flows(w.flows)):
        row = w.flows[i]
        if row.source <= LAST_FEE and is_flow_on(row, w.conditions, w.state[0].clock.day):
            base = revenue if row.source == FlowSource.REVENUE else get_fees(pots, row.source)
            wanted = compute_wanted(row, base, w.state[0].market.price)
            held = pots.fees if row.source == FlowSource.REVENUE else min(pots.fees, base)
            amount = pay_flow(w, row, wanted, held)
            if is_returned(row.target):
                returned += amount
    return returned


@rule
def process_fee_flows(w: World) -> None:
    """Flows out of the day's fees, before the split, and what they leave to it and give to holders in the mean."""
    if count_flows(w.flows) == 0:
        return
    s = w.state[0].flows
    revenue = w.pots[0].fees
    returned = route_revenue(w)
    days = w.params[0].fundamental.revenue_days
    kept = w.pots[0].fees / revenue if revenue > 0 else s.kept
    s.kept = smooth(s.kept, kept, days)
    s.returned_usd = smooth(s.returned_usd, DAYS_A_YEAR * to_usd(returned, w.state[0].market.price), days)


@rule
def route_issuance(w: World, amount: int) -> int:
    """Flows take their parts of the day's new tokens; returns what is left to the split of issuance."""
    left = amount
    if count_flows(w.flows) == 0:
        return left
    s = w.state[0]
    for i in range(count_flows(w.flows)):
        row = w.flows[i]
        if row.source == FlowSource.ISSUANCE and is_flow_on(row, w.conditions, s.clock.day):
            left -= pay_flow(w, row, compute_wanted(row, amount, s.market.price), left)
    s.issuance.issued += amount - left
    return left


@rule
def route_penalties(w: World) -> None:
    """Send what was taken of today's penalties where flows say, in proportion to their shares; the last one has the rest."""
    held = w.pots[0].routed_penalties
    if held <= 0:
        return
    day = w.state[0].clock.day
    parts = sum_shares(w.flows, w.conditions, PENALTIES, day)
    given = 0
    shares = 0
    for i in range(count_flows(w.flows)):
        row = w.flows[i]
        if row.source == FlowSource.PENALTIES and is_flow_on(row, w.conditions, day):
            # Parts of the running total: what rounding takes from one goes to the next.
            shares = min(shares + row.share_bps, parts)
            upto = mul_div(held, shares, parts)
            given += pay_flow(w, row, upto - given, upto - given)
    if given < held:
        return_penalties(w, held - given)


@rule
def return_penalties(w: World, amount: int) -> None:
    """What an order did not take of the penalties is burned, as by their rule."""
    take_flow(w.pots[0], PENALTIES, amount)
    deliver_flow(w.pots[0], BURN, amount)


@rule
def process_flows(w: World) -> None:
    """Voters are paid out of their pots; flows out of accounts and congestion fees move."""
    s = w.state[0]
    today = w.today[0].flows
    pay_voters(w.voters, w.pots[0], s.flows, w.params[0].flows, s.clock.day, today)
    for i in range(count_flows(w.flows)):
        row = w.flows[i]
        if is_flow_on(row, w.conditions, s.clock.day):
            if row.source >= FIRST_MONEY:
                buy_flow(w, row)
            elif row.source == FlowSource.CONGESTION or row.source >= FlowSource.TREASURY:
                base = w.pots[0].moved[Cause.CONGESTION_FEE] if row.source == FlowSource.CONGESTION else get_held(w.pots[0], row.source)
                pay_flow(w, row, compute_wanted(row, base, s.market.price), get_held(w.pots[0], row.source))
    today.dao_reserve_era = to_era(w.pots[0].reserve)
    today.dao_reserve_usd = w.pots[0].reserve_usd


def load_flows(world: Any, flows: tuple[PlannedFlow, ...]) -> None:
    """Write a scenario's flows into a world's table.

    Raises ValueError for a flow that cannot be planned or does not fit any more.
    """
    if not flows:
        return
    table = Table(FlowRow, world.flows)
    for flow in flows:
        # What was planned before under the same name makes room.
        plain(end_flow)(table, flow.name, flow.day)
        if flow.ends:
            continue
        end = flow.day + flow.days if flow.days > 0 else OPEN_END
        code = plain(plan_flow)(table, FlowTerms(*flow.get_terms()), flow.day, end, register_condition(world, flow.condition), BY_PLAN)
        if code != OK:
            raise ValueError(f"flow {flow.label!r} from day {flow.day}: refused with code {code}")
