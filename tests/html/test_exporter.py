"""Pages made from executed notebooks; no kernel is needed for most of it."""

from __future__ import annotations

import base64
import copy
import json
import re
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import Tag
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_output
from small_notebooks import CHART, PLOTLY, code, figure, notebook, text, write
from traitlets.config import Config

import jiaokou.tables
from jiaokou.data.package import default_package
from jiaokou.execution.runner import Run, execute
from jiaokou.html.document import Page
from jiaokou.html.exporter import BriefingExporter, allow, plotly_bundle
from jiaokou.html.markup import terminal

OBSERVATION = {"text/html": '<p><data data-observation="projects_planned" value="146">146</data></p>'}
INJECTED = code("lang = 'en'", "injected-parameters")


def export(*cells: NotebookNode, parameters: str | None = None, **traits: Any) -> tuple[str, Page]:
    node = notebook(*cells) if parameters is None else notebook(*cells, parameters=parameters)
    html, resources = BriefingExporter(**traits).from_notebook_node(node, {"metadata": {"name": "01_economy"}})
    return html, resources["page"]


def scripts(html: str) -> list[str]:
    """The scripts that would run."""
    return re.findall(r"<script>(.*?)</script>", html, re.DOTALL)


def policy(html: str) -> str:
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
    assert found
    return found[1].replace("&#39;", "'")


def charts(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="charts">(.*?)</script>', html, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_a_page_speaks_one_language() -> None:
    cells = (text("只有中文。", "zh"), text("Only English.", "en"), text("1 + 1 = 2"))
    chinese, _ = export(*cells)
    english, page = export(INJECTED, *cells)
    assert '<html lang="zh-CN">' in chinese
    assert '<html lang="en-GB">' in english
    assert "只有中文。" in chinese
    assert "Only English." not in chinese
    assert "只有中文。" not in english
    assert "Only English." in english
    assert "1 + 1 = 2" in chinese
    assert "1 + 1 = 2" in english
    assert (page.title, page.headline) == ("Economy", "Only English.")


def test_an_unknown_language_gives_way_to_the_texts_own_and_its_author_hears_of_it() -> None:
    _, page = export(code("lang = 'fr'", "injected-parameters"), text("Words in English."))
    assert page.lang == "en"
    assert any("'fr'" in doubt and "zh or en" in doubt for doubt in page.doubts)


def test_code_is_not_shown() -> None:
    html, _ = export(code("secret_name = 1", outputs=[{"text/html": "<p>shown</p>"}]))
    assert "<p>shown</p>" in html
    assert "secret_name" not in html
    assert "page language" not in html


def test_a_chart_has_its_title_description_and_source_as_text() -> None:
    html, page = export(code("fig", outputs=[{PLOTLY: figure(title="T & T", description="D < E", source="S")}]))
    assert "<figcaption>T &amp; T</figcaption>" in html
    assert "D &lt; E" in html
    assert '<p class="source">S</p>' in html
    assert html.count('class="chart"') == len(page.figures) == len(charts(html)["figures"]) == 1


def test_plotly_comes_once_and_the_template_of_charts_once() -> None:
    html, _ = export(*(code(f"fig{n}", outputs=[{PLOTLY: figure(title=str(n))}]) for n in range(5)))
    assert html.count(f'id="plotly">{plotly_bundle(whole=False)[0]}</script>') == 1
    assert len(html) < 2_200_000
    assert len(charts(html)["templates"]) == 1
    assert len(charts(html)["figures"]) == 5


def test_a_page_without_charts_has_nothing_to_run() -> None:
    html, _ = export(text("words"))
    assert re.findall(r'<script\b(?! type="application/ld\+json">)', html) == []
    assert "script-src 'none'" in policy(html)


def test_the_policy_allows_the_pages_scripts_by_hash_and_nothing_else() -> None:
    html, _ = export(code("fig", outputs=[{PLOTLY: figure()}]))
    (boot,) = scripts(html)
    directives = dict(part.split(" ", 1) for part in policy(html).split("; "))
    assert allow(boot) in directives["script-src"].split()
    assert len(directives["script-src"].split()) == 2  # the boot script and the plotly.js that it opens
    assert directives["default-src"] == "'none'"
    assert "unsafe" not in directives["script-src"]


def test_the_same_notebook_is_the_same_page_to_the_byte() -> None:
    cells = [code("fig", outputs=[{PLOTLY: figure()}]), code("t", outputs=[{"text/html": "<table></table>"}])]
    assert export(*cells)[0] == export(*cells)[0]


def test_a_page_leaves_its_notebook_alone_whatever_is_taken_from_the_page() -> None:
    node = notebook(text("kept"), code("x", "aside", outputs=[{"text/html": "<p>taken away</p>"}]))
    before = copy.deepcopy(node)
    without = Config({"TagRemovePreprocessor": {"remove_cell_tags": ["aside"]}})
    html, _ = BriefingExporter(without).from_notebook_node(node)
    assert "kept" in html
    assert "taken away" not in html
    assert node == before


def test_who_saved_a_notebook_does_not_show() -> None:
    """JupyterLab writes whole numbers without a point; Python, with one; keys come in any order."""
    ours = figure(title="t") | {"data": [{"x": [1.0, 2.5], "type": "bar", "y": [3, -0.0]}]}
    theirs = {"layout": ours["layout"], "data": [{"type": "bar", "x": [1, 2.5], "y": [3.0, 0]}]}
    assert export(code("f", outputs=[{PLOTLY: ours}]))[0] == export(code("f", outputs=[{PLOTLY: theirs}]))[0]


def test_plotly_comes_into_its_own_element_whatever_a_notebook_holds() -> None:
    like_it = '<script type="text/plain" id="plotly"></script>'
    html, _ = export(code("t", outputs=[{"text/html": like_it}]), code("f", outputs=[{PLOTLY: figure()}]))
    assert html.count(plotly_bundle(whole=False)[0]) == html.count('id="plotly"') == 1
    alone, _ = export(code("t", outputs=[{"text/html": like_it}]))
    assert like_it not in alone
    assert plotly_bundle(whole=False)[0] not in alone


def test_a_text_in_a_chart_cannot_leave_its_script() -> None:
    hostile = "</script><script>alert(1)</script><!--"
    html, _ = export(code("fig", outputs=[{PLOTLY: figure(title=hostile, description=hostile, source=hostile)}]))
    assert "<script>alert" not in html
    assert len(scripts(html)) == 1
    assert charts(html)["figures"]


def test_errors_are_shown_and_counted() -> None:
    failed = new_output("error", ename="NameError", evalue="no <x>", traceback=["\x1b[31mTraceback\x1b[0m"])
    html, page = export(code("x", outputs=[failed]))
    assert page.errors == 1
    assert "NameError: no &lt;x&gt;" in html
    assert "\x1b" not in html
    assert 'class="failed"' in html


def test_an_error_of_one_line_is_said_once() -> None:
    line = "JiaokouError: no folder"
    failed = new_output("error", ename="JiaokouError", evalue="no folder", traceback=[line])
    html, _ = export(code("x", outputs=[failed]))
    assert html.count(line) == 1
    assert "<pre>" not in html


def test_a_page_says_how_many_cells_were_not_run() -> None:
    silent = code("x = 1")
    silent.execution_count = 1
    done = [silent, code("t", outputs=[{"text/html": "<p>shown</p>"}]), code(" ")]
    whole, page = export(*done)
    assert page.unrun == 0
    assert 'class="failed"' not in whole
    for injected, said in (([], "有 2 个代码单元没有运行"), ([INJECTED], "2 code cell(s) of the notebook were not")):
        html, page = export(*injected, *done, code("y"), code("z"))
        assert page.unrun == 2
        assert said in html


def test_tables_scroll_in_a_box_that_the_keyboard_reaches() -> None:
    html, _ = export(code("t", outputs=[{"text/html": "<table><caption>Rain</caption></table>"}]))
    assert 'role="region" tabindex="0" aria-label="表格：Rain"' in html


def test_a_long_table_is_folded_without_selectors_which_fail_on_debian_12s_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(Tag, "select")
    head, row = "<tr><th> day </th><th>sold</th></tr>", "<tr><td>Saturday</td><td>1</td></tr>"
    html, _ = export(
        INJECTED, code("t", outputs=[{"text/html": f"<table><thead>{head}</thead><tbody>{row * 61}</tbody></table>"}])
    )
    assert "<summary>All 61 rows: day, sold" in html


def test_a_pages_cards_leave_their_style_for_jupyterlab_out() -> None:
    shown = jiaokou.tables.cards(jiaokou.load("ecology"))._repr_html_()
    html, _ = export(code("c", outputs=[{"text/html": shown}]))
    assert "jp-OutputArea" in shown
    assert "jp-OutputArea" not in html
    assert '<ul class="figures">' in html
    assert "<style" not in html.partition("</head>")[2]


def test_images_come_inside_the_page() -> None:
    html, _ = export(code("i", outputs=[{"image/svg+xml": "<svg/>"}]), code("j", outputs=[{"image/png": "iVBOR\n"}]))
    drawn = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>').decode()
    assert f'src="data:image/svg+xml;base64,{drawn}"' in html, "browsers draw no other"
    assert 'src="data:image/png;base64,iVBOR"' in html


def test_what_a_cell_shows_as_markdown_or_formula_is_on_the_page() -> None:
    html, _ = export(
        code("a", outputs=[{"text/markdown": "**found** <it>", "text/plain": "<Markdown object>"}]),
        code("b", outputs=[{"text/latex": "$x < y$", "text/plain": "<Math object>"}]),
        code("c", outputs=[{"image/gif": "R0lGODlh", "text/plain": "<Image object>"}]),
    )
    assert "<strong>found</strong>" in html
    assert "<mi>x</mi><mo>&lt;</mo><mi>y</mi>" in html
    assert 'src="data:image/gif;base64,R0lGODlh"' in html
    assert "object&gt;" not in html


@pytest.mark.parametrize("meta", [{"height": "tall"}, {"height": None}, {}])
def test_a_chart_without_a_height_that_is_a_number_has_the_usual_one(meta: dict[str, Any]) -> None:
    chart = {"data": None, "layout": {"meta": meta, "height": "high"}}
    html, page = export(code("f", outputs=[{PLOTLY: chart}]))
    assert charts(html)["figures"] != {}
    assert [part.size["height"] for part in page.parts if part.kind == "figure"] == [450]


TALLER = {"data": [{"y": [20]}], "layout": {"height": 154}}


@pytest.mark.parametrize(
    ("narrow", "height"),
    [
        (TALLER, 154),
        (TALLER | {"data": []}, None),
        (TALLER | {"data": 54}, None),
        (TALLER | {"layout": {"height": "154"}}, None),
        (TALLER | {"layout": {}}, None),
        (["a"], None),
        (None, None),
    ],
)
def test_what_a_chart_says_of_narrow_screens_goes_along_if_it_has_its_form(narrow: Any, height: int | None) -> None:
    chart = {"data": [{"y": [10]}], "layout": {"meta": {"height": 100, "narrow": narrow}}}
    html, _ = export(code("f", outputs=[{PLOTLY: chart}]))
    (figure,) = charts(html)["figures"].values()
    assert figure.get("narrow") == (None if height is None else narrow)
    assert ("--narrow-height: 154px" in html) == (height == 154)


def test_what_looks_like_a_formula_stays_text_in_the_pages_csv(tmp_path: Path) -> None:
    package = shutil.copytree(default_package(), tmp_path / "package")
    indicators = package / "indicators.csv"
    indicators.write_text(indicators.read_text("utf-8").replace("Key projects planned", "=1+1", 1), "utf-8")
    html, _ = export(code("o", outputs=[OBSERVATION]), package=str(package))
    found = re.search(r'href="data:text/csv;charset=utf-8;base64,([^"]+)"', html)
    assert found
    assert "'=1+1" in base64.b64decode(found[1]).decode("utf-8-sig")


def test_markdown_is_nbconverts_and_each_cell_stands_alone() -> None:
    texts = ["[x]: https://example.org\n\n[x], <b>b</b>\n\n~~c~~\n\n```python\n1 < 2\n```", "[x]"]
    html, _ = export(*map(text, texts))
    for each in texts:
        assert str(HTMLExporter().markdown2html({}, each)).strip() in html


def test_warnings_of_libraries_are_not_for_the_reader() -> None:
    streams = [new_output("stream", name="stderr", text="Deprecated"), new_output("stream", name="stdout", text="a<b")]
    html, _ = export(code("s", outputs=streams))
    assert "Deprecated" not in html
    assert "<pre>a&lt;b</pre>" in html


def test_a_heading_has_the_same_link_in_each_language_and_whatever_its_words_become() -> None:
    chinese, english = text("## 财政", "zh"), text("## Public finance\n\n## More", "en")
    chinese.id, english.id = "finance-zh", "finance-en"
    assert export(chinese, english)[1].contents == [("finance", "财政")]
    _, page = export(INJECTED, chinese, english, text("[written](#Public-finance) as elsewhere"))
    assert page.contents == [("finance", "Public finance"), ("finance-1", "More")]
    assert 'href="#finance"' in page.parts[-1].html


def test_the_first_place_of_an_observation_can_be_linked_to() -> None:
    said = '<p><data class="observation" value="1" data-observation="projects_planned">1</data></p>'
    html, page = export(code("a", outputs=[{"text/html": said}]), code("b", outputs=[{"text/html": said}]))
    assert html.count('id="projects_planned"') == 1
    assert page.anchors == {"projects_planned"}


def test_only_a_page_of_an_edition_links_to_its_neighbours() -> None:
    alone, _ = export(text("x"))
    names = ["00_overview", "01_economy", "02_livelihood"]
    together, _ = export(text("x"), edition="abc", languages=["zh", "en"], briefings=names)
    assert "index.html" not in alone
    assert "02_livelihood" not in alone
    assert 'href="index.html"' in together
    assert re.findall(r'<a rel="(prev|next)" class="\w+" href="(\w+)\.html">', together) == [
        ("prev", "00_overview"),
        ("next", "02_livelihood"),
    ]
    assert '<link rel="alternate" hreflang="en-GB" href="../en/01_economy.html">' in together
    assert 'href="../en/01_economy.html"' in together
    assert "<dd><bdi>abc</bdi></dd>" in together


def test_a_page_says_what_it_is_about_and_what_made_it() -> None:
    html, _ = export(code("o", outputs=[OBSERVATION]), parameters="lang = 'en'\nyear = 2030")
    assert "2021–2025" in html
    assert "01_economy.ipynb" in html
    assert "year = 2030" in html


def test_a_package_that_is_gone_costs_the_heading_alone(tmp_path: Path) -> None:
    gone = f"lang = 'en'\npackage = {str(tmp_path / 'gone')!r}"
    html, _ = export(text("words"), code("o", outputs=[OBSERVATION]), parameters=gone)
    assert "words" in html
    assert 'class="release"' not in html


def test_jupyterlabs_menu_lists_it() -> None:
    from nbconvert.exporters import get_export_names, get_exporter

    assert "briefing" in get_export_names()
    assert get_exporter("briefing").export_from_notebook == "Briefing"


def test_the_stock_command_makes_the_page_that_publishing_makes(tmp_path: Path) -> None:
    path = write(tmp_path / "01_economy.ipynb", text("## 图"), code(CHART))
    command = [sys.executable, "-m", "jupyter", "nbconvert", "--execute", "--to", "briefing", str(path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    html = (tmp_path / "01_economy.html").read_text(encoding="utf-8")
    assert html.count('class="chart"') == 1
    assert "<h1" in html
    assert "乙比甲多" in html
    with closing(execute([Run(path, "zh")])) as ended:
        (outcome,) = ended
    assert outcome.notebook is not None
    published = nbformat.reads(nbformat.writes(outcome.notebook), as_version=4)
    assert html == BriefingExporter().from_notebook_node(published, {"metadata": {"name": "01_economy"}})[0]


def seconds_to_export(length: int, text: str) -> float:
    """The least of three tries: what else the machine does only ever adds."""
    huge = text * length
    packed = base64.b64encode(huge.encode()).decode()
    failed = new_output("error", ename="E", evalue=huge, traceback=[huge])
    printed = new_output("stream", name="stdout", text=huge)
    outputs = [{"text/plain": huge}, {"text/html": f"<p>{huge}</p>"}, {"image/png": packed}, failed, printed]
    tries = []
    for _ in range(3):
        started = time.process_time()
        export(code("x", outputs=outputs))
        tries.append(time.process_time() - started)
    return min(tries)


TEXTS = [*((character, 200_000) for character in "a中9/$<&"), ("<p>x<br>", 2_000)]


@pytest.mark.parametrize(("text", "length"), TEXTS)
def test_a_text_of_any_kind_is_exported_in_time_proportional_to_its_length(text: str, length: int) -> None:
    seconds_to_export(10, text)  # what is imported at the first export
    assert seconds_to_export(length, text) < 8 * seconds_to_export(length // 4, text)  # a square would be 16


def test_a_page_claims_a_release_only_if_it_shows_its_numbers() -> None:
    other = {"text/html": '<p><data data-observation="loaves" value="3">3</data></p>'}
    for shown, claims in ((OBSERVATION, True), (other, False)):
        html, _ = export(INJECTED, code("o", outputs=[shown]))
        for each in ("ld+json", 'class="release"', "Method and caveats", "text/csv"):
            assert (each in html) == claims


@pytest.mark.parametrize(
    ("printed", "seen"),
    [
        ("a\rb", "b"),
        ("abc\rX", "Xbc"),
        ("abc\b\bX", "aXc"),
        ("ab\r\ncd", "ab\ncd"),
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("50%\x1b[2K\rdone", "done"),
        ("\x1b[?25l\x1b(Bplain\x9b1m", "plain"),
    ],
)
def test_text_is_what_a_terminal_would_leave(printed: str, seen: str) -> None:
    assert terminal(printed) == seen
