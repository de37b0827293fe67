"""Labels from the data package; periods, lists, paragraphs and source lines; how a text breaks into lines."""

import re
from collections.abc import Iterable
from functools import partial
from itertools import groupby
from typing import Any

import pandas as pd
from babel.dates import format_date, format_interval
from babel.lists import format_list
from rich.cells import cell_len

from jiaokou.data.languages import check_language
from jiaokou.data.package import Package
from jiaokou.wording.languages import LOCALE, Row, code, is_true, missing, phrase, records, rows

_PIECES = re.compile(r"[（《“]?(?:[A-Za-zÀ-ɏ0-9’'”().,;:?%/²³–-]+\s?|\s|.)", re.DOTALL)  # a line may end after each


def label(row: Row, lang: str, package: Package | None = None) -> str:
    """The row's label; with `package`, followed by what tells it from other values called alike.

    That is who it is about, unless it is the release's own place, and of `differs_by` its basis, period, printed form.
    """
    text = str(row[f"label_{check_language(lang)}"])
    if package is None or missing(entity := row.get("entity")):
        return text
    more = [] if entity == package.release.entity else [code(package, "entities", str(entity), lang)]
    differs_by = str(row.get("differs_by", "")).split()
    if "basis" in differs_by and row["basis"] != "actual":
        more.append(code(package, "basis", str(row["basis"]), lang))
    if "period_end" in differs_by:
        more.append(period(row, lang))
    if "printed" in differs_by:
        more.append(str(row["printed"]))
    return phrase("in_brackets", lang, text=text, more=phrase("and_then", lang).join(more)) if more else text


def period(row: Row, lang: str) -> str:
    """`2021–2025年` / `2021–2025`, `2025年末` / `end of 2025`; of growth with the period that it is on.

    A period only implied is marked as such, and one that the text does not give is said to be missing.
    """
    if missing(row.get("period_start")) or missing(row.get("period_end")):
        return phrase("undated", lang) if is_true(row, "undated") else ""
    text = _dates(row["period_start"], row["period_end"], lang)
    if not missing(base := row.get("base_start")):
        text = phrase("on_base", lang, period=text, base=_dates(base, row["base_end"], lang))
    return phrase("implied", lang, period=text) if is_true(row, "period_implied") else text


def _dates(start: Any, end: Any, lang: str) -> str:
    first, last = pd.Timestamp(start).date(), pd.Timestamp(end).date()
    ends_year = (last.month, last.day) == (12, 31)
    if first == last and ends_year:
        return phrase("year_end", lang, year=str(last.year))
    if first == last:
        return format_date(last, "long", LOCALE[lang])
    is_whole_years = ends_year and (first.month, first.day) == (1, 1)
    is_whole_months = first.day == 1 and pd.Timestamp(last).is_month_end
    exact_to = "y" if is_whole_years else "yMMM" if is_whole_months else "yMMMd"
    return format_interval(first, last, exact_to, locale=LOCALE[lang])


def join(items: Iterable[str], lang: str) -> str:
    """`甲、乙和丙` / `a, b and c`."""
    return format_list(list(items), locale=LOCALE[check_language(lang)])


def paragraphs(numbers: Iterable[Any], lang: str) -> str:
    """Paragraph numbers with runs drawn together: `第10、12–14段` / `paragraphs 10, 12–14`."""
    found = sorted({int(n) for n in numbers if not missing(n)})
    # In a run, what a number exceeds its place by stays the same.
    runs = [[n for _, n in run] for _, run in groupby(enumerate(found), lambda pair: pair[1] - pair[0])]
    parts = [f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    key = "one_paragraph" if len(found) == 1 else "paragraphs"
    return phrase(key, lang, n=phrase("enumeration", lang).join(parts)) if parts else ""


def source(frame: pd.DataFrame, lang: str, package: Package) -> str:
    """The line under a chart or table: the release, and the paragraphs that the rows (or their operands) stand in."""
    title = getattr(package.release, f"title_{check_language(lang)}")
    computed = frame[frame["paragraph"].isna()] if "paragraph" in frame else frame
    codes = " ".join(computed.filter(["first", "second", "observations"]).fillna("").to_numpy().ravel()).split()
    observed = records(package, "observations")
    places = [*frame.get("paragraph", ()), *(observed[code]["paragraph"] for code in codes if code in observed)]
    where = phrase("and_then", lang) + text if (text := paragraphs(places, lang)) else ""
    computation = "" if computed.empty else phrase("computation", lang)
    return phrase("source", lang, title=title, where=where + computation)


def heading(frame: pd.DataFrame, lang: str, package: Package) -> str:
    """What a frame holds, as a title: `Economy: published values`. Rows of several topics are of the whole place."""
    column = next((each for each in ("topic", "section") if each in frame and frame[each].nunique() == 1), "entity")
    where = package.release.entity if column == "entity" else frame[column].dropna().iloc[0]
    where = code(package, column, str(where), lang)
    # A milestone may name an observation, so that comes last.
    kind = next((kind for kind in ("relation", "derived", "milestone", "observation") if kind in frame), None)
    return phrase("item", lang, label=where, text=phrase(f"{kind}_rows", lang)) if kind else where


def subtitle(frame: pd.DataFrame, lang: str, package: Package) -> str:
    """What a chart's title leaves to be said: whose rows they are, their unit and their period, if these are few."""
    units = set(frame["unit"]) if "unit" in frame and "value" in frame else set()
    unit = [code(package, "unit", each, lang) for each in units - {"count"}] if len(units) == 1 else []
    found = _periods(rows(frame), lang)
    whose = code(package, "entity", package.release.entity, lang)
    return " · ".join([whose, *unit, *(found if len(found) < 3 else [])])


def periods(of: Iterable[Row], lang: str) -> str:
    """One sentence naming the periods of rows, empty if they have none."""
    found = _periods(of, lang)
    return phrase("periods", lang, periods=join(found, lang)) if found else ""


def _periods(of: Iterable[Row], lang: str) -> list[str]:
    """Each period once: one that a row has printed is not only implied."""
    found: dict[tuple[str, ...], Row] = {}
    for row in of:
        days = tuple(str(row.get(each)) for each in ("period_start", "period_end", "base_start", "base_end", "undated"))
        if days not in found or not is_true(row, "period_implied"):
            found[days] = row
    return list(dict.fromkeys(filter(None, (period(row, lang) for row in found.values()))))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` half-width characters, broken between words or between Chinese characters.

    Closing punctuation never starts a line; a single word longer than a line stands alone.
    """
    lines, used = [""], 0
    for piece in _PIECES.findall(text):
        if used and used + cells(piece.rstrip()) > width and piece not in "，。；：、）”》%":
            lines.append("")
            piece, used = piece.lstrip(), 0
        lines[-1] += piece
        used += cells(piece)
    return [line.rstrip() for line in lines if line.strip()] or [""]


cells = partial(cell_len, unicode_version="latest")
"""Width of text in half-width characters; a Chinese character takes two."""
