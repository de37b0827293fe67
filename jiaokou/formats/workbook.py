"""Tables as an Excel workbook: typed cells, headings that stay in sight, and sheets that say what everything means."""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from jiaokou.data.codebook import describe
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError
from jiaokou.formats import labels, plain, source, spoken
from jiaokou.wording.labels import cells

_TYPES = {bool: "boolean", int: "integer", float: "number", datetime.date: "date"}
_EPOCH = datetime.datetime(2000, 1, 1)
_WIDEST = 48  # characters, two for a Chinese one; longer text goes on in the next line
_LONGEST = 32767  # characters that Excel keeps in a cell

_HEAD_FONT, _HEAD_FILL = Font(bold=True), PatternFill("solid", fgColor="E8EDF2")
_TOP, _WRAPPED = Alignment(vertical="top"), Alignment(vertical="top", wrap_text=True)


def as_xlsx(frames: dict[str, pd.DataFrame], lang: str, package: Package) -> bytes:
    """A workbook of tables by name, with sheets for their codes, their columns and their source.

    With a language its sheets and headings are words, and so are codes that stand for one; "" keeps the names and
    codes that programs use. A text is a text, whatever it starts with.
    """
    book = Workbook()
    book.remove(book.active)
    said = {"codes": _codes(frames, package), "codebook": _columns(frames), "source": _source(package)}
    for table, frame in (frames | said).items():
        shown = _in_words(frame, table, lang, package) if lang else frame
        heads = [describe(table, str(name)).heading[lang] if lang else str(name) for name in shown]
        _fill(book.create_sheet(describe(table).heading[lang] if lang else table), heads, shown)
    book.properties.title, book.properties.creator = package.release.title_zh, package.release.publisher_zh
    book.properties.created = _EPOCH
    content = io.BytesIO()
    book.save(content)
    return _without_clock(content)


def _in_words(frame: pd.DataFrame, table: str, lang: str, package: Package) -> pd.DataFrame:
    """The frame in one language, codes as what they stand for, each once, and what a row is called at its start."""
    shown = spoken(frame, [lang])
    for name in map(str, shown):
        if table in ("codes", "codebook") and name in ("list", "table", "codes"):
            shown[name] = [describe(each).heading[lang] if each else None for each in shown[name]]
        elif table == "codebook" and name == "type":
            shown[name] = [describe(table, each).heading[lang] for each in shown[name]]
        elif known := labels(describe(table, name).codes, package):
            shown[name] = [codes and _labelled(codes, known, lang) for codes in plain(shown[name])]
    shown = shown.drop(
        columns=[f"{name}_{lang}" for name in frame if f"{name}_{lang}" in shown and name in shown]
    )
    if (called := f"label_{lang}") in shown and table != "codes":
        shown.insert(1, called, shown.pop(called))
    return shown


def _labelled(codes: str, known: dict[str, list[str]], lang: str) -> str:
    """What codes stand for that spaces may part."""
    return ", ".join(known[code][LANGUAGES.index(lang)] for code in codes.split())


def _codes(frames: dict[str, pd.DataFrame], package: Package) -> pd.DataFrame:
    lists = dict.fromkeys(
        describe(table, str(name)).codes for table, frame in frames.items() for name in frame
    )
    rows = [(listed, code, *texts) for listed in lists for code, texts in labels(listed, package).items()]
    return pd.DataFrame(rows, columns=["list", "code", *(f"label_{lang}" for lang in LANGUAGES)])


def _columns(frames: dict[str, pd.DataFrame]) -> pd.DataFrame:
    rows = []
    for table, frame in frames.items():
        for name in map(str, frame):
            entry = describe(table, name)
            kinds = {type(cell) for cell in plain(frame[name]) if cell is not None}
            rows.append(
                {"table": table, "column": name}
                | {f"heading_{lang}": entry.heading[lang] for lang in LANGUAGES}
                | {"type": _TYPES.get(kinds.pop(), "text") if len(kinds) == 1 else "text"}
                | {f"unit_{lang}": entry.unit[lang] or None for lang in LANGUAGES}
                | {"codes": entry.codes or None}
                | {f"meaning_{lang}": entry.meaning[lang] for lang in LANGUAGES}
            )
    return pd.DataFrame(rows, dtype="object")


def _source(package: Package) -> pd.DataFrame:
    facts = source(package)
    items = {f"item_{lang}": [describe("source", name).heading[lang] for name in facts] for lang in LANGUAGES}
    return pd.DataFrame(items | {"content": list(facts.values())}, dtype="object")


def _fill(sheet: Worksheet, heads: list[str], frame: pd.DataFrame) -> None:
    """Headings, then a row for each of the frame's; widths follow what is in them."""
    for number, (head, name) in enumerate(zip(heads, frame, strict=True), start=1):
        column = plain(frame[name])
        cell = sheet.cell(1, number, head)
        cell.font, cell.fill, cell.alignment = _HEAD_FONT, _HEAD_FILL, _WRAPPED
        for row, content in enumerate(column, start=2):
            if content is not None:
                _put(sheet, row, number, content)
        # A filter's button takes the room of three characters.
        widths = [cells(head) + 3, *(cells(_shown(content)) for content in column)]
        sheet.column_dimensions[get_column_letter(number)].width = min(max(widths) + 1, _WIDEST)
    sheet.freeze_panes = "B2"
    if len(frame):
        sheet.auto_filter.ref = sheet.dimensions


def _put(sheet: Worksheet, row: int, number: int, content: Any) -> None:
    if isinstance(content, str) and len(content) > _LONGEST:
        raise JiaokouError(
            f"a text of {len(content)} characters is too long for Excel (at most {_LONGEST}); choose csv or json"
        )
    cell = sheet.cell(row, number)
    cell.value = content
    cell.alignment = _TOP
    if isinstance(content, str):
        cell.data_type = "s"  # "=1+1" and "#N/A" are what was printed, no formula and no error
        cell.quotePrefix = content[0] in "=+-@" if content else False
        cell.alignment = _WRAPPED if cells(content) > _WIDEST or "\n" in content else _TOP
    elif isinstance(content, datetime.date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(content, float):
        cell.number_format = "#,##0" if content.is_integer() else "#,##0.0###"


def _shown(content: Any) -> str:
    if isinstance(content, float):
        return f"{content:,.0f}" if content.is_integer() else f"{content:,.4f}"
    return "" if content is None else str(content)


def _without_clock(content: io.BytesIO) -> bytes:
    """The workbook with one and the same time wherever openpyxl wrote that of its making."""
    made = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                stamp = _EPOCH.isoformat().encode() + b"Z"
                part = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, part)
            new.writestr(zipfile.ZipInfo(name, _EPOCH.timetuple()[:6]), part, zipfile.ZIP_DEFLATED)
    return made.getvalue()
