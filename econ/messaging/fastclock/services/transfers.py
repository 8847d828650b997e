"""The same transfers made by hand and by intent, step by step and try by try."""

import math

from metalab.econ.kernel.chance.distributions import normal
from metalab.econ.kernel.chance.sequence import Sequence
from metalab.econ.kernel.chance.streams import Stream
from metalab.econ.messaging.fastclock.agenda import Agenda
from metalab.econ.messaging.fastclock.network import Arrivals
from metalab.econ.messaging.fastclock.settings.settings import Settings
from metalab.econ.messaging.fastclock.transport.chains import Chain
from metalab.econ.messaging.fastclock.transport.post import Post
from metalab.protocol.kernel.compiling import plain
from metalab.protocol.messaging.transport.intents import Intent, IntentPlan, IntentRoute, Problem, drop_route, make_plan

deviate = plain(normal)
MANUAL, INTENT = 0, 1
"""Places of the two attempts of a request, and distances of their sequences of chance."""


class Attempt:
    """One way of making a request: its own chance, so that neither way changes the other."""

    def __init__(self, kind: int, source: Chain, target: Chain, draws: Sequence, start_s: float) -> None:
        self.kind, self.source, self.target, self.draws, self.start_s = kind, source, target, draws, start_s
        self.stages = self.worked = 0
        self.gas = 0.0
        self.end_s = -1.0
        self.problem = Problem.NONE

    @property
    def is_over(self) -> bool:
        """Whether it has ended, well or not."""
        return self.end_s >= 0.0


class Transfers:
    """Requests as a Poisson process; each is made both ways at once, so that they can be compared one by one."""

    def __init__(self, seed: int, settings: Settings, agenda: Agenda, post: Post) -> None:
        self.seed, self.settings, self.agenda, self.post = seed, settings.transfers, agenda, post
        self.draws = Sequence(seed, Stream.METALAYER_INTENTS, 0)
        self.arrivals = Arrivals(Sequence(seed, Stream.METALAYER_INTENTS, 1), self.settings.requests_per_hour)
        self.pairs: list[tuple[Attempt, Attempt]] = []
        if len(post.chains.all) > 1:
            agenda.after(self.arrivals.draw(), self.request)

    def request(self) -> None:
        """A user requests a transfer."""
        chains = self.post.chains
        source = chains.choose(self.draws.draw())
        target = chains.choose(self.draws.draw(), without=source)
        # Half of the requests are for another asset than the sender holds (assumed).
        needs_conversion = self.draws.draw() < 0.5
        # 0 and 1 belong to the process of requests; every request has two sequences of its own after them.
        entity = 2 * len(self.pairs) + 2
        manual, intent = (
            Attempt(kind, chains.all[source], chains.all[target], self._open(entity + kind), self.agenda.now) for kind in (MANUAL, INTENT)
        )
        self.pairs.append((manual, intent))
        self.agenda.after(self.take_time(manual, self.settings.hand_s), self.step, manual)
        self.try_intent(intent, self.list_routes(intent, needs_conversion))
        self.agenda.after(self.arrivals.draw(), self.request)

    def _open(self, entity: int) -> Sequence:
        return Sequence(self.seed, Stream.METALAYER_INTENTS, entity)

    def take_time(self, attempt: Attempt, median_s: float) -> float:
        """A lognormal time of a person or a solver."""
        return median_s * math.exp(self.settings.fill_sigma * deviate(attempt.draws.draw()))

    def has_gas(self, attempt: Attempt, estimate: float, margin: float) -> bool:
        """Whether the gas provided is enough at the price of execution; what is used is paid either way."""
        needed = estimate * math.exp(self.settings.gas_sigma * deviate(attempt.draws.draw()))
        attempt.gas += min(needed, estimate * margin)
        return needed <= estimate * margin

    def carry_out(self, attempt: Attempt, gas: float, margin: float) -> Problem:
        """One step or try: gas first, then everything else that can go wrong."""
        attempt.stages += 1
        # Both draws are made in any case: what failed does not move the draws of later steps.
        has_gas = self.has_gas(attempt, gas, margin)
        works = attempt.draws.draw() < self.settings.step_success
        if not has_gas:
            return Problem.OUT_OF_GAS
        if not works:
            return Problem.STEP_FAILED
        attempt.worked += 1
        return Problem.NONE

    def end(self, attempt: Attempt, problem: Problem) -> None:
        """It is over."""
        attempt.end_s, attempt.problem = self.agenda.now, problem

    def step(self, attempt: Attempt) -> None:
        """A person makes the next step; the first failure ends it. After the first step the source's finality is waited for."""
        verifying = self.post.settings.verifying
        problem = self.carry_out(attempt, verifying.transaction_gas + verifying.execution_gas, self.settings.hand_margin)
        if problem != Problem.NONE or attempt.stages == self.settings.steps:
            self.end(attempt, problem)
            return
        wait_s = attempt.source.wait_s if attempt.stages == 1 else attempt.target.block_s
        self.agenda.after(wait_s + self.take_time(attempt, self.settings.hand_s), self.step, attempt)

    def list_routes(self, attempt: Attempt, needs_conversion: bool) -> list[IntentRoute]:
        """One route per path of verification, and one round by the largest rollup, which takes the risk twice."""
        offers = self.post.paths.list_offers(attempt.source, self.agenda.now)
        routes = [IntentRoute(int(offer.path), offer.gas, offer.delay_s, offer.risk, needs_conversion) for offer in offers]
        # The light client's offer comes first (`Paths.list_offers`).
        light = offers[0]
        # Numbered above every path of verification.
        return [*routes, IntentRoute(len(offers) + 1, 2.0 * light.gas, 2.0 * light.delay_s, 2.0 * light.risk, False)]

    def try_intent(self, attempt: Attempt, routes: list[IntentRoute]) -> None:
        """The router plans and a solver fills."""
        settings = self.settings
        wish = Intent(1, 1, attempt.target.number, 0, settings.intent_gas, settings.intent_risk)
        plan, problem = make_plan(wish, routes, settings.gas_margin, settings.conversion_gas)
        if plan is None:
            self.end(attempt, problem)
            return
        self.agenda.after(self.take_time(attempt, settings.fill_s), self.fill, attempt, routes, plan)

    def fill(self, attempt: Attempt, routes: list[IntentRoute], plan: IntentPlan) -> None:
        """The solver's try ends; a failed one is followed by the next, on another route if there is one."""
        # The plan's limit has the margin on top of the estimate.
        problem = self.carry_out(attempt, plan.gas_limit / self.settings.gas_margin, self.settings.gas_margin)
        if problem == Problem.NONE or attempt.stages == self.settings.tries:
            self.end(attempt, problem)
        else:
            self.try_intent(attempt, drop_route(routes, plan.route, self.settings.intent_risk))
