"""A simulation as figures and tables of plain values."""

from typing import Any

from metalab.econ.messaging.fastclock.figures.delivery import measure_delivery
from metalab.econ.messaging.fastclock.figures.finality import list_finals, measure_finality, tell_failures
from metalab.econ.messaging.fastclock.figures.proofs import measure_sizes
from metalab.econ.messaging.fastclock.figures.service import measure_service
from metalab.econ.messaging.fastclock.guardians.penalties import list_penalties
from metalab.econ.messaging.fastclock.services.executions import DAO
from metalab.econ.messaging.fastclock.simulation import Simulation
from metalab.protocol.kernel.declare import MICRO

Columns = dict[str, list[Any]]


def measure(simulation: Simulation) -> dict[str, float]:
    """Every declared figure."""
    figures = measure_finality(simulation) | measure_delivery(simulation) | measure_service(simulation)
    return {name: float(value) for name, value in figures.items()}


def list_messages(simulation: Simulation) -> Columns:
    """One row per message; times in seconds, -1 for what has not happened. `snapshot` is the height of the one that holds its root."""
    parcels = simulation.post.parcels
    return {
        "source": [parcel.letter.source for parcel in parcels],
        "target": [parcel.letter.target for parcel in parcels],
        "nonce": [parcel.letter.nonce for parcel in parcels],
        "kind": ["decision" if parcel.letter.sender == DAO else "user" for parcel in parcels],
        "path": [parcel.path.name.lower() for parcel in parcels],
        "status": [parcel.status.name.lower() for parcel in parcels],
        "value_usd": [parcel.value_usd for parcel in parcels],
        "fee_uera": [parcel.letter.fee for parcel in parcels],
        "sent_s": [parcel.sent_s for parcel in parcels],
        "final_s": [parcel.final_s for parcel in parcels],
        "snapshot": [parcel.final.snapshot.height if parcel.final is not None else -1 for parcel in parcels],
        "proven_s": [parcel.proven_s for parcel in parcels],
        "executed_s": [parcel.done_s for parcel in parcels],
        "settled_s": [parcel.settled_s for parcel in parcels],
        "tries": [parcel.tries for parcel in parcels],
        "batch": [parcel.batch for parcel in parcels],
        "gas": [parcel.gas for parcel in parcels],
    }


def list_snapshots(simulation: Simulation) -> Columns:
    """One row per final snapshot."""
    finals = list_finals(simulation)
    conflicts = {conflict.height for conflict in simulation.room.conflicts}
    return {
        "height": [final.snapshot.height for final in finals],
        "start_s": [final.start_s for final in finals],
        "final_s": [final.final_s for final in finals],
        "round": [final.certificate.round for final in finals],
        "signers": [len(final.certificate.signers) for final in finals],
        "newest_tick": [max(final.snapshot.ticks) for final in finals],
        "late_roots": [sum(tick < max(final.snapshot.ticks) for tick in final.snapshot.ticks) for final in finals],
        "has_conflict": [final.snapshot.height in conflicts for final in finals],
        "digest": [final.snapshot.digest.hex() for final in finals],
    }


def summarise(simulation: Simulation) -> dict[str, Any]:
    """Figures, proof sizes by batch, who was faulty, what it costs them, and what failed, in words."""
    roster = simulation.roster
    return {
        "metrics": measure(simulation),
        "proofs": [line._asdict() for line in measure_sizes(simulation)],
        "byzantine": {str(number): habit.name.lower() for number, habit in sorted(roster.habits.items())},
        "offline": sorted(roster.offline),
        "offences": [
            {"guardian": o.guardian, "fault": o.fault.name.lower(), "height": o.height, "round": o.round}
            for o in simulation.room.record.offences
        ],
        "penalties": [
            {
                "guardian": penalty.guardian,
                "slashed_era": penalty.slashed / MICRO,
                "share": penalty.share,
                "jailed_until_day": penalty.jailed_until,
                "is_tombstoned": penalty.is_tombstoned,
            }
            for penalty in list_penalties(simulation)
        ],
        "failures": tell_failures(simulation),
    }
