"""The notebooks in JupyterLab: they run in both languages, can be read in both themes, and are briefings at a click.

When something is not as it should be, an analyst meets one clear line, or a page that says so.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from opened_lab import PLOTLY, Lab, Server

from jiaokou.data.languages import LANGUAGES
from jiaokou.publishing.publish import Edition
from jiaokou.wording import HTML_LANG, phrases

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
RUN = ("01_economy", "07_audit")  # which show all that the others show
THEMES = ("JupyterLab Light", "JupyterLab Dark")
LEAST = 4.5  # the contrast that WCAG asks of text
# What Jupyter itself warns of on any machine; the last, where it lists a folder while it saves a file there.
STOCK = r"is not trusted|websocket_ping_timeout|/\.~\S+ doesn't exist"
MENDED = "# not found? start Lab with `make lab`, or run here: %pip install path/to/jiaokou"


@pytest.fixture
def opened(lab: Lab) -> Iterator[Lab]:
    """JupyterLab, which afterwards closes the notebook that a test has opened."""
    yield lab
    lab.close()


def test_lab_opens_on_the_notebooks_and_a_double_click_opens_one(opened: Lab) -> None:
    files = opened.page.locator(".jp-DirListing-item .jp-DirListing-itemText")
    assert set(files.all_inner_texts()) >= {path.name for path in NOTEBOOKS}
    files.get_by_text("05_governance.ipynb").dblclick()
    opened.page.locator(".jp-NotebookPanel h2", has_text="全部数值").first.wait_for()


def test_the_menu_changes_the_theme(lab: Lab) -> None:
    for name, light in (("JupyterLab Dark", "false"), ("JupyterLab Light", "true")):
        lab.choose("Settings", "Theme", name).click()
        lab.page.wait_for_function("(light) => document.body.dataset.jpThemeLight === light", arg=light)


# As they are


def test_the_notebooks_run_here_show_every_kind_of_chart_and_table_that_any_shows() -> None:
    shown = {path.stem: set(re.findall(r"page\.(?:charts|tables)\.\w+", path.read_text("utf-8"))) for path in NOTEBOOKS}
    assert set().union(*shown.values()) == set().union(*(shown[name] for name in RUN))


@dataclass
class Seen:
    """What an analyst has seen of a notebook, by language or by theme."""

    begun: int
    """The lines that the server had said before."""

    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    marks: dict[str, list[int]] = field(default_factory=dict)
    saved: dict[str, Path] = field(default_factory=dict)
    contrasts: dict[str, list[tuple[str, float]]] = field(default_factory=dict)


@pytest.fixture(scope="module", params=RUN)
def seen(
    request: pytest.FixtureRequest, server: Server, lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seen]:
    """A notebook as it is, read in both themes; then with the other language put into its parameters cell."""
    seen = Seen(begun=len(server.log.read_text(encoding="utf-8").splitlines()))
    lab.open(f"{request.param}.ipynb")
    for lang in LANGUAGES:
        if lang != LANGUAGES[0]:
            lab.change(f'"{LANGUAGES[0]}"', lang)
        lab.run_all()
        seen.outputs[lang] = lab.outputs()
        seen.marks[lang] = lab.marks(len(charts(seen.outputs[lang])))
        seen.saved[lang] = lab.export(tmp_path_factory.mktemp(lang))
        if lang == LANGUAGES[0]:
            for theme in reversed(THEMES):
                lab.use_theme(theme)
                seen.contrasts[theme] = lab.contrasts()
    yield seen
    lab.close()


def charts(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [output for output in outputs if PLOTLY in output.get("data", {})]


def test_run_all_cells_ends_without_an_error_or_a_warning(seen: Seen) -> None:
    assert all(seen.outputs.values())
    shown = {output["output_type"] for outputs in seen.outputs.values() for output in outputs}
    assert shown <= {"execute_result", "display_data"}  # no error, and no stream with a warning


def test_every_chart_is_drawn_with_its_marks(seen: Seen) -> None:
    for lang, outputs in seen.outputs.items():
        assert len(seen.marks[lang]) == len(charts(outputs)) > 0
        assert all(seen.marks[lang])


def test_the_other_language_is_one_word_and_a_click_away(seen: Seen) -> None:
    for lang, outputs in seen.outputs.items():
        said = [output["data"].get("text/html", "") for output in outputs]
        tags = {found for html in said for found in re.findall(r'class="passage" lang="([^"]+)"', html)}
        assert tags == {HTML_LANG[lang]}


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_of_tables_and_charts_can_be_read_in_each_theme(seen: Seen, theme: str) -> None:
    assert len(seen.contrasts[theme]) > 50
    assert [(text, round(ratio, 2)) for text, ratio in seen.contrasts[theme] if ratio < LEAST] == []


def test_the_menus_briefing_is_the_published_page_but_for_the_edition_it_names(seen: Seen, edition: Edition) -> None:
    for lang, ours in seen.saved.items():
        published = (edition.path / lang / ours.name).read_text(encoding="utf-8")
        assert ours.read_text(encoding="utf-8") == on_its_own(published, edition, lang)


def on_its_own(page: str, edition: Edition, lang: str) -> str:
    """A published page without the links to its neighbours, and without the two places that name its edition."""
    say, name = phrases(lang), edition.path.name
    for part in (
        r'\n<link rel="alternate"[^>]*>',
        r"\n<nav aria-label.*?</nav>",
        r'\n<nav class="steps".*?</nav>',
        re.escape(say["cite_edition"].format(edition=name)),
        rf"\n<dt>{say['edition']}</dt><dd><bdi>{name}</bdi></dd>",
    ):
        page, times = re.subn(part, "", page, flags=re.DOTALL)
        assert times == 1
    assert name not in page
    return page


def test_the_log_holds_no_warning_of_our_making(seen: Seen, server: Server) -> None:
    said = server.log.read_text(encoding="utf-8").splitlines()[seen.begun :]
    warned = [line for line in said if re.search(r"^\[[WEC] |WARNING|ERROR|Traceback|Error", line)]
    assert [line for line in warned if not re.search(STOCK, line)] == []


def test_a_copy_in_one_language_shows_no_other_in_its_texts_outputs_and_contents(
    server: Server, lab: Lab, tmp_path: Path
) -> None:
    """As `make lab ONLY=en` makes it."""
    subprocess.run([sys.executable, ROOT / "scripts" / "one_language.py", "en", tmp_path], check=True)
    shutil.copy(tmp_path / "05_governance.ipynb", server.root / "english.ipynb")
    lab.open("english.ipynb")
    lab.run_all()
    lab.page.evaluate("() => jupyterapp.commands.execute('toc:show-panel')")
    contents = lab.page.locator(".jp-tocItem-content")
    contents.get_by_text("All values").wait_for()
    headings = contents.all_inner_texts()
    texts = lab.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-MarkdownCell").all_inner_texts()
    lab.page.evaluate("() => jupyterapp.commands.execute('filebrowser:activate')")  # where the next start finds it
    lab.close()
    assert len(headings) == 3
    assert texts
    assert [each for each in (*headings, *texts) if re.search("[\u4e00-\u9fff]", each)] == []


# As they should not be


@pytest.fixture(scope="module")
def outlook(lab: Lab) -> Iterator[Lab]:
    """The notebook that has most parameters."""
    lab.open("06_outlook.ipynb")
    yield lab
    lab.close()


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
    (imports,) = (cell for cell in nbformat.read(path, as_version=4).cells if cell.id == "imports")
    (line,) = (line for line in imports.source.splitlines() if line.startswith("import jiaokou"))
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
