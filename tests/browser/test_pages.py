"""Pages of a real edition in a real browser: whole, quiet, and readable on any screen."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from opened_pages import CUT, MARKS, OUTSIDE, opened
from playwright.sync_api import Browser, Page
from small_notebooks import PLOTLY, code, figure, notebook, text

import jiaokou
from jiaokou.html.exporter import BriefingExporter
from jiaokou.publishing.publish import Edition

WIDTHS = (1280, 768, 640, 375, 320)  # 640 is 1280 at a zoom of 200 %


def sideways(page: Page) -> int:
    """How far the page can be scrolled sideways, in pixels."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_page_is_whole_quiet_and_fits_every_width(browser: Browser, pages: list[Path], dark: bool) -> None:
    assert len(pages) == 17
    for path in pages:
        with opened(browser, path, dark=dark) as page:
            marks = page.evaluate(MARKS)
            assert all(marks), f"{path.name}: a chart without marks: {marks}"
            assert len(marks) == page.locator("figure .chart").count()
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_timeout(150)
                assert sideways(page) == 0, f"{path} at {width} px"
                assert page.evaluate(CUT) == [], f"{path} at {width} px"
                assert page.evaluate(OUTSIDE) == [], f"{path} at {width} px"
            page.set_viewport_size({"width": 768, "height": 900})
            page.add_style_tag(content="html { font-size: 200% !important }")
            page.wait_for_timeout(150)
            assert sideways(page) == 0, f"{path} with letters of twice the size"
            assert page.evaluate(CUT) == [], f"{path} with letters of twice the size"


SHAPES = """() => [...document.querySelectorAll('.chart')].map((chart) => ({
    height: chart.offsetHeight,
    room: getComputedStyle(chart).minHeight,
}))"""


def test_a_chart_is_as_tall_as_its_labels_need_on_each_screen_and_as_the_page_has_left_room_for(
    edition: Edition, browser: Browser
) -> None:
    with opened(browser, edition.path / "en" / "07_audit.html") as page:
        desk = page.evaluate(SHAPES)
        page.set_viewport_size({"width": 390, "height": 900})
        page.wait_for_function("getComputedStyle(document.documentElement).getPropertyValue('--charts') == 'narrow'")
        page.wait_for_timeout(500)
        phone = page.evaluate(SHAPES)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.wait_for_timeout(500)
        assert page.evaluate(SHAPES) == desk
    with opened(browser, edition.path / "en" / "07_audit.html", width=390) as page:
        assert page.evaluate(SHAPES) == phone
    assert sum(chart["height"] for chart in phone) > sum(chart["height"] for chart in desk)
    for chart in (*desk, *phone):
        assert chart["room"] == f"{chart['height']}px"


def test_every_chart_of_the_notebooks_is_on_its_page(edition: Edition, browser: Browser) -> None:
    charts = 0
    for path in sorted((edition.path / "notebooks").rglob("*.ipynb")):
        outputs = [o for cell in nbformat.read(path, as_version=4).cells for o in cell.get("outputs", [])]
        expected = sum(PLOTLY in output.get("data", {}) for output in outputs)
        charts += expected
        with opened(browser, edition.path / path.parent.name / f"{path.stem}.html") as page:
            assert page.locator("figure .chart .main-svg:first-child").count() == expected
    assert charts >= 32


def test_pages_stay_small_and_say_their_language(edition: Edition) -> None:
    for lang, tag in (("zh", "zh-CN"), ("en", "en-GB")):
        for path in (edition.path / lang).glob("*.html"):
            html = path.read_text(encoding="utf-8")
            assert path.stat().st_size < 2_200_000, path
            assert f'<html lang="{tag}">' in html
            assert "Content-Security-Policy" in html
            assert "unsafe-eval" not in html[: html.index("<style>")]
            ids = re.findall(r'<[^>]*\sid="([^"]+)"', re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL))
            assert len(ids) == len(set(ids)), f"{path}: an id comes twice"


def test_charts_follow_the_readers_colours(edition: Edition, browser: Browser) -> None:
    colour = "() => getComputedStyle(document.querySelector('.chart text')).fill"
    with opened(browser, edition.path / "zh" / "01_economy.html", dark=True) as page:
        dark = page.evaluate(colour)
        page.emulate_media(color_scheme="light")
        page.wait_for_function(
            "(dark) => getComputedStyle(document.querySelector('.chart text')).fill !== dark", arg=dark
        )
        light = page.evaluate(colour)
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) > 380 > sum(map(int, re.findall(r"\d+", light)[:3]))


def test_without_scripts_the_words_numbers_and_descriptions_remain(edition: Edition, browser: Browser) -> None:
    with opened(browser, edition.path / "en" / "01_economy.html", scripts=False) as page:
        said = page.inner_text("main")
        figures = page.locator("figure").count()
        assert figures == page.locator("figure details[open]").count() == page.locator("figure .source").count()
        assert page.locator("figure .waiting").count() == figures
        assert "paragraph" in said
        assert "Bar" in said
        assert sideways(page) == 0


def test_the_index_finds_observations_as_one_types(edition: Edition, browser: Browser) -> None:
    with opened(browser, edition.index) as page:
        rows = page.locator("#observations tbody tr:visible")
        assert rows.count() == len(jiaokou.load())
        page.fill("#search", "610.83 INVESTMENT")
        assert rows.count() >= 1
        assert all("610.83" in row.inner_text() for row in rows.all())
        page.fill("#search", "no such thing")
        assert rows.count() == 0
        assert page.inner_text("#count").startswith("0 /")


HIDDEN = """() => [...document.querySelectorAll('#observations :is(td, th)')].filter((cell) => {
    const box = cell.getBoundingClientRect(), room = cell.closest('.table').getBoundingClientRect();
    return cell.textContent && (box.right > room.right + 1 || box.left < room.left - 1);
}).map((cell) => cell.textContent)"""
BROKEN = """() => [...document.querySelectorAll('#observations td:not(:last-child)')].flatMap((cell) => {
    const words = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT), range = document.createRange(), broken = [];
    while (words.nextNode()) {
        range.selectNode(words.currentNode);
        if (range.getClientRects().length > 1) broken.push(words.currentNode.data);
    }
    return broken;
})"""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_index_hides_no_column_on_any_screen(edition: Edition, browser: Browser, scripts: bool) -> None:
    with opened(browser, edition.index, scripts=scripts) as page:
        for width in (1280, 1024, 900, 768, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(HIDDEN) == [], f"at {width} px"


def test_the_index_is_a_table_on_a_desk_and_a_list_of_rows_on_a_phone(edition: Edition, browser: Browser) -> None:
    head = "(cell) => getComputedStyle(cell, '::before').content"
    with opened(browser, edition.index) as page:
        printed = page.locator("#observations tbody td[lang]").first
        assert page.evaluate(BROKEN) == []
        assert printed.evaluate(head) == "none"
        page.set_viewport_size({"width": 390, "height": 900})
        assert printed.evaluate(head) == '"原文 Printed as"'
        page.fill("#search", "610.83 INVESTMENT")
        rows = page.locator("#observations tbody tr:visible")
        assert 1 <= rows.count() < 5
        assert all("610.83" in row.inner_text() for row in rows.all())


def test_links_of_an_edition_lead_from_page_to_page(edition: Edition, browser: Browser) -> None:
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.goto(edition.index.as_uri())
    page.click("a[href='en/01_economy.html']")
    assert page.title().startswith(page.inner_text("h1"))
    page.click("header a[hreflang='zh-CN']")
    assert page.url.endswith("/zh/01_economy.html")
    page.click("header a[href='../index.html']")
    assert page.url.endswith("/index.html")
    context.close()


def export(path: Path, *cells: NotebookNode) -> Path:
    html, _ = BriefingExporter().from_notebook_node(notebook(*cells), {"metadata": {"name": "01_economy"}})
    path.write_text(html, encoding="utf-8")
    return path


DANGEROUS = """() => [...document.querySelectorAll('main *')].flatMap((element) =>
    [...element.attributes]
        .filter(({name, value}) => /^on/.test(name) || /(^|:)(href|src)$/.test(name) && !/^(#|data:text\\/csv)/.test(value))
        .map(({name, value}) => `${element.tagName} ${name}=${value}`))"""
HOSTILE = [
    "</script><script>document.title = 'broken'</script>",
    "<img src=x onerror=\"document.title = 'broken'\">",
    '<a href="javascript:document.title=1">x</a>',
    "\"'><svg onload=\"document.title = 'broken'\">",
    "\u202edesrever\u2028\u0000",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_words_in_a_chart_do_nothing(browser: Browser, tmp_path: Path, hostile: str) -> None:
    chart = figure(title=hostile, description=hostile, source=hostile)
    chart["data"][0] |= {"x": [hostile, "b"], "name": hostile, "hovertext": hostile}
    with opened(browser, export(tmp_path / "page.html", code("f", outputs=[{PLOTLY: chart}]))) as page:
        assert page.title().startswith("经济")
        assert page.locator("figure").count() == 1
        assert page.evaluate(DANGEROUS) == []


def test_a_script_in_an_output_is_not_run(browser: Browser, tmp_path: Path) -> None:
    output = {"text/html": "<p>before</p><script>document.title = 'broken'</script><p onclick='x()'>after</p>"}
    path = export(tmp_path / "page.html", code("f", outputs=[output]), text("## End"))
    context = browser.new_context()
    page = context.new_page()
    page.goto(path.as_uri())
    assert page.title().startswith("经济")
    assert page.locator("h2", has_text="End").count() == 1
    context.close()


def test_any_figure_is_drawn_without_a_word_from_the_policy(browser: Browser, tmp_path: Path) -> None:
    import plotly.graph_objects as go

    figures = [
        go.Figure(go.Scatter(x=[1, 2, 3], y=[1, 4, 9], mode="lines+markers")),
        go.Figure(go.Pie(labels=["a", "b"], values=[1, 2])),
        go.Figure(go.Heatmap(z=[[1, 2], [3, 4]])),
        go.Figure(go.Bar(x=[1, 2], y=[3, 4], marker={"pattern": {"shape": "/"}})),
        go.Figure(go.Sankey(node={"label": ["a", "b"]}, link={"source": [0], "target": [1], "value": [1]})),
        go.Figure(go.Table(header={"values": ["a"]}, cells={"values": [[1, 2]]})),
        go.Figure(go.Treemap(labels=["a", "b"], parents=["", "a"], values=[2, 1])),
    ]
    cells = [code(f"fig{n}", outputs=[{PLOTLY: json.loads(fig.to_json())}]) for n, fig in enumerate(figures)]
    path = export(tmp_path / "page.html", *cells)
    with opened(browser, path) as page:
        assert page.locator("svg.main-svg:first-child").count() == len(figures)
