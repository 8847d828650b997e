"""Switching: active cohorts move to another rollup now and then, the more readily the faster messages are (MODEL 14, S3).

Rollups are specialised by niche; whoever looks for another home finds one by the value it holds, whatever its niche. The
flows between niches are outcomes.
"""

from typing import Any

from metalab.econ.rollups.deploying import Niche
from metalab.econ.rollups.rollup import RollupRow
from metalab.econ.users.activity import ActivityState
from metalab.econ.users.adoption import compute_response
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter, switch

NICHES = 6
"""Members of `Niche`."""
FLOWS = NICHES * NICHES
"""Ordered pairs of niches."""


class Switching(Record):
    """How readily cohorts change their home."""

    rate: float = parameter(
        0.5, 0.0, 12.0, unit="1/year", source="assumed", owner="behaviour", doc="Hazard of looking for another home at the usual delay."
    )
    delay_elasticity: float = parameter(
        0.5, 0.0, 2.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of that hazard to the delay of messages, as a fall."
    )
    seamless: int = switch(True, source="S3", owner="team", doc="Whether a cohort can move without leaving the network.")


class SwitchingState(Record):
    """Who moved where so far."""

    chance: float = field("1/day", "chance that an active cohort looks for another home today")
    flows: list[int] = field("1", "moves so far from niche i to niche j, at place i x niches + j", length=FLOWS)


class SwitchingMetrics(Record):
    """Homes on a day."""

    users_switched: float = metric("1", "Cohorts that moved to another rollup.", chart=True)
    niche_switches: float = metric("1", "Cohorts that moved to a rollup of another niche.", chart=True)
    users_defi: float = metric("1", "Active cohorts at home on DeFi rollups.", chart=True)
    users_nft: float = metric("1", "Active cohorts at home on NFT rollups.", chart=True)
    users_gaming: float = metric("1", "Active cohorts at home on gaming rollups.", chart=True)
    users_privacy: float = metric("1", "Active cohorts at home on privacy rollups.", chart=True)
    users_payments: float = metric("1", "Active cohorts at home on payment rollups.", chart=True)
    users_data: float = metric("1", "Active cohorts at home on data rollups.", chart=True)


@rule
def prepare_switching(niches: SwitchingState, activity: ActivityState, usual_delay_s: float, p: Switching) -> None:
    """Today's chance of looking for another home, by yesterday's delay."""
    niches.chance = 0.0
    if p.seamless == 1:
        niches.chance = min(p.rate / DAYS_A_YEAR * compute_response(activity.delay_s, usual_delay_s, -p.delay_elasticity), 1.0)


@rule
def note_move(niches: SwitchingState, origin: RollupRow, target: RollupRow, today: SwitchingMetrics) -> None:
    """Book a move between two rollups; staying where one is is none."""
    if origin.index == target.index:
        return
    niches.flows[origin.niche * NICHES + target.niche] += 1
    today.users_switched += 1.0
    if origin.niche != target.niche:
        today.niche_switches += 1.0


@rule
def note_residents(residents: Any, today: SwitchingMetrics) -> None:
    """Record the active cohorts by the niche of their home."""
    today.users_defi += residents[Niche.DEFI]
    today.users_nft += residents[Niche.NFT]
    today.users_gaming += residents[Niche.GAMING]
    today.users_privacy += residents[Niche.PRIVACY]
    today.users_payments += residents[Niche.PAYMENTS]
    today.users_data += residents[Niche.DATA]
