"""Figures of transfers, the assistant, roles, votes, joining rollups and data."""

from metalab.econ.messaging.fastclock.figures.statistics import mean, share
from metalab.econ.messaging.fastclock.services.transfers import INTENT, MANUAL, Attempt
from metalab.econ.messaging.fastclock.simulation import Simulation
from metalab.econ.messaging.fastclock.transport.data import Item
from metalab.protocol.kernel.codes import Framework
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.messaging.transport.data_routes import DataRoute
from metalab.protocol.messaging.transport.intents import Problem, compute_intent_success, compute_manual_success


def measure_service(simulation: Simulation) -> dict[str, float]:
    """The figures declared in `metrics.Service`."""
    return {
        **measure_transfers(simulation),
        **measure_trips(simulation),
        **measure_roles(simulation),
        **measure_votes(simulation),
        **measure_joins(simulation),
        **measure_data(simulation),
    }


def measure_transfers(simulation: Simulation) -> dict[str, float]:
    """By hand against by intent, on requests that are over both ways."""
    over = [pair for pair in simulation.transfers.pairs if pair[MANUAL].is_over and pair[INTENT].is_over]
    settings = simulation.settings.transfers
    figures: dict[str, float] = {}
    stages = {MANUAL: "manual_step_success", INTENT: "intent_try_success"}
    for kind, name in ((MANUAL, "manual"), (INTENT, "intent")):
        attempts = [pair[kind] for pair in over]
        done = [attempt for attempt in attempts if attempt.problem == Problem.NONE]
        works = share(sum(attempt.worked for attempt in attempts), sum(attempt.stages for attempt in attempts))
        expected = compute_manual_success(works, settings.steps) if kind == MANUAL else compute_intent_success(works, settings.tries)
        figures |= {
            f"{name}_success": share(len(done), len(attempts)),
            stages[kind]: works,
            f"{name}_expected": expected,
            f"{name}_gas": mean(attempt.gas for attempt in attempts),
            f"{name}_time_s": mean(_get_time(attempt) for attempt in done),
        }
    return figures


def _get_time(attempt: Attempt) -> float:
    return attempt.end_s - attempt.start_s


def measure_trips(simulation: Simulation) -> dict[str, float]:
    """The assistant against the naive choice, on the same trips."""
    pairs = simulation.trips.pairs
    naive, informed = mean(a.cost_usd for a, _ in pairs), mean(b.cost_usd for _, b in pairs)
    return {
        "naive_cost_usd": naive,
        "assistant_cost_usd": informed,
        "assistant_saving": share(naive - informed, naive),
        "naive_error": mean(float(a.has_failed) for a, _ in pairs),
        "assistant_error": mean(float(b.has_failed) for _, b in pairs),
    }


def measure_roles(simulation: Simulation) -> dict[str, float]:
    """How fast changes of the role reach every rollup, and what revoked administrators could still do."""
    roles = simulation.roles
    done = [progress for progress in roles.all if progress.consistent_s >= 0.0]
    times = [progress.consistent_s - progress.decided_s for progress in done]
    return {
        "role_changes": len(done),
        "role_consistency_mean_s": mean(times),
        "role_consistency_max_s": max(times, default=0.0),
        "role_snapshots_mean": mean(progress.snapshots for progress in done),
        "misuse_refused": roles.refused,
        "misuse_accepted": roles.accepted_late,
        "misuse_after_consistency": roles.accepted_wrongly,
    }


def measure_votes(simulation: Simulation) -> dict[str, float]:
    """Executions of votes on all rollups."""
    over = [execution for execution in simulation.ballots.all if execution.is_over]
    return {
        "votes_executed": len(over),
        "vote_latency_mean_s": mean(execution.latency_s for execution in over),
        "vote_retries": sum(sum(execution.tries) - len(execution.tries) for execution in over),
        "vote_failures": sum(len(execution.list_failed()) for execution in over),
    }


def measure_joins(simulation: Simulation) -> dict[str, float]:
    """Integrations by framework."""
    over = [candidate for candidate in simulation.joining.all if candidate.end_s >= 0.0]
    figures: dict[str, float] = {"joins_tried": len(over)}
    for framework in Framework:
        part = [candidate.has_joined for candidate in over if candidate.framework == framework]
        figures[f"joins_{framework.name.lower()}"] = share(sum(part), len(part))
    return figures


def measure_data(simulation: Simulation) -> dict[str, float]:
    """Data messages by kind."""
    data = simulation.data

    def wait(kind: DataRoute) -> float:
        return mean(data.delivered[k] - item.sent_s for k, item in enumerate(data.items) if k in data.delivered and item.kind == kind)

    fees: list[Item] = [data.items[k] for k in data.delivered]
    return {
        "data_delivered": len(data.delivered),
        "data_on_chain_delay_s": wait(DataRoute.ON_CHAIN),
        "data_off_chain_delay_s": wait(DataRoute.OFF_CHAIN),
        "data_fees_era": sum(item.fee for item in fees) / MICRO,
    }
