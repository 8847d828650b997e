"""Care against faults: the closed forms are the minimum of what an operator pays."""

import math

import numpy as np
import pytest

from metalab.econ.staking.care import compute_care_cost, compute_hazard, compute_severity, get_worst, put_alone
from metalab.econ.staking.faults import FaultDraws, Faults, FaultsState, suffer_faults, sum_hazard
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.security.slashing import Docket, Slashing, SlashingSchedule
from metalab.protocol.staking.staking import NodeRow, Staking
from tests.support import make_row

CASES = [(0.03, 1e5, 0.003, 0.57), (0.3, 1e5, 0.003, 0.57), (0.03, 1e6, 0.05, 40.0), (0.9, 1e4, 0.5, 300.0), (0.001, 100.0, 0.003, 1.0)]


@pytest.mark.parametrize(("severity", "stake", "worst", "care_cost"), CASES)
def test_the_closed_forms_are_the_cheapest_care(severity: float, stake: float, worst: float, care_cost: float) -> None:
    # Care in e-folds: k = 1, c = c / k. The grid holds the corner, no care.
    care = np.linspace(0.0, 25.0, 2_000_001)
    paid = care_cost * care + worst * np.exp(-care) * severity * stake
    best = care[np.argmin(paid)]
    hazard = plain(compute_hazard)(severity, stake, worst, care_cost)
    cost = plain(compute_care_cost)(hazard, worst, care_cost)
    assert hazard == pytest.approx(worst * math.exp(-best), rel=1e-4)
    assert cost == pytest.approx(care_cost * best, abs=care_cost * 1e-4)
    assert cost + hazard * severity * stake == pytest.approx(paid.min(), rel=1e-9)


def test_harsher_slashing_and_larger_stakes_mean_fewer_faults_and_dearer_care() -> None:
    def pay(severity: float, stake: float) -> tuple[float, float]:
        hazard = plain(compute_hazard)(severity, stake, 0.003, 0.57)
        return hazard, plain(compute_care_cost)(hazard, 0.003, 0.57)

    mild, harsh, large, free = pay(0.03, 1e5), pay(0.3, 1e5), pay(0.03, 1e6), pay(0.0, 1e5)
    assert harsh == large
    assert harsh[0] == pytest.approx(mild[0] / 10)
    assert harsh[1] - mild[1] == pytest.approx(0.57 * math.log(10))
    assert free == (0.003, 0.0)
    assert plain(compute_care_cost)(0.0, 0.0, 0.57) == 0.0


def test_launch_stakes_and_penalties_give_the_published_hazard() -> None:
    """Twenty core, twenty-five flex and twelve guardian nodes at the minimum stakes and the launch price, yields at 15 %."""
    p, slashing, staking = make_row(Faults), make_row(Slashing), make_row(Staking)
    total = 0.0
    for tier, count in enumerate((20, 25, 12)):
        docket = make_row(Docket)
        plain(put_alone)(docket, count, count * staking.minimum[tier])
        severity = plain(compute_severity)(docket, slashing, p, staking, 0.15)
        stake = staking.minimum[tier] * 1e-6 * 1.545
        total += count * plain(compute_hazard)(severity, stake, plain(get_worst)(p), p.care_cost)
    assert total / 57 == pytest.approx((1.0 - p.shared) * 0.00045, rel=0.02)


def test_severity_is_the_mean_penalty_of_a_lone_offence_and_the_idle_days() -> None:
    p, slashing, staking, docket = make_row(Faults), make_row(Slashing), make_row(Staking), make_row(Docket)
    plain(put_alone)(docket, 10, 10**12)

    def assess(gross: float = 0.0) -> float:
        return float(plain(compute_severity)(docket, slashing, p, staking, gross))

    assert assess() == pytest.approx((0.01 + 0.05 + 0.02) / 3)
    assert assess(0.365) == pytest.approx((0.08 + (7 + 14 + 7) * 0.001) / 3)
    slashing.schedule = int(SlashingSchedule.ETHEREUM)
    assert assess() == pytest.approx(1 / 4096 + 0.3)
    slashing.schedule = int(SlashingSchedule.COSMOS)
    assert assess() == pytest.approx(0.05)


def test_a_careless_operator_errs_more_often_and_is_out_for_the_day() -> None:
    p, state = make_row(Faults), make_row(FaultsState)
    u = 0.5 * plain(sum_hazard)(p) / 365
    for hazard, faults in ((plain(sum_hazard)(p), 1), (0.1 * plain(sum_hazard)(p), 0)):
        node = make_row(NodeRow, hazard=hazard)
        plain(suffer_faults)(node, make_row(FaultDraws, outage=0.999, mistake=u), state, p, 0.0)
        assert (node.fault > 0) == (faults == 1)
        assert node.uptime == 1.0 - faults
