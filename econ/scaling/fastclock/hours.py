"""Chance for the ticks: transactions that arrive, the luck of service, and the load behind them, minute by minute."""

from metalab.econ.kernel.chance.distributions import normal, poisson_from
from metalab.protocol.kernel.compiling import rule
from metalab.protocol.kernel.declare import Record, Rows, draw, field
from metalab.protocol.kernel.units import safe_exp
from metalab.protocol.scaling.load import ScalingState
from metalab.protocol.scaling.scaling import TICK, Crew, Scaling, open_crew
from metalab.protocol.scaling.ticks import Tank, TickTally, clear_tally, flush_pending, open_tank, pass_tick
from metalab.protocol.scaling.traffic import ChainLoads, LoadWeather, Traffic, pass_minute, set_factor, set_weather, start_burst

HOUR_TICKS = 1_200
"""Ticks of 3 s in an hour."""
MINUTE_TICKS = 20
"""The rate of arrivals is held for a minute."""


class TickDraws(Record):
    """Chance of a tick; the last four are used by the first tick of a minute only."""

    arrivals: float = draw(0, "transactions that arrive")
    luck: float = draw(1, "how much the nodes finish")
    wave: float = draw(2, "move of the wave")
    burst: float = draw(3, "whether a burst begins")
    reach: float = draw(4, "which rollup bursts, or all of them")
    height: float = draw(5, "how high the burst is")


class TickLoad(Record):
    """What comes in a tick, the same whatever the nodes do."""

    rate: float = field("1/s", "rate of arrivals")
    arrived: int = field("1", "transactions that arrive")
    luck: float = field("1", "standard normal deviate of service")


class TickRow(Record):
    """What became of a tick."""

    active: int = field("1", "flex nodes that served")
    waiting: int = field("1", "transactions that wait at the end")
    served: int = field("1", "transactions served")
    dropped: int = field("1", "transactions that found the queue full")
    delay_s: float = field("s", "mean delay of the transactions accepted")


@rule
def turn_minute(sky: LoadWeather, p: Traffic, chains: ChainLoads, d: TickDraws) -> None:
    """The load at the beginning of a minute."""
    pass_minute(sky, normal(d.wave))
    if d.burst < sky.chance:
        start_burst(sky, p, chains, d.reach, d.height)
    set_factor(sky)


@rule
def open_weather(sky: LoadWeather, p: Traffic, chains: ChainLoads, d: TickDraws) -> None:
    """Weather before the first minute: a wave of usual height, from a draw that no minute uses."""
    set_weather(sky, p, chains)
    sky.wave = normal(d.wave)


@rule
def draw_load(rows: Rows[TickLoad], draws: Rows[TickDraws], sky: LoadWeather, p: Traffic, chains: ChainLoads) -> None:
    """Turn the rates in `rows` (profile) into fluctuating rates and counts of arrivals."""
    none = 1.0
    last = -1.0
    open_weather(sky, p, chains, draws[1])
    for t in range(len(rows)):
        if t % MINUTE_TICKS == 0:
            turn_minute(sky, p, chains, draws[t])
        rate = rows[t].rate * sky.factor
        # Without waves the rate stands still for a minute or longer: the exponential is computed once for it.
        if rate != last:
            none = safe_exp(-rate * TICK)
            last = rate
        rows[t].rate = rate
        rows[t].arrived = poisson_from(draws[t].arrivals, rate * TICK, none)
        rows[t].luck = normal(draws[t].luck)


@rule
def run_ticks(
    rows: Rows[TickLoad], out: Rows[TickRow], tank: Tank, crew: Crew, tally: TickTally, p: Scaling, core: int, standing_by: int
) -> None:
    """Serve a given load tick by tick with the controller in force, and note each tick. The state is taken and left as it is."""
    for t in range(len(rows)):
        served = tally.served
        before = tally.delay
        pass_tick(tank, crew, tally, p, core, standing_by, rows[t].rate, rows[t].arrived, rows[t].luck)
        # The controller has decided since; what served is what the queue saw.
        out[t].active = tank.servers - core
        out[t].waiting = tank.waiting
        out[t].served = tally.served - served
        out[t].dropped = tank.dropped
        accepted = rows[t].arrived - tank.dropped
        out[t].delay_s = (tally.delay - before) / accepted if accepted > 0 else 0.0
    flush_pending(tank, tally)


@rule
def open_hour(load: ScalingState, active: int, rate: float, waiting: int) -> None:
    """A set and a queue at the start of an hour."""
    open_tank(load.tank, waiting)
    clear_tally(load.tally)
    open_crew(load.crew, active, rate)


@rule
def simulate_hour(
    load: ScalingState, traffic: Traffic, p: Scaling, draws: Rows[TickDraws], core: int, standing_by: int, rate: float
) -> None:
    """An hour at a mean rate from the state that `open_hour` left; `load.tally` says what it came to."""
    sky = load.sky
    now = 0.0
    none = 1.0
    open_weather(sky, traffic, load.chains, draws[1])
    for t in range(HOUR_TICKS):
        d = draws[t]
        if t % MINUTE_TICKS == 0:
            turn_minute(sky, traffic, load.chains, d)
            now = rate * sky.factor
            none = safe_exp(-now * TICK)
        arrived = poisson_from(d.arrivals, now * TICK, none)
        pass_tick(load.tank, load.crew, load.tally, p, core, standing_by, now, arrived, normal(d.luck))
    flush_pending(load.tank, load.tally)
