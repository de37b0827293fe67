"""The languages of pages, charts and tables."""

from collections.abc import Sequence

from jiaokou.errors import WrongUseError

LANGUAGES = ("zh", "en")
"""Their codes, in the house's order; what depends on them is in `jiaokou.wording`."""


def check_language(lang: str) -> str:
    """Return `lang` if it is one of `LANGUAGES`; otherwise raise WrongUseError."""
    if lang not in LANGUAGES:
        raise WrongUseError(f"unknown language {lang!r}: use {' or '.join(LANGUAGES)}")
    return lang


def chosen(asked: Sequence[str], spoken: Sequence[str], package: object) -> list[str]:
    """The languages asked for, each once, in the house's order; all that a package speaks when none is asked for.

    `spoken` are those that it states (none: all). Raises WrongUseError for one that is not among them.
    """
    for lang in asked:
        if check_language(lang) not in (spoken or LANGUAGES):
            raise WrongUseError(
                f"the data package {package} speaks {', '.join(spoken)} alone, no {lang}; leave it out, or add "
                f'"{lang}" to “languages” in its datapackage.json, and the labels'
            )
    return [lang for lang in LANGUAGES if lang in (asked or spoken or LANGUAGES)]
