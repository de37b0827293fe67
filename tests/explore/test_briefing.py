"""One object for a page: language and package are named once, and the functions are the library's own."""

from __future__ import annotations

import inspect
import shutil
from pathlib import Path

import pandas as pd
import pytest
from small_notebooks import code, write

import jiaokou
from jiaokou import JiaokouError
from jiaokou.data.descriptor import default_package
from jiaokou.execution.runner import Run, execute
from jiaokou.html.exporter import BriefingExporter


def test_its_charts_and_tables_are_the_library_s_in_its_language() -> None:
    page = jiaokou.briefing("en")
    rows = jiaokou.load("economy").query("unit == 'CNY'")
    assert page.charts.bars(rows, title="Money") == jiaokou.charts.bars(rows, "en", title="Money")
    assert page.tables.observations(rows)._repr_html_() == jiaokou.tables.observations(rows, "en")._repr_html_()
    for module in (jiaokou.charts, jiaokou.tables):
        public = {name for name in module.__all__ if inspect.isfunction(getattr(module, name))}
        assert vars(getattr(page, module.__name__.removeprefix("jiaokou."))).keys() == public
    assert page.charts.frame(page.charts.bars(rows), title="Framed").layout.meta["title"] == "Framed"


@pytest.mark.parametrize("name", "load milestones derived audit found sensitivity indicators sections".split())
def test_its_frames_are_the_library_s(name: str) -> None:
    pd.testing.assert_frame_equal(getattr(jiaokou.briefing(), name)(), getattr(jiaokou, name)())


def test_it_speaks_of_its_own_package(tmp_path: Path) -> None:
    folder = shutil.copytree(default_package(), tmp_path / "elsewhere")
    labels = folder / "indicators.csv"
    labels.write_text(labels.read_text("utf-8").replace("Forest coverage rate", "Woodland"), "utf-8")
    page = jiaokou.briefing("en", folder)
    assert page.say(zh="{forest_cover.label}", en="{forest_cover.label}") == "Woodland"
    assert page.charts.progress(page.pick("forest_cover")).layout.meta["table"][1][0] == "Woodland"
    assert "Woodland" in repr(page.indicator("forest_cover"))
    assert "Woodland" in page.show(page.search("forest_cover"))._repr_html_()


def test_pick_takes_codes_alone_of_whatever_kind_and_keeps_their_order() -> None:
    page = jiaokou.briefing()
    codes = ["budget_expenditure", "expenditure_2020", "budget_revenue"]
    mixed = page.pick(*codes)
    assert list(mixed["observation"].fillna(mixed["derived"])) == codes
    assert list(page.pick("new_energy_one_quantity")["verdict"]) == ["cannot_hold"]
    picked = jiaokou.pick(jiaokou.load(), "forest_cover", "budget_revenue")
    pd.testing.assert_frame_equal(page.pick("forest_cover", "budget_revenue"), picked)
    for given, hint in (("forest_covers", "did you mean forest_cover"), ("", "no row has ''")):
        with pytest.raises(JiaokouError, match=hint):
            page.pick(given)


def test_help_and_tab_show_what_is_still_asked_for() -> None:
    page = jiaokou.briefing()
    for bound, function in (
        (page.charts.bars, jiaokou.charts.bars),
        (page.load, jiaokou.load),
        (page.indicator, jiaokou.indicator),
    ):
        assert bound.__doc__ == function.__doc__
        asked = set(inspect.signature(function).parameters) - set(inspect.signature(bound).parameters)
        assert asked <= {"lang", "package"}
        assert "package" in asked


def test_an_unknown_language_and_an_unsound_package_are_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(JiaokouError, match="unknown language 'fr'"):
        jiaokou.briefing("fr")
    with pytest.raises(JiaokouError, match=r"no datapackage\.json|datapackage\.json"):
        jiaokou.briefing("en", tmp_path)


def test_a_page_says_which_cells_were_edited_since_they_ran_or_ran_in_another_language(tmp_path: Path) -> None:
    cells = [code("import jiaokou\npage = jiaokou.briefing(lang, package)"), code("page.load().shape"), code("1 + 1")]
    (outcome,) = execute([Run(write(tmp_path / "own.ipynb", *cells), "zh")])
    notebook = outcome.notebook
    assert notebook is not None
    same = BriefingExporter().from_notebook_node(notebook)[0]
    assert "在运行之后改过" not in same
    notebook.cells[-1].source = "1 + 2"
    assert "笔记本有 1 个代码单元在运行之后改过" in BriefingExporter().from_notebook_node(notebook)[0]
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", []))
    injected.source = injected.source.replace("zh", "en")
    assert "2 code cell(s) of the notebook were changed since" in BriefingExporter().from_notebook_node(notebook)[0]
