"""Settings of relayers, attackers, transfers and administration, each with default, bounds, unit, source and owner."""

from metalab.protocol.kernel.declare import Record, parameter


class RelayingSettings(Record):
    """Relayers, their failures, and those who attack."""

    batch_limit: int = parameter(32, 1, 10000, unit="1", source="assumed", owner="team", doc="Most messages in one relayed batch.")
    relayers: int = parameter(4, 1, 1000, unit="1", source="assumed", owner="team", doc="Relayers that carry messages and events.")
    relay_s: float = parameter(2.0, 0.01, 600.0, unit="s", source="assumed", owner="nature", doc="Median time a relayer works on a batch.")
    relay_sigma: float = parameter(0.5, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Spread of that time.")
    relay_failure: float = parameter(
        0.02, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Chance that a submission fails and is tried again."
    )
    retry_s: float = parameter(5.0, 0.01, 3600.0, unit="s", source="assumed", owner="team", doc="Pause before the next try.")
    crashes_per_hour: float = parameter(0.5, 0.0, 1000.0, unit="1/h", source="assumed", owner="nature", doc="Crashes of one relayer.")
    repair_s: float = parameter(
        120.0, 0.1, 1000000.0, unit="s", source="assumed", owner="nature", doc="Mean time until a crashed relayer is back."
    )
    lease_s: float = parameter(
        15.0,
        0.1,
        100000.0,
        unit="s",
        source="assumed",
        owner="team",
        doc="Time after which the work of a silent relayer is given to another.",
    )
    lost_notice: float = parameter(
        0.5,
        0.0,
        1.0,
        unit="share",
        source="assumed",
        owner="nature",
        doc="Share of crashes after the submission, whose repetition the destination must refuse.",
    )
    replays_per_hour: float = parameter(
        60.0, 0.0, 1000000.0, unit="1/h", source="assumed", owner="nature", doc="Attempts to have an executed message executed again."
    )
    double_spends_per_hour: float = parameter(
        60.0,
        0.0,
        1000000.0,
        unit="1/h",
        source="assumed",
        owner="nature",
        doc="Attempts to spend the same money twice, at the source or with a changed message.",
    )
    forgeries_per_hour: float = parameter(
        60.0,
        0.0,
        1000000.0,
        unit="1/h",
        source="assumed",
        owner="nature",
        doc="Attempts with an attestation by Byzantine guardians alone, or before the root is final.",
    )
    subscribers: int = parameter(20, 0, 100000, unit="1", source="assumed", owner="behaviour", doc="Subscribers of rollups' events.")
    push_loss: float = parameter(
        0.02, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Chance that an event sent to a subscriber is lost."
    )
    heartbeat_s: float = parameter(
        10.0, 0.1, 3600.0, unit="s", source="assumed", owner="team", doc="How often a subscriber asks whether it has all events."
    )


class TransferSettings(Record):
    """Transfers by hand, by intent, and with the path assistant."""

    requests_per_hour: float = parameter(
        240.0, 0.0, 1000000.0, unit="1/h", source="assumed", owner="behaviour", doc="Transfers made both by hand and by intent."
    )
    step_success: float = parameter(
        0.9,
        0.0,
        1.0,
        unit="share",
        source="assumed (data/messaging_bridges.csv manual completion 60-80 %)",
        owner="nature",
        doc="Chance that a step, or a try of a solver, works.",
    )
    steps: int = parameter(3, 1, 12, unit="1", source="assumed", owner="team", doc="Steps of a transfer by hand.")
    tries: int = parameter(2, 1, 10, unit="1", source="assumed", owner="team", doc="Tries of an intent.")
    hand_s: float = parameter(
        20.0, 0.0, 86400.0, unit="s", source="assumed", owner="behaviour", doc="Median time a person needs for a step."
    )
    fill_s: float = parameter(
        24.0,
        0.1,
        86400.0,
        unit="s",
        source="data/messaging_bridges.csv Across 20.8-27.4 s",
        owner="nature",
        doc="Median time of a solver's fill.",
    )
    fill_sigma: float = parameter(0.4, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Spread of both.")
    gas_sigma: float = parameter(
        0.15, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Movement of the gas price between estimate and execution."
    )
    gas_margin: float = parameter(1.5, 1.0, 10.0, unit="1", source="assumed", owner="team", doc="Gas an intent provides over its estimate.")
    hand_margin: float = parameter(
        1.3,
        1.0,
        10.0,
        unit="1",
        source="assumed (chosen with data/messaging_bridges.csv manual completion 60-80 % in view)",
        owner="behaviour",
        doc="Gas a person provides over the estimate.",
    )
    intent_risk: float = parameter(
        1.5e-5, 0.0, 1.0, unit="share", source="assumed", owner="behaviour", doc="Most risk that an intent allows its route."
    )
    intent_gas: float = parameter(2e6, 0.0, 1e12, unit="gas", source="assumed", owner="behaviour", doc="Most gas that an intent allows.")
    conversion_gas: float = parameter(
        50000.0, 0.0, 1000000000.0, unit="gas", source="assumed", owner="nature", doc="Converting an asset's format."
    )
    trips_per_hour: float = parameter(
        240.0,
        0.0,
        1000000.0,
        unit="1/h",
        source="assumed",
        owner="behaviour",
        doc="Transfers whose lane is chosen both naively and by the assistant.",
    )
    hubs: int = parameter(
        3, 0, 50, unit="1", source="assumed", owner="nature", doc="Lanes by way of another rollup, besides the direct one."
    )
    hop_usd: float = parameter(0.02, 0.0, 100.0, unit="USD", source="assumed", owner="nature", doc="Cost of each hop.")
    trip_loss_usd: float = parameter(
        1.0, 0.0, 1000000.0, unit="USD", source="assumed", owner="behaviour", doc="What a failed transfer costs its sender."
    )
    trip_s: float = parameter(8.0, 0.01, 86400.0, unit="s", source="assumed", owner="nature", doc="Median delay of a hop on a calm lane.")
    trip_sigma: float = parameter(0.4, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Spread of that delay.")
    congested_factor: float = parameter(
        6.0, 1.0, 1000.0, unit="1", source="assumed", owner="nature", doc="How much slower a congested lane is."
    )
    calm_failure: float = parameter(
        0.02, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Chance that a hop on a calm lane fails."
    )
    congested_failure: float = parameter(
        0.25, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Chance that a hop on a congested lane fails."
    )
    calm_s: float = parameter(600.0, 1.0, 10000000.0, unit="s", source="assumed", owner="nature", doc="Mean time that a lane stays calm.")
    congested_s: float = parameter(
        200.0, 1.0, 10000000.0, unit="s", source="assumed", owner="nature", doc="Mean time that it stays congested."
    )
    hold_s: float = parameter(
        1000.0,
        1.0,
        1000000000.0,
        unit="s",
        source="assumed",
        owner="behaviour",
        doc="Mean time for which a token rests between two transfers, for its velocity.",
    )


class AdministrationSettings(Record):
    """Roles, votes, joining rollups and data messages."""

    role_changes_per_hour: float = parameter(
        12.0,
        0.0,
        100000.0,
        unit="1/h",
        source="assumed",
        owner="behaviour",
        doc="Grants and revocations of the administrator role, in turns.",
    )
    misuses_per_revocation: int = parameter(
        20,
        0,
        10000,
        unit="1",
        source="assumed",
        owner="behaviour",
        doc="Times a revoked administrator tries to act, within `misuse_s`, on rollups at random.",
    )
    misuse_s: float = parameter(
        30.0, 0.0, 1000000.0, unit="s", source="assumed", owner="behaviour", doc="Time within which a revoked administrator tries to act."
    )
    votes_per_hour: float = parameter(
        4.0, 0.0, 100000.0, unit="1/h", source="assumed", owner="behaviour", doc="Votes whose decision every rollup executes."
    )
    execution_failure: float = parameter(
        0.03, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Chance that one execution fails."
    )
    execution_tries: int = parameter(
        5, 1, 100, unit="1", source="assumed", owner="dao", doc="Tries before an execution is reported as failed."
    )
    joins_per_hour: float = parameter(
        12.0, 0.0, 100000.0, unit="1/h", source="assumed", owner="behaviour", doc="Rollups that begin to join."
    )
    join_step_s: float = parameter(
        60.0,
        0.1,
        1000000.0,
        unit="s",
        source="assumed",
        owner="nature",
        doc="Median time of each step of joining: contract, registration, first verified root.",
    )
    join_sigma: float = parameter(0.5, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Spread of that time.")
    join_tries: int = parameter(
        3, 1, 100, unit="1", source="assumed", owner="team", doc="Tries of a step of joining before the rollup gives up."
    )
    join_failure: list[float] = parameter(
        (0.05, 0.05, 0.1, 0.1),
        0.0,
        1.0,
        unit="share",
        source="assumed",
        owner="nature",
        doc="Chance that a step of joining fails, by framework.",
    )
    data_per_hour: float = parameter(
        600.0, 0.0, 10000000.0, unit="1/h", source="assumed", owner="behaviour", doc="Data messages, on-chain and off-chain."
    )
    off_chain_share: float = parameter(0.5, 0.0, 1.0, unit="share", source="assumed", owner="behaviour", doc="Off-chain ones among them.")
    data_bytes: float = parameter(
        2000.0, 1.0, 1000000000.0, unit="B", source="assumed", owner="behaviour", doc="Median size of a data message."
    )
    data_sigma: float = parameter(1.0, 0.0, 4.0, unit="1", source="assumed", owner="behaviour", doc="Spread of that size.")
    carriers: int = parameter(3, 1, 100, unit="1", source="assumed", owner="team", doc="Relays that compete for data messages.")
    carrier_bytes_s: float = parameter(
        2000.0,
        1.0,
        1000000000000.0,
        unit="B/s",
        source="assumed",
        owner="nature",
        doc="Speed of the first relay; each further one has half the fee per byte and half the speed.",
    )
    data_base_era: int = parameter(0.01, 0.0, 1000.0, unit="ERA", source="assumed", owner="dao", doc="Base fee of a data message.")
    data_byte_era: int = parameter(1e-05, 0.0, 1.0, unit="ERA", source="assumed", owner="dao", doc="Fee per byte at the first relay.")
    data_proof_era: int = parameter(
        0.02, 0.0, 1000.0, unit="ERA", source="assumed", owner="dao", doc="Further fee of on-chain data for its proof."
    )
