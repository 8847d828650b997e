"""Guards judge what they are shown, both ways."""

import numpy as np
import pytest

from metalab.econ.kernel.records import COLUMNS
from metalab.experiments.validation.guards import judge_losses
from metalab.experiments.validation.laboratory import Ensemble

DAYS = 730


def make_ensemble(losses: list[float]) -> Ensemble:
    """Runs of two years on 100 USD of value secured that lose so much on the first day."""
    rows = np.zeros((len(losses), DAYS, len(COLUMNS)))
    rows[:, :, COLUMNS.index("tvl_usd")] = 100.0
    rows[:, 0, COLUMNS.index("incident_loss_usd")] = losses
    rows[:, 0, COLUMNS.index("incident_residual_usd")] = [0.5 * loss for loss in losses]
    return Ensemble(rows, ())


@pytest.mark.parametrize(
    ("losses", "holds"),
    [([1.0, 2.0, 3.0], True), ([0.0, 0.0, 9.0], True), ([0.0, 0.0, 0.0], False), ([9.0, 11.0, 12.0], False), ([9.0, 10.1, 0.0], True)],
)
def test_losses_are_judged_by_the_median_and_must_not_all_be_zero(losses: list[float], holds: bool) -> None:
    assert judge_losses(make_ensemble(losses), DAYS).holds is holds


def test_losses_are_a_share_of_value_a_year() -> None:
    finding = judge_losses(make_ensemble([4.0, 4.0, 4.0]), DAYS)
    assert finding.measured == "0.02 [0.02, 0.02]"
    assert "insurance: 0.5" in finding.note
