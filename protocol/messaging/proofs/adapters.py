"""Adapters: rollups of four frameworks join with the commitment they publish anyway; nothing on the rollup is changed.

Each framework publishes a state root in a form of its own. An adapter takes it apart and gives the state that the common
header binds. The forms follow the frameworks' published layouts in what they bind; hashing is SHA-256 throughout.
"""

from collections.abc import Callable
from typing import NamedTuple

from metalab.protocol.kernel.codes import Framework
from metalab.protocol.messaging.proofs.hashing import encode_whole, hash_parts


class Native(NamedTuple):
    """What a rollup publishes in its own form: its parts as bytes, and the hash that its framework makes of them."""

    framework: Framework
    parts: tuple[bytes, ...]
    commitment: bytes


def publish(framework: Framework, tick: int, state: bytes, sends: bytes) -> Native:
    """The rollup's own software: a commitment to its state and to what it sends."""
    parts = _LAYOUTS[framework](tick, state, sends)
    return Native(framework, parts, hash_parts(_DOMAINS[framework], *parts))


def read_state(native: Native) -> bytes | None:
    """The adapter: check the commitment and give the state that it binds; None for one that does not fit its form."""
    length, place = _FORMS[native.framework]
    if len(native.parts) != length or hash_parts(_DOMAINS[native.framework], *native.parts) != native.commitment:
        return None
    return native.parts[place]


def _lay_out_arbitrum(tick: int, state: bytes, sends: bytes) -> tuple[bytes, ...]:
    """An assertion's global state: block hash, send root, inbox position."""
    return state, sends, encode_whole(tick)


def _lay_out_op(tick: int, state: bytes, sends: bytes) -> tuple[bytes, ...]:
    """An output root: version, state root, message passer's storage root, block hash."""
    return bytes(32), state, sends, hash_parts(b"block", encode_whole(tick), state)


def _lay_out_zk(tick: int, state: bytes, sends: bytes) -> tuple[bytes, ...]:
    """A batch: number, new state root, root of messages to others."""
    return encode_whole(tick), state, sends


def _lay_out_polygon(tick: int, state: bytes, sends: bytes) -> tuple[bytes, ...]:
    """A batch certificate: new state root, local exit root, height."""
    return state, sends, encode_whole(tick)


_LAYOUTS: dict[Framework, Callable[[int, bytes, bytes], tuple[bytes, ...]]] = {
    Framework.ARBITRUM: _lay_out_arbitrum,
    Framework.OP: _lay_out_op,
    Framework.ZK: _lay_out_zk,
    Framework.POLYGON: _lay_out_polygon,
}
"""How each framework lays out tick, state and sends."""
_DOMAINS = {framework: framework.name.lower().encode() for framework in Framework}
"""Hash domain of each framework, so that no commitment passes for another's."""
_FORMS = {Framework.ARBITRUM: (3, 0), Framework.OP: (4, 1), Framework.ZK: (3, 1), Framework.POLYGON: (3, 0)}
"""Number of parts, and which of them is the state."""
