"""Build the virtual environment `.venv` from a lock file, with nothing but Python's standard library.

`python3 tools/bootstrap.py [--dev] [--verbose]`; the Makefile calls it before every chore, and it returns at once while
nothing changed. An environment is whole or absent: the old one is kept aside until the new one is complete, and is put
back when that fails. The syntax stays old enough for a Python that is too old to read the refusal.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PREVIOUS = ROOT / ".venv.previous"
STAMP = "metalab-stamp"
LOCKS = {False: ROOT / "requirements.lock", True: ROOT / "requirements-dev.lock"}
UNREACHABLE = ("NewConnectionError", "Failed to establish", "name resolution", "ConnectTimeoutError", "ProxyError")


class SetupError(Exception):
    """Something the person at the terminal has to know, in one line."""


def check_version(version: tuple[int, ...]) -> None:
    """Refuse a Python that is too old."""
    if version[:2] < OLDEST:
        found = ".".join(str(part) for part in version[:3])
        wanted = ".".join(str(part) for part in OLDEST)
        raise SetupError(f"Python {wanted} or newer is needed, this is {found}; try: make PYTHON=python3.12 ...")


def check_parts() -> None:
    """Refuse a Python that cannot make virtual environments (Debian ships these parts as a package of their own)."""
    for part in ("venv", "ensurepip"):
        if importlib.util.find_spec(part) is None:
            raise SetupError(f"this Python lacks {part}; on Debian or Ubuntu: apt-get install python3-venv")


def get_interpreter() -> str:
    """The Python behind this one, also when this one belongs to a virtual environment."""
    return str(getattr(sys, "_base_executable", None) or sys.executable)


def compute_stamp(lock: Path) -> str:
    """Identify what an environment is made from: the lock's bytes, the interpreter, the machine's kind and the place."""
    parts = (sys.version, sys.base_prefix, platform.machine(), str(VENV))
    return hashlib.sha256(lock.read_bytes() + "\n".join(parts).encode()).hexdigest()


def read_stamp() -> str:
    """The stamp of the environment there is; empty when there is none, or none that is whole."""
    stamp = VENV / STAMP
    if not (VENV / "bin" / "python").exists() or not stamp.is_file():
        return ""
    return stamp.read_text().strip()


def is_current(dev: bool) -> bool:
    """Whether the environment serves. The development lock holds all of the other, so it serves both."""
    wanted = [compute_stamp(LOCKS[True])] if dev else [compute_stamp(lock) for lock in LOCKS.values()]
    return read_stamp() in wanted


def remove(path: Path) -> None:
    """Remove a folder, or the link to one."""
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(str(path))


def recover() -> None:
    """Clear up after a set-up that was killed."""
    if PREVIOUS.exists() and not read_stamp():
        remove(VENV)
        PREVIOUS.replace(VENV)
    remove(PREVIOUS)


def summarise(output: str) -> str:
    """The one line of a failed command's output that says why."""
    if any(sign in output for sign in UNREACHABLE):
        return "the package index cannot be reached"
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line[len("ERROR:") :].strip() for line in lines if line.startswith("ERROR:")]
    return (errors or lines or ["no message"])[-1][:300]


def run(command: list[str], what: str, verbose: bool) -> None:
    """Run a command; when it fails, say so in one line. When we are stopped, it stops with all that it started."""
    pipe = None if verbose else subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, start_new_session=True) as child:
        try:
            output, _ = child.communicate()
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    if child.returncode == 0:
        return
    if verbose:
        raise SetupError(f"{what} failed with exit code {child.returncode}")
    reason = summarise(output.decode(errors="replace"))
    raise SetupError(f"{what} failed: {reason} (for all of it: {Path(sys.argv[0]).name} --verbose)")


def install(dev: bool, verbose: bool) -> None:
    """Install what the lock names, checking every hash and building nothing, then stamp the environment."""
    lock = LOCKS[dev]
    python = [str(VENV / "bin" / "python"), "-I", "-m"]
    pip = [*python, "pip", "--disable-pip-version-check", "--no-input", "install", "--no-compile"]
    run([*pip, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)], f"installing {lock.name}", verbose)
    # Bytecode on every core, without the packages' own tests: half the time of pip's. Some files are not meant to compile.
    compiling = [*python, "compileall", "-q", "-j", "0", "-x", "site-packages/.*/tests?/", str(VENV / "lib")]
    subprocess.run(compiling, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    (VENV / STAMP).write_text(compute_stamp(lock) + "\n")


def rebuild(dev: bool, verbose: bool) -> None:
    """Make the environment anew; whatever goes wrong, the old one comes back."""
    if VENV.exists() or VENV.is_symlink():
        VENV.replace(PREVIOUS)
    try:
        run([get_interpreter(), "-m", "venv", str(VENV)], "making .venv", verbose)
        install(dev, verbose)
    except BaseException:
        remove(VENV)
        if PREVIOUS.exists():
            PREVIOUS.replace(VENV)
        raise
    remove(PREVIOUS)


def set_up(dev: bool, verbose: bool) -> None:
    """Bring the environment up to date, doing as little as that takes."""
    check_version(tuple(sys.version_info[:3]))
    recover()
    if is_current(dev):
        return
    check_parts()
    start = time.monotonic()
    print(f"Setting up .venv from {LOCKS[dev].name}: a minute or two, once ...", flush=True)
    if dev and is_current(False):
        install(dev, verbose)
    else:
        rebuild(dev, verbose)
    print(f"Set up in {time.monotonic() - start:.0f} s.", flush=True)


def main(arguments: list[str]) -> int:
    """Parse the command line, set up, return the exit code."""
    parser = argparse.ArgumentParser(description="Build .venv from the lock file.", epilog="example: bootstrap.py --dev")
    parser.add_argument("--dev", action="store_true", help="also the tools for working on the project")
    parser.add_argument("--verbose", action="store_true", help="show what pip says")
    chosen = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        set_up(chosen.dev, chosen.verbose)
    except (SetupError, OSError) as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("set-up: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
