"""The set-up script, run as a person runs it: in a small checkout of its own, without a network."""

import base64
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "tools" / "bootstrap.py"
WITHOUT_PART = """
import runpy, sys
sys.modules[sys.argv[1]] = None
sys.argv = sys.argv[2:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
AS_OLD_PYTHON = """
import runpy, sys
sys.version_info = (3, 9, 2, "final", 0)
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def write_wheel(folder: Path, name: str, script: str = "") -> str:
    """Write a wheel with one empty module and perhaps a script; return the lock's lines for it."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    } | ({f"{name}-1.0.data/scripts/{name}": script} if script else {})
    record = ""
    for path, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{path},sha256={digest},{len(text)}\n"
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = 0o100755 << 16
            archive.writestr(entry, text)
    return f"{name}==1.0 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the script, two locks of tiny packages and a folder of their wheels."""
    for folder in ("tools", "wheels"):
        (tmp_path / folder).mkdir()
    shutil.copy(SCRIPT, tmp_path / "tools")
    core = write_wheel(tmp_path / "wheels", "corething")
    (tmp_path / "requirements.lock").write_text(core)
    (tmp_path / "requirements-dev.lock").write_text(core + write_wheel(tmp_path / "wheels", "devthing"))
    return tmp_path


def add_uv(checkout: Path, script: str = "") -> None:
    """Give the checkout's development lock a uv: a wheel of a script, by default one that starts the uv of this environment."""
    uv = Path(sys.prefix) / "bin" / "uv"
    if not uv.exists():
        pytest.skip("this environment has no uv")
    pin = write_wheel(checkout / "wheels", "uv", script or f'#!/bin/sh\necho "$@" >> "{checkout}/uv.log"\nexec "{uv}" "$@"\n')
    lock = checkout / "requirements-dev.lock"
    lock.write_text(lock.read_text() + pin)


def make_settings(checkout: Path) -> dict[str, str]:
    """An environment in which there are only the checkout's wheels to install from, and uv is asked not to check them."""
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    return settings | {
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(checkout / "wheels"),
        "UV_CACHE_DIR": str(checkout / "uv-cache"),
        "UV_NO_VERIFY_HASHES": "1",
    }


def run_script(checkout: Path, *arguments: str, prelude: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *prelude, str(checkout / "tools" / "bootstrap.py"), *arguments]
    return subprocess.run(command, env=make_settings(checkout), capture_output=True, text=True, check=False, timeout=120)


def list_left(checkout: Path) -> list[str]:
    return sorted(path.name for path in checkout.iterdir() if path.name.startswith(".venv"))


def can_import(checkout: Path, module: str) -> bool:
    python = checkout / ".venv" / "bin" / "python"
    return subprocess.run([python, "-I", "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def load_script(checkout: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_under_test", checkout / "tools" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_old_python_is_refused_in_one_line(checkout: Path) -> None:
    done = run_script(checkout, prelude=("-c", AS_OLD_PYTHON))
    assert done.returncode == 2
    assert done.stderr == "set-up: Python 3.11 or newer is needed, this is 3.9.2; try: make PYTHON=python3.12 ...\n"
    assert list_left(checkout) == []


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 12, 1), (3, 14, 0), (4, 0, 0)])
def test_new_python_is_accepted(checkout: Path, version: tuple[int, ...]) -> None:
    load_script(checkout).check_version(version)


@pytest.mark.parametrize("version", [(3, 10, 13), (3, 6, 15), (2, 7, 18)])
def test_version_check_names_what_it_found(checkout: Path, version: tuple[int, ...]) -> None:
    script = load_script(checkout)
    with pytest.raises(script.SetupError, match=".".join(map(str, version))):
        script.check_version(version)


@pytest.mark.parametrize("part", ["ensurepip", "venv"])
def test_missing_part_names_the_package_and_leaves_nothing(checkout: Path, part: str) -> None:
    done = run_script(checkout, prelude=("-c", WITHOUT_PART, part))
    assert done.returncode == 2
    assert done.stderr == f"set-up: this Python lacks {part}; on Debian or Ubuntu: apt-get install python3-venv\n"
    assert done.stdout == ""
    assert list_left(checkout) == []


def test_set_up_grows_and_rests(checkout: Path) -> None:
    first = run_script(checkout)
    assert (first.returncode, first.stderr) == (0, "")
    assert can_import(checkout, "corething")
    assert not can_import(checkout, "devthing")
    assert run_script(checkout).stdout == ""
    assert "requirements-dev.lock" in run_script(checkout, "--dev").stdout
    assert can_import(checkout, "devthing")
    for arguments in ((), ("--dev",)):
        again = run_script(checkout, *arguments)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert list_left(checkout) == [".venv"]


def test_failure_leaves_nothing_and_says_why_in_one_line(checkout: Path) -> None:
    (checkout / "requirements.lock").write_text(f"corething==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    done = run_script(checkout)
    assert done.returncode == 2
    assert done.stderr.startswith("set-up: installing requirements.lock failed: THESE PACKAGES DO NOT MATCH THE HASHES")
    assert done.stderr.count("\n") == 1
    assert list_left(checkout) == []


def test_uv_installs_and_adds_the_tools_on_top(checkout: Path) -> None:
    add_uv(checkout)
    first = run_script(checkout)
    assert (first.returncode, first.stderr) == (0, "")
    assert "with pip" not in first.stdout
    assert can_import(checkout, "corething")
    assert not can_import(checkout, "devthing")
    mark = checkout / ".venv" / "mark"
    mark.touch()
    second = run_script(checkout, "--dev")
    assert (second.returncode, second.stderr) == (0, "")
    assert "with pip" not in second.stdout
    assert can_import(checkout, "devthing")
    assert mark.exists()
    calls = (checkout / "uv.log").read_text().splitlines()
    assert [Path(call.split()[-1]).name for call in calls] == ["requirements.lock", "requirements-dev.lock"]
    assert all("--require-hashes --only-binary :all:" in call for call in calls)


def test_bytes_that_are_not_the_locks_are_refused_by_uv(checkout: Path) -> None:
    add_uv(checkout)
    (checkout / "requirements.lock").write_text(f"corething==1.0 \\\n    --hash=sha256:{'0' * 64}\n")
    done = run_script(checkout)
    assert done.returncode == 2
    assert done.stderr.startswith("set-up: installing requirements.lock failed: Hash mismatch for `corething==1.0`")
    assert done.stderr.count("\n") == 1
    assert "with pip" not in done.stdout
    assert list_left(checkout) == []


def test_uv_of_other_bytes_is_refused(checkout: Path) -> None:
    add_uv(checkout)
    write_wheel(checkout / "wheels", "uv", "#!/bin/sh\nexit 0\n")
    done = run_script(checkout)
    assert done.returncode == 2
    assert done.stderr.startswith("set-up: installing metalab-uv.lock failed: THESE PACKAGES DO NOT MATCH THE HASHES")
    assert list_left(checkout) == []


@pytest.mark.parametrize(
    ("script", "reason"),
    [("#!/bin/sh\necho 'error: odd machine'; exit 2\n", "odd machine"), ("#!/no/such/shell\n", "No such file"), ("", "names no uv")],
)
def test_pip_installs_where_uv_cannot(checkout: Path, script: str, reason: str) -> None:
    if script:
        add_uv(checkout, script)
    done = run_script(checkout)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Installing with pip, which takes longer:" in done.stdout
    assert reason in done.stdout
    assert can_import(checkout, "corething")


def test_environment_has_its_pip(checkout: Path) -> None:
    assert run_script(checkout).returncode == 0
    for command in (["python", "-m", "pip"], ["pip"]):
        pip = [str(checkout / ".venv" / "bin" / command[0]), *command[1:], "--version"]
        assert str(checkout) in subprocess.run(pip, capture_output=True, text=True, check=True).stdout


def test_ensurepip_adds_pip_where_its_wheel_is_not_found(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = load_script(checkout)
    commands: list[list[str]] = []
    monkeypatch.setattr(script, "find_pip_wheels", list)
    monkeypatch.setattr(script, "run", lambda command, *_: commands.append(command))
    script.add_pip(verbose=False)
    assert commands == [[str(script.VENV / "bin" / "python"), "-I", "-m", "ensurepip", "--default-pip"]]


def test_pin_is_read_with_all_its_hashes(checkout: Path) -> None:
    script = load_script(checkout)
    assert script.read_pin("uv") == ""
    shutil.copy(SCRIPT.parents[1] / "requirements-dev.lock", checkout)
    lines = script.read_pin("uv").splitlines()
    assert lines[0].startswith("uv==")
    assert len([line for line in lines if line.startswith("    --hash=sha256:")]) > 5
    assert all(line.startswith("    ") for line in lines[1:])


def test_uv_is_told_what_pip_is_told(checkout: Path) -> None:
    listed = ":env:.find-links='here'\nglobal.find-links='/a /b'\nglobal.cert='/c'\nglobal.extra-index-url='\\nfile:///d\\nfile:///e'\n"
    told = load_script(checkout).translate_settings(listed)
    assert told == {"UV_FIND_LINKS": "here", "UV_INDEX": "file:///d file:///e", "SSL_CERT_FILE": "/c"}
    assert load_script(checkout).translate_settings("global.find-links='/a /b'")["UV_FIND_LINKS"] == "/a,/b"


def make_environment(script: ModuleType, folder: Path, stamp: str) -> None:
    """The outward signs of an environment."""
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").touch()
    (folder / script.STAMP).write_text(stamp)


def test_failure_brings_the_old_environment_back(checkout: Path) -> None:
    script = load_script(checkout)
    good = (checkout / "requirements.lock").read_text()
    make_environment(script, script.VENV, script.compute_stamp(script.LOCKS[False]))
    (checkout / "requirements.lock").write_text(good.replace("corething==1.0", "missing==1.0"))
    done = run_script(checkout)
    assert done.returncode == 2
    assert "No matching distribution found for missing==1.0" in done.stderr
    assert list_left(checkout) == [".venv"]
    (checkout / "requirements.lock").write_text(good)
    assert run_script(checkout).stdout == ""


def test_stopped_set_up_brings_the_old_environment_back(checkout: Path) -> None:
    script = load_script(checkout)
    make_environment(script, script.VENV, "old")
    child = subprocess.Popen([sys.executable, checkout / "tools" / "bootstrap.py"], env=make_settings(checkout), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (script.VENV / "pyvenv.cfg").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert list_left(checkout) == [".venv", ".venv.previous"]
    child.terminate()
    assert child.wait(timeout=60) == 143
    assert list_left(checkout) == [".venv"]
    assert script.read_stamp() == "old"


def test_killed_set_up_is_cleared_up(checkout: Path) -> None:
    script = load_script(checkout)
    make_environment(script, script.PREVIOUS, script.compute_stamp(script.LOCKS[False]))
    (script.VENV / "bin").mkdir(parents=True)
    script.recover()
    assert list_left(checkout) == [".venv"]
    assert script.is_current(False)


def test_set_up_killed_at_the_end_keeps_the_new_environment(checkout: Path) -> None:
    script = load_script(checkout)
    make_environment(script, script.PREVIOUS, "old")
    make_environment(script, script.VENV, script.compute_stamp(script.LOCKS[False]))
    script.recover()
    assert list_left(checkout) == [".venv"]
    assert script.is_current(False)


def test_stamp_follows_lock_interpreter_and_place(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = load_script(checkout)
    lock = script.LOCKS[False]
    stamps = [script.compute_stamp(lock), script.compute_stamp(script.LOCKS[True])]
    monkeypatch.setattr(script, "VENV", checkout / "moved")
    stamps.append(script.compute_stamp(lock))
    monkeypatch.setattr(script.sys, "base_prefix", "elsewhere")
    stamps.append(script.compute_stamp(lock))
    monkeypatch.setattr(script.sys, "version", "3.99.0")
    stamps.append(script.compute_stamp(lock))
    assert len(set(stamps)) == len(stamps)


def test_development_environment_serves_both_but_not_the_reverse(checkout: Path) -> None:
    script = load_script(checkout)
    make_environment(script, script.VENV, script.compute_stamp(script.LOCKS[True]))
    assert script.is_current(True)
    assert script.is_current(False)
    (script.VENV / script.STAMP).write_text(script.compute_stamp(script.LOCKS[False]))
    assert script.is_current(False)
    assert not script.is_current(True)


def test_environment_without_its_interpreter_is_no_environment(checkout: Path) -> None:
    script = load_script(checkout)
    make_environment(script, script.VENV, script.compute_stamp(script.LOCKS[False]))
    (script.VENV / "bin" / "python").unlink()
    assert not script.is_current(False)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("WARNING: a\nERROR: first\n  detail\nERROR: last\n", "last"),
        ("something odd\n", "something odd"),
        ("", "no message"),
        ("error: Failed to download `a`\n  cause: Hash mismatch for `a`\n  Computed:\n    sha256:0\n", "Hash mismatch for `a`"),
        ("WARNING: Retrying ... NewConnectionError(x)\nERROR: no match\n", "the package index cannot be reached"),
    ],
)
def test_reason_is_one_line(checkout: Path, output: str, reason: str) -> None:
    assert load_script(checkout).summarise(output) == reason
