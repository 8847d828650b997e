"""Grants as people write them: once, in tranches or again and again, in ERA or USD, under a condition."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from metalab.econ.kernel.scenario import PlannedCondition, PlannedGrant
from metalab.experiments.errors import NOWHERE, BadFileError, BadValueError, Place, UnknownNameError, show
from metalab.experiments.inputs.planning.moments import AT_DECISION, REPEAT_KEYS, START_KEYS, Moment, read_moment, read_repeats
from metalab.experiments.inputs.schema import parse_era
from metalab.experiments.inputs.tables import check_keys, is_finite
from metalab.experiments.inputs.toml_lines import Document
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantPayer, GrantTarget, check_payer

TARGETS: Final = {target.name.lower(): int(target) for target in GrantTarget}
"""Who can be granted tokens, by the name that people write."""
PAYERS: Final = {payer.name.lower(): int(payer) for payer in GrantPayer}
"""Which accounts can grant, by the name that people write."""
MOST_ERA: Final = 1_000_000_000
"""Largest grant in ERA: all there is."""
MOST_USD: Final = 10**9
"""Largest grant in USD."""
GRANT_KEYS: Final = ("from", "to", "era", "usd", "tranches", *START_KEYS, *REPEAT_KEYS)
TRANCHE_KEYS: Final = ("share", *START_KEYS)


@dataclass(frozen=True)
class Grant:
    """Tokens, in ERA as written, for one of `TARGETS` on a day; `place` is where it was written.

    `usd` above 0 stands in place of `era`; `wait` counts days from the decision; without its condition a grant lapses on its day.
    """

    to: str
    era: Any
    day: int | date = AT_DECISION
    place: Place = field(default=NOWHERE, compare=False)
    usd: float = 0.0
    payer: str = "treasury"
    wait: int = 0
    condition: PlannedCondition | None = None

    @property
    def moment(self) -> Moment:
        """When it is due."""
        return Moment(self.day, self.wait, condition=self.condition)

    def place_on(self, start: date) -> "Grant":
        """The same with a date as a day of a run that starts on a date."""
        return replace(self, day=self.moment.place_on(start).day)


def resolve_grants(grants: Iterable[Grant], at: int = 0, is_voted: bool = False) -> tuple[PlannedGrant, ...]:
    """What a scenario plans for them when they are decided on day `at`. Raises a `ProblemError` for an unknown target or amount.

    A grant that is voted on keeps its days from the decision as such: nobody knows yet when that will be.
    """
    return tuple(_resolve_grant(grant, at, is_voted) for grant in grants)


def _resolve_grant(grant: Grant, at: int, is_voted: bool) -> PlannedGrant:
    amount = 0 if grant.usd > 0.0 else check_era(grant.era, grant.place)
    target, payer = check_target(grant.to, grant.place), PAYERS[grant.payer]
    if is_voted:
        day = max(grant.day, at) if isinstance(grant.day, int) else at
        return PlannedGrant(day, target, amount, grant.usd, payer, grant.condition, grant.wait)
    return PlannedGrant(grant.moment.get_start(at), target, amount, grant.usd, payer, grant.condition)


def check_target(name: Any, place: Place) -> int:
    """The code of a grant's target."""
    if not isinstance(name, str) or name not in TARGETS:
        raise UnknownNameError("grant target", show(name), TARGETS, place)
    return TARGETS[name]


def check_era(value: Any, place: Place) -> int:
    """The uERA of a grant."""
    try:
        amount = parse_era(value)
    except ValueError:
        amount = 0
    if not 0 < amount <= MOST_ERA * MICRO:
        raise BadValueError("era", value, f"a positive number of ERA up to {MOST_ERA:,} with at most 6 decimals", place)
    return amount


def read_grants(document: Document, k: int) -> list[Grant]:
    """The k-th [[grants]] table as one grant, or as one for each payment. Raises a `ProblemError`."""
    table = check_keys(document, "grants", k, GRANT_KEYS, ("from", "to"))
    if ("era" in table) == ("usd" in table):
        raise BadFileError(document.source, "[[grants]] needs either 'era' or 'usd'", document.find_line("grants", k))
    whole = _read_whole_grant(document, k, table)
    if "tranches" in table:
        return _read_tranches(document, k, table, whole)
    every, times = read_repeats(document, ("grants", k), table)
    return [replace(whole, wait=whole.moment.repeat(n, every).wait) for n in range(times)]


def _read_whole_grant(document: Document, k: int, table: Mapping[str, Any]) -> Grant:
    def place(name: str) -> Place:
        return document.find_place("grants", k, name)

    payer = table["from"]
    if not isinstance(payer, str) or payer not in PAYERS:
        raise BadValueError("from", payer, "an account that grants can come from: " + ", ".join(PAYERS), place("from"))
    target = check_target(table["to"], place("to"))
    if plain(check_payer)(PAYERS[payer], target):
        raise BadValueError("to", table["to"], f"somebody else than {payer}, which pays", place("to"))
    moment = read_moment(document, ("grants", k), table)
    if "usd" in table:
        usd = _read_usd(table["usd"], place("usd"))
        return Grant(table["to"], 0, moment.day, place("usd"), usd, payer, moment.wait, moment.condition)
    check_era(table["era"], place("era"))
    return Grant(table["to"], table["era"], moment.day, place("era"), 0.0, payer, moment.wait, moment.condition)


def _read_usd(value: Any, place: Place) -> float:
    if not is_finite(value) or not 0 < value <= MOST_USD:
        raise BadValueError("usd", value, f"a positive number of USD up to {MOST_USD:,}", place)
    return float(value)


def _read_tranches(document: Document, k: int, table: Mapping[str, Any], whole: Grant) -> list[Grant]:
    """Parts of a grant, each on its own day and under its own condition; their shares sum to 1."""
    place = document.find_place("grants", k, "tranches")
    tranches = table["tranches"]
    if not isinstance(tranches, list) or not tranches or not all(isinstance(part, dict) for part in tranches):
        raise BadValueError("tranches", tranches, "a list of tables: [{ share = 0.5 }, { share = 0.5, after_days = 180 }]", place)
    if any(name in table for name in REPEAT_KEYS):
        raise BadValueError("tranches", "with every_days", "either tranches or every_days with times", place)
    for part in tranches:
        for name in part:
            if name not in TRANCHE_KEYS:
                raise UnknownNameError("key", name, TRANCHE_KEYS, place)
        if not is_finite(part.get("share")) or not 0 < part["share"] <= 1:
            raise BadValueError("share", part.get("share"), "a part of the grant above 0, up to 1", place)
    if abs(sum(float(part["share"]) for part in tranches) - 1.0) > 1e-9:
        raise BadValueError("tranches", [float(part["share"]) for part in tranches], "shares that sum to 1", place)
    return _divide(document, k, whole, tranches)


def _divide(document: Document, k: int, whole: Grant, tranches: list[dict[str, Any]]) -> list[Grant]:
    """Each tranche as a grant; the last one is what the others leave, so that no uERA is lost."""
    left = Decimal(0) if whole.usd > 0.0 else Decimal(parse_era(whole.era))
    grants = []
    for n, part in enumerate(tranches):
        moment = read_moment(document, ("grants", k, "tranches", n), part)
        micro = left if n == len(tranches) - 1 else (Decimal(parse_era(whole.era or 0)) * Decimal(str(part["share"]))).to_integral_value()
        left -= micro
        grants.append(
            replace(
                whole,
                era=micro / MICRO,
                usd=whole.usd * float(part["share"]),
                day=moment.day if moment.day != AT_DECISION else whole.day,
                # A day of its own stands in place of the grant's.
                wait=moment.wait + (whole.wait if moment.day == AT_DECISION else 0),
                condition=moment.condition or whole.condition,
            )
        )
    return grants
