"""What a statistician would ask of the rows: stocks at a date, growth on a base, nominal numbers exact, works counted once."""

from __future__ import annotations

import shutil

import pandas as pd
import pytest

import jiaokou
from jiaokou.data.package import default_package
from jiaokou.errors import JiaokouError

OBSERVED, INDICATORS = jiaokou.load().set_index("observation"), jiaokou.indicators().set_index("indicator")


@pytest.mark.parametrize(
    ("observation", "old", "new", "said"),
    [
        ("forest_cover", "2025-12-31,2025-12-31", "2021-01-01,2025-12-31", "is a stock, which stands at a date, not from"),
        ("budget_expenditure_growth", "2020-01-01,2020-12-31", ",", "a growth needs the period that it is on; fill in"),
        ("budget_expenditure", "true,,", "true,2020-01-01,2020-12-31", "only a growth has a base period; empty"),
        ("budget_expenditure_growth", "2020-01-01,2020-12-31", "2020-01-01,2025-12-31", "the base does not lie before"),
        ("budget_expenditure", "2025-01-01,2025-12-31", "2025-01-01,", "one day of the period is missing; fill in both"),
        ("blueprint_coal", ",,false", ",,true", "there is no period to be implied; fill it in, or write false"),
    ],
)  # fmt: skip
def test_a_period_that_does_not_fit_what_is_measured_is_refused(tmp_path, observation, old, new, said):
    package = shutil.copytree(default_package(), tmp_path / "package")
    (file,) = (file for file in (package / "observations").iterdir() if f"\n{observation}," in file.read_text("utf-8"))
    lines = file.read_text("utf-8").splitlines()
    (row,) = (n for n, line in enumerate(lines) if line.startswith(f"{observation},"))
    assert old in lines[row]
    lines[row] = lines[row].replace(old, new, 1)
    file.write_text("\n".join([*lines, ""]), "utf-8")
    with pytest.raises(JiaokouError, match=rf"{file.name}, row {row + 1}, .*{said}"):
        jiaokou.load(package=package)


@pytest.mark.parametrize("named", ["nanhe_reservoir_building", "red_army_march_site_3a", "water_delivery_huilong"])
def test_the_same_works_are_those_of_a_milestone_of_the_section_that_is_counted(tmp_path, named):
    package = shutil.copytree(default_package(), tmp_path / "package")
    file = package / "milestones" / "economy.csv"
    text = file.read_text("utf-8")
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if line.startswith("electric_motor_auto_line,"):
            lines[number] = line.replace(",electric_motor_phase_one,", f",{named},")
    file.write_text("\n".join([*lines, ""]), "utf-8")
    if named == "nanhe_reservoir_building":
        assert (jiaokou.milestones(package=package)["same_as"] == named).any()
    else:
        with pytest.raises(JiaokouError, match=f"“{named}” is not counted itself, or not in this section"):
            jiaokou.milestones(package=package)


def test_nominal_numbers_are_exact():
    nominal = OBSERVED[OBSERVED["basis"].isin(["target", "design_capacity", "equipment", "threshold", "name"])]
    assert (nominal["lower"] == nominal["value"]).all()
    assert (nominal["upper"] == nominal["value"]).all()
    assert not nominal[["lower_open", "upper_open"]].any(axis=None)
    assert OBSERVED.at["foundry_park_capacity", "upper"] == 1_000_000


def test_more_than_excludes_the_number_and_or_less_includes_it():
    over = OBSERVED[OBSERVED["qualifier"] == "over"]
    assert set(over["printed"]) == {"突破11亿元", "超184座", "超80%"}
    assert over["lower_open"].all()
    assert (over["lower"] == over["value"]).all()
    assert OBSERVED.at["village_income_threshold", "qualifier"] == "up_to"


def test_of_a_number_rounded_to_the_nearest_the_upper_bound_is_excluded():
    row = OBSERVED.loc["new_energy_capacity"]
    assert (row["lower"], row["lower_open"], row["upper"], row["upper_open"]) == (906.5, False, 907.5, True)


def test_growth_says_what_it_is_on():
    growth = OBSERVED[OBSERVED["indicator"].map(INDICATORS["measure"]) == "growth"]
    assert growth["base_start"].dt.year.to_dict() == {
        "fixed_asset_investment_growth": 2024,
        "budget_expenditure_growth": 2020,
    }


def test_targets_without_a_year_have_no_period():
    undated = OBSERVED[OBSERVED["undated"]]
    assert set(undated.index) == set(OBSERVED.index[OBSERVED.index.str.startswith("blueprint_")])
    assert undated[["period_start", "period_end"]].isna().all(axis=None)


def test_numbers_inside_names_are_kept_and_are_no_values():
    names = OBSERVED[OBSERVED["basis"] == "name"]
    assert set(names["printed"]) == {"三街", "四巷", "两高", "一环", "三馆", "一院"}
    assert set(jiaokou.values()["observation"]) == set(OBSERVED.index) - set(names.index)


def test_every_observation_has_a_milestone_and_a_milestone_may_have_several():
    numbers = jiaokou.milestones().set_index("milestone")["observations"]
    assert set(numbers.dropna().str.split().explode()) == set(OBSERVED.index)
    assert numbers["trunk_road_network"].split() == ["named_expressways", "named_ring_roads"]
    assert pd.isna(numbers["livelihood_spending"])


def test_values_of_one_indicator_are_told_apart_by_the_columns_named():
    together = OBSERVED.groupby("indicator")["differs_by"]
    for indicator, rows in OBSERVED[OBSERVED["differs_by"] != ""].groupby("indicator"):
        told = {tuple(str(row[column]) for column in row["differs_by"].split()) for _, row in rows.iterrows()}
        assert len(told) == len(rows), indicator
    assert (together.transform("size")[OBSERVED["differs_by"] == ""] == 1).all()


def test_one_frame_says_everything_about_a_value():
    row = jiaokou.values("economy").set_index("observation").loc["grid_connected_capacity"]
    assert (row["measure"], row["stock_flow"], row["entity_en"]) == ("power", "stock", "Jiaokou County")
    assert "batch of wind and solar projects" in row["note_en"]
    assert row["definition_zh"] == INDICATORS.at["grid_connected_capacity", "definition_zh"]
