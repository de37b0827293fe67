"""A table as HTML that fits a phone, a page and a printout, in any theme; `table.html.j2` lays it out."""

import hashlib
import html
import json
import math
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from jiaokou import wording
from jiaokou.errors import JiaokouError
from jiaokou.tables.columns import TABLES
from jiaokou.wording import Named, Passage, phrase
from jiaokou.wording.descriptions import cells as width_of
from jiaokou.wording.languages import check_frame, vocabulary

_SOURCED = ("observations", "milestones", "derived", "audit")  # tables whose rows stand somewhere in the text
_SHORT = 13  # half-width characters that a column of text keeps on one line
_CELL, _PADDING = 7.9, 14  # pixels that a half-width character takes, and the space between columns


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

    @property
    def widths(self) -> list[int]:
        """The least width of each column in pixels: numbers and short texts keep to one line."""
        columns = zip(self.heads, *self.rows, strict=True)
        longest = [max(map(width_of, column)) for column in columns]
        kept = [
            n if is_number else min(n, _SHORT) for n, is_number in zip(longest, self.numbers, strict=True)
        ]
        return [round(n * _CELL) for n in kept]

    @property
    def width(self) -> int:
        """The least width in pixels at which all columns stand side by side."""
        return sum(self.widths) + _PADDING * (len(self.heads) - 1)

    def __repr__(self) -> str:
        return f"<Table of {len(self.rows)} rows>"  # every kernel asks for it beside the HTML

    def as_raw_html(self) -> str:
        """The table as HTML, its style sheet first."""
        return _template().render(table=self, as_html=as_html, padding=_PADDING)

    def _repr_html_(self) -> str:
        return self.as_raw_html()


@cache
def _template() -> Template:
    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("table.html.j2")


def as_html(cell: str) -> str:
    """A cell as HTML: a `Passage`'s own, any other text escaped."""
    return cell.html if isinstance(cell, Passage) else html.escape(cell, quote=False)


def table(kind: str, frame: pd.DataFrame, lang: str, source: str, package: Named) -> Table:
    """The table of a `kind` of `TABLES`: one row for each row of `frame`. Columns that stay empty are left out.

    Without a `source`, it says where the rows stand. Raises JiaokouError if the frame has no rows, or lacks a column.
    """
    wording.check_language(lang)
    check_frame(frame, f"tables.{kind}")
    opened, rows = vocabulary(package, frame), wording.rows(frame)
    if not source and kind in _SOURCED:
        source = wording.source(frame, lang, opened)
    try:
        columns = {column: [column.say(row, lang, opened) for row in rows] for column in TABLES[kind]}
    except KeyError as error:
        raise lacking(kind, frame, error) from None
    columns = {column: texts for column, texts in columns.items() if any(texts)}
    heads = tuple(column.heading(lang) for column in columns)
    label = phrase("table_of", lang, what=heads[0])
    cells = tuple(zip(*columns.values(), strict=True))
    numbers = tuple(column.is_number for column in columns)
    return Table(kind, label, heads, cells, numbers, source=str(source))


def plain(frame: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "") -> Table:
    """Any frame as a table: its columns under their own names, numbers to the right, every text in full.

    An index that says more than the rows' places comes first. `title` stands above, `source` below. Raises
    JiaokouError for a frame without rows.
    """
    check_frame(frame, "tables.plain")
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    heads = tuple(" ".join(map(str, name)) if isinstance(name, tuple) else str(name) for name in frame)
    columns = [frame.iloc[:, place] for place in range(len(heads))]
    numbers = tuple(pd.api.types.is_numeric_dtype(column) and column.dtype != "bool" for column in columns)
    rows = tuple(zip(*(_texts(column, lang) for column in columns), strict=True))
    label = phrase("table_of", lang, what=title or heads[0])
    return Table("plain", label, heads, rows, numbers, str(title), str(source))


def _texts(column: pd.Series, lang: str) -> list[str]:
    """The cells of a column as text; "" for what is missing. Numbers have separators unless all could be years."""
    if (
        pd.api.types.is_datetime64_any_dtype(column)
        and (column.dropna() == column.dropna().dt.normalize()).all()
    ):
        column = column.dt.date
    separated = pd.api.types.is_numeric_dtype(column) and bool((column.abs() >= 10_000).any())

    def text(cell: Any) -> str:
        if isinstance(cell, float) and math.isfinite(cell):
            cell = Decimal(f"{cell:.15g}").normalize()
        if separated and isinstance(cell, int | Decimal):
            return wording.number(Decimal(cell), lang)
        return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)

    return ["" if absent else text(cell) for cell, absent in zip(column.tolist(), column.isna(), strict=True)]


def lacking(kind: str, frame: pd.DataFrame, error: KeyError) -> Exception:
    """What to raise where a row has no such column: a clear line, or the error itself where the frame has it."""
    if error.args[0] in frame:
        return error
    return JiaokouError(
        f"tables.{kind} got a frame without {error.args[0]}: see its help for the rows that it takes"
    )
