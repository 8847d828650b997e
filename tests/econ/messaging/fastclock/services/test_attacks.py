"""Attacks: all refused while less than two thirds of the stake conspire."""

import pytest

from metalab.econ.messaging.fastclock.services.attacks import THIEF, Attack
from metalab.protocol.messaging.proofs.light_client import Refusal
from tests.econ.messaging.fastclock.lab import run

OFTEN = {f"relaying__{name}_per_hour": 1200.0 for name in ("replays", "double_spends", "forgeries")}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_attempt_is_refused_for_its_own_reason(seed: int) -> None:
    attackers = run(seed, guarding__byzantine=2, **OFTEN).attackers
    assert all(attackers.attempts[attack] > 5 for attack in Attack)
    assert attackers.attempts == attackers.rejected
    assert attackers.count_successes() == 0
    assert attackers.refused_at_source == attackers.attempts[Attack.SPEND_TWICE]
    assert attackers.reasons[Refusal.REPLAYED] == attackers.attempts[Attack.REPLAY]
    assert attackers.reasons[Refusal.NO_QUORUM] + attackers.reasons[Refusal.NOT_FINAL] >= attackers.attempts[Attack.FORGED_ATTESTATION]
    assert 0 < attackers.reasons[Refusal.BAD_PROOF] <= attackers.attempts[Attack.CHANGED_MESSAGE]
    assert attackers.reasons[Refusal.OK] == 0


def test_the_thief_gets_nothing() -> None:
    simulation = run(1, guarding__byzantine=2, **OFTEN)
    assert sum(chain.funds.get(THIEF) for chain in simulation.chains.all) == 0


def test_two_thirds_of_the_stake_can_forge_anything() -> None:
    simulation = run(1, guarding__byzantine=5, relaying__forgeries_per_hour=1200.0)
    assert simulation.attackers.count_successes() > 0
    assert sum(chain.funds.get(THIEF) for chain in simulation.chains.all) > 0


def test_attacks_do_not_change_what_happens_to_honest_messages() -> None:
    quiet, attacked = run(1), run(1, **OFTEN)
    assert [parcel.done_s for parcel in quiet.post.parcels] == [parcel.done_s for parcel in attacked.post.parcels]
