"""Metalab: a laboratory for one token economy, Caldera's Metalayer and its ERA token.

    import metalab

    metalab.list_scenarios()                                        # the presets
    world = metalab.load_scenario("launch", {"fees.message_fee_usd": 0.25})
    result = metalab.run(world, seed=7, days=365)                   # one run
    result.daily                                                    # a pandas table, one row a day
    result.plot("price_usd", "apr_core")                            # a matplotlib Figure
    study = metalab.Study("launch", runs=64, out="out/mc").run()    # many runs, resumable
    study.summary()

`metalab.EconModel` is the same economy as a Mesa model, with the agent classes `User`, `Developer`, `CoreNode`, `FlexNode`,
`GuardianNode`, `Voter`, `Trader` and `Holder` to subclass. `metalab.protocol` has the rules one by one.

Importing this package costs nothing; its parts load when they are used. The first run compiles the rules, which takes minutes
once per version; `metalab warm` does it ahead of time and shows progress.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metalab.econ import CoreNode, Developer, EconModel, FlexNode, GuardianNode, Holder, Trader, User, Voter
    from metalab.econ.kernel.scenario import Scenario
    from metalab.experiments import (
        Result,
        Study,
        StudyOptions,
        compare_proposals,
        list_scenarios,
        load_scenario,
        run,
        run_study,
        sample_parameters,
    )

__version__ = "0.1.0"

_HOMES = {
    "metalab.econ": ("CoreNode", "Developer", "EconModel", "FlexNode", "GuardianNode", "Holder", "Trader", "User", "Voter"),
    "metalab.econ.kernel.scenario": ("Scenario",),
    "metalab.experiments": (
        "Result",
        "Study",
        "StudyOptions",
        "compare_proposals",
        "list_scenarios",
        "load_scenario",
        "run",
        "run_study",
        "sample_parameters",
    ),
}
"""What this package gives and where it comes from."""

__all__ = [
    "CoreNode",
    "Developer",
    "EconModel",
    "FlexNode",
    "GuardianNode",
    "Holder",
    "Result",
    "Scenario",
    "Study",
    "StudyOptions",
    "Trader",
    "User",
    "Voter",
    "compare_proposals",
    "list_scenarios",
    "load_scenario",
    "run",
    "run_study",
    "sample_parameters",
]


def __getattr__(name: str) -> Any:
    home = next((module for module, names in _HOMES.items() if name in names), None)
    if home is None:
        raise AttributeError(f"module 'metalab' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__", "econ", "experiments", "protocol"])
