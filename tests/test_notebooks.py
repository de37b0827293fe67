"""The notebooks that are no briefings yet: the tutorial runs as it stands, the template becomes a page of an edition.

The conventions hold for all of them; what briefings say and draw is tested where they are published.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from small_notebooks import CHART, PLOTLY, code, text, write

import jiaokou
from jiaokou import JiaokouError
from jiaokou.data.descriptor import default_package
from jiaokou.data.languages import LANGUAGES
from jiaokou.execution.notebooks import briefings
from jiaokou.explore.parameters import declared
from jiaokou.html.exporter import BriefingExporter
from jiaokou.publishing.publish import publish

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
EVERY = sorted(NOTEBOOKS.glob("*.ipynb"))
TUTORIAL, TEMPLATE = NOTEBOOKS / "tutorial.ipynb", NOTEBOOKS / "template.ipynb"


def cells(path: Path, kind: str) -> list[Any]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == kind]


def tags(cell: Any) -> list[str]:
    return list(cell.metadata.get("tags", []))


def figures(notebook: Any) -> list[dict[str, Any]]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output.data[PLOTLY] for output in outputs if PLOTLY in output.get("data", {})]


# Conventions


def test_neither_tutorial_nor_template_is_a_briefing() -> None:
    published = [briefing.path for briefing in briefings()]
    assert [path for path in EVERY if path not in published] == [TEMPLATE, TUTORIAL]


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_each_text_stands_in_every_language_side_by_side(path: Path) -> None:
    spoken = [tag for cell in cells(path, "markdown") for tag in tags(cell)]
    assert spoken == [*LANGUAGES] * (len(spoken) // len(LANGUAGES))
    assert len(spoken) == len(cells(path, "markdown"))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_one_cell_declares_language_and_package_with_what_they_mean(path: Path) -> None:
    (parameters,) = [cell for cell in cells(path, "code") if "parameters" in tags(cell)]
    found = declared(parameters.source)
    assert {"lang", "package"} <= set(found)
    assert [name for name, parameter in found.items() if not parameter.help] == []


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_each_cell_is_short_and_leaves_the_rest_to_the_library(path: Path) -> None:
    for cell in cells(path, "code"):
        assert len(cell.source.splitlines()) <= 12, cell.id
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Try)]
        called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}  # fmt: skip
        assert not called & {"print", "open", "display"}, cell.id


@pytest.mark.parametrize("path", [each.path for each in briefings()], ids=lambda path: path.stem)
def test_a_briefing_leads_with_its_finding_two_sentences_and_at_most_three_points(path: Path) -> None:
    run = nbformat.read(path, as_version=4).cells
    first = next(place for place, cell in enumerate(run) if cell.source.startswith("## "))
    said = [call for cell in run[:first] for call in re.findall(r"page\.say(?:\.\w+)?\(", cell.source)]
    assert said[0] == "page.say.title("
    assert 1 <= said.count("page.say(") <= 4
    assert said.count("page.say.unpublished(") == (path.stem != "07_audit")


@pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
def test_what_is_quoted_as_printed_is_never_converted(path: Path) -> None:
    quoted = [field for cell in cells(path, "code") for field in re.findall(r"“\{([\w.]+)\}”", cell.source)]
    numbers = [field for field in quoted if field.partition(".")[0] in set(jiaokou.load()["observation"])]
    assert [field for field in numbers if not field.endswith(".printed")] == []


def sentences(path: Path) -> list[str]:
    """What the cells of a notebook say, each language by itself."""
    found = [node for cell in cells(path, "code") for node in ast.walk(ast.parse(cell.source)) if isinstance(node, ast.keyword)]  # fmt: skip
    return [node.value.value for node in found if node.arg in LANGUAGES and isinstance(node.value, ast.Constant)]


@pytest.mark.parametrize("assumed", ["target_year", "goal", "investment_completion_rate", "mean_completed_investment"])
def test_what_rests_on_an_assumption_of_ours_is_never_said_without_an_if(assumed: str) -> None:
    said = [text for path in EVERY for text in sentences(path) if f"{{{assumed}" in text]
    assert said
    assert [text for text in said if not re.search(r"\bif\b|\bassum|若|如果|假设", text, flags=re.I)] == []


# Conclusions


def test_a_conclusion_that_the_data_no_longer_bear_out_stops_the_edition_and_is_named(tmp_path: Path) -> None:
    """The second of two capacities, 870 megawatts, printed as the first one is."""
    folder = shutil.copytree(default_package(), tmp_path / "data")
    rows = folder / "observations" / "economy.csv"
    changed = rows.read_text("utf-8").replace("870MW,exact,870", "90.7万千瓦,exact,907")
    rows.write_text(changed.replace(",1396,1401", ",1396,1403"), "utf-8")
    with pytest.raises(
        JiaokouError, match=r"cell \d+: JiaokouError: “.*” does not stand: .*new_energy_one_quantity"
    ) as refused:
        publish(["economy"], package=folder, out=tmp_path / "out")
    assert "new_energy_capacity printed 90.7万千瓦, grid_connected_capacity printed 90.7万千瓦" in str(refused.value)
    assert not (tmp_path / "out" / "latest").exists()


# The tutorial


@pytest.fixture(scope="module", params=LANGUAGES)
def executed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any]:
    """The tutorial as a stock kernel leaves it, and its language."""
    result = tmp_path_factory.mktemp("tutorial") / "executed.ipynb"
    papermill.execute_notebook(TUTORIAL, result, parameters={"lang": request.param}, progress_bar=False)
    return request.param, nbformat.read(result, as_version=4)


def test_each_cell_of_the_tutorial_shows_one_thing_and_says_nothing_on_the_side(executed: tuple[str, Any]) -> None:
    _, notebook = executed
    run = [cell for cell in notebook.cells if cell.cell_type == "code"]
    shown = {cell.id: [output.output_type for output in cell.outputs] for cell in run}
    quiet = {cell.id for cell in run if {"parameters", "injected-parameters"} & set(tags(cell))} | {"imports"}
    assert [name for name in quiet if shown[name]] == []
    others = [outputs for name, outputs in shown.items() if name not in quiet]
    assert [outputs for outputs in others if outputs not in (["execute_result"], ["display_data"])] == []


def test_the_tutorial_draws_its_charts_and_speaks_its_language(executed: tuple[str, Any]) -> None:
    lang, notebook = executed
    drawn = figures(notebook)
    assert len(drawn) == 3
    assert [figure for figure in drawn if not any(trace.get("x") for trace in figure["data"])] == []
    said = {"zh": "17.2亿元", "en": "CNY 1.72 bn"}[lang]
    (sentence,) = [cell for cell in notebook.cells if cell.id == "sentence-say"]
    assert f">{said}</data>" in sentence.outputs[0].data["text/html"]
    (number,) = [cell for cell in notebook.cells if cell.id == "one-page"]
    assert {"zh": "突破11亿元", "en": "more than CNY 1.1 bn"}[lang] in number.outputs[0].data["text/html"]


def test_the_tutorial_becomes_a_page(executed: tuple[str, Any]) -> None:
    page, _ = BriefingExporter().from_notebook_node(executed[1])
    assert page.count('class="chart"') == 3
    assert {"zh": "第一个小时", "en": "A first hour"}[executed[0]] in page
    assert {"zh": "A first hour", "en": "第一个小时"}[executed[0]] not in page


def test_the_commands_that_the_tutorial_ends_with_make_what_they_say(tmp_path: Path) -> None:
    shown = [re.findall(r"^```sh\n(.*?)^```", cell.source, flags=re.M | re.S) for cell in cells(TUTORIAL, "markdown")]  # fmt: skip
    zh, en = filter(None, shown)
    assert zh == en
    write(tmp_path / "notebooks" / "tutorial.ipynb", code(CHART), code("fig"))
    (tmp_path / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    lines = zh[0].replace(" economy ", " governance --lang en ")  # the shortest briefing stands for any
    done = subprocess.run(["/bin/sh", "-euc", lines], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "pages" / "tutorial.html").is_file()
    assert (tmp_path / "pages" / "latest" / "index.html").is_file()


# The template


def test_a_copy_of_the_template_is_a_page_of_the_next_edition(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    write(folder / "00_overview.ipynb", text("概况。", "zh"), text("In short.", "en"))
    shutil.copyfile(TEMPLATE, folder / "08_finance.ipynb")
    shutil.copyfile(TUTORIAL, folder / "tutorial.ipynb")
    made = publish(out=tmp_path / "out", notebooks=folder)  # raises what the gate finds
    index = made.index.read_text(encoding="utf-8")
    said = {"zh": ("财政支出五年增长", "收入只写"), "en": ("Public spending grew by", "Revenue is printed as")}
    for lang, words in said.items():
        assert f'href="{lang}/08_finance.html' in index
        page = (made.path / lang / "08_finance.html").read_text(encoding="utf-8")
        assert page.count('class="chart"') == 1
        assert re.search(f"<h1[^>]*>{words[0]}", page)
        assert all(each in index for each in words)
    assert "tutorial" not in index
