"""TOML of people: every key has its line, every complaint too."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from metalab.experiments.errors import BadFileError
from metalab.experiments.inputs.toml_lines import DEEPEST, LARGEST, LONGEST, parse_document, read_document

TEXT = '''# a comment
title = "x"          # line 2
long = """
[not] = a table
[[nor]]
"""

[set]
"fees.split" = [
    1,   # [brackets] in a comment
    2,
]
plain.dotted = 1.10

[[schedule]]
day = 1
[[schedule]]
day = 2
deep = { inner = 3 }
[schedule.sub]
key = 4
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("long",), 3),
        (("set",), 8),
        (("set", "fees.split"), 9),
        (("set", "plain", "dotted"), 13),
        (("schedule", 0), 15),
        (("schedule", 0, "day"), 16),
        (("schedule", 1, "day"), 18),
        (("schedule", 1, "deep", "inner"), 19),
        (("schedule", 1, "sub", "key"), 21),
        (("schedule", 1, "absent"), 17),
        (("absent",), 0),
    ],
)
def test_every_key_has_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert parse_document(TEXT, "x.toml").find_line(*path) == line


def test_numbers_with_a_point_are_exact() -> None:
    assert parse_document(TEXT, "x.toml").data["set"]["plain"]["dotted"] == Decimal("1.10")


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from(["a", "b.c", '"q.r"']), st.integers(0, 4)), min_size=1, max_size=5, unique_by=lambda pair: pair[0])
)
def test_lines_hold_whatever_stands_between(entries: list[tuple[str, int]]) -> None:
    text, expected, line = "", {}, 1
    for key, gap in entries:
        text += "\n" * gap + f"{key} = 1\n"
        line += gap
        expected[("q.r",) if key == '"q.r"' else tuple(key.split("."))] = line
        line += 1
    document = parse_document(text, "x.toml")
    assert {path: document.find_line(*path) for path in expected} == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [("a = 1\nb = \n", 2), ("a = 1\na = 2\n", 2), ('x = "open\n', 1), ("[set\n", 1), ("a = [1,\n2,\n", 2), ("\n\n= 3", 3)],
)
def test_a_complaint_names_the_line(text: str, line: int) -> None:
    with pytest.raises(BadFileError, match="is not valid TOML") as caught:
        parse_document(text, "x.toml")
    assert caught.value.line == line
    assert "\n" not in str(caught.value)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(BadFileError, match=f"more than {DEEPEST} levels"):
        parse_document("a = " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "x.toml")
    with pytest.raises(BadFileError, match="nested"):
        parse_document("a = " + "[" * 5_000 + "]" * 5_000, "x.toml")


def test_large_missing_and_binary_files_are_refused(tmp_path: Path) -> None:
    large, binary = tmp_path / "large.toml", tmp_path / "binary.toml"
    large.write_text("#" * (LARGEST + 1))
    binary.write_bytes(b"a = 1\nb = '\xff'\n")
    for path, problem in ((large, "larger than"), (tmp_path / "none.toml", "cannot be read"), (tmp_path, "cannot be read")):
        with pytest.raises(BadFileError, match=problem):
            read_document(path)
    with pytest.raises(BadFileError, match="UTF-8") as caught:
        read_document(binary)
    assert caught.value.line == 2


def test_lines_are_given_up_behind_a_very_long_statement() -> None:
    text = "a = 1\nb = [\n" + "1,\n" * (LONGEST + 5) + "]\nc = 2\n"
    document = parse_document(text, "x.toml")
    assert (document.find_line("a"), document.find_line("c")) == (1, 0)
