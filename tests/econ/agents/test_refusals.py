"""What an agent or a model would ignore is refused, with the name and what to do."""

from math import isnan
from typing import Any

import pytest

from metalab.econ import CoreNode, EconModel, Holder, User, Voter
from metalab.econ.agents.roster import ROSTER
from metalab.econ.kernel.memory import as_array
from tests.support import make_scenario


@pytest.fixture(scope="module")
def model() -> EconModel:
    return EconModel(make_scenario(), 1)


def first(model: EconModel, cls: type) -> Any:
    return next(iter(model.population(cls)))


def test_a_field_that_does_not_exist_is_refused_with_the_nearest_name(model: EconModel) -> None:
    user = first(model, User)
    with pytest.raises(
        AttributeError, match=r"User\.balence cannot be assigned: there is no such field; did you mean 'balance'\?.*in __init__"
    ):
        user.balence = 3
    with pytest.raises(AttributeError, match=r"the fields are .*trust"):
        user.zzz = 3
    assert not hasattr(user, "balence")


@pytest.mark.parametrize(("cls", "name", "advice"), [
    (User, "balance", r"send\(\)"), (CoreNode, "stake", r"bond\(\).*unbond\(\).*withdraw\(\)"), (Voter, "locked", r"lock\(\).*unlock\(\)"),
    (Holder, "escrow", r"its step\(\) moves them"),
])  # fmt: skip
def test_tokens_cannot_be_assigned(model: EconModel, cls: type, name: str, advice: str) -> None:
    agent, before = first(model, cls), model.digest
    with pytest.raises(AttributeError, match=rf"{name} holds tokens, which move only by protocol actions; .*{advice}"):
        setattr(agent, name, getattr(agent, name) + 5)
    assert model.digest == before


@pytest.mark.parametrize("roster", ROSTER, ids=lambda roster: roster.name)
def test_every_field_without_tokens_can_be_assigned_and_every_other_cannot(model: EconModel, roster: Any) -> None:
    agent = model._members[roster.name][0]
    for name, info in agent.infos.items():
        if info.token:
            with pytest.raises(AttributeError, match="holds tokens"):
                setattr(agent, name, 1)
        elif not info.length:
            setattr(agent, name, getattr(agent, name))


def test_assigning_a_field_writes_the_row(model: EconModel) -> None:
    user = list(model.agents_by_type[User])[3]
    user.sent = 123
    assert as_array(model.world.users)["sent"][3] == 123


def test_state_of_a_subclass_is_declared_in_its_body_its_init_or_by_an_underscore() -> None:
    class Moody(User):
        mood = 0
        friend: Any

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.days: list[int] = []

    with EconModel(make_scenario(), 1, agents={"users": Moody}) as model:
        user = first(model, Moody)
        user.mood, user.friend, user.days, user._secret, user.pos = 3, None, [1], 4, (1, 2)
        assert (user.mood, user.friend, user.days, user._secret, user.pos, Moody.mood) == (3, None, [1], 4, (1, 2), 0)
        with pytest.raises(AttributeError, match="did you mean 'mood'"):
            user.moood = 3


def test_tokens_cannot_be_assigned_while_an_agent_is_made_either() -> None:
    class Rich(User):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self.balance = 10**12

    with pytest.raises(AttributeError, match="balance holds tokens"):
        EconModel(make_scenario(), 1, agents={"users": Rich})


@pytest.mark.parametrize("name", ["balance", "trust", "_index"])
def test_a_subclass_cannot_hide_its_row(name: str) -> None:
    with pytest.raises(TypeError, match=f"Wrong.{name} would hide"):
        type("Wrong", (User,), {name: 5})


def test_methods_cannot_be_replaced_on_one_agent(model: EconModel) -> None:
    user = first(model, User)
    for name in ("step", "send", "uniform", "remove"):
        with pytest.raises(AttributeError, match=f"{name} cannot be assigned: it is a method; override it in a subclass"):
            setattr(user, name, lambda: None)


def test_an_agent_cannot_leave_the_model_or_its_row(model: EconModel) -> None:
    user = first(model, User)
    with pytest.raises(RuntimeError, match="never removed"):
        user.remove()
    with pytest.raises(AttributeError, match="ties the agent to its row"):
        user._index = 3
    assert user in model.agents


@pytest.mark.parametrize("amount", [1.5, "1", None])
def test_an_action_takes_whole_numbers_alone(model: EconModel, amount: Any) -> None:
    before = model.digest
    for action in (first(model, CoreNode).bond, first(model, CoreNode).withdraw, first(model, User).send, first(model, Voter).extend):
        with pytest.raises(TypeError, match="give a whole number"):
            action(amount)
    with pytest.raises(ValueError, match=r"Node\.bond: amount = 9223372036854775808 is not allowed"):
        first(model, CoreNode).bond(2**63)
    with pytest.raises(ValueError, match="from 0 to 1,000,000,000"):
        first(model, User).send(-1)
    assert model.digest == before


def test_a_proposal_reaches_the_parameter_it_names_and_no_other(model: EconModel) -> None:
    voter = first(model, Voter)
    with pytest.raises(KeyError, match=r"did you mean 'fees\.message_fee_usd'"):
        voter.propose("fees.mesage_fee_usd", 0.5)
    with pytest.raises(ValueError, match=r"element of fees\.message_fee_usd = 1 is not allowed"):
        voter.propose("fees.message_fee_usd", 0.5, element=1)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"scenario": "launch"}, TypeError, r"give what load_scenario\(\) returns"),
        ({"seed": 1.5}, TypeError, "seed = 1.5"),
        ({"seed": -1}, ValueError, "seed = -1"),
        ({"replication": -1}, ValueError, "replication = -1"),
    ],
)
def test_a_model_of_nothing_is_refused(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        EconModel(**({"scenario": make_scenario()} | options))


def test_a_metric_has_a_name_and_a_day(model: EconModel) -> None:
    with pytest.raises(KeyError, match="did you mean 'price_usd'"):
        model.get_metric("price_us")
    assert isnan(model.get_metric("price_usd"))


def test_mesas_own_generators_follow_the_seed() -> None:
    with EconModel(make_scenario(), 1) as one, EconModel(make_scenario(), 2) as two, EconModel(make_scenario(), 1) as again:
        draws = [first(model, User).random.random() for model in (one, two, again)]
    assert draws[0] == draws[2] != draws[1]
