"""Sentences in which every number comes from the data and carries its provenance."""

import datetime as dt
import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any

import numpy as np
import pandas as pd
from babel.dates import format_date

from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError, near
from jiaokou.wording import labels, numbers
from jiaokou.wording.guards import Given, check_given
from jiaokou.wording.languages import (
    HTML_LANG,
    LOCALE,
    Row,
    check_language,
    missing,
    opened,
    pick,
    records,
)
from jiaokou.wording.phrases import phrase

_ASPECTS = ("label", "interval", "printed", "period")


class Passage(str):
    """Plain text as a `str`; as `html`, every number is a `<data>` element with its value and where it was printed."""

    html: str
    lang: str

    def __new__(cls, text: str, html_text: str | None = None, lang: str = "zh") -> "Passage":
        """`html_text` is trusted; without it the text is escaped."""
        passage = super().__new__(cls, text)
        passage.html = html.escape(text) if html_text is None else html_text
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
        `.paragraph` or `.char_start` its place.

        Raises JiaokouError if a code is unknown, if the two languages do not name the same numbers, and, naming
        sentence and data, if what is given is not so.
        """
        fields = [{field.partition(".")[0] for _, field in _parse(text) if field} for text in (zh, en)]
        if odd := fields[0] ^ fields[1]:
            raise JiaokouError(
                f"only one of the two languages says {', '.join(sorted(odd))}: name it in both"
            )
        texts, pieces = [], []
        for literal, field in _parse(pick((zh, en), self.lang)):
            text, piece = self._fill(field, values) if field else ("", "")
            texts += [literal, text]
            pieces += [html.escape(literal, quote=False), piece]
        check_given(given, "".join(texts), lambda name: self._named(name, values), self.package)
        return Passage("".join(texts), "".join(pieces), self.lang)

    def source(self, frame: pd.DataFrame) -> str:
        """The source line of a frame of observations, milestones, derived quantities or relations."""
        return labels.source(frame, self.lang, self.package)

    def label(self, list_: str, code: str) -> str:
        """The label of a code: `say.label("stage", "completed")`, `say.label("topics", "transport")`."""
        return labels.code(self.package, list_, code, self.lang)

    def quantity(self, row: Row) -> str:
        """A row's value as it is written in the narrator's language."""
        return numbers.quantity(row, self.lang, self.package)

    @property
    def _observations(self) -> Mapping[Any, Any]:
        return records(self.package, "observations")

    @property
    def _derived(self) -> Mapping[Any, Any]:
        return records(self.package, "derived")

    def _named(self, code: str, values: Mapping[str, Any]) -> Any:
        """What a name stands for: one of `values`, or the row of an observation or a derived quantity."""
        for known in (values, self._observations, self._derived):
            if code in known:
                return known[code]
        known_codes = map(str, [*self._observations, *self._derived])
        raise JiaokouError(f"unknown observation or derived code {code!r}{near(code, known_codes)}")

    def _fill(self, field: str, values: Mapping[str, Any]) -> tuple[str, str]:
        """A placeholder as text and as HTML."""
        code, _, aspect = field.partition(".")
        if aspect and aspect not in _ASPECTS:
            raise JiaokouError(f"unknown {{{field}}}: after the point stands {', '.join(_ASPECTS)}")
        row = self._named(code, values)
        is_row = isinstance(row, pd.Series | dict)
        text = self._aspect(row, aspect) if is_row else self._plain(code, row)
        if not is_row or aspect in ("label", "period") or "value" not in row:
            return text, html.escape(text, quote=False)
        kind = "observation" if "observation" in row else "derived"
        return text, data_element(kind, str(row.get(kind, code)), row, text, self.lang, self.package)

    def _aspect(self, row: Any, aspect: str) -> str:
        match aspect:
            case "label":
                return labels.label(row, self.lang, self.package)
            case "period":
                return labels.period(row, self.lang)
            case "printed":
                return Passage(str(row["printed"]), in_chinese(str(row["printed"]), self.lang))
            case "interval":
                return numbers.interval(
                    row["lower"], row["upper"], str(row["unit"]), self.lang, self.package, row
                )
        return self.quantity(row)

    def _plain(self, name: str, value: Any) -> str:
        if name.endswith("year"):
            return str(value)  # years are no quantities: 2030, never 2,030
        if isinstance(value, dt.date):
            return format_date(value, "long", locale=LOCALE[self.lang])
        if isinstance(value, int | float | Decimal | np.number):
            return numbers.number(value if isinstance(value, Decimal) else float(value), self.lang)
        return str(value)


def narrator(lang: str, package: Package | str | Path) -> Narrator:
    """A `Narrator` in `lang` of a package, opened or by its folder: `say = wording.narrator("zh", data)`."""
    return Narrator(check_language(lang), opened(package))


def provenance(row: Row, lang: str, package: Package) -> str:
    """Where a number comes from: printed form and paragraph, or the formula of a computed one."""
    if not missing(printed := row.get("printed")):
        where = labels.paragraphs([row.get("paragraph")], lang)
        return phrase("printed_in", lang, printed=printed, where=where)
    computed = "—" if missing(row.get("formula")) else labels.formula(row, lang, package)
    return phrase("computed", lang, formula=computed)


def in_chinese(text: str, lang: str) -> str:
    """Chinese text as HTML for a page in `lang`: escaped, and marked as Chinese on an English page."""
    shown = html.escape(text, quote=False)
    return shown if lang == "zh" else f'<span lang="{HTML_LANG["zh"]}">{shown}</span>'


def data_element(kind: str, code: str, row: Row, text: str, lang: str, package: Package) -> str:
    """A number as HTML: `<data class="observation" value="79" data-observation="…" title="printed …">79</data>`."""
    value = "" if missing(row["value"]) else f' value="{float(row["value"]):.15g}"'
    title = html.escape(provenance(row, lang, package))
    shown = text.html if isinstance(text, Passage) else html.escape(text, quote=False)
    return f'<data class="{kind}"{value} data-{kind}="{html.escape(code)}" title="{title}">{shown}</data>'


def _parse(template: str) -> Iterator[tuple[str, str]]:
    try:
        parts = list(Formatter().parse(template))
    except ValueError:
        raise JiaokouError(
            f"a brace stands alone in “{template}”: write {{{{ or }}}} for a brace itself"
        ) from None
    for literal, field, spec, conversion in parts:
        if spec or conversion:
            raise JiaokouError(f"{{{field}}} takes no format: numbers are written by the language")
        if field == "":
            raise JiaokouError(
                f"{{}} in “{template}” names no number: write a code, or a name, between the braces"
            )
        yield literal, field or ""
