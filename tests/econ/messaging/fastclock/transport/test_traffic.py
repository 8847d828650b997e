"""Messages arrive as declared."""

import math
from statistics import mean

import pytest

from metalab.econ.messaging.fastclock.figures.delivery import list_users_parcels
from tests.econ.messaging.fastclock.lab import run


def test_rate_sizes_values_and_haste() -> None:
    simulation = run(1, traffic__messages_per_day=400_000.0, minutes=8.0, guarding__offline=3, administration__votes_per_hour=0.0)
    parcels = list_users_parcels(simulation)
    expected = 400_000.0 / 1440.0 * 8.0
    assert len(parcels) == pytest.approx(expected, abs=4 * expected**0.5)
    weights = [1 / (k + 1) for k in range(6)]
    from_first = sum(parcel.letter.source == 0 for parcel in parcels) / len(parcels)
    assert from_first == pytest.approx(weights[0] / sum(weights), abs=0.05)
    assert all(parcel.letter.source != parcel.letter.target for parcel in parcels)
    logs = [math.log(parcel.value_usd) for parcel in parcels]
    assert mean(logs) == pytest.approx(math.log(226) - 1.5**2 / 2, abs=4 * 1.5 / len(parcels) ** 0.5)
    hasty = mean(parcel.letter.deadline_ms / 1000.0 - parcel.sent_s < 11.0 for parcel in parcels)
    assert hasty == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / len(parcels)) ** 0.5)


@pytest.mark.parametrize("values", [{"traffic__messages_per_day": 0.0}, {"traffic__rollups": 1}])
def test_no_traffic(values: dict[str, float]) -> None:
    simulation = run(1, administration__votes_per_hour=0.0, **values)
    assert simulation.post.parcels == []
    assert len(simulation.room.finals) > 90
