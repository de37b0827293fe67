"""A draft as a spreadsheet for those without JupyterLab: written from `draft.csv`, and its decisions taken back.

A hidden sheet keeps the rows as they were given, so that what was changed here and what was changed in `draft.csv`
meanwhile can be told apart.
"""

import io
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from jiaokou.data.languages import LANGUAGES
from jiaokou.data.schema import TEXT
from jiaokou.drafting import draft
from jiaokou.drafting.columns import COLUMNS, DECIDED, LISTED, SHOWN, Row, checked, codes, heading
from jiaokou.drafting.layout import holding, sentences
from jiaokou.drafting.tables import units
from jiaokou.errors import JiaokouError
from jiaokou.formats.workbook import fill

_ADDED = 200  # empty rows below, for what was missed
_MARKED = InlineFont(b=True, color="C00000", u="single")


def as_xlsx(rows: pd.DataFrame, lang: str) -> bytes:
    """The workbook of a draft, in the order of a review: doubtful quantities first, what is no quantity last."""
    book = Workbook()
    sheet, given, lists = book.worksheets[0], book.create_sheet("given"), book.create_sheet("lists")
    sheet.title = "draft"
    given.sheet_state = lists.sheet_state = "hidden"
    ordered = rows.loc[draft.in_order(rows)].reset_index(drop=True)
    fill(given, COLUMNS, ordered.replace("", None))
    worded = ordered.assign(
        row=[str(number) for number in range(1, len(ordered) + 1)],
        **{column: ordered[column].replace(words) for column in SHOWN if (words := codes(column, lang))},
    )
    fill(sheet, [heading(column, lang) for column in SHOWN], worded[SHOWN].replace("", None))
    _mark(sheet, ordered)
    last = len(ordered) + 1 + _ADDED
    choices = {column: [*codes(column, lang).values()] for column in DECIDED}
    choices["unit"] = sorted({*rows["unit"], *(each["unit"] for each in units().values())} - {""})
    choices["section"] = [section for section in rows["section"].unique() if section]
    for number, column in enumerate(SHOWN, 1):
        letter, wide = get_column_letter(number), int(LISTED[column]["wide"] or 0)
        if wide:
            sheet.column_dimensions[letter].width = wide
        for (cell,) in sheet.iter_rows(2, last, number, number):
            cell.protection = Protection(locked=column not in DECIDED and cell.row <= len(ordered) + 1)
            cell.number_format = "@"  # what is typed stays as it is
            cell.alignment = Alignment(wrap_text=bool(wide), vertical="top" if wide else None)
        if listed := choices.get(column):
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
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _mark(sheet: Worksheet, rows: pd.DataFrame) -> None:
    """Mark in each row's sentence the characters that it is about."""
    for line, row in enumerate(draft.records(rows), 2):
        begin, end = (int(row[side]) - int(row["sentence_start"]) for side in ("start", "end"))
        parts = row["sentence"][:begin], TextBlock(_MARKED, row["sentence"][begin:end]), row["sentence"][end:]
        sheet.cell(line, SHOWN.index("sentence") + 1).value = CellRichText([part for part in parts if str(part)])


def read(file: Path, text: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The rows of a spreadsheet as they were given and as they are now.

    A row that was changed and left to review is edited. One that was added is looked for in the `text`. Raises
    JiaokouError for what is no such spreadsheet.
    """
    cure = "restore it, or delete it and write it again with --xlsx"
    how: Any = {"dtype": TEXT, "keep_default_na": False, "engine": "openpyxl", "engine_kwargs": {"data_only": False}}
    try:
        table, given = pd.read_excel(file, ["draft", "given"], **how).values()
        table = table.set_axis(table.index + 2)  # a row's label is its line
        given = given.reindex(columns=COLUMNS, fill_value="")  # an older draft had fewer
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise JiaokouError(f"{file} cannot be read as a spreadsheet of a draft ({error}); {cure}") from None
    lang = max(LANGUAGES, key=lambda lang: sum(heading(column, lang) in table for column in SHOWN))
    table = table.rename(columns={heading(column, lang): column for column in SHOWN})
    if missing := [heading(column, lang) for column in SHOWN if column not in table]:
        raise JiaokouError(f"{file} has no column “{missing[0]}”; {cure}")
    letters = {column: get_column_letter(number) for number, column in enumerate(table, 1)}

    def cell(line: int, column: str) -> str:
        return f"{file}, cell {letters.get(column, '')}{line}"

    was = {str(number): row for number, row in enumerate(draft.records(given), 1)}
    now: dict[str, Row] = {}
    is_filled = (table[[column for column in SHOWN if column in DECIDED]] != "").any(axis="columns")
    for line, row in zip(table.index[is_filled], draft.records(table.loc[is_filled, SHOWN]), strict=True):
        before = was.get(row["row"]) or _missed(row["printed"], row["sentence"], text, cell(line, "printed"))
        decided = _decided(before, row, partial(cell, line), lang)
        if now.setdefault(row["row"] or f"+{line}", decided) != decided:
            raise JiaokouError(f"{cell(line, 'row')}: row {row['row']} stands twice, and differs; delete one of them")
    return given, draft.frame((was | now).values())


def _decided(before: Row, given: Row, where: Callable[[str], str], lang: str) -> Row:
    """A row with what a reviewer wrote, in words or in codes."""
    said = {column: given[column] for column in SHOWN if column in DECIDED}
    for column, word in said.items():
        meant = {word: code for each in LANGUAGES for code, word in codes(column, each).items()}
        said[column] = meant.get(word, word)
    said |= {"kind": said["kind"] or "level", "state": said["state"] or "drafted"}
    row = checked(before | said, where, lang=lang)
    is_changed = any(row[column] != before[column] for column in said)
    return row | ({"state": "edited"} if row["state"] == "drafted" and is_changed else {})


def _missed(printed: str, around: str, text: str, where: str) -> Row:
    """A row for characters that the draft has missed; `around` are some more of the text, where they stand often."""
    around = around or printed
    if not printed or text.count(around) != 1 or around.count(printed) != 1:
        raise JiaokouError(
            f"{where}: “{printed}” with “{around}” around it stands {text.count(around)} times in the text; "
            "give its characters as printed, and in the column of the sentence as many more as no other place has"
        )
    start = text.index(around) + around.index(printed)
    span = holding(sentences(text), start)
    row = dict.fromkeys(COLUMNS, "") | {"printed": printed, "start": str(start), "end": str(start + len(printed))}
    row |= {"sentence": text[span.start : span.end], "sentence_start": str(span.start)}
    return row | {"paragraph": str(span.paragraph), "section": span.section}
