"""The Mesa face: what a Mesa user expects to find, and that its chance is keyed."""

import gc
import multiprocessing
import subprocess
import sys
import weakref
from typing import Any

import mesa
import pytest

from metalab.econ import CoreNode, Developer, EconModel, FlexNode, GuardianNode, Holder, Trader, User, Voter
from metalab.econ.agents.actor import Actor
from metalab.econ.agents.populations import NODE_CLASSES, Node
from metalab.econ.agents.roster import ROSTER
from metalab.econ.kernel.memory import as_array, hash_world
from metalab.protocol.kernel.codes import INVALID_AMOUNT, Tier
from tests.support import make_scenario, run_compiled

DAYS = 5


def make_model(**options: Any) -> EconModel:
    return EconModel(make_scenario(), 1, **options)


def test_all_classes_are_there_under_their_exact_class() -> None:
    model = make_model()
    classes = (User, Developer, Voter, Trader, Holder, CoreNode, FlexNode, GuardianNode, Node)
    counts = {cls.__name__: len(model.agents_by_type[cls]) for cls in classes}
    assert counts == {
        "User": 10, "Developer": 5, "Voter": 10, "Trader": 6, "Holder": 6, "CoreNode": 5, "FlexNode": 11, "GuardianNode": 4,
        "Node": 20,
    }  # fmt: skip


def test_fields_of_a_row_are_attributes_of_the_agent() -> None:
    model = make_model()
    user = list(model.agents_by_type[User])[3]
    user.sent = 123
    assert as_array(model.world.users)["sent"][3] == 123
    as_array(model.world.users)["balance"][3] = 456
    assert user.balance == 456


def test_no_field_hides_something_of_mesa() -> None:
    names = set(dir(mesa.Agent)) | {"model", "unique_id", "pos", "population", "uniform"}
    for roster in ROSTER:
        record = next(base for base in roster.default.__mro__ if "infos" in vars(base))
        assert set(record.infos) & names == set(), roster.name


def test_agent_sets_select_do_and_aggregate() -> None:
    model = make_model()
    rich = model.agents_by_type[Voter].select(lambda voter: voter.balance > 0)
    assert rich.agg("balance", sum) == int(as_array(model.world.voters)["balance"].sum())
    assert len(model.population(Actor)) == len(model.agents)


def test_a_data_collector_reads_metrics_and_rows() -> None:
    model = make_model()
    collector = mesa.DataCollector(
        model_reporters={"price": lambda m: m.get_metric("price_usd")}, agenttype_reporters={Trader: {"balance": "balance"}}
    )
    for _ in range(DAYS):
        model.step()
        collector.collect(model)
    frame = collector.get_model_vars_dataframe()
    assert frame["price"].tolist() == model.daily["price_usd"].tolist()
    assert len(collector.get_agenttype_vars_dataframe(Trader)) == 6 * DAYS


def test_ten_lines_of_python_change_one_agent_and_only_what_follows_from_it() -> None:
    class Idle(User):
        rested = False

        def step(self) -> None:
            self.rested = True

    with make_model(agents={"users": Idle}) as idle, make_model() as base:
        for _ in range(DAYS):
            idle.step()
            base.step()
        assert idle.digest != base.digest
        assert idle.get_metric("messages") == 0.0
        assert base.get_metric("messages") > 0.0


def test_the_own_stream_of_a_subclass_changes_nobody_else() -> None:
    class Curious(User):
        def step(self) -> None:
            self.uniform(0)
            super().step()

    with make_model(agents={"users": Curious}) as curious:
        values = {agent.uniform(k) for agent in curious.population(User) for k in range(3)}
        assert len(values) == 30
        assert all(0.0 < value < 1.0 for value in values)
        for _ in range(DAYS):
            curious.step()
        assert curious.digest == hash_world(run_compiled(make_scenario(), 1, DAYS)[0])


def test_actions_refuse_and_leave_the_world_as_it_was() -> None:
    model = make_model()
    before = model.digest
    node = next(iter(model.population(CoreNode)))
    assert node.bond(-5) == INVALID_AMOUNT
    assert model.digest == before


def test_the_class_of_a_node_follows_its_tier() -> None:
    model = make_model()
    row = as_array(model.world.nodes)
    flex = next(i for i, tier in enumerate(row["tier"]) if tier == Tier.FLEX and row["stake"][i] == 0)
    row["tier"][flex] = Tier.CORE
    model.step()
    kinds = [type(agent) for agent in model.population(CoreNode)] + [type(agent) for agent in model.population(FlexNode)]
    operators = row[row["capital"] > 0.0]
    expected = [int((operators["tier"] == tier).sum()) for tier in (Tier.CORE, Tier.FLEX)]
    assert [kinds.count(CoreNode), kinds.count(FlexNode)] == expected


def test_wrong_agent_classes_are_refused() -> None:
    with pytest.raises(ValueError, match="not a population"):
        make_model(agents={"martians": User})
    with pytest.raises(ValueError, match="subclass of User"):
        make_model(agents={"users": Voter})
    with pytest.raises(ValueError, match=r"agents\['flex'\]: CoreNode must be a subclass of FlexNode"):
        make_model(agents={"flex": CoreNode})
    with pytest.raises(ValueError, match=r"give it as agents\['guardian'\]"):
        make_model(agents={"nodes": GuardianNode})
    with pytest.raises(ValueError, match="'nobody' must be a subclass of User"):
        make_model(agents={"users": "nobody"})


def test_the_error_names_every_key_that_is_allowed() -> None:
    with pytest.raises(ValueError, match="choose from") as refusal:
        make_model(agents={"node": Node})
    assert str(refusal.value).split("choose from ")[1].split(", ") == [*(roster.name for roster in ROSTER), *NODE_CLASSES]
    assert list(NODE_CLASSES) == [tier.name.lower() for tier in Tier]


@pytest.mark.parametrize("name", NODE_CLASSES)
def test_each_tier_can_have_a_class_of_its_own_and_the_others_keep_theirs(name: str) -> None:
    seen: list[int] = []

    class Watched(NODE_CLASSES[name]):  # type: ignore[misc]
        def step(self) -> None:
            seen.append(self.tier)
            super().step()

    with make_model(agents={name: Watched}) as model:
        for _ in range(DAYS):
            model.step()
        assert set(seen) == {list(NODE_CLASSES).index(name)}
        kinds = [type(agent) for agent in model.population(Node)]
        assert kinds.count(Watched) > 0
        assert kinds.count(NODE_CLASSES[name]) == 0
        assert model.digest == hash_world(run_compiled(make_scenario(), 1, DAYS)[0])


def test_one_class_for_all_nodes_gives_way_to_that_of_a_tier() -> None:
    class Plain(Node):
        pass

    class Core(CoreNode):
        pass

    with make_model(agents={"nodes": Plain, "core": Core}) as model:
        nodes = as_array(model.world.nodes)
        kinds = [type(agent) for agent in model.population(Node)]
        operators = nodes["tier"][nodes["capital"] > 0.0].tolist()
        assert kinds[: len(operators)] == [Core if tier == Tier.CORE else Plain for tier in operators]
        # Rows that wait for somebody to arrive.
        assert set(kinds[len(operators) :]) == {Node}


def test_a_closed_model_is_let_go() -> None:
    model = make_model()
    reference = weakref.ref(model)
    model.close()
    del model
    gc.collect()
    assert reference() is None


def test_importing_leaves_the_start_method_alone() -> None:
    code = "import multiprocessing as m; b = m.get_start_method(True); import econ.model; print(b == m.get_start_method(True))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.stdout == "True\n", done.stderr
    assert multiprocessing.get_start_method(allow_none=True) in (None, "fork", "spawn", "forkserver")
