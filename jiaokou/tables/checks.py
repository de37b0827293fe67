"""What the audit says of a number, beside the number."""

import html
from typing import cast

from jiaokou import wording
from jiaokou.analysis.audit import audit_of
from jiaokou.data.package import Package
from jiaokou.wording import Passage, Row, Vocabulary, phrase


def check(row: Row, lang: str, package: Vocabulary) -> Passage:
    """The verdicts of the relations that speak of an observation, in short; empty if none does.

    The relations themselves are named in the tooltip.
    """
    text, lines = wording.checks(audit_of(cast(Package, package)), str(row["observation"]), lang, package)
    title = html.escape("\n".join(lines))
    return Passage(text, f'<span class="check" title="{title}">{html.escape(text)}</span>' if text else "")


def check_line(row: Row, lang: str, package: Vocabulary) -> str:
    """The same as a line of its own for a card, as HTML."""
    found = check(row, lang, package)
    return f' <span class="printed">{phrase("checked_as", lang, text=found.html)}</span>' if found else ""
