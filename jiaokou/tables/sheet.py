"""A great_tables table with a small style sheet of its own, that fits a phone, a page and a printout."""

import hashlib
import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
from great_tables import GT

from jiaokou import wording
from jiaokou.errors import JiaokouError
from jiaokou.wording import Passage, Row, Vocabulary, phrase

Column = Callable[[Row], str]
"""What a column says of a row: text, or a `Passage` that brings its own HTML."""

_NUMBERS = ("value", "bounds", "expected", "found")
_ROW = re.compile(r"(?<=<tbody class=\"gt_table_body\">\n)  <tr>.*?</tr>\n", re.DOTALL)
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

    def as_raw_html(self, *args: Any, **options: Any) -> str:
        """The table as HTML, its style sheet first."""
        page = super().as_raw_html(*args, **options)
        page = _ROW.sub(
            lambda row: "".join(_filled(row[0], *each) for each in enumerate(self.cells, 1)), page
        )
        page = re.sub(
            "<style>.*?</style>", lambda _: f"<style>{self.css}</style>", page, count=1, flags=re.DOTALL
        )
        return page.replace(
            "<div ", f'<div tabindex="0" role="region" aria-label="{html.escape(self.label)}" ', 1
        )


def _filled(row: str, number: int, cells: Sequence[str]) -> str:
    """The first row's HTML as that of another one, whose heads have its number."""
    filled = iter(cells)
    return _EMPTY.sub(lambda cell: cell[1] + next(filled), row.replace("-stub-1", f"-stub-{number}"))


def rows_of(kind: str, frame: pd.DataFrame) -> list[Row]:
    """The rows of a frame. Raises JiaokouError, naming the function of `tables`, if there are none."""
    if frame.empty:
        raise JiaokouError(f"tables.{kind} got a frame without rows: loosen the selection that made it")
    return wording.rows(frame)


def number(kind: str, row: Row, lang: str, package: Vocabulary) -> Passage:
    """The value of an observation or a derived row (`kind`), with its code and where it comes from."""
    text = wording.quantity(row, lang, package)
    return Passage(text, wording.data_element(kind, str(row[kind]), row, text, lang, package))


def table(kind: str, frame: pd.DataFrame, lang: str, source: str, columns: Mapping[str, Column]) -> GT:
    """One row for each row of `frame`, with `columns` by the key of their heading; the first column heads the rows.

    Raises JiaokouError if the frame has no rows. Columns that stay empty are left out.
    """
    wording.check_language(lang)
    rows = rows_of(kind, frame)
    written = {name: [write(row) for row in rows] for name, write in columns.items()}
    stub, *others = [name for name, cells in written.items() if any(cells)]
    texts = pd.DataFrame(written, dtype="str")[[stub, *others]]
    content = hashlib.sha256((texts.to_csv(index=False) + lang + str(source)).encode()).hexdigest()
    empty = pd.DataFrame([dict.fromkeys([stub, *others], "")], dtype="object")
    sheet = Table(empty, rowname_col=stub, id=f"{kind}-{content[:10]}")
    sheet.cells = [[as_html(written[name][n]) for name in (stub, *others)] for n in range(len(rows))]
    sheet.css = _style(texts, f"{kind}-{content[:10]}", lang)
    sheet.label = phrase("table_of", lang, what=phrase(stub, lang))
    sheet = (
        sheet.tab_stubhead(phrase(stub, lang))
        .cols_label({name: phrase(name, lang) for name in others})
        .cols_align("left")
        .cols_align("right", [name for name in others if name in _NUMBERS])
    )
    return sheet.tab_source_note(str(source)) if source else sheet


def as_html(cell: str) -> str:
    """A cell as HTML: a `Passage`'s own, any other text escaped."""
    return cell.html if isinstance(cell, Passage) else html.escape(cell, quote=False)


def _style(texts: pd.DataFrame, name: str, lang: str) -> str:
    """The style sheet: short cells keep to one line, and the columns stand side by side where there is room for all."""
    rules, names, total = [], [], -float(_PADDING)  # none after the last column
    for n, column in enumerate(map(str, texts), start=1):
        heading = phrase(column, lang)
        width = max(wording.cells(text) for text in [heading, *texts[column]])
        least = (width if column in _NUMBERS else min(width, _SHORT)) * _CELL
        total += least + _PADDING
        rules.append(f"#{name} tbody tr>:nth-child({n}){{min-width:{least:.0f}px}}\n")
        if n > 1:
            names.append(f'#{name} tbody td:nth-child({n})::before{{content:"{heading}"}}\n')
    if not set(map(str, texts)) & set(_NUMBERS):
        names.append(_RUN_ON)
    sheet = _CSS.replace("[names]", "".join(names)).replace("[id]", name).replace("[width]", f"{total:.0f}")
    first, rest = sheet.split("@media print", 1)
    return f"{first}{''.join(rules)}@media print{rest}"
