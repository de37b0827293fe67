"""A draft as a spreadsheet for those without JupyterLab: written from `draft.csv`, and its decisions taken back.

A hidden sheet keeps the rows as they were given, so that what was changed here and what was changed in `draft.csv`
meanwhile can be told apart.
"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.codes import labels
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import open_package
from jiaokou.drafting import draft
from jiaokou.drafting.layout import holding, sentences
from jiaokou.drafting.tables import units
from jiaokou.errors import JiaokouError
from jiaokou.wording import phrase

FILE = "draft.xlsx"
COLUMNS = (
    "row state doubt sentence printed value unit qualifier name kind compared_with period_start period_end basis "
    "section paragraph reviewer reason"
).split()
_LOCKED = ("row", "doubt", "sentence", "paragraph")
_WIDE = {"sentence": 60, "name": 28}
_ADDED = 200  # empty rows below, for what was missed


def codes(column: str, lang: str) -> dict[str, str]:
    """The codes of a column and their words, for a list to pick from; none for a column of free text."""
    known = {"state": draft.STATES, "kind": draft.KINDS}
    if column in known:
        return {code: phrase(f"{column}_{code}", lang) for code in known[column]}
    if column in ("qualifier", "basis"):
        place = LANGUAGES.index(lang)
        return {code: said[place] for code, said in labels(f"codes-{column}", open_package()).items()}
    return {}


def as_xlsx(rows: pd.DataFrame, lang: str) -> bytes:
    """The workbook of a draft, in the order of a review: doubtful quantities first, what is no quantity last."""
    from openpyxl import Workbook
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    from openpyxl.styles import Alignment, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    from jiaokou.formats.workbook import fill

    book = Workbook()
    sheet, given, lists = book.worksheets[0], book.create_sheet("given"), book.create_sheet("lists")
    sheet.title = "draft"
    ordered = rows.loc[draft.in_order(rows)].reset_index(drop=True)
    words = {column: codes(column, lang) for column in COLUMNS}
    worded = ordered.assign(
        row=[str(number) for number in range(1, len(ordered) + 1)],
        doubt=[doubt and phrase(f"doubt_{doubt}", lang) for doubt in ordered["doubt"]],
        **{column: ordered[column].replace(known) for column, known in words.items() if known},
    )
    fill(given, draft.COLUMNS, ordered.replace("", None))
    fill(sheet, [phrase(f"draft_{column}", lang) for column in COLUMNS], worded[COLUMNS].replace("", None))
    marked = InlineFont(b=True, color="C00000", u="single")
    for line, row in enumerate(draft.records(ordered), 2):
        begin, end = (int(row[side]) - int(row["sentence_start"]) for side in ("start", "end"))
        parts = row["sentence"][:begin], TextBlock(marked, row["sentence"][begin:end]), row["sentence"][end:]
        sheet.cell(line, COLUMNS.index("sentence") + 1).value = CellRichText([part for part in parts if str(part)])
    last = len(ordered) + 1 + _ADDED
    choices = {column: [*known.values()] for column, known in words.items()}
    choices |= {"unit": sorted({*rows["unit"], *(each["unit"] for each in units().values())} - {""})}
    choices |= {"section": list(dict.fromkeys(section for section in rows["section"] if section))}
    for number, column in enumerate(COLUMNS, 1):
        letter, wide = get_column_letter(number), _WIDE.get(column)
        if wide:
            sheet.column_dimensions[letter].width = wide
        for (cell,) in sheet.iter_rows(2, last, number, number):
            cell.protection = Protection(locked=column in _LOCKED and cell.row <= len(ordered) + 1)
            cell.number_format = "@"  # what is typed stays as it is
            cell.alignment = Alignment(wrap_text=bool(wide), vertical="top" if wide else None)
        if listed := choices[column]:
            for line, choice in enumerate(listed, 1):
                lists.cell(line, number, choice).data_type = "s"
            rule = DataValidation("list", formula1=f"lists!${letter}$1:${letter}${len(listed)}", allow_blank=True)
            rule.errorStyle = "warning" if column == "unit" else "stop"
            rule.showErrorMessage = True
            sheet.add_data_validation(rule)
            rule.add(f"{letter}2:{letter}{last}")
    sheet.freeze_panes = "C2"
    sheet.protection.enable()
    for allowed in ("autoFilter", "sort", "formatColumns", "formatRows", "formatCells"):
        setattr(sheet.protection, allowed, False)  # what is not protected is False
    given.sheet_state = lists.sheet_state = "hidden"
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def read(folder: Path, text: str) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """The rows of a folder's spreadsheet as they were given and as they are now; None where there is none.

    A row that was changed and left to review is edited. One that was added is looked for in the `text`. Raises
    JiaokouError for what is no such spreadsheet.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        from openpyxl import load_workbook

        book = load_workbook(file)
        sheet, given = book["draft"], _rows(book["given"].values)
    except ImportError:
        raise JiaokouError(f"{file} is read with openpyxl: pip install 'jiaokou[formats]'") from None
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        what = f"{file} cannot be read as a spreadsheet of a draft ({error})"
        raise JiaokouError(f"{what}; restore it, or delete it and write it again with --xlsx") from None
    was = {str(number): row for number, row in enumerate(given, 1)}
    meant = {
        (column, word): code for column in COLUMNS for lang in LANGUAGES for code, word in codes(column, lang).items()
    }
    now = dict(was)
    for line, cells in enumerate(list(sheet.values)[1:], 2):
        values = dict(zip(COLUMNS, map(_cell, cells), strict=False))
        said = {column: meant.get((column, cell), cell) for column, cell in values.items() if column not in _LOCKED}
        if not any(said.values()):
            continue
        where = f"{file}, row {line}"
        before = was.get(values["row"]) or _missed(said["printed"], values["sentence"], text, where)
        row = before | said
        row = draft.checked(row | {"kind": row["kind"] or "level", "state": row["state"] or "drafted"}, where)
        if row["state"] == "drafted" and any(row[column] != before[column] for column in said):
            row["state"] = "edited"
        now[values["row"] or f"+{line}"] = row
    return draft.frame(was.values()), draft.frame(now.values())


def _rows(values: Iterable[tuple[Any, ...]]) -> list[dict[str, str]]:
    heads, *rows = values
    if list(heads) != draft.COLUMNS:
        raise ValueError("its hidden sheet was changed")
    return [dict(zip(draft.COLUMNS, map(_cell, row), strict=True)) for row in rows if any(row)]


def _cell(value: Any) -> str:
    """A cell as text: a spreadsheet makes numbers of digits, and days of dates."""
    if isinstance(value, datetime.datetime):
        return str(value.date())
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(value)


def _missed(printed: str, around: str, text: str, where: str) -> dict[str, str]:
    """A row for characters that the draft has missed; `around` are some more of the text, where they stand often."""
    around = around or printed
    if not printed or text.count(around) != 1 or around.count(printed) != 1:
        raise JiaokouError(
            f"{where}: “{printed}” with “{around}” around it stands {text.count(around)} times in the text; "
            "give its characters as printed, and in the column of the sentence as many more as no other place has"
        )
    start = text.index(around) + around.index(printed)
    span = holding(sentences(text), start)
    row = dict.fromkeys(draft.COLUMNS, "") | {"printed": printed, "start": str(start), "end": str(start + len(printed))}
    row |= {"sentence": text[span.start : span.end], "sentence_start": str(span.start)}
    return row | {"paragraph": str(span.paragraph), "section": span.section}
