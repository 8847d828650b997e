"""When a change takes hold: what acts at the opening only is refused with its lines, what acts later says from which day."""

from collections import Counter
from pathlib import Path

import pytest

from metalab.experiments.errors import OpeningOnlyError, Place
from metalab.experiments.inputs.planning.binding import describe_binding, describe_bindings, refuse_opening
from metalab.experiments.inputs.proposal import lint, read_proposal
from metalab.experiments.inputs.scenario import load_scenario
from metalab.experiments.inputs.schema import LEAVES, resolve, show_parameters
from metalab.experiments.runs.forks import plan_fork
from metalab.protocol.kernel.declare import BINDS
from tests.support import ROOT

WORLD = show_parameters(resolve({}))
SCHEDULE = """extends = "minimal"
[[schedule]]
parameter = "price.initial_usd"
value = 5.0
day = 20
[[schedule]]
parameter = "operators.reservation"
value = 0.15
day = 20
[[schedule]]
parameter = "electorate.tail"
value = 2.0
day = 0
"""


def test_every_change_that_reaches_nothing_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "world.toml"
    path.write_text(SCHEDULE)
    with pytest.raises(OpeningOnlyError) as caught:
        load_scenario(path)
    message = str(caught.value)
    assert caught.value.paths == ("price.initial_usd", "electorate.tail")
    for words in ("world.toml line 4: price.initial_usd", "world.toml line 12: electorate.tail", "act at the opening only", "[set]"):
        assert words in message
    assert "\n" not in message


def test_the_specification_counts_the_classes() -> None:
    page = (ROOT / "docs" / "specification" / "policy.md").read_text(encoding="utf-8")
    numbers = Counter(leaf.info.binds for leaf in LEAVES.values())
    assert set(numbers) == set(BINDS)
    for binds, number in numbers.items():
        assert f"| {binds} | {number} |" in page


def test_what_acts_in_a_run_is_no_problem() -> None:
    acting = [(path, Place("mine.toml", 1)) for path, leaf in LEAVES.items() if leaf.info.binds != "opening"]
    assert len(acting) > len(LEAVES) - len(acting) > 0
    refuse_opening(acting)


@pytest.mark.parametrize("path", [path for path, leaf in LEAVES.items() if leaf.info.binds == "opening"])
def test_what_acts_at_the_opening_only_is_refused_and_no_dao_owns_it(path: str) -> None:
    assert LEAVES[path].info.owner != "dao"
    with pytest.raises(OpeningOnlyError, match="acts at the opening only"):
        refuse_opening([(path, Place("mine.toml", 1))])


def test_a_fork_refuses_what_acted_at_the_parents_opening() -> None:
    parent = {"days": 30, "parameters": WORLD}
    with pytest.raises(OpeningOnlyError, match=r"price\.initial_usd acts at the opening only"):
        plan_fork(parent, 10, None, {"price.initial_usd": 5.0})


@pytest.mark.parametrize(
    ("path", "day", "changed", "words"),
    [
        ("fees.message_fee_usd", 180, {}, ""),
        ("incentives.grants", 180, {}, ""),
        ("fees.requote_days", 190, {}, "that of day 180"),
        ("fees.requote_days", 190, {"fees.requote_days": 50}, "that of day 150"),
        ("scaling.drain_s", 15, {}, "from day 21 on"),
        ("scaling.drain_s", 14, {}, "from day 14 on"),
        ("scaling.drain_s", 15, {"scaling.simulate_every": 28}, "from day 28 on"),
        ("scaling.drain_s", 15, {"scaling.method": "surface"}, "simulates none"),
        ("governance.quorum", 180, {}, "from day 180 on; what is there keeps its terms"),
    ],
)
def test_a_later_change_says_from_which_day_it_acts(path: str, day: int, changed: dict[str, object], words: str) -> None:
    text = describe_binding(path, day, WORLD | changed)
    assert words in text
    assert bool(text) == bool(words)
    assert list(describe_bindings([(path, day)] * 2, WORLD | changed)) == [text] * bool(text)


def test_a_proposal_is_warned_of_terms_that_hold_for_newcomers(tmp_path: Path) -> None:
    path = tmp_path / "waiting.toml"
    path.write_text('title = "Shorter"\n[[changes]]\nparameter = "staking.unbonding_days"\nvalue = 7\nfrom_day = 200\n')
    (warning,) = lint(read_proposal(path), load_scenario("launch"), 180, 400)
    assert "waiting.toml line 4: staking.unbonding_days holds for who enters" in warning
    assert "from day 200 on" in warning
