"""The two tables of `validate` that are made from paired futures: responses, and the reach of levers."""

import argparse
import sys
from pathlib import Path
from typing import Any

from metalab.experiments.command_line.compiling import tell_compiling
from metalab.experiments.errors import UnknownNameError
from metalab.experiments.program import show_command
from metalab.experiments.runs.version import compute_code_version
from metalab.experiments.validation.responses import RESPONSES
from metalab.experiments.validation.responses.ensembles import Simulator
from metalab.experiments.validation.responses.entry import Response
from metalab.experiments.validation.responses.measuring import Answer, measure_all
from metalab.experiments.validation.responses.table import describe_counts, read_answers, show, write_answers
from metalab.experiments.validation.validity import measure_levers
from metalab.experiments.validation.validity_table import write_line, write_validity

Data = dict[str, Any]


def identify(arguments: argparse.Namespace, flag: str) -> Data:
    """What makes two calls measure the same; how many threads work does not."""
    words = f"{flag} --runs {arguments.runs} --days {arguments.days}"
    return {
        "command": f"{show_command('validate')} {words}",
        "scenario": arguments.scenario,
        "runs": arguments.runs,
        "days": arguments.days,
        "seed": arguments.seed,
        "code_version": compute_code_version(),
    }


def choose_responses(names: list[str]) -> tuple[Response, ...]:
    """Those of these names, or all. Raises `UnknownNameError`."""
    known = [response.name for response in RESPONSES]
    for name in names:
        if name not in known:
            raise UnknownNameError("response", name, known)
    return tuple(response for response in RESPONSES if not names or response.name in names)


@tell_compiling
def check_responses(arguments: argparse.Namespace) -> int:
    """Measure, print and store; exit code 1 when something fails. A later call with the same --out goes on."""
    chosen, identity = choose_responses(arguments.only), identify(arguments, "--responses")
    folder = Path(arguments.out) if arguments.out else None
    known = read_answers(folder, identity) if folder else {}
    simulator = Simulator(arguments.runs, arguments.days, arguments.seed, arguments.workers)
    for answer, is_new in measure_all(chosen, simulator, arguments.scenario, known):
        known[answer.name] = answer
        print_answer(answer, is_new)
        if folder and is_new:
            order = {response.name: known[response.name] for response in RESPONSES if response.name in known}
            write_answers(folder, identity, order)
    asked = [known[response.name] for response in chosen]
    print(describe_counts(asked))
    return 1 if any(check.verdict == "fail" for answer in asked for check in answer.checks) else 0


def print_answer(answer: Answer, is_new: bool) -> None:
    """One line a check."""
    for check in answer.checks:
        numbers = f"{show(check.sample.mean, check.sample.interval)}, {check.sample.runs} runs" if check.sample else check.reason
        off = f"; off: {show(check.off.mean, check.off.interval)}" if check.off else ""
        line = f"{check.verdict:<13} {answer.name}: {check.check}: {numbers} (expected {check.expected}{off})"
        print(line if is_new else f"{line} [stored]")
    sys.stdout.flush()


@tell_compiling
def check_validity(arguments: argparse.Namespace) -> int:
    """Try every lever of the DAO, print and store."""
    simulator = Simulator(arguments.runs, arguments.days, arguments.seed, arguments.workers)
    levers: Data = {}
    for path, found in measure_levers(simulator, arguments.scenario):
        levers[path] = found
        print(write_line(path, found).strip("| "))
        sys.stdout.flush()
    if arguments.out:
        write_validity(Path(arguments.out), identify(arguments, "--validity"), levers)
    pathless = sum(not any(line["differs"] for line in found["reach"].values()) for found in levers.values())
    print(f"{len(levers)} levers; {pathless} have no path to any outcome")
    return 0
