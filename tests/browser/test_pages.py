"""Pages of a real edition in a real browser: whole, quiet, and readable on any screen."""

from __future__ import annotations

import json
import re
import runpy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from opened_pages import CUT, MARKS, OUTSIDE, opened
from playwright.sync_api import Browser, Page
from small_notebooks import PLOTLY, code, figure, notebook

import jiaokou
from jiaokou.html.exporter import BriefingExporter
from jiaokou.html.index import front_pages
from jiaokou.publishing.checks import Markup
from jiaokou.publishing.publish import Edition

ROOT = Path(__file__).parents[2]
WIDTHS = (1280, 768, 640, 320)  # 640 is 1280 at a zoom of 200 %
LEFT_OUT = """() => ['details:not([open])', 'nav, .skip, .search, .note, .menu, .tools, summary, main > p > a[download]'].map(
    (selector) => [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility()).length)"""


def sideways(page: Page) -> int:
    """How far the page can be scrolled sideways, in pixels."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def charts_of(edition: Edition, path: Path) -> int:
    """How many charts the notebook of a page shows."""
    notebook = edition.path / "notebooks" / path.relative_to(edition.path).with_suffix(".ipynb")
    cells = nbformat.read(notebook, as_version=4).cells if notebook.is_file() else []
    return sum(PLOTLY in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))


def test_every_page_is_whole_quiet_and_fits_every_width_and_paper(
    browser: Browser, edition: Edition, pages: list[Path]
) -> None:
    """One visit to each page: all its charts are drawn, in light and dark; nothing is cut, on screens and on paper."""
    assert len(pages) == 19
    for path in pages:
        with opened(browser, path) as page:
            marks = page.evaluate(MARKS)
            assert all(marks), f"{path}: a chart without marks: {marks}"
            assert len(marks) == page.locator("figure .chart").count() == charts_of(edition, path), path
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                page.wait_for_timeout(150)
                if width == 1280:
                    height = page.evaluate("document.documentElement.scrollHeight")
                    assert height < (9000 if "audit" in path.stem else 6000), f"{path} is {height} px tall"
                assert sideways(page) == 0, f"{path} at {width} px"
                assert page.evaluate(CUT) == [], f"{path} at {width} px"
                assert page.evaluate(OUTSIDE) == [], f"{path} at {width} px"
            page.set_viewport_size({"width": 768, "height": 900})
            style = page.add_style_tag(content="html { font-size: 200% !important }")
            page.wait_for_timeout(150)
            assert sideways(page) == 0, f"{path} with letters of twice the size"
            assert page.evaluate(CUT) == [], f"{path} with letters of twice the size"
            style.evaluate("(style) => style.remove()")
            page.emulate_media(color_scheme="dark")
            page.wait_for_timeout(100)
            assert all(page.evaluate(MARKS)), f"{path}, dark"
            page.set_viewport_size({"width": 673, "height": 900})  # A4 between its margins, in pixels
            page.emulate_media(media="print", color_scheme="light")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            page.wait_for_timeout(150)
            assert page.evaluate(LEFT_OUT) == [0, 0], f"{path}: folded parts, and tools of no use on paper"
            assert page.evaluate(CUT) == [], f"{path} on paper"
            assert all(page.evaluate(MARKS)), f"{path} on paper"


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


def test_pages_stay_small_and_say_their_language(pages: list[Path]) -> None:
    for path in pages:
        html = path.read_text(encoding="utf-8")
        assert path.stat().st_size < (160_000 if path.name == "index.html" else 860_000), path
        tag = "en-GB" if path.parent.name == "en" else "zh-CN"
        assert f'<html lang="{tag}">' in html
        assert "Content-Security-Policy" in html
        assert "unsafe-eval" not in html[: html.index("<style>")]
        for said in (
            'rel="icon" href="data:',
            'property="og:title"',
            'name="theme-color"',
            'rel="alternate" hreflang=',
        ):
            assert said in html[: html.index("<style>")]
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


def test_without_scripts_each_chart_gives_way_to_its_table(edition: Edition, browser: Browser) -> None:
    with opened(browser, edition.path / "en" / "01_economy.html", scripts=False) as page:
        said = page.inner_text("main")
        figures = page.locator("figure").count()
        assert figures == page.locator("figure details[open] table:visible").count()
        assert figures == page.locator("figure .source").count()
        assert page.locator("figure .chart:visible, [data-save]:visible").count() == 0
        assert "Scripts are off" in said
        assert "paragraph" in said
        page.locator(".fold summary").first.click()
        assert page.locator(".fold table").first.is_visible()
        assert sideways(page) == 0


# The front page


def test_the_front_page_speaks_the_readers_language_and_offers_the_other(edition: Edition, browser: Browser) -> None:
    for locale, spoken, other in (
        ("zh-TW", "zh-CN", "English"),
        ("en-US", "en-GB", "中文"),
        ("de-DE", "zh-CN", "English"),
    ):
        with opened(browser, edition.index, locale=locale) as page:
            assert page.locator("h1:visible").count() == 1
            assert page.evaluate("document.documentElement.lang") == spoken
            page.locator(".masthead a:visible", has_text=other).click()
            assert page.locator("h1:visible").count() == 1
            assert page.evaluate("document.documentElement.lang") != spoken
    with opened(browser, edition.index, scripts=False) as page:
        assert page.locator("h1:visible").count() == 2
        assert page.locator(".observations tbody tr:visible").count() == 2 * len(jiaokou.load())
        assert sideways(page) == 0


def test_the_front_page_finds_observations_as_one_types_and_chooses(edition: Edition, browser: Browser) -> None:
    values = "() => [...document.querySelectorAll('.observations td.value')].map((cell) => +cell.dataset.value)"
    observed = jiaokou.load()
    with opened(browser, edition.path / "en" / "index.html") as page:
        rows, field, count = (
            page.locator(".observations tbody tr:visible"),
            page.locator("form input"),
            page.locator("output"),
        )
        assert rows.count() == 10
        page.locator(".more-rows button").click()
        assert rows.count() == len(observed)
        field.fill("610.83 INVESTMENT")
        assert rows.count() >= 1
        assert all("610.83" in row.inner_text() for row in rows.all())
        field.fill("")
        page.select_option("[data-filter=section]", "economy")
        page.select_option("[data-filter=basis]", "target")
        assert rows.count() == len(observed.query("section == 'economy' and basis == 'target'")) > 1
        field.fill("no such thing")
        assert rows.count() == 0
        assert count.inner_text().startswith("0 /")
        assert "No value fits" in page.locator(".none").inner_text()
        page.locator(".none button").click()
        assert rows.count() == len(observed)
        head = page.locator(".observations thead th.value")
        head.get_by_role("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert page.evaluate(values) == sorted(page.evaluate(values))
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert page.evaluate(values) == sorted(page.evaluate(values), reverse=True)


IN_SIGHT = "(element) => element.getBoundingClientRect().bottom < innerHeight"
VERDICTS = ["cannot_hold", "holds", "holds_under_reading", "too_weak", "cannot_tell"]


def test_the_front_page_answers_what_was_done_what_does_not_match_and_what_is_not_said(
    edition: Edition, browser: Browser
) -> None:
    with opened(browser, edition.path / "en" / "index.html") as page:
        assert page.locator(".figures > li").count() == 4
        assert page.locator(".cards > li").count() == 6
        assert page.locator(".targets > ul > li").count() == 5
        for said in ("79%", "91%", "87%", "nothing is printed to compare", "Jiaokou County’s own"):
            assert said in page.inner_text("main")
        for answer in ("h1", ".headline", "#checks", ".cannot_hold li strong", "#gaps"):
            assert page.locator(answer).first.evaluate(IN_SIGHT), f"{answer} asks for scrolling"
        verdicts = jiaokou.audit()["verdict"].value_counts()
        assert page.locator(".cannot_hold > ul:not(.verdicts) > li").count() == verdicts["cannot_hold"]
        assert page.locator(".cannot_tell li").count() == verdicts["cannot_tell"]
        assert page.locator(".verdicts b").all_inner_texts() == [str(n) for n in verdicts.reindex(VERDICTS)]
        link = page.locator(".cannot_hold > ul a").first
        assert link.get_attribute("href") == "../en/07_audit.html#new_energy_one_quantity"


def test_of_very_many_rows_a_page_shows_the_first_and_says_so_and_the_front_page_finds_all(
    browser: Browser, tmp_path: Path
) -> None:
    runpy.run_path(str(ROOT / "benchmarks" / "loading.py"))["generate"](tmp_path / "many", 400)
    many = jiaokou.open_package(tmp_path / "many")
    rows = jiaokou.load(package=many.path)
    shown = {"text/html": jiaokou.show(rows, "en").as_raw_html()}
    cell, declared = code("rows", outputs=[shown]), f'lang = "en"\npackage = {str(many.path)!r}'
    html, resources = BriefingExporter().from_notebook_node(notebook(cell, parameters=declared))
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    with opened(browser, tmp_path / "page.html") as page:
        assert "The first 300 of 400 rows" in page.inner_text("summary")
        assert page.locator(".fold tbody tr").count() == 300
    front = front_pages(many, {"en": [resources["page"]]}, ["observations.csv"], "")["index.html"]
    assert set(rows["observation"]) <= Markup(front).ids
    (tmp_path / "front.html").write_text(front, encoding="utf-8")
    with opened(browser, tmp_path / "front.html") as page:
        page.evaluate("location.hash = 'o399'")
        page.wait_for_timeout(100)
        assert page.locator("#o399").evaluate(IN_SIGHT)
        page.locator("form input").fill(rows["printed"].iloc[-1])
        row = page.locator(".observations tbody tr:visible").last
        assert row.get_attribute("id") == "o399"
        assert page.locator("output").inner_text().endswith("/ 400")
        assert row.locator("[lang='zh-CN']").inner_text() == rows["printed"].iloc[-1]
    with opened(browser, tmp_path / "front.html", scripts=False) as page:
        assert "The first 300 of 400 rows" in page.inner_text(".find")


HIDDEN = """() => [...document.querySelectorAll('.observations :is(td, th)')].filter((cell) => {
    const box = cell.getBoundingClientRect(), room = cell.closest('.table').getBoundingClientRect();
    return cell.checkVisibility() && (box.right > room.right + 1 || box.left < room.left - 1);
}).map((cell) => cell.textContent)"""
BROKEN = """() => [...document.querySelectorAll('.observations td.value data')].filter(
    (value) => value.getClientRects().length > 1).map((value) => value.textContent)"""

UNEVEN = """() => [...document.querySelectorAll('.observations :is(td, th)')].filter((cell) => {
    const box = cell.getBoundingClientRect(), row = cell.parentElement.getBoundingClientRect();
    const aside = cell.matches('tbody *') && (box.left !== row.left || box.width !== row.width);
    return cell.checkVisibility() && (aside || getComputedStyle(cell).textAlign !== 'start' || cell.clientHeight !== cell.offsetHeight);
}).map((cell) => cell.textContent)"""
"""The cells of a list that do not take a whole line, are not flush left, or have a rule of the table's left."""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_front_page_hides_no_column_on_any_screen_and_is_a_list_of_rows_on_a_phone(
    edition: Edition, browser: Browser, scripts: bool
) -> None:
    with opened(browser, edition.path / "zh" / "index.html", scripts=scripts) as page:
        printed = page.locator(".observations tbody td:nth-child(3)").first
        for width in (1280, 1024, 900, 768, 390, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate(HIDDEN) == [], f"at {width} px"
            if width > 900:
                assert page.evaluate(BROKEN) == []
            content = printed.evaluate("(cell) => getComputedStyle(cell, '::before').content")
            assert content == ("none" if width > 640 else '"原文"' if scripts else content)
            if width < 640:
                assert page.evaluate(UNEVEN) == []


def test_links_of_an_edition_lead_from_page_to_page(edition: Edition, browser: Browser) -> None:
    context = browser.new_context(offline=True, locale="en-GB")
    page = context.new_page()
    page.goto(edition.index.as_uri())
    page.click("a[href='en/01_economy.html']")
    assert page.title().startswith(page.inner_text("h1"))
    page.click(".steps .next")
    assert page.url.endswith("/en/02_livelihood.html")
    page.click(".steps .previous")
    page.click("header a[hreflang='zh-CN']")
    assert page.url.split("#")[0].endswith("/zh/01_economy.html")
    page.click("header a[href='index.html']")
    assert page.url.endswith("/zh/index.html")
    context.close()


SEEN = """(element) => {
    const box = element.getBoundingClientRect();
    return box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && getComputedStyle(element).outlineStyle !== 'none';
}"""


ADDRESSES = (
    *("01_economy.html#budget_expenditure_growth", "01_economy.html#zhenhua_magnesium_capacity"),
    *("01_economy.html#energy-chart", "07_audit.html#new_energy_one_quantity"),
)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_link_lands_on_what_it_names_and_marks_it(edition: Edition, browser: Browser, address: str) -> None:
    """A value in the text, one in a folded table, a chart, a relation; drawing must not move them out of sight."""
    page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="no-preference")
    page.goto(f"{(edition.path / 'en').as_uri()}/{address}")
    target = page.locator(f"#{address.partition('#')[2]}")
    page.wait_for_function("document.documentElement.classList.contains('drawn')")
    page.wait_for_timeout(300)
    assert target.evaluate(SEEN)
    page.evaluate("() => { const { hash } = location; scrollTo(0, 0); location.hash = ''; location.hash = hash; }")
    page.wait_for_timeout(100)
    assert target.evaluate(SEEN), "from within the page"
    page.close()


# What would do harm


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


def test_hostile_words_in_charts_do_nothing(browser: Browser, tmp_path: Path) -> None:
    cells = []
    for hostile in HOSTILE:
        chart = figure(title=hostile, description=hostile, source=hostile)
        chart["data"][0] |= {"x": [hostile, "b"], "name": hostile, "hovertext": hostile}
        cells.append(code(f"f{len(cells)}", outputs=[{PLOTLY: chart}]))
    with opened(browser, export(tmp_path / "page.html", *cells)) as page:
        assert page.title().startswith("经济")
        assert page.locator("figure").count() == len(HOSTILE)
        assert page.evaluate(DANGEROUS) == []


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
