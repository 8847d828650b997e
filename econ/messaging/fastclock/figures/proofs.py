"""Proof sizes and gas by batch size, built from the last final snapshot of a simulation with real Merkle proofs."""

from typing import NamedTuple

from metalab.econ.messaging.fastclock.simulation import Simulation
from metalab.protocol.messaging.agreement.attestation import count_aggregated_bytes, count_plain_bytes
from metalab.protocol.messaging.agreement.snapshots import Header
from metalab.protocol.messaging.proofs.aggregation import Load, compute_gas, count_meta_bytes, measure_batch, price_batch
from metalab.protocol.messaging.proofs.light_client import OutboxProof

BATCHES = (1, 2, 5, 10, 20, 50, 100)
"""Messages in a batch for which sizes and gas are reported."""


class ProofSizes(NamedTuple):
    """Per message of a batch: bytes alone and shared, their ratio, the recursive bound, gas and what it saves.

    `bytes_alone` has one signature per signer, as without aggregation; `gas_formula` is V/n + X + B/n.
    """

    batch: int
    bytes_alone: float
    bytes_shared: float
    ratio: float
    bytes_meta: float
    gas: float
    gas_formula: float
    saving: float


def measure_sizes(simulation: Simulation) -> list[ProofSizes]:
    """One line per batch size; none without a final snapshot."""
    final = simulation.room.newest
    if final is None:
        return []
    guardians, signers = len(simulation.room.committee.stakes), len(final.certificate.signers)
    prices, limit = simulation.post.paths.prices, simulation.settings.verifying.meta_limit
    extra = count_plain_bytes(signers) - count_aggregated_bytes(guardians)

    def load(batch: int) -> Load:
        rollups = [k % len(final.snapshot.roots) for k in range(batch)]
        proofs = [_make_proof(simulation.chains.all[rollup].headers[final.snapshot.ticks[rollup]]) for rollup in rollups]
        return measure_batch(final.snapshot, rollups, proofs, guardians)

    single = load(1)
    fixed = prices.certificate + prices.per_hash * single.hashes + prices.per_byte * single.size
    lines = []
    for batch in BATCHES:
        whole = load(batch)
        gas = price_batch(whole, prices) / batch
        alone = single.size + extra
        formula = compute_gas(fixed, prices.execution, prices.transaction, batch)
        saving = 1.0 - gas / price_batch(single, prices)
        meta = count_meta_bytes([alone] * batch, limit) / batch
        lines.append(ProofSizes(batch, alone, whole.size / batch, alone * batch / whole.size, meta, gas, formula, saving))
    return lines


def _make_proof(header: Header) -> OutboxProof:
    """A message that is the only one of its tick."""
    return OutboxProof(0, 1, (), (header,))
