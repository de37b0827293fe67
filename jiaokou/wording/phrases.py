"""What charts, tables and pages say around their numbers: `phrases.json` has it all, both languages side by side.

Keys are grouped there for whoever reads the file; each is unique in all of it.
"""

import json
from pathlib import Path

from jiaokou.data.languages import LANGUAGES
from jiaokou.errors import JiaokouError, near
from jiaokou.wording.languages import check_language, number

_GROUPS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
_PHRASES = {
    lang: {key: pair[place] for group in _GROUPS.values() for key, pair in group.items()}
    for place, lang in enumerate(LANGUAGES)
}


def phrases(lang: str) -> dict[str, str]:
    """Every phrase in `lang` by its key, values to be filled in still standing in {braces}."""
    return _PHRASES[check_language(lang)]


def phrase(key: str, lang: str, **values: object) -> str:
    """A phrase in `lang`, filled with `values`; whole numbers are written for the language.

    Raises JiaokouError for an unknown key.
    """
    said = phrases(lang)
    if key not in said:
        raise JiaokouError(f"unknown phrase {key!r}{near(key, said)}")
    written = {name: number(each, lang) if isinstance(each, int) else each for name, each in values.items()}
    return said[key].format(**written)
