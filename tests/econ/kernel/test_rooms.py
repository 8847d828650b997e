"""The same rooms everywhere: folders of protocol/ and econ/, groups of the app; and one name per mechanism."""

import ast

import pytest

from metalab.econ.kernel.records import METRIC_ROOMS, PARAMETER_ROOMS, ROOMS, Daily, Params, State
from tests.support import ROOT, find_modules

ALIKE = [(Params, ""), (State, "State"), (Daily, "Metrics")]


@pytest.mark.parametrize("package", ["protocol", "econ"])
def test_folders_are_the_rooms(package: str) -> None:
    folders = {path.name for path in (ROOT / package).iterdir() if (path / "__init__.py").exists()}
    assert folders - {"kernel", "agents"} <= set(ROOMS)
    assert set(ROOMS) - folders <= ({"market"} if package == "protocol" else set())


def test_every_part_lives_in_a_room() -> None:
    assert set(PARAMETER_ROOMS.values()) <= {"kernel", *ROOMS}
    assert set(METRIC_ROOMS.values()) <= {"kernel", *ROOMS}


@pytest.mark.parametrize(("record", "ending"), ALIKE)
def test_a_part_bears_the_name_of_its_class(record: type, ending: str) -> None:
    for part, cls in record.parts.items():  # type: ignore[attr-defined]
        assert cls.__name__ == "".join(word.capitalize() for word in part.split("_")) + ending


def test_parts_of_one_name_live_in_one_room() -> None:
    for part, cls in Params.parts.items():
        for other in (State.parts.get(part), Daily.parts.get(part)):
            assert other is None or other.__module__.split(".")[2] == cls.__module__.split(".")[2], part


@pytest.mark.parametrize("package", ["protocol", "econ", "experiments", "ui"])
def test_no_folder_is_crowded(package: str) -> None:
    for folder in [ROOT / package, *(path for path in (ROOT / package).rglob("*") if path.is_dir() and path.name != "__pycache__")]:
        entries = [entry for entry in folder.iterdir() if entry.name != "__pycache__" and entry.suffix in ("", ".py")]
        assert len(entries) <= 20, f"{folder.relative_to(ROOT)}: {len(entries)} entries"


def test_no_class_name_stands_in_two_modules() -> None:
    homes: dict[str, list[str]] = {}
    for path in find_modules("protocol", "econ", "experiments", "ui"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                homes.setdefault(node.name, []).append(str(path.relative_to(ROOT)))
    assert {name: places for name, places in homes.items() if len(places) > 1} == {}
