"""Behaviour: the world, the day and the agents. Exports are lazy, so that importing the package costs nothing."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from metalab.econ.agents.populations import CoreNode, Developer, FlexNode, GuardianNode, Holder, Trader, User, Voter
    from metalab.econ.model import EconModel

__all__ = ["CoreNode", "Developer", "EconModel", "FlexNode", "GuardianNode", "Holder", "Trader", "User", "Voter"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from importlib import import_module

        home = "model" if name == "EconModel" else "agents.populations"
        return getattr(import_module(f"metalab.econ.{home}"), name)
    raise AttributeError(f"module 'metalab.econ' has no attribute {name!r}")


if __name__ == "econ":  # a checkout's short name for metalab.econ
    from metalab.checkout import stand_in

    stand_in("econ")
