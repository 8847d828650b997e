"""Settings of guardians, rollups and the verification of messages, each with default, bounds, unit, source and owner."""

from metalab.protocol.kernel.declare import Record, parameter, switch


class GuardingSettings(Record):
    """Guardians and how they agree."""

    guardians: int = parameter(
        20, 1, 200, unit="1", source="MODEL 0 (40 candidates), assumed", owner="team", doc="Guardians that agree on snapshots."
    )
    byzantine: int = parameter(0, 0, 200, unit="1", source="assumed", owner="nature", doc="Guardians that break the rules.")
    offline: int = parameter(0, 0, 200, unit="1", source="assumed", owner="nature", doc="Guardians that are offline.")
    stake_alpha: float = parameter(
        0.0, 0.0, 10.0, unit="1", source="assumed", owner="nature", doc="Tail exponent of guardians' stakes (Pareto); 0 for equal stakes."
    )
    coalition: int = switch(
        True, source="assumed", owner="behaviour", doc="Byzantine guardians with a third of the stake or more sign two snapshots together."
    )
    behaviour_weights: list[int] = parameter(
        (1, 1, 1),
        0,
        1000000,
        unit="1",
        source="assumed",
        owner="behaviour",
        doc="Byzantine guardians by habit: equivocate, withhold, attest falsely.",
    )
    tick_s: float = parameter(3.0, 0.1, 600.0, unit="s", source="S2", owner="dao", doc="Cadence of roots and snapshots.")
    root_s: float = parameter(
        0.25,
        0.0,
        60.0,
        unit="s",
        source="assumed",
        owner="nature",
        doc="Median time from a tick until a rollup's root is with the guardians.",
    )
    root_sigma: float = parameter(
        0.5, 0.0, 2.0, unit="1", source="assumed", owner="nature", doc="Spread of that time (standard deviation of its logarithm)."
    )
    collect_s: float = parameter(
        1.0,
        0.0,
        60.0,
        unit="s",
        source="assumed",
        owner="dao",
        doc="How long a proposer waits for roots; later ones go into the next snapshot.",
    )
    hop_s: float = parameter(
        0.1,
        0.0,
        60.0,
        unit="s",
        source="assumed (a round trip between continents is about 0.2 s)",
        owner="nature",
        doc="Median delay of a message between guardians.",
    )
    hop_sigma: float = parameter(0.6, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Spread of that delay.")
    root_check_s: float = parameter(
        0.002, 0.0, 1.0, unit="s", source="assumed", owner="nature", doc="A guardian's time to check one root by light verification."
    )
    timeout_s: float = parameter(
        1.0,
        0.01,
        600.0,
        unit="s",
        source="assumed",
        owner="dao",
        doc="Timeout of each step in round 0; proposing has the collection time on top.",
    )
    timeout_growth_s: float = parameter(
        0.5, 0.0, 600.0, unit="s", source="assumed", owner="dao", doc="What each later round adds to the timeouts."
    )
    gossip_s: float = parameter(
        0.5,
        0.01,
        60.0,
        unit="s",
        source="assumed",
        owner="team",
        doc="Time after which a guardian that knows a snapshot final tells those that do not.",
    )
    silence_heights: int = parameter(
        20, 1, 100000, unit="1", source="assumed", owner="dao", doc="Heights in a row without a vote that count as withholding."
    )


class TrafficSettings(Record):
    """Rollups and the messages between them."""

    rollups: int = parameter(75, 1, 2000, unit="1", source="S1", owner="team", doc="Rollups that commit roots and exchange messages.")
    wait_quantiles_s: list[float] = parameter(
        (0.4, 1.0, 1.0, 1.0, 1.21, 2.0, 3.0, 4.0, 5.0, 5.0, 5.0, 6.0, 8.4, 10.0, 10.0, 10.0, 15.0, 25.0, 30.0, 59.5, 750.0),
        0.001,
        1000000.0,
        unit="s",
        source="data/hyperlane_chain_finality.csv validator_wait_s, 102 live chains",
        owner="nature",
        doc="Wait until a chain's own state is final: quantiles 0, 5, ... 100 % over chains, rising.",
    )
    block_quantiles_s: list[float] = parameter(
        (0.2, 1.0, 1.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.3, 10.0),
        0.001,
        10000.0,
        unit="s",
        source="data/hyperlane_chain_finality.csv block_time_s, 30 live chains of the four frameworks",
        owner="nature",
        doc="Block times: quantiles 0, 10, ... 100 % over chains, rising.",
    )
    framework_weights: list[int] = parameter(
        (8, 18, 2, 2),
        0,
        1000000,
        unit="1",
        source="data/hyperlane_chain_finality.csv live chains by technical_stack",
        owner="nature",
        doc="Frameworks of rollups: Arbitrum, OP, ZK, Polygon.",
    )
    messages_per_day: float = parameter(
        15000.0, 0.0, 100000000.0, unit="1/day", source="MODEL 17 (range 5,000-50,000)", owner="nature", doc="Messages over all rollups."
    )
    zipf: float = parameter(
        1.0, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Exponent of the sizes of rollups as sources and destinations."
    )
    value_usd: float = parameter(
        226.0,
        0.01,
        1000000000.0,
        unit="USD",
        source="data/messaging_bridges.csv LayerZero 2024Q1",
        owner="nature",
        doc="Mean value of a message.",
    )
    value_sigma: float = parameter(1.5, 0.0, 4.0, unit="1", source="assumed", owner="nature", doc="Spread of that value.")
    fee_era: int = parameter(
        0.194174,
        0.0,
        1000.0,
        unit="ERA",
        source="ECONOMY 13 (0.30 USD at 1.545 USD)",
        owner="dao",
        doc="Fee of a message, in escrow until its fate is known.",
    )
    expiry_s: float = parameter(
        3600.0, 1.0, 10000000.0, unit="s", source="assumed", owner="dao", doc="Time after which a message can no longer be executed."
    )
    hasty_share: float = parameter(
        0.05, 0.0, 1.0, unit="share", source="assumed", owner="behaviour", doc="Senders that want their message soon or not at all."
    )
    hasty_s: float = parameter(10.0, 0.1, 1000000.0, unit="s", source="assumed", owner="behaviour", doc="Expiry of their messages.")


class VerifyingSettings(Record):
    """Paths of verification, their delays, costs and risks."""

    verifier_share: float = parameter(
        0.5, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Rollups whose own finality others can check directly."
    )
    challenge_s: float = parameter(
        1800.0, 1.0, 604800.0, unit="s", source="assumed (canonical exits take 7 days)", owner="dao", doc="Window of the optimistic path."
    )
    fallback_s: float = parameter(
        60.0, 1.0, 1000000.0, unit="s", source="assumed", owner="dao", doc="Wait for finality after which another path is sought."
    )
    light_risk: float = parameter(
        1e-05, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Chance that what a snapshot attests is false."
    )
    direct_risk: float = parameter(
        1e-07, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Chance that a directly proven root is false."
    )
    optimistic_risk: float = parameter(
        1e-06, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Chance that nobody objects to a false root."
    )
    learning: float = parameter(
        0.1,
        0.0,
        1.0,
        unit="1",
        source="assumed",
        owner="behaviour",
        doc="Weight of the newest observation in what senders expect of a path.",
    )
    patience_usd_s: float = parameter(
        0.0005, 0.0, 10.0, unit="USD/s", source="assumed", owner="behaviour", doc="What a second of waiting is worth to a sender."
    )
    gas_usd: float = parameter(
        3e-08, 0.0, 1.0, unit="USD", source="assumed (0.01 gwei at 3,000 USD)", owner="nature", doc="Price of a unit of gas on a rollup."
    )
    certificate_gas: float = parameter(
        115000.0,
        0.0,
        1000000000.0,
        unit="gas",
        source="EIP-2537 (pairing of two 102,900) and key sums, assumed",
        owner="nature",
        doc="Verifying an aggregated attestation.",
    )
    hash_gas: float = parameter(
        200.0, 0.0, 1000000.0, unit="gas", source="assumed (SHA-256 precompile 84 and memory)", owner="nature", doc="One hash of a proof."
    )
    byte_gas: float = parameter(16.0, 0.0, 10000.0, unit="gas", source="EIP-2028", owner="nature", doc="One byte of calldata.")
    transaction_gas: float = parameter(
        21000.0,
        0.0,
        1000000000.0,
        unit="gas",
        source="Ethereum yellow paper, G_transaction",
        owner="nature",
        doc="One transaction, whatever it carries.",
    )
    execution_gas: float = parameter(60000.0, 0.0, 1000000000.0, unit="gas", source="assumed", owner="nature", doc="Executing one message.")
    direct_gas: float = parameter(
        300000.0,
        0.0,
        1000000000.0,
        unit="gas",
        source="assumed (one validity proof)",
        owner="nature",
        doc="Verifying a source chain's own proof.",
    )
    optimistic_gas: float = parameter(
        40000.0, 0.0, 1000000000.0, unit="gas", source="assumed", owner="nature", doc="Posting an optimistic claim."
    )
    replay_gas: float = parameter(
        100000.0,
        0.0,
        1000000000.0,
        unit="gas",
        source="assumed",
        owner="nature",
        doc="Gas of one rollup transaction, which a full check of history would execute again.",
    )
    rollup_tps: float = parameter(
        0.61,
        0.0,
        1000000.0,
        unit="1/s",
        source="ECONOMY 12 (46 TPS over 75 rollups)",
        owner="nature",
        doc="Transactions a second of one rollup.",
    )
    meta_limit: int = parameter(
        20, 1, 1000, unit="1", source="S2", owner="team", doc="How much smaller than its parts a recursive meta-proof can be."
    )
