"""What `jiaokou draft` does: a text's draft is written beside its package, and applied to it where that is asked."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.analysis.provenance import identity
from jiaokou.data.descriptor import absolute, opened
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.scaffold import start
from jiaokou.drafting import draft, sheet
from jiaokou.drafting.apply import PLACE, UNSTATED, apply, write_descriptor
from jiaokou.drafting.context import plan
from jiaokou.drafting.documents import read_document
from jiaokou.drafting.layout import sentences
from jiaokou.errors import JiaokouError, WrongUseError

TEXT_FILE = "draft.txt"
"""The text as it was read, for a source that is no UTF-8 text: positions count its characters."""


@dataclass(frozen=True)
class Drafted:
    """What was drafted: the rows and their file, how the text was read, what could not be applied, and how
    many decisions are lost since their sentence is no longer in the text.
    """

    rows: pd.DataFrame
    file: Path
    read_as: str
    left: list[str]
    lost: int

    @property
    def counts(self) -> dict[str, int]:
        """How many quantities there are, how many of them in doubt and undecided, and how many other numerals."""
        quantities = self.rows[(self.rows["kind"] != "name") & (self.rows["state"] != "rejected")]
        return {
            "quantities": len(quantities),
            "doubtful": int(((quantities["doubt"] != "") & (quantities["state"] == "drafted")).sum()),
            "undecided": draft.undecided(self.rows),
            "names": len(self.rows) - len(quantities),
        }


def accuracy(folder: str | Path) -> pd.DataFrame:
    """How often the drafting of a package's folder was right (see `draft.accuracy`); empty where none is decided.

    Raises JiaokouError where there is no draft.
    """
    where = absolute(folder)
    if (rows := draft.read(where)) is None:
        raise JiaokouError(f"{where / draft.FILE} is missing; draft first: jiaokou draft TEXT {where}")
    found = draft.accuracy(rows)
    return found[found["decided"] > 0].reset_index(drop=True)


def draft_package(
    text: str | Path,
    folder: str | Path,
    period: str = "",
    *,
    languages: Sequence[str] = (),
    title: str = "",
    publisher: str = "",
    apply_rows: bool = False,
    as_sheet: bool = False,
) -> Drafted:
    """Draft a text into the package at `folder`, which is started where there is none.

    `languages` are those that the package is to speak, `title` and `publisher` those of the release, whose `period` is
    `2021/2025`, `2025` or two days; without one it is the package's, or what the text most often names. With `as_sheet`
    the draft is written as a spreadsheet too; one that is there is taken over first, and written anew. Raises
    JiaokouError for a text or a folder that cannot be read or written.
    """
    content, read_as = read_document(text)
    where = absolute(folder)
    first, last = _period(period, where, content)
    old, sheets = _reviewed(where, content)
    if not (where / "datapackage.json").is_file():
        start(where, identity(content))
    stated = {
        f"{name}_{lang}": text
        for name, text in (("title", title), ("publisher", publisher))
        for lang in LANGUAGES
        if text
    }
    days = {"period_start": first.isoformat(), "period_end": last.isoformat()}
    _describe(where, _title(content, Path(text)), identity(content) | days | stated, languages)
    new = draft.drafted(content, first, last)
    rows, lost = (new, 0) if old is None else draft.merged(new, old)
    try:
        file = draft.write(rows, where)
        if as_sheet or sheets:
            (where / sheet.FILE).write_bytes(sheet.as_xlsx(rows, opened(where)["languages"][0]))
        if read_as != "UTF-8":
            (where / TEXT_FILE).write_bytes(content.encode())
    except OSError as error:
        raise JiaokouError(f"{where} cannot be written: {error.strerror}; name another folder") from None
    except ImportError:
        raise JiaokouError("a spreadsheet is written with openpyxl: pip install 'jiaokou[formats]'") from None
    return Drafted(rows, file, read_as, apply(content, rows, where) if apply_rows else [], lost)


def _reviewed(where: Path, content: str) -> tuple[pd.DataFrame | None, bool]:
    """The draft of a folder with what was decided in its spreadsheet, and whether it has one.

    Raises JiaokouError where both have decided a row, and not alike; what only the spreadsheet decided is kept.
    """
    rows = draft.read(where)
    sheets = sheet.read(where, content)
    if rows is None or sheets is None:
        return rows, False
    rows, told = draft.reconciled(rows, *sheets)
    draft.write(rows, where)
    if told:
        cure = "make the two agree in one of them, and draft again; every other row was taken over"
        raise JiaokouError(
            f"{where / sheet.FILE} and {draft.FILE} disagree: in {draft.FILE}, {'; '.join(told)}. {cure}"
        )
    return rows, True


def _title(content: str, file: Path) -> str:
    """A text's heading without its number, its first line, or the name of its file."""
    span = sentences(content)[0]
    return span.section or (content[span.start : span.end] if span.end - span.start <= 50 else file.stem)


def _period(said: str, where: Path, content: str) -> tuple[date, date]:
    if said:
        ends = said.split("/")
        days = [
            f"{each}-{day}" if re.fullmatch(r"\d{4}", each) else each
            for each, day in zip((ends[0], ends[-1]), ("01-01", "12-31"), strict=True)
        ]
        try:
            first, last = map(date.fromisoformat, days)
        except ValueError:
            first, last = date.max, date.min
        if len(ends) > 2 or last < first:
            raise WrongUseError(f"“{said}” is no period; write it as 2021/2025, 2025 or 2025-01-01/2025-03-31")
        return first, last
    if (where / "datapackage.json").is_file():
        release = opened(where).get("release") or {}
        try:
            return date.fromisoformat(release["period_start"]), date.fromisoformat(release["period_end"])
        except (KeyError, TypeError, ValueError):
            pass
    if found := plan(content[:300]):
        return found
    years = Counter(re.findall(r"((?:19|20)\d{2})年", content)).most_common(1)
    if not years:
        raise WrongUseError("the text names no year; say which it is about with --period, such as --period 2025")
    return date(int(years[0][0]), 1, 1), date(int(years[0][0]), 12, 31)


def _describe(where: Path, title: str, stated: Mapping[str, Any], languages: Sequence[str]) -> None:
    """What is `stated` of the package's release holds from now on, and what is still blank of it is filled in."""
    package = opened(where)
    blanks = {"title_zh": title, "title_en": title, "entity": PLACE, **UNSTATED}
    known = {key: value for key, value in (package.get("release") or {}).items() if value}
    package["release"] = {**(package.get("release") or {}), **blanks, **known, **stated}
    defaults = {"name": "draft", "title": title, "licenses": [{"name": "notspecified"}], "languages": ["zh"]}
    package |= {key: value for key, value in defaults.items() if not package.get(key)}
    write_descriptor(where, package | ({"languages": list(languages)} if languages else {}))
