"""What a simulation of the Metalayer came to: every figure declared with unit, meaning and which way is better."""

from metalab.protocol.kernel.declare import Record, metric


class FinalityFigures(Record):
    """Snapshots and guardians."""

    snapshots: float = metric("1", "Snapshots that became final.", better="high")
    snapshot_success: float = metric("share", "Final snapshots per tick that has passed.", better="high")
    finality_mean_s: float = metric("s", "From the start of a snapshot (a tick) until it is final; mean.", better="low")
    finality_p50_s: float = metric("s", "The same, median.", better="low")
    finality_p95_s: float = metric("s", "The same, 95th percentile.", better="low")
    finality_max_s: float = metric("s", "The same, longest.", better="low")
    cadence_mean_s: float = metric("s", "Between two final snapshots.", better="low")
    root_age_mean_s: float = metric("s", "From a root's tick until a final snapshot covers it, mean over all roots.", better="low")
    first_round_share: float = metric("share", "Snapshots final in the first round.", better="high")
    roots_late_share: float = metric("share", "Roots that missed the snapshot of their tick.", better="low")
    conflicts: float = metric("1", "Heights with two different final snapshots: safety has failed.", better="low")
    guilty_guardians: float = metric("1", "Guardians that signed both of two conflicting snapshots.", better="low")
    offences_equivocation: float = metric("1", "Proven: two different signed messages where one is allowed.")
    offences_false_attestation: float = metric("1", "Proven: a signature under a root that its rollup never committed.")
    offences_withholding: float = metric("1", "Noted: silence through many heights in a row.")
    false_accusations: float = metric("1", "Proven offences of guardians that kept the rules.", better="low")
    update_bytes_plain: float = metric("B", "A light-client update with one signature per signer, mean.", better="low")
    update_bytes_aggregated: float = metric("B", "The same with one aggregated signature.", better="low")
    update_gas: float = metric("gas", "Checking all roots of one tick by a light-client update.", better="low")
    history_gas: float = metric("gas", "Executing all transactions of one tick again instead.")


class DeliveryFigures(Record):
    """Messages, proofs and fees."""

    messages_sent: float = metric("1", "Messages of users.")
    messages_executed: float = metric("1", "Messages executed at their destination.", better="high")
    messages_expired: float = metric("1", "Messages whose time was over.", better="low")
    messages_open: float = metric("1", "Messages still on their way at the end.")
    delivery_success: float = metric("share", "Executed messages among those whose fate is decided.", better="high")
    delivery_delay_mean_s: float = metric("s", "From sending to execution, mean.", better="low")
    delivery_delay_p50_s: float = metric("s", "The same, median.", better="low")
    delivery_delay_p95_s: float = metric("s", "The same, 95th percentile.", better="low")
    light_share: float = metric("share", "Messages executed by light client.")
    light_delay_s: float = metric("s", "Their mean delay.", better="low")
    light_gas: float = metric("gas", "Their gas per message.", better="low")
    direct_share: float = metric("share", "Messages executed by direct proof.")
    direct_delay_s: float = metric("s", "Their mean delay.", better="low")
    direct_gas: float = metric("gas", "Their gas per message.", better="low")
    optimistic_share: float = metric("share", "Messages executed after a challenge window.")
    optimistic_delay_s: float = metric("s", "Their mean delay.", better="low")
    optimistic_gas: float = metric("gas", "Their gas per message.", better="low")
    light_value_usd: float = metric("USD", "Mean value of a message on the light-client path.")
    direct_value_usd: float = metric("USD", "Mean value of a message on the direct path.")
    batch_mean: float = metric("1", "Messages per relayed batch.")
    queue_mean: float = metric("1", "Proven messages that wait for a relayer, mean over ticks.", better="low")
    queue_max: float = metric("1", "The same, longest.", better="low")
    relay_failures: float = metric("1", "Submissions that failed and were tried again.", better="low")
    relayer_crashes: float = metric("1", "Relayers that went down.", better="low")
    duplicates_refused: float = metric("1", "Repeated deliveries by relayers that the destination refused.")
    fees_charged_era: float = metric("ERA", "Fees of messages.")
    fees_paid_era: float = metric("ERA", "Fees of executed messages, released by their receipts.")
    fees_refunded_era: float = metric("ERA", "Fees given back for expired messages.")
    fees_escrow_era: float = metric("ERA", "Fees of messages whose receipt is not final yet.")
    replays_attempted: float = metric("1", "Attempts to have a message executed twice.")
    replays_rejected: float = metric("1", "Those refused.")
    double_spends_attempted: float = metric("1", "Attempts to spend money twice, at the source or by a changed message.")
    double_spends_rejected: float = metric("1", "Those refused.")
    forgeries_attempted: float = metric("1", "Attempts with a forged attestation, or before the root is final.")
    forgeries_rejected: float = metric("1", "Those refused.")
    attacks_succeeded: float = metric("1", "Attempts that were not refused.", better="low")
    events_due: float = metric("1", "Events that subscribers should have seen, all together.")
    events_served: float = metric("1", "Events seen, each once and in order.", better="high")
    events_delay_s: float = metric("s", "From an event to its being seen, mean.", better="low")
    events_repeated: float = metric("1", "Events that came again and were dropped.")
    events_handovers: float = metric("1", "Subscriptions taken over by another relayer.")
    proof_ratio_20: float = metric(
        "1", "Bytes of 20 single proofs over those of one shared proof, attestations without aggregation.", better="high"
    )
    proof_saving_20: float = metric("share", "Gas per message that a batch of 20 saves.", better="high")
    bridged_delay_s: float = metric("s", "The same messages by an attested bridge and a claim by hand, mean.", better="low")
    velocity_gain: float = metric("1", "Turnover of tokens against bridging, by time at rest and under way.", better="high")


class ServiceFigures(Record):
    """Transfers, roles, votes, joining rollups and data."""

    manual_success: float = metric("share", "Transfers by hand that arrive.", better="high")
    manual_step_success: float = metric("share", "Steps by hand that work.", better="high")
    manual_expected: float = metric("share", "p^k with that share and the number of steps.")
    manual_gas: float = metric("gas", "Gas per transfer by hand, failed ones included.", better="low")
    manual_time_s: float = metric("s", "Time of a successful transfer by hand.", better="low")
    intent_success: float = metric("share", "The same transfers by intent that arrive.", better="high")
    intent_try_success: float = metric("share", "Tries that work.", better="high")
    intent_expected: float = metric("share", "1 - (1 - p)^r with that share and the number of tries.")
    intent_gas: float = metric("gas", "Gas per intent, failed tries included.", better="low")
    intent_time_s: float = metric("s", "Time of a successful intent.", better="low")
    naive_cost_usd: float = metric("USD", "Cost per trip on the naive path, waiting and failures included.", better="low")
    assistant_cost_usd: float = metric("USD", "Cost of the same trips with the assistant.", better="low")
    assistant_saving: float = metric("share", "Share of the cost that the assistant saves.", better="high")
    naive_error: float = metric("share", "Naive trips that fail.", better="low")
    assistant_error: float = metric("share", "Trips with the assistant that fail.", better="low")
    role_changes: float = metric("1", "Grants and revocations that have reached every rollup.")
    role_consistency_mean_s: float = metric("s", "From a change until all rollups agree, mean.", better="low")
    role_consistency_max_s: float = metric("s", "The same, longest.", better="low")
    role_snapshots_mean: float = metric("1", "Snapshots begun after a change until one holds it.", better="low")
    misuse_refused: float = metric("1", "Acts of revoked administrators that were refused.")
    misuse_accepted: float = metric("1", "Acts accepted before the revocation had arrived.", better="low")
    misuse_after_consistency: float = metric("1", "Acts accepted after it had arrived everywhere.", better="low")
    votes_executed: float = metric("1", "Votes executed, or given up, on every rollup.")
    vote_latency_mean_s: float = metric("s", "From a decision to its last execution, mean.", better="low")
    vote_retries: float = metric("1", "Executions that were tried again.")
    vote_failures: float = metric("1", "Executions given up.", better="low")
    joins_arbitrum: float = metric("share", "Arbitrum rollups that joined, of those that tried.", better="high")
    joins_op: float = metric("share", "OP rollups that joined.", better="high")
    joins_zk: float = metric("share", "ZK rollups that joined.", better="high")
    joins_polygon: float = metric("share", "Polygon rollups that joined.", better="high")
    joins_tried: float = metric("1", "Rollups that have tried to join, with an outcome.")
    data_delivered: float = metric("1", "Data messages delivered.", better="high")
    data_on_chain_delay_s: float = metric("s", "Delay of on-chain data, mean.", better="low")
    data_off_chain_delay_s: float = metric("s", "Delay of off-chain data, mean.", better="low")
    data_fees_era: float = metric("ERA", "Fees of data messages.")


METRICS = {name: info for record in (FinalityFigures, DeliveryFigures, ServiceFigures) for name, info in record.infos.items()}
"""Every figure with its declaration, by name."""
