"""Frame + language -> an HTML table, numbers written by `wording`, with its source line.

Every table takes `(frame, lang, *, source, package)`, of which only the frame must be given (as with charts), and
returns a `Table` whose id follows from what it shows: the same table is the same bytes on every run. Values are
`<data>` elements with their code (`data-observation`, `data-derived`) and where they were printed. A frame without
rows raises JiaokouError.

    >>> import jiaokou
    >>> table = jiaokou.tables.observations(jiaokou.pick(jiaokou.load(), "budget_revenue"), "en")
    >>> 'data-observation="budget_revenue"' in table.as_raw_html()
    True
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.tables.columns import NOTES, NUMBERS, TABLES
from jiaokou.wording import Named, Row, phrase
from jiaokou.wording.languages import check_frame, package_of

__all__ = ["Table", "facts", "plain", *TABLES]
__dir__ = __all__.copy  # what Tab shows

_PUBLISHED = ("observations", "milestones", "derived", "audit")
"""Tables whose rows an edition has in files of these names."""
LONGEST = 300
"""How many rows a table of published rows shows at most."""
_WORDS = re.compile(r"(?<=>)[^\d<>]+(?=\d)|(?<=\d)[^\d<>]+(?=</data>)")  # before the first digit, after the last
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)

STYLE = _TEMPLATES.get_template("table.css.j2").render(own=".jiaokou-table")
"""The rules that all tables share, for a page with many of them."""


@dataclass(frozen=True)
class Table:
    """A table; a notebook shows it as HTML. The same content is the same bytes, and has the same `id`.

    `rows` hold text, or a `Passage` that brings its own HTML; the first cell heads its row. `numbers` says of each
    column whether it is one of numbers. `label` names the region that the keyboard can scroll.
    """

    kind: str
    label: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[bool, ...]
    title: str = ""
    source: str = ""

    @property
    def id(self) -> str:
        """The kind of the table, and what tells it from others that show something else."""
        content = json.dumps([self.label, self.title, self.source, self.heads, self.rows])
        return f"{self.kind}-{hashlib.sha256(content.encode()).hexdigest()[:10]}"

    def with_column(self, head: str, cells: Sequence[str]) -> "Table":
        """The table with one more column at its end, unless it has one under this heading."""
        if head in self.heads:
            return self
        rows = tuple((*row, cell) for row, cell in zip(self.rows, cells, strict=True))
        return replace(self, heads=(*self.heads, head), rows=rows, numbers=(*self.numbers, False))

    def __repr__(self) -> str:
        return f"<Table of {len(self.rows)} rows>"  # every kernel asks for it beside the HTML

    def as_raw_html(self) -> str:
        """The table as HTML, its style sheet first."""
        layout = _TEMPLATES.select_template([f"{self.kind}.html.j2", "table.html.j2"])  # cards have their own
        return layout.render(table=self, large=large)

    _repr_html_ = as_raw_html


def table(kind: str, frame: pd.DataFrame, lang: str, source: str, package: Named) -> Table:
    """The table of a `kind` of `TABLES`: one row for each row of `frame`. Columns that stay empty are left out.

    Of more than `LONGEST` published rows it shows the first, and says so. Without a `source`, it says where the rows
    stand. Raises JiaokouError if the frame has no rows, or lacks a column.
    """
    opened = package_of(frame, f"tables.{kind}", lang, package)
    if not source and kind in (*_PUBLISHED, "cards"):  # whose rows stand somewhere in the text
        source = wording.source(frame, lang, opened)
    if kind in _PUBLISHED and len(frame) > LONGEST:
        first = phrase("first_rows", lang, n=LONGEST, all=len(frame), file=f"data/{kind}.csv")
        source, frame = Markup('{} <span class="sample">{}</span>').format(source, first), frame.head(LONGEST)
    rows = wording.rows(frame)
    try:
        said = {column: [say(row, lang, opened) for row in rows] for column, say in TABLES[kind].items()}
    except KeyError as error:
        check_frame(frame, f"tables.{kind}", *error.args)
        raise
    shown = [(phrase(key, lang), key in NUMBERS, cells) for key, cells in said.items() if kind == "cards" or any(cells)]
    return _of_columns(kind, shown, lang, source=source)


def _of_columns(kind: str, columns: Iterable[tuple[str, bool, list[str]]], lang: str, **words: str) -> Table:
    heads, numbers, cells = zip(*columns, strict=True)
    label = phrase("table_of", lang, what=words.get("title") or heads[0])
    return Table(kind, label, heads, tuple(zip(*cells, strict=True)), numbers, **words)


def large(cell: str) -> Markup:
    """A cell with elements of their own for the words around its digits, which are quieter in large type."""
    return Markup(_WORDS.sub(r'<span class="unit">\g<0></span>', str(escape(cell))))


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
    about = pd.DataFrame(
        {
            "label": wording.join(dict.fromkeys(wording.label(row, lang, opened) for row in rows), lang),
            "note": wording.records(opened, "notes")[note][f"text_{lang}"],
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
    said = {key: escape(say(row, lang, package)) for key, say in NOTES[kind].items() if key != without}
    return [(phrase(key, lang), cell) for key, cell in said.items() if cell]


def plain(frame: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "") -> Table:
    """Any frame as a table: its columns under their own names, numbers to the right, every text in full.

    An index that says more than the rows' places comes first. `title` stands above, `source` below. Raises
    JiaokouError for a frame without rows.
    """
    check_frame(frame, "tables.plain")
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    heads = [" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame]
    numbers = [is_numeric_dtype(kind) and kind != "bool" for kind in frame.dtypes]
    cells = [_texts(column, lang) for _, column in frame.items()]
    return _of_columns("plain", zip(heads, numbers, cells, strict=True), lang, title=str(title), source=str(source))


def _texts(column: pd.Series, lang: str) -> list[str]:
    """The cells of a column as text; "" for what is missing. Numbers have separators unless all could be years."""
    separated = is_numeric_dtype(column) and bool((column.abs() >= 10_000).any())

    def text(cell: Any) -> str:
        if isinstance(cell, float) and math.isfinite(cell):
            cell = Decimal(f"{cell:.15g}").normalize()
        if separated and isinstance(cell, int | Decimal):
            return wording.number(Decimal(cell), lang)
        return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)

    cells = column.astype("str") if is_datetime64_any_dtype(column) else column  # pandas leaves out midnights
    return ["" if absent else text(cell) for cell, absent in zip(cells.tolist(), column.isna(), strict=True)]
