"""A number in a page's text is a button, and opens what is known of it."""

from __future__ import annotations

import pytest

import jiaokou
from jiaokou import tables, wording
from jiaokou.data.package import open_package
from jiaokou.html.display import Part
from jiaokou.html.document import Page
from jiaokou.html.markup import parse
from jiaokou.html.popovers import explain

DATA = open_package()


def page(html: str, lang: str = "en", kind: str = "html") -> Page:
    return Page("01_economy", lang, {}, parts=[Part(kind, soup=parse(html))])


def said(lang: str = "en", **templates: str) -> str:
    return wording.narrator(lang, DATA)(**templates).html


def test_a_published_number_opens_its_printed_form_bounds_and_paragraph() -> None:
    shown = page(said(zh="{budget_revenue}", en="Revenue was {budget_revenue}."))
    (note,) = explain(shown, DATA)
    assert 'popovertarget="about-observation-budget_revenue"' in shown.parts[0].html
    assert "title=" not in shown.parts[0].html, "the note says it better"
    assert note.id == "about-observation-budget_revenue"
    assert note.title == "General public budget revenue"
    facts = dict(note.facts)
    assert "突破11亿元" in facts["Printed as"]
    assert 'lang="zh-CN"' in facts["Printed as"]
    assert facts["Bounds"] == "more than CNY 1.1 bn"
    assert facts["Paragraph"] == "10"


def test_a_computed_number_opens_its_formula_and_premise() -> None:
    shown = page(said("zh", zh="{expenditure_2020}", en="{expenditure_2020}"), "zh")
    (note,) = explain(shown, DATA)
    facts = dict(note.facts)
    assert "一般公共预算支出" in facts["算式"]
    assert facts["前提"]


def test_a_tables_value_opens_what_its_columns_do_not_say() -> None:
    rows = jiaokou.pick(jiaokou.load(), "grid_connected_capacity")
    shown = page(tables.observations(rows, "en", package=DATA).as_raw_html(), kind="table")
    (note,) = explain(shown, DATA)
    facts = dict(note.facts)
    assert facts["Paragraph"] == "13"
    assert "New-energy capacity built and on the grid: does not match" in facts["Check"]


def test_what_does_not_match_opens_the_relation() -> None:
    shown = page(tables.cards(jiaokou.pick(jiaokou.load(), "new_energy_capacity"), "en", package=DATA).as_raw_html())
    number, relation = explain(shown, DATA)
    assert relation.title == "New-energy capacity built and on the grid"
    assert dict(relation.facts)["Arithmetic"] == "907 MW ≠ 870 MW"
    assert shown.parts[0].html.count("<button") == 2
    assert number.id != relation.id


def test_a_number_said_twice_has_one_note() -> None:
    shown = page(said(zh="{forest_cover}{forest_cover}", en="{forest_cover}, {forest_cover}"))
    assert len(explain(shown, DATA)) == 1
    assert shown.parts[0].html.count("<button") == 2


def test_punctuation_stays_on_its_numbers_line() -> None:
    shown = page(said("zh", zh="森林（{forest_cover}），{forest_cover}多", en="{forest_cover}"), "zh")
    explain(shown, DATA)
    first, second = shown.parts[0].html.split("</button>")[:2]
    assert '森林<span class="whole">（<button' in first
    assert second.startswith("），</span><button"), "a number without punctuation needs no span"


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ('<data class="derived" value="2" data-derived="what_if" title="computed: 1 + 1">2</data>', "html"),
        ('<data class="derived" value="67" data-derived="projects_unfinished" title="x">67</data>', "table"),
        ("<p>79</p>", "html"),
    ],
    ids=["a what-if of the notebook", "a table, which says all of it", "plain text"],
)
def test_what_has_no_note_is_left_as_it_was(html: str, kind: str) -> None:
    shown = page(html, kind=kind)
    assert explain(shown, DATA) == []
    assert shown.parts[0].html == page(html, kind=kind).parts[0].html


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_observation_and_derived_number_has_facts(lang: str) -> None:
    for kind, frame in (("observation", jiaokou.load()), ("derived", jiaokou.derived()), ("relation", jiaokou.audit())):
        for _, row in frame.iterrows():
            facts = tables.facts(kind, row, lang, package=DATA)
            assert len(facts) >= 3
            assert all(term and fact for term, fact in facts)
