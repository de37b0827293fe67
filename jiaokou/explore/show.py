"""Any frame as a table to read."""

from pathlib import Path

import pandas as pd

from jiaokou import tables
from jiaokou.analysis.audit import SENSITIVITY_COLUMNS
from jiaokou.analysis.suggestions import FOUND_COLUMNS
from jiaokou.data.codebook import columns_of
from jiaokou.explore.search import SEARCH_COLUMNS
from jiaokou.tables import Table
from jiaokou.wording import phrase
from jiaokou.wording.languages import check_frame

# The table of each frame that the library serves, and the columns by which it is known, that of its codes first.
_TABLES = (
    *((name, columns_of(name)) for name in ("observations", "milestones", "derived", "audit")),
    ("audit", FOUND_COLUMNS),
    ("indicators", columns_of("indicators")),
    ("hits", SEARCH_COLUMNS),
    ("sensitivity", SENSITIVITY_COLUMNS),
    ("sections", columns_of("sections")),
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
    for name, known in _TABLES:
        if set(known) <= set(frame.columns):
            table = getattr(tables, name)(frame, lang, source=source, package=package)
            return table.with_column(phrase("code", lang), frame[known[0]].tolist()[: len(table.rows)])
    return tables.plain(frame, lang, source=source)
