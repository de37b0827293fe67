"""Sentences in which every number comes from the data and carries its provenance."""

import datetime as dt
import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Any, SupportsFloat

import pandas as pd
from babel.dates import format_date

from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError, near
from jiaokou.wording import labels, numbers
from jiaokou.wording.arithmetic import formula
from jiaokou.wording.guards import Given, check_given
from jiaokou.wording.languages import HTML_LANG, LOCALE, Row, check_language, missing, number, records
from jiaokou.wording.phrases import phrase


class Passage(str):
    """Plain text as a `str`; as `html`, every number is a `<data>` element with its value and where it was printed."""

    html: str
    lang: str

    def __new__(cls, text: str, html_text: str | None = None, lang: str = "zh") -> "Passage":
        """`html_text` is trusted; without it the text is escaped."""
        passage = super().__new__(cls, text)
        passage.html = html.escape(text, quote=False) if html_text is None else html_text
        passage.lang = lang
        return passage

    def _repr_html_(self) -> str:
        return f'<p class="passage" lang="{HTML_LANG[self.lang]}">{self.html}</p>'


@dataclass(frozen=True)
class Narrator:
    """Says sentences in one language about one data package; made by `narrator`.

    `say(zh="…", en="…", **values)` fills the template of its language. A placeholder is the code of an observation or
    of a derived quantity (`{projects_planned}`), its `.label`, `.interval`, `.printed` or `.period`, or one of
    `values`: a number, a date, text, or a row with `value` and `unit`. A value named `…year` is written as a year.
    """

    lang: str
    package: Package

    def __call__(self, *, zh: str, en: str, given: Given = (), **values: object) -> Passage:
        """Fill both templates and return the passage of the narrator's language.

        A sentence that concludes something is `given` what it stands on: relations and their verdicts
        (`given={"new_energy_one_quantity": "cannot_hold"}`), comparisons, or a list of both. A comparison is a code
        or one of `values`, then `<`, `<=`, `=`, `!=`, `>=` or `>`, then another one or a number in the same unit:
        `given="projects_completed < projects_planned"`; between several stands `and`. It must be true of every value
        within the bounds of both sides. After a code, `.value` takes the number as printed, without bounds, and
        `.paragraph` or `.start` its place.

        Raises JiaokouError if a code is unknown, if the two languages do not name the same numbers, and, naming
        sentence and data, if what is given is not so.
        """
        templates = {"zh": _parse(zh), "en": _parse(en)}
        names = [{field.partition(".")[0] for _, field in parts if field} for parts in templates.values()]
        if odd := names[0] ^ names[1]:
            raise JiaokouError(
                f"only one of the two languages says {', '.join(sorted(odd))}: name it in both"
            )
        said: list[Passage] = []
        for literal, field in templates[self.lang]:
            said += [Passage(literal), self._fill(field, values) if field else Passage("")]
        text = "".join(said)
        check_given(given, text, lambda name: self._named(name, values), self.package)
        return Passage(text, "".join(part.html for part in said), self.lang)

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
        """What stands for a placeholder."""
        code, _, aspect = field.partition(".")
        if aspect not in _ASPECTS:
            raise JiaokouError(f"unknown {{{field}}}: after the point stands {', '.join(_ASPECTS)[2:]}")
        row = self._named(code, values)
        if not isinstance(row, pd.Series | dict):
            return Passage(self._plain(code, row))
        text = _ASPECTS[aspect](row, self.lang, self.package)
        if aspect in ("label", "period") or "value" not in row:
            return Passage(text)
        return figure(row, text, self.lang, self.package, code)

    def _plain(self, name: str, value: Any) -> str:
        if name.endswith("year"):
            return str(value)  # years are no quantities: 2030, never 2,030
        if isinstance(value, dt.date):
            return format_date(value, "long", locale=LOCALE[self.lang])
        return number(value, self.lang) if isinstance(value, SupportsFloat) else str(value)


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

    Its title says where it comes from: printed form and paragraph, or the formula of a computed one. A row that is
    neither observation nor derived quantity is named by `code`.
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


def _interval(row: Row, lang: str, package: Package) -> str:
    return numbers.interval(row["lower"], row["upper"], str(row["unit"]), lang, package, row)


# What may stand after the point of a placeholder.
_ASPECTS: dict[str, Callable[[Any, str, Package], str]] = {
    "": numbers.quantity,
    "label": labels.label,
    "interval": _interval,
    "printed": printed,
    "period": lambda row, lang, package: labels.period(row, lang),
}


def _parse(template: str) -> list[tuple[str, str]]:
    """The literal texts of a template, each with the placeholder that follows it, empty where none does."""
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        raise JiaokouError(
            f"a brace stands alone in “{template}”: write {{{{ or }}}} for a brace itself"
        ) from None
    for _, field, spec, conversion in parts:
        if spec or conversion:
            raise JiaokouError(f"{{{field}}} takes no format: numbers are written by the language")
        if field == "":
            raise JiaokouError(
                f"{{}} in “{template}” names no number: write a code, or a name, between the braces"
            )
    return [(literal, field or "") for literal, field, *_ in parts]
