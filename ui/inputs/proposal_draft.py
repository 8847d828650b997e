"""A proposal while it is written: which governable parameters it changes, when, and what else its file said."""

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.decisions.whatif import ask
from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.proposal import read_proposal
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.content import GrantTarget
from metalab.ui.charts.formatting import name_file
from metalab.ui.inputs.exploration import tidy, write_value
from metalab.ui.inputs.limits import CHANGES, UPLOAD_BYTES, LimitError, check_upload

TARGETS = tuple(target.name.lower() for target in GrantTarget)
EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "proposals"
AT_DECISION = -1
"""`from_day` of a change that holds from the day of the decision on."""


@dataclass
class Row:
    """One change: a parameter's new value, from which day on, reached over how many days."""

    path: str
    value: Any
    from_day: int = AT_DECISION
    ramp_days: int = 0


@dataclass
class Grant:
    """Treasury tokens for somebody."""

    target: str
    era: float


@dataclass
class ProposalDraft:
    """A proposal in the form. `vote` has quorum and threshold where they are not the rule's own."""

    title: str = "New proposal"
    rationale: str = ""
    rows: list[Row] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    vote: dict[str, float] = field(default_factory=dict)


def list_examples() -> dict[str, Path]:
    """The proposals that come with the project, by name."""
    return {name_file(path.stem): path for path in sorted(EXAMPLES.glob("*.toml"))}


def write_draft(draft: ProposalDraft) -> str:
    """The proposal as TOML."""
    lines = [f"title = {write_value(draft.title)}", f"rationale = {write_value(draft.rationale)}"]
    for row in draft.rows:
        lines += ["", "[[changes]]", f"parameter = {write_value(row.path)}", f"value = {write_value(row.value)}"]
        lines += [f"from_day = {row.from_day}"] if row.from_day != AT_DECISION else []
        lines += [f"ramp_days = {row.ramp_days}"] if row.ramp_days else []
    for grant in draft.grants:
        lines += ["", "[[grants]]", 'from = "treasury"', f"to = {write_value(grant.target)}", f"era = {grant.era:.6f}"]
    if draft.vote:
        lines += ["", "[vote]", *(f"{name} = {share!r}" for name, share in draft.vote.items())]
    return "\n".join(lines) + "\n"


def read_draft(data: bytes) -> ProposalDraft:
    """A draft from the bytes of a proposal file. Raises a `ProblemError` in one line."""
    check_upload(data)
    with _keep_aside(data) as path, _rename(path):
        proposal = read_proposal(path)
    paths = [change.path for change in proposal.changes]
    if len(set(paths)) < len(paths) or len(paths) > CHANGES:
        raise LimitError(f"this form takes up to {CHANGES} changes, one per parameter; run this file with: python -m experiments what-if")
    rows = [Row(change.path, tidy(change.value), change.from_day, change.ramp_days) for change in proposal.changes]
    grants = [Grant(GrantTarget(grant.target).name.lower(), grant.amount / MICRO) for grant in proposal.grants]
    vote = {name: share for name, share in (("quorum", proposal.quorum), ("threshold", proposal.threshold)) if share >= 0}
    return ProposalDraft(proposal.title if proposal.title != path.stem else "Proposal", proposal.rationale, rows, grants, vote)


def check_draft(draft: ProposalDraft, scenario: Scenario, at: int, mode: str, days: int) -> list[str]:
    """Warnings of the linter; raises a `ProblemError` in one line for what cannot be."""
    data = write_draft(draft).encode()
    if len(data) > UPLOAD_BYTES:
        raise LimitError("the proposal is too long")
    with _keep_aside(data) as path, _rename(path):
        warnings = ask([path], [scenario], at, mode, days)[1]
    return [_shorten(warning, path) for warning in warnings]


class _keep_aside:  # noqa: N801
    """A file under a name of our own for as long as it is read."""

    def __init__(self, data: bytes) -> None:
        self.data, self.folder = data, TemporaryDirectory()

    def __enter__(self) -> Path:
        path = Path(self.folder.name) / "proposal.toml"
        path.write_bytes(self.data)
        return path

    def __exit__(self, *error: object) -> None:
        self.folder.cleanup()


class _rename:  # noqa: N801
    """Messages name the proposal, not a path of this machine."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ProblemError):
            raise LimitError(_shorten(str(error), self.path)) from None


def _shorten(text: str, path: Path) -> str:
    return text.removeprefix("proposal: ").replace(f"{path.parent}/", "")
