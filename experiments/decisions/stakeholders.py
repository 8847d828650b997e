"""Who gains and who loses: income and holdings of each class of stakeholders, from the ledger's flows and the accounts."""

from math import fsum

import numpy as np

from metalab.econ.kernel.memory import get_tables, list_accounts, read_field
from metalab.econ.kernel.records import COLUMNS
from metalab.econ.kernel.world import RECORDS
from metalab.experiments.runs.runner import Result
from metalab.protocol.kernel.causes import Cause, list_gains, list_losses
from metalab.protocol.kernel.codes import Bucket
from metalab.protocol.kernel.declare import MICRO

EARNERS = ("nodes", "users", "developers", "voters", "treasury")
"""Classes whose income is shown."""

INCOME: dict[str, tuple[tuple[Cause, ...], tuple[Cause, ...]]] = {name: (list_gains(name), list_losses(name)) for name in EARNERS}
"""Tokens in and tokens out per class, as the causes declare them: without trade, unlocks and moves between own accounts."""

OWNERS = {"users": "users", "developers": "developers", "nodes": "nodes", "voters": "voters", "traders": "traders"}
"""Classes whose holdings are those of a table's rows."""


def measure_interests(result: Result, start: int) -> dict[str, float]:
    """Per class: income from day `start` on and holdings at the end, in ERA and in USD at the day's price."""
    price = result.rows[:, COLUMNS.index("price_usd")].tolist()
    measured: dict[str, float] = {}
    for name, (gains, losses) in INCOME.items():
        daily = compute_income(result, gains, losses)
        measured[f"{name}.income_era"] = fsum(daily[start:])
        measured[f"{name}.income_usd"] = fsum(era * usd for era, usd in zip(daily[start:], price[start:], strict=True))
    for name, era in compute_holdings(result).items():
        measured[f"{name}.holdings_era"] = era
        measured[f"{name}.holdings_usd"] = era * price[-1]
    return measured


def compute_income(result: Result, gains: tuple[Cause, ...], losses: tuple[Cause, ...]) -> list[float]:
    """ERA gained less ERA lost on each day."""
    if result.flows is None:
        raise ValueError("the run did not keep the ledger's flows")
    net = result.flows[:, [int(cause) for cause in gains]].sum(axis=1)
    if losses:
        net = net - result.flows[:, [int(cause) for cause in losses]].sum(axis=1)
    return [micro / MICRO for micro in net.tolist()]


def compute_holdings(result: Result) -> dict[str, float]:
    """ERA of each class at the end: liquid, bonded, locked, on its way out and, for allocations, in escrow."""
    tables = get_tables(result.world)
    held = {}
    for name, table in OWNERS.items():
        held[name] = sum(int(read_field(tables[table], leaf.path).sum()) for leaf in list_accounts(RECORDS[table])) / MICRO
    holders = tables["holders"]
    total = np.array([read_field(holders, leaf.path) for leaf in list_accounts(RECORDS["holders"])]).sum(axis=0)
    held |= {bucket.name.lower(): int(total[bucket]) / MICRO for bucket in (Bucket.INVESTORS, Bucket.TEAM, Bucket.FOUNDATION, Bucket.RND)}
    held["treasury"] = int(tables["pots"]["treasury"][0]) / MICRO
    return held


def measure_flows(result: Result, start: int) -> dict[str, float]:
    """ERA that each cause moved from day `start` on."""
    if result.flows is None:
        raise ValueError("the run did not keep the ledger's flows")
    totals = result.flows[start:].sum(axis=0).tolist()
    return {f"{cause.name.lower()}.flow_era": totals[cause] / MICRO for cause in Cause if cause != Cause.GENESIS}
