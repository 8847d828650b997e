"""Questions put to the economy: scenarios, runs, studies, decisions. Exports are lazy: importing the package costs nothing."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metalab.experiments.decisions.whatif import compare_proposals
    from metalab.experiments.inputs.sampling import sample_parameters
    from metalab.experiments.inputs.scenario import list_scenarios, load_scenario
    from metalab.experiments.runs.runner import Result, run
    from metalab.experiments.studies.handle import Study
    from metalab.experiments.studies.plan import StudyOptions
    from metalab.experiments.studies.study import run_study

__all__ = [
    "Result",
    "Study",
    "StudyOptions",
    "compare_proposals",
    "list_scenarios",
    "load_scenario",
    "run",
    "run_study",
    "sample_parameters",
]

_HOMES = {
    "Result": "runs.runner",
    "Study": "studies.handle",
    "StudyOptions": "studies.plan",
    "run": "runs.runner",
    "list_scenarios": "inputs.scenario",
    "load_scenario": "inputs.scenario",
    "run_study": "studies.study",
    "sample_parameters": "inputs.sampling",
    "compare_proposals": "decisions.whatif",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"metalab.experiments.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'metalab.experiments' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)


if __name__ == "experiments":  # a checkout's short name for metalab.experiments
    from metalab.checkout import stand_in

    stand_in("experiments")
