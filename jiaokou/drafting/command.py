"""What `jiaokou draft` does: a text's draft is written beside its package, and applied to it where that is asked."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

from jiaokou.analysis.provenance import identity
from jiaokou.data.descriptor import absolute, opened
from jiaokou.data.package import open_package
from jiaokou.data.scaffold import start
from jiaokou.drafting import draft
from jiaokou.drafting.apply import UNSTATED, apply, write_descriptor
from jiaokou.drafting.context import plan
from jiaokou.drafting.documents import read_document
from jiaokou.drafting.layout import sentences
from jiaokou.drafting.observations import PLACE, known_units
from jiaokou.errors import JiaokouError, WrongUseError
from jiaokou.formats import replace

SHEET = "draft.xlsx"
TEXT_FILE = "draft.txt"
"""The text as it was read, for a source that is no UTF-8 text: positions count its characters."""


@dataclass(frozen=True)
class Drafted:
    """What was drafted: the rows and their file, how the text was read and for which period, what could not be applied,
    how many decisions are lost since their sentence is no longer in the text, and how many values, indicators, sections
    and numerals were applied, and labels have no English yet, empty if it was not asked.
    """

    rows: pd.DataFrame
    file: Path
    read_as: str
    period: tuple[date, date]
    left: list[str]
    lost: int
    applied: dict[str, int]

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

    @property
    def said(self) -> dict[str, Any]:
        """All that the command says of it, by the names in its words."""
        return vars(self) | self.counts | self.applied | {"first": self.period[0], "last": self.period[1]}


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
    new = draft.drafted(content, first, last)
    if new.empty:
        raise JiaokouError(f"{text} holds no numerals, so there is nothing to draft; give the text that has them")
    old, own = _reviewed(where, content), identity(content)
    if not (where / "datapackage.json").is_file():
        start(where, own, known_units())
    stated = {"title_zh": title, "title_en": title, "publisher_zh": publisher, "publisher_en": publisher}
    stated |= {"period_start": first.isoformat(), "period_end": last.isoformat()} | own
    _describe(where, _title(content, Path(text)), {key: said for key, said in stated.items() if said}, languages)
    rows, lost = (new, 0) if old is None else draft.merged(new, old)
    file = draft.write(rows, where)
    if as_sheet or (where / SHEET).is_file():
        replace(where / SHEET, _sheets().as_xlsx(rows, opened(where)["languages"][0]))
    if read_as != "UTF-8":
        replace(where / TEXT_FILE, content.encode())
    left = apply(content, rows, where) if apply_rows else []
    return Drafted(rows, file, read_as, (first, last), left, lost, _applied(where) if apply_rows else {})


def _sheets() -> ModuleType:
    try:
        return import_module("jiaokou.drafting.sheet")
    except ImportError:
        what = f"{SHEET} is read and written with openpyxl"
        raise JiaokouError(f"{what}: pip install 'jiaokou[formats]'") from None


def _applied(folder: Path) -> dict[str, int]:
    """How much a package holds; in one that speaks both languages, how many labels are the same in them."""
    package = open_package(folder)
    values, *labelled = (package.frames[name] for name in ("observations", "sections", "indicators"))
    same = sum(int((each["label_zh"] == each["label_en"]).sum()) for each in labelled)
    return {
        "values": len(values),
        "sections": values["section"].nunique(),
        "indicators": len(package.frames["indicators"]),
        "numerals": len(package.frames["numerals"]),
        "untranslated": same if {"zh", "en"} <= {*package.languages} else 0,
    }


def _reviewed(where: Path, content: str) -> pd.DataFrame | None:
    """The draft of a folder with what was decided in its spreadsheet.

    Raises JiaokouError where both have decided a row, and not alike; what only the spreadsheet decided is kept.
    """
    rows = draft.read(where)
    if rows is None or not (where / SHEET).is_file():
        return rows
    rows, told = draft.reconciled(rows, *_sheets().read(where / SHEET, content))
    draft.write(rows, where)
    if told:
        cure = "make the two agree in one of them, and draft again; every other row was taken over"
        raise JiaokouError(f"{where / SHEET} and {draft.FILE} disagree: in {draft.FILE}, {'; '.join(told)}. {cure}")
    return rows


def _title(content: str, file: Path) -> str:
    """A text's heading without its number, its first line, or the name of its file."""
    span = sentences(content)[0]
    return span.section or (content[span.start : span.end] if span.end - span.start <= 50 else file.stem)


def _period(said: str, where: Path, content: str) -> tuple[date, date]:
    """The days that are said, or those of the package's release, or what the text names first or most often."""
    if not said and (where / "datapackage.json").is_file():
        release = opened(where).get("release") or {}
        said = "/".join(filter(None, (release.get("period_start"), release.get("period_end"))))
    if not said and (named := plan(content[:300])):
        return named
    if not said:
        about = re.findall(r"((?:19|20)\d{2})年[^。\n]{0,8}回顾", content)  # 2024年工作回顾, in a report of 2025
        # 比2016年, 自2015年以来: what a text compares with, it is not about.
        years = Counter(about or re.findall(r"(?<![比较自从])((?:19|20)\d{2})年", content)).most_common(1)
        if not years:
            raise WrongUseError("the text names no year; say which it is about with --period, such as --period 2025")
        said = years[0][0]
    first, _, last = said.partition("/")
    try:
        days = pd.Period(first).start_time.date(), pd.Period(last or first).end_time.date()
    except ValueError:
        days = date.max, date.min
    if days[1] < days[0] or not re.fullmatch(r"\d{4}(-\d\d){0,2}(/\d{4}(-\d\d){0,2})?", said):
        raise WrongUseError(f"“{said}” is no period; write it as 2021/2025, 2025 or 2025-01-01/2025-03-31")
    return days


def _describe(where: Path, title: str, stated: Mapping[str, Any], languages: Sequence[str]) -> None:
    """What is `stated` of the package's release holds from now on, and what is still blank of it is filled in."""
    package = opened(where)
    blanks = {"title_zh": title, "title_en": title, "entity": PLACE, **UNSTATED}
    known = {key: value for key, value in (package.get("release") or {}).items() if value}
    package["release"] = {**(package.get("release") or {}), **blanks, **known, **stated}
    defaults = {"name": "draft", "title": title, "licenses": [{"name": "notspecified"}], "languages": ["zh"]}
    package |= {key: value for key, value in defaults.items() if not package.get(key)}
    write_descriptor(where, package | ({"languages": list(languages)} if languages else {}))
