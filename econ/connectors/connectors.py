"""Connectors: their clients' demand, their fees, the devices of the fourth tier (MODEL 13)."""

from typing import Any

from metalab.econ.kernel.chance.distributions import binomial, poisson
from metalab.econ.kernel.chance.philox import uniform_at
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.kernel.clock import get_key
from metalab.econ.kernel.world import World
from metalab.econ.market.exchange import fill_buy
from metalab.econ.messaging.messages import measure_detour
from metalab.econ.users.adoption import compute_response
from metalab.protocol.connectors.assistant import compute_saving
from metalab.protocol.connectors.enterprise import change_clients
from metalab.protocol.connectors.gateway import attest, choose_subject, compute_gateway_fees, measure_gateway
from metalab.protocol.connectors.ledger import collect_connector_fee
from metalab.protocol.connectors.light_nodes import admit, compute_light_due, pay_light
from metalab.protocol.connectors.relay import compute_cheaper_fee, compute_onchain_share
from metalab.protocol.kernel.calendar_units import DAYS_A_YEAR
from metalab.protocol.kernel.codes import OK
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.units import to_era, to_uera

ENTERPRISE, RELAY, GATEWAY, LIGHT = 0, 1, 2, 3
"""Permanent places in chance."""
# Fees at which clients' demand is the one stated: moving one is the same as moving that demand.
READ_USD = 0.02
"""Of a read of the enterprise connector: the default fee."""
RELAY_USD = 0.01
"""Of the cheaper path of a data message: the default fee off chain."""
ATTESTATION_USD = 2.0
"""Of a new attestation: the default fee."""
LARGEST_PULL = 5.0
"""Most that a low fee multiplies clients' demand by (assumed)."""


@rule
def charge(w: World, money: float) -> int:
    """Buy the ERA of a day's fees and pay them in; what finds no ERA is no revenue. Returns uERA."""
    s = w.state[0]
    due = to_uera(money, s.market.price)
    if due > 0:
        # The float may ration the order (ECONOMY 3): only what was bought can be paid in.
        due = fill_buy(s.exchange, w.pots[0], w.params[0].exchange, due)
    if due > 0:
        collect_connector_fee(w.pots[0], due)
    return due


@rule
def compute_pull(fee: float, reference: float, elasticity: float) -> float:
    """Demand relative to that at the reference fee, within a bound."""
    return min(compute_response(fee, reference, -elasticity), LARGEST_PULL)


@rule
def serve_enterprises(w: World, key: Any) -> None:
    """Companies come, leave and read."""
    p = w.params[0].enterprise
    state = w.state[0].enterprise
    came = poisson(uniform_at(key, ENTERPRISE, 0), p.arrivals / DAYS_A_YEAR)
    left = binomial(uniform_at(key, ENTERPRISE, 1), state.clients, min(p.churn / DAYS_A_YEAR, 1.0))
    change_clients(state, came, left)
    rate = state.clients * p.reads_per_client * compute_pull(p.fee_usd, READ_USD, p.elasticity)
    reads = poisson(uniform_at(key, ENTERPRISE, 2), rate)
    today = w.today[0].enterprise
    today.enterprise_clients = float(state.clients)
    today.enterprise_reads = float(reads)
    today.enterprise_revenue_era = to_era(charge(w, reads * p.fee_usd))


@rule
def relay_data(w: World, key: Any) -> None:
    """Rollups send data; each message takes the path that is worth its fee."""
    p = w.params[0].relay
    response = compute_pull(compute_cheaper_fee(p), RELAY_USD, p.elasticity)
    count = poisson(uniform_at(key, RELAY, 0), w.state[0].rollups.live * p.messages_per_rollup * response)
    # A second draw splits the total, so that a change of shares leaves the day's total as it was.
    onchain = binomial(uniform_at(key, RELAY, 1), count, compute_onchain_share(p))
    today = w.today[0].relay
    today.relay_onchain = float(onchain)
    today.relay_offchain = float(count - onchain)
    today.relay_revenue_era = to_era(charge(w, onchain * p.onchain_fee_usd + (count - onchain) * p.offchain_fee_usd))


@rule
def serve_attestations(w: World, key: Any) -> None:
    """Each request is about one subject; whether it is served from what exists is counted, not assumed."""
    p = w.params[0].gateway
    s = w.state[0]
    state = s.gateway
    state.fresh = 0
    state.reused = 0
    rate = p.requests_per_day * compute_pull(p.fresh_fee_usd, ATTESTATION_USD, p.elasticity)
    requests = poisson(uniform_at(key, GATEWAY, 0), rate)
    # Requests are numbered from 0 like the places above: with the same key they would share their chance.
    subjects = get_key(s.clock, Stream.SUBJECTS)
    for n in range(requests):
        attest(state, p, choose_subject(uniform_at(subjects, n, 0), p.subjects, p.zipf), s.clock.day)
    measure_gateway(state, p, w.today[0].gateway)
    w.today[0].gateway.gateway_revenue_era = to_era(charge(w, compute_gateway_fees(state, p)))


@rule
def pay_devices(w: World, key: Any) -> None:
    """Light nodes are paid within the budget; their number follows the reward."""
    p = w.params[0].light
    s = w.state[0]
    if s.light.is_open == 0:
        s.light.is_open = 1
        s.light.count = p.opening
    amount = compute_light_due(s.light.count, w.pots[0].treasury, p)
    if pay_light(w.pots[0], p, amount) != OK:
        amount = 0
    today = w.today[0].light
    today.nodes_light = float(s.light.count)
    today.light_rewards_era = to_era(amount)
    # Devices answer to what was paid, not to what was due.
    admit(s.light, amount, s.market.price, uniform_at(key, LIGHT, 0), p)


@rule
def process_connectors(w: World) -> None:
    """The day of the connectors that exist."""
    p = w.params[0]
    key = get_key(w.state[0].clock, Stream.CONNECTORS)
    if p.enterprise.enabled == 1:
        serve_enterprises(w, key)
    if p.relay.enabled == 1:
        relay_data(w, key)
    if p.gateway.enabled == 1:
        serve_attestations(w, key)
    if p.light.enabled == 1:
        pay_devices(w, key)
    else:
        # A tier that is switched on again, by vote say, opens afresh.
        w.state[0].light.count = 0
        w.state[0].light.is_open = 0


@rule
def process_assistant(w: World) -> None:
    """In the evening, once the day's delay is known: messages that the assistant served took the faster way."""
    p = w.params[0]
    if p.assistant.enabled == 0:
        return
    s = w.state[0]
    today = w.today[0]
    saved = compute_saving(measure_detour(w.rollups, s, p.messaging), p.assistant)
    today.assistant.assistant_saved_s = saved
    today.messaging.message_delay_s -= saved
    s.activity.delay_s -= saved
