"""Words and numbers in Chinese and English: the only part of the library that knows languages.

Labels, symbols and codes come from the data package; what the language asks for (where a qualifier stands, when
万 and 亿 or *m* and *bn* are used, how ranks and periods are said) is here. Everything returned is plain text, to be
escaped where it enters HTML; a `Passage` is both, text and escaped HTML.

    >>> import jiaokou
    >>> say = narrator("en", jiaokou.open_package())
    >>> say(zh="完成项目{projects_completed}。", en="{projects_completed} projects were completed.")
    '79 projects were completed.'
"""

from types import ModuleType as _Module

from jiaokou.data.languages import LANGUAGES, check_language
from jiaokou.wording.arithmetic import arithmetic, because, formula, verdicts
from jiaokou.wording.labels import heading, join, label, paragraphs, period, source
from jiaokou.wording.languages import HTML_LANG, Named, Row, code, missing, number, phrase, phrases, records, rows
from jiaokou.wording.numbers import bounds, interval, quantity, side
from jiaokou.wording.sentences import Narrator, Passage, narrator

# What is imported here, and nothing twice.
__all__ = sorted(name for name, each in globals().items() if name[0] != "_" and not isinstance(each, _Module))
__dir__ = __all__.copy  # what Tab shows
