"""The front door of the protocol: its examples are true, and everything it promises is there."""

import doctest
import subprocess
import sys

import pytest

from metalab import protocol
from metalab.protocol import Offence, SlashingSchedule, Vesting, make_parameters
from tests.support import ROOT


def test_the_examples_are_true() -> None:
    result = doctest.testmod(protocol)
    assert result.attempted > 10
    assert result.failed == 0


@pytest.mark.parametrize("name", protocol.__all__)
def test_everything_promised_is_there(name: str) -> None:
    assert getattr(protocol, name) is not None
    assert name in dir(protocol)


def test_what_is_given_comes_from_its_own_module() -> None:
    from metalab.protocol.security import slashing
    from metalab.protocol.supply import vesting

    assert Offence is slashing.Offence
    assert SlashingSchedule is slashing.SlashingSchedule
    assert Vesting is vesting.Vesting


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match=r"'metalab\.protocol' has no attribute 'nothing'"):
        protocol.nothing  # noqa: B018


def test_every_choice_of_a_schedule_can_be_named() -> None:
    from metalab.protocol import Slashing

    for member in SlashingSchedule:
        assert make_parameters(Slashing, schedule=member.name.lower()).schedule == member


def test_it_compiles_nothing_and_loads_no_economy() -> None:
    code = (
        "import sys; from metalab.protocol import Bucket, Vesting, compute_vested, make_parameters, plain\n"
        "from numba.core import event\n"
        "with event.install_recorder('numba:compile') as seen: plain(compute_vested)(make_parameters(Vesting), Bucket.TEAM, 400)\n"
        "assert not seen.buffer\n"
        "assert not [name for name in sys.modules if name.startswith(('metalab.econ', 'metalab.experiments', 'pandas', 'mesa'))]"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
