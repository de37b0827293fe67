"""A great_tables table with a small style sheet of its own, that fits a phone, a page and a printout."""

import csv
import hashlib
import html
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, NamedTuple

import pandas as pd
from great_tables import GT

from jiaokou import wording
from jiaokou.errors import JiaokouError
from jiaokou.wording import Passage, Row, Vocabulary, phrase

Column = Callable[[Row], str]
"""What a column says of a row: text, or a `Passage` that brings its own HTML."""

_NUMBERS = ("value", "bounds", "expected", "found")
_ROW = re.compile(r"(?<=<tbody class=\"gt_table_body\">\n)  <tr>.*?</tr>\n", re.DOTALL)
_STYLES = re.compile("<style>.*?</style>", re.DOTALL)
_EMPTY = re.compile(r"(<(t[hd]) [^>]*>)[^<]*(?=</\2>)")
_SHORT = 13  # half-width characters that a column of text keeps on one line
_CELL, _PADDING = 7.9, 14  # pixels that a half-width character takes, and the space between columns

# In place of great_tables' own 8 KB. Colours are the page's, so that a dark one has nothing to undo. Where the
# columns would not fit on a screen, each row becomes a list of its own, a column's label beside each cell.
_CSS = """
#[id]{container-type:inline-size}
#[id] .gt_table{border-collapse:collapse;font-size:.875rem;line-height:1.5;font-variant-numeric:tabular-nums;
color:inherit;background:none;border:0;width:100%;table-layout:auto}
#[id] :is(tr,th,td){background:none;border:0;text-align:left;vertical-align:baseline;
white-space:normal;max-width:none;box-sizing:content-box}
#[id] th,#[id] td{padding:.4em 14px .4em 0}
#[id] :is(th,td):last-child{padding-right:0}
#[id] .gt_right{text-align:right}
#[id] td.gt_right{white-space:nowrap}
#[id] .gt_row{border-top:1px solid rgba(128,134,145,.3)}
#[id] .gt_col_heading{font-weight:600;vertical-align:bottom;white-space:nowrap}
#[id] .gt_stub{font-weight:400}
#[id] .gt_sourcenote{border-top:1px solid rgba(128,134,145,.6);font-size:.8125rem;opacity:.85}
@media print{
#[id] .gt_table{font-size:8.5pt;line-height:1.4}
#[id] tbody tr>:nth-child(n){min-width:0}
#[id] td.gt_right{white-space:normal}
}
@media screen{
@container (max-width:[width]px){
#[id] thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
#[id] :is(table,tbody,tfoot,tr,th,td){display:block}
#[id] th.gt_stub{font-weight:600;padding:.6em 0 .1em}
#[id] td.gt_row{display:grid;grid-template-columns:7em 1fr;align-items:baseline;border:0;padding:.1em 0;text-align:left;
white-space:normal}
#[id] td.gt_row:empty{display:none}
#[id] tr:last-child td:last-child{padding-bottom:.6em}
#[id] td.gt_row::before{opacity:.75}
[names]}
}
"""

# Words alone need no line each: in a list they run on, a column's label before each.
_RUN_ON = """#[id] td.gt_row{display:inline;padding:0}
#[id] td.gt_row::before{margin-right:.4em}
#[id] td.gt_row:not(:last-child)::after{content:" · ";opacity:.75}
#[id] tbody tr{padding-bottom:.5em}
"""


class Table(GT):
    """A `GT` with its own style sheet, in a region that the keyboard can scroll; made by `table`."""

    css = ""
    label = ""
    cells: Sequence[Sequence[str]] = ()
    """The HTML of the cells, row by row; great_tables, slow to fill them in, gets a first row of empty ones."""
    layout: "Layout | None" = None
    own: Mapping[str, str] = {}
    """What stands in this table's HTML for the words of its layout."""
    made: Mapping[str, Any] = {}
    """What great_tables knew of the table when it was made; its methods put something else in a copy's place."""

    def __repr__(self) -> str:
        """Short, since every kernel asks for it beside the HTML."""
        return f"<Table of {len(self.cells)} rows>"

    def as_raw_html(self, *args: Any, **options: Any) -> str:
        """The table as HTML, its style sheet first."""
        plain = not any((*args, *options.values())) and all(
            vars(self)[name] is part for name, part in self.made.items()
        )
        if plain and self.layout:
            page = _laid_out(self.layout)
            for word, own in self.own.items():
                page = page.replace(word, own)
        else:
            page = super().as_raw_html(*args, **options)
        page = _ROW.sub(
            lambda row: "".join(_filled(row[0], *each) for each in enumerate(self.cells, 1)), page
        )
        page = _STYLES.sub(lambda _: f"<style>{self.css}</style>", page, count=1)
        return page.replace(
            "<div ", f'<div tabindex="0" role="region" aria-label="{html.escape(self.label)}" ', 1
        )


_ID, _SOURCE = "layout-id", "layout-source"  # what stands in a layout for what is a table's own


class Layout(NamedTuple):
    """What tables of one look share: great_tables takes as long to lay them out as all else takes together."""

    columns: tuple[str, ...]
    lang: str
    sourced: bool

    def table(self, name: str, source: str) -> Table:
        """A table with an id and a source, but without its rows."""
        sheet = _empty(self.columns, self.lang).with_id(name)
        return sheet.tab_source_note(source) if self.sourced else sheet


@lru_cache(maxsize=256)
def _laid_out(layout: Layout) -> str:
    """A layout's HTML, without great_tables' style sheet: each table brings its own."""
    return _STYLES.sub("<style></style>", GT.as_raw_html(layout.table(_ID, _SOURCE)), count=1)


@lru_cache(maxsize=256)
def _empty(columns: tuple[str, ...], lang: str) -> Table:
    stub, *others = columns
    row = pd.DataFrame([dict.fromkeys(columns, "")], dtype="object")
    return (
        Table(row, rowname_col=stub)
        .tab_stubhead(phrase(stub, lang))
        .cols_label({name: phrase(name, lang) for name in others})
        .cols_align("left")
        .cols_align("right", [name for name in others if name in _NUMBERS])
    )


def _filled(row: str, number: int, cells: Sequence[str]) -> str:
    """The first row's HTML as that of another one, whose heads have its number."""
    filled = iter(cells)
    return _EMPTY.sub(lambda cell: cell[1] + next(filled), row.replace("-stub-1", f"-stub-{number}"))


def number(kind: str, row: Row, lang: str, package: Vocabulary) -> Passage:
    """The value of an observation or a derived row (`kind`), with its code and where it comes from."""
    text = wording.quantity(row, lang, package)
    return Passage(text, wording.data_element(kind, str(row[kind]), row, text, lang, package))


@contextmanager
def reading(kind: str, frame: pd.DataFrame) -> Iterator[None]:
    """Refuse what is no frame, or a frame that turns out not to have a column that is needed."""
    wording.check_frame(frame, f"tables.{kind}")
    try:
        yield
    except KeyError as error:
        if error.args[0] in frame:
            raise
        raise JiaokouError(
            f"tables.{kind} got a frame without {error.args[0]}: see its help for the rows that it shows"
        ) from None


def table(
    kind: str,
    frame: pd.DataFrame,
    lang: str,
    source: str,
    columns: Mapping[str, Column],
    package: Vocabulary | None = None,
) -> GT:
    """One row for each row of `frame`, with `columns` by the key of their heading; the first column heads the rows.

    Without a `source`, that of the rows in their `package` stands below, if it is given. Raises JiaokouError if the
    frame has no rows. Columns that stay empty are left out.
    """
    wording.check_language(lang)
    with reading(kind, frame):
        rows = wording.rows(frame, f"tables.{kind}")
        source = source or (wording.source(frame, lang, package) if package else "")
        written = {name: [write(row) for row in rows] for name, write in columns.items()}
    shown = {name: cells for name, cells in written.items() if any(cells)}
    cells = [list(row) for row in zip(*shown.values(), strict=True)]
    name = f"{kind}-{_digest([list(shown), *cells], lang, source)[:10]}"
    layout = Layout(tuple(shown), lang, bool(source))
    sheet = layout.table(name, str(source))
    sheet.made = dict(vars(sheet))
    sheet.layout, sheet.own = layout, {_ID: name, _SOURCE: html.escape(str(source))}
    sheet.cells = [list(map(as_html, row)) for row in cells]
    sheet.css = _style(shown, name, lang)
    sheet.label = phrase("table_of", lang, what=phrase(layout.columns[0], lang))
    return sheet


def _digest(lines: Sequence[Sequence[str]], *more: str) -> str:
    """What tells a table from others that show something else."""
    content = io.StringIO()
    csv.writer(content, lineterminator="\n").writerows(lines)
    return hashlib.sha256("".join([content.getvalue(), *map(str, more)]).encode()).hexdigest()


def as_html(cell: str) -> str:
    """A cell as HTML: a `Passage`'s own, any other text escaped."""
    return cell.html if isinstance(cell, Passage) else html.escape(cell, quote=False)


def _style(texts: Mapping[str, Sequence[str]], name: str, lang: str) -> str:
    """The style sheet: short cells keep to one line, and the columns stand side by side where there is room for all."""
    rules, names, total = [], [], -float(_PADDING)  # none after the last column
    for n, column in enumerate(texts, start=1):
        heading = phrase(column, lang)
        width = max(wording.cells(text) for text in [heading, *texts[column]])
        least = (width if column in _NUMBERS else min(width, _SHORT)) * _CELL
        total += least + _PADDING
        rules.append(f"#{name} tbody tr>:nth-child({n}){{min-width:{least:.0f}px}}\n")
        if n > 1:
            names.append(f'#{name} tbody td:nth-child({n})::before{{content:"{heading}"}}\n')
    if not set(texts) & set(_NUMBERS):
        names.append(_RUN_ON)
    sheet = _CSS.replace("[names]", "".join(names)).replace("[id]", name).replace("[width]", f"{total:.0f}")
    first, rest = sheet.split("@media print", 1)
    return f"{first}{''.join(rules)}@media print{rest}"
