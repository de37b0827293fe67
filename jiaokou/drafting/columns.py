"""What each column of a draft holds, who writes it, how it is headed and checked, as `columns.csv` lists them.

`draft.csv`, its spreadsheet and its review in a notebook read the same list.
"""

import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pandas as pd

from jiaokou.data.codes import labels
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import open_package
from jiaokou.drafting.tables import rows_of
from jiaokou.errors import JiaokouError

Row = dict[str, str]

LISTED = {row["column"]: row for row in rows_of("columns.csv")}
"""What is said of each column: what it `holds`, how `wide` a spreadsheet's is, and its headings."""
SHOWN = [column for column, facts in LISTED.items() if facts["label_zh"]]
"""The columns that a reviewer sees, in the order of the spreadsheet, which numbers its lines besides."""
DECIDED = [column for column, facts in LISTED.items() if facts["decided"]]
"""The columns that a reviewer writes."""
JUDGED = [column for column, facts in LISTED.items() if facts["judged"]]
"""The columns whose drafted values are kept aside, in `drafted_…`, so that a reviewer's edits measure the drafting."""
COLUMNS = [column for column in LISTED if column != "row"] + [f"drafted_{column}" for column in JUDGED]
"""The columns of `draft.csv`."""


def holds(column: str) -> str:
    """`text`, `number`, `place` or `day`, or the list of codes that a column is from."""
    return LISTED[column.removeprefix("drafted_")]["holds"]


def heading(column: str, lang: str) -> str:
    """What a column is called for a reviewer."""
    return LISTED[column][f"label_{lang}"]


@cache
def codes(column: str, lang: str) -> dict[str, str]:
    """The codes of a column and their words, to pick from; none for a column of free text."""
    listed = holds(column)
    if listed in ("qualifier", "basis"):
        place = LANGUAGES.index(lang)
        return {code: said[place] for code, said in labels(f"codes-{listed}", open_package()).items()}
    return {row["code"]: row[f"label_{lang}"] for row in rows_of("codes.csv") if row["list"] == listed}


def checked(row: Row, where: Callable[[str], str], *, decimal: str = ".", lang: str = "") -> Row:
    """A row as `draft.csv` has them, whose `printed` is what its sentence has from `start` to `end`.

    Other characters that the reviewer gives are looked for in the sentence, and the places follow them; those that a
    spreadsheet has changed (2：1 to a time of day) are taken from it. Raises JiaokouError, with the place that `where`
    names for a column and the words of `lang` (codes without one), for a code, number or day that is none, and for
    characters that are not there.
    """
    row = {column: _plain(cell, holds(column), decimal) for column, cell in row.items()}
    for column, cell in row.items():
        if fault := _fault(column, cell, lang):
            raise JiaokouError(f"{where(column)}: “{cell}” {fault}")
    if "" != row["period_end"] < row["period_start"]:
        what = f"“{row['period_end']}” is before the period's start, {row['period_start']}; exchange the two"
        raise JiaokouError(f"{where('period_end')}: {what}")
    return _placed(row, where)


def _plain(cell: str, kind: str, decimal: str) -> str:
    """A number or a day as `draft.csv` writes them: 1.2E+11 and 2025/1/1 are a spreadsheet's."""
    if kind == "day" and (day := re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?:日|\s00:00:00)?", cell)):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    number = cell.replace(decimal, ".").strip()
    if kind in ("number", "place") and re.fullmatch(r"[-+]?\d+(\.\d*)?([eE][-+]?\d{1,2})?", number):
        return f"{Decimal(number).normalize():f}"
    return cell


def _fault(column: str, cell: str, lang: str) -> str:
    """What is wrong with a cell, and the cure; "" for nothing."""
    kind = holds(column)
    if not cell and (column.startswith("drafted_") or kind not in ("state", "kind", "place")):
        return ""
    if (known := codes(column.removeprefix("drafted_"), lang or LANGUAGES[0])) and cell not in known:
        return f"is none of {', '.join(known.values() if lang else known)}; choose one of these"
    if kind in ("number", "place") and not re.fullmatch(r"\d+" if kind == "place" else r"-?\d+(\.\d+)?", cell):
        return "is no number; write digits alone"
    is_day = kind == "day" and pd.notna(pd.to_datetime(cell, format="%Y-%m-%d", errors="coerce"))
    return "is no day; write it as 2025-12-31" if kind == "day" and not is_day else ""


def _placed(row: Row, where: Callable[[str], str]) -> Row:
    """A row whose places and characters agree."""
    sentence, at = row["sentence"], int(row["sentence_start"])

    def within(prefix: str) -> str:
        begin, end = (int(row[f"{prefix}{side}"]) - at for side in ("start", "end"))
        return sentence[max(0, begin) : max(0, end)]

    here, untouched = within(""), all(row[each] == row[f"drafted_{each}"] for each in ("start", "end", "printed"))
    if row["drafted_start"] and row["drafted_end"]:
        row["drafted_printed"] = within("drafted_")
    if untouched or (here and row["printed"] in ("", here)):
        return row | {"printed": here}
    found = [match.start() + at for match in re.finditer(re.escape(row["printed"]), sentence) if match[0]]
    if not found:
        raise JiaokouError(
            f"{where('printed')}: “{row['printed']}” is not in its sentence; write its characters, "
            f"or correct start and end (they give “{here}”)"
        )
    start = min(found, key=lambda place: abs(place - int(row["start"])))
    return row | {"start": str(start), "end": str(start + len(row["printed"]))}
