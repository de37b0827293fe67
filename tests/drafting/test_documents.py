"""A text is read from whatever file a government publishes it in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from jiaokou.drafting import draft
from jiaokou.drafting.command import TEXT_FILE, draft_package
from jiaokou.drafting.documents import read_document
from jiaokou.errors import JiaokouError, WrongUseError

TEXT = "2025年，新建学校3所。\n投资增长5%。"


def test_encodings_are_told_apart_and_utf8_is_taken_as_it_stands(tmp_path: Path) -> None:
    for name, content, said in (
        ("a.txt", "\ufeff新建学校3所。\r\n".encode(), ("\ufeff新建学校3所。\r\n", "UTF-8")),
        ("b.txt", TEXT.encode("gb18030"), (TEXT, "GB18030")),
    ):
        (tmp_path / name).write_bytes(content)
        assert read_document(tmp_path / name) == said


def test_a_text_that_was_converted_is_kept_beside_its_draft(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(TEXT.encode("gb18030"))
    made = draft_package(tmp_path / "b.txt", tmp_path / "data", "2025")
    assert (tmp_path / "data" / TEXT_FILE).read_text("utf-8") == TEXT
    assert made.read_as == "GB18030"


def test_word_paragraphs_are_lines(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    for line in TEXT.split("\n"):
        document.add_paragraph(line)
    document.save(str(tmp_path / "report.docx"))
    assert read_document(tmp_path / "report.docx") == (TEXT, "Word")


def test_word_tables_are_lines_of_their_cells(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    document = docx.Document()
    document.add_paragraph("前")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "粮食产量", "120万吨"
    document.add_paragraph("后")
    document.save(str(tmp_path / "report.docx"))
    assert read_document(tmp_path / "report.docx")[0] == "前\n粮食产量\t120万吨\n后"


def test_a_printed_page_is_read_as_it_was_typed(tmp_path: Path, browser: Any) -> None:
    pytest.importorskip("pypdf")
    long = "2025年，全县地区生产总值突破120亿元，增长5.6%，高于全省1.2个百分点，" * 4 + "民生长足改善。"
    page = browser.new_page()
    page.set_content(f"<p>一、经济工作</p><p>{long}</p><p>新建学校3所。</p>")
    page.pdf(path=tmp_path / "report.pdf", display_header_footer=True, footer_template="<p class=pageNumber></p>")
    page.close()
    assert read_document(tmp_path / "report.pdf") == (f"一、经济工作\n{long}\n新建学校3所。\n", "PDF")


def test_a_scan_without_text_says_so(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.write(tmp_path / "scan.pdf")
    with pytest.raises(JiaokouError, match=r"scan\.pdf holds pages without text, as a scan has"):
        read_document(tmp_path / "scan.pdf")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.txt", b" \n", "holds no text"),
        ("image.png", b"\x89PNG\r\n\x1a\n\xff\xff\0", "is neither UTF-8 nor GB18030 text"),
        ("broken.pdf", b"%PDF-1.7 nothing", "cannot be read as PDF|holds pages without text"),
        ("broken.docx", b"PK\x03\x04 nothing", "cannot be read as Word"),
    ],
)
def test_what_cannot_be_read_is_told_in_one_line(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(JiaokouError, match=said):
        read_document(tmp_path / name)


@pytest.mark.parametrize(("period", "said"), [("2025/2021", "is no period"), ("soon", "is no period; write it as")])
def test_a_period_that_is_none_is_told(tmp_path: Path, period: str, said: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    with pytest.raises(WrongUseError, match=said):
        draft_package(tmp_path / "a.txt", tmp_path / "data", period)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [("“十四五”时期，增长5%", "2021-01-01", "2025-12-31"), ("2023年，增长5%", "2023-01-01", "2023-12-31")],
)
def test_without_a_period_the_text_is_asked(tmp_path: Path, text: str, first: str, last: str) -> None:
    (tmp_path / "a.txt").write_text(text, "utf-8")
    rows = draft_package(tmp_path / "a.txt", tmp_path / "data").rows
    assert rows.loc[rows["kind"] == "growth", ["period_start", "period_end"]].values.tolist() == [[first, last]]
    (tmp_path / "b.txt").write_text("增长5%", "utf-8")
    with pytest.raises(WrongUseError, match="names no year; say which it is about with --period"):
        draft_package(tmp_path / "b.txt", tmp_path / "other")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("state", "done", "row 2, column state: “done” is none of drafted, confirmed"),
        ("kind", "big", "row 2, column kind: “big” is none of"),
        ("value", "many", "row 2, column value: “many” is no number; write digits alone"),
    ],
)
def test_a_draft_that_was_spoilt_is_told_by_row_and_column(tmp_path: Path, column: str, value: str, said: str) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    rows = draft_package(tmp_path / "a.txt", tmp_path / "data", "2025").rows
    rows.loc[0, column] = value
    draft.write(rows, tmp_path / "data")
    with pytest.raises(JiaokouError, match=said):
        draft_package(tmp_path / "a.txt", tmp_path / "data")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("basis", "sure", "row 3, column basis: “sure” is none of actual, planned"),
        ("section", "别处", r"draft\.csv: “别处”, of “3所” .*, heads no section; write nothing"),
        ("period_end", "2024-12-31", "row 3, column period_end: “2024-12-31” is before the period's start, 2025-01-01"),
        ("start", "1.5", "row 3, column start: “1.5” is no number"),
        ("value", "30", r"draft\.csv: what a reviewer wrote does not follow from what is printed: 30 所"),
    ],
)
def test_what_a_reviewer_wrote_and_cannot_be_is_told_before_anything_is_written(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    folder = tmp_path / "data"
    rows = draft_package(tmp_path / "a.txt", folder, "2025", apply_rows=True).rows
    rows.loc[rows["printed"] == "3所", ["state", column]] = ["edited", value]
    draft.write(rows, folder)
    before = {file: file.read_bytes() for file in folder.rglob("*.csv")}
    with pytest.raises(JiaokouError, match=said):
        draft_package(tmp_path / "a.txt", folder, apply_rows=True)
    assert {file: file.read_bytes() for file in folder.rglob("*.csv")} == before


def test_a_qualifier_that_the_characters_do_not_have_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    rows = draft_package(tmp_path / "a.txt", tmp_path / "data", "2025").rows
    rows.loc[rows["printed"] == "3所", ["state", "qualifier"]] = ["edited", "over"]
    draft.write(rows, tmp_path / "data")
    made = draft_package(tmp_path / "a.txt", tmp_path / "data", apply_rows=True)
    assert made.left == ["“over” of “3所” (characters 10 to 12), whose characters say “exact”"]


def test_of_a_row_that_stands_twice_the_decided_one_stays_and_two_decisions_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    folder = tmp_path / "data"
    rows = draft_package(tmp_path / "a.txt", folder, "2025").rows
    row = rows[rows["printed"] == "3所"]
    draft.write(pd.concat([row.assign(state="confirmed"), rows]), folder)
    assert draft.read(folder)["printed"].tolist().count("3所") == 1
    assert "confirmed" in draft_package(tmp_path / "a.txt", folder).rows["state"].to_list()
    draft.write(pd.concat([rows, row.assign(state="confirmed"), row.assign(state="rejected")]), folder)
    with pytest.raises(JiaokouError, match=r"“3所” .* stands there twice: confirmed, and rejected; delete one"):
        draft.read(folder)


def test_a_text_without_numerals_is_told_and_no_package_is_started(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("全县工作稳步推进。", "utf-8")
    with pytest.raises(JiaokouError, match=r"a\.txt holds no numerals, so there is nothing to draft"):
        draft_package(tmp_path / "a.txt", tmp_path / "data", "2025")
    assert not (tmp_path / "data").exists()


def test_a_table_of_the_package_that_is_none_is_told_and_stays(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    folder = tmp_path / "data"
    draft_package(tmp_path / "a.txt", folder, "2025", apply_rows=True)
    (folder / "indicators.csv").write_text("x\n", "utf-8")
    with pytest.raises(JiaokouError, match=r"indicators\.csv has no column “indicator”; restore it, or delete"):
        draft_package(tmp_path / "a.txt", folder, apply_rows=True)
    assert (folder / "indicators.csv").read_text("utf-8") == "x\n"
