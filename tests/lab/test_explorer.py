"""The explorer and the review in a real JupyterLab: by mouse, by keyboard alone, in a dark theme, in a narrow window."""

from __future__ import annotations

import re
from collections.abc import Iterator

import nbformat
import pytest
from opened_lab import Lab, Server
from playwright.sync_api import Locator, Request, expect

import jiaokou
from jiaokou.drafting import draft
from jiaokou.drafting.command import draft_package
from jiaokou.explore.explorer import Selection

CELLS = ["import jiaokou as jk\nview = jk.explorer()\nview", "1 + 1"]
LEAST = 4.5  # the contrast that WCAG asks of text
NARROW = {"width": 700, "height": 900}

expect.set_options(timeout=30_000)


def keep(server: Server, name: str, *sources: str) -> None:
    """Put a notebook of these cells into the folder that Lab serves."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, server.root / name)


@pytest.fixture(scope="module")
def opened(server: Server, lab: Lab) -> Iterator[Lab]:
    """A notebook with the explorer, opened; no other host may be asked for anything."""
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    keep(server, "explorer.ipynb", *CELLS)
    lab.page.on("request", note)
    lab.open("explorer.ipynb")
    yield lab
    lab.close()
    lab.page.remove_listener("request", note)
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []


@pytest.fixture
def view(opened: Lab) -> Locator:
    """The explorer as a cell has just made it."""
    opened.run_all()
    view = opened.page.locator(".jiaokou-explorer")
    expect(view.get_by_label("板块")).to_be_visible()
    expect(rows(view)).to_have_count(len(jiaokou.load()))
    return view


def test_a_draft_is_edited_and_confirmed_by_keyboard_alone(server: Server, lab: Lab) -> None:
    (server.root / "report.txt").write_text("新建学校3所。总额突破60亿。", "utf-8")
    draft_package(server.root / "report.txt", server.root / "drafted", "2025")
    keep(server, "review.ipynb", "import jiaokou as jk\njk.review('drafted', 'en', reviewer='A')", "1", "2")
    lab.open("review.ipynb")
    lab.run_all()
    page, press = lab.page, lab.page.keyboard.press
    key, shown = page.get_by_label("Key"), page.locator("mark")
    expect(shown).to_have_text("突破60亿")
    key.focus()  # from here on, keys only
    for _ in ("printed", "value", "unit"):
        press("Tab")
    page.keyboard.type("元")
    press("Tab")
    expect(page.get_by_label("Qualifier")).to_be_focused()
    press("ArrowDown")
    expect(page.get_by_label("Qualifier")).to_have_value("at least")
    for _ in ("unit", "value", "printed", "key"):
        press("Shift+Tab")
    press("e")
    expect(shown).to_have_text("3所")
    press("c")
    expect(page.get_by_role("status")).to_contain_text("0 of 2")
    rows = draft.read(server.root / "drafted").set_index("printed")
    assert rows.loc["突破60亿", ["state", "unit", "qualifier", "reviewer"]].tolist() == [
        "edited",
        "元",
        "at_least",
        "A",
    ]
    assert rows.loc["3所", "state"] == "confirmed"
    assert [cell["source"] for cell in lab.cells()][1:] == ["1", "2"]
    lab.close()


def rows(view: Locator) -> Locator:
    return view.locator("tbody tr")


def code(view: Locator) -> Locator:
    return view.locator("textarea")


def test_by_mouse_a_unit_is_offered_chosen_and_drawn_and_the_language_switched(view: Locator) -> None:
    economy = jiaokou.load("economy")
    view.get_by_label("板块").select_option(label=f"实力交口（{len(economy)}）")
    expect(rows(view)).to_have_count(len(economy))
    expect(view.locator(".main-svg")).to_have_count(0)
    money = len(economy.query("unit == 'CNY'"))
    view.get_by_label("单位").select_option(label=f"人民币元（{money}）")
    expect(rows(view)).to_have_count(money)
    expect(view.locator(".js-plotly-plot .bars path").first).to_be_visible()
    view.get_by_role("button", name="English").click()
    expect(view.get_by_label("Section")).to_be_visible()
    expect(code(view)).to_have_value(
        'import jiaokou\n\npage = jiaokou.briefing("en")\n'
        "rows = page.load().query(\"section == 'economy' and unit == 'CNY'\")\npage.charts.bars(rows)"
    )


def test_by_keyboard_alone_all_is_reached_and_the_cells_stay_as_they_are(opened: Lab, view: Locator) -> None:
    press, controls = opened.page.keyboard.press, view.locator(".jiaokou-controls")
    cells = [cell["source"] for cell in opened.cells()]
    controls.get_by_role("button").first.focus()  # from here on, keys only
    press("Tab")
    press("Enter")
    expect(rows(view)).to_have_count(len(jiaokou.milestones()))
    expect(view.locator(".js-plotly-plot .bars path").first).to_be_visible()
    expect(code(view)).to_have_value(re.compile("milestones"))  # which the kernel sends last
    press("Tab")
    press("Tab")
    press("Space")
    expect(code(view)).to_have_value(re.compile('"en"'))  # the kernel has put all of it in English
    expect(controls.get_by_role("button", name="English")).to_be_focused()
    press("Tab")
    expect(controls.get_by_label("Section")).to_be_focused()
    expect(controls.get_by_label("Section").locator("option").nth(1)).to_contain_text("Economy")
    press("ArrowDown")
    expect(rows(view)).to_have_count(len(jiaokou.milestones("economy")))
    press("l")
    livelihood = jiaokou.milestones("livelihood")
    first, *_ = Selection("milestones", section="livelihood").options["topic"].values()
    expect(rows(view)).to_have_count(len(livelihood))
    for key in "ddb":  # to JupyterLab: away with the cell, and a new one
        press(key)
    press("Tab")
    expect(controls.get_by_label("Topic")).to_be_focused()
    press("Space")  # opens the list
    press("ArrowDown")
    press("Enter")
    expect(rows(view)).to_have_count(first)
    press("ArrowUp")
    expect(rows(view)).to_have_count(len(livelihood))
    press("Tab")
    press("Tab")
    expect(controls.get_by_label("Words")).to_be_focused()
    opened.page.keyboard.type("zebra")
    press("Enter")
    expect(rows(view)).to_have_count(0)
    press("ControlOrMeta+a")
    press("Delete")
    press("Enter")
    expect(rows(view)).to_have_count(len(livelihood))
    expect(code(view)).to_have_value(
        'import jiaokou\n\npage = jiaokou.briefing("en")\n'
        'rows = page.milestones().query("section == \'livelihood\'")\npage.charts.board(rows, by="topic")'
    )
    assert [cell["source"] for cell in opened.cells()] == cells


def test_single_rows_are_chosen_and_stand_in_the_code(view: Locator) -> None:
    view.get_by_label("逐行挑选").select_option(["forest_cover · 森林覆盖率"])
    expect(rows(view)).to_have_count(1)
    expect(code(view)).to_have_value(re.compile(r'pick\(page\.load\(\), "forest_cover"\)'))


def test_without_its_kernel_and_opened_again_the_saved_rows_are_there_and_say_what_to_do(
    opened: Lab, view: Locator
) -> None:
    saved = opened.page.locator(".jiaokou-saved")
    expect(saved).to_be_hidden()
    opened.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()")
    expect(view).to_be_hidden()
    expect(saved).to_contain_text("再运行一次这一格")
    expect(saved.locator("tbody tr").first).to_be_visible()
    opened.page.evaluate("() => jupyterapp.commands.execute('docmanager:save')")
    opened.close()
    opened.open("explorer.ipynb")
    expect(saved).to_be_visible()
    expect(saved).to_contain_text("再运行一次这一格")
    expect(saved.locator("tbody tr")).to_have_count(len(jiaokou.load()))


def test_in_a_dark_theme_and_a_narrow_window_all_is_readable_and_nothing_is_cut(opened: Lab, view: Locator) -> None:
    wide = opened.page.viewport_size
    assert wide
    view.get_by_label("单位").select_option(index=1)
    expect(view.locator(".js-plotly-plot .bars path").first).to_be_visible()
    opened.page.set_viewport_size(NARROW)
    opened.use_theme("JupyterLab Dark")
    try:
        expect(view.locator(".main-svg").first).to_be_visible()
        texts = opened.contrasts()
        assert len(texts) > 50
        assert [(text, round(ratio, 2)) for text, ratio in texts if ratio < LEAST] == []
        for part in (view, view.locator(".jiaokou-controls").last, view.locator(".js-plotly-plot")):
            expect(part).to_be_visible()
            assert part.evaluate("part => part.scrollWidth - part.clientWidth") <= 1
    finally:
        opened.use_theme("JupyterLab Light")
        opened.page.set_viewport_size(wide)
