"""What stands behind each number of a page's text: a note that opens where the number is pressed.

Tables say all of it in their columns; in a sentence or on a card there is no room. The notes open without scripts.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from markupsafe import Markup

from jiaokou import tables, wording
from jiaokou.data.package import Package
from jiaokou.html.document import Page, Part
from jiaokou.wording import Row

_NUMBER = re.compile(
    r'(?P<before>[（(“‘《]*)(?P<data><data\b[^>]*\sdata-(?P<kind>observation|derived)="(?P<code>[^"]+)"[^>]*>.*?</data>)'
    r"(?P<after>[，。；：、）”’》,.;:)%！？!?]*)",
    re.DOTALL,
)
_TITLE = re.compile(r'\stitle="[^"]*"')


@dataclass(frozen=True)
class Note:
    """What is known of a number: its `title`, and facts as pairs of a term and HTML."""

    id: str
    title: str
    facts: list[tuple[str, Markup]]


def explain(page: Page, package: Package) -> list[Note]:
    """Turn each number in the page's text into a button, and give the notes that the buttons open."""
    used: dict[tuple[str, str], None] = {}

    def button(found: re.Match[str]) -> str:
        kind, code = found["kind"], found["code"]
        if code not in _known(kind, package):  # a what-if of the notebook's own
            return found[0]
        used[kind, code] = None
        number = _TITLE.sub("", found["data"], count=1)
        pressed = f'<button type="button" class="number" popovertarget="about-{code}">{number}</button>'
        if not (found["before"] or found["after"]):
            return pressed
        # A line may break beside a button, even where punctuation forbids it.
        return f'<span class="whole">{found["before"]}{pressed}{found["after"]}</span>'

    def pressable(part: Part) -> Part:
        return replace(part, html=Markup(_NUMBER.sub(button, part.html))) if part.kind == "html" else part

    page.parts = [pressable(part) for part in page.parts]
    return [_note(kind, code, page.lang, package) for kind, code in used]


def _known(kind: str, package: Package) -> Mapping[str, Row]:
    return wording.records(package, "observations" if kind == "observation" else "derived")


@lru_cache(maxsize=1024)
def _note(kind: str, code: str, lang: str, package: Package) -> Note:
    row = _known(kind, package)[code]
    facts = tables.facts(kind, row, lang, package=package)
    return Note(f"about-{code}", wording.label(row, lang, package), [(t, Markup(h)) for t, h in facts])
