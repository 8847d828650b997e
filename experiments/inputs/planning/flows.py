"""Flows of money as people write them under [[flows]], and the step from there into a scenario.

One shape serves scenarios and proposals. What is wrong with a flow alone is told when it is read; what is wrong with flows together
(a source spent twice, a circle, a payer without money) is in `flow_checks.py`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from metalab.econ.kernel.scenario import PlannedCondition, PlannedFlow
from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.planning.conditions import read_when, show_condition
from metalab.experiments.inputs.planning.moments import AT_DECISION, SPAN_KEYS, START_KEYS, Moment, read_moment
from metalab.experiments.inputs.schema import parse_era
from metalab.experiments.inputs.tables import check_keys, is_finite
from metalab.experiments.inputs.toml_lines import Document
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, MONTHS_A_YEAR
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.flows import FIRST_BUY, FIRST_MONEY, FIRST_ORDER, LAST_INFLOW, FlowSource, FlowTarget, is_same_account

SOURCES: Final = {source.name.lower(): source for source in FlowSource}
"""What money can be taken from, by the name that people write."""
DESTINATIONS: Final = {target.name.lower(): target for target in FlowTarget}
"""Where it can go."""
DAYS_PER: Final = {"day": 1.0, "week": 7.0, "month": DAYS_A_YEAR / MONTHS_A_YEAR}
MEASURES: Final = ("share_bps", "era_per_day", "era_per_month", "usd_per_day", "usd_per_week", "usd_per_month", "share_per_year")
"""How much: one of them."""
KEYS: Final = ("name", "from", "to", *MEASURES, "max_volume_share", *START_KEYS, *SPAN_KEYS)
NEEDED: Final = ("name", "from", "to")
USUAL_VOLUME_SHARE: Final = 0.05
"""Bound of an order that names none, share of the mean daily volume (assumed: what moves the price little)."""
MOST_USD: Final = 1e9
"""Largest flow in USD a day, week or month."""
MOST_ERA: Final = 1_000_000_000
"""Largest flow in ERA a day or month: all there is."""
LONGEST_NAME: Final = 60


@dataclass(frozen=True)
class WrittenFlow:
    """A flow as written; `value` is that of its `measure`, `place` is where it was written."""

    name: str
    source: str
    target: str
    measure: str
    value: Any
    volume_share: float = 0.0
    day: int | date = AT_DECISION
    days: int = 0
    place: Place = field(default=NOWHERE, compare=False)
    wait: int = 0
    until: int | date = 0
    condition: PlannedCondition | None = None

    @property
    def moment(self) -> Moment:
        """When it flows."""
        return Moment(self.day, self.wait, self.until, self.days, self.condition)

    def place_on(self, start: date) -> "WrittenFlow":
        """The same with dates as days of a run that starts on a date."""
        moment = self.moment.place_on(start)
        return replace(self, day=moment.day, until=moment.until)


def read_flow(document: Document, k: int) -> WrittenFlow:
    """The k-th [[flows]] table. Raises a `ProblemError` in one line."""
    table = check_keys(document, "flows", k, KEYS, NEEDED)
    places = {key: document.find_place("flows", k, key) for key in table}
    check_name(table["name"], places["name"])
    source = find_end("source of a flow", table["from"], SOURCES, places["from"])
    target = find_end("destination of a flow", table["to"], DESTINATIONS, places["to"])
    check_pair(FlowSource(source), FlowTarget(target), places["to"])
    measure = find_measure(document, k, table)
    check_measure(measure, table[measure], FlowSource(source), places[measure])
    moment = read_moment(document, ("flows", k), table)
    return WrittenFlow(
        name=table["name"],
        source=table["from"],
        target=table["to"],
        measure=measure,
        value=table[measure],
        volume_share=read_volume_share(table, FlowTarget(target), places),
        day=moment.day,
        days=moment.span,
        place=places["name"],
        wait=moment.wait,
        until=moment.until,
        condition=moment.condition,
    )


def check_name(name: Any, place: Place) -> None:
    """A flow is known by its name."""
    if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
        raise BadValueError("name", name, f"a text of 1 to {LONGEST_NAME} characters in quotes", place)


def find_end(kind: str, name: Any, known: dict[str, Any], place: Place) -> int:
    """The code of a source or destination."""
    if not isinstance(name, str) or name not in known:
        raise UnknownNameError(kind, show(name), known, place)
    return int(known[name])


def check_pair(source: FlowSource, target: FlowTarget, place: Place) -> None:
    """USD buys, ERA is paid or sold, and nothing goes back to where it came from."""
    to = target.name.lower()
    if source >= FIRST_MONEY and target < FIRST_BUY:
        buys = ", ".join(name for name, code in DESTINATIONS.items() if code >= FIRST_BUY)
        raise BadValueError("to", to, f"one of {buys}: {source.name.lower()} holds USD, which buys ERA", place)
    if source < FIRST_MONEY and target >= FIRST_BUY:
        hint = "burn" if target == FlowTarget.BUY_BURN else "a destination of ERA"
        raise BadValueError(
            "to", to, f"{hint}, or from = fund or reserve_usd: {source.name.lower()} holds ERA and needs no purchase", place
        )
    if is_same_account(int(source), int(target)):
        raise BadValueError("to", to, f"another account: it would go back to {source.name.lower()}", place)


def find_measure(document: Document, k: int, table: dict[str, Any]) -> str:
    """The one key that says how much."""
    found = [key for key in MEASURES if key in table]
    if len(found) != 1:
        said = f"has {' and '.join(found)}" if found else "does not say how much"
        problem = f"[[flows]] {show(table['name'])!r} {said}; give one of {', '.join(MEASURES)}"
        raise BadFileError(document.source, problem, document.find_line("flows", k, *found[1:2]))
    return found[0]


def check_measure(measure: str, value: Any, source: FlowSource, place: Place) -> None:
    """A measure in its range that this source can have."""
    allowed = {"share_bps": "a whole number from 0 to 10,000", "share_per_year": "a number from 0 to 1"}
    name = source.name.lower()
    if measure == "share_bps" and source > LAST_INFLOW:
        raise BadValueError(measure, value, f"an amount or share_per_year: {name} is an account, nothing comes in by the day", place)
    if measure == "share_per_year" and source <= LAST_INFLOW:
        raise BadValueError(measure, value, f"share_bps or an amount: {name} comes in by the day and is no account", place)
    if source >= FIRST_MONEY and measure.startswith("era_"):
        raise BadValueError(measure, value, f"usd_per_day, usd_per_week or usd_per_month: {name} holds USD", place)
    if source == FlowSource.PENALTIES and measure != "share_bps":
        raise BadValueError(measure, value, "share_bps: penalties come case by case", place)
    if not is_in_range(measure, value):
        usual = f"a number from 0 to {MOST_ERA if measure.startswith('era_') else MOST_USD:,.0f}"
        raise BadValueError(measure, value, allowed.get(measure, usual), place)


def is_in_range(measure: str, value: Any) -> bool:
    """Whether a value is a number that a measure can have."""
    if measure == "share_bps":
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000
    if not is_finite(value):
        return False
    most = 1 if measure == "share_per_year" else MOST_ERA if measure.startswith("era_") else MOST_USD
    return bool(0 <= value <= most)


def read_volume_share(table: dict[str, Any], target: FlowTarget, places: dict[str, Place]) -> float:
    """The bound of an order at the market: as written, or the usual one; 0 for what is no order."""
    if "max_volume_share" not in table:
        return USUAL_VOLUME_SHARE if target >= FIRST_ORDER else 0.0
    value, place = table["max_volume_share"], places["max_volume_share"]
    if target < FIRST_ORDER:
        raise BadValueError("max_volume_share", value, f"no bound: {target.name.lower()} is no order at the market", place)
    if not is_finite(value) or not 0 < value <= 1:
        raise BadValueError("max_volume_share", value, "a share above 0 and up to 1", place)
    return float(value)


def resolve_flows(flows: Iterable[WrittenFlow], at: int = 0, is_voted: bool = False) -> tuple[PlannedFlow, ...]:
    """What a scenario plans for them when they are decided on day `at`; nothing flows before the decision.

    A flow that is voted on keeps its days from the decision as such: nobody knows yet when that will be.
    """
    return tuple(_resolve_flow(flow, at, is_voted) for flow in flows)


def _resolve_flow(flow: WrittenFlow, at: int, is_voted: bool) -> PlannedFlow:
    unit, per = flow.measure.split("_")[0], flow.measure.split("_")[-1]
    share = int(flow.value) if flow.measure == "share_bps" else 0
    yearly = float(flow.value) if flow.measure == "share_per_year" else 0.0
    usd = float(flow.value) / DAYS_PER[per] if unit == "usd" else 0.0
    amount = _convert_era(flow.value, per) if unit == "era" else 0
    source, target = int(SOURCES[flow.source]), int(DESTINATIONS[flow.target])
    sizes = (flow.name, source, target, share, amount, usd, yearly, flow.volume_share)
    if is_voted:
        day, until = max(flow.day, at) if isinstance(flow.day, int) else at, flow.until if isinstance(flow.until, int) else 0
        return PlannedFlow(*sizes, day, flow.days, flow.condition, wait=flow.wait, until=until)
    start, until = flow.moment.get_start(at), flow.moment.get_until(at)
    return PlannedFlow(*sizes, start, until - start if until else 0, flow.condition)


def _convert_era(value: Any, per: str) -> int:
    """uERA a day, rounded down: a month is a twelfth of 365 days."""
    micro = int(Decimal(str(value)) * MICRO)
    return micro * 12 // 365 if per == "month" else micro


def write_flow(flow: WrittenFlow) -> list[str]:
    """The lines of a [[flows]] table."""
    lines = [f"name = {json.dumps(flow.name)}", f"from = {json.dumps(flow.source)}", f"to = {json.dumps(flow.target)}"]
    lines += [f"{flow.measure} = {flow.value}"]
    lines += [f"max_volume_share = {flow.volume_share!r}"] if flow.volume_share else []
    lines += [f"from_day = {flow.day}"] if flow.day != AT_DECISION else []
    lines += [f"{name} = {value}" for name, value in (("after_days", flow.wait), ("until", flow.until), ("for_days", flow.days)) if value]
    return lines + ([f"when = {json.dumps(show_condition(flow.condition))}"] if flow.condition else [])


def describe_flow(flow: PlannedFlow) -> dict[str, Any]:
    """A planned flow as plain data, by the day and in the units in which it is stored."""
    measures = {"share_bps": flow.share_bps, "era_per_day": flow.amount / MICRO, "usd_per_day": flow.usd, "share_per_year": flow.yearly}
    found = {name: value for name, value in measures.items() if value} or {"share_bps": 0}
    return {
        "name": flow.label,
        "from": FlowSource(flow.source).name.lower(),
        "to": FlowTarget(flow.target).name.lower(),
        **found,
        "max_volume_share": flow.volume_share,
        "day": flow.day,
        "for_days": flow.days,
        "ends": flow.ends,
        **{name: value for name, value in (("wait", flow.wait), ("until", flow.until)) if value},
        **({"when": show_condition(flow.condition)} if flow.condition else {}),
    }


def rebuild_flow(entry: dict[str, Any]) -> PlannedFlow:
    """The flow that `describe_flow` described."""
    return PlannedFlow(
        label=entry["name"],
        source=int(SOURCES[entry["from"]]),
        target=int(DESTINATIONS[entry["to"]]),
        share_bps=entry.get("share_bps", 0),
        amount=parse_era(entry.get("era_per_day", 0)),
        usd=entry.get("usd_per_day", 0.0),
        yearly=entry.get("share_per_year", 0.0),
        volume_share=entry["max_volume_share"],
        day=entry["day"],
        days=entry["for_days"],
        condition=read_when(entry["when"], NOWHERE) if "when" in entry else None,
        ends=entry["ends"],
        wait=entry.get("wait", 0),
        until=entry.get("until", 0),
    )
