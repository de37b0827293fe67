"""Headline figures as cards: a few observations, large, each with what it is and how it was printed."""

import html
import re

import pandas as pd

from jiaokou import wording
from jiaokou.tables.checks import check_line
from jiaokou.tables.sheet import number, reading
from jiaokou.wording import Named, Row, Vocabulary, phrase

_UNIT = re.compile(
    r"(?<=[\d%])([^\d<>]+)(?=</data>)"
)  # what follows the last digit; large type needs it quieter


# JupyterLab has no style for cards; pages have their own, and leave this one out by its class.
_STYLE = """<style class="notebook-only">
.jp-OutputArea ul.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,12rem),1fr));gap:0 1.5rem;
margin:.5em 0;padding:0;list-style:none}
.jp-OutputArea .figures li{display:flex;flex-direction:column;margin:0;padding:.6em 0 .8em;line-height:1.4;
border-top:1px solid rgba(128,134,145,.3)}
.jp-OutputArea .figures strong{order:-1;font-size:1.5em}
.jp-OutputArea .figures .unit{font-size:.75em;font-weight:400}
.jp-OutputArea .figures :is(.label,.printed),.jp-OutputArea .figures+.source{opacity:.8}
</style>"""


class Cards(str):
    """Cards as HTML; shown as such by a notebook."""

    def _repr_html_(self) -> str:
        return _STYLE + self


def cards(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Cards:
    """The rows of `load()` as cards, in their order. Raises JiaokouError if there are none."""
    data = wording.vocabulary(package, frame)
    with reading("cards", frame):
        items = "".join(_card(row, lang, data) for row in wording.rows(frame, "tables.cards"))
    source = source or wording.source(frame, lang, data)
    return Cards(f'<ul class="figures">{items}</ul><p class="source">{html.escape(str(source))}</p>')


def _card(row: Row, lang: str, package: Vocabulary) -> str:
    value = _UNIT.sub(r'<span class="unit">\1</span>', number("observation", row, lang, package).html)
    printed = wording.in_chinese(str(row["printed"]), lang)
    label = html.escape(wording.label(row, lang, package), quote=False)
    where = f"{phrase('printed', lang)} {printed} · {html.escape(wording.period(row, lang), quote=False)}"
    return (
        f'<li><span class="label">{label}</span> <strong>{value}</strong> <span class="printed">{where}</span>'
        f"{check_line(row, lang, package)}</li>"
    )
