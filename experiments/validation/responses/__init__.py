"""Responses that the economy must show: paired futures with and without one change, judged against stated bounds."""

from metalab.experiments.validation.responses.demand import DEMAND
from metalab.experiments.validation.responses.entry import Response
from metalab.experiments.validation.responses.market import MARKET
from metalab.experiments.validation.responses.policy import POLICY
from metalab.experiments.validation.responses.safety import SAFETY

RESPONSES: tuple[Response, ...] = (*DEMAND, *SAFETY, *MARKET, *POLICY)
"""The table "Responses to show", in the order of its subjects."""
