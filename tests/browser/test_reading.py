"""Pages as readers meet them: by keyboard and by ear, on paper, with the data to take along, and from a hostile package."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from opened_pages import DRAWN, MARKS, opened
from playwright.sync_api import Browser

import jiaokou
from jiaokou.datasets import default_package
from jiaokou.publishing.edition import Edition, publish


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
    values = (
        "() => [...document.querySelectorAll('#observations td.value')].map((cell) => +cell.dataset.value)"
    )
    with opened(browser, edition.index) as page:
        head = page.locator("#observations thead th.value")
        head.get_by_role("button").focus()
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "ascending"
        assert page.evaluate(values) == sorted(page.evaluate(values))
        page.keyboard.press("Enter")
        assert head.get_attribute("aria-sort") == "descending"
        assert page.evaluate(values) == sorted(page.evaluate(values), reverse=True)


def test_each_chart_has_its_table_and_each_page_its_data(
    edition: Edition, browser: Browser, tmp_path: Path
) -> None:
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


def test_a_printed_page_keeps_every_chart_and_description(
    edition: Edition, browser: Browser, tmp_path: Path
) -> None:
    with opened(browser, edition.path / "zh" / "01_economy.html") as page:
        figures = page.locator("figure").count()
        page.emulate_media(media="print")
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.wait_for_function("() => !document.querySelector('details.about:not([open])')")
        assert sum(marks > 0 for marks in page.evaluate(MARKS)) == figures
        page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


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
