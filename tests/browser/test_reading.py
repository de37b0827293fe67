"""Pages as readers meet them: by keyboard and by ear, on paper, with the data to take along, and from a hostile package."""

from __future__ import annotations

import json
import re
import shutil
import xml.etree.ElementTree as ElementTree
import zlib
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from opened_pages import opened
from playwright.sync_api import Browser
from small_notebooks import PARAMETERS, code, notebook

import jiaokou
from jiaokou.data.package import default_package
from jiaokou.html.exporter import BriefingExporter, css_string
from jiaokou.publishing.publish import Edition, publish


def test_axe_finds_nothing_on_any_page(browser: Browser, pages: list[Path]) -> None:
    """On each page in one of its languages, and on all front pages; in the dark the colours alone."""
    for number, path in enumerate(pages):
        if path.stem != "index" and (number + (path.parent.name == "zh")) % 2:
            continue
        # The page's own policy keeps every foreign script out, axe's too, unless the browser is told otherwise.
        with opened(browser, path, bypass_csp=True) as page:
            found = Axe().run(page).response["violations"]
            page.emulate_media(color_scheme="dark")
            page.wait_for_timeout(100)
            found += Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
            assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == [], path


SMALL = """() => [...document.querySelectorAll(
    '.masthead a, .menu, .tools :is(a, button), .band a, .targets a, .mismatch a, .files a, .quiet > a, .find :is(button, select, input), summary, #contents a'
)].filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 43.5).map((element) => element.outerHTML)"""


def test_a_finger_finds_what_it_can_press(edition: Edition, browser: Browser) -> None:
    touch = {"has_touch": True, "is_mobile": True}
    with opened(browser, edition.path / "en" / "index.html", width=390, **touch) as page:
        assert page.evaluate(SMALL) == []
    with opened(browser, edition.path / "en" / "01_economy.html", width=390, **touch) as page:
        contents = page.locator("#contents")
        assert not contents.is_visible()
        page.locator(".menu").tap()
        assert contents.is_visible()
        assert page.evaluate(SMALL) == []
        contents.locator("a", has_text="Public finance").tap()
        assert not contents.is_visible()
        assert page.url.endswith("#finance")


def test_contents_anchors_folded_tables_and_the_other_language_keep_the_readers_place(
    edition: Edition, browser: Browser
) -> None:
    current, top = "#contents [aria-current]", "(element) => element.getBoundingClientRect().top"
    with opened(browser, edition.path / "en" / "01_economy.html") as page:
        headings = page.locator("main h2")
        assert page.locator("#contents a").count() == headings.count() > 5
        assert page.locator("main h2 .anchor").count() == headings.count()
        page.locator("#contents a", has_text="Public finance").click()
        page.wait_for_function("document.querySelector('#contents [aria-current]')?.textContent == 'Public finance'")
        assert 0 <= page.locator("#finance").evaluate(top) < 60
        assert page.locator("#contents").evaluate(top) >= 0, "the contents stay in sight"
        assert page.locator("a.language").evaluate("(link) => link.hash") in ("#finance", "#finance-chart")
        fold = page.locator("#values-table")
        fold.locator("summary").click()
        assert fold.locator("thead th").all_inner_texts() == ["Indicator", "Value", "Printed as", "Period", "Basis"]
        assert fold.locator("td").first.evaluate("(cell) => getComputedStyle(cell).display") == "table-cell"
        fold.locator("input").fill("foundry announced")
        assert all("oundry" in row.inner_text() for row in fold.locator("tbody tr:visible").all())
        assert 0 < fold.locator("tbody tr:visible").count() < 5
        fold.locator("tbody tr:visible button.number").first.click()
        assert "Paragraph" in page.locator(".note:popover-open").inner_text()
    with opened(browser, edition.path / "zh" / "01_economy.html", width=390) as page:
        quotes = "getComputedStyle(document.body).fontFamily"
        assert page.evaluate(quotes).index("PingFang") < page.evaluate(quotes).index("system-ui")
        assert page.locator(current).count() == 0


def test_each_chart_can_be_taken_along_and_each_page_has_its_data(
    edition: Edition, browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, edition.path / "en" / "01_economy.html") as page:
        charts = page.locator("figure")
        assert charts.count() == page.locator("figure details table").count() > 5
        title = page.locator("figcaption").first.inner_text()
        page.locator("figure summary").first.click()
        assert "Key projects completed\t79" in page.locator("figure table").first.inner_text()
        for form in ("svg", "png", "csv"):
            with page.expect_download() as download:
                page.locator(f"[data-save={form}]").first.click()
            download.value.save_as(tmp_path / f"chart.{form}")
            assert download.value.suggested_filename.endswith(f".{form}")
        link = page.locator("a[download]")
        assert link.get_attribute("download") == "01_economy.csv"
        content = page.evaluate("(href) => atob(href.split(',')[1])", link.get_attribute("href"))
    drawn = ElementTree.fromstring((tmp_path / "chart.svg").read_text("utf-8"))
    words = "".join(drawn.itertext())
    assert title.split(";")[0][:30] in words
    assert "Source:" in words
    assert (tmp_path / "chart.png").read_bytes()[:4] == b"\x89PNG"
    assert '"Key projects completed","79' in (tmp_path / "chart.csv").read_text("utf-8-sig")
    (tmp_path / "page.csv").write_bytes(content.encode("latin-1"))
    saved = pd.read_csv(tmp_path / "page.csv")
    assert set(saved["observation"]) == set(jiaokou.load("economy")["observation"])


SHEET = b"/Type /Page\n"


def filled(pdf: bytes) -> list[float]:
    """How far down each sheet goes what is printed on it, as a part of the room between its margins."""
    found = []
    for sheet in pytest.importorskip("pypdf").PdfReader(BytesIO(pdf)).pages:
        heights: list[float] = []

        def met(text: str, place: list[float], within: list[float], *_: object, to: list[float] = heights) -> None:
            if text.strip():
                to.append(place[5] + within[5] * place[3])

        sheet.extract_text(visitor_text=met)
        bottom, top = 51, float(sheet.mediabox.height) - 57  # 18 and 20 mm, in points
        found.append((top - min(height for height in heights if bottom < height < top)) / (top - bottom))
    return found


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_on_paper_each_sheet_is_filled_by_half_and_charts_and_tables_take_little_room(
    edition: Edition, browser: Browser, lang: str
) -> None:
    """Seventy values as lists would take a page for every five; hatched bars, a picture each, several megabytes."""
    for name, most in {"00_overview": 6, "01_economy": 11, "07_audit": 15}.items():
        with opened(browser, edition.path / lang / f"{name}.html") as page:
            pdf = page.pdf(prefer_css_page_size=True)
        *sheets, last = filled(pdf)
        assert min(sheets) > 0.45, f"{name}: {sheets}"  # where a sheet ends depends on the fonts a little
        assert len([*sheets, last]) < most
        assert len(pdf) < 2_000_000


def texts(pdf: bytes) -> int:
    """How many times a printout sets down some text."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    packed = [stream for stream in streams if stream[:1] == b"\x78"]
    return sum(len(re.findall(rb"\bT[jJ]\b", zlib.decompressobj().decompress(stream))) for stream in packed)


def test_each_sheet_of_the_front_page_has_the_columns_heads(edition: Edition, browser: Browser) -> None:
    """They are buttons where scripts run, and Chromium does not repeat a button."""
    printed = []
    for scripts in (True, False):
        with opened(browser, edition.path / "en" / "index.html", scripts=scripts) as page:
            printed.append(page.pdf(prefer_css_page_size=True))
    with_buttons, without = map(texts, printed)
    assert with_buttons == without > 600
    assert printed[0].count(SHEET) < 12


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
        note = page.locator("#about-observation-budget_revenue")
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
REACHABLE = """() => [...document.querySelectorAll('a[href], button, summary, input, select, [tabindex="0"]')]
    .filter((element) => element.checkVisibility()).map((element) => [...document.querySelectorAll('*')].indexOf(element))"""


@pytest.mark.parametrize("name", ["index", "zh/00_overview", "en/01_economy"])
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
