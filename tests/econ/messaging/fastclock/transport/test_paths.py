"""Expectations about paths are learned."""

import pytest

from metalab.econ.messaging.fastclock.transport.chains import RollupChains
from metalab.econ.messaging.fastclock.transport.paths import Paths
from metalab.protocol.messaging.proofs.verification import Path
from tests.econ.messaging.fastclock.lab import choose

SETTINGS = choose(verifying__verifier_share=1.0)
WEIGHT = SETTINGS.verifying.learning


def test_offers_follow_what_was_seen() -> None:
    paths, chain = Paths(SETTINGS), RollupChains(1, SETTINGS).all[0]
    before = {offer.path: offer for offer in paths.list_offers(chain, 0.0)}
    paths.learn_finality(100.0)
    paths.learn_carriage(50.0, Path.DIRECT, 1e6)
    after = {offer.path: offer for offer in paths.list_offers(chain, 0.0)}
    carried = WEIGHT * (50.0 - SETTINGS.relaying.relay_s)
    assert after[Path.DIRECT].delay_s == pytest.approx(before[Path.DIRECT].delay_s + carried)
    assert after[Path.LIGHT].delay_s == pytest.approx(before[Path.LIGHT].delay_s * (1 - WEIGHT) + WEIGHT * 150.0)
    assert after[Path.DIRECT].gas == pytest.approx(before[Path.DIRECT].gas * (1 - WEIGHT) + WEIGHT * 1e6)
    assert after[Path.OPTIMISTIC].gas == before[Path.OPTIMISTIC].gas


def test_missing_snapshots_make_the_light_client_slow() -> None:
    paths, chain = Paths(SETTINGS), RollupChains(1, SETTINGS).all[0]
    assert paths.choose(chain, 10.0, 1.0, 1e9) == Path.LIGHT
    assert paths.choose(chain, 10.0, 5_000.0, 1e9) == Path.DIRECT
    assert paths.choose(chain, 10.0, 1.0, 1e9, without_snapshots=True) == Path.DIRECT
    paths.last_final_s = 4_999.0
    assert paths.choose(chain, 10.0, 5_000.0, 1e9) == Path.LIGHT


def test_a_source_without_a_verifier_has_no_direct_path() -> None:
    settings = choose(verifying__verifier_share=0.0)
    paths, chain = Paths(settings), RollupChains(1, settings).all[0]
    assert {offer.path for offer in paths.list_offers(chain, 0.0)} == {Path.LIGHT, Path.OPTIMISTIC}
    assert paths.choose(chain, 1e9, 1.0, 1e9) == Path.OPTIMISTIC
