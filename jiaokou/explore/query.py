"""Choices among observations or milestones: their rows, code that gives the same rows, the chart that suits them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

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


class Narrowed(NamedTuple):
    """What choices come to: those that can be made, what each field offers, and the rows that they leave.

    Of `total` rows the `offered` are those out of which single ones can be chosen, and `rows` those chosen, as
    `load()` or `milestones()` gives them.
    """

    choices: Choices
    options: dict[str, dict[str, int]]
    total: int
    offered: pd.DataFrame
    rows: pd.DataFrame


class Chart(NamedTuple):
    """A chart by its name in `charts` and the column it is made `by`, if any; or, without a name, why there is none."""

    name: str = ""
    by: str = ""
    why: str = ""


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
    return Narrowed(choices, options, total, frame, pick(frame, *choices.codes) if choices.codes else frame)


def code_of(left: Narrowed, package: str | Path = "", *, lang: str = "zh") -> str:
    """Python for a notebook cell: makes `rows` what is chosen, and ends in the chart or the table of them."""
    choices, chart = left.choices, chart_of(left, package)
    named = ", ".join(_text(each) for each in (lang, str(package)) if each)
    lines, rows = (
        ["import jiaokou", "", f"page = jiaokou.briefing({named})"],
        f"page.{_SERVE[choices.what].__name__}()",
    )
    if choices.codes:
        lines.append(f"rows = jiaokou.pick({rows}, {', '.join(map(_text, choices.codes))})")
    else:
        chosen = ((field, getattr(choices, field)) for field in FIELDS[choices.what])
        query = " and ".join(f"{field} == {code!r}" for field, code in chosen if code)
        lines.append(f"rows = {rows}" + (f".query({_text(query)})" if query else ""))
        if choices.words.strip():
            kind = choices.kind
            lines.append(f"found = page.search({_text(choices.words)}).query(\"kind == '{kind}'\")")
            lines.append(f'rows = rows[rows["{kind}"].isin(found["code"])]')
    by = f", by={_text(chart.by)}" if chart.by else ""
    drawn = f"page.charts.{chart.name}(rows{by})" if chart.name else "page.show(rows)"
    return "\n".join([*lines, "rows" if left.rows.empty else drawn])


def _text(text: str) -> str:
    """A string as Python code, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def chart_of(left: Narrowed, package: str | Path = "") -> Chart:
    """The chart that suits the rows chosen: milestones by stage; values of one unit as bars, shares within their whole.

    Values of several units, ranks, and no rows have none.
    """
    choices, rows = left.choices, left.rows
    if rows.empty:
        return Chart(why="none_chosen")
    if choices.what == "milestones":
        return Chart("board", by="claim" if choices.topic else "topic" if choices.section else "section")
    if rows["unit"].nunique() > 1:
        return Chart(why="choose_unit")
    if rows["unit"].iloc[0] == "rank":
        return Chart(why="ranks_undrawn")
    indicators = open_package(package).frames["indicators"]
    measures = indicators.loc[indicators["indicator"].isin(rows["indicator"]), "measure"]
    return Chart("progress" if set(measures) == {"share"} else "bars")
