"""Metalab: a laboratory for one token economy, Caldera's Metalayer and its ERA token.

Importing it costs nothing; its parts load when they are used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metalab.econ import CoreNode, Developer, EconModel, FlexNode, GuardianNode, Holder, Trader, User, Voter
    from metalab.experiments import Result, StudyOptions, compare_proposals, list_scenarios, load_scenario, run, run_study

__version__ = "0.1.0"

_AGENTS = ("CoreNode", "Developer", "EconModel", "FlexNode", "GuardianNode", "Holder", "Trader", "User", "Voter")
_QUESTIONS = ("Result", "StudyOptions", "compare_proposals", "list_scenarios", "load_scenario", "run", "run_study")

__all__ = [
    "CoreNode",
    "Developer",
    "EconModel",
    "FlexNode",
    "GuardianNode",
    "Holder",
    "Result",
    "StudyOptions",
    "Trader",
    "User",
    "Voter",
    "compare_proposals",
    "list_scenarios",
    "load_scenario",
    "run",
    "run_study",
]


def __getattr__(name: str) -> Any:
    if name in _AGENTS:
        return getattr(import_module("metalab.econ"), name)
    if name in _QUESTIONS:
        return getattr(import_module("metalab.experiments"), name)
    raise AttributeError(f"module 'metalab' has no attribute {name!r}")
