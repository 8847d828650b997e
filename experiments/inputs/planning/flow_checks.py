"""What can be wrong with flows together: names, shares of one source, circles, payers without money."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from metalab.econ.kernel.scenario import PlannedFlow
from metalab.experiments.errors import NOWHERE, BadValueError, Place, UnknownNameError
from metalab.experiments.limits import LONGEST_RUN
from metalab.protocol.kernel.units import BPS
from metalab.protocol.policy.flows import LAST_FEE, FlowSource, FlowTarget

Places = Mapping[str, Place]
"""Where the flow of a name was written."""

FEEDS: Final[dict[FlowSource, tuple[str, ...]]] = {
    FlowSource.VERIFICATION: ("fees.verification_fee_usd",),
    FlowSource.SECURITY: ("fees.security_bps",),
    FlowSource.CONNECTORS: ("enterprise.enabled", "relay.enabled", "gateway.enabled"),
    FlowSource.ISSUANCE: ("issuance.rate",),
    FlowSource.FUND: ("incentives.fund", "incentives.fund_usd"),
    FlowSource.RESERVE_USD: ("flows.reserve_usd",),
    FlowSource.RESERVE: (),
}
"""Parameters without which nothing comes in: any of them, of the fund both. Sources not named always have something."""
ACCOUNTS: Final[dict[FlowTarget, FlowSource]] = {
    FlowTarget.TREASURY: FlowSource.TREASURY,
    FlowTarget.BUY_HOLD: FlowSource.TREASURY,
    FlowTarget.INSURANCE: FlowSource.INSURANCE,
    FlowTarget.RESERVE: FlowSource.RESERVE,
    FlowTarget.SWAP: FlowSource.RESERVE_USD,
}
"""Destinations that are the source of other flows."""


def check_flows(
    flows: Sequence[PlannedFlow], values: Mapping[str, Any], changed: Collection[str] = (), places: Places | None = None
) -> None:
    """Raise a `ProblemError` for the first thing that cannot be.

    `values` are the parameters in force, `changed` those that a proposal or schedule sets.
    """
    where = places or {}
    for flow in flows:
        together = [other for other in flows if is_on(other, flow.day)]
        _refuse_excess(flow, together, where)
        _refuse_circle(flow, together, where)
        _refuse_poor(flow, flows, values, changed, where)


def get_end(flow: PlannedFlow) -> int:
    """The first day on which it is over."""
    return flow.day + flow.days if flow.days else LONGEST_RUN + 1


def is_on(flow: PlannedFlow, day: int) -> bool:
    """Whether it flows on a day."""
    return flow.day <= day < get_end(flow)


def refuse_twins(flows: Iterable[PlannedFlow], places: Places) -> None:
    """Raise a `ProblemError` when two flows of one file have the same name."""
    seen: set[str] = set()
    for flow in flows:
        if flow.label in seen:
            raise BadValueError("name", flow.label, "another name: a flow of this one is planned already", places.get(flow.label, NOWHERE))
        seen.add(flow.label)


def _refuse_excess(flow: PlannedFlow, together: Iterable[PlannedFlow], places: Places) -> None:
    """Shares of one source, and of fees with the whole of revenue, are at most all of it."""
    shares: dict[int, int] = {}
    for other in together:
        shares[other.source] = shares.get(other.source, 0) + other.share_bps
    total = shares.get(flow.source, 0)
    if flow.source < LAST_FEE:
        total += shares.get(FlowSource.REVENUE, 0)
    elif flow.source == FlowSource.REVENUE:
        total += max((shares.get(source, 0) for source in range(LAST_FEE)), default=0)
    if flow.share_bps and total > BPS:
        name = FlowSource(flow.source).name.lower()
        allowed = f"shares of {name} that are at most 10,000 together from day {flow.day} on: they are {total:,}"
        raise BadValueError(f"share_bps of {flow.label!r}", flow.share_bps, allowed, places.get(flow.label, NOWHERE))


def _refuse_circle(flow: PlannedFlow, together: Sequence[PlannedFlow], places: Places) -> None:
    """Money that comes back to the account it is taken from, directly or by other flows and orders."""
    path = _find_path(ACCOUNTS.get(FlowTarget(flow.target)), FlowSource(flow.source), together, [flow.label])
    if path:
        allowed = f"flows that do not come back to {FlowSource(flow.source).name.lower()}: {' -> '.join(path)} is a circle"
        raise BadValueError("to", FlowTarget(flow.target).name.lower(), allowed, places.get(flow.label, NOWHERE))


def _find_path(at: FlowSource | None, wanted: FlowSource, flows: Sequence[PlannedFlow], path: list[str]) -> list[str]:
    if at is None:
        return []
    if at == wanted:
        return path
    for flow in flows:
        if flow.source == at and flow.label not in path:
            found = _find_path(ACCOUNTS.get(FlowTarget(flow.target)), wanted, flows, [*path, flow.label])
            if found:
                return found
    return []


def _refuse_poor(
    flow: PlannedFlow, flows: Sequence[PlannedFlow], values: Mapping[str, Any], changed: Collection[str], places: Places
) -> None:
    """A source that holds nothing and gets nothing pays nothing: said before any run."""
    source = FlowSource(flow.source)
    if source not in FEEDS:
        return
    feeds = FEEDS[source]
    test = all if source == FlowSource.FUND else any
    is_fed = bool(feeds) and test(path in changed or values.get(path, 0) for path in feeds)
    filled = any(ACCOUNTS.get(FlowTarget(other.target)) == source and other.day <= flow.day for other in flows if other is not flow)
    if not is_fed and not filled:
        ways = [" or ".join(f"{path} above 0" for path in feeds)] if feeds else []
        ways += [f"a flow to {target.name.lower()}" for target, account in ACCOUNTS.items() if account == source]
        allowed = f"a source that has something: {source.name.lower()} holds nothing and gets nothing without {' or '.join(ways)}"
        raise BadValueError("from", source.name.lower(), allowed, places.get(flow.label, NOWHERE))


def merge_flows(planned: Iterable[PlannedFlow], decided: Sequence[PlannedFlow]) -> list[PlannedFlow]:
    """What flows once a decision is carried out: a flow of a name ends the one before it, on its first day."""
    first = {flow.label: flow.day for flow in decided}
    cut = [_cut_flow(flow, first.get(flow.label, get_end(flow))) for flow in planned]
    return [flow for flow in cut if get_end(flow) > flow.day] + [flow for flow in decided if not flow.ends]


def _cut_flow(flow: PlannedFlow, day: int) -> PlannedFlow:
    """A flow that is over by a day; one that would begin later never does."""
    if get_end(flow) <= day:
        return flow
    # 0 days would be without end: a flow that never flows is over before it begins.
    return flow._replace(days=day - flow.day if day > flow.day else -1)


def plan_ends(names: Iterable[str], planned: Sequence[PlannedFlow], at: int, place: Place = NOWHERE) -> tuple[PlannedFlow, ...]:
    """The ends of flows by name, described as they were planned, so that voters know what ends."""
    known = {flow.label: flow for flow in planned}
    for name in names:
        if name not in known:
            raise UnknownNameError("flow", name, known or ("none: the scenario plans no flow",), place)
    return tuple(known[name]._replace(day=at, days=0, ends=1) for name in names)
