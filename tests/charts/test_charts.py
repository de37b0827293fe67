"""Charts: what they say, in both languages, and what they refuse."""

import json
import re
import shutil
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import pytest

import jiaokou
from jiaokou import JiaokouError, charts, wording
from jiaokou.charts.canvas import NARROW
from jiaokou.charts.style import STYLES, themed
from jiaokou.data.package import Package, default_package, open_package
from jiaokou.explore.briefing import pick
from jiaokou.wording.labels import cells

DATA = open_package()
OBSERVED = jiaokou.load().set_index("observation", drop=False)
REACHED = jiaokou.milestones()
DERIVED = jiaokou.derived()
AUDIT = jiaokou.audit().set_index("relation", drop=False)
SHARES = OBSERVED[OBSERVED["indicator"].isin(["forest_cover", "manure_use_rate", "new_energy_share"])]
PLANNED, DONE = (OBSERVED.loc[[f"projects_{n}", f"projects_investment_{n}"]] for n in ("planned", "completed"))
AIMS = pick("blueprint_new_energy", "blueprint_foundry", "blueprint_magnesium")
CAPACITY = pick("new_energy_capacity", "foundry_capacity_listed", "magnesium_introduced")
COAL = pick("blueprint_coal", "blueprint_coal_chemicals")
TOTALS = pick("total_power_from_built", "total_power_from_grid")
NOW = OBSERVED.loc[["new_energy_capacity", "foundry_capacity_listed"]]
THEN = NOW.assign(value=[1000.0, 1e6], lower=[1000.0, 1e6], upper=[1000.0, 1e6], period_end=pd.Timestamp("2030-12-31"))
RATES = pd.DataFrame({"lower": [1.9, 4.8], "upper": [2.0, 4.9], "unit": "percent"})

MAKERS = {
    "bars": lambda lang, **k: charts.bars(OBSERVED[OBSERVED["unit"] == "CNY"], lang, **k),
    "progress": lambda lang, **k: charts.progress(SHARES, lang, **k),
    "targets": lambda lang, **k: charts.progress(CAPACITY, lang, wholes=AIMS, without=COAL, **k),
    "decomposition": lambda lang, **k: charts.decomposition(PLANNED, lang, parts=DONE, **k),
    "composition": lambda lang, **k: charts.composition(OBSERVED, lang, by="basis", **k),
    "intervals": lambda lang, **k: charts.intervals(TOTALS, lang, **k),
    "intervals_of_shares": lambda lang, **k: charts.intervals(DERIVED[DERIVED["unit"] == "percent"], lang, **k),
    "slopes": lambda lang, **k: charts.slopes(NOW, lang, ends=THEN, rates=RATES, **k),
    "relations": lambda lang, **k: charts.relations(AUDIT, lang, **k),
    "board": lambda lang, **k: charts.board(REACHED, lang, **k),
    "board_of_topics": lambda lang, **k: charts.board(REACHED, lang, by="topic", **k),
    "board_of_verdicts": lambda lang, **k: charts.board(AUDIT, lang, **k),
}
THEMED = themed("|").split("|")
each_chart = pytest.mark.parametrize("chart", MAKERS)
each_language = pytest.mark.parametrize("lang", wording.LANGUAGES)


@cache  # no test changes a figure
def draw(chart, lang):
    return MAKERS[chart](lang, title="A message", source="A source", package=DATA)


@each_chart
def test_what_a_reader_changes_in_a_figure_is_validated(chart):
    with pytest.raises(ValueError, match="nonsense"):
        draw(chart, "en").update_layout(nonsense=1)


def narrow(figure):
    """The figure as a narrow screen has it."""
    changes = figure.layout.meta["narrow"]
    traces = [trace.to_plotly_json() | change for trace, change in zip(figure.data, changes["data"], strict=True)]
    return go.Figure(traces, figure.layout.to_plotly_json() | changes["layout"])


def lettering(figure):
    """The traces of texts that stand in a figure."""
    return [trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text"]


def labels(figure):
    """The texts that stand in a figure."""
    return [text for trace in lettering(figure) for text in trace.text]


def plain(text):
    return re.sub(r"<br>", " ", re.sub(r"<(?!br)[^>]+>", "", text)).replace("\u2002", "")


def bars_of(figure):
    """The bars of a figure: base, length, height in the figure, thickness."""
    parts = [zip(t.base, t.x, t.y, t.width, strict=True) for t in figure.data if t.type == "bar"]
    return [bar for part in parts for bar in part]


def texts(figure):
    """Every text that a figure shows, on hover too."""
    return [*labels(figure), *(text for trace in figure.data for text in trace.hovertext or ())]


def drawn_lines(labels):
    """Lines of labels, without markup."""
    return [re.sub(r"<[^>]+>", "", line) for label in labels for line in label.split("<br>")]


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
    assert figure.layout.title.text.startswith(f"{THEMED[0]}A message<br>")
    assert meta["subtitle"].startswith({"zh": "交口县", "en": "Jiaokou County"}[lang])


@each_chart
def test_a_description_is_in_the_page_s_language(chart):
    assert re.search(r"[一-鿿]", draw(chart, "zh").layout.meta["description"])
    assert not re.search(r"[一-鿿]", draw(chart, "en").layout.meta["description"])


@each_language
@each_chart
def test_labels_stand_left_on_a_desk_and_above_on_a_phone_and_fit_its_width(chart, lang):
    desk = draw(chart, lang)
    phone = narrow(desk)
    values = [label for label in labels(phone) if "<b>" not in label]
    assert max(map(cells, drawn_lines(values))) <= NARROW + 3
    assert phone.layout.margin.l < 40 < desk.layout.margin.l or chart.startswith("board")
    assert phone.layout.height >= desk.layout.meta["height"]
    left = [side for trace in lettering(desk) for side in trace.textposition]
    assert chart.startswith("board") or left.count("middle left") + left.count("bottom left") > 1


@each_language
@each_chart
def test_a_phone_is_shown_the_same_words_and_lengths(chart, lang):
    desk = draw(chart, lang)
    phone = narrow(desk)
    said = [sorted(" ".join(map(plain, labels(each))).replace(" ", "")) for each in (desk, phone)]
    assert said[0] == said[1]
    lengths = [sorted(round(x, 9) for _, x, *_ in bars_of(each)) for each in (desk, phone)]
    assert chart.startswith("board") or lengths[0] == lengths[1]


@each_language
@each_chart
def test_a_chart_asks_no_network_and_is_the_same_on_every_run(chart, lang):
    drawn = draw(chart, lang).to_json()
    assert "http" not in drawn
    assert drawn == draw.__wrapped__(chart, lang).to_json()
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
    ("chart", "options"),
    [
        ("bars", {}),
        ("progress", {}),
        ("decomposition", {"parts": OBSERVED.head(0)}),
        ("composition", {"by": "basis"}),
        ("intervals", {}),
        ("slopes", {"ends": OBSERVED.head(0)}),
        ("board", {}),
    ],
)
def test_a_frame_without_rows_is_refused_by_name(chart, options):
    with pytest.raises(JiaokouError, match=rf"charts\.{chart} got a frame without rows"):
        getattr(charts, chart)(OBSERVED.head(0), "en", title="t", source="s", package=DATA, **options)


def test_lengths_of_several_units_and_of_ranks_are_refused():
    ranks = OBSERVED[OBSERVED["unit"] == "rank"]
    for frame, said in ((OBSERVED.head(3), "t_per_a, count, CNY"), (ranks, "rank")):
        with pytest.raises(JiaokouError, match=f"one unit, not {said}"):
            charts.bars(frame, "en", title="t", source="s", package=DATA)


def test_what_is_no_part_of_a_whole_is_refused():
    part = OBSERVED.loc[["projects_completed"]]
    with pytest.raises(JiaokouError, match="1 parts and 2 wholes"):
        charts.progress(part, "en", wholes=PLANNED)
    with pytest.raises(JiaokouError, match=r"a part in count of a whole of 1\d+.0 in CNY"):
        charts.progress(part, "en", wholes=OBSERVED.loc[["budget_revenue"]])
    with pytest.raises(JiaokouError, match=r"charts\.decomposition got a part in count"):
        charts.decomposition(OBSERVED.loc[["budget_revenue"]], "en", parts=part)
    with pytest.raises(JiaokouError, match="fixed_asset_investment_growth, which is no part of a whole"):
        charts.progress(OBSERVED.loc[["fixed_asset_investment_growth"]], "en")


def test_slopes_refuse_ends_that_do_not_match_and_years_gone_by():
    with pytest.raises(JiaokouError, match="2 starts and 1 ends"):
        charts.slopes(NOW, "en", ends=THEN.head(1))
    for wrong in ({"period_end": pd.Timestamp("2020-12-31")}, {"value": 0.0}, {"unit": "CNY"}):
        with pytest.raises(JiaokouError, match="growth of one unit to a later year, not Installed new-energy"):
            charts.slopes(NOW, "en", ends=THEN.assign(**wrong))


# What a picture claims


def test_a_limit_is_a_track_from_zero_on_which_what_is_found_has_its_true_length():
    figure = charts.relations(
        AUDIT.loc[["projects_completed_within_planned", "stations_within_villages", "retrofits_cover_those_named"]],
        "en",
    )
    rows = {}
    for base, length, y, _ in bars_of(figure):
        assert base == 0
        rows.setdefault(y, []).append(round(length, 3))
    assert [sorted(lengths) for lengths in rows.values()] == [
        [round(79 / 146, 3), 1],
        [round(29 / 70, 3), 1],
        [round(2 / 3, 3), 1],
    ]
    (limits,) = [trace for trace in figure.data if trace.type == "scatter" and trace.marker.symbol == "line-ns"]
    assert [round(x, 3) for x in limits.x] == [1, 1, round(2 / 3, 3)]


def test_nothing_is_drawn_of_one_number_on_both_sides_nor_of_what_is_missing():
    words = charts.relations(
        AUDIT.loc[["bauxite_mines_as_listed", "new_energy_one_quantity", "forest_cover_needs_area"]], "en"
    )
    assert lettering(words) == list(words.data)
    said = " ".join(map(plain, labels(words)))
    assert "3 = 3 listed, consistent" in said
    assert "at least 35.5 MW apart" in said


@each_language
def test_two_ranges_share_a_labelled_axis_with_their_gap_or_what_they_have_in_common(lang):
    apart, common = charts.intervals(TOTALS, lang), charts.intervals(TOTALS.iloc[[0, 0]], lang)
    for figure in (apart, common):
        assert figure.layout.xaxis.visible
        assert len(figure.layout.xaxis.tickvals) > 1
        assert {side for trace in lettering(figure) for side in trace.textposition} == {"middle left", "middle right"}
    (gap,), (band,) = apart.layout.shapes, common.layout.shapes
    assert (gap.x0, gap.x1) == (TOTALS["lower"].max(), TOTALS["upper"].min())
    assert (band.x0, band.x1) == (TOTALS["lower"][0], TOTALS["upper"][0])
    assert {"zh": "相差3.068万千瓦以上", "en": "the gap is 30.68 MW or more"}[lang] in apart.layout.meta["subtitle"]


def test_one_growth_has_one_slope_above_a_base_line_of_zero():
    """Whatever is drawn beside it: heights are measured from zero, and a start is always as high."""
    alone = charts.slopes(NOW.head(1), "en", ends=THEN.head(1))
    beside = charts.slopes(NOW, "en", ends=THEN)
    shapes = []
    for figure in (alone, beside):
        (base,) = {y for _, x, y, thickness in bars_of(figure) if (x, thickness) == (1, 2)} & {bars_of(figure)[0][2]}
        line = next(trace for trace in figure.data if trace.type == "scatter" and trace.mode == "lines+markers")
        shapes.append(([round(base - y, 6) for y in line.y], list(line.x)))
        assert "0" in map(plain, labels(figure))
    assert shapes[0] == shapes[1]
    heights, _ = shapes[0]
    assert heights[-1] / heights[0] == pytest.approx(1000 / 907)


def test_progress_toward_targets_has_one_scale_and_says_where_nothing_is_printed():
    figure = draw("targets", "en")
    lengths = sorted({round(length, 3) for _, length, *_ in bars_of(figure)})
    assert lengths == [round(160 / 300, 3), 0.787, 0.907, 1]  # 1: the tracks
    assert list(figure.layout.xaxis.ticktext) == [themed(f"{n}%") for n in (0, 25, 50, 75, 100)]
    said = [plain(label) for label in labels(figure)]
    assert {"91%, actual", "79%, announced", "53%, design capacity"} <= set(said)
    assert said.count("none printed") == len(COAL)


def test_what_a_whole_leaves_over_is_computed_with_its_bounds():
    figure = charts.decomposition(PLANNED, "zh", parts=DONE, rest="尚未完成")
    table = figure.layout.meta["table"]
    assert [row[:2] for row in table if row[0] == "尚未完成"] == [
        ["尚未完成", "67个（46%）"],
        ["尚未完成", "233.61亿元（38%）"],
    ]
    segments = [(round(base, 9), round(base + length, 9)) for base, length, *_ in bars_of(figure)]
    assert segments.count((0, 1)) == 2
    assert all((end, 1) in segments for start, end in segments if start == 0 and end < 1)


@each_language
@pytest.mark.parametrize("by", ["", "topic"])
def test_a_board_names_every_row_under_its_stage_or_topic(lang, by):
    rows = REACHED[REACHED["section"] == "economy"]
    figure = charts.board(rows, lang, by=by)
    for each in (figure, narrow(figure)):
        said = " ".join(map(plain, labels(each))).replace(" ", "")
        assert [name for name in rows[f"label_{lang}"] if name.replace(" ", "") not in said] == []
    assert len(figure.layout.meta["table"]) == len(rows) + 1


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
    assert [text for text in [*drawn, *figure.layout.xaxis.ticktext] if not text.startswith(THEMED[0])] == []
    assert not figure.layout.annotations  # nor is there any text beside these


def test_what_is_not_done_is_told_from_what_is_by_more_than_colour():
    basis, stage = STYLES["basis"], STYLES["stage"]
    assert not stage["completed"].shape
    assert not stage["in_operation"].shape
    assert all(stage[s].shape for s in ("planned", "introduced", "approved", "under_construction"))
    assert all(basis[b].shape for b in ("planned", "target", "design_capacity"))
    for list_ in set(STYLES) - {"state"}:  # which no package has a list of
        assert set(STYLES[list_]) == set(DATA.codes[list_].index)


def test_a_number_without_upper_bound_ends_in_an_arrow():
    figure = draw("bars", "en")
    arrows = [t for t in figure.data if t.type == "scatter" and t.marker.symbol == "triangle-right"]
    assert [t.x[0] for t in arrows] == [OBSERVED.at["budget_revenue", "value"]]
    assert "arrow: more than the number printed" in figure.layout.meta["subtitle"]


def test_a_computed_bar_looks_as_the_claim_does_that_it_is_computed_from():
    rows = pick("mean_planned_investment", "mean_completed_investment")
    planned, completed = (charts.bars(rows.iloc[[n]], "en") for n in (0, 1))
    assert planned.data[0].marker.pattern.shape == STYLES["basis"]["planned"].shape
    assert completed.data[0].marker.pattern.shape is None
    assert ["hatched" in each.layout.meta["subtitle"] for each in (planned, completed)] == [True, False]


def test_bounds_that_can_be_seen_are_drawn_as_whiskers():
    revenue = OBSERVED.loc[["budget_expenditure"]].assign(lower=1.6e9, upper=1.9e9)
    figure = charts.bars(revenue, "en", title="t", source="s", package=DATA)
    whisker = min(bars_of(figure), key=lambda bar: bar[3])
    assert whisker[:2] == (1.6e9, pytest.approx(3e8))


@each_chart
def test_points_of_one_look_are_one_trace_and_words_have_the_colour_of_the_page(chart):
    """An annotation, or a trace, for each would take a browser many times as long."""
    figure = draw(chart, "en")
    written = lettering(figure)
    assert len(written) <= 2  # large and small
    for trace in written:
        assert len(trace.text) == len(trace.x) == len(trace.y) == len(trace.textposition)
        assert trace.textfont.color is None
        assert trace.hoverinfo == "skip"
    styles = ("type", "mode", "name", "marker", "textfont")
    looks = [repr([trace.to_plotly_json().get(style) for style in styles]) for trace in figure.data]
    assert len(looks) == len(set(looks))


def test_a_title_may_be_a_passage():
    passage = wording.narrator("en", DATA)(zh="{forest_cover}", en="{forest_cover} forest")
    figure = charts.bars(OBSERVED.loc[["forest_cover"]], "en", title=passage, source="s", package=DATA)
    assert json.loads(figure.to_json())["layout"]["meta"]["title"] == "42.02% forest"


def test_another_county_with_units_of_its_own_is_drawn_in_its_words():
    def coded(**columns):
        return pd.DataFrame({name: [value] for name, value in columns.items()})

    package = Package(
        path=Path("elsewhere"), name="elsewhere", version="1", license="CC0", printed={}, bounds={},
        release=SimpleNamespace(entity="elsewhere", title_zh="别处综述", title_en="Elsewhere"),
        codes={"basis": coded(code="actual", label_zh="实绩", label_en="actual").set_index("code")},
        frames={
            "units": coded(unit="mu", label_zh="亩", label_en="mu", symbol_zh="亩", symbol_en="mu"),
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
        assert [label, value] == [plain(text) for text in labels(figure)]


@pytest.mark.parametrize(
    ("chart", "rows", "lacking"),
    [
        (charts.bars, jiaokou.milestones(), "value, unit"),
        (charts.slopes, jiaokou.audit(), "value, lower, upper, period_end"),
        (charts.intervals, jiaokou.audit(), "value, lower, upper"),
        (charts.relations, jiaokou.derived(), "verdict"),
    ],
)
def test_rows_of_another_kind_are_refused_with_what_they_lack(chart, rows, lacking):
    with pytest.raises(JiaokouError, match=rf"charts\.{chart.__name__} got a frame without {lacking}"):
        chart(
            rows, "en", title="", source="", package=open_package(), **{"ends": rows} if chart is charts.slopes else {}
        )


BELOW = DERIVED.head(2).assign(value=[5.0, -3.0], lower=[5.0, -3.0], upper=[5.0, -3.0], unit="count")
MIXED = OBSERVED.loc[["forest_cover", "budget_revenue"]]


@pytest.mark.parametrize(
    ("chart", "rows", "how", "named"),
    [
        (charts.bars, BELOW, {}, "a value is below 0: use charts.intervals"),
        (charts.intervals, MIXED, {}, "one scale, not CNY, percent: select rows of one unit"),
        (charts.progress, NOW, {"wholes": NOW.assign(value=0.0)}, "no whole of 0"),
        (charts.slopes, OBSERVED[OBSERVED["unit"] == "rank"], {"ends": OBSERVED[OBSERVED["unit"] == "rank"]}, "growth"),
        (charts.board, DERIVED, {}, "rows with a stage or a verdict"),
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
    rows = rows.assign(unit="count")
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


# --- a matrix


def matrix(**states):
    rows = [
        {"label_zh": label, "label_en": label, "place_zh": place, "place_en": place, "state": state}
        for label, of in states.items()
        for place, state in zip(("A County", "B County"), of, strict=True)
    ]
    return charts.matrix(pd.DataFrame(rows), "en", title="t", subtitle="s", source="s", package=DATA)


def test_a_matrix_has_a_tile_for_each_place_in_each_row_and_says_the_same_in_words():
    figure = matrix(forest=("compared", "silent"), grain=("beside", "compared"))
    tiles = bars_of(figure)
    assert len({(round(tile[0], 6), tile[2]) for tile in tiles}) == 4
    assert figure.layout.meta["table"][1:] == [
        ["forest", "compared: A County; beside: none; not in the package: B County"],
        ["grain", "compared: B County; beside: A County; not in the package: none"],
    ]


def test_the_columns_of_a_matrix_are_named_above_it():
    axis = matrix(forest=("compared", "silent")).layout.xaxis
    assert (axis.side, axis.tickangle, len(axis.ticktext)) == ("top", -90, 2)
