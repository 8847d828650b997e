"""Rules of the protocol: one module per mechanism."""
