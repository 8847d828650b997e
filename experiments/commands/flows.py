"""List the flows of money: those that the protocol has by rule, with what sizes them, and those of a scenario."""

import argparse
from typing import Any

from metalab.experiments.command_line.listing import print_rows
from metalab.experiments.command_line.options import add_json, add_settings, parse_settings

COLUMNS = ("name", "from", "to", "size", "causes")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Of which scenario, with which parameters."""
    parser.add_argument("scenario", metavar="SCENARIO", nargs="?", default="launch", help="a preset's name or a TOML file (default launch)")
    add_settings(parser)
    add_json(parser)


def execute(arguments: argparse.Namespace) -> None:
    """Print the table."""
    from metalab.experiments.inputs.scenario import load_scenario

    scenario = load_scenario(arguments.scenario, parse_settings(arguments.settings))
    print_rows(list_built_in(scenario) + list_planned(scenario), COLUMNS, arguments.json)


def list_built_in(scenario: Any) -> list[dict[str, str]]:
    """The flows by rule, with the parameters that size them as they are in a scenario."""
    from metalab.econ.policy.flow_table import POLICY, list_flows
    from metalab.experiments.inputs.schema import show_parameters

    values = show_parameters(scenario.parameters)
    return [
        {
            "name": flow.name,
            "from": flow.source,
            "to": flow.destination,
            "size": _show_sizes(flow.sized, values) or ("[[flows]]" if flow.name == POLICY else "all of it"),
            "causes": ", ".join(cause.name.lower() for cause in flow.causes),
        }
        for flow in list_flows()
    ]


def _show_sizes(sized: tuple[str, ...], values: dict[str, Any]) -> str:
    """Parameters, or elements of one, with their values."""
    return "; ".join(f"{name} = {_show(read_size(name, values))}" for name in sized)


def read_size(name: str, values: dict[str, Any]) -> Any:
    """The value of a parameter, or of one of its elements: `fees.split[0]`."""
    path, _, element = name.rstrip("]").partition("[")
    return values[path][int(element)] if element else values[path]


def _show(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def list_planned(scenario: Any) -> list[dict[str, str]]:
    """The flows that a scenario plans."""
    from metalab.experiments.inputs.planning.flows import describe_flow

    return [_describe(describe_flow(flow)) for flow in scenario.flows]


def _describe(flow: dict[str, Any]) -> dict[str, str]:
    """A planned flow in the table's columns."""
    measures = ("share_bps", "era_per_day", "usd_per_day", "share_per_year", "max_volume_share")
    size = ", ".join(f"{name} = {_show(flow[name])}" for name in measures if name in flow and (flow[name] or name != "max_volume_share"))
    days = f" for {flow['for_days']} days" if flow["for_days"] else ""
    return {
        "name": flow["name"],
        "from": flow["from"],
        "to": flow["to"],
        "size": f"{size}, from day {flow['day']}{days}",
        "causes": "policy",
    }
