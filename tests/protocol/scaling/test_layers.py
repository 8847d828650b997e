"""Any layer can be the narrowest; what it has no room for is counted."""

import pytest

from metalab.protocol.kernel.compiling import plain
from metalab.protocol.scaling.layers import (
    Layer,
    Layers,
    LayersMetrics,
    compute_data_tps,
    compute_excess,
    compute_use,
    find_bottleneck,
    measure_layers,
)
from tests.support import make_row


@pytest.mark.parametrize(
    ("uses", "layer"),
    [
        ((0.9, 0.5, 0.1), Layer.EXECUTION),
        ((0.5, 0.9, 0.1), Layer.DATA),
        ((0.5, 0.1, 0.9), Layer.VERIFICATION),
        ((0.5, 0.5, 0.5), Layer.EXECUTION),
        ((0.1, 0.5, 0.5), Layer.DATA),
        ((0.0, 0.0, 0.0), Layer.EXECUTION),
    ],
)
def test_the_busiest_layer_is_the_bottleneck(uses: tuple[float, float, float], layer: Layer) -> None:
    assert plain(find_bottleneck)(*uses) == layer
    capacities = [1.0 / use if use else 1.0 for use in uses]
    today = make_row(LayersMetrics, execution_tps=capacities[0], data_tps=capacities[1], verification_tps=capacities[2])
    plain(measure_layers)(1.0 if any(uses) else 0.0, today)
    assert (today.execution_use, today.data_use, today.verification_use) == pytest.approx(uses)
    assert today.bottleneck == layer


@pytest.mark.parametrize(("rate", "capacity", "use"), [(50.0, 100.0, 0.5), (0.0, 0.0, 0.0), (300.0, 100.0, 3.0), (1.0, 0.0, 1e9)])
def test_use_is_load_over_capacity(rate: float, capacity: float, use: float) -> None:
    assert plain(compute_use)(rate, capacity) == pytest.approx(use)


@pytest.mark.parametrize(("taken", "capacity", "excess"), [(360_000.0, 100.0, 0.0), (360_001.0, 100.0, 1.0), (5.0, 0.0, 5.0)])
def test_what_exceeds_a_layer_in_an_hour_is_left_out(taken: float, capacity: float, excess: float) -> None:
    assert plain(compute_excess)(taken, capacity, 3_600.0) == excess


def test_throughput_is_bytes_over_bytes() -> None:
    # 53 kB a second are 442 transactions of 200 bytes, compressed to 120.
    assert plain(compute_data_tps)(make_row(Layers), 120.0) == pytest.approx(441.67, abs=0.01)
