"""What was decided: proposals with their fate, changes of parameters with the value before, treasury grants, shocks."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from metalab.econ.kernel.memory import as_array
from metalab.econ.policy.changes import find_leaf
from metalab.experiments.events.schema import Column, EventTable, Row, come, date_of, twice
from metalab.experiments.inputs.schema import show_value
from metalab.protocol.governance.proposals import LARGEST, ProposalPhase
from metalab.protocol.kernel.codes import Code
from metalab.protocol.kernel.declare import MICRO, Leaf
from metalab.protocol.policy.changes import BY_PLAN, UNUSED
from metalab.protocol.policy.grants import GrantStatus, GrantTarget
from metalab.protocol.policy.shocks import SHOCK_UNITS, ShockKind

if TYPE_CHECKING:
    from metalab.experiments.runs.runner import Result

VOTED = (ProposalPhase.SUCCEEDED, ProposalPhase.DEFEATED, ProposalPhase.NO_QUORUM, ProposalPhase.EXECUTED, ProposalPhase.EXPIRED)
EMPTY = int(ProposalPhase.EMPTY)


def list_proposals(result: "Result") -> Iterator[Row]:
    """One row a proposal, in the order of filing."""
    for number, row in enumerate(as_array(result.world.proposals)):
        if int(row["phase"]) != EMPTY:
            yield describe_proposal(number, row)


def describe_proposal(number: int, row: Any) -> Row:
    """A proposal: when, what, by how many votes, and what became of it."""
    phase = ProposalPhase(int(row["phase"]))
    is_tallied, is_opened = phase in VOTED, phase in (*VOTED, ProposalPhase.ACTIVE)
    done = int(row["done_day"]) if phase in (ProposalPhase.EXECUTED, ProposalPhase.EXPIRED) else None
    votes = int(row["yes"]) + int(row["no"])
    return (
        number,
        "planned" if int(row["proposer"]) < 0 or phase in (ProposalPhase.PLANNED, ProposalPhase.REFUSED) else "voter",
        come(int(row["proposer"])) if phase not in (ProposalPhase.PLANNED, ProposalPhase.REFUSED) else None,
        *twice(int(row["filed_day"])),
        *twice(int(row["first_day"]) if is_opened else None),
        *twice(int(row["last_day"]) if is_opened else None),
        *twice(done if phase == ProposalPhase.EXECUTED else None),
        phase.name.lower(),
        Code(int(row["refusal"])).name.lower() if phase == ProposalPhase.REFUSED else "",
        tell_content(row["content"]),
        float(row["turnout"]) if is_tallied else None,
        float(row["quorum"]),
        float(row["threshold"]),
        int(row["yes"]) / MICRO,
        int(row["no"]) / MICRO,
        int(row["yes"]) / votes if votes else None,
        int(row["largest"][:LARGEST].sum()) / votes if votes else None,
        int(row["ballots"]),
    )


def tell_content(content: Any) -> str:
    """What a proposal would do, in a line."""
    changes, grants = range(int(content["changes"])), range(int(content["grants"]))
    told = [_tell_change(int(content["slot"][k]), float(content["value"][k])) for k in changes]
    told += [f"{int(content['amount'][k]) / MICRO:,.6g} ERA to {GrantTarget(int(content['target'][k])).name.lower()}" for k in grants]
    return "; ".join(told)


def _tell_change(slot: int, stored: float) -> str:
    return f"{name_number(find_leaf(slot), slot)} = {_show(slot, stored)}"


def name_number(leaf: Leaf, slot: int) -> str:
    """A parameter's path, with the place in its vector."""
    return f"{leaf.path}[{slot - leaf.slot}]" if leaf.info.length else leaf.path


def show_number(slot: int, stored: float) -> Any:
    """A number of the parameters as people write it."""
    leaf = find_leaf(slot)
    return show_value(leaf._replace(info=leaf.info._replace(length=0)), stored if leaf.is_float else round(stored))


def _show(slot: int, stored: float) -> str:
    shown = show_number(slot, stored)
    return f"{shown:g}" if isinstance(shown, float) else str(shown).lower() if isinstance(shown, bool) else str(shown)


def list_changes(result: "Result") -> Iterator[Row]:
    """One row for each number that was planned or decided to change; where it stood before is noted on its first day."""
    days = len(result.rows)
    for row in as_array(result.world.changes):
        if int(row["day"]) == UNUSED:
            continue
        slot, leaf = int(row["slot"]), find_leaf(int(row["slot"]))
        has_begun = int(row["day"]) < days
        old, new = show_number(slot, float(row["start"])) if has_begun else None, show_number(slot, float(row["value"]))
        is_number = leaf.info.choices is None and leaf.info.unit != "switch"
        yield (
            "planned" if int(row["proposal"]) == BY_PLAN else "vote",
            come(int(row["proposal"])),
            leaf.path,
            slot - leaf.slot if leaf.info.length else None,
            leaf.info.unit,
            float(old) if is_number and old is not None else None,
            float(new) if is_number else None,
            _show(slot, float(row["start"])) if has_begun else "",
            _show(slot, float(row["value"])),
            *twice(int(row["day"])),
            int(row["ramp_days"]),
            "begun" if has_begun else "to come",
        )


def list_grants(result: "Result") -> Iterator[Row]:
    """One row a treasury grant."""
    for row in as_array(result.world.grants):
        if int(row["day"]) != UNUSED:
            status = GrantStatus(int(row["status"]))
            yield (
                "planned" if int(row["proposal"]) == BY_PLAN else "vote",
                come(int(row["proposal"])),
                *twice(int(row["day"])),
                GrantTarget(int(row["target"])).name.lower(),
                int(row["amount"]) / MICRO,
                status.name.lower(),
                int(row["held"]) / MICRO if status == GrantStatus.REFUSED else None,
            )


def list_shocks(result: "Result") -> Iterator[Row]:
    """One row a shock of the scenario."""
    for shock in result.scenario.shocks:
        kind = ShockKind(shock.kind)
        yield *twice(shock.day), kind.name.lower(), float(shock.size), SHOCK_UNITS[kind]


ORIGIN = (
    Column("origin", "1", "planned (scenario, schedule or decree) or vote", "text"),
    Column("proposal", "1", "number of the proposal that decided it"),
)
PROPOSALS = EventTable(
    "Proposals of the run's own voters and of the scenario.",
    (
        Column("proposal", "1", "number"),
        Column("origin", "1", "voter, or planned: from outside", "text"),
        Column("proposer", "row", "voter who filed it"),
        *date_of("filed", "when it was filed, or is to be"),
        *date_of("first", "first day of the vote"),
        *date_of("last", "last day of the vote"),
        *date_of("executed", "when it was executed; what it changes holds from the next day"),
        Column("outcome", "1", "phase of its life: executed, defeated, no_quorum, expired, refused, active, ...", "text"),
        Column("refusal", "1", "why a planned one was refused", "text"),
        Column("content", "1", "what it would change or grant", "text"),
        Column("turnout", "share", "tokens that voted / effective circulating supply", "real"),
        Column("quorum", "share", "turnout that it needs", "real"),
        Column("threshold", "share", "share of yes to exceed", "real"),
        Column("yes_era", "ERA", "votes in favour", "real"),
        Column("no_era", "ERA", "votes against", "real"),
        Column("yes_share", "share", "votes in favour / votes", "real"),
        Column("top10_share", "share", "votes of the ten largest ballots / votes", "real"),
        Column("ballots", "1", "how many voted"),
    ),
    list_proposals,
)
CHANGES = EventTable(
    "Changes of parameters by schedule, decree and vote, one row a number.",
    (
        *ORIGIN,
        Column("parameter", "1", "path", "text"),
        Column("element", "1", "place in a vector"),
        Column("unit", "1", "unit of the values", "text"),
        Column("old_value", "unit", "on the eve of its first day", "real"),
        Column("new_value", "unit", "once it is reached", "real"),
        Column("old", "1", "the same as people write it, also of choices and switches", "text"),
        Column("new", "1", "the same as people write it", "text"),
        *date_of("first", "first day on which it holds"),
        Column("ramp_days", "day", "days over which it is reached"),
        Column("state", "1", "begun, or to come after the run's last day", "text"),
    ),
    list_changes,
)
GRANTS = EventTable(
    "Grants out of the treasury.",
    (
        *ORIGIN,
        *date_of("", "when it was due"),
        Column("to", "1", "who got it", "text"),
        Column("amount_era", "ERA", "how much", "real"),
        Column("status", "1", "pending, paid or refused", "text"),
        Column("held_era", "ERA", "what the treasury held when it refused", "real"),
    ),
    list_grants,
)
SHOCKS = EventTable(
    "Shocks of the scenario.",
    (
        *date_of("", "morning on which it happens"),
        Column("kind", "1", "what happens", "text"),
        Column("size", "unit", "how strong", "real"),
        Column("unit", "1", "what a size means", "text"),
    ),
    list_shocks,
)
