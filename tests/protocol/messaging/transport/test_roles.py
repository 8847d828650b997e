"""Roles mapped from a home rollup: a revocation is never undone by an older grant."""

from hypothesis import given
from hypothesis import strategies as st

from metalab.protocol.messaging.transport.roles import Home, Mirror


@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=12), st.data())
def test_any_order_and_repetition_ends_in_the_homes_state(decisions: list[tuple[int, bool]], data: st.DataObject) -> None:
    home, mirror = Home(), Mirror()
    changes = [home.decide(account, is_granted) for account, is_granted in decisions]
    arrivals = data.draw(st.permutations(changes + changes)) if changes else []
    revoked: set[tuple[int, int]] = set()
    for change in arrivals:
        mirror.apply(change)
        if not change.is_granted:
            revoked.add((change.account, change.number))
        for account, number in revoked:
            later = [c for c in arrivals if c.account == account and c.number > number and c.is_granted]
            assert later or not mirror.allows(account)
    last = dict(decisions)
    assert all(mirror.allows(account) == last.get(account, False) for account in range(3))


def test_an_older_change_is_refused() -> None:
    home, mirror = Home(), Mirror()
    grant, revocation = home.decide(1, True), home.decide(1, False)
    assert (grant.number, revocation.number) == (1, 2)
    assert mirror.apply(revocation)
    assert not mirror.apply(grant)
    assert not mirror.apply(revocation)
    assert not mirror.allows(1)
