"""The first run after a change of the code compiles; users are told, because it takes a while."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

R = TypeVar("R")


def tell_compiling(execute: Callable[..., R]) -> Callable[..., R]:
    """Show on standard error what is compiled while a command works."""

    @wraps(execute)
    def told(*arguments: object) -> R:
        from metalab.experiments.runs.warming import show_compiling

        with show_compiling():
            return execute(*arguments)

    return told
