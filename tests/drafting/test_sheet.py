"""A draft is reviewed in a spreadsheet, in Lab and in its CSV file, and no decision of one overwrites another's."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from jiaokou.drafting import draft
from jiaokou.drafting.columns import SHOWN, heading
from jiaokou.drafting.command import SHEET, draft_package
from jiaokou.errors import JiaokouError

openpyxl = pytest.importorskip("openpyxl")

TEXT = "一、教育\n2025年，新建学校3所、医院2所，投资增长5%，城乡收入比2：1。\n二、财政\n总额突破60亿。还有=1+1等公式，有车12辆。\n"


@pytest.fixture
def text(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    return tmp_path / "a.txt"


@pytest.fixture
def folder(text: Path) -> Path:
    draft_package(text, text.parent / "data", "2025", as_sheet=True)
    return text.parent / "data"


def heads(lang: str) -> list[str]:
    return [heading(column, lang) for column in SHOWN]


def fill(folder: Path, printed: str, **cells: str) -> None:
    """What a reviewer writes into the row of what is printed so, or into a new one."""
    book = openpyxl.load_workbook(folder / SHEET, rich_text=True)
    table = book["draft"]
    rows = {table.cell(line, 5).value: line for line in range(2, table.max_row + 1)}
    line = rows.get(printed) or next(line for line in range(2, table.max_row) if not table.cell(line, 5).value)
    for column, value in ({"printed": printed} | cells).items():
        table.cell(line, SHOWN.index(column) + 1).value = value
    book.save(folder / SHEET)


def rows_of(folder: Path) -> pd.DataFrame:
    return draft.read(folder).set_index("printed")


def test_a_spreadsheet_has_pick_lists_the_sentence_and_the_characters_and_no_formula(folder: Path) -> None:
    table = openpyxl.load_workbook(folder / SHEET, rich_text=True)["draft"]
    assert [cell.value for cell in table[1]] == heads("zh")
    assert table.freeze_panes == "C2"
    assert table.protection.sheet
    listed = {str(rule.sqref)[0] for rule in table.data_validations.dataValidation}
    wanted = ("state", "kind", "unit", "qualifier", "basis", "section")
    assert listed == {"ABCDEFGHIJKLMNOPQ"[SHOWN.index(column)] for column in wanted}
    for row in table.iter_rows(min_row=2, max_row=7):
        sentence, printed = row[3].value, row[4].value
        assert [str(part) for part in sentence if not isinstance(part, str)] == [printed]
        assert not any(cell.data_type == "f" for cell in row)
    first = {column: cell.value for column, cell in zip(SHOWN, table[2], strict=True)}
    assert (first["printed"], first["doubt"], first["state"]) == ("突破60亿", "没有单位", "待审")
    assert not table["B2"].protection.locked
    assert table["D2"].protection.locked


def test_decisions_of_a_spreadsheet_are_taken_over_in_words_or_codes(text: Path, folder: Path) -> None:
    fill(folder, "3所", state="无误", reviewer="甲")
    fill(folder, "2所", state="rejected", reason="=1+1")
    fill(folder, "5%", name="固定资产投资")  # a row that was changed and left to review is edited
    fill(folder, "突破60亿", unit="元", value=6e9, basis="目标", section="教育")
    made = draft_package(text, folder, apply_rows=True)
    rows = rows_of(folder)
    assert rows.loc["3所", ["state", "reviewer"]].tolist() == ["confirmed", "甲"]
    assert rows.loc["2所", ["state", "reason"]].tolist() == ["rejected", "=1+1"]
    assert rows.loc["5%", ["state", "name"]].tolist() == ["edited", "固定资产投资"]
    decided = ["edited", "元", "6000000000", "target", "教育"]
    assert rows.loc["突破60亿", ["state", "unit", "value", "basis", "section"]].tolist() == decided
    assert made.counts["undecided"] == 2
    again = openpyxl.load_workbook(folder / SHEET)["draft"]  # it is written anew with what was decided
    assert {again.cell(line, 5).value: again.cell(line, 2).value for line in range(2, 5)}["3所"] == "无误"
    assert next(row[0].value for row in [again["E"][1:]]) == "突破60亿"


def test_what_a_draft_missed_is_a_new_row_of_the_spreadsheet(text: Path, folder: Path) -> None:
    fill(folder, "学校", sentence="新建学校", value="1", unit="所", kind="个数", name="学校", state="无误")
    assert draft_package(text, folder).rows.set_index("printed").loc["学校", "start"] == str(TEXT.index("学校"))
    fill(folder, "校舍", state="无误")
    with pytest.raises(JiaokouError, match=r"draft\.xlsx, cell E\d+: “校舍” .* stands 0 times in the text"):
        draft_package(text, folder)


def test_a_row_decided_in_both_is_told_with_what_each_says_and_the_others_are_taken_over(
    text: Path, folder: Path
) -> None:
    fill(folder, "3所", state="无误", reviewer="甲")
    fill(folder, "5%", state="无误", reviewer="甲")
    rows = draft.read(folder)
    rows.loc[rows["printed"] == "3所", ["state", "value", "reviewer"]] = ["edited", "4", "乙"]
    rows.loc[rows["printed"] == "2所", "state"] = "confirmed"
    draft.write(rows, folder)
    with pytest.raises(JiaokouError) as told:
        draft_package(text, folder)
    said = "“3所” (characters 15 to 17) was edited by 乙: value 4, and elsewhere confirmed by 甲"
    assert said in str(told.value)
    assert "make the two agree in one of them" in str(told.value)
    assert rows_of(folder).loc[["3所", "2所", "5%"], "state"].tolist() == ["edited", "confirmed", "confirmed"]
    fill(folder, "3所", state="已改", value="4", reviewer="乙")
    assert draft_package(text, folder).counts["undecided"] == 3


def test_a_spreadsheet_that_is_none_is_told(text: Path, folder: Path) -> None:
    (folder / SHEET).write_bytes(b"PK")
    with pytest.raises(JiaokouError, match=r"draft\.xlsx cannot be read as a spreadsheet of a draft"):
        draft_package(text, folder)


@pytest.mark.parametrize(("encoding", "separator"), [("gb18030", ","), ("utf-8-sig", ";"), ("utf-16", "\t")])
def test_a_csv_that_a_spreadsheet_saved_is_read_as_it_was(folder: Path, encoding: str, separator: str) -> None:
    before = draft.read(folder)
    spoilt = before.copy()
    for column in ("period_start", "period_end"):
        spoilt[column] = spoilt[column].str.replace("-0", "/").str.replace("-", "/")
    spoilt["value"] = spoilt["value"].replace("6000000000", "6E+09")
    for column in ("printed", "drafted_printed"):
        spoilt[column] = spoilt[column].replace("2：1", "2:01:00")
    content = spoilt.to_csv(index=False, sep=separator) + separator * 3 + "\n"
    (folder / draft.FILE).write_bytes(content.encode(encoding))
    pd.testing.assert_frame_equal(draft.read(folder), before)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("period_end", "Dec-25", "column period_end: “Dec-25” is no day; write it as 2025-12-31"),
        ("start", "", "column start: “” is no number"),
        ("printed", "九所", "column printed: “九所” is not in its sentence; write its characters"),
    ],
)
def test_what_a_spreadsheet_spoilt_is_told_by_row_and_column(folder: Path, column: str, value: str, said: str) -> None:
    rows = draft.read(folder)
    rows.loc[rows["printed"] == "3所", column] = value
    draft.write(rows, folder)
    with pytest.raises(JiaokouError, match=said):
        draft.read(folder)


def test_other_characters_move_the_places_and_a_rounded_value_is_drafted_again(text: Path, folder: Path) -> None:
    rows = draft.read(folder)
    rows.loc[rows["printed"] == "3所", ["printed", "state"]] = ["学校3所", "edited"]
    rows.loc[rows["printed"] == "突破60亿", ["value", "drafted_value", "state"]] = ["6.00001E+09"] * 2 + ["confirmed"]
    draft.write(rows, folder)
    again = draft_package(text, folder).rows.set_index("printed")
    assert TEXT[int(again.loc["学校3所", "start"]) : int(again.loc["学校3所", "end"])] == "学校3所"
    assert again.loc["突破60亿", ["value", "state"]].tolist() == ["6000000000", "confirmed"]


def test_decisions_whose_sentence_is_gone_are_counted(text: Path, folder: Path) -> None:
    fill(folder, "3所", state="无误")
    draft_package(text, folder)
    text.write_text(TEXT.replace("学校", "小学"), "utf-8")
    assert draft_package(text, folder).lost == 1


@pytest.mark.parametrize(
    ("column", "listed"), [("state", "待审, 无误, 已改, 不要"), ("kind", "数量, 增长"), ("basis", "实绩")]
)
def test_a_wrong_word_is_answered_with_its_cell_and_the_words_of_the_sheet(
    text: Path, folder: Path, column: str, listed: str
) -> None:
    fill(folder, "3所", **{column: "好"})
    place = "ABCDEFGHIJKLMNO"[SHOWN.index(column)]
    with pytest.raises(
        JiaokouError, match=rf"draft\.xlsx, cell {place}3: “好” is none of {listed}.*; choose one of these"
    ):
        draft_package(text, folder)
    assert set(draft.read(folder)["state"]) == {"drafted"}


def test_a_workbook_speaks_the_packages_language_in_its_answers_too(text: Path, tmp_path: Path) -> None:
    folder = tmp_path / "english"
    draft_package(text, folder, "2025", languages=["en"], as_sheet=True)
    fill(folder, "3所", state="fine")
    with pytest.raises(JiaokouError, match="“fine” is none of to review, confirmed, edited, rejected"):
        draft_package(text, folder)


def test_columns_of_a_workbook_are_known_by_their_headings(text: Path, folder: Path) -> None:
    fill(folder, "3所", state="无误")
    book = openpyxl.load_workbook(folder / SHEET)
    book["draft"].move_range("B1:B20", cols=30)
    book["draft"].delete_cols(2)
    book.save(folder / SHEET)
    draft_package(text, folder)
    assert rows_of(folder).loc["3所", "state"] == "confirmed"
    book = openpyxl.load_workbook(folder / SHEET)
    book["draft"].delete_cols(2)
    book.save(folder / SHEET)
    with pytest.raises(JiaokouError, match=r"draft\.xlsx has no column “状态”; restore it, or delete it"):
        draft_package(text, folder)


def test_a_row_copied_in_a_workbook_is_told_where_the_two_differ(text: Path, folder: Path) -> None:
    fill(folder, "3所", state="无误")
    book = openpyxl.load_workbook(folder / SHEET)
    line = next(row for row in book["draft"].iter_rows(2) if row[4].value == "3所")
    for cell in line:
        book["draft"].cell(30, cell.column).value = cell.value
    book["draft"].cell(30, 2).value = "不要"
    book.save(folder / SHEET)
    with pytest.raises(JiaokouError, match=r"cell A30: row 2 stands twice, and differs; delete one of them"):
        draft_package(text, folder)
