"""Any frame that the library serves, as the project's own table of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from jiaokou.analysis.audit import AUDIT_COLUMNS, SENSITIVITY_COLUMNS
from jiaokou.analysis.derive import DERIVED_COLUMNS
from jiaokou.analysis.suggestions import FOUND_COLUMNS
from jiaokou.data.package import MILESTONE_COLUMNS, OBSERVATION_COLUMNS
from jiaokou.errors import JiaokouError
from jiaokou.explore.search import SEARCH_COLUMNS

if TYPE_CHECKING:
    from jiaokou.tables import Table

# What serves each frame, the table of it, and the columns by which it is known.
_SERVED = (
    ("load", "observations", OBSERVATION_COLUMNS),
    ("milestones", "milestones", MILESTONE_COLUMNS),
    ("derived", "derived", DERIVED_COLUMNS),
    ("audit", "audit", AUDIT_COLUMNS),
    ("found", "audit", FOUND_COLUMNS),
    (
        "indicators",
        "indicators",
        "indicator topic measure unit label_zh label_en definition_zh definition_en".split(),
    ),
    ("search", "hits", SEARCH_COLUMNS),
    ("sensitivity", "sensitivity", SENSITIVITY_COLUMNS),
    ("sections", "sections", "section label_zh label_en description_zh description_en".split()),
)


def show(
    frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: str | Path | None = None
) -> Table:
    """Rows of any frame that the library serves, as a table to read: values with their units, in words of `lang`.

    `frame` holds rows of `load()`, `milestones()`, `derived()`, `audit()`, `found()`, `indicators()`, `sections()`,
    `search()` or `sensitivity()`, selected and sorted as you like; columns may be added, but none left out. The
    source line names the paragraphs of the rows, unless `source` gives another. In a cell, for instance:
    `jiaokou.show(jiaokou.load("economy").query("unit == 'CNY'"), lang="en")`.

    Raises JiaokouError for a frame without rows, for one of another kind, and for an unknown language.
    """
    from jiaokou import tables

    return getattr(tables, _table_of(frame))(frame, lang, source=source, package=package)


def _table_of(frame: object) -> str:
    """The name of the table that shows a frame."""
    if not isinstance(frame, pd.DataFrame):
        raise JiaokouError(f"show got a {type(frame).__name__}, not a frame: rows[rows[…] == …] is one")
    has = set(frame.columns)
    for _, table, columns in _SERVED:
        if has.issuperset(columns):
            return table
    serve, _, columns = max(_SERVED, key=lambda served: len(has.intersection(served[2])))
    if has.isdisjoint(columns):
        names = ", ".join(f"{serve}()" for serve, _, _ in _SERVED)
        raise JiaokouError(
            f"show got a frame that the library does not serve: give it rows of one of {names}"
        )
    lacking = ", ".join(column for column in columns if column not in has)
    raise JiaokouError(
        f"show got a frame without {lacking}: give it rows of {serve}() with all their columns"
    )
