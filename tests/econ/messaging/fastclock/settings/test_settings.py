"""Every knob is declared, read somewhere, and survives being shown and made again."""

import re

import pytest

from metalab.econ.messaging.fastclock.settings.settings import LEAVES, make_settings, show_settings
from metalab.protocol.kernel.declare import MICRO
from tests.support import find_modules


@pytest.mark.parametrize("path", LEAVES)
def test_a_setting_is_read(path: str) -> None:
    name = path.split(".")[-1]
    sources = [file.read_text() for file in find_modules("econ") if "fastclock" in file.parts and "settings" not in file.parts]
    readers = rf"(?:settings|guarding|traffic|verifying|relaying|transfers|administration)\.{name}\b"
    assert name == "minutes" or any(re.search(readers, text) for text in sources)


@pytest.mark.parametrize("path", LEAVES)
def test_a_default_is_within_its_bounds_and_has_a_source(path: str) -> None:
    info = LEAVES[path].info
    values = info.default if info.length else (info.default,)
    assert all(info.low <= value <= info.high for value in values)
    assert info.source


def test_settings_come_back() -> None:
    changed = {"guarding.guardians": 9, "traffic.fee_era": 0.25, "guarding.coalition": False, "guarding.behaviour_weights": [3, 2, 1]}
    shown = show_settings(make_settings(changed))
    assert {path: shown[path] for path in changed} == changed
    assert show_settings(make_settings(shown)) == shown
    assert make_settings(changed).traffic.fee_era == 0.25 * MICRO
    assert show_settings(make_settings())["traffic.fee_era"] == 0.194174


def test_an_unknown_path_is_an_error() -> None:
    with pytest.raises(KeyError):
        make_settings({"traffic.nothing": 1})
