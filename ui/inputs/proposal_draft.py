"""A proposal while it is written: which governable parameters it changes, when, and what else its file said."""

from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments.decisions.whatif import ask
from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.changes import Change
from metalab.experiments.inputs.planning.flows import WrittenFlow, write_flow
from metalab.experiments.inputs.planning.grants import Grant
from metalab.experiments.inputs.planning.moments import AT_DECISION
from metalab.experiments.inputs.planning.moves import parse_move
from metalab.experiments.inputs.proposal import read_proposal
from metalab.experiments.program import show_command
from metalab.ui.charts.formatting import name_file
from metalab.ui.inputs.exploration import tidy, write_value
from metalab.ui.inputs.limits import CHANGES, UPLOAD_BYTES, LimitError, check_upload

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "proposals"


@dataclass
class ProposalDraft:
    """A proposal in the form. `vote` has quorum and threshold where they are not the rule's own; flows come from a file and go into one."""

    title: str = "New proposal"
    rationale: str = ""
    changes: list[Change] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    vote: dict[str, float] = field(default_factory=dict)
    flows: tuple[WrittenFlow, ...] = ()
    ends: tuple[str, ...] = ()


def list_examples() -> dict[str, Path]:
    """The proposals that come with the project, by name."""
    return {name_file(path.stem): path for path in sorted(EXAMPLES.glob("*.toml"))}


def write_draft(draft: ProposalDraft) -> str:
    """The proposal as TOML."""
    lines = [f"title = {write_value(draft.title)}", f"rationale = {write_value(draft.rationale)}"]
    lines += [f"end_flow = {write_value(list(draft.ends))}"] if draft.ends else []
    for change in draft.changes:
        lines += ["", "[[changes]]", f"parameter = {write_value(change.path)}", f"value = {write_value(change.value)}"]
        lines += [f"from_day = {change.day}"] if change.day != AT_DECISION else []
        lines += [f"ramp_days = {change.ramp_days}"] if change.ramp_days else []
    for grant in draft.grants:
        lines += ["", "[[grants]]", 'from = "treasury"', f"to = {write_value(grant.to)}", f"era = {grant.era:.6f}"]
    for flow in draft.flows:
        lines += ["", "[[flows]]", *write_flow(flow)]
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
        raise LimitError(f"this form takes up to {CHANGES} changes, one per parameter; run this file with: {show_command('what-if')}")
    if not all(map(_fits_change, proposal.changes)) or not all(map(_fits_grant, proposal.grants)):
        words = "lasting changes to values and grants in ERA at the decision, without conditions"
        raise LimitError(f"this form takes {words}; run this file with: {show_command('what-if')}")
    changes = [replace(change, value=tidy(change.value)) for change in proposal.changes]
    grants = [replace(grant, era=float(grant.era)) for grant in proposal.grants]
    vote = {name: share for name, share in (("quorum", proposal.quorum), ("threshold", proposal.threshold)) if share >= 0}
    return ProposalDraft(
        proposal.title if proposal.title != path.stem else "Proposal",
        proposal.rationale,
        changes,
        grants,
        vote,
        proposal.flows,
        proposal.ends,
    )


def _fits_change(change: Change) -> bool:
    """Whether the form has a field for all that a change says."""
    is_plain = change.element is None and not change.wait and isinstance(change.day, int)
    return change.is_lasting and is_plain and parse_move(change.value) is None


def _fits_grant(grant: Grant) -> bool:
    is_plain = grant.payer == "treasury" and not grant.usd and not grant.wait
    return is_plain and grant.day == AT_DECISION and grant.condition is None


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
