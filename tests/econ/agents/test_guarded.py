"""Parameters, state and accounts of a model: read as before, written within what is declared."""

from typing import Any

import numpy as np
import pytest

from metalab.econ import EconModel
from metalab.econ.agents.guarded import guard
from metalab.econ.kernel.records import PARAMETERS, Params, State
from metalab.protocol.kernel.accounts import Pots
from metalab.protocol.kernel.declare import make_defaults
from tests.support import make_scenario


def make_params() -> tuple[Any, Any]:
    array = make_defaults(Params)
    return guard(Params, array), array


def test_a_parameter_is_written_through() -> None:
    params, array = make_params()
    params.fees.message_fee_usd = 0.5
    assert array["fees"]["message_fee_usd"][0] == params.fees.message_fee_usd == 0.5
    params.fees.split = (2_000, 2_000, 2_000, 2_000, 2_000)
    assert array["fees"]["split"][0].tolist() == list(params.fees.split) == [2_000] * 5


def test_every_default_is_allowed() -> None:
    params, array = make_params()
    before = array.tobytes()
    for leaf in PARAMETERS:
        *parts, name = leaf.path.split(".")
        node = params
        for part in parts:
            node = getattr(node, part)
        if parts != ["population"]:
            setattr(node, name, getattr(node, name))
    assert array.tobytes() == before


@pytest.mark.parametrize(
    ("path", "value", "error", "words"),
    [
        ("fees.message_fee_us", 0.5, AttributeError, "Fees.message_fee_us does not exist; did you mean 'message_fee_usd'"),
        ("fees", 1, AttributeError, "it is a group; assign one of"),
        ("fees.message_fee_usd", -1.0, ValueError, "Fees.message_fee_usd = -1.0 is not allowed; give a number from"),
        ("fees.message_fee_usd", float("nan"), ValueError, "nan is not allowed"),
        ("fees.message_fee_usd", "cheap", ValueError, "'cheap' is not allowed"),
        ("slashing.schedule", 99, ValueError, "give a whole number from 0 to"),
        ("slashing.schedule", 1.5, ValueError, "give a whole number"),
        ("fees.split", (1, 2), ValueError, "give 5 numbers"),
        ("fees.split", (1, 2, 3, 4, 5), ValueError, "with the sum 10,000"),
        ("population.users", 5, AttributeError, "set in the scenario"),
    ],
)
def test_what_is_not_declared_is_refused(path: str, value: Any, error: type[Exception], words: str) -> None:
    params, array = make_params()
    before = array.tobytes()
    *parts, name = path.split(".")
    node = params
    for part in parts:
        node = getattr(node, part)
    with pytest.raises(error, match=words):
        setattr(node, name, value)
    assert array.tobytes() == before


def test_an_element_of_a_vector_cannot_break_its_sum() -> None:
    params, _ = make_params()
    with pytest.raises(TypeError, match="assign the whole parameter"):
        params.fees.split[0] = 99_999


def test_accounts_are_for_reading() -> None:
    pots = guard(Pots, np.zeros(1, Pots.dtype))
    with pytest.raises(AttributeError, match=r"Pots\.treasury cannot be assigned: it holds tokens"):
        pots.treasury += 5
    assert pots.treasury == 0


def test_state_is_assigned_by_its_names() -> None:
    state = guard(State, np.zeros(1, State.dtype))
    state.fees.message_fee = 7
    assert state.fees.message_fee == 7
    with pytest.raises(AttributeError, match=r"FeesState\.message_fees does not exist; did you mean 'message_fee'"):
        state.fees.message_fees = 8


def test_a_model_hands_out_guarded_rows_of_its_own_world() -> None:
    with EconModel(make_scenario(), 1) as model:
        model.params.fees.message_fee_usd = 0.75
        assert model.world.params["fees"]["message_fee_usd"][0] == 0.75  # type: ignore[call-overload]
        with pytest.raises(AttributeError, match=r"Pots\.treasury"):
            model.pots.treasury += 1
        with pytest.raises(AttributeError, match=r"ClockState\.dai"):
            model.state.clock.dai = 3
