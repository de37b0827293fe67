"""Sentences: every number is from the data, with its provenance; what they conclude, the data must bear out."""

import datetime as dt
import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import eq, ge, gt, le, lt
from pathlib import Path
from string import Formatter
from typing import Any, SupportsFloat

import pandas as pd
from babel.dates import format_date

from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError, near
from jiaokou.wording import labels, numbers
from jiaokou.wording.arithmetic import formula
from jiaokou.wording.languages import HTML_LANG, LOCALE, Row, check_language, missing, number, phrase, records

Given = str | Mapping[str, str] | Sequence[str | Mapping[str, str]]
"""Comparisons (one, or several joined by "and"), relations with their verdicts, or a list of these."""

_NAME = r"[A-Za-z_]\w*(?:\.(?:value|paragraph|char_start))?"
_COMPARISON = re.compile(rf"\s*({_NAME})\s*(<=|>=|!=|<|>|=)\s*({_NAME}|-?\d+(?:\.\d+)?)\s*", re.ASCII)

# Of these one must be true of each bound of one side with each of the other.
_HOLDS = {"<": (lt,), "<=": (le,), ">": (gt,), ">=": (ge,), "=": (eq,), "!=": (lt, gt)}


class Passage(str):
    """Plain text as a `str`; as `html`, every number is a `<data>` element with its value and where it was printed."""

    html: str
    lang: str
    element = "p"

    def __new__(cls, text: str, html_text: str | None = None, lang: str = "zh") -> "Passage":
        """`html_text` is trusted; without it the text is escaped."""
        passage = super().__new__(cls, text)
        passage.html = html.escape(text, quote=False) if html_text is None else html_text
        passage.lang = lang
        return passage

    def _repr_html_(self) -> str:
        return f'<{self.element} class="passage" lang="{HTML_LANG[self.lang]}">{self.html}</{self.element}>'


class Title(Passage):
    """A page's title: its finding."""

    element = "h1"


class Box(Passage):
    """Words that stand apart from the text."""

    element = "aside"


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
        names = [{field.partition(".")[0] for _, field in parts if field} for parts in templates.values()]
        if odd := ", ".join(sorted(names[0] ^ names[1])):
            raise JiaokouError(f"only one of the two languages says {odd}: name it in both")
        parts = templates[self.lang]
        said = [each for text, field in parts for each in (Passage(text), self._fill(field, values))]
        sentence = Passage("".join(said), "".join(each.html for each in said), self.lang)
        check_given(given, sentence, lambda name: self._named(name, values), self.package)
        return sentence

    def title(self, **said: Any) -> Title:
        """What a page has found, as its title; written and given as a sentence is."""
        sentence = self(**said)
        return Title(sentence, sentence.html, self.lang)

    def unpublished(self, section: str = "") -> Box:
        """What the release gives no figure for, in a section or in each of them."""
        rows = records(self.package, "sections")
        texts = {code: rows[code][f"unpublished_{self.lang}"] for code in rows if section in ("", code)}
        head = phrase("unpublished_in", self.lang)
        said = [(head if section else self.label("sections", code), t) for code, t in texts.items() if not missing(t)]
        if not said:
            raise JiaokouError(f"sections.csv names nothing unpublished in {section or 'any section'}: fill it in")

        def lines(strong: str, escape: Callable[[str], str]) -> list[str]:
            pairs = [(strong.format(escape(label)), escape(text)) for label, text in said]
            above = [] if section else [strong.format(head)]
            return above + [phrase("item", self.lang, label=label, text=text) for label, text in pairs]

        return Box("\n".join(lines("{}", str)), "<br>".join(lines("<strong>{}</strong>", html.escape)), self.lang)

    def source(self, frame: pd.DataFrame) -> str:
        """The source line of a frame of observations, milestones, derived quantities or relations."""
        return labels.source(frame, self.lang, self.package)

    def label(self, list_: str, code: str) -> str:
        """The label of a code: `say.label("stage", "completed")`, `say.label("topics", "transport")`."""
        return labels.code(self.package, list_, code, self.lang)

    def quantity(self, row: Row) -> str:
        """A row's value as it is written in the narrator's language."""
        return numbers.quantity(row, self.lang, self.package)

    def _named(self, code: str, values: Mapping[str, Any]) -> Any:
        """What a name stands for: one of `values`, or the row of an observation or a derived quantity."""
        known = {**records(self.package, "derived"), **records(self.package, "observations"), **values}
        if code not in known:
            raise JiaokouError(f"unknown observation or derived code {code!r}{near(code, known)}")
        return known[code]

    def _fill(self, field: str, values: Mapping[str, Any]) -> Passage:
        """What stands for a placeholder; nothing for none."""
        if not field:
            return Passage("")
        code, _, aspect = field.partition(".")
        if aspect not in _ASPECTS:
            raise JiaokouError(f"unknown {{{field}}}: after the point stands {', '.join(_ASPECTS)[2:]}")
        row = self._named(code, values)
        if isinstance(row, pd.Series | dict):
            text = _ASPECTS[aspect](row, self.lang, self.package)
            is_number = aspect != "label" and "value" in row
            return figure(row, text, self.lang, self.package, code) if is_number else Passage(text)
        if isinstance(row, dt.date):
            return Passage(format_date(row, "long", locale=LOCALE[self.lang]))
        # Years are no quantities: 2030, never 2,030.
        is_quantity = isinstance(row, SupportsFloat) and not code.endswith("year")
        return Passage(number(row, self.lang) if is_quantity else str(row))


def narrator(lang: str, package: Package | str | Path) -> Narrator:
    """A `Narrator` in `lang` of a package, opened or by its folder: `say = wording.narrator("zh", data)`."""
    opened = package if isinstance(package, Package) else open_package(package)
    return Narrator(check_language(lang), opened)


def as_html(text: str) -> str:
    """Text as HTML: a `Passage`'s own, any other escaped."""
    return text.html if isinstance(text, Passage) else html.escape(text, quote=False)


def printed(row: Row, lang: str, package: Package) -> Passage:
    """The printed form of a row, marked as Chinese on an English page; empty if it has none."""
    text = "" if missing(row["printed"]) else str(row["printed"])
    marked = f'<span lang="{HTML_LANG["zh"]}">{as_html(text)}</span>'
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
    value = "" if missing(row["value"]) else f' value="{float(row["value"]):.15g}"'
    name = html.escape(str(row.get(kind, code)))
    start = f'<data class="{kind}"{value} data-{kind}="{name}" title="{html.escape(origin)}">'
    return Passage(text, f"{start}{as_html(text)}</data>")


# What may stand after the point of a placeholder.
_ASPECTS: dict[str, Callable[[Any, str, Package], str]] = {
    "": numbers.quantity,
    "label": labels.label,
    "short": numbers.in_short,
    "interval": lambda row, lang, package: numbers.interval(
        row["lower"], row["upper"], str(row["unit"]), lang, package, row
    ),
    "printed": printed,
    "period": lambda row, lang, package: labels.period(row, lang),
}


def _parse(template: str) -> list[tuple[str, str]]:
    """The literal texts of a template, each with the placeholder that follows it, empty where none does."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        raise JiaokouError(f"a brace stands alone in “{template}”: write {{{{ or }}}} for it") from None
    for _, field, spec, conversion in parts:
        if spec or conversion:
            raise JiaokouError(f"{{{field}}} takes no format: numbers are written by the language")
        if field == "":
            raise JiaokouError(f"{{}} in “{template}” names no number: write its code between the braces")
    return [(literal, field or "") for literal, field, *_ in parts]


def check_given(given: Given, sentence: str, named: Callable[[str], Any], package: Package) -> None:
    """Raise JiaokouError unless all that a sentence is `given` is so; `named` gives what a name in it stands for."""
    for each in [given] if isinstance(given, str | Mapping) else given:
        for part in each.split(" and ") if isinstance(each, str) else each.items():
            untrue = _untrue(part, named) if isinstance(part, str) else _other_verdict(*part, package)
            if untrue:
                raise JiaokouError(f"“{sentence}” does not stand: it is given that {untrue}")


def _other_verdict(code: str, verdict: str, package: Package) -> str:
    """What the data say of a relation instead of the verdict given; empty if they say the same."""
    relations, known = records(package, "audit"), package.codes["verdict"].index
    if code not in relations:
        raise JiaokouError(f"given: unknown relation {code!r}{near(code, relations)}")
    if verdict not in known:
        raise JiaokouError(f"given: unknown verdict {verdict!r}{near(verdict, known)}")
    row, observed = relations[code], records(package, "observations")
    data = ", ".join(f"{each} printed {observed[each]['printed']}" for each in row["observations"].split())
    found = f"{row['verdict']} ({data})"
    return "" if row["verdict"] == verdict else f"{code} {verdict}, and the data say {found}"


def _untrue(comparison: str, named: Callable[[str], Any]) -> str:
    """What the data say instead of a comparison; empty if it is true of all values within the bounds."""
    if not (parts := _COMPARISON.fullmatch(comparison)):
        usage = "write code, < <= = != >= or >, then a code or a number"
        raise JiaokouError(f"given: “{comparison}” is no comparison; {usage}")
    (one, said, unit), (two, other, other_unit) = (_side(parts[n], named) for n in (1, 3))
    if unit and other_unit and unit != other_unit:
        raise JiaokouError(f"given: “{comparison}” compares {unit} with {other_unit}")
    if any(all(holds(a, b) for a in one for b in two) for holds in _HOLDS[parts[2]]):
        return ""
    return f"{comparison.strip()}, and the data say {', '.join(filter(None, (said, other)))}"


def _side(name: str, named: Callable[[str], Any]) -> tuple[tuple[float, float], str, str]:
    """One side of a comparison: its bounds, what the data say of it, and its unit, if any."""
    if not re.match(r"[A-Za-z_]", name):
        return (float(name), float(name)), "", ""
    code, _, column = name.partition(".")
    row = named(code)
    if not hasattr(row, "get"):
        return (float(row), float(row)), f"{code} is {row}", ""
    low, high = (row[column], row[column]) if column else (row["lower"], row["upper"])
    bounds = -inf if missing(low) else float(low), inf if missing(high) else float(high)
    is_computed = missing(row.get("printed"))
    said = f"{row['lower']} to {row['upper']}" if is_computed else f"printed {row['printed']}"
    return bounds, f"{code} {said}", "" if column in ("paragraph", "char_start") else str(row["unit"])
