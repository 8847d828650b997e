"""Arguments that several commands share."""

import argparse
from typing import Any

from experiments.errors import BadValueError


def add_settings(parser: argparse.ArgumentParser) -> None:
    """--set, any number of times."""
    parser.add_argument("--set", metavar="PATH=VALUE", action="append", default=[], dest="settings", help="a parameter's value; repeatable")


def add_whole(parser: argparse.ArgumentParser, name: str, usual: int | None, help_text: str) -> None:
    """An option that takes a whole number."""
    suffix = "" if usual is None else f" (default {usual})"
    parser.add_argument(name, metavar="N", default=usual, type=_make_reader(name), help=help_text + suffix)


def _make_reader(name: str) -> Any:
    def read(text: str) -> int:
        try:
            return int(text)
        except ValueError:
            raise BadValueError(name, text, "a whole number") from None

    return read


def add_json(parser: argparse.ArgumentParser) -> None:
    """--json."""
    parser.add_argument("--json", action="store_true", help="as JSON")
