"""Path assistant: it saves what its users gain."""

import pytest

from metalab.protocol.connectors.assistant import Assistant, compute_saving
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row


def test_the_mean_message_is_faster_by_use_times_gain() -> None:
    assert plain(compute_saving)(50.0, make_row(Assistant, enabled=1)) == pytest.approx(50.0 * 0.4 * 0.2)
    assert plain(compute_saving)(50.0, make_row(Assistant)) == 0.0
