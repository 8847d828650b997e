"""Arguments that several commands share."""

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from metalab.experiments.errors import BadValueError, UsageError

if TYPE_CHECKING:
    from metalab.experiments.studies.plan import StudyOptions

LARGEST = 2**63 - 1
"""What any option that counts is read up to; narrower bounds are the command's own."""


def add_settings(parser: argparse.ArgumentParser) -> None:
    """--set, any number of times."""
    parser.add_argument("--set", metavar="PATH=VALUE", action="append", default=[], dest="settings", help="a parameter's value; repeatable")


def add_whole(parser: argparse.ArgumentParser, name: str, usual: int | None, help_text: str) -> None:
    """An option that takes a whole number."""
    suffix = "" if usual is None else f" (default {usual})"
    parser.add_argument(name, metavar="N", default=usual, type=_make_reader(name), help=help_text + suffix)


def _make_reader(name: str) -> Any:
    def read(text: str) -> int:
        from metalab.experiments.inputs.values import parse_whole, read_text_number

        try:
            return parse_whole(read_text_number(text), -LARGEST, LARGEST)
        except ValueError:
            raise BadValueError(name, text, "a whole number") from None

    return read


def add_real(parser: argparse.ArgumentParser, name: str, usual: float | None, help_text: str) -> None:
    """An option that takes a number."""
    suffix = "" if usual is None else f" (default {usual:g})"
    parser.add_argument(name, metavar="X", default=usual, type=_make_real_reader(name), help=help_text + suffix)


def _make_real_reader(name: str) -> Any:
    def read(text: str) -> float:
        from metalab.experiments.inputs.values import read_text_number

        try:
            return float(read_text_number(text))
        except (ValueError, OverflowError):
            raise BadValueError(name, text, "a number") from None

    return read


def refuse_ignored(arguments: argparse.Namespace, names: Iterable[str], reason: str) -> None:
    """Raise `UsageError` when one of the options was given (all are None or False when not) where it would do nothing."""
    for name in names:
        value = getattr(arguments, name.lstrip("-").replace("-", "_"))
        if value is not None and value is not False:
            raise UsageError(f"{name} {reason}; leave it out")


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="as JSON")


def parse_settings(settings: list[str]) -> dict[str, Any]:
    """The overrides that all --set together make."""
    from metalab.experiments.inputs.scenario import parse_setting

    return dict(parse_setting(setting) for setting in settings)


def add_study(parser: argparse.ArgumentParser) -> None:
    """Options of every study."""
    add_whole(parser, "--runs", None, "runs (of what-if: pairs of futures); with --until the most there may be")
    add_whole(parser, "--days", None, "days of a run (default: the scenario's, else 1096)")
    add_whole(parser, "--seed", 1, "seed of the study; run k is its replication k")
    add_whole(parser, "--workers", 2, "threads; the results don't depend on it")
    add_whole(parser, "--every", 7, "store every N-th day; summaries and digests use all days")
    add_settings(parser)
    parser.add_argument(
        "--until", metavar="METRIC:HALFWIDTH", default="", help="stop when the 95%% interval of the mean (or difference) is this narrow"
    )
    parser.add_argument("--out", metavar="DIR", required=True, help="directory of the results")


def read_options(arguments: argparse.Namespace, days: int) -> "StudyOptions":
    """What `add_study` asked for, for a study of so many days unless they were given."""
    from metalab.experiments.studies.plan import StudyOptions

    return StudyOptions(
        arguments.runs,
        seed=arguments.seed,
        days=days if arguments.days is None else arguments.days,
        every=arguments.every,
        until=arguments.until,
        workers=arguments.workers,
        command=arguments.command_line,
        quiet=False,
    )
