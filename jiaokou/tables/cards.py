"""Headline figures as cards: a few observations, large, each with what it is and how it was printed."""

import html
import re

import pandas as pd

from jiaokou import wording
from jiaokou.tables.checks import check_line
from jiaokou.tables.sheet import number, rows_of
from jiaokou.wording import Named, Row, Vocabulary, phrase

_UNIT = re.compile(
    r"(?<=[\d%])([^\d<>]+)(?=</data>)"
)  # what follows the last digit; large type needs it quieter


class Cards(str):
    """Cards as HTML; shown as such by a notebook."""

    def _repr_html_(self) -> str:
        return str(self)


def cards(frame: pd.DataFrame, lang: str = "zh", *, source: str = "", package: Named = None) -> Cards:
    """The rows of `load()` as cards, in their order. Raises JiaokouError if there are none."""
    data = wording.vocabulary(package, frame)
    items = "".join(_card(row, lang, data) for row in rows_of("cards", frame))
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
