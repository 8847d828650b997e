"""Build the virtual environment `.venv` from a lock file, with nothing but Python's standard library.

`python3 tools/bootstrap.py [--dev] [--verbose]`; the Makefile calls it before every chore, and it returns at once while
nothing changed. An environment is whole or absent: the old one is kept aside until the new one is complete, and is put
back when that fails. The syntax stays old enough for a Python that is too old to read the refusal.

Python's own pip fetches uv, of the version and hash in the development lock, and uv installs the rest side by side; where
uv can't be had or fails, pip installs everything. Both check every hash. Bytecode is left to the first import.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PREVIOUS = ROOT / ".venv.previous"
STAMP = "metalab-stamp"
LOCKS = {False: ROOT / "requirements.lock", True: ROOT / "requirements-dev.lock"}
PIP_SCRIPT = '#!/bin/sh\nexec "$(dirname "$0")/python" -m pip "$@"\n'
UV_PIN = VENV / "metalab-uv.lock"
KEPT_UV_SETTINGS = ("UV_CACHE_DIR", "UV_LINK_MODE")
FROM_PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
MISMATCHES = ("Hash mismatch", "DO NOT MATCH THE HASHES")
UNREACHABLE = ("NewConnectionError", "Failed to establish", "name resolution", "ConnectTimeoutError", "ProxyError")


class SetupError(Exception):
    """Something the person at the terminal has to know, in one line."""


class FinalError(SetupError):
    """A failure that another installer would meet as well: wrong bytes, or nothing that answers."""


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
    mismatches = [line[line.index(MISMATCHES[0]) :] for line in lines if MISMATCHES[0] in line]
    errors = [line[len("ERROR:") :].strip() for line in lines if line.upper().startswith("ERROR:")]
    return (mismatches or errors or lines or ["no message"])[-1][:300]


def run(command: list[str], what: str, verbose: bool, settings: dict[str, str] | None = None) -> None:
    """Run a command; when it fails, say so in one line. When we are stopped, it stops with all that it started."""
    pipe = None if verbose else subprocess.PIPE
    with subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, start_new_session=True, env=settings) as child:
        try:
            output, _ = child.communicate()
        except BaseException:
            os.killpg(child.pid, signal.SIGKILL)
            raise
    if child.returncode == 0:
        return
    if verbose:
        raise SetupError(f"{what} failed with exit code {child.returncode}")
    said = output.decode(errors="replace")
    kind = FinalError if any(sign in said for sign in UNREACHABLE + MISMATCHES) else SetupError
    raise kind(f"{what} failed: {summarise(said)} (for all of it: {Path(sys.argv[0]).name} --verbose)")


def get_pip() -> list[str]:
    """The command that starts the environment's pip."""
    return [str(VENV / "bin" / "python"), "-I", "-m", "pip", "--disable-pip-version-check", "--no-input"]


def find_pip_wheels() -> list[Path]:
    """The wheels of pip that came with Python: in a folder that a distribution has for such, or beside ensurepip."""
    spec = importlib.util.find_spec("ensurepip")
    beside = Path(spec.origin).parent / "_bundled" if spec and spec.origin else None
    folders = (sysconfig.get_config_var("WHEEL_PKG_DIR"), beside)
    return [wheel for folder in folders if folder for wheel in sorted(Path(folder).glob("pip-*.whl"))]


def add_pip(verbose: bool) -> None:
    """Put Python's own pip into the environment. Unpacking its wheel is what ensurepip does too, in a twentieth of the time."""
    wheels = find_pip_wheels()
    if not wheels:
        run([str(VENV / "bin" / "python"), "-I", "-m", "ensurepip", "--default-pip"], "adding pip", verbose)
        return
    with zipfile.ZipFile(str(wheels[0])) as archive:
        archive.extractall(sysconfig.get_path("purelib", "venv", vars={"base": str(VENV)}))
    script = VENV / "bin" / "pip"
    script.write_text(PIP_SCRIPT)
    script.chmod(0o755)


def read_pin(name: str) -> str:
    """The development lock's lines for one package; empty when it has none."""
    found = re.search(rf"^{name}==.*(?:\n[ \t]+.*)*", LOCKS[True].read_text(), re.MULTILINE)
    return found.group() + "\n" if found else ""


def install_with_pip(lock: Path, verbose: bool, *options: str) -> None:
    """Install what a lock names, checking every hash and building nothing."""
    checks = ("--no-compile", "--require-hashes", "--only-binary", ":all:")
    run([*get_pip(), "install", *checks, *options, "-r", str(lock)], f"installing {lock.name}", verbose)


def fetch_uv(verbose: bool) -> None:
    """Put uv into the environment, unless it is there."""
    if (VENV / "bin" / "uv").exists():
        return
    pin = read_pin("uv")
    if not pin:
        raise SetupError(f"{LOCKS[True].name} names no uv")
    UV_PIN.write_text(pin)
    install_with_pip(UV_PIN, verbose, "--no-deps")


def translate_settings(listed: str) -> dict[str, str]:
    """The variables that tell uv what `pip config list` says about where packages come from."""
    found = dict(re.findall(r"^(\S+?)=(.*)$", listed, re.MULTILINE))
    settings = {}
    for scope in ("global", "install", ":env:"):
        for name, variable in FROM_PIP_TO_UV.items():
            if f"{scope}.{name}" in found:
                words = str(ast.literal_eval(found[f"{scope}.{name}"])).split()
                settings[variable] = ("," if name == "find-links" else " ").join(words)
    return settings


def install_with_uv(lock: Path, verbose: bool) -> None:
    """The same as with pip, side by side. Nobody's settings of uv count, since some of them switch the checks off."""
    listed = subprocess.run([*get_pip(), "config", "list"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False).stdout.decode()
    settings = {name: value for name, value in os.environ.items() if not name.startswith("UV_") or name in KEPT_UV_SETTINGS}
    settings.update(translate_settings(listed))
    command = [str(VENV / "bin" / "uv"), "--no-config", "pip", "install", "--python", str(VENV / "bin" / "python")]
    command += ["--require-hashes", "--only-binary", ":all:", "--index-strategy", "unsafe-best-match"]
    command += ["--no-index"] if re.search(r"\.no-index='(1|true|yes|on)'", listed, re.IGNORECASE) else []
    run([*command, "-r", str(lock)], f"installing {lock.name}", verbose, settings)


def install(dev: bool, verbose: bool) -> None:
    """Install what the lock names on top of what is there, with uv if possible, then stamp the environment."""
    lock = LOCKS[dev]
    try:
        fetch_uv(verbose)
        install_with_uv(lock, verbose)
    except FinalError:
        raise
    except (SetupError, OSError) as error:
        print(f"Installing with pip, which takes longer: {error}", flush=True)
        install_with_pip(lock, verbose)
    (VENV / STAMP).write_text(compute_stamp(lock) + "\n")


def rebuild(dev: bool, verbose: bool) -> None:
    """Make the environment anew; whatever goes wrong, the old one comes back."""
    if VENV.exists() or VENV.is_symlink():
        VENV.replace(PREVIOUS)
    try:
        run([get_interpreter(), "-m", "venv", "--without-pip", str(VENV)], "making .venv", verbose)
        add_pip(verbose)
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
    print(f"Setting up .venv from {LOCKS[dev].name}: half a minute and a download, once ...", flush=True)
    if dev and is_current(False):
        install(dev, verbose)
    else:
        rebuild(dev, verbose)
    print(f"Set up in {time.monotonic() - start:.0f} s.", flush=True)


def main(arguments: list[str]) -> int:
    """Parse the command line, set up, return the exit code."""
    parser = argparse.ArgumentParser(description="Build .venv from the lock file.", epilog="example: bootstrap.py --dev")
    parser.add_argument("--dev", action="store_true", help="also the tools for working on the project")
    parser.add_argument("--verbose", action="store_true", help="show what pip and uv say")
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
