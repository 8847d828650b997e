"""Elements of vectors have names: each one leads to its place, and to nothing else."""

import pytest

from metalab.experiments.errors import NOWHERE, UnknownNameError
from metalab.experiments.inputs.changes import read_path
from metalab.experiments.inputs.planning.elements import NAMED, PREFIXES, VECTORS, WORDS, list_element_paths, list_elements, split_element
from metalab.experiments.inputs.schema import LEAVES


@pytest.mark.parametrize("path", sorted(VECTORS))
def test_every_element_has_one_name_that_leads_to_its_place(path: str) -> None:
    names = list_elements(VECTORS[path])
    assert len(set(names)) == len(names) == VECTORS[path].info.length
    for k, name in enumerate(names):
        assert split_element(f"{path}.{name}") == (path, k)
        assert read_path(f"{path}.{name}", NOWHERE) == (path, k)


def test_no_element_is_called_like_a_parameter() -> None:
    paths = list_element_paths()
    assert len(paths) == sum(leaf.info.length for leaf in VECTORS.values())
    assert not set(paths) & set(LEAVES)
    assert set(paths.values()) == set(VECTORS)


def test_a_parameter_itself_has_no_element() -> None:
    for path in LEAVES:
        assert read_path(path, NOWHERE) == (path, None)
        if path not in VECTORS:
            assert list_elements(LEAVES[path]) == ()


def test_every_name_given_belongs_to_a_vector_of_its_length() -> None:
    for path, members in NAMED.items():
        assert VECTORS[path].info.length == len(members), path
        assert list_elements(VECTORS[path]) == tuple(member.name.lower() for member in members)
    for path, words in WORDS.items():
        assert VECTORS[path].info.length == len(words), path
    for prefix in PREFIXES:
        assert any(path.startswith(prefix) and not list_elements(leaf)[0].isdigit() for path, leaf in VECTORS.items()), prefix


@pytest.mark.parametrize(
    ("path", "hint"),
    [("fees.split.cor", "fees.split.core"), ("fees.split.1", "fees.split"), ("staking.minimum.felx", "staking.minimum.flex")],
)
def test_an_unknown_element_is_told_with_its_neighbour(path: str, hint: str) -> None:
    with pytest.raises(UnknownNameError, match=f"parameter '{path}' does not exist; did you mean '{hint}"):
        read_path(path, NOWHERE)
