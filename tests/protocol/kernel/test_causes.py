"""What causes mean: declared once, complete, and what stakeholder income is made of."""

import re

import pytest

from metalab.experiments.decisions.stakeholders import EARNERS, INCOME
from metalab.protocol.kernel.causes import CAUSES, CLASSES, Cause, check_meaning, list_gains, list_losses
from tests.support import find_modules


def test_every_cause_is_of_known_classes_and_has_room() -> None:
    assert all(cause.payer in CLASSES and cause.earner in CLASSES for cause in Cause)
    assert max(Cause) < CAUSES
    assert len({int(cause) for cause in Cause}) == len(Cause.__members__)


def test_a_cause_without_a_meaning_is_refused() -> None:
    with pytest.raises(TypeError, match="name two of"):
        check_meaning(60, "nobody", "users", "income")


def test_every_cause_that_a_verb_books_is_declared_and_the_rest_is_reserved() -> None:
    booked = {name for path in find_modules("protocol") for name in re.findall(r"Cause\.([A-Z_]+)", path.read_text())}
    assert {cause.name for cause in Cause} - booked == {"ROLLUP_FEE", "REDELEGATE"}


def test_income_is_made_of_the_declarations() -> None:
    assert set(INCOME) == set(EARNERS)
    assert Cause.REWARD_CORE in list_gains("nodes")
    assert Cause.SLASH_BURN in list_losses("nodes")
    assert Cause.SLASH_BURN.is_burn
    assert not {Cause.BUY, Cause.SELL, Cause.UNLOCK, Cause.BOND} & {cause for name in CLASSES for cause in list_gains(name)}
