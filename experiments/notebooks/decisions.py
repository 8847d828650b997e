"""A decision in a notebook: what every proposal changes, how surely, and when the futures part."""

from typing import Any

from metalab.experiments.decisions.price_change import PartChange, describe_change, describe_premium, show_percent, split_change
from metalab.experiments.decisions.undoing import tell_undoing
from metalab.experiments.notebooks.cards import HEADLINES, MOST_LINES, Card, count, render_cards, show_difference, show_quantity
from metalab.experiments.runs.summary import UNITS

Data = dict[str, Any]


class Decision(dict[str, Any]):
    """The content of decision.json, with a face for notebooks; in all else a dictionary."""

    def __repr__(self) -> str:
        names = ", ".join(repr(proposal["name"]) for proposal in self["proposals"])
        return f"<Decision on {names} in {self['scenario']!r}: {count(self['runs'], 'pair')} of futures, {count(self['days'], 'day')}>"

    def _repr_html_(self) -> str:
        worlds = {name: world["proposals"] for name, world in self.get("worlds", {self["scenario"]: self}).items()}
        cards = [card for world, proposals in worlds.items() for proposal in proposals for card in _list_cards(world, proposal, self)]
        noticed = dict.fromkeys(text for proposals in worlds.values() for proposal in proposals for text in proposal.get("notices", []))
        warnings = [(text,) for text in [*self.get("warnings", []), *noticed]]
        return render_cards([*cards, *([Card("Warnings", lines=warnings)] if warnings else [])])


def _list_cards(world: str, proposal: Data, decision: Data) -> list[Card]:
    """The effects, and what moves the price."""
    return [_make_card(world, proposal, decision), *_list_price_cards(proposal, decision["at"])]


def _list_price_cards(proposal: Data, at: int) -> list[Card]:
    """One card, or none where the price does not change."""
    if not describe_change(proposal["metrics"]):
        return []
    lines = [(name, *_describe_part(part)) for name, part in split_change(proposal["metrics"]).items()]
    title = f"What moves the price: {proposal['title'] or proposal['name']}"
    return [Card(title, ("part", "without", "difference", "95 % interval", "relative"), lines, describe_premium(proposal, at))]


def _describe_part(part: PartChange) -> tuple[str, ...]:
    low, high = (show_difference(value, "USD") for value in (part.low, part.high))
    return show_quantity(part.without, "USD"), show_difference(part.mean, "USD"), f"{low} .. {high}", show_percent(part.relative)


def _make_card(world: str, proposal: Data, decision: Data) -> Card:
    title = f"{proposal['title'] or proposal['name']} (world {world}, {decision['mode']} on day {decision['at']})"
    lines = [_describe(name, proposal["metrics"][name]) for name in choose_metrics(proposal["metrics"])]
    note = f"{count(proposal['pairs'], 'pair')} of futures, means over the days after the decision; {_tell_divergence(proposal)}"
    if proposal["passes"] is not None:
        note += f"; carried in {show_quantity(proposal['passes']['probability'], 'share')} of votes"
    undone = tell_undoing(proposal.get("undone"))
    note += f"; {undone}" if undone else ""
    return Card(title, ("metric", "without", "difference", "95 % interval", "probability of better"), lines, note)


def choose_metrics(metrics: Data) -> list[str]:
    """The headlines and, up to a full table, what differs most surely from none."""
    sure = [name for name in metrics if name not in HEADLINES and _get_margin(metrics[name]) > 0]
    sure.sort(key=lambda name: -_get_margin(metrics[name]))
    return [*(name for name in HEADLINES if name in metrics), *sure][:MOST_LINES]


def _get_margin(compared: Data) -> float:
    """How far the interval stays from 0, in half widths; 0 when it covers it."""
    low, high = compared["difference"]["interval"]
    nearest = max(low, -high, 0.0)
    return nearest / (high - low) if high > low else float(nearest > 0)


def _describe(name: str, compared: Data) -> tuple[str, ...]:
    difference, unit = compared["difference"], UNITS[name]
    low, high = (show_difference(value, unit) for value in difference["interval"])
    better = "" if compared["better"] == "none" else show_quantity(compared["probability_better"], "share")
    return (
        name,
        show_quantity(compared["baseline"], unit),
        show_difference(difference["mean"], unit),
        f"{low} .. {high}",
        better,
    )


def _tell_divergence(proposal: Data) -> str:
    parts = proposal["diverges"]
    return "the futures never part" if not parts else f"the futures part on day {parts['day']}"
