"""Choices among observations or milestones: their rows, code that gives the same rows, the chart that suits them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from jiaokou.data.package import load, milestones, open_package, pick
from jiaokou.explore.search import search

FIELDS = {"observations": ("section", "topic", "basis", "unit"), "milestones": ("section", "topic", "stage")}
"""What can be chosen of each kind of row; each is a column of codes."""

_SERVE = {"observations": load, "milestones": milestones}


@dataclass(frozen=True)
class Choices:
    """Which rows (`what` is observations or milestones) are wanted; an empty code, or no words, leaves all.

    `codes` are single rows out of those that the others leave.
    """

    what: str = "observations"
    section: str = ""
    topic: str = ""
    stage: str = ""
    basis: str = ""
    unit: str = ""
    words: str = ""
    codes: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """The name of the rows' column of codes, which is also their kind in a search."""
        return self.what.removesuffix("s")


@dataclass(frozen=True, eq=False)
class Narrowed:
    """What choices come to: those that can be made, what each field offers (`options`), and the rows that they leave.

    Of `total` rows the `offered` are those out of which single ones can be chosen, and `rows` those chosen, as
    `load()` or `milestones()` gives them.
    """

    choices: Choices
    package: str | Path
    total: int
    options: dict[str, dict[str, int]]
    offered: pd.DataFrame
    rows: pd.DataFrame

    @property
    def chart(self) -> tuple[str, str, str]:
        """The chart that suits the rows: its name in `charts`, the column it is made by, or why there is none.

        Milestones by stage; values of one unit as bars, shares within their whole.
        """
        choices, rows = self.choices, self.rows
        if rows.empty:
            return "", "", "none_chosen"
        if choices.what == "milestones":
            return "board", "claim" if choices.topic else "topic" if choices.section else "section", ""
        if rows["unit"].nunique() > 1:
            return "", "", "choose_unit"
        if rows["unit"].iloc[0] == "rank":
            return "", "", "ranks_undrawn"
        indicators = open_package(self.package).frames["indicators"]
        measures = indicators.loc[indicators["indicator"].isin(rows["indicator"]), "measure"]
        return "progress" if set(measures) == {"share"} else "bars", "", ""

    def code(self, lang: str = "zh") -> str:
        """Python for a notebook cell: makes `rows` what is chosen, and ends in the chart or the table of them."""
        choices, (chart, by, _) = self.choices, self.chart
        lines = ["import jiaokou", "", f"page = jiaokou.briefing({_texts(lang, str(self.package))})"]
        rows = f"page.{choices.what if choices.what == 'milestones' else 'load'}()"
        if choices.codes:
            lines.append(f"rows = jiaokou.pick({rows}, {_texts(*choices.codes)})")
        else:
            chosen = ((field, getattr(choices, field)) for field in FIELDS[choices.what])
            query = " and ".join(f"{field} == {code!r}" for field, code in chosen if code)
            lines.append(f"rows = {rows}" + (f".query({_texts(query)})" if query else ""))
            if choices.words.strip():
                lines.append(f"found = page.search({_texts(choices.words)}).query(\"kind == '{choices.kind}'\")")
                lines.append(f'rows = rows[rows["{choices.kind}"].isin(found["code"])]')
        drawn = f"page.charts.{chart}(rows{f', by={_texts(by)}' if by else ''})" if chart else "page.show(rows)"
        return "\n".join([*lines, "rows" if self.rows.empty else drawn])


def narrowed(choices: Choices, package: str | Path = "") -> Narrowed:
    """Make choices one after the other; a code that is not to be had among what those before it leave is dropped.

    Words are looked for as `search` does. Raises JiaokouError for words without a letter or digit.
    """
    frame, options = _SERVE[choices.what](package=package), {}
    total = len(frame)
    for field in ("section", "topic", "stage", "basis", "unit"):
        counts = frame[field].value_counts(sort=False) if field in FIELDS[choices.what] else pd.Series()
        options[field] = {str(code): int(n) for code, n in counts.items() if n}
        if (chosen := getattr(choices, field)) in options[field]:
            frame = frame[frame[field] == chosen]
        else:
            choices = replace(choices, **{field: ""})  # type: ignore[arg-type]
    if choices.words.strip():
        found = search(choices.words, package=package).query(f"kind == {choices.kind!r}")
        frame = frame[frame[choices.kind].isin(found["code"])]
    known = set(frame[choices.kind])
    choices = replace(choices, codes=tuple(code for code in choices.codes if code in known))
    rows = pick(frame, *choices.codes) if choices.codes else frame
    return Narrowed(choices, package, total, options, frame, rows)


def _texts(*texts: str) -> str:
    """Those strings that are not empty as Python code, in double quotes."""
    return ", ".join(json.dumps(text, ensure_ascii=False) for text in texts if text)
