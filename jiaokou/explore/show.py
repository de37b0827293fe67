"""Any frame as a table to read."""

from pathlib import Path

import pandas as pd

from jiaokou import tables
from jiaokou.analysis.audit import AUDIT_COLUMNS, SENSITIVITY_COLUMNS
from jiaokou.analysis.derive import DERIVED_COLUMNS
from jiaokou.analysis.suggestions import FOUND_COLUMNS
from jiaokou.data.package import INDICATOR_COLUMNS, MILESTONE_COLUMNS, OBSERVATION_COLUMNS, SECTION_COLUMNS
from jiaokou.explore.search import SEARCH_COLUMNS
from jiaokou.tables import Table
from jiaokou.wording import phrase
from jiaokou.wording.languages import check_frame

# The table of each frame that the library serves, and the columns by which it is known, that of its codes first.
_TABLES = (
    ("observations", OBSERVATION_COLUMNS),
    ("milestones", MILESTONE_COLUMNS),
    ("derived", DERIVED_COLUMNS),
    ("audit", AUDIT_COLUMNS),
    ("audit", FOUND_COLUMNS),
    ("indicators", INDICATOR_COLUMNS),
    ("hits", SEARCH_COLUMNS),
    ("sensitivity", SENSITIVITY_COLUMNS),
    ("sections", SECTION_COLUMNS),
)


def show(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: str | Path | None = None) -> Table:
    """Rows of any frame as a table to read, in words of `lang`.

    Rows of `load()`, `milestones()`, `derived()`, `audit()`, `found()`, `indicators()`, `sections()`, `search()` or
    `sensitivity()`, with all their columns, are shown as the briefings show them: values with their units, and a
    source line that names their paragraphs, unless `source` gives another; and with their codes, which `pick` takes.
    Any other frame is a plain table of its columns. In a cell, for instance:
    `jiaokou.show(jiaokou.load("economy").query("unit == 'CNY'"), lang="en")`.

    Raises JiaokouError for what is no frame, for one without rows, and for an unknown language.
    """
    check_frame(frame, "jiaokou.show")
    for name, columns in _TABLES:
        if set(columns) <= set(frame.columns):
            table = getattr(tables, name)(frame, lang, source=source, package=package)
            return table.with_column(phrase("code", lang), frame[columns[0]].tolist()[: len(table.rows)])
    return tables.plain(frame, lang, source=source)
