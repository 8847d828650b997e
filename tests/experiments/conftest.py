"""A world that runs in milliseconds."""

import pytest

from metalab.econ.kernel.scenario import Scenario
from metalab.experiments import load_scenario


@pytest.fixture(scope="session")
def tiny() -> Scenario:
    """The preset `minimal`."""
    return load_scenario("minimal")
