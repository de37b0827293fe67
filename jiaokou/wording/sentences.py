"""Sentences: every number is from the data, with its provenance; what they conclude, the data must bear out."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import eq, ge, gt, le, lt
from pathlib import Path
from string import Formatter
from typing import Any, SupportsFloat

import pandas as pd
from babel.dates import format_date
from markupsafe import Markup, escape

from jiaokou.data.languages import check_language
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.wording import labels, languages, numbers
from jiaokou.wording.arithmetic import formula
from jiaokou.wording.languages import HTML_LANG, LOCALE, Row, missing, named, number, phrase, records

Given = str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
"""Comparisons (one, or several joined by "and"), relations with their verdicts, or a list of these."""

_CODE = "observation or derived code"
_NAME = r"[A-Za-z_]\w*(?:\.(?:value|paragraph|char_start))?"
_COMPARISON = re.compile(rf"\s*({_NAME})\s*(<=|>=|!=|<|>|=)\s*({_NAME}|-?\d+(?:\.\d+)?)\s*", re.ASCII)

# Of these one must be true of each bound of one side with each of the other.
_HOLDS = {"<": (lt,), "<=": (le,), ">": (gt,), ">=": (ge,), "=": (eq,), "!=": (lt, gt)}


class Passage(str):
    """Plain text as a `str`; as HTML, every number is a `<data>` element with its value and where it was printed.

    `element` is what holds it on a page: a paragraph, a title (`h1`), or a box of words that stand apart (`aside`).
    """

    html: str
    lang: str
    element: str

    def __new__(cls, text: str, html: str | None = None, lang: str = "zh", element: str = "p") -> "Passage":
        """`html` is trusted; without it the text is escaped."""
        passage = super().__new__(cls, text)
        passage.html, passage.lang, passage.element = str(escape(text) if html is None else html), lang, element
        return passage

    def __html__(self) -> Markup:
        return Markup(self.html)

    def _repr_html_(self) -> str:
        return f'<{self.element} class="passage" lang="{HTML_LANG[self.lang]}">{self.html}</{self.element}>'

    def join(self, parts: Iterable[str]) -> "Passage":
        """Texts and passages as one passage, with this one between them."""
        joined = list(parts)
        return Passage(super().join(joined), Markup(self.html).join(joined), self.lang, self.element)


@dataclass(frozen=True)
class Narrator:
    """Says sentences in one language about one data package; made by `narrator`.

    `say(zh="…", en="…", **values)` fills the template of its language. A placeholder is the code of an observation or
    of a derived quantity (`{projects_planned}`), its `.short` form, `.label`, `.interval`, `.printed` or
    `.period`, or one of `values`: a number, a date, text, or a row with `value` and `unit`. One named `…year` is
    written as a year.
    """

    lang: str
    package: Package

    def __call__(self, *, zh: str, en: str, given: Given = (), **values: object) -> Passage:
        """Fill both templates and return the passage of the narrator's language.

        A sentence that concludes something is `given` what it stands on: relations and their verdicts
        (`given={"new_energy_one_quantity": "cannot_hold"}`), comparisons (`given="projects_completed < 146"`; between
        several stands `and`), or a list of both. A comparison of codes, `values` or numbers of one unit must be true
        of all that their bounds allow; `.value` after a code takes the printed number alone, `.paragraph` and
        `.char_start` its place.

        Raises JiaokouError if a code is unknown, if the two languages do not name the same numbers, and, naming
        sentence and data, if what is given is not so.
        """
        templates = {"zh": _parse(zh), "en": _parse(en)}
        codes = [{field.partition(".")[0] for _, field in parts if field} for parts in templates.values()]
        if odd := ", ".join(sorted(codes[0] ^ codes[1])):
            raise JiaokouError(f"only one of the two languages says {odd}: name it in both")
        known = {**records(self.package, "derived"), **records(self.package, "observations"), **values}
        said = [(text, self._fill(field, known) if field else "") for text, field in templates[self.lang]]
        sentence = Passage("", lang=self.lang).join(part for pair in said for part in pair)
        check_given(given, sentence, known, self.package)
        return sentence

    def title(self, **said: Any) -> Passage:
        """What a page has found, as its title; written and given as a sentence is."""
        sentence = self(**said)
        return Passage(sentence, sentence.html, self.lang, "h1")

    def unpublished(self, section: str = "") -> Passage:
        """What the release gives no figure for, in a section or in each of them, in a box."""
        name, text = f"label_{self.lang}", f"unpublished_{self.lang}"
        asked = [row for each, row in records(self.package, "sections").items() if section in ("", each)]
        rows = [row for row in asked if not missing(row[text])]
        if not rows:
            raise JiaokouError(f"sections.csv names nothing unpublished in {section or 'any section'}: fill it in")
        head, strong = phrase("unpublished_in", self.lang), Markup("<strong>{}</strong>")
        lines = [] if section else [Passage(head, strong.format(head))]
        for row in rows:
            said = {"label": head if section else row[name], "text": row[text]}
            marked = {"label": strong.format(said["label"]), "text": escape(row[text])}
            lines.append(Passage(phrase("item", self.lang, **said), phrase("item", self.lang, **marked)))
        return Passage("\n", "<br>", self.lang, "aside").join(lines)

    def label(self, list_: str, code: str) -> str:
        """The label of a code: `say.label("stage", "completed")`, `say.label("topics", "transport")`."""
        return languages.code(self.package, list_, code, self.lang)

    def _fill(self, field: str, known: Mapping[str, Any]) -> str:
        """What stands for a placeholder."""
        code, _, aspect = field.partition(".")
        if aspect not in _ASPECTS:
            raise JiaokouError(f"unknown {{{field}}}: after the point stands {', '.join(_ASPECTS)[2:]}")
        value = named(known, code, _CODE)
        if isinstance(value, pd.Series | dict):
            text = _ASPECTS[aspect](value, self.lang, self.package)
            is_number = aspect != "label" and "value" in value
            return figure(value, text, self.lang, self.package, code) if is_number else text
        if isinstance(value, dt.date):
            return format_date(value, "long", locale=LOCALE[self.lang])
        # Years are no quantities: 2030, never 2,030.
        is_quantity = isinstance(value, SupportsFloat) and not code.endswith("year")
        return number(value, self.lang) if is_quantity else str(value)


def narrator(lang: str, package: Package | str | Path) -> Narrator:
    """A `Narrator` in `lang` of a package, opened or by its folder: `say = wording.narrator("zh", data)`."""
    opened = package if isinstance(package, Package) else open_package(package)
    return Narrator(check_language(lang), opened)


def printed(row: Row, lang: str, package: Package) -> Passage:
    """The printed form of a row, marked as Chinese on an English page; empty if it has none."""
    text = "" if missing(row["printed"]) else str(row["printed"])
    marked = Markup('<span lang="{}">{}</span>').format(HTML_LANG["zh"], text)
    return Passage(text, marked if text and lang != "zh" else None)


def figure(row: Row, text: str, lang: str, package: Package, code: str = "") -> Passage:
    """The `text` of a row's number as `<data class="observation" value="79" data-observation="…" title="printed …">`.

    The title says where it comes from. A row that is neither observation nor derived quantity is named by `code`.
    """
    if not missing(row.get("printed")):
        where = labels.paragraphs([row.get("paragraph")], lang)
        origin = phrase("printed_in", lang, printed=row["printed"], where=where)
    else:
        computed = "—" if missing(row.get("formula")) else formula(row, lang, package)
        origin = phrase("computed", lang, formula=computed)
    kind = "observation" if "observation" in row else "derived"
    value = Markup("" if missing(row["value"]) else f' value="{float(row["value"]):.15g}"')
    marked = Markup('<data class="{0}"{1} data-{0}="{2}" title="{3}">{4}</data>')
    return Passage(text, marked.format(kind, value, row.get(kind, code), origin, text))


# What may stand after the point of a placeholder.
_ASPECTS: dict[str, Callable[[Any, str, Package], str]] = {
    "": numbers.quantity,
    "label": labels.label,
    "short": numbers.in_short,
    "interval": numbers.interval,
    "printed": printed,
    "period": lambda row, lang, package: labels.period(row, lang),
}


def _parse(template: str) -> list[tuple[str, str]]:
    """The literal texts of a template, each with the placeholder that follows it, empty where none does."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise JiaokouError(f"“{template}”: {error}; write {{{{ or }}}} for a brace") from None
    if any(field == "" or spec or conversion for _, field, spec, conversion in parts):
        raise JiaokouError(f"“{template}”: between braces stands a code alone, and the language writes its number")
    return [(literal, field or "") for literal, field, *_ in parts]


def check_given(given: Given, sentence: str, known: Mapping[str, Any], package: Package) -> None:
    """Raise JiaokouError unless all that a sentence is `given` is so of what its names stand for."""
    for each in [given] if isinstance(given, str | Mapping) else given:
        for part in each.split(" and ") if isinstance(each, str) else each.items():
            untrue = _untrue(part, known) if isinstance(part, str) else _other_verdict(*part, package)
            if untrue:
                raise JiaokouError(f"“{sentence}” does not stand: it is given that {untrue}")


def _other_verdict(code: str, verdict: str, package: Package) -> str:
    """What the data say of a relation instead of the verdict given; empty if they say the same."""
    row, observed = named(records(package, "audit"), code, "relation"), records(package, "observations")
    named(records(package, "verdict"), verdict, "verdict")
    data = ", ".join(f"{each} printed {observed[each]['printed']}" for each in row["observations"].split())
    return "" if row["verdict"] == verdict else f"{code} {verdict}, and the data say {row['verdict']} ({data})"


def _untrue(comparison: str, known: Mapping[str, Any]) -> str:
    """What the data say instead of a comparison; empty if it is true of all values within the bounds."""
    if not (parts := _COMPARISON.fullmatch(comparison)):
        usage = "write code, < <= = != >= or >, then a code or a number"
        raise JiaokouError(f"given: “{comparison}” is no comparison; {usage}")
    (one, said, unit), (two, other, other_unit) = (_side(parts[n], known) for n in (1, 3))
    if unit and other_unit and unit != other_unit:
        raise JiaokouError(f"given: “{comparison}” compares {unit} with {other_unit}")
    if any(all(holds(a, b) for a in one for b in two) for holds in _HOLDS[parts[2]]):
        return ""
    return f"{comparison.strip()}, and the data say {', '.join(filter(None, (said, other)))}"


def _side(name: str, known: Mapping[str, Any]) -> tuple[tuple[float, float], str, str]:
    """One side of a comparison: its bounds, what the data say of it, and its unit, if any."""
    code, _, column = name.partition(".")
    is_code = re.match(r"[A-Za-z_]", name)
    row: Any = named(known, code, _CODE) if is_code else name
    if not hasattr(row, "get"):
        return (float(row), float(row)), f"{code} is {row}" if is_code else "", ""
    low, high = (row[column], row[column]) if column else (row["lower"], row["upper"])
    bounds = -inf if missing(low) else float(low), inf if missing(high) else float(high)
    is_computed = missing(row.get("printed"))
    said = f"{row['lower']} to {row['upper']}" if is_computed else f"printed {row['printed']}"
    return bounds, f"{code} {said}", "" if column in ("paragraph", "char_start") else str(row["unit"])
