"""Whatever a notebook shows is on its page, or the page says why not."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from notebooks_elsewhere import ELSEWHERE, PNG
from opened_pages import opened
from playwright.sync_api import Browser
from small_notebooks import PLOTLY

from jiaokou.html.exporter import BriefingExporter
from jiaokou.html.figures import losses, normal
from jiaokou.publishing.checks import Markup

BLANK = """() => [...document.querySelectorAll('main figure, main .table, main pre, main img, main .scoped')].filter(
    (element) => element.offsetWidth * element.offsetHeight === 0 || element.naturalWidth === 0
).map((element) => element.outerHTML.slice(0, 200))"""
PROPORTIONAL = """() => [...document.querySelectorAll('pre, pre *, code')].filter(
    (element) => !getComputedStyle(element).fontFamily.endsWith('monospace')).map((element) => element.outerHTML)"""
DEAD = """() => [...document.querySelectorAll('a[href^="#"]')].filter(
    (link) => !document.getElementById(decodeURIComponent(link.hash.slice(1)))).map((link) => link.outerHTML)"""


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_a_notebook_from_elsewhere_shows_is_seen_or_said(browser: Browser, tmp_path: Path, name: str) -> None:
    expected, path = ELSEWHERE[name], tmp_path / "page.html"
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "near by.png").write_bytes(base64.b64decode(PNG))
    source = {"name": name, "path": str(tmp_path)}
    html, _ = BriefingExporter().from_notebook_node(expected.notebook, {"metadata": source})
    path.write_text(html, encoding="utf-8")
    with opened(browser, path) as page:
        said = page.inner_text("main") + page.inner_text("footer")
        notes = page.locator(".lost").all_inner_texts()
        assert [each for each in expected.seen if each not in said] == []
        assert [each for each in expected.unseen if each in said] == []
        assert [each for each in expected.here if not page.locator(each).first.is_visible()] == []
        assert page.evaluate(BLANK) == []
        assert page.evaluate(DEAD) == []
        assert page.evaluate(PROPORTIONAL) == []
        assert page.locator(".chart .failed").count() == 0
        page.set_viewport_size({"width": 390, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") == 390, "a phone need not scroll sideways"
    assert len(notes) == len(expected.lost), notes
    for note, what in zip(notes, expected.lost, strict=True):
        assert note.startswith("not shown here: ")
        assert what in note
    found = Markup(html)
    assert found.lost == notes, "the gate finds what the page says"
    assert found.requests == []
    outputs = [output for cell in expected.notebook.cells for output in cell.get("outputs", [])]
    figures = [output.data[PLOTLY] for output in outputs if PLOTLY in output.get("data", {})]
    assert found.counts["chart"] == sum(not any(losses(normal(each))) for each in figures), "as many as it expects"
    title, tag = ("面包房", "zh-CN") if name == "chinese" else ("Bread sold by the bakery", "en-GB")
    assert f"<title>{title}</title>" in html, "and no release's"
    assert f'<html lang="{tag}">' in html
    assert "ld+json" not in html


CONTRAST = """(selector) => [...document.querySelectorAll(selector)].map((element) => {
    const light = (color) => color.match(/[\\d.]+/g).slice(0, 3).reduce((sum, each) => sum + +each, 0);
    let paper = element;
    while (/, 0\\)$/.test(getComputedStyle(paper).backgroundColor)) paper = paper.parentElement;
    const style = getComputedStyle(element);
    return Math.abs(light(style.fill !== 'rgb(0, 0, 0)' ? style.fill : style.color) - light(getComputedStyle(paper).backgroundColor));
})"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["great_tables", "pandas", "markdown", "plotly_sankey"])
def test_its_words_stand_out_from_their_paper(browser: Browser, tmp_path: Path, name: str, dark: bool) -> None:
    html, _ = BriefingExporter().from_notebook_node(ELSEWHERE[name].notebook)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    with opened(browser, tmp_path / "page.html", dark=dark) as page:
        found = page.evaluate(CONTRAST, "td, th, blockquote, .node-label")
        assert found
        assert min(found) > 250
        if name == "plotly_sankey":
            fill = page.evaluate("getComputedStyle(document.querySelector('.sankey-link')).fill")
            assert (fill == "rgb(0, 0, 0)") != dark


def test_a_circle_stays_one_on_any_screen(browser: Browser, tmp_path: Path) -> None:
    html, _ = BriefingExporter().from_notebook_node(ELSEWHERE["plotly_circle"].notebook)
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    for width, side in ((1280, 300), (250, None)):
        with opened(browser, tmp_path / "page.html", width=width) as page:
            box = page.locator(".chart .main-svg").first.bounding_box()
            assert box
            assert box["width"] == pytest.approx(box["height"], abs=1)
            assert box["width"] == side or (side is None and box["width"] < 250)


def test_a_chart_that_fails_stays_in_its_place(browser: Browser, tmp_path: Path) -> None:
    html, _ = BriefingExporter().from_notebook_node(ELSEWHERE["plotly_not_a_number"].notebook)
    (tmp_path / "page.html").write_text(html.replace('"data":[', '"data":0,"was":[', 1), encoding="utf-8")
    page = browser.new_page()
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_function("document.documentElement.classList.contains('drawn')")
    page.wait_for_timeout(300)
    assert page.locator(".chart .failed").count() == 1
    assert page.locator(".chart .main-svg:first-child").count() == 2
    page.close()
