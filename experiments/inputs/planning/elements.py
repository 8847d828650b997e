"""Names of the elements of vectors, so that one of them can be written alone: `fees.split.core`, `staking.minimum.flex`."""

from enum import IntEnum

from metalab.econ.kernel.records import PARAMETERS
from metalab.econ.rollups.deploying import Niche
from metalab.protocol.kernel.codes import Bucket, Framework, Share, Tier
from metalab.protocol.kernel.declare import Leaf
from metalab.protocol.security.incidents import IncidentKind
from metalab.protocol.security.slashing import Offence

NAMED: dict[str, type[IntEnum]] = {
    "fees.split": Share,
    "staking.minimum": Tier,
    "operators.capital_usd": Tier,
    "operators.cost_month": Tier,
    "slashing.initial": Offence,
    "slashing.correlation": Offence,
    "slashing.jail_days": Offence,
    "slashing.tombstones": Offence,
    "deploying.niches": Niche,
    "deploying.frameworks": Framework,
    "deploying.framework_cost": Framework,
    "earnings.niche_fees": Niche,
}
"""Vectors whose elements are the members of an enumeration, in its order."""
PREFIXES: dict[str, type[IntEnum]] = {"vesting.": Bucket, "incidents.": IncidentKind}
"""Beginnings of paths whose vectors are all of one enumeration, where the lengths agree."""
WORDS: dict[str, tuple[str, ...]] = {
    "issuance.split": ("core", "guardian", "flex", "developers", "users", "treasury"),
    "slashing.distribution": ("reporter", "insurance", "burn"),
}
"""Vectors whose elements have names of their own."""


def list_elements(leaf: Leaf) -> tuple[str, ...]:
    """Names of a vector's elements; numbers from 1 where they have none, and nothing for a scalar."""
    if leaf.path in WORDS:
        return WORDS[leaf.path]
    count = leaf.info.length
    members = NAMED.get(leaf.path) or next((kind for start, kind in PREFIXES.items() if leaf.path.startswith(start)), None)
    if members is not None and len(members) == count:
        return tuple(member.name.lower() for member in members)
    return tuple(str(k + 1) for k in range(count))


VECTORS: dict[str, Leaf] = {leaf.path: leaf for leaf in PARAMETERS if leaf.info.length}


def split_element(path: str) -> tuple[str, int | None]:
    """A path that may name one element of a vector: the parameter's own path and the element's place."""
    parent, _, name = path.rpartition(".")
    if parent in VECTORS and name in (names := list_elements(VECTORS[parent])):
        return parent, names.index(name)
    return path, None


def list_element_paths() -> dict[str, str]:
    """Every element's path with its parameter's."""
    return {f"{path}.{name}": path for path, leaf in VECTORS.items() for name in list_elements(leaf)}
