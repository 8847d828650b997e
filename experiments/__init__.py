"""Questions put to the economy: scenarios, runs, studies, decisions. Exports are lazy: importing the package costs nothing."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from experiments.plan import StudyOptions
    from experiments.runner import Result, run
    from experiments.scenario import list_scenarios, load_scenario
    from experiments.study import run_study
    from experiments.whatif import compare_proposals

__all__ = ["Result", "StudyOptions", "compare_proposals", "list_scenarios", "load_scenario", "run", "run_study"]

_HOMES = {
    "Result": "runner",
    "StudyOptions": "plan",
    "run": "runner",
    "list_scenarios": "scenario",
    "load_scenario": "scenario",
    "run_study": "study",
    "compare_proposals": "whatif",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"experiments.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'experiments' has no attribute {name!r}")
