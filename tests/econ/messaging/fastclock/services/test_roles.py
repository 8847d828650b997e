"""Roles reach every rollup with the first snapshot that can hold them."""

import pytest

from tests.econ.messaging.fastclock.lab import run

OFTEN = {"administration__role_changes_per_hour": 600.0, "minutes": 8.0}


@pytest.mark.parametrize("failure", [0.0, 0.3])
def test_changes_arrive_everywhere(failure: float) -> None:
    simulation = run(1, relaying__relay_failure=failure, **OFTEN)
    done = [progress for progress in simulation.roles.all if progress.consistent_s >= 0.0]
    assert len(done) > 30
    for progress in done:
        assert progress.decided_s < progress.final_s < progress.consistent_s
        assert progress.final_s >= progress.tick * 3.0
        assert progress.snapshots == 1 or failure == 0.0 or progress.snapshots <= 3
    old = [progress for progress in simulation.roles.all if progress.decided_s < simulation.end_s - 90.0]
    assert all(progress.consistent_s >= 0.0 for progress in old)


def test_a_revocation_is_in_the_first_snapshot_begun_after_it() -> None:
    done = [progress for progress in run(1, guarding__root_s=0.05, **OFTEN).roles.all if progress.consistent_s >= 0.0]
    assert {progress.snapshots for progress in done} == {1}


def test_the_end_is_what_home_decided() -> None:
    simulation = run(1, **OFTEN)
    roles = simulation.roles
    done = [progress.change for progress in roles.all if progress.consistent_s >= 0.0]
    last = {change.account: change for change in done}
    pending = {progress.change.account for progress in roles.all if progress.consistent_s < 0.0}
    for change in last.values():
        if change.account not in pending:
            assert all(mirror.allows(change.account) == change.is_granted for mirror in roles.mirrors)


def test_revoked_administrators_act_until_the_news_arrives_and_never_after() -> None:
    roles = run(1, administration__misuses_per_revocation=50, **OFTEN).roles
    assert roles.accepted_late > 20
    assert roles.refused > 100
    assert roles.accepted_wrongly == 0


def test_without_snapshots_nothing_arrives() -> None:
    roles = run(1, guarding__offline=3, **OFTEN).roles
    assert roles.all
    assert all(progress.final_s < 0.0 for progress in roles.all)
