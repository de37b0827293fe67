"""One number, or one indicator, and all that is known of it.

Words and tables are loaded when it is shown: whoever wants its frames need not wait for them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError, near


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

    def __repr__(self) -> str:
        from jiaokou.explore.shown import as_text

        return as_text(self)

    def _repr_html_(self) -> str:
        from jiaokou.explore.shown import as_html

        return as_html(self)

    @property
    def definition(self) -> str:
        """The indicator's definition; of a derived number, that of its kind of computation."""
        column = f"definition_{self.lang}"
        if self.kind == "derived":
            return str(self.package.codes["derivation"].at[str(self.row["kind"]), column])
        indicators = self.package.frames["indicators"].set_index("indicator")
        return str(indicators.at[str(self.row["indicator"]), column])

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
          Value: over CNY 1.1 bn
          ...

    Raises JiaokouError for an unknown code, with those that come near, and for an unknown language.
    """
    from jiaokou.wording.languages import check_language

    check_language(lang)
    opened = open_package(package)
    frames = {
        "observation": opened.frames["observations"],
        "derived": derived(package=package),
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
