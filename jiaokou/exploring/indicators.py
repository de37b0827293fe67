"""One number, or one indicator, and all that is known of it, shown where it is asked for."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from great_tables import GT
from markupsafe import Markup

from jiaokou import tables, wording
from jiaokou.audit import audit_of
from jiaokou.datasets import Package, open_package
from jiaokou.derive import derived
from jiaokou.errors import JiaokouError
from jiaokou.wording import HTML_LANG, Row, phrase
from jiaokou.wording.languages import near

# Colours and type are the surroundings': there is nothing to undo in a dark theme.
_FACTS = "display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;margin:.6em 0"
_OTHERS = {"observation": "other_values", "derived": "computed_from", "indicator": "its_values"}


@dataclass(frozen=True, eq=False)
class Indicator:
    """What is known of a published value, a derived number or an indicator (`kind`); made by `indicator`.

    A notebook shows it as a small page, a terminal as plain lines.
    """

    kind: str
    code: str
    lang: str
    package: Package
    row: Row

    def __repr__(self) -> str:
        lines = [f"{self.label} [{self.kind} {self.code}]"]
        lines += [
            "  " + phrase("item", self.lang, label=name, text=Markup(fact).striptags())
            for name, fact in self.facts
        ]
        verdicts, values = self._verdicts(), self._values()
        lines += [phrase("relations_with" if verdicts else "no_relation", self.lang), *verdicts]
        lines += [phrase(_OTHERS[self.kind], self.lang), *values] if values else []
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        facts = "".join(
            f"<dt>{html.escape(name)}</dt><dd style='margin:0'>{fact}</dd>" for name, fact in self.facts
        )
        head = f"<strong>{html.escape(self.label)}</strong> <code>{html.escape(self.code)}</code>"
        shown = f'<p>{head}</p><dl style="{_FACTS}">{facts}</dl>{self._relations_html()}{self._others_html()}'
        return f'<div lang="{HTML_LANG[self.lang]}">{shown}</div>'

    @property
    def label(self) -> str:
        """What it is called, and whom it is about unless that is the release's own place."""
        return wording.label(self.row, self.lang, self.package)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Headings and HTML: definition, unit, and what the tables say of a number; the note on its reading."""
        unit = wording.code(self.package, "units", str(self.row["unit"]), self.lang)
        found = [(phrase("definition", self.lang), html.escape(self._definition(), quote=False))]
        found.append((phrase("unit", self.lang), html.escape(unit, quote=False)))
        if self.kind != "indicator":
            found += tables.facts(self.kind, self.row, self.lang, package=self.package)
        if not wording.missing(note := self.row.get("note")):
            texts = self.package.frames["notes"].set_index("note")[f"text_{self.lang}"]
            found.append((phrase("note", self.lang), html.escape(str(texts[str(note)]), quote=False)))
        return found

    @property
    def observations(self) -> pd.DataFrame:
        """Rows of `load()`: all values of its indicator; of a derived number, those that it is computed from."""
        rows = self.package.frames["observations"]
        if self.kind == "derived":
            chosen = rows["observation"].isin([self.row["left"], self.row["right"]])
        else:
            chosen = rows["indicator"] == self.row["indicator"]
        return rows[chosen].reset_index(drop=True)

    @property
    def relations(self) -> pd.DataFrame:
        """Rows of `audit()`: those that speak of the published value, or else of any of `observations`."""
        about = {self.code} if self.kind == "observation" else set(self.observations["observation"])
        rows = audit_of(self.package)
        return rows[[not about.isdisjoint(codes.split()) for codes in rows["observations"]]].reset_index(
            drop=True
        )

    def _definition(self) -> str:
        """The indicator's own; of a derived number, that of its kind of computation."""
        column = f"definition_{self.lang}"
        if self.kind == "derived":
            return str(self.package.codes["derivation"].at[self.row["kind"], column])
        indicators = self.package.frames["indicators"].set_index("indicator")
        return str(indicators.at[self.row["indicator"], column])

    def _others(self) -> pd.DataFrame:
        """Of a published value, the other values of its indicator; else all of `observations`."""
        rows = self.observations
        return rows[rows["observation"] != self.code] if self.kind == "observation" else rows

    def _verdicts(self) -> list[str]:
        names = self.package.codes["verdict"][f"label_{self.lang}"]
        return [self._line(row, names[row["verdict"]]) for _, row in self.relations.iterrows()]

    def _values(self) -> list[str]:
        lines = []
        for _, row in self._others().iterrows():
            basis = wording.code(self.package, "basis", str(row["basis"]), self.lang)
            value = wording.quantity(row, self.lang, self.package)
            text = phrase("of_basis", self.lang, label=value, basis=basis)
            lines.append(f"{self._line(row, text)} [{row['observation']}]")
        return lines

    def _line(self, row: Row, text: str) -> str:
        return "  " + phrase("item", self.lang, label=wording.label(row, self.lang, self.package), text=text)

    def _relations_html(self) -> str:
        rows = self.relations
        if rows.empty:
            return f"<p>{phrase('no_relation', self.lang)}</p>"
        return self._headed("relations_with", rows, tables.audit)

    def _others_html(self) -> str:
        rows = self._others()
        return "" if rows.empty else self._headed(_OTHERS[self.kind], rows, tables.observations)

    def _headed(self, heading: str, rows: pd.DataFrame, table: Callable[..., GT]) -> str:
        source = wording.source(rows, self.lang, self.package)
        sheet = table(rows, self.lang, source=source, package=self.package)
        return f"<p><strong>{phrase(heading, self.lang)}</strong></p>{sheet.as_raw_html()}"


def indicator(code: str, *, package: str | Path = "", lang: str = "zh") -> Indicator:
    """All that is known of a number: definition, unit, printed form, bounds, period, basis, place, relations.

    `code` is that of an observation, a derived number or an indicator, looked for in this order (where an indicator
    and its observation share a code, the observation is meant; the indicator's other values stand below it).
    Frames for a hand are `.observations` (rows of `load()`) and `.relations` (rows of `audit()`).

        >>> jiaokou.indicator("projects_planned", lang="en")  # doctest: +SKIP

    Raises JiaokouError for an unknown code, with those that come near, and for an unknown language.
    """
    opened = open_package(package)
    wording.check_language(lang)
    frames = {
        "observation": opened.frames["observations"],
        "derived": derived(package=package),
        "indicator": opened.frames["indicators"],
    }
    for kind, frame in frames.items():
        for _, row in frame[frame[kind] == code].iterrows():
            return Indicator(kind, code, lang, opened, row)
    known = dict.fromkeys(str(each) for kind, frame in frames.items() for each in frame[kind])
    hint = near(code, known) or "; jiaokou.search finds codes by the words in their labels"
    raise JiaokouError(f"no observation, derived number or indicator “{code}”{hint}")
