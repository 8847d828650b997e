"""Compare proposals with doing nothing."""

import argparse
import sys
from typing import Any

from metalab.experiments.command_line.compiling import tell_compiling
from metalab.experiments.command_line.options import add_study, add_whole, parse_settings, read_options, refuse_ignored


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which proposals, in which worlds, decided when and how."""
    parser.add_argument("proposals", metavar="PROPOSAL.toml", nargs="*", help="proposals, each compared with the baseline")
    parser.add_argument("--scenario", metavar="SCENARIO", help="a preset's name or a TOML file (default launch)")
    parser.add_argument("--worlds", metavar="A,B", default="", help="several scenarios instead of one")
    add_whole(parser, "--at", 180, "day of the decision")
    parser.add_argument("--mode", default="decree", metavar="MODE", help="decree (default) or vote")
    add_study(parser)


@tell_compiling
def execute(arguments: argparse.Namespace) -> None:
    """Read, lint, run, decide, print."""
    from metalab.experiments.decisions.whatif import ask, compare_proposals
    from metalab.experiments.errors import UsageError
    from metalab.experiments.inputs.scenario import finish, read_draft

    if arguments.runs is None:
        raise UsageError("--runs N is missing: how many pairs of futures?")
    if arguments.worlds:
        refuse_ignored(arguments, ("--scenario",), "does nothing beside --worlds")
    drafts = [read_draft(name) for name in (arguments.worlds.split(",") if arguments.worlds else [arguments.scenario or "launch"])]
    worlds = [finish(draft, parse_settings(arguments.settings)) for draft in drafts]
    options = read_options(arguments, drafts[0].days)
    for warning in ask(arguments.proposals, worlds, arguments.at, arguments.mode, options.days)[1]:
        print(f"warning: {warning}", file=sys.stderr)
    decision = compare_proposals(arguments.proposals, worlds, arguments.out, options, at=arguments.at, mode=arguments.mode)
    for name, world in decision.get("worlds", {decision["scenario"]: decision}).items():
        for proposal in world["proposals"]:
            print_proposal(name, proposal, decision["at"])
    print(f"{arguments.out}/decision.json   digest {decision['digest']}")


def print_proposal(world: str, proposal: dict[str, Any], at: int) -> None:
    """The effects whose sign is known, the vote, what undid a decree, what became of conditions and grants, and what moves the price."""
    from metalab.experiments.decisions.plans import tell_plans
    from metalab.experiments.decisions.undoing import tell_undoing

    print(f"{proposal['title']} ({world}, {proposal['pairs']} pairs)")
    if proposal["passes"]:
        vote = proposal["passes"]
        print(f"  passes with probability {vote['probability']:.2f}, turnout {vote['turnout']:.3f}, yes {vote['yes_share']:.2f}")
    if undone := tell_undoing(proposal.get("undone")):
        print(f"  {undone}")
    for notice in proposal.get("notices", []):
        print(f"  notice: {notice}")
    for sentence in tell_plans(proposal):
        print(f"  {sentence}")
    parted = proposal["diverges"]
    print(f"  futures part on day {parted['day']}: {parted['mechanism']}" if parted else "  the futures are the same")
    print_price(proposal, at)
    for name, line in proposal["metrics"].items():
        low, high = line["difference"]["interval"]
        if low > 0 or high < 0:
            mean, surely = line["difference"]["mean"], line["probability_better"]
            better = "" if line["better"] == "none" else f"   better in {surely:.0%}"
            print(f"  {name:<28} {line['baseline']:>14,.6g} {mean:>+14,.4g}   [{low:+,.4g}, {high:+,.4g}]{better}")


def print_price(proposal: dict[str, Any], at: int) -> None:
    """The change of the price as that of worth and that of the premium; nothing where it does not change."""
    from metalab.experiments.decisions.price_change import describe_change, describe_premium, describe_relative, describe_without

    change = describe_change(proposal["metrics"])
    if change:
        print(f"  price without it: {describe_without(proposal['metrics'])}")
        print(f"  {change}")
        print(f"  {describe_relative(proposal['metrics'])}")
        print(f"  {describe_premium(proposal, at)}")
