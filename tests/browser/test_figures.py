"""Figures as plotly.js draws them by themselves, as in JupyterLab: with their titles, and without a page's script."""

from pathlib import Path

import pytest
from opened_pages import OUTSIDE
from playwright.sync_api import Browser

import jiaokou
from jiaokou import charts


@pytest.mark.parametrize(("lang", "lines"), [("en", 1), ("en", 2), ("zh", 3)])
def test_a_title_of_any_length_stands_in_its_figure_and_above_the_first_label(
    browser: Browser, tmp_path: Path, lang: str, lines: int
) -> None:
    rows = jiaokou.audit()
    figure = charts.relations(
        rows, lang, title=" ".join(["Longer than what fits a line of a title, as some are,"] * lines)
    )
    figure.write_html(tmp_path / "figure.html", include_plotlyjs=True)
    with browser.new_page(viewport={"width": 516, "height": 900}) as page:
        page.goto((tmp_path / "figure.html").as_uri())
        page.wait_for_selector(".textpoint text")
        parts = [page.locator(each).first for each in (".main-svg", ".gtitle", ".textpoint text")]
        whole, title, label = (part.bounding_box() or {} for part in parts)
        assert page.evaluate(OUTSIDE) == []
    assert figure.layout.title.text.count("<br>") == lines  # the last is the subtitle
    assert whole["y"] <= title["y"] < title["y"] + title["height"] <= label["y"]
