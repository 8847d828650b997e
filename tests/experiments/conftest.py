"""A world that runs in milliseconds."""

import pytest

from econ.setup import Scenario
from experiments import load_scenario


@pytest.fixture(scope="session")
def tiny() -> Scenario:
    """The preset `minimal`."""
    return load_scenario("minimal")
