"""Four frameworks, each in its own form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.kernel.codes import Framework
from metalab.protocol.messaging.proofs.adapters import publish, read_state

DIGESTS = st.binary(min_size=32, max_size=32)


@given(st.sampled_from(Framework), st.integers(0, 10**6), DIGESTS, DIGESTS)
def test_the_state_is_read_from_the_rollups_own_commitment(framework: Framework, tick: int, state: bytes, sends: bytes) -> None:
    assert read_state(publish(framework, tick, state, sends)) == state


@pytest.mark.parametrize("framework", Framework)
def test_whatever_is_changed_is_refused(framework: Framework) -> None:
    native = publish(framework, 5, b"s" * 32, b"m" * 32)
    assert read_state(native._replace(commitment=bytes(32))) is None
    assert read_state(native._replace(parts=native.parts[:-1])) is None
    for place in range(len(native.parts)):
        changed = (*native.parts[:place], b"x" * 32, *native.parts[place + 1 :])
        assert read_state(native._replace(parts=changed)) is None
    for other in Framework:
        assert (read_state(native._replace(framework=other)) is not None) == (other == framework)


def test_every_framework_binds_what_leaves_it() -> None:
    for framework in Framework:
        cases = [(tick, state, sends) for tick in (1, 2) for state in (b"a", b"b") for sends in (b"c", b"d")]
        commitments = {publish(framework, *case).commitment for case in cases}
        assert len(commitments) == 8
