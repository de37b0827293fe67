"""A text's draft: one row a candidate, with the state that a reviewer has given it, kept in `draft.csv`.

Drafting again writes over drafted rows alone. A row that was decided stays while the sentence that it stands in is in
the text, wherever it moved; where the sentence changed, the row is drafted anew.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from jiaokou.data.schema import TEXT
from jiaokou.drafting import context
from jiaokou.drafting.layout import Span, holding, sentences
from jiaokou.drafting.scan import Reading, listed, scan
from jiaokou.errors import JiaokouError

STATES = ("drafted", "confirmed", "edited", "rejected")
KINDS = ("level", "growth", "share", "rank", "count", "ratio", "name")
JUDGED = "start end printed value unit qualifier kind name period_start period_end basis".split()
"""The columns whose drafted values are kept aside, in `drafted_…`, so that a reviewer's edits measure the drafting."""

COLUMNS = (
    "state start end paragraph section printed value unit lower upper qualifier name kind compared_with period_start "
    "period_end period_from basis doubt sentence sentence_start reviewer reason"
).split() + [f"drafted_{column}" for column in JUDGED]
_PLACES = ("start", "end", "drafted_start", "drafted_end", "sentence_start")
FILE = "draft.csv"


def drafted(text: str, period_start: date, period_end: date) -> pd.DataFrame:
    """The candidates of a text as `draft.csv` has them, all of them drafted; `value` is in base units (元, 吨, 千瓦).

    The period is the release's, for what gives none.
    """
    default = context.Period(period_start, period_end, "default")
    readings, spans = scan(text), sentences(text)
    held = [holding(spans, reading.start) for reading in readings]
    names = context.names(text, readings, held)
    rows: list[dict[str, Any]] = []
    known: context.Period | None = None
    place = paragraph = 0
    for sentence in spans:
        if known and known.end < period_start and sentence.paragraph != paragraph:
            known = None  # an earlier year is an aside: its paragraph ends it
        paragraph = sentence.paragraph
        when, before = None, None
        while place < len(readings) and held[place] is sentence:
            reading, row = readings[place], _row(text, readings[place], sentence)
            if reading.kind != "name":
                if when is None or not listed(text, before, reading):
                    when = context.period(text, sentence, reading.start, known, default)
                before = reading
                row |= _context(text, reading, sentence, when, period_end) | {"name": names[place]}
            rows.append(row | {f"drafted_{column}": row[column] for column in JUDGED})
            place += 1
        after = context.period(text, sentence, sentence.end, known, default)
        if after.source != "default" and not after.start < period_start <= after.end:  # 2020年到2025年 is an aside
            known = after
    return pd.DataFrame(rows, columns=COLUMNS).astype(TEXT).fillna("")


def _context(text: str, reading: Reading, sentence: Span, when: context.Period, release_end: date) -> dict[str, str]:
    kind = context.kind(text, reading, sentence)
    return {
        "kind": kind,
        "compared_with": context.compared(text, reading, sentence, kind),
        "period_start": when.start.isoformat(),
        "period_end": when.end.isoformat(),
        "period_from": when.source,
        "basis": context.basis(text, reading, sentence, when, release_end),
    }


def _row(text: str, reading: Reading, sentence: Span) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(COLUMNS, "")
    row |= {
        "state": "drafted",
        "start": str(reading.start),
        "end": str(reading.end),
        "paragraph": str(sentence.paragraph),
        "section": sentence.section,
        "printed": text[reading.start : reading.end],
        "kind": "name",
        "doubt": reading.doubt,
        "reason": reading.reason,
        "sentence": text[sentence.start : sentence.end],
        "sentence_start": str(sentence.start),
    }
    if reading.kind == "name":
        return row
    bounds = {side: _number(getattr(reading, side)) for side in ("value", "lower", "upper")}
    return row | bounds | {"unit": reading.unit, "qualifier": reading.qualifier, "reason": ""}


def _number(value: Any) -> str:
    """A number as a table prints it: whole, or with the decimals that it needs."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) else f"{float(value):.12g}"


def read(folder: Path) -> pd.DataFrame | None:
    """The draft of a package's folder; None where there is none. Raises JiaokouError if it is no draft."""
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        rows = pd.read_csv(file, dtype=TEXT, keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise JiaokouError(f"{file} cannot be read as CSV: {error}; restore it, or delete it and draft again") from None
    if missing := [column for column in COLUMNS if column not in rows]:
        raise JiaokouError(f"{file} has no column “{missing[0]}”; restore it, or delete the file and draft again")
    check_draft(rows, file)
    return rows


def check_draft(rows: pd.DataFrame, file: Path) -> None:
    """Raise JiaokouError for a state, kind, number or date that is none."""
    listed = {"state": STATES, "kind": KINDS}
    for column, codes in listed.items():
        for line in rows.index[~rows[column].isin(codes)]:
            _refuse(rows, file, line, column, f"is none of {', '.join(codes)}; write one of these")
    for column in ("start", "end", "value", "lower", "upper"):
        numbers = pd.to_numeric(rows[column].where(rows[column] != ""), errors="coerce")
        for line in rows.index[numbers.isna() & (rows[column] != "")]:
            _refuse(rows, file, line, column, "is no number; write digits alone")


def _refuse(rows: pd.DataFrame, file: Path, line: Any, column: str, what: str) -> NoReturn:
    raise JiaokouError(f"{file}, row {int(line) + 2}, column {column}: “{rows[column][line]!s}” {what}")


def write(rows: pd.DataFrame, folder: Path) -> Path:
    """Save a draft, whole or not at all."""
    file = folder / FILE
    beside = file.with_suffix(".writing")
    beside.write_text(rows[COLUMNS].to_csv(index=False, lineterminator="\n"), encoding="utf-8-sig")
    beside.replace(file)
    return file


def records(rows: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a draft, each by its columns."""
    return [{str(column): str(value) for column, value in row.items()} for row in rows.to_dict("records")]


def undecided(rows: pd.DataFrame) -> int:
    """How many quantities nobody has looked at."""
    return int(((rows["state"] == "drafted") & (rows["kind"] != "name")).sum())


def merged(new: pd.DataFrame, old: pd.DataFrame) -> pd.DataFrame:
    """A new draft with the decisions of an older one: a decided row stays where its sentence is unchanged.

    So does a row that a reviewer added by hand in it.
    """
    fresh = _keyed(new)
    at = {key[:2]: row for key, row in fresh.items()}
    for key, row in _keyed(old).items():
        if row["state"] != "drafted" and (there := at.get(key[:2])):
            by = int(there["sentence_start"]) - int(row["sentence_start"])
            moved = {column: str(int(row[column]) + by) for column in _PLACES if row[column]}
            fresh[key] = row | moved | {column: there[column] for column in ("paragraph", "section")}
    rows = sorted(fresh.values(), key=lambda row: int(row["start"]))
    return pd.DataFrame(rows, columns=COLUMNS).astype(TEXT)


def _keyed(rows: pd.DataFrame) -> dict[tuple[str, int, int], dict[str, str]]:
    """Rows by their sentence, which time that stands in the text, and where in it they were drafted."""
    times: dict[str, list[str]] = {}
    found = {}
    for row in records(rows):
        starts = times.setdefault(row["sentence"], [])
        if row["sentence_start"] not in starts:
            starts.append(row["sentence_start"])
        offset = int(row["drafted_start"] or row["start"]) - int(row["sentence_start"])
        found[row["sentence"], starts.index(row["sentence_start"]), offset] = row
    return found


def accuracy(rows: pd.DataFrame) -> pd.DataFrame:
    """How often the drafting was right, by the reviewer's own decisions; a row is one thing that it judged.

    `judged` a column, or `quantity` (the row is one), `found` (it was not added by hand) and `fully` (characters,
    value, unit and qualifier at once) · `decided` rows looked at · `right` of them · `share` in per cent.
    """
    decided = rows[rows["state"] != "drafted"]
    real = (decided["state"] != "rejected") & (decided["kind"] != "name")
    proposed = ~decided["drafted_kind"].isin(["", "name"])
    same = {column: (decided[column] == decided[f"drafted_{column}"])[real & proposed] for column in JUDGED}
    fully = same["printed"] & same["value"] & same["unit"] & same["qualifier"]
    judged = {"found": proposed[real], "quantity": real[proposed], "fully": fully, **same}
    found = [(name, len(right), int(right.sum())) for name, right in judged.items()]
    table = pd.DataFrame(found, columns=["judged", "decided", "right"])
    return table.assign(share=(100 * table["right"] / table["decided"].where(table["decided"] > 0)).round(1))
