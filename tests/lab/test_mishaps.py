"""What an analyst meets in JupyterLab when something is not as it should be: one clear line, or a page that says so."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from opened_lab import Lab, Server

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
MENDED = "# not found? start Lab with `make lab`, or run here: %pip install path/to/jiaokou"


@pytest.fixture
def opened(lab: Lab) -> Iterator[Lab]:
    """JupyterLab, which afterwards closes the notebook that a test has opened."""
    yield lab
    lab.close()


@pytest.fixture(scope="module")
def outlook(lab: Lab) -> Iterator[Lab]:
    """The notebook that has most parameters."""
    lab.open("06_outlook.ipynb")
    yield lab
    lab.close()


def cell(notebook: NotebookNode, id_: str) -> NotebookNode:
    return next(each for each in notebook.cells if each.id == id_)


def test_lab_opens_on_the_notebooks_and_a_double_click_opens_one(opened: Lab) -> None:
    files = opened.page.locator(".jp-DirListing-item .jp-DirListing-itemText")
    assert set(files.all_inner_texts()) >= {path.name for path in NOTEBOOKS}
    files.get_by_text("05_governance.ipynb").dblclick()
    opened.page.locator(".jp-NotebookPanel h2", has_text="全部数值").first.wait_for()


def test_the_menu_changes_the_theme(lab: Lab) -> None:
    for name, light in (("JupyterLab Dark", "false"), ("JupyterLab Light", "true")):
        lab.choose("Settings", "Theme", name).click()
        lab.page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=light)


def test_a_kernel_without_the_library_shows_what_to_do(server: Server, opened: Lab) -> None:
    notebook = nbformat.read(server.root / "01_economy.ipynb", as_version=4)
    notebook.metadata["kernelspec"] = {"name": "elsewhere", "display_name": "Elsewhere"}
    nbformat.write(notebook, server.root / "elsewhere.ipynb")
    opened.open("elsewhere.ipynb")
    opened.run_all()
    said = opened.error()
    assert f"import jiaokou  {MENDED}" in said
    assert said.endswith("ModuleNotFoundError: No module named 'jiaokou'")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_each_notebook_says_what_to_do_where_the_library_is_not_found(path: Path) -> None:
    lines = cell(nbformat.read(path, as_version=4), "imports").source.splitlines()
    (line,) = (line for line in lines if line.startswith("import jiaokou"))
    assert line.endswith(f"  {MENDED}")


@pytest.mark.parametrize(
    ("shown", "right", "wrong", "line"),
    [
        ('"zh"', "zh", "fr", "WrongUseError: parameter lang must be one of zh, en, not 'fr' (page language: zh or en)"),
        ('"new_energy_capacity"', "new_energy_capacity", "sun", "JiaokouError: pick takes codes of rows, and no row has 'sun'"),
        ("2030", "2030", "2020", "WrongUseError: parameter target_year must be from 2026 to 2060, not 2020 (year in which to reach it: 2026 to 2060)"),
    ],
    ids=["lang", "measured", "target_year"],
)  # fmt: skip
def test_a_wrong_parameter_is_one_line_and_the_right_one_mends_it(
    outlook: Lab, shown: str, right: str, wrong: str, line: str
) -> None:
    outlook.change(shown, wrong)
    outlook.run_all()
    assert outlook.error() == line
    shown_error = outlook.page.locator(".jp-OutputArea-output", has_text=line).first
    assert shown_error.text_content() == outlook.error()
    outlook.change(shown.replace(right, wrong), right)
    outlook.run_all()
    assert {output["output_type"] for output in outlook.outputs()} == {"execute_result", "display_data"}


def test_the_briefing_of_a_failed_run_says_what_failed_and_what_was_not_run(outlook: Lab, tmp_path: Path) -> None:
    outlook.change("2030", "2020")
    outlook.run_all()
    page = outlook.export(tmp_path).read_text(encoding="utf-8")
    outlook.change("2020", "2030")
    failed = sum(output["output_type"] == "error" for output in outlook.outputs())
    assert failed
    assert f"本页有 {failed} 处没有算出" in page
    assert re.search(r"笔记本有 \d+ 个代码单元没有运行", page)
    assert "parameter target_year must be from 2026 to 2060, not 2020" in page
    assert "Traceback" not in page


def test_the_briefing_of_a_notebook_that_was_not_run_says_so(server: Server, opened: Lab, tmp_path: Path) -> None:
    # Another test may have run and saved the notebook itself on this server.
    notebook = shutil.copy(NOTEBOOKS[3], server.root / "not_run.ipynb")
    cells = nbformat.read(notebook, as_version=4).cells
    shown = sum(each.cell_type == "code" for each in cells) - 1  # the parameters are not shown anyway
    opened.open("not_run.ipynb")
    page = opened.export(tmp_path).read_text(encoding="utf-8")
    assert f"笔记本有 {shown} 个代码单元没有运行，本页缺少它们的结果。" in page
