"""The languages of pages, charts and tables."""

from collections.abc import Sequence

from jiaokou.errors import JiaokouError, WrongUseError

LANGUAGES = ("zh", "en")
"""Their codes, in the house's order; what depends on them is in `jiaokou.wording`."""


def check_language(lang: str) -> str:
    """Return `lang` if it is one of `LANGUAGES`; otherwise raise JiaokouError."""
    if lang not in LANGUAGES:
        raise JiaokouError(f"unknown language {lang!r}: use {' or '.join(LANGUAGES)}")
    return lang


def check_spoken(lang: str, languages: Sequence[str], package: object) -> None:
    """Raise WrongUseError for a language that a package does not state, among `languages` (none: all)."""
    if languages and lang in LANGUAGES and lang not in languages:
        raise WrongUseError(
            f"the data package {package} speaks {', '.join(languages)} alone, no {lang}; leave it out, or add "
            f'"{lang}" to “languages” in its datapackage.json, and the labels'
        )
