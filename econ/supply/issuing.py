"""New tokens of the day, before rewards are paid."""

from metalab.econ.kernel.world import World
from metalab.econ.policy.flows import route_issuance
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import SUPPLY, to_era
from metalab.protocol.staking.staking import sum_bonded
from metalab.protocol.supply.issuance import advance_rate, compute_issue, issue


@rule
def process_issuance(w: World) -> None:
    """The rate of the day and what it issues."""
    s = w.state[0]
    p = w.params[0].issuance
    bonded = sum_bonded(s.staking) / s.supply.effective if s.supply.effective > 0 else 0.0
    advance_rate(s.issuance, bonded, p, s.clock.day)
    amount = compute_issue(s.issuance, SUPPLY + s.issuance.issued - w.pots[0].burned, p)
    if amount > 0:
        issue(s.issuance, w.pots[0], route_issuance(w, amount), p)
    w.today[0].issuance.issued_era = to_era(s.issuance.issued)
    w.today[0].issuance.issuance_rate = s.issuance.rate
