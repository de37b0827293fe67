"""A text's draft: one row a candidate, with the state that a reviewer has given it, kept in `draft.csv`.

Drafting again writes over drafted rows alone. A row that was decided stays while the sentence that it stands in is in
the text, wherever it moved; where the sentence changed, the row is drafted anew.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
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
DECIDED = tuple(f"{' '.join(JUDGED)} state section compared_with reviewer reason".split())
"""The columns that a reviewer writes."""
_PLACES = ("start", "end", "drafted_start", "drafted_end", "sentence_start")
_NUMBERS = ("value", "lower", "upper", "drafted_value")
_DAYS = ("period_start", "period_end", "drafted_period_start", "drafted_period_end")
PLAIN = _NUMBERS + _DAYS
"""The columns of numbers and days, which spreadsheets write their own way."""
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
    """The draft of a package's folder; None where there is none. Raises JiaokouError if it is no draft.

    A spreadsheet program may have saved it: in another encoding, with other separators, with days, numbers and
    printed characters written its own way. What follows from the rest of a row is read as it was.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        text, separator = _decoded(file.read_bytes())
        rows = pd.read_csv(io.StringIO(text), sep=separator, dtype=TEXT, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise JiaokouError(f"{file} cannot be read as CSV: {error}; restore it, or delete it and draft again") from None
    if missing := [column for column in COLUMNS if column not in rows]:
        raise JiaokouError(f"{file} has no column “{missing[0]}”; restore it, or delete the file and draft again")
    rows = rows[(rows != "").any(axis="columns")].reset_index(drop=True)
    for column in PLAIN:
        rows[column] = [plain(cell, decimal="," if separator == ";" else ".") for cell in rows[column]]
    check_draft(rows, file)
    return pd.DataFrame([placed(row, file, line) for line, row in enumerate(records(rows), 2)], columns=COLUMNS).astype(
        TEXT
    )


def _decoded(content: bytes) -> tuple[str, str]:
    """The text of a CSV file, and what stands between its cells."""
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text, max(",;\t", key=text.partition("\n")[0].count)
    raise ValueError("it is neither UTF-8 nor GB18030 nor UTF-16; save it as “CSV UTF-8”")


def plain(cell: str, decimal: str = ".") -> str:
    """A number or a day as `draft.csv` writes them: 1.2E+11 and 2025/1/1 are a spreadsheet's."""
    if day := re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", cell):
        return f"{day[1]}-{int(day[2]):02}-{int(day[3]):02}"
    number = cell.replace(decimal, ".").strip()
    return f"{Decimal(number):f}" if re.fullmatch(r"[-+]?\d+(\.\d*)?([eE][-+]?\d{1,2})?", number) else cell


def placed(row: dict[str, str], file: Path, line: int) -> dict[str, str]:
    """A row whose `printed` is what its sentence has from `start` to `end`.

    Other characters that the reviewer gives are looked for in the sentence, and the places follow them; those that a
    spreadsheet has changed (2：1 to a time of day) are taken from it. Raises JiaokouError for what is not there.
    """

    def within(prefix: str = "") -> str:
        begin, end = (int(row[f"{prefix}{side}"]) - int(row["sentence_start"]) for side in ("start", "end"))
        return row["sentence"][max(0, begin) : end]

    here = within()
    if row["printed"] == here:
        return row
    if row["drafted_start"]:
        untouched = all(row[column] == row[f"drafted_{column}"] for column in ("start", "end", "printed"))
        row = row | {"drafted_printed": within("drafted_")} | ({"printed": here} if untouched else {})
    if row["printed"] == here or not row["printed"]:
        return row | {"printed": here}
    found = [match.start() for match in re.finditer(re.escape(row["printed"]), row["sentence"])]
    if not found:
        raise JiaokouError(
            f"{file}, row {line}, column printed: “{row['printed']}” is not in its sentence; write its characters, "
            f"or correct start and end (they give “{here}”)"
        )
    at = int(row["sentence_start"])
    start = at + min(found, key=lambda place: abs(at + place - int(row["start"])))
    return row | {"start": str(start), "end": str(start + len(row["printed"]))}


def check_draft(rows: pd.DataFrame, file: Path) -> None:
    """Raise JiaokouError for a state, kind, number, place or day that is none."""
    listed = {"state": STATES, "kind": KINDS}
    for column, codes in listed.items():
        for line in rows.index[~rows[column].isin(codes)]:
            _refuse(rows, file, line, column, f"is none of {', '.join(codes)}; write one of these")
    for column in ("start", "end", "sentence_start", *_NUMBERS):
        needed = column in ("start", "end", "sentence_start")
        numbers = pd.to_numeric(rows[column].where((rows[column] != "") | needed, "0"), errors="coerce")
        for line in rows.index[numbers.isna()]:
            _refuse(rows, file, line, column, "is no number; write digits alone")
    for column in _DAYS:
        days = pd.to_datetime(rows[column], format="%Y-%m-%d", errors="coerce")
        for line in rows.index[days.isna() & (rows[column] != "")]:
            _refuse(rows, file, line, column, "is no day; write it as 2025-12-31")


def _refuse(rows: pd.DataFrame, file: Path, line: Any, column: str, what: str) -> NoReturn:
    raise JiaokouError(f"{file}, row {int(line) + 2}, column {column}: “{rows[column][line]!s}” {what}")


def write(rows: pd.DataFrame, folder: Path) -> Path:
    """Save a draft, whole or not at all."""
    file = folder / FILE
    beside = file.with_suffix(".writing")
    beside.write_text(rows[COLUMNS].to_csv(index=False, lineterminator="\n"), encoding="utf-8-sig")
    beside.replace(file)
    return file


def in_order(rows: pd.DataFrame) -> list[Any]:
    """The labels of the rows as they are reviewed: quantities in doubt, other quantities, then what is none."""
    last = (rows["kind"] == "name").astype(int) * 2 + ((rows["kind"] != "name") & (rows["doubt"] == "")).astype(int)
    return list(last.sort_values(kind="stable").index)


def records(rows: pd.DataFrame) -> list[dict[str, str]]:
    """The rows of a draft, each by its columns."""
    return [{str(column): str(value) for column, value in row.items()} for row in rows.to_dict("records")]


def undecided(rows: pd.DataFrame) -> int:
    """How many quantities nobody has looked at."""
    return int(((rows["state"] == "drafted") & (rows["kind"] != "name")).sum())


def merged(new: pd.DataFrame, old: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """A new draft with the decisions of an older one: a decided row stays where its sentence is unchanged.

    So does a row that a reviewer added by hand in it. The number is that of decisions whose sentence is not there.
    """
    fresh, lost = _keyed(new), 0
    at = {key[:2]: row for key, row in fresh.items()}
    for key, row in _keyed(old).items():
        if row["state"] == "drafted":
            continue
        if (there := at.get(key[:2])) is None:
            lost += 1
            continue
        by = int(there["sentence_start"]) - int(row["sentence_start"])
        moved = {column: str(int(row[column]) + by) for column in _PLACES if row[column]}
        kept = row | moved | {"paragraph": there["paragraph"]}
        if row["state"] != "edited":
            kept["section"] = there["section"]
        if (drafted := fresh.get(key)) and _rounded(row, drafted):
            kept |= {column: drafted[column] for column in _NUMBERS}
        fresh[key] = kept
    rows = sorted(fresh.values(), key=lambda row: int(row["start"]))
    return pd.DataFrame(rows, columns=COLUMNS).astype(TEXT), lost


def _rounded(row: dict[str, str], drafted: dict[str, str]) -> bool:
    """Whether a spreadsheet has rounded a value that nobody edited: it keeps six digits of a large number."""
    if row["value"] != row["drafted_value"] or "" in (row["value"], drafted["value"]):
        return False
    value, exact = float(row["value"]), float(drafted["value"])
    return value != exact and abs(value - exact) <= 1e-5 * abs(exact)


_Key = tuple[str, int, int, bool]


def _keyed(rows: pd.DataFrame) -> dict[_Key, dict[str, str]]:
    """Rows by their sentence, which time it stands in the text, where in it they were drafted, and whether by hand."""
    times: dict[str, list[str]] = {}
    found = {}
    for row in records(rows):
        starts = times.setdefault(row["sentence"], [])
        if row["sentence_start"] not in starts:
            starts.append(row["sentence_start"])
        offset = int(row["drafted_start"] or row["start"]) - int(row["sentence_start"])
        found[row["sentence"], starts.index(row["sentence_start"]), offset, not row["drafted_start"]] = row
    return found


def reconciled(here: pd.DataFrame, given: pd.DataFrame, changed: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The draft `here` with what a reviewer changed elsewhere, and a line for each row that both have changed.

    `given` are the rows as that reviewer was given them, `changed` as they are left. A row that both have changed, and
    not alike, stays as it is here.
    """
    rows, told = _keyed(here), []
    were = _keyed(given)
    for key, mine in _keyed(changed).items():
        was, there = were.get(key), rows.get(key)
        if was is None or there is None:
            if was is None and there is None:  # added by hand
                rows[key] = mine
            elif was is not None and any(_differing(mine, was)):
                told.append(f"{_named(mine)} is not in the draft any more, and was {_said(mine, was)}")
        elif not any(_differing(mine, was)) or not any(_differing(mine, there)):
            continue
        elif any(_differing(there, was)):
            told.append(f"{_named(mine)} was {_said(there, was)}, and elsewhere {_said(mine, was)}")
        else:
            rows[key] = there | {column: mine[column] for column in DECIDED}
    ordered = sorted(rows.values(), key=lambda row: int(row["start"]))
    return pd.DataFrame(ordered, columns=COLUMNS).astype(TEXT), told


def _differing(row: dict[str, str], other: dict[str, str]) -> Iterator[str]:
    return (column for column in DECIDED if row[column] != other[column])


def _named(row: dict[str, str]) -> str:
    return f"“{row['printed']}” (characters {row['start']} to {row['end']})"


def _said(row: dict[str, str], was: dict[str, str]) -> str:
    """`confirmed by A`, `edited by B: value 64`: what was decided of a row that was otherwise."""
    by = f" by {row['reviewer']}" if row["reviewer"] else ""
    facts = [f"{column} {row[column] or 'empty'}" for column in _differing(row, was)]
    more = ", ".join(fact for fact in facts if not fact.startswith(("state ", "reviewer ")))
    return f"{row['state']}{by}{': ' if more else ''}{more}"


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
