"""Labels from the data package; periods, lists, paragraphs and source lines."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

import pandas as pd
from babel.dates import format_date, format_interval
from babel.lists import format_list

from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError, near
from jiaokou.wording.languages import LISTS, LOCALE, Row, check_language, missing, records
from jiaokou.wording.phrases import phrase


def label(row: Row, lang: str, package: Package | None = None) -> str:
    """The row's label; with `package`, followed by what tells it from other values of its indicator.

    That is who it is about, unless that is the release's own place, and what it needs of `differs_by` besides: what
    kind of claim it is, unless it is actual, the period, the printed form.
    """
    text = str(row[f"label_{check_language(lang)}"])
    if package is None or missing(entity := row.get("entity")):
        return text
    details = [] if entity == package.release.entity else [code(package, "entities", str(entity), lang)]
    differs_by = str(row.get("differs_by", "")).split()
    if "basis" in differs_by and row["basis"] != "actual":
        details.append(code(package, "basis", str(row["basis"]), lang))
    if "period_end" in differs_by:
        details.append(period(row, lang))
    if "printed" in differs_by:
        details.append(str(row["printed"]))
    more = phrase("and_then", lang).join(details)
    return phrase("in_brackets", lang, text=text, more=more) if details else text


def lists(package: Package) -> list[str]:
    """The lists of codes that have labels: code lists (`basis`, `stage` …) and frames (`topics`, `entities` …)."""
    return [*package.codes, *LISTS]


def code(package: Package, list_: str, code: str, lang: str) -> str:
    """The label of a code of one of the `lists`."""
    column = f"label_{check_language(lang)}"
    if list_ not in lists(package):
        raise JiaokouError(f"unknown list {list_!r}: use {', '.join(lists(package))}")
    table = records(package, list_)
    if code not in table:
        raise JiaokouError(f"unknown code {code!r} in {list_}{near(code, map(str, table))}")
    return str(table[code][column])


_SIGNS = {" ** ": " ^ ", " * ": " × ", " / ": " ÷ ", " - ": " − "}


def formula(row: Row, lang: str, package: Package) -> str:
    """A derived row's formula in words: `建成的重点项目 ÷ 谋划和建设的重点项目（计划） × 100`."""
    text = str(row["formula"])
    for sign, printed in _SIGNS.items():
        text = text.replace(sign, printed)
    observations = records(package, "observations")

    def named(match: re.Match[str]) -> str:
        operand = observations[match[0]]
        name = label(operand, lang, package)
        if operand["basis"] == "actual" or "basis" in operand["differs_by"]:
            return name
        basis = code(package, "basis", str(operand["basis"]), lang)
        return phrase("in_brackets", lang, text=name, more=basis)

    operands = "|".join(map(re.escape, str(row["observations"]).split()))
    return re.sub(rf"\b(?:{operands})\b", named, text)


def period(row: Row, lang: str) -> str:
    """`2021–2025年` / `2021–2025`, `2025年末` / `end of 2025`; of growth with the period that it is on.

    A period only implied is marked as such, and one that the text does not give is said to be missing.
    """
    start, end, implied = row.get("period_start"), row.get("period_end"), row.get("period_implied")
    check_language(lang)
    if missing(start) or missing(end):
        return phrase("undated", lang) if row.get("undated", False) else ""
    text = _dates(_day(start), _day(end), lang)
    if not missing(base := row.get("base_start")):
        text = phrase("on_base", lang, period=text, base=_dates(_day(base), _day(row["base_end"]), lang))
    return phrase("implied", lang, period=text) if not missing(implied) and implied else text


def _day(value: Any) -> dt.date:
    return pd.Timestamp(value).date()


def _dates(first: dt.date, last: dt.date, lang: str) -> str:
    ends_year = (last.month, last.day) == (12, 31)
    if first == last and ends_year:
        return phrase("year_end", lang, year=str(last.year))
    if first == last:
        return format_date(last, "long", locale=LOCALE[lang])
    whole_years = ends_year and (first.month, first.day) == (1, 1)
    return format_interval(first, last, "y" if whole_years else "yMMMd", locale=LOCALE[lang])


def join(items: Iterable[str], lang: str) -> str:
    """`甲、乙和丙` / `a, b and c`."""
    return format_list(list(items), locale=LOCALE[check_language(lang)])


def paragraphs(numbers: Iterable[Any], lang: str) -> str:
    """Paragraph numbers with runs drawn together: `第10、12–14段` / `paragraphs 10, 12–14`."""
    found = sorted({int(n) for n in numbers if not missing(n)})
    runs: list[list[int]] = []
    for n in found:
        if runs and n == runs[-1][-1] + 1:
            runs[-1].append(n)
        else:
            runs.append([n])
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    key = "one_paragraph" if len(found) == 1 else "paragraphs"
    return phrase(key, lang, n=phrase("enumeration", lang).join(parts)) if parts else ""


def source(frame: pd.DataFrame, lang: str, package: Package) -> str:
    """The line under a chart or table: the release, and the paragraphs that the rows (or their operands) stand in."""
    title = getattr(package.release, f"title_{check_language(lang)}")
    if "paragraph" in frame:
        where, computation = paragraphs(frame["paragraph"], lang), ""
    else:
        columns = [column for column in ("first", "second", "observations") if column in frame]
        operands = {code for column in columns for codes in frame[column].dropna() for code in codes.split()}
        observations = records(package, "observations")
        where = paragraphs((observations[code]["paragraph"] for code in operands & set(observations)), lang)
        computation = phrase("computation", lang)
    where = phrase("and_then", lang) + where if where else ""
    return phrase("source", lang, title=title, where=where + computation)


def heading(frame: pd.DataFrame, lang: str, package: Package) -> str:
    """What a frame holds, as a title: `实力交口：印出的数值` / `Economy: published values`.

    The topic or section is named if there is but one, else the release's place.
    """
    where = code(package, "entities", package.release.entity, lang)
    for column in ("section", "topic"):
        codes = list(frame[column].dropna().unique()) if column in frame else []
        where = code(package, f"{column}s", str(codes[0]), lang) if len(codes) == 1 else where
    # A milestone may name an observation, so that comes last.
    kind = next((kind for kind in ("relation", "derived", "milestone", "observation") if kind in frame), None)
    return phrase("item", lang, label=where, text=phrase(f"{kind}_rows", lang)) if kind else where
