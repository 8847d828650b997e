"""Privacy gateway: attestations about a subject that others may reuse while they are valid (MODEL 13)."""

from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, field, metric, parameter, switch
from metalab.protocol.kernel.units import clip, power, safe_exp, safe_log, to_count

SUBJECTS = 1_024
"""Room for subjects of attestations."""
NEARLY_ONE = 1e-9
"""Distance of the exponent from 1 within which its limit, the logarithm, replaces the power: numerics, not a rule."""


class Gateway(Record):
    """Demand, validity and price of attestations."""

    enabled: int = switch(False, source="MODEL 13 (off by default, on in stated)", owner="team", doc="Whether the gateway exists.")
    reuse: int = switch(True, source="MODEL 13", owner="team", doc="Whether a valid attestation is used again.")
    requests_per_day: float = parameter(
        60.0, 0.0, 2_000.0, unit="1/day", source="assumed", owner="nature", doc="Attestations asked for a day at the reference fee."
    )
    subjects: int = parameter(1_000, 1, SUBJECTS, unit="1", source="assumed", owner="nature", doc="Subjects that are asked about.")
    zipf: float = parameter(
        0.9, 0.0, 3.0, unit="1", source="assumed", owner="nature", doc="Exponent of Zipf's law of how often each is asked about."
    )
    valid_days: int = parameter(
        90, 1, 730, unit="day", source="assumed", owner="dao", binds="entry", doc="How long an attestation is valid."
    )
    fresh_hours: float = parameter(
        72.0, 0.0, 1000.0, unit="h", source="S1 (3 days of manual verification)", owner="nature", doc="Time of a new attestation."
    )
    reuse_hours: float = parameter(
        0.1, 0.0, 1000.0, unit="h", source="assumed", owner="nature", doc="Time to check an attestation that exists."
    )
    fresh_fee_usd: float = parameter(2.0, 0.0, 100.0, unit="USD", source="assumed", owner="dao", doc="Fee of a new attestation.")
    reuse_fee_usd: float = parameter(0.1, 0.0, 100.0, unit="USD", source="assumed", owner="dao", doc="Fee of using one again.")
    elasticity: float = parameter(0.5, 0.0, 3.0, unit="1", source="assumed", owner="behaviour", doc="Elasticity of demand to that fee.")


class GatewayState(Record):
    """Attestations that exist."""

    until: list[int] = field("day", "first day on which a subject's attestation is no longer valid", length=SUBJECTS)
    fresh: int = field("1", "new attestations of today")
    reused: int = field("1", "attestations used again today")


class GatewayMetrics(Record):
    """Attestations of a day."""

    attestations: float = metric("1", "Attestations asked for.", better="high", chart=True)
    attestation_hit_share: float = metric("share", "Of these, served by one that was valid.", better="high", chart=True)
    attestation_hours: float = metric("h", "Mean time of an attestation; 0 without any.", better="low", chart=True)
    attestation_baseline_hours: float = metric("h", "The same if none were reused; 0 without any.", chart=True)
    gateway_revenue_era: float = metric("ERA", "Fees of attestations, part of the revenue.", better="high", chart=True)


@rule
def choose_subject(u: float, subjects: int, exponent: float) -> int:
    """A subject by rank at quantile u: density rank^-exponent between 1 and subjects + 1, rounded down, counted from 0."""
    top = subjects + 1.0
    rest = 1.0 - exponent
    if -NEARLY_ONE < rest < NEARLY_ONE:
        return to_count(clip(safe_exp(u * safe_log(top)), 1.0, float(subjects))) - 1
    # The distribution function of rank^-exponent on 1..top, inverted.
    rank = power(1.0 + u * (power(top, rest) - 1.0), 1.0 / rest)
    # At a u next to 1 rounding must not reach a subject too many.
    return to_count(clip(rank, 1.0, float(subjects))) - 1


@rule
def attest(state: GatewayState, p: Gateway, subject: int, day: int) -> bool:
    """Serve a request: reuse a valid attestation or make a new one. Returns whether it was reused."""
    if p.reuse == 1 and day < state.until[subject]:
        state.reused += 1
        return True
    state.until[subject] = day + p.valid_days
    state.fresh += 1
    return False


@rule
def compute_gateway_fees(state: GatewayState, p: Gateway) -> float:
    """Fees of today in USD."""
    return state.fresh * p.fresh_fee_usd + state.reused * p.reuse_fee_usd


@rule
def measure_gateway(state: GatewayState, p: Gateway, today: GatewayMetrics) -> None:
    """Record today's attestations."""
    total = state.fresh + state.reused
    today.attestations = float(total)
    if total > 0:
        today.attestation_hit_share = state.reused / total
        today.attestation_hours = (state.fresh * p.fresh_hours + state.reused * p.reuse_hours) / total
        today.attestation_baseline_hours = p.fresh_hours
