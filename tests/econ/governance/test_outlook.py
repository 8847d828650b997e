"""What everybody can look up in the evening."""

from typing import Any

import pytest

from metalab.econ.governance.outlook import read_fees, update_outlook
from metalab.econ.kernel.memory import allocate, as_rows
from metalab.protocol.kernel.codes import Stakeholder, Tier
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.units import ONE_ERA
from tests.support import LEAVES, make_scenario


def make_world() -> Any:
    w = as_rows(allocate(make_scenario().parameters))
    s = w.state[0]
    s.market.price, s.market.price_mean, s.market.volume_mean = 2.0, 2.0, 1e6
    s.supply.effective, s.governance.locked_sum = 100_000_000 * ONE_ERA, 5_000_000 * ONE_ERA
    s.governance.weight[Stakeholder.INVESTOR] = 3_000_000 * ONE_ERA
    s.staking.bonded[Tier.CORE] = s.staking.earning[Tier.CORE] = 10_000_000 * ONE_ERA
    s.fees.revenue_mean_usd, s.fees.message_fee, s.rollups.live, s.activity.messages = 1e6, 200_000, 60, 15_000
    return w


def test_public_figures_from_the_state() -> None:
    w = make_world()
    o = w.state[0].interests
    plain(update_outlook)(w.state[0], w.params[0], w.today[0], w.governable, True)
    assert (o.market_cap, o.effective, o.liquid, o.staked_usd[Tier.CORE]) == (2e8, 1e8, 8.5e7, 2e7)
    assert (o.share_stakers, o.share_developers, o.share_users) == (0.8, 0.1, 0.1)
    assert o.fee_usd == pytest.approx(0.3 * (2.0 / 1.545) ** 0.5)
    grants = (LEAVES["incentives.grants"].info.default + LEAVES["incentives.fund"].info.default) * 2.0
    assert o.developers_usd == pytest.approx(1e5 + grants)
    assert o.held_usd[Stakeholder.INVESTOR] == 6e6
    assert o.held_usd[Stakeholder.USER] == 1.0
    assert (o.messages, o.learning.slope, o.learning.days) == (365 * 15_000, 1.0, 1)


def test_the_pots_of_the_tiers_follow_the_split_in_its_own_order() -> None:
    w = make_world()
    o = w.state[0].interests
    o.price, o.revenue_usd = 1.0, 1e6
    plain(read_fees)(o, w.params[0].fees)
    assert (o.pot_usd[Tier.CORE], o.pot_usd[Tier.GUARDIAN], o.pot_usd[Tier.FLEX]) == (4e5, 2.5e5, 1.5e5)


def test_losses_are_those_that_depositors_see_and_the_week_closes_on_its_seventh_day() -> None:
    w = make_world()
    s, o = w.state[0], w.state[0].interests
    s.deposits.hazard, s.rollups.tvl = 0.02, 1e8
    plain(update_outlook)(s, w.params[0], w.today[0], w.governable, True)
    assert o.losses_usd == pytest.approx(2e6)
    for _ in range(6):
        s.activity.messages = 8_000
        plain(update_outlook)(s, w.params[0], w.today[0], w.governable, False)
    assert o.messages == pytest.approx(365 * (15_000 + 6 * 8_000) / 7)
    assert (o.learning.days, o.learning.information) == (0, 0.0)
