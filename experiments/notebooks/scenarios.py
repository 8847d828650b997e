"""A scenario in a notebook: its name, what differs from launch, what is to change on which day."""

from functools import cache
from typing import Any

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.notebooks.cards import Card, count, render_cards

WORLD = "launch"
"""What a scenario is compared with."""
Data = dict[str, Any]


def describe(scenario: Scenario) -> Data:
    """The scenario as plain data, as people write it."""
    from metalab.experiments.inputs.scenario_data import describe_scenario

    return describe_scenario(scenario)


@cache
def _read_world() -> dict[str, Any]:
    from metalab.experiments.inputs.scenario import load_scenario

    return dict(describe(load_scenario(WORLD))["parameters"])


def find_differences(scenario: Scenario) -> dict[str, tuple[Any, Any]]:
    """Parameters that differ from launch: their value there and here, as people write them."""
    here, there = describe(scenario)["parameters"], _read_world()
    return {path: (there[path], value) for path, value in here.items() if value != there[path]}


def show_scenario(scenario: Scenario) -> str:
    """One line."""
    parts = [count(len(find_differences(scenario)), "parameter") + f" other than in {WORLD}"]
    planned = (
        (scenario.changes, "scheduled change"),
        (scenario.flows, "flow"),
        (scenario.shocks, "shock"),
        (scenario.proposals, "proposal"),
        (scenario.unlocks, "unlock"),
    )
    for things, name in planned:
        parts += [count(len(things), name)] if things else []
    return f"<Scenario {scenario.name!r}, day 0 is {scenario.start_date}: {', '.join(parts)}>"


def render_scenario(scenario: Scenario) -> str:
    """Tables in HTML."""
    data = describe(scenario)
    differences = find_differences(scenario)
    cards = [
        Card(
            f"Scenario {scenario.name}",
            ("parameter", WORLD, "here"),
            [(path, str(there), str(here)) for path, (there, here) in differences.items()],
            f"day 0 is {scenario.start_date}; " + ("" if differences else "no parameter differs ") + f"compared with {WORLD}",
        )
    ]
    if data["schedule"]:
        cards.append(Card("Schedule", ("day", "parameter", "value", "reached over"), [_show_change(entry) for entry in data["schedule"]]))
    if data["flows"]:
        flows = [(entry["name"], entry["from"], entry["to"], str(entry["day"])) for entry in data["flows"]]
        cards.append(Card("Flows", ("name", "from", "to", "from day"), flows))
    if data["shocks"]:
        shocks = [(str(shock["day"]), shock["kind"], f"{shock['size']:g}") for shock in data["shocks"]]
        cards.append(Card("Shocks", ("day", "kind", "size"), shocks))
    if data["unlocks"]:
        cards.append(
            Card("Unlocks by table", ("owner", "label", "day from launch", "ERA", "over"), [_show_unlock(u) for u in data["unlocks"]])
        )
    if data["proposals"]:
        planned = [
            (str(entry["day"]), count(len(entry["changes"]), "change"), count(len(entry["grants"]), "grant")) for entry in data["proposals"]
        ]
        cards.append(Card("Proposals to be voted on", ("day", "changes", "grants"), planned))
    return render_cards(cards)


def _show_unlock(entry: Data) -> tuple[str, ...]:
    length = next((f"{entry[unit]} {unit}" for unit in ("days", "months") if unit in entry), "at once")
    return entry["owner"], entry["label"], str(entry["day"]), f"{entry['era']:,.6f}".rstrip("0").rstrip("."), length


def _show_change(entry: Data) -> tuple[str, ...]:
    from metalab.experiments.inputs.schema import LEAVES

    place = f"[{entry['element']}]" if LEAVES[entry["parameter"]].info.length else ""
    return str(entry["day"]), entry["parameter"] + place, str(entry["value"]), count(max(entry["ramp_days"], 1), "day")


def attach_views(scenario: type[Scenario]) -> None:
    """Give the class, which knows nothing of presets, its faces."""
    scenario.__repr__ = show_scenario  # type: ignore[method-assign, assignment]
    scenario._repr_html_ = render_scenario  # type: ignore[attr-defined]
