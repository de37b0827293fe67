"""The two languages and their words, and what wording asks of a data package and of a frame.

What charts, tables and pages say around their numbers is in `phrases.json`, both languages side by side; each key is
unique in all of it.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any, SupportsFloat

import pandas as pd
from babel import Locale

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.languages import LANGUAGES, check_language
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError, near

HTML_LANG = {"zh": "zh-CN", "en": "en-GB"}
"""The ``lang`` attribute of text in each language."""

LOCALE = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en_GB")}
"""Babel's locale for each language."""

LISTED = {
    "section": "sections", "topic": "topics", "entity": "entities", "actor": "entities", "place": "entities",
    "unit": "units", "indicator": "indicators", "observation": "observations",
}  # fmt: skip
"""The list of the codes of a column, where it is not called as the column."""

LISTS = tuple(dict.fromkeys(LISTED.values()))
"""The package's frames that serve as code lists; their first column holds the codes."""

_GROUPS = json.loads(Path(__file__).with_name("phrases.json").read_text(encoding="utf-8"))
_PHRASES = {
    lang: {key: pair[place] for group in _GROUPS.values() for key, pair in group.items()}
    for place, lang in enumerate(LANGUAGES)
}

Row = Mapping[str, Any] | pd.Series
"""One row of a frame."""

Named = Package | str | Path | None
"""A data package: opened, its folder, or None for the one that a frame was loaded from."""


def check_frame(frame: Any, caller: str, *columns: str) -> None:
    """Raise JiaokouError for what is no frame, lacks some of the columns, or has no rows; `caller` is named."""
    if not isinstance(frame, pd.DataFrame):
        raise JiaokouError(f"{caller} takes a frame, such as jiaokou.load() gives, no {type(frame).__name__}")
    if lacking := ", ".join(column for column in columns if column not in frame):
        raise JiaokouError(f"{caller} got a frame without {lacking}: see its help for the rows that it takes")
    if frame.empty:
        raise JiaokouError(f"{caller} got a frame without rows: loosen the selection that made it")


def package_of(frame: pd.DataFrame, caller: str, lang: str, package: Named, *columns: str) -> Package:
    """The package that a frame is worded with, opened; frame and language are checked, and `caller` named.

    Rows of another package than the library's own name its folder in their column `package`. Raises JiaokouError for
    rows of several packages.
    """
    check_frame(frame, caller, *columns)
    check_language(lang)
    if package is None:
        package, *others = list(frame["package"].fillna("").unique()) if "package" in frame else [""]
        if others:
            folders = ", ".join(str(folder) or "the library's own" for folder in (package, *others))
            raise JiaokouError(f"the rows are of several packages ({folders}): name one with package=")
    return package if isinstance(package, Package) else open_package(package)


def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a frame as dictionaries, which are read many times faster than pandas' own rows."""
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy(dtype="object").tolist()]


# Asked for each number that is written: without a cache an edition takes many times as long.
@lru_cache(maxsize=64)
def records(package: Package, list_: str) -> Mapping[Any, Mapping[str, Any]]:
    """The rows of a code list, of a frame, of `derived()` or `audit()`, by their code, or JiaokouError."""
    computed = {"derived": derived_of, "audit": audit_of}
    if list_ in package.codes:
        frame = package.codes[list_].reset_index()
    else:
        frame = computed[list_](package) if list_ in computed else named(package.frames, list_, "list")
    first = frame.columns[0]
    return {row[first]: row for row in rows(frame.drop_duplicates(first))}


def code(package: Package, list_: str, code: str, lang: str) -> str:
    """The label of a code: of a code list (`basis` …), of a frame (`topics` …), of a column of `LISTED` (`topic` …)."""
    row = named(records(package, LISTED.get(list_, list_)), code, f"{list_} code")
    return str(row[f"label_{check_language(lang)}"])


def exact(value: Any) -> Decimal:
    """A number with the digits that it is written with. Raises JiaokouError for what is infinite or no number."""
    found = value if isinstance(value, Decimal) else Decimal(repr(float(value))).normalize()
    if not found.is_finite():
        raise JiaokouError(f"{value} is no number that can be written: check the row it comes from")
    return found


def number(value: SupportsFloat, lang: str) -> str:
    """A plain number with every digit it has: 1,234.5 in English; Chinese bulletins write 1234.5."""
    separator = "" if check_language(lang) == "zh" else ","
    return f"{exact(value):{separator}f}"


def phrases(lang: str) -> dict[str, str]:
    """Every phrase in `lang` by its key, values to be filled in still standing in {braces}."""
    return _PHRASES[check_language(lang)]


def phrase(key: str, lang: str, **values: object) -> str:
    """A phrase in `lang`, filled with `values`, or JiaokouError; whole numbers are written for the language."""
    written = {name: number(each, lang) if isinstance(each, int) else each for name, each in values.items()}
    return str(named(phrases(lang), key, "phrase")).format(**written)


def named(known: Mapping[Any, Any], code: object, what: str) -> Any:
    """What a code stands for. Raises JiaokouError, with the codes that come near, for one that is not known."""
    if code not in known:
        raise JiaokouError(f"unknown {what} {code!r}{near(code, map(str, known))}")
    return known[code]


def missing(value: Any) -> bool:
    """Whether a cell is empty (None, NA, NaT, NaN)."""
    return bool(pd.isna(value))


def is_true(row: Row, column: str) -> bool:
    """Whether a row has a cell that says yes; an empty one does not."""
    return not missing(row.get(column)) and bool(row[column])
