"""Frame + language -> an HTML table, numbers written by `wording`, with its source line.

Every table takes `(frame, lang, *, source, package)`, of which only the frame must be given (as with charts), and
returns a `Table` whose id follows from what it shows: the same table is the same bytes on every run. Values are
`<data>` elements with their code (`data-observation`, `data-derived`) and where they were printed. A frame without
rows raises JiaokouError.

    >>> import jiaokou
    >>> from jiaokou import tables, wording
    >>> data = jiaokou.open_package()
    >>> say, rows = wording.narrator("en", data), jiaokou.pick(jiaokou.load(), "budget_revenue")
    >>> table = tables.observations(rows, "en", source=say.source(rows), package=data)
    >>> 'data-observation="budget_revenue"' in table.as_raw_html()
    True
"""

from collections.abc import Callable

import pandas as pd
from markupsafe import Markup, escape

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.tables.columns import NOTES, TABLES
from jiaokou.tables.table import Table, plain, table
from jiaokou.wording import Named, Row
from jiaokou.wording.languages import package_of

__all__ = ["Table", "facts", "plain", *TABLES]
__dir__ = __all__.copy  # what Tab shows


def _table(kind: str, meaning: str) -> Callable[..., Table]:
    """The function that makes the tables of a kind of `TABLES`."""

    def made(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
        return table(kind, frame, lang, source, package)

    made.__name__ = made.__qualname__ = kind
    made.__doc__ = meaning
    return made


observations = _table("observations", "Rows of `load()`: label, value, printed form, period, basis; notes say more.")
cards = _table("cards", "Rows of `load()` as cards, in their order: each number large, what it is, how it was printed.")
milestones = _table("milestones", "Rows of `milestones()`: label, stage, kind of claim, who and where, paragraph.")
derived = _table("derived", "Rows of `derived()`: label, value, bounds, formula in words, premise.")
audit = _table("audit", "Rows of `audit()` or `found()`: label, arithmetic, found and expected, verdict and why.")
compared = _table("compared", "Rows of `catalogues.comparable()`: indicator, place, value, rank or why there is none.")
packages = _table("packages", "Rows of `jiaokou.catalogue()`: place, release, period, values, checks.")
sections = _table("sections", "Rows of `sections()`: label, what they are about, code.")
indicators = _table("indicators", "Rows of `indicators()`: label, definition, unit, kind of measure, topic, code.")
hits = _table("hits", "Rows of `search()`: label, kind, value, printed form, section, code.")
sensitivity = _table("sensitivity", "Rows of `sensitivity()`: label, printed form, misprints noticed, by which.")


def notes(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """The notes on the reading of rows of `load()` or `milestones()`: which rows, what was doubtful, paragraphs."""
    opened = package_of(frame, "tables.notes", lang, package, "note", "paragraph")
    texts = opened.frames["notes"].set_index("note")[f"text_{lang}"]
    about = pd.DataFrame(
        {
            "label": wording.join(dict.fromkeys(wording.label(row, lang, opened) for row in rows), lang),
            "note": str(texts[note]),
            "paragraph": wording.paragraphs([row["paragraph"] for row in rows], lang),
        }
        for note, noted in frame.groupby("note", sort=False)
        for rows in [wording.rows(noted)]
    )
    return table("notes", about, lang, source or wording.source(frame, lang, opened), opened)


def facts(kind: str, row: Row, lang: str, *, package: Package, without: str = "") -> list[tuple[str, Markup]]:
    """What the note on an observation, a derived quantity or a relation says: headings and HTML.

    A column may be left out, `without`, by its key.
    """
    columns = [column for column in NOTES[kind] if column.key != without]
    cells = [(column.heading(lang), escape(column.say(row, lang, package))) for column in columns]
    return [(heading, cell) for heading, cell in cells if cell]
