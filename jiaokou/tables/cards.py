"""Headline figures as cards: a few observations, large, each with what it is and how it was printed."""

import html
import re

import pandas as pd

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.tables.columns import LABEL, PERIOD, PRINTED, VALUE, VERDICTS
from jiaokou.tables.table import as_html, lacking
from jiaokou.wording import Named, Row, phrase
from jiaokou.wording.languages import check_frame, vocabulary

_UNIT = re.compile(
    r"(?<=[\d%])[^\d<>]+(?=</data>)"
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
    check_frame(frame, "tables.cards")
    opened = vocabulary(package, frame)
    try:
        items = "".join(_card(row, wording.check_language(lang), opened) for row in wording.rows(frame))
    except KeyError as error:
        raise lacking("cards", frame, error) from None
    source = source or wording.source(frame, lang, opened)
    return Cards(f'<ul class="figures">{items}</ul><p class="source">{html.escape(str(source))}</p>')


def _card(row: Row, lang: str, package: Package) -> str:
    label, value, printed, period, verdicts = (
        as_html(column.say(row, lang, package)) for column in (LABEL, VALUE, PRINTED, PERIOD, VERDICTS)
    )
    value = _UNIT.sub(r'<span class="unit">\g<0></span>', value)
    lines = [f"{phrase('printed', lang)} {printed} · {period}"]
    if verdicts:
        lines.append(phrase("checked_as", lang, text=verdicts))
    below = " ".join(f'<span class="printed">{line}</span>' for line in lines)
    return f'<li><span class="label">{label}</span> <strong>{value}</strong> {below}</li>'
