"""Run directories: whole or absent, resumed, refused to strangers."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from metalab.experiments.errors import OutputError
from metalab.experiments.store.directory import HASHES, MANIFEST, Store, read_manifest
from metalab.experiments.store.files import TEMPORARY, encode_json, hash_file, write_atomic

IDENTITY: dict[str, Any] = {"kind": "test", "seed": 1, "parameters": {"a.b": 1.5, "a.c": [1, 2]}, "until": None}


def finish(path: Path, identity: dict[str, Any] | None = None) -> None:
    with Store(path, identity or IDENTITY, "command") as store:
        store.write("result.bin", b"abc")
        store.finish("digest")


def test_the_manifest_comes_first_and_says_everything(tmp_path: Path) -> None:
    with Store(tmp_path / "out", IDENTITY, "the command") as store:
        assert not store.is_complete
        manifest = read_manifest(tmp_path / "out")
        assert {key: manifest[key] for key in IDENTITY} == IDENTITY
        assert (manifest["command"], manifest["status"], manifest["digest"]) == ("the command", "incomplete", "")
        assert len(manifest["code_version"]) == 64


def test_the_same_command_finds_the_result(tmp_path: Path) -> None:
    finish(tmp_path / "out")
    with Store(tmp_path / "out", IDENTITY, "command") as store:
        assert store.is_complete
        assert store.manifest["digest"] == "digest"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"seed": 2}, "seed is 1 there, 2 here"),
        ({"parameters": {"a.b": 2.5, "a.c": [1, 2]}}, "a.b is 1.5 there, 2.5 here"),
        ({"until": ["x", 1.0]}, "its until differs"),
        ({"kind": "other"}, "kind is 'test' there, 'other' here"),
        ({"extra": 1}, "its extra differs"),
    ],
)
def test_another_command_is_refused(tmp_path: Path, change: dict[str, Any], words: str) -> None:
    finish(tmp_path / "out")
    with pytest.raises(OutputError, match="holds another result") as caught, Store(tmp_path / "out", IDENTITY | change, "command"):
        pass
    assert words in str(caught.value)


def test_foreign_directories_are_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match=r"something else \(thesis\.txt\)"), Store(tmp_path, IDENTITY, "command"):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"format": 99}', "{}", "null", '"x"', '{"format": [1]}'])
def test_a_manifest_that_is_none_of_ours_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(OutputError, match=r"manifest|format"), Store(tmp_path, IDENTITY, "command"):
        pass
    assert (tmp_path / MANIFEST).read_text() == content


def test_what_cannot_be_a_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError, match="cannot be created"), Store(path, IDENTITY, "command"):
            pass


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_without_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be"), Store(tmp_path, IDENTITY, "command"):
        pass


def test_two_processes_do_not_write_together(tmp_path: Path) -> None:
    with Store(tmp_path / "out", IDENTITY, "command"), pytest.raises(OutputError, match="another process"):
        Store(tmp_path / "out", IDENTITY, "command").__enter__()
    finish(tmp_path / "out")


def test_a_killed_writer_leaves_no_trace(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / f".{MANIFEST}.123{TEMPORARY}").write_text("{ half a mani")
    finish(out)
    (out / f".result.bin.123{TEMPORARY}").write_text("half")
    with Store(out, IDENTITY, "command") as store:
        assert store.is_complete
    assert sorted(path.name for path in out.iterdir()) == [MANIFEST, "result.bin"]


@pytest.mark.parametrize("damage", [b"", b"abd", b"abcd"])
def test_a_damaged_result_is_not_complete(tmp_path: Path, damage: bytes) -> None:
    finish(tmp_path / "out")
    (tmp_path / "out" / "result.bin").write_bytes(damage)
    with Store(tmp_path / "out", IDENTITY, "command") as store:
        assert not store.is_complete
    (tmp_path / "out" / "result.bin").unlink()
    with Store(tmp_path / "out", IDENTITY, "command") as store:
        assert not store.is_complete


def test_an_incomplete_result_of_other_code_is_not_mixed_with_ours(tmp_path: Path) -> None:
    with Store(tmp_path / "out", IDENTITY, "command") as store:
        store.manifest["code_version"] = "another"
        store.write_manifest()
    with pytest.raises(OutputError, match="another version of the code"), Store(tmp_path / "out", IDENTITY, "command"):
        pass


def test_a_complete_result_of_other_code_is_still_shown(tmp_path: Path) -> None:
    with Store(tmp_path / "out", IDENTITY, "command") as store:
        store.manifest["code_version"] = "another"
        store.write("result.bin", b"abc")
        store.finish("digest")
    with Store(tmp_path / "out", IDENTITY, "command") as store:
        assert store.is_complete


def test_parts_count_once_they_are_acknowledged(tmp_path: Path) -> None:
    with Store(tmp_path / "out", IDENTITY, "command") as store:
        store.write_part("part-00001.parquet", b"one")
        store.write_part("part-00000.parquet", b"zero")
        (store.path / "part-00002.parquet").write_bytes(b"never acknowledged")
        assert sorted(store.read_parts()) == ["part-00000.parquet", "part-00001.parquet"]
        (store.path / "part-00001.parquet").write_bytes(b"one!")
        assert list(store.read_parts()) == ["part-00000.parquet"]
        store.write_part("part-00001.parquet", b"one")
        assert len(store.read_parts()) == 2
        store.tidy_parts(["part-00000.parquet"])
        assert [path.name for path in store.path.glob("part-*")] == ["part-00000.parquet"]
        line = f"{hash_file(store.path / 'part-00000.parquet')}  part-00000.parquet\n"
        assert (store.path / HASHES).read_text() == line


@pytest.mark.parametrize("torn", ["", "abc", "\n\n", "x  ../../etc/passwd\n", "\x00\xff  part-00000.parquet\n", "no hash at all\n"])
def test_a_torn_acknowledgement_loses_only_itself(tmp_path: Path, torn: str) -> None:
    with Store(tmp_path / "out", IDENTITY, "command") as store:
        store.write_part("part-00000.parquet", b"zero")
        with (store.path / HASHES).open("a", encoding="utf-8") as file:
            file.write(torn)
        store.write_part("part-00001.parquet", b"one")
        assert sorted(store.read_parts()) == ["part-00000.parquet", "part-00001.parquet"]


def test_files_are_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for durable in (True, False):
        write_atomic(path, b"old", durable)
        write_atomic(path, b"new", durable)
        assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_json_is_the_same_for_the_same_data_and_never_nan() -> None:
    assert encode_json({"b": 1, "a": 2.5}) == encode_json({"a": 2.5, "b": 1})
    assert json.loads(encode_json({"a": "ä"})) == {"a": "ä"}
    with pytest.raises(ValueError, match="Out of range"):
        encode_json({"a": float("nan")})
