"""Tables: what they hold, and that they are safe and the same on every run."""

import re

import pandas as pd
import pytest

import jiaokou
from jiaokou import JiaokouError, tables, wording
from jiaokou.data.codebook import describe
from jiaokou.data.package import open_package
from jiaokou.tables.columns import NOTES, TABLES, TERMINAL

DATA = open_package()
OBSERVED = jiaokou.load()
FRAMES = {
    "observations": OBSERVED,
    "milestones": jiaokou.milestones(),
    "derived": jiaokou.derived(),
    "audit": jiaokou.audit(),
    "notes": OBSERVED,
}
each_table = pytest.mark.parametrize("kind", FRAMES)
each_language = pytest.mark.parametrize("lang", wording.LANGUAGES)


def page(kind, lang, frame=None, source="A source"):
    return getattr(tables, kind)(
        FRAMES[kind] if frame is None else frame, lang, source=source, package=DATA
    )._repr_html_()


@each_language
@each_table
def test_a_table_has_headed_columns_rows_and_its_source(kind, lang):
    shown = page(kind, lang)
    assert shown.count('scope="col"') >= 3
    assert shown.count('scope="row"') == (OBSERVED["note"].nunique() if kind == "notes" else len(FRAMES[kind]))
    assert "A source" in shown
    assert not re.search(r">\s*(nan|None|&lt;NA&gt;)\s*<", shown)


@each_language
@each_table
def test_the_same_table_is_the_same_bytes_and_another_has_another_id(kind, lang):
    def name(shown):
        return re.search(r'<div [^>]*id="([^"]+)"', shown)[1]

    assert page(kind, lang) == page(kind, lang)
    assert name(page(kind, lang)) != name(page(kind, lang, source="Another source"))
    assert name(page(kind, lang)).startswith(f"{kind}-")


@each_language
@each_table
def test_a_table_asks_no_network_and_brings_a_small_style_sheet(kind, lang):
    shown = page(kind, lang)
    assert not re.search(r"https?:|@import|url\(|<script", shown)
    assert len(re.search(r"<style>(.*?)</style>", shown, re.DOTALL)[1]) < 3500
    assert shown.count("<style>") == 1


@each_language
def test_values_carry_their_code_and_where_they_were_printed(lang):
    row = OBSERVED.set_index("observation", drop=False).loc[["projects_investment_planned"]]
    shown = page("observations", lang, row)
    text = wording.quantity(row.iloc[0], lang, DATA)
    assert re.search(
        rf'<data class="observation" value="61083000000" data-observation="\w+" title="[^"]+">{text}</data>', shown
    )


def test_printed_forms_are_marked_as_chinese_on_an_english_page():
    assert '<span lang="zh-CN">610.83亿元</span>' in page("observations", "en")
    assert "<span lang" not in page("observations", "zh")


def test_nothing_in_a_cell_is_taken_for_html():
    hostile = OBSERVED.head(1).assign(label_en="<script>x</script>", printed='"><img src=x>')
    shown = page("observations", "en", hostile, source="<b>s</b>")
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<b>s" not in shown
    assert "&lt;script&gt;" in shown


def test_a_column_that_stays_empty_is_left_out():
    untold = FRAMES["audit"][FRAMES["audit"]["verdict"] == "cannot_tell"]
    assert "Expected" not in page("audit", "en", untold)
    assert "Expected" in page("audit", "en")


@each_language
def test_a_card_says_of_its_number_only_what_does_not_match(lang):
    unfit, fit = jiaokou.pick(OBSERVED, "grid_connected_capacity"), jiaokou.pick(OBSERVED, "foundry_park_capacity")
    shown = tables.cards(unfit, lang, package=DATA).as_raw_html()
    verdict = wording.code(DATA, "verdict", "cannot_hold", lang)
    assert re.search(rf'<span data-relation="new_energy_one_quantity">{verdict}[^<]+ ≠ [^<]+</span>', shown)
    assert "data-relation" not in tables.cards(fit, lang, package=DATA).as_raw_html()


@each_language
def test_the_words_around_a_cards_digits_are_quieter(lang):
    shown = tables.cards(jiaokou.pick(OBSERVED, "budget_revenue"), lang, package=DATA).as_raw_html()
    before, after = {"zh": ("超过", "亿元"), "en": ("more than CNY ", " bn")}[lang]
    assert f'<span class="unit">{before}</span>' in shown
    assert f'<span class="unit">{after}</span></data>' in shown


@each_language
def test_a_table_of_values_has_five_columns_and_their_notes_the_rest(lang):
    assert page("observations", lang).count('scope="col"') == 5
    said = set(NOTES["observation"])
    assert set(TABLES["observations"]) - {"label"} < said
    assert {"bounds", "paragraph", "verdicts"} < said


@each_table
def test_a_frame_without_rows_is_refused_by_name(kind):
    with pytest.raises(JiaokouError, match=rf"tables\.{kind} got a frame without rows"):
        page(kind, "en", FRAMES[kind].head(0))


def test_an_unknown_language_is_refused():
    with pytest.raises(JiaokouError, match="unknown language 'fr'"):
        page("observations", "fr")


@each_language
def test_cards_keep_their_order_and_carry_where_each_was_printed(lang):
    rows = jiaokou.pick(OBSERVED, "base_stations_5g", "forest_cover")
    html = tables.cards(rows, lang, source="<A> source", package=DATA)._repr_html_()
    assert re.findall(r'data-observation="(\w+)"', html) == ["base_stations_5g", "forest_cover"]
    assert "超184座" in html
    assert "&lt;A&gt; source" in html


def test_cards_without_rows_are_refused_by_name():
    with pytest.raises(JiaokouError, match=r"tables\.cards got a frame without rows"):
        tables.cards(OBSERVED.iloc[:0], "zh", source="", package=DATA)


def test_picking_an_unknown_code_names_the_one_meant():
    with pytest.raises(JiaokouError, match="did you mean forest_cover"):
        jiaokou.pick(OBSERVED, "forest_covr")


def test_a_table_cannot_be_changed_under_its_id():
    table = tables.observations(OBSERVED.head(3), "en", package=DATA)
    with pytest.raises(AttributeError):
        table.source = "Another"
    assert isinstance(table.rows, tuple)


@each_language
def test_numbers_stand_to_the_right_and_each_cell_bears_its_heading_for_a_phone(lang):
    shown = page("observations", lang, OBSERVED.head(5))
    for column in list(TABLES["observations"])[1:]:
        cells = re.findall(rf'<td([^>]*) data-head="{wording.phrase(column, lang)}">', shown)
        assert {"numeric" in cell for cell in cells} == {column == "value"}


def test_tables_and_terminal_call_a_column_alike_and_as_the_codebook_does():
    for kind, columns in TERMINAL.items():
        assert set(columns) - {"label", "as_known"} <= set(TABLES[kind])
    codebook = {"claim": "milestones", "stage": "milestones", "verdict": "audit", "as_known": "audit"}
    own = "value printed paragraph period_start basis claim stage formula verdict section topic unit as_known note"
    for key in own.replace("period_start ", "").split():
        entry = describe(codebook.get(key, "observations"), key)
        for lang in wording.LANGUAGES:
            assert wording.phrase(key, lang) == entry[f"heading_{lang}"], key


@each_language
def test_every_column_has_a_heading(lang):
    shown = [column for kinds in (TABLES, TERMINAL, NOTES) for columns in kinds.values() for column in columns]
    assert [column for column in shown if not wording.phrase(column, lang).strip()] == []


PLAIN = pd.DataFrame(
    {
        "year": [2024, 2025],
        "<name>": ["<script>x</script>", "long " * 60],
        "amount": [1234567.5, None],
        "day": pd.to_datetime(["2025-01-02", None]),
        "sure": [True, False],
    }
)


def test_any_frame_is_a_table_with_numbers_to_the_right_and_every_text_in_full():
    shown = tables.plain(PLAIN, "en", title="A & B", source="<Own>").as_raw_html()
    assert "<caption>A &amp; B</caption>" in shown
    assert '<p class="source">&lt;Own&gt;</p>' in shown
    assert "<script" not in shown
    assert '<th scope="row">2024</th>' in shown  # a year is no 2,024
    assert ">1,234,567.5</td>" in shown
    assert ">2025-01-02</td>" in shown
    assert "long " * 60 in shown
    assert not re.search("nan|NaT|None", shown)
    numeric = re.findall(r'class="numeric" data-head="([^"]+)"', shown)
    assert set(numeric) == {"amount"}


def test_an_index_that_says_something_comes_first():
    counted = OBSERVED.groupby("unit", observed=True).size().rename("n").to_frame()
    shown = tables.plain(counted).as_raw_html()
    assert '<th scope="row">CNY</th>' in shown
    assert shown.count("<tr>") == len(counted) + 1


def test_a_plain_table_of_no_rows_is_refused():
    with pytest.raises(JiaokouError, match=r"tables\.plain got a frame without rows"):
        tables.plain(PLAIN.head(0))


@pytest.mark.parametrize(
    ("table", "rows", "named"),
    [
        (tables.cards, jiaokou.milestones(), "got a frame without unit"),
        (tables.derived, OBSERVED, "got a frame without formula"),
        (tables.observations, jiaokou.derived(), "got a frame without printed"),
        (tables.notes, OBSERVED.drop(columns="note"), "got a frame without note"),
        (tables.audit, None, "takes a frame, such as"),
    ],
)
def test_rows_of_another_kind_are_refused_with_what_they_lack(table, rows, named):
    with pytest.raises(JiaokouError, match=rf"tables\.{table.__name__} {named}"):
        table(rows, "en")


def test_a_value_that_is_missing_is_a_dash():
    table = tables.observations(OBSERVED.head(1).assign(value=None), "en").as_raw_html()
    assert ">—</data>" in table
