"""Tables as an Excel workbook: typed cells, headings that stay in sight, and sheets that say what everything means."""

import datetime
import io
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from jiaokou.data.codebook import describe
from jiaokou.data.codes import in_words, labels
from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError
from jiaokou.formats import about, called, plain, spoken
from jiaokou.wording.labels import cells

_WIDEST = 48  # characters, two for a Chinese one; longer text goes on in the next line
_LONGEST = 32767  # characters that Excel keeps in a cell

HEAD_FONT, HEAD_FILL = Font(bold=True), PatternFill("solid", fgColor="E8EDF2")
_TOP, _WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)


def as_xlsx(frames: dict[str, pd.DataFrame], lang: str, package: Package) -> bytes:
    """A workbook of tables by name, with sheets for their codes, their columns and their source.

    With a language its sheets and headings are words, and so are codes that stand for one; "" keeps the names and
    codes that programs use. A text is a text, whatever it starts with.
    """
    book = Workbook()
    book.remove(book.active)
    for table, frame in (frames | about(frames, lang, package)).items():
        said = _in_words(frame, table, lang, package) if lang else frame
        fill(book.create_sheet(called(lang, table)), [called(lang, table, str(name)) for name in said], said)
    book.properties.title, book.properties.creator = package.release.title_zh, package.release.publisher_zh
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _in_words(frame: pd.DataFrame, table: str, lang: str, package: Package) -> pd.DataFrame:
    """The frame in one language, codes as what they stand for, each once, and what a row is called at its start."""
    said = spoken(frame, [lang])
    for name in map(str, said):
        if known := labels(describe(table, name)["codes"], package):
            said[name] = in_words(said[name], known, lang)
    said = said.drop(columns=[f"{name}_{lang}" for name in said if f"{name}_{lang}" in said])
    if (label := f"label_{lang}") in said and table != "codes":
        said.insert(1, label, said.pop(label))
    return said


def fill(sheet: Worksheet, heads: list[str], frame: pd.DataFrame) -> None:
    """Headings, then a row for each of the frame's; widths follow what is in them."""
    for number, (head, name) in enumerate(zip(heads, frame, strict=True), start=1):
        cell = sheet.cell(1, number, head)
        cell.font, cell.fill, cell.alignment = HEAD_FONT, HEAD_FILL, _WRAPPED
        shown = [cells(put(sheet.cell(row, number), content)) for row, content in enumerate(plain(frame[name]), 2)]
        width = max(cells(head) + 3, *shown, 0)  # a filter's button takes the room of three characters
        sheet.column_dimensions[get_column_letter(number)].width = min(width + 1, _WIDEST)
    sheet.freeze_panes = "B2"
    if len(frame):
        sheet.auto_filter.ref = sheet.dimensions


def put(cell: Cell, content: Any) -> str:
    """Fill a cell, unless with nothing; gives the text that it shows."""
    text = "" if content is None else str(content)
    if not text:
        return text
    if len(text) > _LONGEST:
        raise JiaokouError(f"a text of {len(text)} characters is too long for Excel (at most {_LONGEST}); choose csv")
    cell.value, cell.alignment = content, _TOP
    if isinstance(content, str):
        cell.data_type = "s"  # "=1+1" and "#N/A" are what was printed, no formula and no error
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
        cell.alignment = _WRAPPED if cells(text) > _WIDEST or "\n" in text else _TOP
    elif isinstance(content, datetime.date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(content, float):
        cell.number_format, text = "#,##0" if content.is_integer() else "#,##0.0###", f"{content:,.15g}"
    return text
