"""Values of science are values: numpy, pandas, Decimal and Fraction, for the economy and the laboratories alike."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metalab.econ.messaging.fastclock.settings.settings import show_settings
from metalab.experiments import load_scenario
from metalab.experiments.cli import main
from metalab.experiments.errors import BadValueError
from metalab.experiments.inputs.schema import resolve, show_parameters
from metalab.experiments.inputs.tables import read_whole
from metalab.experiments.inputs.values import parse_era, parse_real, parse_whole, read_mapping
from metalab.experiments.laboratories.metalayer_settings import read_settings
from metalab.protocol.governance.governance import LockCurve
from metalab.protocol.kernel.declare import MICRO


def show(path: str, value: Any) -> Any:
    return show_parameters(resolve({path: value}))[path]


SEVEN = [7, 7.0, np.int64(7), np.int32(7), np.float64(7.0), np.array(7), Decimal("7.0"), Fraction(7), np.longdouble(7), pd.Series([7])[0]]


@pytest.mark.parametrize("value", SEVEN, ids=lambda value: type(value).__name__)
def test_seven_is_seven(value: Any) -> None:
    assert show("governance.voting_days", value) == 7
    assert show("rollups.opening_age_days", value) == 7.0
    assert show("staking.minimum", [value * 10_000] * 3) == [70_000] * 3
    assert read_whole("days", value, 1, 9) == 7
    assert type(read_whole("days", value, 1, 9)) is int
    assert show_settings(read_settings({"traffic.rollups": value}))["traffic.rollups"] == 7


NO_SEVEN = [
    True,
    np.bool_(True),
    "7",
    b"7",
    None,
    pd.NA,
    float("nan"),
    np.float64("inf"),
    Decimal("NaN"),
    Decimal("inf"),
    7j,
    [7],
    np.array([7]),
]


@pytest.mark.parametrize("value", NO_SEVEN, ids=repr)
def test_what_is_no_number_is_refused_everywhere(value: Any) -> None:
    for path in ("governance.voting_days", "rollups.opening_age_days"):
        with pytest.raises(BadValueError, match=path):
            resolve({path: value})
    with pytest.raises(BadValueError, match="--rollups"):
        read_settings({"traffic.rollups": value})
    with pytest.raises(BadValueError, match="days"):
        read_whole("days", value, 1, 9)


@pytest.mark.parametrize(
    "value", [7.5, np.float32(6.5), Decimal("6.999999999999999999999"), Fraction(22, 3), Decimal("1e-999999"), Decimal("1e999999")]
)
def test_a_part_of_a_day_is_refused(value: Any) -> None:
    with pytest.raises(BadValueError, match="whole number"):
        resolve({"governance.voting_days": value})


@pytest.mark.parametrize(
    ("value", "micro"),
    [
        (0.1 + 0.2, 300_000),
        (100_000 / 3, 33_333_333_333),
        (Fraction(100_000, 3), 33_333_333_333),
        (Decimal("1.1234567"), 1_123_457),
        (Decimal("0.0000015"), 2),
        (Decimal("0.0000025"), 2),
        (np.float64(5), 5 * MICRO),
        (0, 0),
        (-0.0, 0),
    ],
)
def test_era_are_rounded_to_the_nearest_micro_era(value: Any, micro: int) -> None:
    assert parse_era(value) == micro


@given(st.fractions(-(10**9), 10**9))
def test_no_amount_is_nearer(amount: Fraction) -> None:
    if amount != 0 and abs(amount) <= Fraction(1, 2 * MICRO):
        with pytest.raises(ValueError, match="at least"):
            parse_era(amount)
    else:
        assert abs(parse_era(amount) - amount * MICRO) <= Fraction(1, 2)


@given(st.integers(-(2**70), 2**70), st.integers(-(2**60), 2**60), st.integers(-(2**60), 2**60))
def test_bounds_are_exact(value: int, low: int, high: int) -> None:
    for given_as in (value, Decimal(value), Fraction(value)):
        if low <= value <= high:
            assert parse_whole(given_as, low, high) == value
        else:
            with pytest.raises(ValueError, match="from"):
                parse_whole(given_as, low, high)


@pytest.mark.parametrize("bound", [0.1, 0.7, 1e-9, 12.3])
def test_a_bound_belongs_to_what_is_allowed_however_it_is_written(bound: float) -> None:
    for value in (bound, Decimal(str(bound)), Fraction(str(bound)), np.float64(bound)):
        assert parse_real(value, bound, bound) == bound
    for value in (np.nextafter(bound, 0), np.nextafter(bound, 99), 10**400, Fraction(10**400), Decimal("1e999999"), -(10**400)):
        with pytest.raises(ValueError, match="from"):
            parse_real(value, bound, bound)


def test_vectors_may_be_arrays_columns_and_rows() -> None:
    usual = show_parameters(resolve({}))["fees.split"]
    for value in (np.array(usual), pd.Series(usual, index=list("abcde")), pd.Index(usual), tuple(usual), np.array(usual, float), usual):
        assert show("fees.split", value) == usual
    for wrong in (np.array([usual]), np.array(usual[:-1]), set(usual), dict.fromkeys(usual), pd.DataFrame([usual])):
        with pytest.raises(BadValueError, match=r"fees\.split .*a list of 5"):
            resolve({"fees.split": wrong})


def test_switches_and_choices_of_other_tools() -> None:
    assert show("rollups.closings", np.bool_(False)) is False
    assert show("rollups.closings", pd.Series([True])[0]) is True
    assert show("governance.curve", np.str_("linear")) == "linear"
    assert show("governance.curve", LockCurve.LINEAR) == "linear"
    with pytest.raises(BadValueError, match="true or false"):
        resolve({"rollups.closings": np.int64(1)})


def test_a_row_of_a_table_is_a_world(tmp_path: Path) -> None:
    table = pd.DataFrame({"fees.message_fee_usd": [0.1, 0.2], "governance.voting_days": [5, 6], "rollups.closings": [True, False]})
    table.to_csv(tmp_path / "worlds.csv", index=False)
    for source in (table, pd.read_csv(tmp_path / "worlds.csv")):
        shown = show_parameters(load_scenario("minimal", source.iloc[1]).parameters)
        assert [shown[name] for name in table] == [0.2, 6, False]
    with pytest.raises(BadValueError, match="overrides"):
        load_scenario("minimal", table)  # type: ignore[arg-type]
    assert read_mapping([1]) is None


def test_the_laboratory_takes_what_the_economy_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["metalayer", "--rollups", "6.0", "--guardians", "7", "--minutes", "0.5", "--set", "relaying.relay_failure=0.3"]
    assert main([*words, "--out", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    assert main([*words, "--set", "relaying.relay_failure=1.3", "--out", str(tmp_path / "other")]) == 2
    assert "relaying.relay_failure = 1.3 is not allowed; give a number from 0.0 to 1.0" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_options_count_in_numbers_as_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "minimal", "--days", "3.0", "--seed", "1e1", "--out", str(tmp_path / "out")]) == 0
    assert "minimal, seed 10, 3 days" in capsys.readouterr().out
    for text in ("3.5", "three", "nan", "inf", "", "1e99"):
        assert main(["run", "minimal", "--days", text, "--out", str(tmp_path / "no")]) == 2
        assert f"--days = {text}" in capsys.readouterr().err
