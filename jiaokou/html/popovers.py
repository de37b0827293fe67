"""What stands behind each number of a page's text: a note that opens where the number is pressed.

Tables say all of it in their columns; in a sentence or on a card there is no room. The notes open without scripts.
"""

import re
from dataclasses import dataclass

from bs4 import Tag
from bs4.element import NavigableString
from markupsafe import Markup

from jiaokou import tables, wording
from jiaokou.data.package import Package
from jiaokou.html.document import Page

_LISTS = {"observation": "observations", "derived": "derived", "relation": "audit"}
_BEFORE = re.compile(r"[（(“‘《]+$")
_AFTER = re.compile(r"^[，。；：、）”’》,.;:)%！？!?]+")


@dataclass(frozen=True)
class Note:
    """What is known of a number: its `title`, and facts as pairs of a term and HTML."""

    id: str
    title: str
    facts: list[tuple[str, Markup]]


def explain(page: Page, package: Package) -> list[Note]:
    """Turn numbers and relations in the page's text into buttons, and give the notes that these open.

    In tables only observations have a note, since the other columns say all of the rest.
    """
    used: dict[tuple[str, str], wording.Row] = {}
    for part in page.parts:
        kinds = {"html": list(_LISTS), "table": ["observation"]}.get(part.kind, [])
        for named in part.soup.find_all(["data", "span"]) if part.soup and kinds else ():
            kind, code = next(((kind, code) for kind in kinds if (code := named.get(f"data-{kind}"))), ("", ""))
            if kind and (row := wording.records(package, _LISTS[kind]).get(code)):  # else a what-if of the notebook's
                used[kind, str(code)] = row
                _button(named, f"about-{kind}-{code}")
    lang = page.lang
    return [
        Note(f"about-{kind}-{code}", wording.label(row, lang, package), tables.facts(kind, row, lang, package=package))
        for (kind, code), row in used.items()
    ]


def _button(number: Tag, opened: str) -> None:
    """Put a number into a button, together with the punctuation around it: a line may break beside a button."""
    del number["title"]
    attributes = {"type": "button", "class": "number", "popovertarget": opened}
    button = number.wrap(Tag(name="button", attrs=attributes))
    before, after = _cut(button.previous_sibling, _BEFORE), _cut(button.next_sibling, _AFTER)
    if before or after:
        whole = button.wrap(Tag(name="span", attrs={"class": "whole"}))
        whole.insert(0, before)
        whole.append(after)


def _cut(text: object, sign: re.Pattern[str]) -> str:
    """Take the signs beside a number away from the text that they end or begin, and give them."""
    if not isinstance(text, NavigableString) or not (found := sign.search(text)):
        return ""
    text.replace_with(text[: found.start()] + text[found.end() :])
    return found[0]
