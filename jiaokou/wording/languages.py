"""The two languages, and what wording asks of a data package and of a frame."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from babel import Locale
from babel.numbers import format_decimal

from jiaokou.analysis.derive import derived_of
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError

HTML_LANG = {"zh": "zh-CN", "en": "en-GB"}
"""The ``lang`` attribute of text in each language."""

LOCALE = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en_GB")}
"""Babel's locale for each language."""

LISTS = {
    "sections": "section",
    "topics": "topic",
    "entities": "entity",
    "units": "unit",
    "indicators": "indicator",
    "observations": "observation",
}
"""The package's frames that serve as code lists, and the column that holds their code."""

Row = Mapping[str, Any] | pd.Series
"""One row of a frame."""


Named = Package | str | Path | None
"""A data package: opened, its folder, or None for the one that a frame was loaded from."""


def vocabulary(package: Named, frame: pd.DataFrame) -> Package:
    """The package, opened. Rows of another package than the library's own name its folder in their column `package`.

    Raises JiaokouError for rows of several packages.
    """
    if package is not None:
        return opened(package)
    named = list(frame["package"].fillna("").unique()) if "package" in frame else []
    if len(named) > 1:
        folders = ", ".join(str(folder) or "the library's own" for folder in named)
        raise JiaokouError(f"the rows are of several packages ({folders}): name one with package=")
    return opened(named[0] if named else "")


def opened(package: Package | str | Path) -> Package:
    """A package as it is, or, by its folder, opened."""
    return open_package(package) if isinstance(package, str | Path) else package


def check_frame(frame: Any, caller: str, *columns: str) -> None:
    """Raise JiaokouError for what is no frame, lacks some of the columns, or has no rows; `caller` is named."""
    if not isinstance(frame, pd.DataFrame):
        raise JiaokouError(
            f"{caller} takes a frame, such as jiaokou.load() gives, and no {type(frame).__name__}"
        )
    if lacking := [column for column in columns if column not in frame]:
        raise JiaokouError(
            f"{caller} got a frame without {', '.join(lacking)}: see its help for the rows that it takes"
        )
    if frame.empty:
        raise JiaokouError(f"{caller} got a frame without rows: loosen the selection that made it")


def rows(frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame as dictionaries, which are read many times faster than pandas' own rows."""
    names = list(frame.columns)
    return [dict(zip(names, row, strict=True)) for row in frame.to_numpy(dtype="object").tolist()]


# Asked for each number that is written: without a cache an edition takes many times as long.
@lru_cache(maxsize=64)
def records(package: Package, list_: str) -> Mapping[Any, Mapping[str, Any]]:
    """The rows of a code list, of a frame of `LISTS`, or of `derived()`, by their code. KeyError if there is none."""
    if list_ == "derived":
        frame = derived_of(package).set_index("derived", drop=False)
    elif list_ in package.codes:
        frame = package.codes[list_]
    else:
        frame = package.frames[list_].set_index(LISTS[list_], drop=False)
    found: dict[Any, Any] = frame[~frame.index.duplicated()].to_dict("index")
    return found


def check_language(lang: str) -> str:
    """Return `lang` if it is one of `LANGUAGES`; otherwise raise JiaokouError."""
    if lang not in LANGUAGES:
        raise JiaokouError(f"unknown language {lang!r}: use {' or '.join(LANGUAGES)}")
    return lang


def pick(pair: Sequence[str], lang: str) -> str:
    """The Chinese or the English one of a pair."""
    return pair[LANGUAGES.index(check_language(lang))]


def decimal(exact: str, lang: str, digits: int = 0) -> str:
    """A number given in full, with `digits` decimals: 1,234.50 in English; Chinese bulletins write 1234.50."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return format_decimal(exact, format=pattern, locale=LOCALE[lang], group_separator=lang != "zh")


def missing(value: Any) -> bool:
    """Whether a cell is empty (None, NA, NaT, NaN)."""
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    )
