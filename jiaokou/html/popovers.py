"""What stands behind each number of a page's text: a note that opens where the number is pressed.

Tables say all of it in their columns; in a sentence or on a card there is no room. The notes open without scripts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString
from markupsafe import Markup

from jiaokou import tables, wording
from jiaokou.data.package import Package
from jiaokou.html.document import Page
from jiaokou.wording import Row

_BEFORE = re.compile(r"[（(“‘《]+$")
_AFTER = re.compile(r"^[，。；：、）”’》,.;:)%！？!?]+")


@dataclass(frozen=True)
class Note:
    """What is known of a number: its `title`, and facts as pairs of a term and HTML."""

    id: str
    title: str
    facts: list[tuple[str, Markup]]


def explain(page: Page, package: Package) -> list[Note]:
    """Turn each number in the page's text into a button, and give the notes that the buttons open."""
    used: dict[tuple[str, str], None] = {}
    for soup in (part.soup for part in page.parts if part.kind == "html" and part.soup):
        for number in soup.find_all("data"):
            kind = "observation" if number.get("data-observation") else "derived"
            code = str(number.get(f"data-{kind}") or "")
            if code in _known(kind, package):  # it may be a what-if of the notebook's own
                used[kind, code] = None
                _button(soup, number, code)
    return [_note(kind, code, page.lang, package) for kind, code in used]


def _button(soup: BeautifulSoup, number: Tag, code: str) -> None:
    """Put a number into a button, together with the punctuation around it: a line may break beside a button."""
    del number["title"]
    attributes = {"type": "button", "class": "number", "popovertarget": f"about-{code}"}
    button = number.wrap(soup.new_tag("button", attrs=attributes))
    before, after = (
        _cut(text, sign) for text, sign in ((button.previous_sibling, _BEFORE), (button.next_sibling, _AFTER))
    )
    if before or after:
        whole = button.wrap(soup.new_tag("span", attrs={"class": "whole"}))
        whole.insert(0, before)
        whole.append(after)


def _cut(text: object, sign: re.Pattern[str]) -> str:
    """Take the signs beside a number away from the text that they end or begin, and give them."""
    found = sign.search(text) if isinstance(text, NavigableString) else None
    if not found:
        return ""
    assert isinstance(text, NavigableString)
    text.replace_with(text[: found.start()] + text[found.end() :])
    return found[0]


def _known(kind: str, package: Package) -> Mapping[str, Row]:
    return wording.records(package, "observations" if kind == "observation" else "derived")


@lru_cache(maxsize=1024)
def _note(kind: str, code: str, lang: str, package: Package) -> Note:
    row = _known(kind, package)[code]
    facts = tables.facts(kind, row, lang, package=package)
    return Note(f"about-{code}", wording.label(row, lang, package), [(t, Markup(h)) for t, h in facts])
