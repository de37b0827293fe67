"""What is derived carries the bounds of what it is derived from."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import jiaokou
from jiaokou.analysis import derive
from jiaokou.data.package import default_package
from jiaokou.errors import JiaokouError


def of(code: str) -> pd.Series:
    return jiaokou.derived().set_index("derived").loc[code]


def test_the_implied_expenditure_of_2020_lies_between_13_45_and_13_64():
    row = of("expenditure_2020")
    assert row["formula"] == "budget_expenditure / (1 + budget_expenditure_growth / 100)"
    assert (round(row["lower"] / 1e8, 2), round(row["upper"] / 1e8, 2), row["unit"]) == (13.45, 13.64, "CNY")


def test_the_completed_investment_has_two_readings():
    all_projects, completed_ones = of("investment_completion_rate"), of("mean_completed_investment")
    assert (round(all_projects["value"], 2), all_projects["unit"]) == (61.76, "percent")
    assert (round(completed_ones["value"] / 1e8, 2), completed_ones["unit"]) == (4.77, "CNY")
    assert all_projects["premise_en"] != completed_ones["premise_en"]


def test_a_ratio_of_exact_counts_is_exact():
    row = of("projects_completion_rate")
    assert row["lower"] == row["value"] == row["upper"] == pytest.approx(100 * 79 / 146)


def test_a_quotient_with_an_open_numerator_stays_open_above():
    row = of("revenue_to_expenditure")
    assert pd.isna(row["upper"])
    assert row["lower"] == pytest.approx(100 * 11 / 17.25)


def test_the_started_projects_can_only_be_thirty():
    row = of("signed_projects_started")
    assert 29 < row["lower"] <= 30 <= row["upper"] < 31


def test_every_derived_value_lies_within_its_bounds_and_tells_its_premise():
    frame = jiaokou.derived()
    assert (frame["lower"] <= frame["value"]).all()
    assert (frame["value"] <= frame["upper"].fillna(float("inf"))).all()
    assert not frame.drop(columns=["second", "upper"]).isna().any().any()
    assert list(frame.loc[frame["second"].isna(), "kind"]) == ["mean_growth"]


def test_growth_over_the_plan_is_so_much_a_year():
    row = of("expenditure_mean_growth")
    assert row["formula"] == "((1 + budget_expenditure_growth / 100) ** (1 / 5) - 1) * 100"
    for bound, growth in (("lower", 26.5), ("value", 27), ("upper", 27.5)):
        assert (1 + row[bound] / 100) ** 5 == pytest.approx(1 + growth / 100)


def test_what_a_share_leaves_over_is_the_rest_of_the_whole():
    built, rest, total = of("total_power_from_built"), of("other_power_from_built"), 907
    assert built["value"] - rest["value"] == pytest.approx(total)


@given(st.floats(1, 1e9), st.floats(0.1, 0.5), st.floats(1.1, 50), st.integers(1, 40))
def test_growing_at_the_required_rate_reaches_the_target(value, doubt, factor, years):
    row = {"lower": value * (1 - doubt), "upper": value * (1 + doubt)}
    low, high = derive.required_growth(row, value * factor, years)
    assert row["upper"] * (1 + low / 100) ** years == pytest.approx(value * factor, rel=1e-9)
    assert row["lower"] * (1 + high / 100) ** years == pytest.approx(value * factor, rel=1e-9)


@pytest.mark.parametrize(
    ("target", "years"), [(0, 5), (-1, 5), (100, 0), (100, -3), (float("nan"), 5), (100, float("inf"))]
)
def test_growth_without_a_meaning_is_refused(target, years):
    with pytest.raises(JiaokouError, match="choose"):
        derive.required_growth({"lower": 1, "upper": 2}, target, years)


def test_growth_from_zero_is_refused():
    with pytest.raises(JiaokouError, match="from zero"):
        derive.required_growth({"lower": 0, "upper": 2}, 10, 5)


def test_growth_that_nothing_bounds_below_has_no_lowest():
    low, high = derive.required_growth({"lower": 1.0, "upper": None}, 2, 1)
    assert (low, high) == (None, 100)


def test_more_than_stays_more_than_in_what_is_derived():
    row = of("revenue_to_expenditure")
    assert row["lower_open"]
    assert not row["upper_open"]


def test_a_derived_number_may_rest_on_other_derived_numbers():
    row = of("mean_outstanding_investment")
    assert row["formula"] == (
        "(projects_investment_planned - projects_investment_completed) / (projects_planned - projects_completed)"
    )
    assert row["observations"].split() == [
        "projects_investment_planned",
        "projects_investment_completed",
        "projects_planned",
        "projects_completed",
    ]
    assert row["value"] == pytest.approx((610.83 - 377.22) * 1e8 / (146 - 79))


def test_streets_and_lanes_are_counted_both_ways():
    assert (of("named_streets_and_lanes")["value"], of("streets_and_lanes_apart")["value"]) == (7, 10)


def test_an_operand_that_there_is_not_is_named_with_what_comes_near(tmp_path):
    package = shutil.copytree(default_package(), tmp_path / "package")
    file = package / "derivations.csv"
    file.write_text(file.read_text("utf-8").replace(",projects_unfinished,CNY", ",projects_unfinish,CNY"), "utf-8")
    with pytest.raises(
        JiaokouError, match=r"no observation and no derivation above it; .* did you mean projects_unfinished"
    ):
        jiaokou.derived(package=package)
