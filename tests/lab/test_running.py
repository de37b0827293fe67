"""The notebooks in JupyterLab: they run in both languages, can be read in both themes, and are briefings at a click."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from opened_lab import PLOTLY, Lab, Server

from jiaokou.data.languages import LANGUAGES
from jiaokou.publishing.publish import Edition
from jiaokou.wording import HTML_LANG, phrases

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
IN_EACH_LANGUAGE = (NOTEBOOKS[1], NOTEBOOKS[-1])
THEMES = ("JupyterLab Light", "JupyterLab Dark")
LEAST = 4.5  # the contrast that WCAG asks of text
# What Jupyter itself warns of on any machine; the last, where it lists a folder while it saves a file there.
STOCK = r"is not trusted|websocket_ping_timeout|/\.~\S+ doesn't exist"


@dataclass
class Seen:
    """What an analyst has seen of a notebook, by language or by theme."""

    begun: int
    """The lines that the server had said before."""

    outputs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    marks: dict[str, list[int]] = field(default_factory=dict)
    saved: dict[str, Path] = field(default_factory=dict)
    contrasts: dict[str, list[tuple[str, float]]] = field(default_factory=dict)


@pytest.fixture(scope="module", params=NOTEBOOKS)
def seen(
    request: pytest.FixtureRequest, server: Server, lab: Lab, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seen]:
    """A notebook as it is, read in both themes; some then with the other language put into their parameters cell."""
    seen = Seen(begun=len(server.log.read_text(encoding="utf-8").splitlines()))
    lab.open(f"{request.param}.ipynb")
    for lang in LANGUAGES if request.param in IN_EACH_LANGUAGE else LANGUAGES[:1]:
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
