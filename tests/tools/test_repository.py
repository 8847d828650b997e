"""The repository as a whole: what tracked files may contain, how long code may be, what the lock files promise."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
MOST_ARGUMENTS = 9
LAYERS = ("protocol", "econ", "experiments", "ui")
LOCKS = ("requirements.lock", "requirements-dev.lock")

# Written in halves, so that this file passes its own test.
HOSTS = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.org", "deb." + "debian.org", "pypi" + "-proxy", "artif" + "actory"]
PLACES = ["wo" + "rk", "ro" + "ot", "ho" + "me", "tm" + "p", "opt", "Us" + "ers", "mnt"]
HOST = re.compile("|".join(re.escape(host) for host in HOSTS), re.IGNORECASE)
PLACE = re.compile(rf"(?<![\w./}})\]])/(?:{'|'.join(PLACES)})/\w")
PIN = re.compile(r"^([a-z0-9._-]+)==(\S+?)(?: ; (.+?))? \\$", re.MULTILINE)


@cache
def list_files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, part of the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("not a git checkout")
    paths = sorted({ROOT / name for name in done.stdout.decode().split("\0") if name})
    return tuple(path for path in paths if path.is_file())


def list_code() -> list[Path]:
    return [path for path in list_files() if path.suffix == ".py"]


def read_text(path: Path) -> str:
    """A file's text; empty for a file that is not text."""
    content = path.read_bytes()
    return "" if b"\0" in content else content.decode("utf-8", errors="replace")


def find_lines(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in list_files()
        for number, line in enumerate(read_text(path).splitlines(), 1)
        if pattern.search(line)
    ]


def read_pins(name: str) -> set[tuple[str, str, str]]:
    """What a lock file pins: names, versions, markers."""
    return set(PIN.findall((ROOT / name).read_text()))


def test_no_file_names_a_package_registry() -> None:
    assert find_lines(HOST) == []


def test_no_file_names_a_place_on_some_machine() -> None:
    assert find_lines(PLACE) == []


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_recognised(place: str) -> None:
    assert PLACE.search(f"see /{place}/someone/file")
    assert not PLACE.search(f"docs/{place}/file")


def test_files_of_code_are_short() -> None:
    lengths = {str(path.relative_to(ROOT)): len(read_text(path).splitlines()) for path in list_code()}
    assert {name: length for name, length in lengths.items() if length >= LONGEST_FILE} == {}


def list_functions(layer: str) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Every function of a layer and where it is."""
    for path in (path for path in list_code() if path.relative_to(ROOT).parts[0] == layer):
        for node in ast.walk(ast.parse(read_text(path))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


@pytest.mark.parametrize("layer", LAYERS)
def test_functions_are_short(layer: str) -> None:
    lengths = {place: (node.end_lineno or node.lineno) - node.lineno + 1 for place, node in list_functions(layer)}
    assert {place: lines for place, lines in lengths.items() if lines >= LONGEST_FUNCTION} == {}


@pytest.mark.parametrize("layer", LAYERS)
def test_functions_take_few_arguments(layer: str) -> None:
    counts = {place: len(node.args.posonlyargs + node.args.args + node.args.kwonlyargs) for place, node in list_functions(layer)}
    assert {place: count for place, count in counts.items() if count > MOST_ARGUMENTS} == {}


@pytest.mark.parametrize("name", LOCKS)
def test_lock_pins_and_hashes_everything(name: str) -> None:
    text = (ROOT / name).read_text()
    requirements = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(requirements) == len(PIN.findall(text)) > 50
    blocks = re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_holds_no_address(name: str) -> None:
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert not re.search(r"--(?:extra-)?index|--find-links|@ file", text)


def test_development_lock_holds_all_of_the_other() -> None:
    names = {name for name, _, _ in read_pins("requirements.lock")}
    shared = {pin for pin in read_pins("requirements-dev.lock") if pin[0] in names}
    assert {pin[:2] for pin in shared} == {pin[:2] for pin in read_pins("requirements.lock")}


@pytest.mark.parametrize(("ranges", "lock"), [("requirements.txt", LOCKS[0]), ("requirements-dev.txt", LOCKS[1])])
def test_every_requirement_is_locked(ranges: str, lock: str) -> None:
    wanted = set(re.findall(r"^([a-z0-9-]+)[\[<>=]", (ROOT / ranges).read_text(), re.MULTILINE))
    assert wanted
    assert wanted <= {name for name, _, _ in read_pins(lock)}


def test_app_listens_here_only_and_keeps_quiet() -> None:
    settings = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["maxUploadSize"] == 1
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["runner"]["magicEnabled"] is False


def test_continuous_integration_script_can_be_run() -> None:
    script = ROOT / ".ci/run"
    assert script.stat().st_mode & 0o111
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0


def test_makefile_lists_every_command_that_is_promised() -> None:
    done = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = {line.split()[1] for line in done.stdout.splitlines()}
    assert {"run", "test", "check", "bench", "docs", "lock", "warm", "clean"} <= listed
