"""One number, or one indicator, and all that is known of it: a small page in a notebook, plain lines in a terminal."""

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from jinja2 import Template
from markupsafe import Markup, escape

from jiaokou import tables, wording
from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError, near
from jiaokou.explore.show import show
from jiaokou.wording import phrase

_OTHERS = {"observation": "other_values", "derived": "computed_from", "indicator": "its_values"}


class Indicator:
    """What is known of a published value, a derived number or an indicator (`kind`) by its `code`; made by `indicator`.

    `row` is its row of `load()`, `derived()` or `indicators()`, and `definition` the indicator's, or that of its kind
    of computation. `observations` are rows of `load()`: all values of its indicator, or those that a derived number is
    computed from. `relations` are the rows of `audit()` that speak of it, or else of any of `observations`. A notebook
    shows it as a small page, a terminal as plain lines, in the language `lang`.
    """

    def __init__(self, kind: str, row: pd.Series, lang: str, package: Package) -> None:
        self.kind, self.code, self.row, self.lang, self.package = kind, str(row[kind]), row, lang, package
        rows, relations = package.frames["observations"], audit_of(package)
        if kind == "derived":
            definitions, of, belongs = "derivation", row["kind"], rows["observation"].isin(row[["first", "second"]])
        else:
            definitions, of, belongs = "indicators", row["indicator"], rows["indicator"] == row["indicator"]
        self.definition: str = wording.records(package, definitions)[of][f"definition_{lang}"]
        self.observations = rows[belongs].reset_index(drop=True)
        about = {self.code} if kind == "observation" else set(self.observations["observation"])
        tied = [not about.isdisjoint(codes.split()) for codes in relations["observations"]]
        self.relations = relations[tied].reset_index(drop=True)

    def __repr__(self) -> str:
        lines = [f"{self._label(self.row)} [{self.kind} {self.code}]"]
        lines += [self._line(name, fact.striptags()) for name, fact in self._facts()]
        for heading, rows in self._tied():
            lines += [heading, *map(self._said, wording.rows(rows))]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        template = Template(Path(__file__).with_suffix(".html.j2").read_text("utf-8"), autoescape=True)
        given = {"label": self._label(self.row), "html_lang": wording.HTML_LANG[self.lang], "show": show}
        return template.render(found=self, facts=self._facts(), tied=self._tied(), **given)

    def _label(self, row: wording.Row) -> str:
        return wording.label(row, self.lang, self.package)

    def _line(self, label: str, text: str) -> str:
        return "  " + phrase("item", self.lang, label=label, text=text)

    def _facts(self) -> list[tuple[str, Markup]]:
        """Headings and HTML: definition, unit, and what the tables say of a number; the note on its reading."""
        lang, package, row = self.lang, self.package, self.row
        unit = wording.code(package, "units", row["unit"], lang)
        facts = [(phrase("definition", lang), escape(self.definition)), (phrase("unit", lang), escape(unit))]
        if self.kind != "indicator":  # its relations stand below
            facts += tables.facts(self.kind, row, lang, package=package, without="verdicts")
        if not wording.missing(note := row.get("note")):
            texts = package.frames["notes"].set_index("note")[f"text_{lang}"]
            facts.append((phrase("note", lang), escape(texts[str(note)])))
        return facts

    def _tied(self) -> Iterator[tuple[str, pd.DataFrame]]:
        """What stands below the number, each part with its heading: relations, then other values."""
        yield phrase("no_relation" if self.relations.empty else "relations_with", self.lang), self.relations
        others = self.observations[self.observations["observation"] != self.code]
        if len(others):
            yield phrase(_OTHERS[self.kind], self.lang), others

    def _said(self, row: wording.Row) -> str:
        """A relation and its verdict, or another value: who, how much, the kind of claim, and its code to ask for."""
        lang, package = self.lang, self.package
        if "relation" in row:
            return self._line(self._label(row), wording.code(package, "verdict", row["verdict"], lang))
        basis = wording.code(package, "basis", row["basis"], lang)
        text = phrase("of_basis", lang, label=wording.quantity(row, lang, package), basis=basis)
        return f"{self._line(self._label(row), text)} [{row['observation']}]"


def indicator(code: str, *, package: str | Path = "", lang: str = "zh") -> Indicator:
    """All that is known of a number: definition, unit, printed form, bounds, period, basis, place, relations.

    `code` is that of an observation, a derived number or an indicator, looked for in this order (where an indicator
    and its observation share a code, the observation is meant; the indicator's other values stand below it).
    Bounds are shown where they say more than the value. Frames for a hand are `.observations` and `.relations`.

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
    frames = opened.frames["observations"], derived_of(opened), opened.frames["indicators"]
    for frame in frames:
        if len(rows := frame[frame.iloc[:, 0] == str(code)]):
            return Indicator(frame.columns[0], rows.iloc[0], lang, opened)
    for kind, call in (("milestone", "milestones"), ("relation", "audit")):
        if str(code) in set(opened.frames[f"{kind}s"][kind]):
            raise JiaokouError(f"“{code}” is a {kind}, not a number; its row is in jiaokou.{call}()")
    known = dict.fromkeys(str(each) for frame in frames for each in frame.iloc[:, 0])
    hint = near(code, known) or "; jiaokou.search finds codes by the words in their labels"
    raise JiaokouError(f"no observation, derived number or indicator “{code}”{hint}")
