"""Enterprise connector: companies are counted."""

from metalab.protocol.connectors.enterprise import EnterpriseState, change_clients
from metalab.protocol.kernel.compiling import plain
from tests.support import make_row


def test_clients_come_and_go_and_are_never_negative() -> None:
    state = make_row(EnterpriseState)
    for came, left, count in ((3, 0, 3), (2, 1, 4), (0, 9, 0), (1, 0, 1)):
        plain(change_clients)(state, came, left)
        assert state.clients == count
