"""Relations in words and signs, in both languages."""

from __future__ import annotations

import re
import shutil

import pytest

import jiaokou
from jiaokou import wording
from jiaokou.data.package import default_package, open_package

DATA = open_package()
RELATIONS = jiaokou.audit().set_index("relation", drop=False)


@pytest.mark.parametrize(
    ("relation", "zh", "en"),
    [
        ("started_share_is_whole", "85.71% × 35个 = 整数", "85.71% × 35 = a whole number"),
        ("new_energy_one_quantity", "90.7万千瓦 ≠ 87万千瓦", "907 MW ≠ 870 MW"),
        ("expenditure_growth_needs_base", "17.2亿元 ÷ ？ − 1 = 27%", "CNY 1.72 bn ÷ ? − 1 = 27%"),
        ("safety_systems_as_listed", "5个 = 所列5项", "5 = 5 listed"),
        ("top_three_once_a_year", "3次 ≤ 5年", "3 ≤ 5 years"),
        ("magnesium_within_blueprint", "10万吨/年 + 6万吨/年 ≤ 30万吨/年", "100,000 t/a + 60,000 t/a ≤ 300,000 t/a"),
    ],
)
def test_a_relation_is_one_line_of_arithmetic(relation, zh, en):
    assert wording.arithmetic(RELATIONS.loc[relation], "zh", DATA) == zh
    assert wording.arithmetic(RELATIONS.loc[relation], "en", DATA) == en


@pytest.mark.parametrize(
    ("relation", "en"),
    [
        (
            "new_energy_one_quantity",
            "at least 35.5 MW apart after rounding; possible explanation: "
            + RELATIONS.at["new_energy_one_quantity", "explanation_en"],
        ),
        ("projects_completed_within_planned", "would notice 0 of 43 single-digit misprints"),
        ("forest_cover_needs_area", "not printed: The areas of the forest and of the county"),
        ("grid_within_new_energy", "premise: Wind and solar are part of the new energy"),
    ],
)
def test_a_verdict_says_what_it_rests_on(relation, en):
    assert wording.because(RELATIONS.loc[relation], "en", DATA) == en


@pytest.mark.parametrize(("rules", "said"), [("half_up half_even", "half up and half even"), ("", "a rule of its own")])
def test_a_rule_of_rounding_that_is_needed_is_named(rules, said):
    row = RELATIONS.loc["grid_within_new_energy"].copy()
    row["rules"], row["reading_en"] = rules, None
    assert said in wording.because(row, "en", DATA)


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_relation_is_worded_without_a_code(lang):
    for _, row in RELATIONS.iterrows():
        text = wording.arithmetic(row, lang, DATA) + wording.because(row, lang, DATA)
        assert not re.search(r"[a-z]_[a-z]|nan|None|[{}]", text), text


def test_what_is_said_of_a_number_names_each_relation_and_its_verdict():
    observed = wording.records(DATA, "observations")
    said = wording.verdicts(observed["grid_connected_capacity"], "en", DATA).split("; ")
    assert len(said) == 3
    assert "New-energy capacity built and on the grid: does not match" in said
    assert wording.verdicts(observed["street_lights_added"], "en", DATA) == ""


def test_an_observation_may_have_the_name_of_a_word_of_formulas(tmp_path):
    package = shutil.copytree(default_package(), tmp_path / "package")
    for file in package.rglob("*.csv"):
        file.write_text(re.sub(r"\bprojects_signed\b", "listed", file.read_text("utf-8")), "utf-8")
    row = jiaokou.audit(package=package).set_index("relation").loc["started_share_is_whole"]
    assert wording.arithmetic(row, "en", open_package(package)) == "85.71% × 35 = a whole number"
