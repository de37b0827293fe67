"""Labels from the data package; periods, lists, paragraphs and source lines."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import pandas as pd
from babel.dates import format_date, format_interval
from babel.lists import format_list

from jiaokou.errors import JiaokouError, near
from jiaokou.wording.languages import LOCALE, Row, Vocabulary, check_language, missing, pick, records

# The package's frames that serve as code lists, and the column that holds their code.
_CODE_COLUMNS = {
    "sections": "section",
    "topics": "topic",
    "entities": "entity",
    "units": "unit",
    "indicators": "indicator",
    "observations": "observation",
}


def label(row: Row, lang: str, package: Vocabulary | None = None) -> str:
    """The row's label; with `package`, followed by who it is about unless that is the release's own place."""
    text = str(row[f"label_{check_language(lang)}"])
    entity = row.get("entity")
    if package is None or missing(entity) or entity == package.release.entity:
        return text
    return pick(("{}（{}）", "{} ({})"), lang).format(text, code(package, "entities", str(entity), lang))


def lists(package: Vocabulary) -> list[str]:
    """The lists of codes that have labels: code lists (`basis`, `stage` …) and frames (`topics`, `entities` …)."""
    return [*package.codes, *_CODE_COLUMNS]


def code(package: Vocabulary, list_: str, code: str, lang: str) -> str:
    """The label of a code of one of the `lists`."""
    column = f"label_{check_language(lang)}"
    if list_ in package.codes:
        table = records(package.codes[list_])
    elif list_ in _CODE_COLUMNS:
        table = records(package.frames[list_], _CODE_COLUMNS[list_])
    else:
        raise JiaokouError(f"unknown list {list_!r}: use {', '.join(lists(package))}")
    if code not in table:
        raise JiaokouError(f"unknown code {code!r} in {list_}{near(code, map(str, table))}")
    return str(table[code][column])


_SIGNS = {" ** ": " ^ ", " * ": " × ", " / ": " ÷ ", " - ": " − "}


def formula(row: Row, lang: str, package: Vocabulary) -> str:
    """A derived row's formula in words: `建成的重点项目 ÷ 谋划和建设的重点项目（计划） × 100`."""
    text = str(row["formula"])
    for sign, shown in _SIGNS.items():
        text = text.replace(sign, shown)
    observations = records(package.frames["observations"], "observation")

    def named(match: re.Match[str]) -> str:
        operand = observations[match[0]]
        name = label(operand, lang, package)
        if operand["basis"] == "actual":
            return name
        basis = code(package, "basis", str(operand["basis"]), lang)
        return pick(("{}（{}）", "{} ({})"), lang).format(name, basis)

    operands = "|".join(re.escape(str(row[side])) for side in ("first", "second"))
    return re.sub(rf"\b(?:{operands})\b", named, text)


def period(row: Row, lang: str) -> str:
    """`2021–2025年` / `2021–2025`, `2025年末` / `end of 2025`; a period only implied is marked as such."""
    start, end, implied = row.get("period_start"), row.get("period_end"), row.get("period_implied")
    check_language(lang)
    if missing(start) or missing(end):
        return ""
    text = _dates(_day(start), _day(end), lang)
    return text + pick(("（推定）", " (implied)"), lang) if not missing(implied) and implied else text


def _day(value: Any) -> dt.date:
    return pd.Timestamp(value).date()


@lru_cache(maxsize=512)
def _dates(first: dt.date, last: dt.date, lang: str) -> str:
    ends_year = (last.month, last.day) == (12, 31)
    if first == last and ends_year:
        return pick(("{}年末", "end of {}"), lang).format(last.year)
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
    if not parts:
        return ""
    if check_language(lang) == "zh":
        return f"第{'、'.join(parts)}段"
    return f"paragraph{'s' if len(found) > 1 else ''} {', '.join(parts)}"


def source(frame: pd.DataFrame, lang: str, package: Vocabulary) -> str:
    """The line under a chart or table: the release, and the paragraphs that the rows (or their operands) stand in."""
    title = str(getattr(package.release, f"title_{check_language(lang)}"))
    if "paragraph" in frame:
        where = paragraphs(frame["paragraph"], lang)
        computed = ""
    else:
        operands = {
            code
            for column in ("first", "second", "observations")
            if column in frame
            for codes in frame[column]
            if not missing(codes)
            for code in codes.split()
        }
        observations = records(package.frames["observations"], "observation")
        where = paragraphs((observations[code]["paragraph"] for code in operands & set(observations)), lang)
        computed = pick(("；据此推算", "; our computation"), lang)
    quoted = pick((f"来源：《{title}》", f"Source: {title}"), lang)
    return quoted + (pick(("，", ", "), lang) + where if where else "") + computed + pick(("。", "."), lang)


# What the rows of a frame are, by the column of their codes; a milestone may name an observation, so that comes last.
_ROWS = {
    "relation": ("数值之间的关系", "relations between numbers"),
    "derived": ("推算的数值", "derived quantities"),
    "milestone": ("成果与提法", "achievements and claims"),
    "observation": ("印出的数值", "published values"),
}


def heading(frame: pd.DataFrame, lang: str, package: Vocabulary) -> str:
    """What a frame holds, as a title: `实力交口：印出的数值` / `Economy: published values`.

    The topic or section is named if there is but one, else the release's place.
    """
    where = code(package, "entities", package.release.entity, lang)
    for column in ("section", "topic"):
        codes = list(frame[column].dropna().unique()) if column in frame else []
        where = code(package, f"{column}s", str(codes[0]), lang) if len(codes) == 1 else where
    rows = next((names for column, names in _ROWS.items() if column in frame), None)
    return where if rows is None else pick(("{}：{}", "{}: {}"), lang).format(where, pick(rows, lang))
