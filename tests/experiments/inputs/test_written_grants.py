"""Grants as people write them: who pays whom how much, in parts that sum exactly, again and again; and what is refused."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.kernel.scenario import PlannedGrant
from metalab.experiments import load_scenario
from metalab.experiments.errors import ProblemError
from metalab.experiments.inputs.planning.conditions import show_condition
from metalab.experiments.inputs.planning.grants import PAYERS, TARGETS, Grant, read_grants, resolve_grants
from metalab.experiments.inputs.planning.room import compute_most_treasury
from metalab.experiments.inputs.toml_lines import parse_document
from metalab.protocol.kernel.declare import MICRO
from metalab.protocol.policy.grants import GrantPayer, GrantTarget

HEAD = '[[grants]]\nfrom = "treasury"\nto = "developers"\n'
TO = int(GrantTarget.DEVELOPERS)


def read(text: str, head: str = HEAD) -> list[Grant]:
    return read_grants(parse_document(head + text, "mine.toml"), 0)


def plan(text: str, at: int = 0, head: str = HEAD) -> tuple[PlannedGrant, ...]:
    return resolve_grants(read(text, head), at)


@pytest.mark.parametrize(
    ("text", "grants"),
    [
        ("era = 2.5\nday = 4", [(4, 2_500_000)]),
        ("era = 2.5", [(180, 2_500_000)]),
        ("era = 1\nafter_days = 30", [(210, MICRO)]),
        ("era = 1\nevery_days = 30\ntimes = 3", [(180, MICRO), (210, MICRO), (240, MICRO)]),
        ("era = 1\nfrom_day = 200\nevery_days = 7\ntimes = 2", [(200, MICRO), (207, MICRO)]),
        ("era = 1\nafter_days = 5\nevery_days = 7\ntimes = 2", [(185, MICRO), (192, MICRO)]),
        ("era = 3\ntranches = [{ share = 0.5 }, { share = 0.5, after_days = 90 }]", [(180, 1_500_000), (270, 1_500_000)]),
        ("era = 3\nafter_days = 10\ntranches = [{ share = 0.5 }, { share = 0.5, after_days = 90 }]", [(190, 1_500_000), (280, 1_500_000)]),
        ("era = 3\nafter_days = 10\ntranches = [{ share = 0.5 }, { share = 0.5, from_day = 300 }]", [(190, 1_500_000), (300, 1_500_000)]),
        ("era = 3\nday = 200\ntranches = [{ share = 1 }]", [(200, 3_000_000)]),
    ],
)
def test_every_key_is_read(text: str, grants: list[tuple[int, int]]) -> None:
    assert plan(text, at=180) == tuple(PlannedGrant(max(day, 180), TO, amount) for day, amount in grants)


def test_amounts_in_usd_and_other_payers() -> None:
    assert plan("usd = 100.5\nday = 4") == (PlannedGrant(4, TO, 0, 100.5),)
    insurance = '[[grants]]\nfrom = "insurance"\nto = "treasury"\n'
    assert plan("era = 1\nday = 4", head=insurance) == (PlannedGrant(4, int(GrantTarget.TREASURY), MICRO, payer=int(GrantPayer.INSURANCE)),)
    parts = plan("usd = 300\nday = 1\ntranches = [{ share = 0.25 }, { share = 0.75, after_days = 2 }]")
    assert [(grant.day, grant.amount, grant.usd) for grant in parts] == [(1, 0, 75.0), (3, 0, 225.0)]


def test_a_grant_that_is_voted_on_keeps_its_days_from_the_decision() -> None:
    (first, second) = resolve_grants(read("era = 1\nafter_days = 3\nevery_days = 30\ntimes = 2"), 180, is_voted=True)
    assert [(grant.day, grant.wait) for grant in (first, second)] == [(180, 3), (180, 33)]
    (fixed,) = resolve_grants(read("era = 1\nfrom_day = 200"), 180, is_voted=True)
    assert (fixed.day, fixed.wait) == (200, 0)


def test_a_tranche_has_the_grants_condition_unless_it_has_its_own() -> None:
    text = 'era = 1\nwhen = "day > 1"\ntranches = [{ share = 0.5 }, { share = 0.5, after_days = 9, when = "day > 2" }]'
    shown = [show_condition(grant.condition) for grant in read(text) if grant.condition]
    assert shown == [["day > 1.0"], ["day > 2.0"]]


@given(st.integers(10**3, 10**15), st.lists(st.integers(1, 100), min_size=1, max_size=12))
def test_tranches_sum_to_the_grant_to_the_last_unit(micro: int, weights: list[int]) -> None:
    # Shares with six decimals, the last one what the others leave.
    shares = [Decimal(weight * 10**4 // sum(weights)) / 10**4 for weight in weights]
    shares[-1] = 1 - sum(shares[:-1])
    if min(shares) < Decimal("0.001"):
        return
    parts = ", ".join(f"{{ share = {share:f}, after_days = {k} }}" for k, share in enumerate(shares))
    grants = plan(f"era = {Decimal(micro) / MICRO:f}\ntranches = [{parts}]")
    assert sum(grant.amount for grant in grants) == micro
    assert [grant.day for grant in grants] == list(range(len(shares)))
    assert all(abs(grant.amount - micro * share) <= len(shares) for grant, share in zip(grants, shares, strict=True))


@given(st.integers(2, 120), st.integers(1, 60), st.integers(0, 400))
def test_repetitions_are_equal_and_equally_far_apart(times: int, every: int, at: int) -> None:
    grants = plan(f"era = 7\nevery_days = {every}\ntimes = {times}", at)
    assert [grant.day - at for grant in grants] == [k * every for k in range(times)]
    assert {grant.amount for grant in grants} == {7 * MICRO}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "either 'era' or 'usd'"),
        ("era = 1\nusd = 1", 1, "either 'era' or 'usd'"),
        ("ear = 1", 4, "did you mean 'era'"),
        ("era = 0", 4, "a positive number of ERA"),
        ("era = -1", 4, "a positive number of ERA"),
        ("era = 1_000_000_001", 4, "up to 1,000,000,000"),
        ("era = 0.0000001", 4, "at most 6 decimals"),
        ('era = "1"', 4, "a positive number of ERA"),
        ("usd = 0", 4, "a positive number of USD"),
        ("usd = inf", 4, "a positive number of USD"),
        ("usd = nan", 4, "a positive number of USD"),
        ("usd = 1e10", 4, "up to 1,000,000,000"),
        ("usd = true", 4, "a positive number of USD"),
        ("era = 1\nuntil = 9", 5, "key 'until' does not exist"),
        ("era = 1\nevery_days = 3", 5, "times with it"),
        ("era = 1\ntranches = []", 5, "a list of tables"),
        ("era = 1\ntranches = 3", 5, "a list of tables"),
        ("era = 1\ntranches = [0.5, 0.5]", 5, "a list of tables"),
        ("era = 1\ntranches = [{ day = 3 }]", 5, "share = None"),
        ("era = 1\ntranches = [{ share = 0.5 }, { share = 0.4 }]", 5, "sum to 1"),
        ("era = 1\ntranches = [{ share = 0.5 }, { share = 0.6 }]", 5, "sum to 1"),
        ("era = 1\ntranches = [{ share = 1.5 }, { share = -0.5 }]", 5, "above 0, up to 1"),
        ("era = 1\ntranches = [{ share = 0 }, { share = 1 }]", 5, "above 0, up to 1"),
        ("era = 1\ntranches = [{ share = nan }]", 5, "above 0, up to 1"),
        ("era = 1\ntranches = [{ share = true }]", 5, "above 0, up to 1"),
        ("era = 1\ntranches = [{ share = 1, dya = 3 }]", 5, "did you mean 'day'"),
        ("era = 1\ntranches = [{ share = 1, day = -3 }]", 5, "from 0"),
        ("era = 1\nevery_days = 2\ntimes = 2\ntranches = [{ share = 1 }]", 7, "either tranches or every_days"),
        ("era = 0.000001\ntranches = [{ share = 0.5 }, { share = 0.5 }]", 4, "a positive number of ERA"),
    ],
)
def test_what_cannot_be_is_told_in_one_line_with_its_place(text: str, line: int, words: str) -> None:
    with pytest.raises(ProblemError) as caught:
        plan(text)
    assert str(caught.value).startswith(f"mine.toml line {line}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("payer", "target", "line", "words"),
    [
        ('"tresury"', '"burn"', 2, "treasury, insurance"),
        ('["treasury"]', '"burn"', 2, "treasury, insurance"),
        ('"treasury"', '"treasury"', 3, "somebody else than treasury"),
        ('"insurance"', '"insurance"', 3, "somebody else than insurance"),
        ('"treasury"', '"user"', 3, "did you mean 'users'"),
        ('"treasury"', "7", 3, "grant target '7' does not exist"),
        ('"treasury"', '["burn"]', 3, "does not exist"),
    ],
)
def test_accounts_that_cannot_pay_or_receive_are_told(payer: str, target: str, line: int, words: str) -> None:
    with pytest.raises(ProblemError, match=rf"^mine\.toml line {line}: ") as caught:
        plan("era = 1\nday = 1", head=f"[[grants]]\nfrom = {payer}\nto = {target}\n")
    assert words in str(caught.value)


def test_every_pair_that_may_be_named_can_be_planned() -> None:
    for payer in PAYERS:
        for target in TARGETS:
            if target != payer:
                assert plan("era = 1\nday = 1", head=f'[[grants]]\nfrom = "{payer}"\nto = "{target}"\n')


def write(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(f'extends = "minimal"\n{text}', encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + "era = 9e8\nday = 1\n", 5, "900,000,000 ERA is not allowed; give grants of at most"),
        (HEAD + "era = 1\nday = 1\n" + HEAD + "era = 9e8\nday = 2\n", 10, "900,000,001 ERA"),
        (HEAD + "era = 1e8\nday = 1\nevery_days = 1\ntimes = 2\n", 5, "200,000,000 ERA"),
        (HEAD + "era = 1\n", 2, "[[grants]] lacks 'day' or 'after_days'"),
        # No condition holds on the first morning: without a day it would always lapse.
        (HEAD + 'era = 1\nwhen = "day >= 0"\n', 2, "[[grants]] lacks 'day' or 'after_days'"),
        (HEAD + "era = 1\ntranches = [{ share = 0.5, day = 3 }, { share = 0.5 }]\n", 2, "[[grants]] lacks 'day' or 'after_days'"),
        (HEAD + "era = 1\nday = 2025-07-16\n", 5, "a date before the run"),
    ],
)
def test_what_no_run_could_pay_is_refused_before_it(tmp_path: Path, text: str, line: int, words: str) -> None:
    with pytest.raises(ProblemError, match=rf"mine\.toml line {line}: ") as caught:
        load_scenario(write(tmp_path, text))
    assert words in str(caught.value)


def test_more_payments_and_conditions_than_there_is_room_for_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r"mine\.toml: payments in \[\[grants\]\] = 360 is not allowed; give at most 256"):
        load_scenario(write(tmp_path, 3 * (HEAD + "era = 1\nday = 1\nevery_days = 1\ntimes = 120\n")))
    conditions = "".join(f'{HEAD}era = 1\nday = 9\nwhen = "day > {k}"\n' for k in range(33))
    with pytest.raises(ProblemError, match=r"different conditions in 'when' = 33 is not allowed; give at most 32"):
        load_scenario(write(tmp_path, conditions))
    assert len(load_scenario(write(tmp_path, conditions[: conditions.rindex("[[grants]]")])).grants) == 32


def test_two_grants_of_which_one_may_lapse_are_judged_one_by_one(tmp_path: Path) -> None:
    either = "".join(f'{HEAD}era = 1e8\nday = 9\nwhen = "price_usd {sign} 0.1"\n' for sign in ("<", ">="))
    assert len(load_scenario(write(tmp_path, either)).grants) == 2


def test_what_can_be_in_the_treasury_only_grows() -> None:
    most = [compute_most_treasury(load_scenario("minimal"), day) for day in range(0, 1500, 100)]
    assert most == sorted(most)
    assert 0 < most[0] < most[-1] < 10**9 * MICRO
