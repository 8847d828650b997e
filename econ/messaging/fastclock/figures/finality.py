"""Figures of snapshots and guardians."""

from metalab.econ.messaging.fastclock.figures.statistics import mean, quantile, share
from metalab.econ.messaging.fastclock.guardians.guardian import Final
from metalab.econ.messaging.fastclock.simulation import Simulation
from metalab.protocol.messaging.agreement.attestation import count_aggregated_bytes, count_plain_bytes
from metalab.protocol.messaging.agreement.evidence import Fault, is_proven
from metalab.protocol.messaging.proofs.merkle import find_split


def list_finals(simulation: Simulation) -> list[Final]:
    """Final snapshots in the order of heights."""
    return [final for _, final in sorted(simulation.room.finals.items())]


def measure_finality(simulation: Simulation) -> dict[str, float]:
    """The figures declared in `metrics.Finality`."""
    finals = list_finals(simulation)
    waits = [final.final_s - final.start_s for final in finals]
    times = [final.final_s for final in finals]
    ticks = int(simulation.end_s / simulation.chains.tick_s)
    return {
        "snapshots": len(finals),
        "snapshot_success": min(share(len(finals), ticks), 1.0),
        "finality_mean_s": mean(waits),
        "finality_p50_s": quantile(waits, 0.5),
        "finality_p95_s": quantile(waits, 0.95),
        "finality_max_s": max(waits, default=0.0),
        "cadence_mean_s": share(times[-1] - times[0], len(times) - 1) if times else 0.0,
        "first_round_share": mean(float(final.certificate.round == 0) for final in finals),
        **measure_roots(simulation, finals),
        **measure_offences(simulation),
        **measure_updates(simulation, finals),
    }


def measure_roots(simulation: Simulation, finals: list[Final]) -> dict[str, float]:
    """How old roots are when they are final, and how many came too late for the snapshot of their tick."""
    newest = [max(final.snapshot.ticks) for final in finals]
    ticks = [tick for final in finals for tick in final.snapshot.ticks]
    late = sum(tick < last for final, last in zip(finals, newest, strict=True) for tick in final.snapshot.ticks)
    return {"root_age_mean_s": mean(list_ages(simulation, finals)), "roots_late_share": share(late, len(ticks))}


def list_ages(simulation: Simulation, finals: list[Final]) -> list[float]:
    """For every root of every rollup: seconds until the first final snapshot that covers it, roots in between included."""
    tick_s = simulation.chains.tick_s
    covered = [-1] * len(simulation.chains.all)
    ages = []
    for final in finals:
        for rollup, tick in enumerate(final.snapshot.ticks):
            ages += [final.final_s - number * tick_s for number in range(covered[rollup] + 1, tick + 1)]
            covered[rollup] = max(covered[rollup], tick)
    return ages


def measure_offences(simulation: Simulation) -> dict[str, float]:
    """Conflicts, evidence, and whether an honest guardian was accused."""
    room = simulation.room
    honest = {member.number for member in room.members if member.is_honest}
    count = dict.fromkeys(Fault, 0)
    for offence in room.record.offences:
        count[offence.fault] += 1
    proven = [offence for offence in room.record.offences if is_proven(offence, room.record.false_digests)]
    return {
        "conflicts": len({conflict.height for conflict in room.conflicts}),
        "guilty_guardians": len({guardian for conflict in room.conflicts for guardian in conflict.guilty}),
        "offences_equivocation": count[Fault.EQUIVOCATION],
        "offences_false_attestation": count[Fault.FALSE_ATTESTATION],
        "offences_withholding": count[Fault.WITHHOLDING],
        "false_accusations": sum(offence.guardian in honest for offence in proven),
    }


def measure_updates(simulation: Simulation, finals: list[Final]) -> dict[str, float]:
    """Bytes of light-client updates, and gas of verification against executing history again."""
    verifying = simulation.settings.verifying
    rollups, guardians = len(simulation.chains.all), len(simulation.room.committee.stakes)
    size = count_aggregated_bytes(guardians)
    hashes = 2 * rollups + (rollups > 1) * find_split(max(rollups, 2)).bit_length()
    transactions = verifying.rollup_tps * simulation.chains.tick_s * rollups
    return {
        "update_bytes_plain": mean(count_plain_bytes(len(final.certificate.signers)) for final in finals),
        "update_bytes_aggregated": float(size) if finals else 0.0,
        "update_gas": verifying.certificate_gas + verifying.transaction_gas + verifying.byte_gas * size + verifying.hash_gas * hashes,
        "history_gas": transactions * verifying.replay_gas,
    }


def tell_failures(simulation: Simulation) -> list[str]:
    """In words: whether safety or progress failed, and how."""
    room, stakes = simulation.room, simulation.room.committee.stakes
    online = sum(stakes[member.number] for member in room.members)
    told = []
    for conflict in room.conflicts[:3]:
        names = ", ".join(map(str, conflict.guilty))
        pair = f"{conflict.first.hex()[:12]} and {conflict.second.hex()[:12]}"
        place = f"safety failed at {conflict.time_s:.1f} s, height {conflict.height}"
        told.append(f"{place}: snapshots {pair} are both final; guardians {names} signed both")
    if len(room.conflicts) > 3:
        told.append(f"safety failed at {len(room.conflicts) - 3} more heights")
    if 3 * online <= 2 * room.committee.total:
        told.append(f"no progress is possible: {online / room.committee.total:.1%} of the stake is online, more than two thirds are needed")
    elif not room.finals:
        told.append("no snapshot became final")
    return told
