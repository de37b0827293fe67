"""One number, or one indicator, and all that is known of it: a small page in a notebook, plain lines in a terminal."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from jiaokou import tables, wording
from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError, near
from jiaokou.wording import HTML_LANG, phrase

# Colours and type are the surroundings': there is nothing to undo in a dark theme.
_FACTS = "display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;margin:.6em 0"
_CELL = "width:auto;margin:0"  # JupyterLab gives a term a fifth of the room, which a grid takes as a fifth of its own
_OTHERS = {"observation": "other_values", "derived": "computed_from", "indicator": "its_values"}


@dataclass(frozen=True, eq=False)
class Indicator:
    """What is known of a published value, a derived number or an indicator (`kind`); made by `indicator`.

    `row` is its row of `load()`, `derived()` or `indicators()`. A notebook shows it as a small page, a terminal as
    plain lines, in the language `lang`.
    """

    kind: str
    code: str
    lang: str
    package: Package
    row: pd.Series

    @property
    def definition(self) -> str:
        """The indicator's definition; of a derived number, that of its kind of computation."""
        known, code = self.package.frames["indicators"].set_index("indicator"), self.row.get("indicator")
        if self.kind == "derived":
            known, code = self.package.codes["derivation"], self.row["kind"]
        return str(known.at[str(code), f"definition_{self.lang}"])

    @property
    def observations(self) -> pd.DataFrame:
        """Rows of `load()`: all values of its indicator; of a derived number, those that it is computed from."""
        rows = self.package.frames["observations"]
        if self.kind == "derived":
            chosen = rows["observation"].isin([self.row["first"], self.row["second"]])
        else:
            chosen = rows["indicator"] == self.row["indicator"]
        return rows[chosen].reset_index(drop=True)

    @property
    def others(self) -> pd.DataFrame:
        """`observations` without the published value itself."""
        rows = self.observations
        return rows[(rows["observation"] != self.code) | (self.kind != "observation")].reset_index(drop=True)

    @property
    def relations(self) -> pd.DataFrame:
        """Rows of `audit()`: those that speak of the published value, or else of any of `observations`."""
        about = {self.code} if self.kind == "observation" else set(self.observations["observation"])
        rows = audit_of(self.package)
        chosen = [not about.isdisjoint(codes.split()) for codes in rows["observations"]]
        return rows[chosen].reset_index(drop=True)

    def __repr__(self) -> str:
        lines = [f"{self._label(self.row)} [{self.kind} {self.code}]"]
        lines += [self._line(name, Markup(fact).striptags()) for name, fact in self._facts()]
        for heading, rows in self._tied():
            lines += [heading, *(self._said(row) for _, row in rows.iterrows())]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        facts = "".join(
            f'<dt style="{_CELL}">{html.escape(name)}</dt><dd style="{_CELL}">{fact}</dd>'
            for name, fact in self._facts()
        )
        parts = [
            f"<p><strong>{html.escape(self._label(self.row))}</strong> <code>{html.escape(self.code)}</code></p>"
        ]
        parts.append(f'<dl style="{_FACTS}">{facts}</dl>')
        for heading, rows in self._tied():
            parts.append(f"<p><strong>{heading}</strong></p>")
            if len(rows):
                table = tables.audit if "relation" in rows else tables.observations
                parts.append(table(rows, self.lang, package=self.package)._repr_html_())
        return f'<div lang="{HTML_LANG[self.lang]}">{"".join(parts)}</div>'

    def _label(self, row: wording.Row) -> str:
        return wording.label(row, self.lang, self.package)

    def _line(self, label: str, text: str) -> str:
        return "  " + phrase("item", self.lang, label=label, text=text)

    def _facts(self) -> list[tuple[str, str]]:
        """Headings and HTML: definition, unit, and what the tables say of a number; the note on its reading."""
        lang, package, row = self.lang, self.package, self.row
        unit = wording.code(package, "units", str(row["unit"]), lang)
        facts = [("definition", self.definition), ("unit", unit)]
        if not wording.missing(note := row.get("note")):
            texts = package.frames["notes"].set_index("note")[f"text_{lang}"]
            facts.append(("note", str(texts[str(note)])))
        said = [(phrase(name, lang), html.escape(text, quote=False)) for name, text in facts]
        if self.kind != "indicator":
            said[2:2] = tables.facts(self.kind, row, lang, package=package)
        return said

    def _tied(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """What stands below the number, each part with its heading: relations, then other values."""
        relations, others = self.relations, self.others
        yield phrase("no_relation" if relations.empty else "relations_with", self.lang), relations
        if len(others):
            yield phrase(_OTHERS[self.kind], self.lang), others

    def _said(self, row: wording.Row) -> str:
        """A relation and its verdict, or another value: who, how much, the kind of claim, and its code to ask for."""
        lang, package = self.lang, self.package
        if "relation" in row:
            return self._line(self._label(row), wording.code(package, "verdict", str(row["verdict"]), lang))
        basis = wording.code(package, "basis", str(row["basis"]), lang)
        text = phrase("of_basis", lang, label=wording.quantity(row, lang, package), basis=basis)
        return f"{self._line(self._label(row), text)} [{row['observation']}]"


def indicator(code: str, *, package: str | Path = "", lang: str = "zh") -> Indicator:
    """All that is known of a number: definition, unit, printed form, bounds, period, basis, place, relations.

    `code` is that of an observation, a derived number or an indicator, looked for in this order (where an indicator
    and its observation share a code, the observation is meant; the indicator's other values stand below it).
    Bounds are shown where they say more than the value. Frames for a hand are `.observations` and `.others` (rows of
    `load()`) and `.relations` (rows of `audit()`).

        >>> indicator("budget_revenue", lang="en")
        General public budget revenue [observation budget_revenue]
          Definition: Revenue of the year under the general public budget
          Unit: yuan (renminbi)
          Value: more than CNY 1.1 bn
          ...

    Raises JiaokouError for an unknown code, with those that come near, and for an unknown language.
    """
    wording.check_language(lang)
    opened = open_package(package)
    frames = {
        "observation": opened.frames["observations"],
        "derived": derived_of(opened),
        "indicator": opened.frames["indicators"],
    }
    for kind, frame in frames.items():
        if len(rows := frame[frame[kind] == str(code)]):
            return Indicator(kind, code, lang, opened, rows.iloc[0])
    for kind, call in (("milestone", "milestones"), ("relation", "audit")):
        if str(code) in set(opened.frames[f"{kind}s"][kind]):
            raise JiaokouError(f"“{code}” is a {kind}, not a number; its row is in jiaokou.{call}()")
    known = dict.fromkeys(str(each) for kind, frame in frames.items() for each in frame[kind])
    hint = near(code, known) or "; jiaokou.search finds codes by the words in their labels"
    raise JiaokouError(f"no observation, derived number or indicator “{code}”{hint}")
