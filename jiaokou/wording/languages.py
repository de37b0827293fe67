"""The two languages, and what wording asks of a data package."""

import math
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import pandas as pd
from babel import Locale

from jiaokou.data.languages import LANGUAGES
from jiaokou.data.package import open_package
from jiaokou.errors import JiaokouError

HTML_LANG = {"zh": "zh-CN", "en": "en-GB"}
"""The ``lang`` attribute of text in each language."""

LOCALE = {"zh": Locale.parse("zh_Hans_CN"), "en": Locale.parse("en_GB")}
"""Babel's locale for each language."""

Row = Mapping[str, Any] | pd.Series
"""One row of a frame."""


class Vocabulary(Protocol):
    """What wording needs of a data package; `jiaokou.data.package.Package` has it."""

    @property
    def path(self) -> Path:
        """The package's folder."""

    @property
    def frames(self) -> Mapping[str, pd.DataFrame]:
        """Frames by name: units, indicators, entities, topics, sections, observations."""

    @property
    def codes(self) -> Mapping[str, pd.DataFrame]:
        """Code lists by name, each indexed by code."""

    @property
    def release(self) -> Any:
        """The release's metadata: titles, publisher, entity."""


Named = Vocabulary | str | Path | None
"""A data package: opened, its folder, or None for the one that a frame was loaded from."""


def vocabulary(package: Named, frame: pd.DataFrame) -> Vocabulary:
    """The package, opened. Frames of another package than the library's own carry its folder in `attrs`."""
    named = getattr(frame, "attrs", {}).get("package", "") if package is None else package
    return opened(named)


def opened(package: Vocabulary | str | Path) -> Vocabulary:
    """A package as it is, or, by its folder, opened."""
    return open_package(package) if isinstance(package, str | Path) else package


def check_frame(frame: Any, shown_by: str) -> None:
    """Raise JiaokouError for what is no frame."""
    if not isinstance(frame, pd.DataFrame):
        raise JiaokouError(
            f"{shown_by} takes a frame, such as jiaokou.load() gives, and no {type(frame).__name__}"
        )


def rows(frame: pd.DataFrame, shown_by: str = "") -> list[Row]:
    """The rows of a frame as dictionaries, which are read many times faster than pandas' own rows.

    As by ``to_dict("records")``, of which every chart and table needs one, in half its time. With `shown_by`, a chart
    or table that cannot be empty, a frame without rows is a JiaokouError that names it.
    """
    if shown_by and frame.empty:
        raise JiaokouError(f"{shown_by} got a frame without rows: loosen the selection that made it")
    names = list(frame.columns)
    return [
        dict(zip(names, [None if value is pd.NA else value for value in values], strict=True))
        for values in frame.to_numpy(dtype="object").tolist()
    ]


class Frame:
    """A frame as a key: the same frame is the same key, whatever it holds."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def __hash__(self) -> int:
        return id(self.frame)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and other.frame is self.frame


def records(frame: pd.DataFrame, code: str = "") -> Mapping[Any, Mapping[str, Any]]:
    """The rows of one of a package's frames by the column `code`, or by its index; read once, since pages ask often."""
    return _records(Frame(frame), code)


@lru_cache(maxsize=64)
def _records(key: Frame, code: str) -> Mapping[Any, Mapping[str, Any]]:
    frame = key.frame.set_index(code, drop=False) if code else key.frame
    rows: dict[Any, Any] = frame[~frame.index.duplicated()].to_dict("index")
    return rows


def check_language(lang: str) -> str:
    """Return `lang` if it is one of `LANGUAGES`; otherwise raise JiaokouError."""
    if lang not in LANGUAGES:
        raise JiaokouError(f"unknown language {lang!r}: use {' or '.join(LANGUAGES)}")
    return lang


def pick(pair: Sequence[str], lang: str) -> str:
    """The Chinese or the English one of a pair."""
    return pair[LANGUAGES.index(check_language(lang))]


def missing(value: Any) -> bool:
    """Whether a cell is empty (None, NA, NaT, NaN)."""
    return (
        value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))
    )
