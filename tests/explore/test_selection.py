"""The explorer: its choices, the code that gives the same rows, and the widgets that hold them."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import jiaokou
from jiaokou import JiaokouError
from jiaokou.data.descriptor import default_package
from jiaokou.explore.explorer import Selection

CHOICES: list[dict[str, Any]] = [
    {},
    {"what": "milestones"},
    {"section": "economy", "unit": "CNY"},
    {"section": "economy", "topic": "key_projects", "basis": "planned"},
    {"basis": "target", "words": "铸造"},
    {"what": "milestones", "section": "livelihood", "stage": "completed"},
    {"what": "milestones", "words": "castings"},
    {"section": "outlook", "unit": "CNY"},
    {"words": "no \"such' \\ word"},
    {"section": "economy", "codes": ("projects_completed", "projects_planned")},
    {"what": "milestones", "codes": ("standard_factory_buildings",)},
]


def run(code: str) -> pd.DataFrame:
    names: dict[str, Any] = {}
    exec(code, names)
    return names["rows"]


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as another one, with a hostile label and a name that needs quotes."""
    folder = tmp_path_factory.mktemp("else") / 'it\'s "here"'
    shutil.copytree(default_package(), folder)
    file = folder / "indicators.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        head, *rows = csv.reader(lines)
    for row in rows:
        if row[0] == "forest_cover":
            row[head.index("label_en")] = "<script>alert(1)</script>"
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, lineterminator="\n").writerows([head, *rows])
    return folder


@pytest.mark.parametrize("choices", CHOICES, ids=str)
def test_the_code_shown_gives_exactly_the_rows_shown(choices: dict[str, Any]) -> None:
    chosen = Selection(**choices)
    pd.testing.assert_frame_equal(run(chosen.code()), chosen.rows)


def test_the_code_names_another_package_and_its_rows_know_it(elsewhere: Path) -> None:
    code = Selection(package=elsewhere, section="ecology", unit="percent", words="forest").code("en")
    rows = run(code)
    assert list(rows["label_en"]) == ["<script>alert(1)</script>"]
    assert "page.charts.progress(rows)" in code
    figure = jiaokou.charts.progress(rows, "en")
    assert figure.layout.meta["table"][1][0] == "<script>alert(1)</script>"
    assert "<script" not in jiaokou.show(rows, "en")._repr_html_()


def test_each_choice_narrows_the_rows_to_its_code() -> None:
    rows = Selection(section="economy", basis="target", unit="t_per_a").rows
    assert len(rows) > 1
    assert {tuple(row) for row in rows[["section", "basis", "unit"]].to_numpy()} == {("economy", "target", "t_per_a")}


def test_topics_on_offer_are_those_of_the_section_and_each_says_how_many_rows_it_has() -> None:
    topics = Selection(section="ecology").options["topic"]
    assert topics == {str(topic): len(rows) for topic, rows in jiaokou.load("ecology").groupby("topic", observed=True)}
    assert sum(Selection().options["topic"].values()) == len(jiaokou.load())


def test_a_choice_that_those_before_it_leave_nothing_of_is_dropped() -> None:
    left = Selection(section="ecology", topic="key_projects", unit="CNY", codes=("projects_planned",))
    assert (left.chosen, left.codes) == ({"section": "ecology"}, ())
    assert Selection("milestones", unit="CNY", stage="completed").chosen == {"stage": "completed"}


@pytest.mark.parametrize(
    ("choices", "chart"),
    [
        ({"unit": "CNY"}, "bars"),
        ({"section": "ecology", "unit": "percent"}, "progress"),
        ({"what": "milestones"}, "board"),
        ({"section": "economy"}, ""),
        ({"unit": "rank"}, ""),
        ({"words": "zebra"}, ""),
    ],
    ids=str,
)
def test_a_chart_suits_the_choice_or_says_why_there_is_none(choices: dict[str, str], chart: str) -> None:
    name, _, why = Selection(**choices).chart
    assert name == chart
    assert bool(why) != bool(chart)


# The widgets


def test_what_is_chosen_in_the_widgets_is_shown_in_rows_table_chart_and_code() -> None:
    view = jiaokou.explorer("en")
    view.controls["section"].value = "economy"
    view.controls["unit"].value = "CNY"
    assert list(view.rows["unit"].unique()) == ["CNY"]
    assert view._shown.value.count("data-observation=") == len(view.rows)
    (shown,) = view._figure.outputs
    assert shown["data"]["application/vnd.plotly.v1+json"]["data"]
    assert view._code.value == view.code
    pd.testing.assert_frame_equal(run(view._code.value), view.rows)
    assert f"{len(view.rows)} of {len(jiaokou.load())} chosen" in view._shown.value


def test_several_units_are_not_drawn_and_one_is() -> None:
    view = jiaokou.explorer("en")
    view.controls["section"].value = "ecology"
    assert "2 units" in view._shown.value
    assert view._figure.outputs == ()
    view.controls["unit"].value = "percent"
    assert view._figure.outputs


def test_single_rows_are_chosen_by_their_codes_and_copied_as_such() -> None:
    view = jiaokou.explorer("en")
    view.controls["section"].value = "economy"
    offered = [code for _, code in view.controls["codes"].options]
    assert offered == list(jiaokou.load("economy")["observation"])
    view.controls["codes"].value = ("projects_planned", "projects_completed")
    assert list(view.rows["observation"]) == ["projects_planned", "projects_completed"]
    assert 'pick(page.load(), "projects_planned", "projects_completed")' in view.code
    assert [code for _, code in view.controls["codes"].options] == offered


def test_the_language_is_switched_in_the_view_and_the_choice_stays() -> None:
    view = jiaokou.explorer()
    view.controls["section"].value = "culture"
    assert view.controls["section"].description == "板块"
    view.controls["lang"].value = "en"
    assert view.controls["section"].description == "Section"
    assert view.controls["section"].value == "culture"
    assert 'jiaokou.briefing("en")' in view.code
    assert "Source:" in view._shown.value


def test_milestones_have_stages_in_place_of_bases_and_units() -> None:
    view = jiaokou.explorer("en")
    view.controls["unit"].value = "CNY"
    view.controls["what"].value = "milestones"
    assert [view.controls[name].layout.display for name in ("stage", "basis", "unit")] == [None, "none", "none"]
    assert len(view.rows) == len(jiaokou.milestones())
    assert view._figure.outputs


def test_nothing_found_and_nothing_said_are_plain_and_leave_the_controls_working() -> None:
    view = jiaokou.explorer("en")
    for what in ("milestones", "observations"):
        view.controls["what"].value = what
        view.controls["words"].value = "zebra"
        assert "0 of" in view._shown.value
    assert "loosen" in view._shown.value
    assert "<table" not in view._shown.value
    view.controls["words"].value = "\u0301"
    assert "nothing to search for" in view._shown.value
    view.controls["words"].value = ""
    assert len(view.rows) == len(jiaokou.load())
    assert "<table" in view._shown.value


def shown(*lines: str) -> list[dict[str, Any]]:
    """What a cell of these lines puts out."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("\n".join(lines))])
    (cell,) = NotebookClient(notebook, kernel_name="python3").execute().cells
    return [output["data"] for output in cell["outputs"]]


def test_markup_in_a_package_stays_text(elsewhere: Path) -> None:
    view = jiaokou.explorer("en", package=elsewhere)
    view.controls["words"].value = "<img src=x>"
    view.controls["words"].value = "forest_cover"
    page = shown(
        "import jiaokou",
        f"view = jiaokou.explorer('en', package={str(elsewhere)!r})",
        "view.controls['words'].value = 'forest_cover'",
        "view",
    )[0]["text/html"]
    for text in (page, view._shown.value):
        assert "<script" not in text
        assert "<img" not in text
    assert "&lt;script&gt;" in page


def test_the_rows_stay_in_the_notebook_where_there_are_no_widgets() -> None:
    view = jiaokou.explorer("en")
    view.controls["unit"].value = "CNY"
    lines = ["import jiaokou", "view = jiaokou.explorer('en')", "view.controls['unit'].value = 'CNY'", "view"]
    saved, widgets = shown(*lines)
    assert "application/vnd.jupyter.widget-view+json" not in saved
    assert saved["text/plain"] == repr(view)
    assert view.code in repr(view)
    assert saved["text/html"].count("data-observation=") == len(view.rows)
    assert "run this cell again" in saved["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in widgets


def test_without_ipywidgets_one_line_says_what_to_install() -> None:
    code = (
        "import sys; sys.modules['ipywidgets'] = None\nimport jiaokou\n"
        "try: jiaokou.explorer()\nexcept jiaokou.JiaokouError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "jiaokou[lab]"' in done.stdout
    assert len(done.stdout.splitlines()) == 1


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(JiaokouError, match="unknown language 'fr'"):
        jiaokou.explorer("fr")


# Frames as tables, charts as one call

SERVED = {
    "load": jiaokou.load,
    "milestones": jiaokou.milestones,
    "derived": jiaokou.derived,
    "audit": jiaokou.audit,
    "found": jiaokou.found,
    "indicators": jiaokou.indicators,
    "sections": jiaokou.sections,
    "search": lambda: jiaokou.search("铸造"),
    "sensitivity": jiaokou.sensitivity,
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("serve", SERVED)
def test_every_frame_that_is_served_is_shown_as_a_table(serve: str, lang: str) -> None:
    frame = SERVED[serve]().head(5)
    shown = jiaokou.show(frame.assign(mine=1), lang)._repr_html_()
    assert shown.count('scope="row"') == len(frame)
    assert "&lt;NA&gt;" not in shown


@pytest.mark.skipif(not hasattr(jiaokou.tables, "plain"), reason="comes with the room of tables")
def test_any_other_frame_is_a_plain_table() -> None:
    shown = jiaokou.show(pd.DataFrame({"town": ["<b>"], "visitors": [1200]}), "en")._repr_html_()
    assert "visitors" in shown
    assert "&lt;b&gt;" in shown
    assert "forest_cover" in jiaokou.show(jiaokou.load("ecology")[["observation", "value"]])._repr_html_()


@pytest.mark.parametrize(
    ("frame", "said"), [(jiaokou.load().iloc[0], "a frame, such as"), (jiaokou.load().iloc[:0], "without rows")]
)
def test_what_cannot_be_shown_is_refused(frame: object, said: str) -> None:
    with pytest.raises(JiaokouError, match=said):
        jiaokou.show(frame)  # type: ignore[arg-type]


def test_a_chart_needs_only_its_rows() -> None:
    rows = jiaokou.load("economy").query("unit == 'CNY'")
    meta = jiaokou.charts.bars(rows, "en").layout.meta
    section = jiaokou.pick(jiaokou.sections(), "economy")["label_en"][0]
    assert meta["title"] == f"{section}: published values"
    assert meta["source"].startswith("Source: ")
    assert "paragraph" in meta["source"]
    assert jiaokou.charts.bars(rows, "en", title="Mine", source="Theirs").layout.meta["title"] == "Mine"
