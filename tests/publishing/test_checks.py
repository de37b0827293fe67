"""The last look at an edition before it is published."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nbformat
import pytest
from small_notebooks import PLOTLY, code, figure, notebook

from jiaokou.publishing.checks import gate

PAGES = ["zh/01_economy", "en/01_economy"]
NUMBER = '<data class="observation" value="146" data-observation="projects_planned" title="t">146</data>'
TABLE = "<table><tr><td>1</td></tr></table>"
SHOWN = (
    '<div class="chart"></div><p><data id="projects_planned" class="observation" value="146"></data></p>'
    f'{TABLE}<a href="https://example.org/">x</a><script type="text/plain" id="plotly">'
    f"{'A//' * 9}<img src=//a.b></script>"
)


def build(folder: Path, lang: str, *outputs: dict[str, Any] | nbformat.NotebookNode) -> None:
    path = folder / "notebooks" / lang / "01_economy.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(code("f", outputs=outputs)), path)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A briefing in both languages with its index, right for the gate."""
    for lang in ("zh", "en"):
        build(tmp_path, lang, {PLOTLY: figure()}, {"text/html": f"<p>{NUMBER}</p>{TABLE}"})
        (tmp_path / lang).mkdir()
        (tmp_path / lang / "01_economy.html").write_text(SHOWN)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "observations.csv").write_text("observation,printed\nprojects_planned,146个\n")
    (tmp_path / "index.html").write_text('<tr id="projects_planned">')
    return tmp_path


def test_a_whole_edition_passes(built: Path) -> None:
    assert list(gate(built, PAGES)) == []


@pytest.mark.parametrize(
    ("added", "finding"),
    [
        ('<div class="chart"></div>', "zh/01_economy shows 2 of 1 charts"),
        ('<script src="https://example.org/x.js"></script>', "would ask a network"),
        ("<img alt='' src=//example.org/x.png>", "would ask a network"),
        ('<link rel="stylesheet"\nhref="http://example.org/x.css">', "would ask a network"),
        ("<style>p {background: url('https://example.org/x.png')}</style>", "would ask a network"),
        ("<style>@import 'x.css'</style>", "would ask a network"),
    ],
)
def test_what_a_page_should_not_have_is_found(built: Path, added: str, finding: str) -> None:
    page = built / "zh" / "01_economy.html"
    page.write_text(page.read_text() + added)
    (found,) = gate(built, PAGES)
    assert finding in found


@pytest.mark.parametrize(
    ("lost", "finding"),
    [
        ('<div class="chart"></div>', "zh/01_economy shows 0 of 1 charts"),
        (TABLE, "zh/01_economy shows 0 of 1 tables"),
        (' id="projects_planned"', "zh/01_economy does not show projects_planned"),
    ],
)
def test_what_a_page_should_have_is_missed(built: Path, lost: str, finding: str) -> None:
    page = built / "zh" / "01_economy.html"
    page.write_text(page.read_text().replace(lost, ""))
    assert list(gate(built, PAGES)) == [finding]


@pytest.mark.parametrize(
    "name", ["zh/01_economy.html", "notebooks/en/01_economy.ipynb", "index.html", "data/observations.csv"]
)
def test_a_file_that_is_not_there_is_missed(built: Path, name: str) -> None:
    (built / name).unlink()
    assert list(gate(built, PAGES)) == [f"{name} is missing"]


def test_an_observation_that_the_front_page_does_not_list_is_missed(built: Path) -> None:
    with (built / "data" / "observations.csv").open("a") as table:
        table.write("forest_cover,38.6%\n")
    assert list(gate(built, PAGES)) == ["index.html does not list forest_cover"]


def test_an_error_and_an_empty_chart_are_found(built: Path) -> None:
    failed = nbformat.v4.new_output("error", ename="ValueError", evalue="", traceback=[])
    for lang in ("zh", "en"):
        build(built, lang, {PLOTLY: {"data": [{"type": "bar", "x": [], "y": []}], "layout": {}}}, failed)
    found = list(gate(built, ["zh/01_economy"]))
    assert found == ["zh/01_economy has 1 charts with nothing in them", "zh/01_economy holds an error: ValueError"]


def test_a_number_in_one_language_alone_is_found(built: Path) -> None:
    build(built, "en", {PLOTLY: figure()}, {"text/html": f"<p>{NUMBER.replace('146', '147')}</p>{TABLE}"})
    found = list(gate(built, PAGES))
    assert found == [
        '01_economy has no data-observation="projects_planned" 147 in zh, which another language has',
        '01_economy has no data-observation="projects_planned" 146 in en, which another language has',
    ]


def test_words_may_stand_elsewhere_in_a_chart_of_another_language(built: Path) -> None:
    chart = figure()
    chart["data"].append({"type": "scatter", "mode": "text", "x": [77], "y": [0], "text": ["words"]})
    build(built, "en", {PLOTLY: chart}, {"text/html": f"<p>{NUMBER}</p>{TABLE}"})
    assert list(gate(built, PAGES)) == []


def test_a_chart_that_draws_other_numbers_in_one_language_is_found(built: Path) -> None:
    other = json.loads(json.dumps(figure()).replace("5]", "6]"))
    build(built, "en", {PLOTLY: other}, {"text/html": f"<p>{NUMBER}</p>{TABLE}"})
    assert list(gate(built, PAGES)) == [
        "01_economy has no number 6 in chart 1 in zh, which another language has",
        "01_economy has no number 5 in chart 1 in en, which another language has",
    ]
