"""The comparison of a catalogue, published in both languages and looked at once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from opened_pages import CUT, OUTSIDE, opened
from playwright.sync_api import Browser, Page

from jiaokou.execution.notebooks import Briefing
from jiaokou.publishing.fingerprint import Asked, read
from jiaokou.publishing.publish import Edition, publish

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "any_catalogue" / "comparison.ipynb"


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory, province: Path) -> Path:
    """A catalogue of one's own, which tests may change."""
    return Path(shutil.copytree(province, tmp_path_factory.mktemp("many") / "lvliang"))


@pytest.fixture(scope="module")
def edition(catalogue: Path) -> Edition:
    return compare(catalogue)


def compare(catalogue: Path) -> Edition:
    return publish([str(NOTEBOOK)], out=catalogue.parent / "editions", settings=[f"catalogue={catalogue}"])


@pytest.fixture(scope="module")
def page(browser: Browser, edition: Edition) -> Iterator[Page]:
    with opened(browser, edition.path / "en" / "comparison.html") as page:
        yield page


def test_an_edition_names_the_catalogue_and_never_where_it_lies(edition: Edition, catalogue: Path) -> None:
    receipt = json.loads((edition.path / "receipt.json").read_text(encoding="utf-8"))
    assert receipt["parameters"]["comparison"]["catalogue"] == "lvliang"
    written = [file for file in edition.path.rglob("*") if file.is_file()]
    assert [file for file in written if str(catalogue.parent).encode() in file.read_bytes()] == []


def test_a_page_about_other_packages_claims_no_release_of_the_librarys_own(edition: Edition) -> None:
    html = (edition.path / "zh" / "comparison.html").read_text(encoding="utf-8")
    assert 'class="release"' not in html
    assert "乙县" in html


def test_the_front_of_the_edition_leads_to_the_comparison_and_says_what_it_is_of(
    browser: Browser, edition: Edition
) -> None:
    assert "交口" not in edition.index.read_text(encoding="utf-8")
    with opened(browser, edition.index) as front:
        assert front.locator("h1:visible").all_inner_texts() == ["7 indicators can be compared in 4 places"]
        assert front.locator("a.more:visible").get_attribute("href") == "en/comparison.html"


def test_the_page_tells_who_prints_what_and_why_something_is_not_ranked(page: Page) -> None:
    text = page.locator("main").text_content() or ""
    assert "No other place of its level prints it for this period and on this basis" in text
    assert "General public budget expenditure: largest in Beta County" in text
    assert "5G base stations: the 3 places cannot be told apart" in text
    assert "units.csv" in text  # of the package that cannot be read


def test_tables_are_sorted_by_the_number_and_searched_by_words(page: Page) -> None:
    fold = page.locator("details.fold").last
    fold.evaluate("fold => { fold.open = true }")
    fold.get_by_role("button", name="Value").click()
    values = fold.locator("tbody data").evaluate_all("all => all.map((each) => Number(each.value))")
    assert values == sorted(values)
    fold.get_by_role("searchbox").fill("gamma nowhere")
    assert fold.locator("tbody tr:visible").count() == 0
    fold.get_by_role("searchbox").fill("gamma target")
    assert 0 < fold.locator("tbody tr:visible").count() < len(values)


def test_nothing_is_cut_off_on_a_phone_or_a_desk(page: Page) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(300)
        assert page.evaluate(CUT) == []
        assert page.evaluate(OUTSIDE) == []


def test_a_changed_package_makes_another_edition_and_an_unchanged_one_none(edition: Edition, catalogue: Path) -> None:
    assert not compare(catalogue).made
    file = catalogue / "beta" / "observations" / "ecology.csv"
    file.write_text(
        file.read_text(encoding="utf-8").replace("42.0%", "43.0%").replace(",42,", ",43,"), encoding="utf-8"
    )
    receipt = json.loads((edition.path / "receipt.json").read_text(encoding="utf-8"))
    asked = Asked([Briefing(NOTEBOOK)], receipt["languages"], {"comparison": {"catalogue": str(catalogue)}}, "")
    assert list(read(asked).differences(receipt)) == ["input catalogue/beta/observations/ecology.csv: changed"]
