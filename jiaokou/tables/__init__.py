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

import pandas as pd

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.tables.columns import NOTES
from jiaokou.tables.table import Cards, Table, cards, plain, table
from jiaokou.wording import Named, Row
from jiaokou.wording.languages import check_frame, vocabulary
from jiaokou.wording.sentences import as_html

__all__ = [
    "Cards",
    "Table",
    "audit",
    "cards",
    "derived",
    "facts",
    "hits",
    "indicators",
    "milestones",
    "notes",
    "observations",
    "plain",
    "sections",
    "sensitivity",
]


def __dir__() -> list[str]:
    return __all__


def observations(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """Rows of `load()`: label, value, printed form, period, basis. On a page the value opens a note with the rest."""
    return table("observations", frame, lang, source, package)


def milestones(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """Milestones: label, stage, kind of claim, who and where, paragraph; rows of `milestones()`."""
    return table("milestones", frame, lang, source, package)


def derived(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """Derived quantities: label, value, bounds, formula in words, premise; rows of `derived()`."""
    return table("derived", frame, lang, source, package)


def audit(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """Relations: label, arithmetic, what is found and expected, verdict and why; rows of `audit()` or `found()`."""
    return table("audit", frame, lang, source, package)


def notes(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """The notes on the reading of rows of `load()` or `milestones()`: which rows, what was doubtful, paragraphs."""
    check_frame(frame, "tables.notes", "note", "paragraph")
    opened, lang = vocabulary(package, frame), wording.check_language(lang)
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


def sections(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """Sections: label, what they are about, code; rows of `sections()`."""
    return table("sections", frame, lang, source, package)


def indicators(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """Indicators: label, definition, unit, kind of measure, topic, code; rows of `indicators()`."""
    return table("indicators", frame, lang, source, package)


def hits(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """What was found: label, kind, value, printed form, section, code; rows of `search()`."""
    return table("hits", frame, lang, source, package)


def sensitivity(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Table:
    """Rows of `sensitivity()`: label, printed form, how many misprints of how many are noticed, by which relations."""
    return table("sensitivity", frame, lang, source, package)


def facts(kind: str, row: Row, lang: str, *, package: Package) -> list[tuple[str, str]]:
    """What the note on an observation, a derived quantity or a relation says: headings and HTML."""
    cells = [(column.heading(lang), as_html(column.say(row, lang, package))) for column in NOTES[kind]]
    return [(heading, cell) for heading, cell in cells if cell]
