"""Running text and lines: what the description of a chart and its hover text are put together from."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from jiaokou.data.package import Package
from jiaokou.wording.labels import join, label, paragraphs, period
from jiaokou.wording.languages import Row, missing
from jiaokou.wording.numbers import quantity
from jiaokou.wording.phrases import phrase


def listing(items: Sequence[str], lang: str, most: int = 12) -> str:
    """Items of a description in one line; from the `most`-th on they are only counted."""
    named = list(items[:most])
    if len(items) > most:
        named.append(phrase("others", lang, n=len(items) - most))
    return phrase("semicolon", lang).join(named)


def periods(rows: Iterable[Row], lang: str) -> str:
    """One sentence naming the periods of rows, empty if they have none."""
    found = list(dict.fromkeys(text for row in rows if (text := period(row, lang))))
    return phrase("periods", lang, periods=join(found, lang)) if found else ""


def running_text(parts: Iterable[str], lang: str) -> str:
    """Sentences to a paragraph: set apart by a space in English, by nothing in Chinese."""
    return phrase("between_sentences", lang).join(part for part in parts if part)


def details(row: Row, lang: str, package: Package) -> list[str]:
    """The lines shown on hover: label, quantity, printed form, period and paragraph, as far as the row has them."""
    lines = [label(row, lang, package)]
    if "unit" in row:
        lines.append(quantity(row, lang, package))
    if not missing(printed := row.get("printed")):
        lines.append(phrase("printed_as", lang, printed=printed))
    where = [period(row, lang), paragraphs([row.get("paragraph")], lang)]
    lines.append(phrase("and_then", lang).join(part for part in where if part))
    return [line for line in lines if line]


_UNITS = re.compile(r"[A-Za-z0-9’'“”().,%/²³–-]+\s?|\s|.", re.DOTALL)


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` half-width characters, broken between words or between Chinese characters.

    Closing punctuation never starts a line; a single word longer than a line stands alone.
    """
    lines, line, used = [], "", 0
    for piece in _UNITS.findall(text):
        if line and used + cells(piece.rstrip()) > width and piece not in "，。；：、）”》%":
            lines.append(line.rstrip())
            line, used = "", 0
            piece = piece.lstrip()
        line += piece
        used += cells(piece)
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def cells(text: str) -> int:
    """Width of text in half-width characters; a Chinese character takes two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
