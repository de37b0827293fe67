"""Pages as readers meet them: by keyboard and by ear, on paper, with the data to take along, and from a hostile package."""

from __future__ import annotations

import json
import re
import shutil
import zlib
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from opened_pages import CUT, DRAWN, MARKS, opened
from playwright.sync_api import Browser
from small_notebooks import PARAMETERS, code, notebook

import jiaokou
from jiaokou.data.package import default_package
from jiaokou.html.exporter import BriefingExporter, css_string
from jiaokou.publishing.publish import Edition, publish


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_on_any_page(browser: Browser, pages: list[Path], dark: bool) -> None:
    for path in pages:
        # The page's own policy keeps every foreign script out, axe's too, unless the browser is told otherwise.
        context = browser.new_context(bypass_csp=True, color_scheme="dark" if dark else "light")
        page = context.new_page()
        page.goto(path.as_uri())
        page.wait_for_function(DRAWN)
        found = Axe().run(page).response["violations"]
        assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == [], path
        context.close()


def test_the_index_is_sorted_by_the_column_whose_head_is_pressed(edition: Edition, browser: Browser) -> None:
    values = "() => [...document.querySelectorAll('#observations td.value')].map((cell) => +cell.dataset.value)"
    with opened(browser, edition.index) as page:
        head = page.locator("#observations thead th.value")
        head.get_by_role("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert page.evaluate(values) == sorted(page.evaluate(values))
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert page.evaluate(values) == sorted(page.evaluate(values), reverse=True)


def test_each_chart_has_its_table_and_each_page_its_data(edition: Edition, browser: Browser, tmp_path: Path) -> None:
    with opened(browser, edition.path / "en" / "01_economy.html") as page:
        charts = page.locator("figure")
        assert charts.count() == page.locator("figure details table").count() > 5
        page.locator("figure summary").first.click()
        assert "79 of 146" in page.locator("figure table").first.inner_text()
        link = page.locator("a[download]")
        assert link.get_attribute("download") == "01_economy.csv"
        content = page.evaluate("(href) => atob(href.split(',')[1])", link.get_attribute("href"))
    (tmp_path / "page.csv").write_bytes(content.encode("latin-1"))
    saved = pd.read_csv(tmp_path / "page.csv")
    assert set(saved["observation"]) == set(jiaokou.load("economy")["observation"])


LEFT_OUT = """() => ['details:not([open])', 'nav, .skip, .search, .note, summary, a[download]'].map((selector) =>
    [...document.querySelectorAll(selector)].filter((element) => element.checkVisibility()).length)"""


def test_every_printed_page_keeps_charts_descriptions_and_tables_whole(browser: Browser, pages: list[Path]) -> None:
    for path in pages:
        with opened(browser, path, width=673) as page:  # A4 between its margins, in pixels
            page.emulate_media(media="print")
            page.evaluate("dispatchEvent(new Event('beforeprint'))")
            page.wait_for_timeout(200)
            assert page.evaluate(LEFT_OUT) == [0, 0], f"{path}: folded parts, and tools of no use on paper"
            assert page.evaluate(CUT) == [], path
            assert all(page.evaluate(MARKS)), path


def test_on_paper_a_table_stays_a_table(edition: Edition, browser: Browser, tmp_path: Path) -> None:
    """Seventy values as lists would take a page for every five."""
    with opened(browser, edition.path / "zh" / "01_economy.html") as page:
        rows = page.locator("#values-table tbody tr").count()
        pdf = page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert rows > 30
    assert 3 < pdf.count(b"/Type /Page\n") < 12


def texts(pdf: bytes) -> int:
    """How many times a printout sets down some text."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    packed = [stream for stream in streams if stream[:1] == b"\x78"]
    return sum(len(re.findall(rb"\bT[jJ]\b", zlib.decompressobj().decompress(stream))) for stream in packed)


def test_each_sheet_of_the_index_has_the_columns_heads(edition: Edition, browser: Browser) -> None:
    """They are buttons where scripts run, and Chromium does not repeat a button."""
    printed = []
    for scripts in (True, False):
        with opened(browser, edition.index, scripts=scripts) as page:
            printed.append(page.pdf(prefer_css_page_size=True))
    with_buttons, without = map(texts, printed)
    assert with_buttons == without > 1000
    assert printed[0].count(b"/Type /Page\n") < 10


def test_a_page_printed_before_its_charts_are_drawn_says_so_and_leaves_no_gap(
    edition: Edition, browser: Browser
) -> None:
    context = browser.new_context(viewport={"width": 673, "height": 900}, offline=True)
    page = context.new_page()
    page.add_init_script("Response.prototype.text = () => new Promise(() => {})")  # unpacking does not end
    page.goto((edition.path / "en" / "01_economy.html").as_uri())
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    charts = page.locator(".chart")
    seen = "(note) => getComputedStyle(note).visibility"
    assert charts.count() > 5
    for chart in charts.all():
        assert chart.locator(".waiting").evaluate(seen) == "visible"
        assert chart.evaluate("(chart) => chart.offsetHeight") < 100
    assert page.locator("figure .about table:visible").count() == charts.count()
    context.close()


def test_what_stands_at_the_top_of_a_sheet_is_the_text_itself(browser: Browser) -> None:
    text = 'Jiaokou County: economic “and” "social", 2021–2025: a\\b </style>;} 交口县：1'
    page = browser.new_page()
    page.set_content(f"<style>body::before {{ content: {css_string(text)}; }}</style>")
    assert json.loads(page.evaluate("getComputedStyle(document.body, '::before').content")) == text
    page.close()


OPENED = """() => [...document.querySelectorAll('button.number')].map((number) => {
    number.scrollIntoView({behavior: 'instant', block: 'center'});
    number.click();
    const note = document.querySelector('.note:popover-open'), box = note.getBoundingClientRect();
    note.hidePopover();
    return [box.left, document.documentElement.clientWidth - box.right];
})"""


def test_a_note_keeps_off_the_edges_of_a_phone(edition: Edition, browser: Browser) -> None:
    with opened(browser, edition.path / "zh" / "07_audit.html", width=390) as page:
        edges = page.evaluate(OPENED)
        assert len(edges) > 3
        assert min(map(min, edges)) >= 16


def test_a_number_in_the_text_opens_what_stands_behind_it(edition: Edition, browser: Browser) -> None:
    with opened(browser, edition.path / "en" / "01_economy.html", width=375) as page:
        number = page.locator("main > p button.number", has_text="more than CNY 1.1 bn").first
        number.click()
        note = page.locator("#about-budget_revenue")
        assert note.is_visible()
        for said in ("突破11亿元", "more than CNY 1.1 bn", "actual", "10"):
            assert said in note.inner_text()
        box = note.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 375
        page.keyboard.press("Escape")
        assert not note.is_visible()


FOCUSED = """() => {
    const element = document.activeElement, style = getComputedStyle(element), box = element.getBoundingClientRect();
    return [[...document.querySelectorAll('*')].indexOf(element), element.tagName, style.outlineStyle, box.width * box.height];
}"""
REACHABLE = """() => [...document.querySelectorAll('a[href], button, summary, input, [tabindex="0"]')]
    .filter((element) => element.checkVisibility()).map((element) => [...document.querySelectorAll('*')].indexOf(element))"""


@pytest.mark.parametrize("name", ["index", "zh/00_overview", "en/01_economy", "zh/07_audit"])
def test_the_keyboard_reaches_everything_in_reading_order_and_shows_where_it_is(
    edition: Edition, browser: Browser, name: str
) -> None:
    with opened(browser, edition.path / f"{name}.html") as page:
        expected, reached = page.evaluate(REACHABLE), []
        for _ in expected:
            page.keyboard.press("Tab")
            position, tag, outline, area = page.evaluate(FOCUSED)
            reached.append(position)
            assert outline != "none", f"{tag} does not show its focus"
            assert area > 0, f"{tag} cannot be seen when it has the focus"
        assert reached == expected


def test_the_keyboard_opens_and_closes_a_charts_table_and_a_numbers_note(edition: Edition, browser: Browser) -> None:
    with opened(browser, edition.path / "zh" / "01_economy.html") as page:
        page.locator("figure summary").first.focus()
        page.keyboard.press("Enter")
        assert page.locator("figure table").first.is_visible()
        page.locator("button.number").first.focus()
        page.keyboard.press("Enter")
        assert page.locator(".note:popover-open").count() == 1
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # the note's own button closes it
        assert page.locator(".note:popover-open").count() == 0


def test_hostile_parameters_are_only_words(browser: Browser, tmp_path: Path) -> None:
    """Text that a scheduler hands to a notebook, and that the page states as what made it."""
    hostile = (
        "\u202e\u0007\"'><img src=x onerror=document.title=1></script><script>document.title=2</script>javascript:x"
    )
    parameters = f"{PARAMETERS}\nplace: str = {hostile!r}  # any place"
    node = notebook(code("f", outputs=[{"text/plain": hostile}]), parameters=parameters)
    html, _ = BriefingExporter().from_notebook_node(node, {"metadata": {"name": "01_economy"}})
    (tmp_path / "page.html").write_text(html, encoding="utf-8")
    with opened(browser, tmp_path / "page.html") as page:
        assert page.evaluate("document.images.length") == 0
        assert page.evaluate("document.title") not in ("1", "2")
        assert "onerror=document.title=1>" in page.inner_text("footer")
        assert page.locator("footer bdi", has_text="place = ").count() == 1


def test_a_hostile_package_is_only_words(browser: Browser, tmp_path: Path) -> None:
    """Labels, entities, notes and the release's title that would run, if anything were taken for HTML."""
    hostile = "\"'><img src=x onerror=document.title=1></script><script>document.title=2</script>{{7*7}}"
    package = shutil.copytree(default_package(), tmp_path / "package")
    for table, column in {"indicators": "label_en", "entities": "label_en", "notes": "text_en"}.items():
        frame = pd.read_csv(package / f"{table}.csv", dtype="str", keep_default_na=False)
        frame[column] += hostile
        frame.to_csv(package / f"{table}.csv", index=False)
    descriptor = json.loads((package / "datapackage.json").read_text("utf-8"))
    descriptor["release"]["title_en"] += hostile
    descriptor["version"] += hostile
    (package / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    made = publish(["economy"], languages=["en"], package=package, out=tmp_path / "editions")
    for path in (made.path / "en" / "01_economy.html", made.index):
        with opened(browser, path) as page:
            assert page.evaluate("document.images.length") == 0
            assert page.evaluate("document.title") not in ("1", "2")
            assert hostile in page.inner_text("body")
