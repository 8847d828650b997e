"""The other side of the books: every USD that is tracked, and that none is made or lost (ECONOMY 3)."""

from typing import NamedTuple

from metalab.econ.kernel.memory import get_tables
from metalab.econ.kernel.world import RECORDS, World
from metalab.protocol.kernel.declare import Record


class Money(NamedTuple):
    """USD of all accounts: `total` is 0 but for rounding, `gross` is the sum of absolute values."""

    total: float
    gross: float


def find_money(record: type[Record]) -> list[str]:
    """Names of the fields of a record that are USD accounts: `usd` of an agent, `..._usd` of the pots."""
    is_pots = "outside_usd" in record.infos
    return [name for name in record.infos if name == "usd" or (is_pots and name.endswith("_usd"))]


def compute_usd(world: World) -> Money:
    """Sum every tracked USD balance; what agents own is owed by `outside_usd`."""
    total = gross = 0.0
    for name, array in get_tables(world).items():
        for account in find_money(RECORDS[name]):
            total += float(array[account].sum())
            gross += float(abs(array[account]).sum())
    return Money(total, gross)


def check_usd(world: World) -> None:
    """Raise when USD was made or lost beyond 1e-6 of all that is held."""
    money = compute_usd(world)
    if abs(money.total) > 1e-6 * max(money.gross, 1.0):
        raise AssertionError(f"USD sum to {money.total:,.6f} where {money.gross:,.2f} are held")
