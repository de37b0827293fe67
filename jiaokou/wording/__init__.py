"""Words and numbers in Chinese and English: the only part of the library that knows languages.

Labels, symbols and codes come from the data package; what the language asks for (where a qualifier stands, when
万 and 亿 or *m* and *bn* are used, how ranks and periods are said) is here. Everything returned is plain text, to be
escaped where it enters HTML; a `Passage` is both, text and escaped HTML.

    >>> import jiaokou
    >>> say = narrator("en", jiaokou.open_package())
    >>> say(zh="完成项目{projects_completed}。", en="{projects_completed} projects were completed.")
    '79 projects were completed.'
"""

from jiaokou.data.languages import LANGUAGES
from jiaokou.wording.arithmetic import arithmetic, because, checks
from jiaokou.wording.labels import code, formula, heading, join, label, lists, paragraphs, period, source
from jiaokou.wording.languages import (
    HTML_LANG,
    Named,
    Row,
    Vocabulary,
    check_frame,
    check_language,
    missing,
    records,
    rows,
    vocabulary,
)
from jiaokou.wording.numbers import amount, bounds, interval, number, quantity
from jiaokou.wording.phrases import cells, details, listing, periods, phrase, running_text, wrap
from jiaokou.wording.sentences import Narrator, Passage, data_element, in_chinese, narrator, provenance

__all__ = [
    "HTML_LANG",
    "LANGUAGES",
    "Named",
    "Narrator",
    "Passage",
    "Row",
    "Vocabulary",
    "amount",
    "arithmetic",
    "because",
    "bounds",
    "cells",
    "check_frame",
    "check_language",
    "checks",
    "code",
    "data_element",
    "details",
    "formula",
    "heading",
    "in_chinese",
    "interval",
    "join",
    "label",
    "listing",
    "lists",
    "missing",
    "narrator",
    "number",
    "paragraphs",
    "period",
    "periods",
    "phrase",
    "provenance",
    "quantity",
    "records",
    "rows",
    "running_text",
    "source",
    "vocabulary",
    "wrap",
]


def __dir__() -> list[str]:
    return __all__
