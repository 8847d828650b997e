"""Honest faults: outages and mistakes of operators, correlated through shared hosting providers (MODEL 4)."""

from typing import Any

from metalab.econ.kernel.chance.distributions import exponential
from metalab.econ.kernel.chance.philox import uniform_at
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR, HOURS_A_DAY
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, draw, field, parameter
from metalab.protocol.security.slashing import OFFENCES, Offence
from metalab.protocol.staking.staking import NodeRow

TINY = 1e-300
"""Keeps a hazard of 0 from dividing."""
PROVIDERS = 5
"""Hosting providers that operators share: the length of `provider_share`."""


class Faults(Record):
    """How often things go wrong without anybody's intention."""

    downtime: float = parameter(
        0.01,
        0.002,
        0.03,
        unit="share",
        source="data/defaults.csv staking.downtime_rate",
        owner="nature",
        doc="Share of time a node is down.",
    )
    outage_hours: float = parameter(4.0, 0.5, 48.0, unit="h", source="assumed", owner="nature", doc="Mean length of an outage.")
    offence_hours: float = parameter(
        24.0,
        8.0,
        240.0,
        unit="h",
        source="assumed (gives a few per cent of validators a year); from two outages of usual length: at an hour all nodes offend",
        owner="dao",
        doc="An outage of at least this length is a downtime offence.",
    )
    frailty: float = parameter(
        0.5,
        0.0,
        2.0,
        unit="1",
        source="assumed",
        owner="nature",
        binds="entry",
        doc="Standard deviation of the log of a node's number of outages.",
    )
    hazard: list[float] = parameter(
        (0.00015, 0.00015, 0.00015),
        0.0,
        0.05,
        unit="1/year",
        source="data/defaults.csv staking.slash_hazard_per_year (for each offence: assumed)",
        owner="nature",
        doc="Honest invalid attestations, equivocations and withheld data per node and year, at launch.",
    )
    care_cost: float = parameter(
        0.57, 0.0, 10_000.0, unit="USD/year",
        source="assumed (gives `hazard` for launch stakes and penalties)",
        owner="nature", doc="Cost of care that makes an operator's own safety faults rarer by the factor e.",
    )  # fmt: skip
    careless: float = parameter(
        20.0,
        1.0,
        1_000.0,
        unit="1",
        source="assumed",
        owner="nature",
        doc="Own safety faults of who takes no care, in multiples of `hazard`.",
    )
    provider_share: list[float] = parameter(
        (0.35, 0.25, 0.18, 0.12, 0.10),
        0.0,
        1.0,
        unit="share",
        source="assumed",
        owner="nature",
        binds="entry",
        doc="Weights of hosting providers among nodes.",
    )
    provider_outages: float = parameter(
        1.0, 0.0, 24.0, unit="1/year", source="assumed", owner="nature", doc="Outages of a whole provider a year."
    )
    shared: float = parameter(
        0.66,
        0.0,
        1.0,
        unit="share",
        source="data/staking_reference.csv Ethereum cause (150 of 226)",
        owner="nature",
        doc="Part of the hazard that comes from mistakes shared by a provider's nodes.",
    )
    shared_hit: float = parameter(
        0.25, 0.01, 1.0, unit="share", source="assumed", owner="nature", doc="Part of a provider's nodes that a shared mistake hits."
    )


class FaultsState(Record):
    """What happens at each provider today."""

    hours: list[float] = field("h", "length of an outage that begins", length=PROVIDERS)
    mistake: list[int] = field("code", "offence that a shared mistake leads to; 0: none", length=PROVIDERS)


class FaultDraws(Record):
    """Chance of a node's faults on a day."""

    outage: float = draw(0, "whether an outage begins")
    length: float = draw(1, "its length")
    mistake: float = draw(2, "whether it makes a mistake, and which")
    shared: float = draw(3, "whether a mistake of its provider hits it")


@rule
def sum_hazard(p: Faults) -> float:
    """Safety faults a node and year at launch, all offences."""
    total = 0.0
    for k in range(OFFENCES - 1):
        total += p.hazard[k]
    return total


@rule
def choose_mistake(u: float, rates: Any, factor: float) -> int:
    """Which safety offence happens today, 0: none. `rates` are per year; the offences' chances are stacked."""
    above = 0.0
    for k in range(OFFENCES - 1):
        above += rates[k] * factor / DAYS_A_YEAR
        if u < above:
            return k + 1
    return 0


@rule
def draw_providers(state: FaultsState, p: Faults, key: Any) -> None:
    """What happens at the hosting providers today."""
    for k in range(PROVIDERS):
        state.hours[k] = 0.0
        if uniform_at(key, k, 0) < p.provider_outages / DAYS_A_YEAR:
            state.hours[k] = p.outage_hours * exponential(uniform_at(key, k, 1))
        # Rarer by as much as each hits fewer than all: a node's own rate from shared mistakes stays `shared` of the hazard.
        state.mistake[k] = choose_mistake(uniform_at(key, k, 2), p.hazard, p.shared / p.shared_hit)


@rule
def get_outage_chance(p: Faults) -> float:
    """Chance a day that a node's own outage begins, so that with its provider's outages it is down `downtime` of the time."""
    own = max(p.downtime - p.provider_outages * p.outage_hours / (DAYS_A_YEAR * HOURS_A_DAY), 0.0)
    return own * HOURS_A_DAY / p.outage_hours


@rule
def suffer_faults(node: NodeRow, d: FaultDraws, state: FaultsState, p: Faults, chance: float) -> None:
    """A node's faults of today: its uptime, and in `fault` the offence these amount to + 1.

    `chance` is `get_outage_chance`. A running outage goes on; only its beginning counts as an offence. After a mistake the
    node attests and serves nothing that day, whether it is punished or not.
    """
    begins = state.hours[node.provider]
    if d.outage < chance * node.frailty:
        begins = max(begins, p.outage_hours * exponential(d.length))
    # Outages overlap: the longer one counts, not the sum.
    node.outage = max(node.outage, begins)
    node.uptime = 1.0 - min(node.outage, HOURS_A_DAY) / HOURS_A_DAY
    node.outage = max(node.outage - HOURS_A_DAY, 0.0)
    mistake = choose_mistake(d.mistake, p.hazard, node.hazard / max(sum_hazard(p), TINY))
    if mistake == 0 and state.mistake[node.provider] > 0 and d.shared < p.shared_hit:
        mistake = state.mistake[node.provider]
    node.fault = 0
    if mistake > 0:
        node.fault = mistake + 1
        node.uptime = 0.0
    elif begins >= p.offence_hours:
        node.fault = Offence.DOWNTIME + 1
