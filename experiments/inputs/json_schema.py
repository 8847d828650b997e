"""JSON Schemas of proposals and scenarios, made from the declarations, so that editors complete and check what is written.

They say what can be said of one value at a time. What depends on several (sums, orders, days before the decision) is for the
reader of the file, which knows the line.
"""

import re
from typing import Any, Final

from metalab.econ.kernel.records import COLUMNS
from metalab.experiments.inputs.planning.conditions import FORM
from metalab.experiments.inputs.planning.elements import VECTORS, list_elements
from metalab.experiments.inputs.planning.flows import DESTINATIONS, LONGEST_NAME, MEASURES, SOURCES
from metalab.experiments.inputs.planning.grants import MOST_ERA, MOST_USD, PAYERS, TARGETS
from metalab.experiments.inputs.planning.moments import MOST_TIMES
from metalab.experiments.inputs.planning.moves import SCALED, SHIFTED, can_move
from metalab.experiments.inputs.planning.shocks import LARGEST_SHOCK
from metalab.experiments.inputs.schema import LEAVES, get_default
from metalab.experiments.limits import LONGEST_RUN
from metalab.protocol.kernel.declare import MICRO, Leaf
from metalab.protocol.kernel.units import BPS
from metalab.protocol.policy.shocks import SHOCK_UNITS, ShockKind

Schema = dict[str, Any]
DRAFT: Final = "https://json-schema.org/draft/2020-12/schema"


def describe_scalar(leaf: Leaf) -> Schema:
    """One number, name or switch of a parameter."""
    info = leaf.info
    if info.choices is not None:
        return {"enum": [member.name.lower() for member in info.choices]}
    if info.unit == "switch":
        return {"type": "boolean"}
    kind = "number" if leaf.is_float or info.scale == MICRO else "integer"
    return {"type": kind, "minimum": info.low, "maximum": info.high}


def describe_value(leaf: Leaf) -> Schema:
    """The whole value of a parameter."""
    one = describe_scalar(leaf)
    if not leaf.info.length:
        return one
    return {"type": "array", "items": one, "minItems": leaf.info.length, "maxItems": leaf.info.length}


def describe_new_value(leaf: Leaf, is_element: bool = False) -> Schema:
    """What a change may lead to: a value, or where there is a more or less of it, a text relative to what is in force."""
    value = describe_scalar(leaf) if is_element else describe_value(leaf)
    return {"anyOf": [value, {"$ref": "#/$defs/relative"}]} if can_move(leaf) or (is_element and leaf.info.total is not None) else value


def describe_parameter(leaf: Leaf) -> Schema:
    """A parameter under [set], with its meaning, unit, default and source."""
    info = leaf.info
    words = f"{info.doc} Unit: {info.unit}. Source: {info.source}."
    return describe_value(leaf) | {"description": words, "default": get_default(leaf)}


RELATIVE: Final[Schema] = {
    "type": "string",
    "pattern": f"^(?:{SCALED.pattern}|{SHIFTED.pattern})$",
    "description": "Relative to what is in force: +10 %, -10 %, x 0.5, +0.05.",
}
DAY: Final[Schema] = {"anyOf": [{"type": "integer", "minimum": 0, "maximum": LONGEST_RUN}, {"type": "string", "format": "date"}]}
WAIT: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": LONGEST_RUN}
CONDITION: Final[Schema] = {"type": "string", "maxLength": 200, "pattern": "^" + re.sub(r"\?P<\w+>", "?:", FORM.pattern) + "$"}
MOMENT: Final[Schema] = {
    "from_day": DAY | {"description": "First day of the run, or date, on which it holds."},
    "day": DAY | {"description": "The same as from_day."},
    "after_days": WAIT | {"description": "Days it waits after the decision; in a vote, after its execution."},
    "when": {
        "anyOf": [CONDITION, {"type": "array", "items": CONDITION, "minItems": 1, "maxItems": 4}],
        "description": "Condition on yesterday's metrics: METRIC [N-day mean] < NUMBER [until > NUMBER]. Of a list all must hold.",
        "examples": [f"{COLUMNS[0]} < 1", "price_usd 30-day mean < 0.10 until > 0.12"],
    },
}
SPAN: Final[Schema] = {
    "until": DAY | {"description": "First day on which it holds no more; then what was in force without it holds again."},
    "for_days": {"type": "integer", "minimum": 1, "maximum": LONGEST_RUN, "description": "Days for which it holds."},
}
REPEAT: Final[Schema] = {
    "every_days": {"type": "integer", "minimum": 1, "maximum": LONGEST_RUN, "description": "Days from one time to the next."},
    "times": {"type": "integer", "minimum": 1, "maximum": MOST_TIMES, "description": "How often in all."},
}
RAMP: Final[Schema] = {"type": "integer", "minimum": 0, "maximum": LONGEST_RUN, "description": "Days over which it is reached; 0 at once."}


def close(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    """A table with these keys and no other."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def describe_changes(owners: tuple[str, ...], is_bounded: bool = False) -> Schema:
    """A table of changes to parameters of these owners; where it is bounded, the value's bounds follow from the parameter."""
    paths = {path: describe_new_value(leaf) for path, leaf in LEAVES.items() if leaf.info.owner in owners and _can_change(path)}
    for path, leaf in VECTORS.items():
        if path in paths:
            paths |= {f"{path}.{name}": describe_new_value(leaf, is_element=True) for name in list_elements(leaf)}
    step = close({"value": {}, "ramp_days": RAMP, **{key: MOMENT[key] for key in ("from_day", "day", "after_days")}}, ("value",))
    table = close(
        {"parameter": {"enum": list(paths)}, "value": {}, "steps": {"type": "array", "items": step}, "ramp_days": RAMP, **MOMENT, **SPAN}
    )
    bounds = [
        {"if": {"properties": {"parameter": {"const": path}}}, "then": {"properties": {"value": value}}}
        for path, value in paths.items()
        if is_bounded
    ]
    rules: Schema = {"required": ["parameter"], "oneOf": [{"required": ["value"]}, {"required": ["steps"]}]}
    return table | rules | ({"allOf": bounds} if bounds else {})


def _can_change(path: str) -> bool:
    return not path.startswith("population.")


def describe_grants() -> Schema:
    """A table of grants."""
    tranche = close({"share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1}, **MOMENT}, ("share",))
    properties = {
        "from": {"enum": list(PAYERS), "description": "Account that pays."},
        "to": {"enum": list(TARGETS), "description": "Who is paid."},
        "era": {"type": "number", "exclusiveMinimum": 0, "maximum": MOST_ERA, "description": "Tokens."},
        "usd": {
            "type": "number",
            "exclusiveMinimum": 0,
            "maximum": MOST_USD,
            "description": "Worth of the tokens on the day, at its price.",
        },
        "tranches": {"type": "array", "items": tranche, "description": "Parts, each on its own day and under its own condition."},
    }
    return close(properties | MOMENT | REPEAT, ("from", "to")) | {"oneOf": [{"required": ["era"]}, {"required": ["usd"]}]}


def describe_flows() -> Schema:
    """A table of flows of money."""
    amount = {"type": "number", "minimum": 0}
    measures = dict.fromkeys(MEASURES, amount) | {"share_bps": {"type": "integer", "minimum": 0, "maximum": BPS}}
    properties = {
        "name": {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME, "description": "What the flow is known by."},
        "from": {"enum": list(SOURCES), "description": "What the money is taken from."},
        "to": {"enum": list(DESTINATIONS), "description": "Where it goes."},
        **measures,
        "max_volume_share": {"type": "number", "exclusiveMinimum": 0, "maximum": 1, "description": "Of an order: part of mean volume."},
    }
    how_much = [{"required": [name]} for name in MEASURES]
    return close(properties | MOMENT | SPAN, ("name", "from", "to")) | {"oneOf": how_much}


def describe_unlocks() -> Schema:
    """Unlocks as tables, or the path of a file with them; the reader knows which columns a shape needs."""
    return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "object"}}]}


def describe_shocks() -> Schema:
    """A table of shocks."""
    kinds = [{"const": kind.name.lower(), "description": f"size: {SHOCK_UNITS[kind]}"} for kind in ShockKind]
    size = {"type": "number", "minimum": -LARGEST_SHOCK, "maximum": LARGEST_SHOCK}
    return close({"kind": {"oneOf": kinds}, "size": size, **MOMENT, **SPAN, **REPEAT}, ("kind", "size"))


def make_proposal_schema() -> Schema:
    """The schema of a proposal file."""
    share = {"type": "number", "minimum": 0, "maximum": 1}
    text = {"type": "string"}
    tables = {"changes": describe_changes(("dao",), is_bounded=True), "grants": describe_grants(), "flows": describe_flows()}
    properties = {"title": text, "rationale": text, "proposer": text, "vote": close({"quorum": share, "threshold": share})}
    properties |= {"end_flow": {"anyOf": [text, {"type": "array", "items": text}], "description": "Names of flows that end."}}
    properties |= {key: {"type": "array", "items": table} for key, table in tables.items()}
    return {"$schema": DRAFT, "title": "Proposal", "$defs": {"relative": RELATIVE}} | close(properties)


def make_scenario_schema() -> Schema:
    """The schema of a scenario file."""
    text = {"type": "string"}
    values = close({path: describe_parameter(leaf) for path, leaf in LEAVES.items()})
    tables = {
        "schedule": describe_changes(("dao", "team", "nature", "behaviour")),
        "grants": describe_grants(),
        "shocks": describe_shocks(),
        "flows": describe_flows(),
    }
    properties = {
        "extends": text | {"description": "A preset's name, or the path of another scenario file."},
        "title": text,
        "description": text,
        "start_date": {"type": "string", "format": "date"},
        "days": {"type": "integer", "minimum": 1, "maximum": LONGEST_RUN},
        "set": values,
        "unlocks": describe_unlocks(),
    }
    properties |= {key: {"type": "array", "items": table} for key, table in tables.items()}
    return {"$schema": DRAFT, "title": "Scenario"} | close(properties)
