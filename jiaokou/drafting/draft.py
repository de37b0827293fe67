"""A text's draft: one row a candidate, with the state that a reviewer has given it, kept in `draft.csv`.

Drafting again writes over drafted rows alone. A row that was decided stays while the sentence that it stands in is in
the text, wherever it moved; where the sentence changed, the row is drafted anew.
"""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from math import isclose
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.descriptor import absolute
from jiaokou.data.schema import TEXT
from jiaokou.drafting import context
from jiaokou.drafting.columns import COLUMNS, DECIDED, JUDGED, Row, checked, holds
from jiaokou.drafting.documents import read_table
from jiaokou.drafting.layout import Span, holding, sentences
from jiaokou.drafting.scan import Reading, listed, scan
from jiaokou.errors import JiaokouError
from jiaokou.formats import replace

FILE = "draft.csv"


def drafted(text: str, period_start: date, period_end: date) -> pd.DataFrame:
    """The candidates of a text as `draft.csv` has them, all of them drafted; `value` is in base units (元, 吨, 千瓦).

    The period is the release's, for what gives none.
    """
    default = context.Period(period_start, period_end, "default")
    readings, spans = scan(text), sentences(text)
    quantities = [reading for reading in readings if reading.kind != "name"]
    names = iter(context.names(text, quantities, [holding(spans, reading.start) for reading in quantities]))
    rows, known, paragraph = [], None, 0
    for sentence, those in groupby(readings, key=lambda reading: holding(spans, reading.start)):
        if known and known.end < period_start and sentence.paragraph != paragraph:
            known = None  # an earlier year is an aside: its paragraph ends it
        paragraph = sentence.paragraph
        when, before = None, None
        for reading in those:
            row = _row(text, reading, sentence)
            if reading.kind != "name":
                if when is None or not listed(text, before, reading):
                    when = context.period(text, sentence, reading.start, known, default)
                before = reading
                name = next(names)
                row |= _quantity(text, reading, sentence, when, default) | {"name": name}
                row["doubt"] = row["doubt"] or ("name" if context.says_too_little(name, row["kind"]) else "")
            rows.append(row | {f"drafted_{column}": row[column] for column in JUDGED})
        after = context.period(text, sentence, sentence.end, known, default)
        if after.source != "default" and not after.start < period_start <= after.end:  # 2020年到2025年 is an aside
            known = after
    return _with_clashes(frame(rows))


def _with_clashes(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows, in doubt where two would be values of one indicator for one period and basis, and differ."""
    same = ["name", "unit", "kind", "compared_with", "period_start", "period_end", "basis"]
    found = rows[rows["kind"] != "name"]
    differ = found.groupby(same)["value"].transform("nunique") > 1
    rows.loc[found.index[differ & (found["doubt"] == "")], "doubt"] = "clash"
    return rows


def frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as a frame, with the columns of `draft.csv`."""
    return pd.DataFrame(rows, columns=COLUMNS).astype(TEXT)


def _row(text: str, reading: Reading, sentence: Span) -> Row:
    return dict.fromkeys(COLUMNS, "") | {
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


def _quantity(text: str, reading: Reading, sentence: Span, when: context.Period, default: context.Period) -> Row:
    """What a row of a quantity has besides."""
    kind = context.kind(text, reading, sentence)
    compared = context.compared(text, reading, sentence, kind)
    if kind == "growth" and compared == "年均" and when.source != "printed" and when.start.year == when.end.year:
        when = context.over_years(when)
    if kind in ("level", "count", "share") and context.stands(text, reading, sentence):
        when = context.Period(when.end, when.end, when.source)
    return {side: _number(getattr(reading, side)) for side in ("value", "lower", "upper")} | {
        "unit": reading.unit,
        "qualifier": reading.qualifier,
        "kind": kind,
        "compared_with": compared,
        "period_start": when.start.isoformat(),
        "period_end": when.end.isoformat(),
        "period_from": when.source,
        "basis": context.basis(text, reading, sentence, when, default.end),
    }


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
    rows, decimal = read_table(file, [column for column in COLUMNS if column != "drafted_section"])
    rows["drafted_section"] = rows.get("drafted_section", rows["section"])  # a draft of before has none
    found = [
        checked(row, f"{file}, row {line + 2}, column {{}}".format, decimal=decimal)
        for line, row in zip(rows.index, records(rows[COLUMNS]), strict=True)
    ]
    return _ordered(_keyed(frame(found)))


def write(rows: pd.DataFrame, folder: Path) -> Path:
    """Save a draft, whole or not at all."""
    file = folder / FILE
    replace(file, rows[COLUMNS].to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))
    return file


def in_order(rows: pd.DataFrame) -> list[Any]:
    """The labels of the rows as they are reviewed: quantities in doubt, other quantities, then what is none."""
    last = pd.DataFrame({"none": rows["kind"] == "name", "sure": rows["doubt"] == ""})
    return list(last.sort_values(["none", "sure"], kind="stable").index)


def records(rows: pd.DataFrame) -> list[Row]:
    """The rows of a draft, each by its columns."""
    return [{str(column): str(value) for column, value in row.items()} for row in rows.to_dict("records")]


def undecided(rows: pd.DataFrame) -> int:
    """How many quantities nobody has looked at."""
    return int(((rows["state"] == "drafted") & (rows["kind"] != "name")).sum())


def merged(new: pd.DataFrame, old: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """A new draft with the decisions of an older one: a decided row stays where its sentence is unchanged.

    So does a row that a reviewer added by hand in it. The number is that of decisions whose sentence is not there.
    """
    rows, lost = _keyed(new), 0
    at = {key[:2]: row for key, row in rows.items()}
    for key, row in _keyed(old).items():
        if row["state"] == "drafted":
            continue
        if (there := at.get(key[:2])) is None:
            lost += 1
            continue
        by = int(there["sentence_start"]) - int(row["sentence_start"])
        moved = {column: str(int(row[column]) + by) for column in COLUMNS if holds(column) == "place" and row[column]}
        kept = row | moved | {"paragraph": there["paragraph"], "drafted_section": there["section"]}
        if row["section"] == row["drafted_section"]:
            kept["section"] = there["section"]
        exact = rows.get(key, row)
        value, other = (float(each["value"] or "nan") for each in (row, exact))
        if row["value"] == row["drafted_value"] and isclose(value, other, rel_tol=1e-5):  # a spreadsheet has rounded it
            kept |= {column: exact[column] for column in COLUMNS if holds(column) == "number"}
        rows[key] = kept
    return _ordered(rows), lost


_Key = tuple[str, int, int, bool]


def _keyed(rows: pd.DataFrame) -> dict[_Key, Row]:
    """Rows by their sentence, which time it stands in the text, where in it they were drafted, and whether by hand.

    Of copies the one that was decided is taken. Raises JiaokouError where two were, and not alike.
    """
    times = rows["sentence_start"].astype(int).groupby(rows["sentence"]).rank("dense")
    found: dict[_Key, Row] = {}
    for row, time in zip(records(rows), times, strict=True):
        offset = int(row["drafted_start"] or row["start"]) - int(row["sentence_start"])
        copy = found.setdefault((row["sentence"], int(time), offset, not row["drafted_start"]), row)
        if "drafted" not in (copy["state"], row["state"]) and _decisions(copy) != _decisions(row):
            both = f"{_said(copy, row)}, and {_said(row, copy)}"
            raise JiaokouError(f"{FILE}: {named(row)} stands there twice: {both}; delete one of the rows")
        if copy["state"] == "drafted":
            copy.update(row)
    return found


def _ordered(rows: dict[_Key, Row]) -> pd.DataFrame:
    return frame(sorted(rows.values(), key=lambda row: int(row["start"])))


def reconciled(here: pd.DataFrame, given: pd.DataFrame, changed: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The draft `here` with what a reviewer changed elsewhere, and a line for each row that both have changed.

    `given` are the rows as that reviewer was given them, `changed` as they are left. A row that both have changed, and
    not alike, stays as it is here.
    """
    rows, were, told = _keyed(here), _keyed(given), []
    for key, mine in _keyed(changed).items():
        was, there = were.get(key), rows.get(key)
        if was is None:  # added by hand
            rows.setdefault(key, mine)
        elif not (_decisions(mine) - _decisions(was)):
            continue
        elif there is None:
            told.append(f"{named(mine)} is not in the draft any more, and was {_said(mine, was)}")
        elif _decisions(there) - _decisions(was) and _decisions(mine) - _decisions(there):
            told.append(f"{named(mine)} was {_said(there, was)}, and elsewhere {_said(mine, was)}")
        else:
            rows[key] = there | {column: mine[column] for column in DECIDED}
    return _ordered(rows), told


def _decisions(row: Row) -> set[tuple[str, str]]:
    return {(column, row[column]) for column in DECIDED}


def named(row: Row) -> str:
    """A row by its characters and where they stand."""
    return f"“{row['printed']}” (characters {row['start']} to {row['end']})"


def _said(row: Row, was: Row) -> str:
    """`confirmed by A`, `edited by B: value 64`: what was decided of a row that was otherwise."""
    by = f" by {row['reviewer']}" if row["reviewer"] else ""
    facts = [column for column in DECIDED if row[column] != was[column] and column not in ("state", "reviewer")]
    more = ", ".join(f"{column} {row[column] or 'empty'}" for column in facts)
    return f"{row['state']}{by}{': ' if more else ''}{more}"


def accuracy(folder: str | Path) -> pd.DataFrame:
    """How often the drafting of a package's folder was right, by the reviewer's decisions; a row is one thing judged.

    `judged` a column, or `quantity` (the row is one), `found` (it was not added by hand) and `fully` (characters,
    value, unit and qualifier at once) · `decided` rows looked at · `right` of them · `share` in per cent. Raises
    JiaokouError where there is no draft.
    """
    where = absolute(folder)
    if (rows := read(where)) is None:
        raise JiaokouError(f"{where / FILE} is missing; draft first: jiaokou draft TEXT {where}")
    decided = rows[rows["state"] != "drafted"]
    real = (decided["state"] != "rejected") & (decided["kind"] != "name")
    proposed = ~decided["drafted_kind"].isin(["", "name"])
    same = {column: (decided[column] == decided[f"drafted_{column}"])[real & proposed] for column in JUDGED}
    fully = same["printed"] & same["value"] & same["unit"] & same["qualifier"]
    judged = {"found": proposed[real], "quantity": real[proposed], "fully": fully, **same}
    found = [(name, len(right), int(right.sum()), 100 * right.mean()) for name, right in judged.items() if len(right)]
    return pd.DataFrame(found, columns=["judged", "decided", "right", "share"]).round(1)
