"""Charts: what they say, in both languages, and what they refuse."""

import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

import jiaokou
from jiaokou import JiaokouError, charts, wording
from jiaokou.charts.canvas import LINE, NARROW, WIDE
from jiaokou.charts.style import STYLES, themed
from jiaokou.data.package import Package, default_package, open_package
from jiaokou.wording.labels import cells

DATA = open_package()
OBSERVED = jiaokou.load().set_index("observation", drop=False)
REACHED = jiaokou.milestones()
DERIVED = jiaokou.derived()
SHARES = OBSERVED[OBSERVED["indicator"].isin(["forest_cover", "manure_use_rate", "new_energy_share"])]
TODAY = OBSERVED.loc[["new_energy_capacity", "foundry_capacity_listed", "budget_revenue"]]
CAPACITY = OBSERVED[OBSERVED["unit"].isin(["t_per_a", "MW"])]
PARTS, WHOLES = OBSERVED.loc[["projects_completed"]], OBSERVED.loc[["projects_planned"]]

MAKERS = {
    "bars": lambda lang, **k: charts.bars(OBSERVED[OBSERVED["unit"] == "CNY"], lang, **k),
    "progress": lambda lang, **k: charts.progress(PARTS, lang, wholes=WHOLES, **k),
    "progress_of_rates": lambda lang, **k: charts.progress(SHARES, lang, **k),
    "comparison": lambda lang, **k: charts.comparison(CAPACITY, lang, by="indicator", **k),
    "composition": lambda lang, **k: charts.composition(OBSERVED, lang, by="basis", **k),
    "stages": lambda lang, **k: charts.stages(REACHED, lang, by="section", **k),
    "intervals_of_shares": lambda lang, **k: charts.intervals(DERIVED[DERIVED["unit"] == "percent"], lang, **k),
    "intervals_of_many_units": lambda lang, **k: charts.intervals(DERIVED, lang, **k),
    "relations": lambda lang, **k: charts.relations(jiaokou.audit(), lang, **k),
    "verdicts": lambda lang, **k: charts.verdicts(jiaokou.audit(), lang, **k),
    "paths": lambda lang, **k: charts.paths(TODAY, lang, goals=[1000, 1e6, 1.5e9], target_year=2030, **k),
}
THEMED = themed("|").split("|")
each_chart = pytest.mark.parametrize("chart", MAKERS)
each_language = pytest.mark.parametrize("lang", wording.LANGUAGES)


def draw(chart, lang, title="A message", source="A source"):
    return MAKERS[chart](lang, title=title, source=source, package=DATA)


@each_chart
def test_what_a_reader_changes_in_a_figure_is_validated(chart):
    with pytest.raises(ValueError, match="nonsense"):
        draw(chart, "en").update_layout(nonsense=1)


def labels(figure):
    """The texts that stand in a figure."""
    (written,) = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text"]
    return written.text


def texts(figure):
    """Every text that a figure shows, on hover too."""
    return [*labels(figure), *(text for trace in figure.data for text in trace.hovertext or ())]


def drawn_lines(labels):
    """Lines of labels, without markup."""
    return [re.sub(r"<[^>]+>", "", line) for label in labels for line in label.split("<br>")]


def narrow_labels(figure):
    """The labels as a narrow screen has them."""
    narrow = figure.layout.meta["narrow"]["texts"]
    return [narrow.get(at, label) for at, label in enumerate(labels(figure))]


@each_language
@each_chart
def test_a_chart_brings_title_source_and_a_written_description(chart, lang):
    figure = draw(chart, lang)
    meta = figure.layout.meta
    assert isinstance(figure, go.Figure)
    assert (meta["title"], meta["source"]) == ("A message", "A source")
    assert len(meta["description"]) > 20
    assert not re.search(r"\{|\}|\bnan\b|<NA>", meta["description"])
    assert figure.layout.height > meta["height"] > 0
    assert figure.layout.title.text == themed("A message")


@each_chart
def test_a_description_is_in_the_page_s_language(chart):
    assert re.search(r"[一-鿿]", draw(chart, "zh").layout.meta["description"])
    assert not re.search(r"[一-鿿]", draw(chart, "en").layout.meta["description"])


@each_language
@each_chart
def test_labels_fit_the_screens_that_they_are_laid_out_for(chart, lang):
    figure = draw(chart, lang)
    assert max(map(cells, drawn_lines(labels(figure)))) <= WIDE + 3
    assert max(map(cells, drawn_lines(narrow_labels(figure)))) <= NARROW + 3


@each_language
@each_chart
def test_what_stands_below_a_label_moves_down_by_the_lines_that_it_takes_more(chart, lang):
    figure = draw(chart, lang)
    (heights,) = [trace.y for trace in figure.data if trace.type == "scatter" and trace.mode == "text"]
    pairs = zip(heights, labels(figure), narrow_labels(figure), strict=True)
    more = [(y, narrow.count("<br>") - wide.count("<br>")) for y, wide, narrow in pairs]
    longer = [(y, LINE * lines) for y, lines in more if lines]
    lower = figure.layout.meta["narrow"]["lower"]
    assert [pixels for _, pixels in lower] == [pixels for _, pixels in longer]
    for (below, _), (label, _) in zip(lower, longer, strict=True):
        assert label < below
        assert not [y for y in heights if label < y < below]


@each_language
@each_chart
def test_a_chart_asks_no_network_and_is_the_same_on_every_run(chart, lang):
    drawn = draw(chart, lang).to_json()
    assert "http" not in drawn
    assert drawn == draw(chart, lang).to_json()
    assert {trace.type for trace in draw(chart, lang).data} <= {"bar", "scatter"}


@each_chart
def test_both_languages_draw_the_same_lengths(chart):
    lengths = []
    for lang in wording.LANGUAGES:
        figure = draw(chart, lang)
        lengths.append(sorted(round(x, 9) for t in figure.data if t.type == "bar" for x in t.x))
    assert lengths[0] == lengths[1]


@each_language
def test_hovering_shows_label_quantity_printed_form_period_and_paragraph(lang):
    shown = next(text for text in texts(draw("bars", lang)) if "610.83亿元" in text and "<br>" in text)
    observed = OBSERVED.loc["projects_investment_planned"]
    for part in (
        wording.label(observed, lang),
        wording.quantity(observed, lang, DATA),
        wording.period(observed, lang),
        wording.paragraphs([observed["paragraph"]], lang),
    ):
        assert part in shown.replace("</b><br><b>", " " if lang == "en" else "")


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda f, **k: charts.bars(f, "en", **k), "bars"),
        (lambda f, **k: charts.progress(f, "en", **k), "progress"),
        (lambda f, **k: charts.comparison(f, "en", **k), "comparison"),
        (lambda f, **k: charts.composition(f, "en", by="basis", **k), "composition"),
        (lambda f, **k: charts.intervals(f, "en", **k), "intervals"),
        (lambda f, **k: charts.paths(f, "en", goals=[], target_year=2030, **k), "paths"),
    ],
)
def test_a_frame_without_rows_is_refused_by_name(call, name):
    with pytest.raises(JiaokouError, match=rf"charts\.{name} got a frame without rows"):
        call(OBSERVED.head(0), title="t", source="s", package=DATA)


def test_stages_of_no_milestones_are_refused():
    with pytest.raises(JiaokouError, match=r"charts\.stages got a frame without rows"):
        charts.stages(REACHED.head(0), "en", title="t", source="s", package=DATA)


def test_lengths_of_several_units_and_of_ranks_are_refused():
    ranks = OBSERVED[OBSERVED["unit"] == "rank"]
    for frame, said in ((OBSERVED.head(3), "t_per_a, count, CNY"), (ranks, "rank")):
        with pytest.raises(JiaokouError, match=f"one unit, not {said}"):
            charts.bars(frame, "en", title="t", source="s", package=DATA)


def test_progress_refuses_what_is_no_part_of_its_whole():
    k = {"title": "t", "source": "s", "package": DATA}
    with pytest.raises(JiaokouError, match="1 parts and 2 wholes"):
        charts.progress(PARTS, "en", wholes=pd.concat([WHOLES, WHOLES]), **k)
    with pytest.raises(JiaokouError, match="a part in count of a whole in CNY"):
        charts.progress(PARTS, "en", wholes=OBSERVED.loc[["budget_revenue"]], **k)
    with pytest.raises(JiaokouError, match="fixed_asset_investment_growth, which is no part of a whole"):
        charts.progress(OBSERVED.loc[["fixed_asset_investment_growth"]], "en", **k)


def test_paths_refuse_goals_that_do_not_match_and_years_gone_by():
    k = {"title": "t", "source": "s", "package": DATA}
    with pytest.raises(JiaokouError, match="3 values and 1 goals"):
        charts.paths(TODAY, "en", goals=[1], target_year=2030, **k)
    with pytest.raises(JiaokouError, match="growth over -5 years"):
        charts.paths(TODAY.head(1), "en", goals=[1000], target_year=2020, **k)


def test_grouping_by_an_unknown_column_names_those_there_are():
    with pytest.raises(JiaokouError, match=r"cannot group by 'colour': use .*basis"):
        charts.composition(OBSERVED, "en", by="colour", title="t", source="s", package=DATA)


def test_a_hostile_label_is_shown_as_the_text_it_is():
    hostile = OBSERVED.loc[["forest_cover"]].assign(label_en='<a href="javascript:x">&<script>', printed="<b>")
    figure = charts.bars(hostile, "en", title="<i>t", source="<i>s", package=DATA)
    for text in [*texts(figure), figure.layout.title.text]:
        assert set(re.findall(r"<(/?\w+)", text.removeprefix(THEMED[0]))) <= {"b", "/b", "br", THEMED[1][1:-1]}
    assert figure.layout.meta["title"] == "<i>t"  # the page escapes it in its own way


@each_chart
def test_every_text_of_a_chart_takes_the_colour_of_the_theme_around_it(chart):
    figure = draw(chart, "zh")
    drawn = [figure.layout.title.text, *labels(figure)]
    assert [text for text in drawn if not text.startswith(THEMED[0])] == []
    assert not figure.layout.annotations  # nor is there any text beside these
    assert sum(bool(trace.text) for trace in figure.data) == 1


def test_what_is_not_done_is_told_from_what_is_by_more_than_colour():
    basis, stage = STYLES["basis"], STYLES["stage"]
    assert not stage["completed"].shape
    assert not stage["in_operation"].shape
    assert all(stage[s].shape for s in ("planned", "introduced", "approved", "under_construction"))
    assert all(basis[b].shape for b in ("planned", "target", "design_capacity"))
    for list_, styles in STYLES.items():
        assert set(styles) == set(DATA.codes[list_].index)


def test_a_number_without_upper_bound_ends_in_an_arrow():
    figure = draw("bars", "en")
    arrows = [t for t in figure.data if t.type == "scatter" and t.marker.symbol == "triangle-right"]
    assert [t.x[0] for t in arrows] == [OBSERVED.at["budget_revenue", "value"]]
    assert "An arrow" in figure.layout.meta["description"]


def test_bounds_that_can_be_seen_are_drawn_as_whiskers():
    revenue = OBSERVED.loc[["budget_expenditure"]].assign(lower=1.6e9, upper=1.9e9)
    figure = charts.bars(revenue, "en", title="t", source="s", package=DATA)
    (whisker,) = [t for t in figure.data if t.error_x.array is not None]
    assert whisker.error_x.array[0] == pytest.approx(1.8e8)
    assert whisker.error_x.arrayminus[0] == pytest.approx(1.2e8)


@each_chart
def test_words_are_one_trace_in_the_colour_of_the_page(chart):
    """An annotation for each would take a browser many times as long."""
    figure = draw(chart, "en")
    (written,) = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text"]
    assert not figure.layout.annotations
    assert len(written.text) == len(written.x) == len(written.y) == len(written.textposition)
    assert written.textfont.color is None
    assert written.hoverinfo == "skip"


def test_marks_of_one_look_are_one_trace_and_small_ones_lie_on_large_ones():
    figure = draw("relations", "en")
    marks = [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "markers"]
    looks = [(trace.marker.symbol, trace.marker.color) for trace in marks]
    assert len(looks) == len(set(looks)) < sum(len(trace.x) for trace in marks)
    sizes = [trace.marker.size for trace in marks]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) > 1


def test_there_is_one_tile_for_each_milestone():
    figure = draw("stages", "zh")
    tiles = [text for trace in figure.data for text in trace.hovertext or ()]
    assert len(tiles) == len(REACHED) + REACHED["stage"].nunique()  # the key has a tile for each stage


def test_a_title_may_be_a_passage():
    passage = wording.narrator("en", DATA)(zh="{forest_cover}", en="{forest_cover} forest")
    figure = charts.bars(OBSERVED.loc[["forest_cover"]], "en", title=passage, source="s", package=DATA)
    assert json.loads(figure.to_json())["layout"]["meta"]["title"] == "42.02% forest"


def test_another_county_with_units_of_its_own_is_drawn_in_its_words():
    def coded(**columns):
        return pd.DataFrame({name: [value] for name, value in columns.items()})

    package = Package(
        path=Path("elsewhere"), name="elsewhere", version="1", license="CC0", files=(),
        release=SimpleNamespace(entity="elsewhere", title_zh="别处综述", title_en="Elsewhere"),
        codes={"basis": coded(code="actual", label_zh="实绩", label_en="actual").set_index("code")},
        frames={
            "units": coded(unit="mu", symbol_zh="亩", symbol_en="mu"),
            "entities": coded(entity="elsewhere", label_zh="别处", label_en="Elsewhere"),
            "observations": coded(observation="orchards", indicator="orchards"),
            "indicators": coded(indicator="orchards", counter_zh=None, measure="area"),
        },
    )  # fmt: skip
    row = coded(
        observation="orchards", indicator="orchards", entity="elsewhere", unit="mu", value=53000.0, printed="5.30万亩",
        qualifier="about", basis="actual", label_zh="果园", label_en="Orchards", paragraph=3,
        period_start=pd.Timestamp("2024-01-01"), period_end=pd.Timestamp("2024-12-31"), period_implied=False,
    )  # fmt: skip
    for lang, label, value in (("zh", "果园", "约5.30万亩"), ("en", "Orchards", "about 53,000 mu")):
        figure = charts.bars(row, lang, title="t", source=wording.source(row, lang, package), package=package)
        assert label in labels(figure)[0]
        assert value in labels(figure)[0]


@pytest.mark.parametrize(
    ("chart", "rows", "lacking"),
    [
        (charts.bars, jiaokou.milestones(), "value, unit"),
        (charts.stages, jiaokou.load(), "stage"),
        (charts.intervals, jiaokou.audit(), "value, lower, upper"),
        (charts.relations, jiaokou.derived(), "verdict"),
    ],
)
def test_rows_of_another_kind_are_refused_with_what_they_lack(chart, rows, lacking):
    with pytest.raises(JiaokouError, match=rf"charts\.{chart.__name__} got a frame without {lacking}"):
        chart(rows, "en", title="", source="", package=open_package())


BELOW = DERIVED.head(2).assign(value=[5.0, -3.0], lower=[5.0, -3.0], upper=[5.0, -3.0], unit="count")
MIXED = OBSERVED.loc[["forest_cover", "budget_revenue"]]


@pytest.mark.parametrize(
    ("chart", "rows", "how", "named"),
    [
        (charts.bars, BELOW, {}, "a value is below 0: use charts.intervals"),
        (charts.intervals, MIXED.assign(value=0.0), {}, "one is 0: select rows of one unit"),
        (charts.progress, TODAY, {"wholes": TODAY.assign(value=0.0)}, "a whole of 0"),
        (charts.paths, TODAY.assign(value=0.0, lower=0.0), {"goals": [1, 1, 1], "target_year": 2030}, "from zero"),
        (charts.paths, TODAY, {"goals": 1, "target_year": 2030}, "takes goals, a number for each value"),
        (charts.paths, TODAY, {"goals": [1, 1, 1], "target_year": "soon"}, "target_year, a whole number"),
        (
            charts.paths,
            OBSERVED[OBSERVED["unit"] == "rank"].head(1),
            {"goals": [1], "target_year": 2030},
            "a rank does not grow",
        ),
        (charts.composition, REACHED, {"by": "label_en"}, "cannot group by 'label_en': use .*stage"),
        (charts.bars, None, {}, r"charts\.bars takes a frame, such as"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_to_do(chart, rows, how, named):
    with pytest.raises(JiaokouError, match=named):
        chart(rows, "en", **how)


def test_a_range_without_a_value_is_left_out():
    rows = DERIVED.head(2).copy()
    rows.loc[rows.index[0], "value"] = None
    assert len(labels(charts.intervals(rows, "en"))) == len(labels(charts.intervals(rows.tail(1), "en")))


def test_rows_of_another_package_name_it_and_rows_of_several_are_refused(tmp_path):
    folder = shutil.copytree(default_package(), tmp_path / "elsewhere")
    sections = folder / "datapackage.json"
    sections.write_text(sections.read_text("utf-8").replace(DATA.release.title_en, "Elsewhere"), "utf-8")
    rows = jiaokou.load("ecology", package=folder).assign(package=str(folder))
    for frame in (rows, pd.concat([rows, rows]), pd.DataFrame(rows.to_dict("records"))):
        assert "Elsewhere" in charts.composition(frame, "en", by="basis").layout.meta["source"]
    mixed = pd.concat([rows, jiaokou.load("ecology")])
    with pytest.raises(JiaokouError, match=r"of several packages \(.*elsewhere, the library's own\)"):
        charts.composition(mixed, "en", by="basis")
    assert "Elsewhere" in charts.composition(mixed, "en", by="basis", package=folder).layout.meta["source"]


def test_any_figure_takes_a_title_a_source_and_a_description_of_its_own():
    plotted = px.bar(x=["a", "b"], y=[1, 2], title="Rain", template="jiaokou")
    framed = charts.frame(plotted, subtitle="by month", source="<Own> count", description="Two bars.")
    wanted = {"title": "Rain", "subtitle": "by month", "source": "<Own> count", "description": "Two bars."}
    assert framed.layout.meta == wanted
    assert (framed.layout.title.text, framed.layout.title.subtitle.text) == ("Rain", "by month")
    assert plotted.layout.meta is None
    assert charts.frame(framed, title="Snow").layout.meta == wanted | {"title": "Snow"}


def test_the_template_gives_any_figure_the_look_and_keeps_its_axes():
    plotted = px.line(x=[1, 2], y=[3, 4], template="jiaokou")
    look = plotted.layout.template.layout
    assert look.font.family.startswith("system-ui")
    assert look.paper_bgcolor == look.plot_bgcolor == "rgba(0,0,0,0)"
    assert plotted.data[0].line.color == look.colorway[0]
    assert look.xaxis.visible is not False
