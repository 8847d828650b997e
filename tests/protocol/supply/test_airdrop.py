"""Who may claim the airdrop, and until when."""

from metalab.econ.users.user import UserRow
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.codes import ALREADY_DONE, EXPIRED, OK
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.supply.airdrop import Airdrop, claim, is_claim_open
from tests.support import make_row


def test_claims_close_on_their_day():
    p = make_row(Airdrop)
    assert plain(is_claim_open)(89, p)
    assert not plain(is_claim_open)(90, p)


def test_a_claim_is_paid_once():
    user, pots, p = make_row(UserRow, airdrop=70), make_row(Pots, unclaimed_airdrop=100), make_row(Airdrop)
    assert plain(claim)(user, pots, 0, p) == OK
    assert (user.balance, user.airdrop, pots.unclaimed_airdrop) == (70, 0, 30)
    assert plain(claim)(user, pots, 0, p) == ALREADY_DONE
    assert (user.balance, pots.unclaimed_airdrop) == (70, 30)


def test_a_late_claim_is_void():
    user, pots = make_row(UserRow, airdrop=70), make_row(Pots, unclaimed_airdrop=100)
    assert plain(claim)(user, pots, 90, make_row(Airdrop)) == EXPIRED
    assert (user.balance, user.airdrop, pots.unclaimed_airdrop) == (0, 70, 100)
