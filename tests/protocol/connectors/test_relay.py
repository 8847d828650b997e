"""Data relay: who pays for a proof."""

import math

import pytest

from metalab.protocol.connectors.relay import Relay, compute_cheaper_fee, compute_onchain_share
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row


def test_a_proof_is_bought_where_it_is_worth_its_fee() -> None:
    assert plain(compute_onchain_share)(make_row(Relay)) == pytest.approx(math.exp(-1.0))
    assert plain(compute_onchain_share)(make_row(Relay, onchain_fee_usd=0.01)) == 1.0
    assert plain(compute_onchain_share)(make_row(Relay, onchain_fee_usd=0.0)) == 1.0


def test_demand_answers_to_the_cheaper_fee() -> None:
    assert plain(compute_cheaper_fee)(make_row(Relay)) == 0.01
    assert plain(compute_cheaper_fee)(make_row(Relay, onchain_fee_usd=0.005)) == 0.005
