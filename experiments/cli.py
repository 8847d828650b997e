"""The command line: which commands there are. Each is a module of `experiments.commands`, imported when it is asked for."""

import argparse
import os
import shlex
import signal
import sys
from importlib import import_module
from typing import Any, NamedTuple, NoReturn

from metalab.experiments.errors import ProblemError, UnknownNameError, UsageError
from metalab.experiments.program import show_command


class Command(NamedTuple):
    """A command: the module with its `add_arguments(parser)` and `execute(arguments)`, what it does, and an example."""

    module: str
    summary: str
    example: str


COMMANDS = {
    "run": Command("simulate", "one run of a scenario", "run launch --days 365 --set fees.message_fee_usd=0.25 --out out/cheap"),
    "monte-carlo": Command(
        "montecarlo", "many runs of a scenario, resumable", "monte-carlo launch --runs 64 --out out/launch --until price_usd.last:0.01"
    ),
    "what-if": Command(
        "whatifs", "what a proposal would do, in paired futures", "what-if examples/proposals/*.toml --runs 64 --at 180 --out out/decision"
    ),
    "replay": Command("replays", "re-run what a directory holds and compare digests", "replay out/launch --run 3"),
    "export": Command("exports", "tables of a result for Excel, R, Julia and others", "export out/launch --format xlsx --out out/tables"),
    "validate": Command(
        "validate",
        "patterns, guards, responses to changes, or the reach of levers",
        "validate --responses --runs 32 --out out/validation",
    ),
    "scaling": Command(
        "scaling", "node scaling tick by tick, against fixed sets", "scaling --controller hysteresis --load burst --minutes 60 --out out/s"
    ),
    "metalayer": Command(
        "metalayer", "the Metalayer second by second, under faults and attacks", "metalayer --byzantine 3 --offline 2 --out out/metalayer"
    ),
    "positions": Command(
        "positions",
        "one account's claims on the pools of a run, and where its trades go",
        "positions out/launch --share 0.02 --trade 50000",
    ),
    "migration": Command(
        "migration", "move real files to a cold folder by their fingerprints", "migration out/launch --damage 1 --late 1 --out out/cold"
    ),
    "warm": Command("warm", "compile every rule ahead of time", "warm"),
    "flows": Command("flows", "every flow of money: by rule with what sizes it, and those of a scenario", "flows launch"),
    "parameters": Command("parameters", "every parameter with default, bounds, unit and source", "parameters --json"),
    "metrics": Command("metrics", "every column of the daily table", "metrics --json"),
    "schema": Command("schemas", "JSON Schema of a proposal or a scenario, for editors that complete and check", "schema proposal"),
    "scenarios": Command("scenarios", "the presets", "scenarios"),
    "systems": Command("systems", "the systems of the protocol that are simulated, and where to see them", "systems --json"),
}


class Parser(argparse.ArgumentParser):
    """argparse that raises in one line instead of printing its usage."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of exiting."""
        raise UsageError(f"{message} (see: {self.prog} --help)")


def make_parser() -> Parser:
    """The parser of the command line without a command."""
    lines = [f"  {name:<13}{command.summary}" for name, command in COMMANDS.items()]
    parser = Parser(
        prog=show_command(),
        description="Questions put to the economy.",
        epilog="commands:\n" + "\n".join(lines) + f"\n\nexample: {show_command('run launch --days 365 --out out/launch')}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", metavar="COMMAND", help="one of the commands below; COMMAND --help says more")
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return parser


def make_command_parser(name: str) -> Parser:
    """The parser of one command."""
    command = COMMANDS[name]
    parser = Parser(
        prog=show_command(name),
        description=command.summary[0].upper() + command.summary[1:] + ".",
        epilog=f"example: {show_command(command.example)}",
        allow_abbrev=False,
    )
    import_module(f"metalab.experiments.commands.{command.module}").add_arguments(parser)
    return parser


def execute(words: list[str]) -> int:
    """Run a command line; raises `ProblemError`."""
    chosen = make_parser().parse_args(words[:1] or ["--help"])
    if chosen.command not in COMMANDS:
        raise UnknownNameError("command", chosen.command, COMMANDS, listing=show_command("--help"))
    arguments = make_command_parser(chosen.command).parse_args(words[1:])
    arguments.command_line = shlex.join([*show_command().split(), *words])
    result: Any = import_module(f"metalab.experiments.commands.{COMMANDS[chosen.command].module}").execute(arguments)
    return int(result or 0)


def main(words: list[str]) -> int:
    """Run a command line and return the exit code.

    0; 1 a run failed or differs; 2 wrong input; 70 an internal error; 130 interrupted; 143 terminated.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        return execute(words)
    except ProblemError as problem:
        print(f"error: {problem}", file=sys.stderr)
        return problem.exit_code
    except KeyboardInterrupt:
        print("interrupted; run the same command again to resume", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as fault:
        if os.environ.get("METALAB_TRACEBACK"):
            raise
        if isinstance(fault, ImportError) and fault.name and not fault.name.startswith("metalab"):
            print(f"error: {fault}; use .venv/bin/python, which `make run` sets up, or install requirements.lock", file=sys.stderr)
            return 2
        text = " ".join(f"{type(fault).__name__}: {fault}".split())[:300]
        print(f"error: internal error, please report it: {text} (METALAB_TRACEBACK=1 shows the traceback)", file=sys.stderr)
        return 70
