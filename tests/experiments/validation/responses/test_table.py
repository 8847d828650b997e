"""The table of responses: written, read again, resumed by the command."""

from pathlib import Path

import pytest

from metalab.experiments.cli import main
from metalab.experiments.validation.responses.measuring import Answer, Measured, Sample
from metalab.experiments.validation.responses.table import describe_counts, read_answers, write_answers, write_markdown

IDENTITY = {"command": "c", "scenario": "launch", "runs": 4, "days": 9, "seed": 1, "code_version": "0" * 64}
SAMPLE = Sample(4, -0.5, [-0.6, -0.4], -0.5, [-0.7, -0.3])
ANSWER = Answer(
    "fee",
    "Does it?",
    "because",
    "",
    (
        Measured("fee", "d ln users", "< 0", "pass", SAMPLE, SAMPLE, "switched off"),
        Measured("fee", "d ln price", "< 0", "no lever", reason="response 'fee': nothing"),
    ),
)


def test_answers_are_read_as_they_were_written(tmp_path: Path) -> None:
    write_answers(tmp_path, IDENTITY, {"fee": ANSWER})
    assert read_answers(tmp_path, IDENTITY) == {"fee": ANSWER}
    assert read_answers(tmp_path, IDENTITY | {"runs": 5}) == {}
    assert read_answers(tmp_path / "nowhere", IDENTITY) == {}


def test_the_page_says_what_was_not_measured() -> None:
    page = write_markdown(IDENTITY, [ANSWER])
    assert "| d ln users | < 0 | -0.5 [-0.6, -0.4] | -0.5 [-0.7, -0.3] | 4 | pass | -0.5 [-0.6, -0.4] |" in page
    assert "no lever: response 'fee': nothing" in page
    assert "Off: switched off." in page
    assert describe_counts([ANSWER]) == "1 no lever, 1 pass"


def test_the_command_goes_on_where_it_was(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["validate", "--responses", "--scenario", "minimal", "--runs", "2", "--days", "125", "--out", str(tmp_path)]
    assert main([*words, "--only", "burn"]) in (0, 1)
    assert "burn: d ln price:" in capsys.readouterr().out
    assert main([*words, "--only", "burn", "--only", "issuance"]) in (0, 1)
    out = capsys.readouterr().out
    assert "[stored]" in out
    assert "issuance" in out
    page = (tmp_path / "responses.md").read_text()
    assert page.index("## burn") < page.index("## issuance")


def test_an_unknown_response_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", "--responses", "--only", "burns", "--out", str(tmp_path)]) == 2
    assert "did you mean 'burn'" in capsys.readouterr().err
    assert main(["validate", "--responses", "--sanity"]) == 2
