"""The table of responses as JSON, which a later call goes on with, and as Markdown."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from metalab.experiments.errors import BadFileError
from metalab.experiments.store.files import encode_json, write_atomic
from metalab.experiments.validation.responses.measuring import Answer, Measured, Sample

JSON, MARKDOWN = "responses.json", "responses.md"
Data = dict[str, Any]
HEAD = "| check | expected | mean [95 %] | median [95 %] | runs | verdict | mechanism off |\n|---|---|---|---|---|---|---|\n"
EXPLANATION = """Each line compares futures that are paired by seed and differ in one thing. d ln is a difference of logs: -.36 is 30 %
less. The interval of the mean is Student's over the pairs, that of the median the exact one (with fewer than six pairs, their range).
**pass**: the interval of the mean lies within what is expected; **fail**: outside; **unclear**: it touches the bound, or too few
runs tell; *reported*: nothing is expected; *no lever*, *not available*: the model cannot be asked. Means are over the last 90 days
unless the line says otherwise. The DAO files no proposals except where votes are asked about. The last column is the same figure
with the mechanism switched off that should cause it.
"""


def read_answers(folder: Path, identity: Data) -> dict[str, Answer]:
    """What an earlier call of the same identity has measured, by name; nothing where there is none or it was another."""
    path = folder / JSON
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["identity"] != identity:
            return {}
        return {entry["name"]: rebuild(entry) for entry in data["responses"]}
    except (KeyError, TypeError, ValueError) as problem:
        raise BadFileError(path, f"is no table of responses ({problem})") from problem


def rebuild(entry: Data) -> Answer:
    """The answer that was stored."""
    checks = [
        Measured(**check | {key: Sample(**check[key]) if check[key] else None for key in ("sample", "off")}) for check in entry["checks"]
    ]
    return Answer(**entry | {"checks": tuple(checks)})


def write_answers(folder: Path, identity: Data, answers: Mapping[str, Answer]) -> None:
    """Write both files, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    described = [answer.describe() for answer in answers.values()]
    write_atomic(folder / JSON, encode_json({"identity": identity, "responses": described}))
    write_atomic(folder / MARKDOWN, write_markdown(identity, answers.values()).encode())


def count_verdicts(answers: Iterable[Answer]) -> dict[str, int]:
    """How many checks have each verdict."""
    counts: dict[str, int] = {}
    for answer in answers:
        for check in answer.checks:
            counts[check.verdict] = counts.get(check.verdict, 0) + 1
    return counts


def describe_counts(answers: Iterable[Answer]) -> str:
    """The same in words."""
    return ", ".join(f"{count} {verdict}" for verdict, count in sorted(count_verdicts(answers).items()))


def write_markdown(identity: Data, answers: Iterable[Answer]) -> str:
    """The page."""
    kept = list(answers)
    lines = [
        "# Responses\n",
        f"Made by `{identity['command']}`: scenario `{identity['scenario']}`, {identity['runs']} runs of {identity['days']} days, seed "
        f"{identity['seed']}, code version `{identity['code_version'][:12]}`. {describe_counts(kept)}.\n",
        EXPLANATION,
    ]
    return "\n".join([*lines, *(write_section(answer) for answer in kept)])


def write_section(answer: Answer) -> str:
    """One response: question, mechanism, its checks."""
    off = next((check.off_words for check in answer.checks if check.off_words), "")
    head = f"## {answer.name}\n\n{answer.question} Mechanism: {answer.mechanism}." + (f" Off: {off}." if off else "")
    head += f" Note: {answer.note}." if answer.note else ""
    return f"{head}\n\n{HEAD}" + "".join(write_line(check) for check in answer.checks)


def write_line(check: Measured) -> str:
    """One row."""
    sample, verdict = check.sample, check.verdict + (f": {check.reason}" if check.reason else "")
    off = show(check.off.mean, check.off.interval) if check.off else ""
    shown = (show(sample.mean, sample.interval), show(sample.median, sample.median_interval), str(sample.runs)) if sample else ("", "", "0")
    return "| " + " | ".join((check.check, check.expected, *shown, verdict, off)) + " |\n"


def show(value: float, interval: list[float]) -> str:
    """A number with its interval."""
    return f"{value:.3g} [{interval[0]:.3g}, {interval[1]:.3g}]"
