"""The table of flows is complete: each cause of the ledger is in it once, or moves somebody's own tokens, or is a trade."""

from metalab.econ.policy.flow_table import OWN, POLICY, list_flows
from metalab.experiments.commands.flows import list_built_in, list_planned, read_size
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.schema import LEAVES, show_parameters
from metalab.protocol.kernel.causes import Cause


def test_every_cause_belongs_to_exactly_one_flow_a_trade_or_own_tokens() -> None:
    booked = [cause for flow in list_flows() for cause in flow.causes]
    trades = [cause for cause in Cause if cause.kind == "trade"]
    assert sorted([*booked, *OWN, *trades]) == sorted(Cause)


def test_own_tokens_are_nobodys_income() -> None:
    assert {cause.kind for cause in OWN} == {"move"}


def test_names_are_unique_and_sizes_exist() -> None:
    names = [flow.name for flow in list_flows()]
    assert len(set(names)) == len(names)
    assert POLICY in names
    values = show_parameters(load_scenario("launch").parameters)
    for flow in list_flows():
        for name in flow.sized:
            assert name.partition("[")[0] in LEAVES
            assert read_size(name, values) is not None


def test_the_split_is_shown_share_by_share() -> None:
    rows = {row["name"]: row["size"] for row in list_built_in(load_scenario("launch"))}
    assert rows["growth share"] == "fees.split[3] = 1,000"
    assert list_planned(load_scenario("launch")) == []
