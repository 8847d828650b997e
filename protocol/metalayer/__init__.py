"""Rules of the Metalayer: hashes, proofs, quorums, queues. Plain typed Python with real SHA-256, run by econ/fastclock.

Signatures are stood in for by the signer's name in a vote: the network hands over who sent what, and nobody can speak for
another. What a signature would weigh and cost is counted (`attestation`, `aggregation`), what it computes is not simulated.
"""
