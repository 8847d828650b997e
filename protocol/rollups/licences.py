"""Technical licences: who uses whose innovation, and the royalty that is due (MODEL 7 and 12)."""

from typing import Protocol

from metalab.protocol.kernel.codes import ALREADY_DONE, OK, TABLE_FULL, UNKNOWN_TARGET
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, draw, field, metric, parameter, switch
from metalab.protocol.kernel.units import REAL_BPS, take_bps


class Licences(Record):
    """Rules and pace of licences."""

    royalty_bps: int = parameter(
        1_500, 0, 5_000, unit="bps", source="S1", owner="dao", doc="Part of an adopter's developer income that goes to the originator."
    )
    build_rate: float = parameter(
        0.1, 0.0, 10.0, unit="1/year", source="assumed", owner="behaviour", doc="Innovations a rollup without one builds a year."
    )
    contact_rate: float = parameter(
        4.0,
        0.0,
        200.0,
        unit="1/year",
        source="assumed (S1-18, 8 reuses in a week, needs about 120)",
        owner="behaviour",
        doc="How often a rollup looks at what another one uses; it adopts an innovation that it finds there.",
    )
    gain: float = parameter(0.1, 0.0, 1.0, unit="share", source="assumed", owner="nature", doc="Rollup fees that an innovation adds.")
    licensing: int = switch(True, source="MODEL 12", owner="dao", doc="Whether innovations may be licensed to others.")


class LicenceRow(Record):
    """One use of an innovation by another rollup. Rows are added by count and retired by status."""

    live: int = field("flag", "1 while the adopter runs")
    originator: int = field("row", "rollup that built the innovation")
    adopter: int = field("row", "rollup that uses it")
    since: int = field("day", "when it was agreed")
    paid_era: int = field("uERA", "royalties paid so far in ERA")
    paid_usd: float = field("USD", "royalties paid so far in USD")


class LicencesState(Record):
    """All licences together."""

    count: int = field("1", "rows in use, live or ended")
    live: int = field("1", "licences in force")
    innovations: int = field("1", "innovations built so far")
    refused: int = field("1", "licences refused because the table is full, so far")


class LicencesMetrics(Record):
    """Licences on a day."""

    licences_live: float = metric("1", "Licences in force.", better="high", chart=True)
    innovations: float = metric("1", "Innovations built so far.", better="high", chart=True)
    licences_refused: float = metric("1", "Licences refused so far because the table is full.", better="low", chart=True)
    royalties_usd: float = metric("USD", "Royalties paid between developers.", better="high", chart=True)


class LicenceDraws(Record):
    """Chance of a rollup's day with innovations."""

    build: float = draw(0, "whether it builds an innovation")
    contact: float = draw(1, "whether it looks at another rollup")


class Licensee(Protocol):
    """A row that may use an innovation: `carries` is the row that built it, -1 without."""

    index: int
    live: int
    carries: int
    licence: int


@rule
def build(rollup: Licensee) -> int:
    """A rollup builds an innovation of its own. Returns OK or ALREADY_DONE when it uses one."""
    if rollup.carries >= 0:
        return ALREADY_DONE
    rollup.carries = rollup.index
    return OK


@rule
def adopt(licences: Rows[LicenceRow], state: LicencesState, adopter: Licensee, source: Licensee, day: int) -> int:
    """License the innovation that `source` uses to `adopter`. Returns OK or a refusal code."""
    if source.live == 0 or source.carries < 0:
        return UNKNOWN_TARGET
    if adopter.carries >= 0:
        return ALREADY_DONE
    if state.count >= len(licences):
        state.refused += 1
        return TABLE_FULL
    licence = licences[state.count]
    licence.live = 1
    # Who built it, not who passed it on: royalties go to the origin.
    licence.originator = source.carries
    licence.adopter = adopter.index
    licence.since = day
    adopter.carries = source.carries
    adopter.licence = state.count
    state.count += 1
    state.live += 1
    return OK


@rule
def end_licence(licences: Rows[LicenceRow], state: LicencesState, adopter: Licensee) -> None:
    """An adopter closes: what it licensed is no longer used, and no longer paid for."""
    if adopter.licence >= 0 and licences[adopter.licence].live == 1:
        licences[adopter.licence].live = 0
        state.live -= 1


@rule
def compute_royalty(amount: int, p: Licences) -> int:
    """What is due to the originator out of `amount` uERA of an adopter's developer income, rounded down."""
    return take_bps(amount, p.royalty_bps)


@rule
def compute_royalty_usd(money: float, p: Licences) -> float:
    """The same for income in USD."""
    return money * (p.royalty_bps / REAL_BPS)
