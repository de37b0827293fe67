"""Tables and cards as HTML that fits a phone, a page and a printout, in any theme; the templates lay them out."""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pandas.api.types import is_datetime64_any_dtype, is_numeric_dtype

from jiaokou import wording
from jiaokou.tables.columns import TABLES, Column
from jiaokou.wording import Named, phrase, phrases
from jiaokou.wording.labels import cells as width_of
from jiaokou.wording.languages import check_frame, vocabulary
from jiaokou.wording.sentences import as_html

# Tables whose rows stand somewhere in the text.
_SOURCED = ("observations", "milestones", "derived", "audit", "cards")
_SHORT = 13  # half-width characters that a column of text keeps on one line
_CELL, _PADDING = 7.9, 14  # pixels that a half-width character takes, and the space between columns
_UNIT = re.compile(r"(?<=\d)[^\d<>]+(?=</data>)")  # what follows the last digit
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


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
        kept = zip(longest, self.numbers, strict=True)
        return [round((n if is_number else min(n, _SHORT)) * _CELL) for n, is_number in kept]

    @property
    def width(self) -> int:
        """The least width in pixels at which all columns stand side by side."""
        return sum(self.widths) + _PADDING * (len(self.heads) - 1)

    def __repr__(self) -> str:
        return f"<Table of {len(self.rows)} rows>"  # every kernel asks for it beside the HTML

    def as_raw_html(self) -> str:
        """The table as HTML, its style sheet first."""
        template = _TEMPLATES.get_template("table.html.j2")
        return template.render(table=self, as_html=as_html, padding=_PADDING)

    def _repr_html_(self) -> str:
        return self.as_raw_html()


class Cards(str):
    """Cards as HTML; shown as such by a notebook."""

    def _repr_html_(self) -> str:
        return str(self)


def table(kind: str, frame: pd.DataFrame, lang: str, source: str, package: Named) -> Table:
    """The table of a `kind` of `TABLES`: one row for each row of `frame`. Columns that stay empty are left out.

    Without a `source`, it says where the rows stand. Raises JiaokouError if the frame has no rows, or lacks a column.
    """
    columns, source = _filled(kind, frame, lang, source, package)
    columns = {column: texts for column, texts in columns.items() if any(texts)}
    heads = tuple(column.heading(lang) for column in columns)
    label = phrase("table_of", lang, what=heads[0])
    rows = tuple(zip(*columns.values(), strict=True))
    return Table(kind, label, heads, rows, tuple(column.is_number for column in columns), source=source)


def cards(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Cards:
    """The rows of `load()` as cards, in their order: each number large, with what it is and how it was printed."""
    columns, source = _filled("cards", frame, lang, source, package)
    each = list(zip(*columns.values(), strict=True))
    template = _TEMPLATES.get_template("cards.html.j2")
    return Cards(template.render(cards=each, source=source, say=phrases(lang), as_html=as_html, large=_large))


def _large(value: str) -> str:
    """A value as HTML, with an element of its own for the unit, which needs to be quieter in large type."""
    return _UNIT.sub(r'<span class="unit">\g<0></span>', as_html(value))


def _filled(
    kind: str, frame: pd.DataFrame, lang: str, source: str, package: Named
) -> tuple[dict[Column, list[str]], str]:
    """The columns of a `kind` of `TABLES` with what they say of each row, and the source line."""
    wording.check_language(lang)
    check_frame(frame, f"tables.{kind}")
    opened, rows = vocabulary(package, frame), wording.rows(frame)
    if not source and kind in _SOURCED:
        source = wording.source(frame, lang, opened)
    try:
        return {column: [column.say(row, lang, opened) for row in rows] for column in TABLES[kind]}, source
    except KeyError as error:
        check_frame(frame, f"tables.{kind}", *error.args)
        raise


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
    numbers = tuple(is_numeric_dtype(column) and column.dtype != "bool" for column in columns)
    rows = tuple(zip(*(_texts(column, lang) for column in columns), strict=True))
    label = phrase("table_of", lang, what=title or heads[0])
    return Table("plain", label, heads, rows, numbers, str(title), str(source))


def _texts(column: pd.Series, lang: str) -> list[str]:
    """The cells of a column as text; "" for what is missing. Numbers have separators unless all could be years."""
    present = column.dropna()
    if is_datetime64_any_dtype(column) and present.equals(present.dt.normalize()):
        column = column.dt.date
    separated = is_numeric_dtype(column) and bool((column.abs() >= 10_000).any())

    def text(cell: Any) -> str:
        if isinstance(cell, float) and math.isfinite(cell):
            cell = Decimal(f"{cell:.15g}").normalize()
        if separated and isinstance(cell, int | Decimal):
            return wording.number(Decimal(cell), lang)
        return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)

    return ["" if absent else text(cell) for cell, absent in zip(column.tolist(), column.isna(), strict=True)]
