"""Choices among observations or milestones: their rows, code that gives the same rows, the chart that suits them."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from jiaokou.data.package import load, milestones, open_package
from jiaokou.explore.search import search

FIELDS = {
    "observations": ("section", "topic", "basis", "unit"),
    "milestones": ("section", "topic", "stage"),
}
"""What can be chosen of each kind of row; each is a column of codes."""

_SERVE = {"observations": load, "milestones": milestones}
_CALL = {"observations": "jk.load", "milestones": "jk.milestones"}
_PLACES = ("section", "topic")


@dataclass(frozen=True)
class Choices:
    """Which rows (`what` is observations or milestones) are wanted; an empty code, or no words, leaves all."""

    what: str = "observations"
    section: str = ""
    topic: str = ""
    stage: str = ""
    basis: str = ""
    unit: str = ""
    words: str = ""

    @property
    def kind(self) -> str:
        """The name of the rows' column of codes, which is also their kind in a search."""
        return self.what.removesuffix("s")

    @property
    def query(self) -> str:
        """What is chosen besides section and words, as pandas' `query` takes it."""
        chosen = ((field, getattr(self, field)) for field in FIELDS[self.what] if field != "section")
        return " and ".join(f"{field} == {code!r}" for field, code in chosen if code)


@dataclass(frozen=True)
class Chart:
    """A chart by its name in `charts` and the column it is made `by`, if any; or, without a name, why there is none."""

    name: str = ""
    by: str = ""
    why: str = ""
    units: tuple[str, ...] = ()

    def code(self, lang: str) -> str:
        """The call that draws `rows`."""
        by = f", by={_text(self.by)}" if self.by else ""
        return f"jk.charts.{self.name}(rows, {_text(lang)}{by})"


def rows_of(choices: Choices, package: str | Path = "") -> pd.DataFrame:
    """The rows chosen, as `load()` or `milestones()` gives them.

    Words are looked for as `search` does. Raises JiaokouError for a section that there is not, and for words without
    a letter or digit.
    """
    frame = _SERVE[choices.what](choices.section or None, package=package)
    if choices.query:
        frame = frame.query(choices.query)
    if choices.words.strip():
        found = search(choices.words, package=package).query(f"kind == {choices.kind!r}")
        frame = frame[frame[choices.kind].isin(found["code"])]
    return frame


def code_of(choices: Choices, package: str | Path = "", *, lang: str = "zh") -> str:
    """Python for a notebook cell: makes `rows` what `rows_of` gives, and ends in the chart or the table of them."""
    named = f"package={_text(str(package))}" if str(package) else ""
    section = _text(choices.section) if choices.section else ""
    line = f"rows = {_CALL[choices.what]}({', '.join(filter(None, [section, named]))})"
    lines = ["import jiaokou as jk", "", f"{line}.query({_text(choices.query)})" if choices.query else line]
    if choices.words.strip():
        words = ", ".join(filter(None, [_text(choices.words), named]))
        lines.append(f"found = jk.search({words}).query(\"kind == '{choices.kind}'\")")
        lines.append(f'rows = rows[rows["{choices.kind}"].isin(found["code"])]')
    rows = rows_of(choices, package)
    chart = chart_of(choices, rows, package)
    last = "rows" if rows.empty else chart.code(lang) if chart.name else f"jk.show(rows, {_text(lang)})"
    return "\n".join([*lines, last])


def _text(text: str) -> str:
    """A string as Python code, in double quotes."""
    return json.dumps(text, ensure_ascii=False)


def options(choices: Choices, field: str, package: str | Path = "") -> dict[str, int]:
    """The codes that can be chosen for a field, in the package's order, and how many rows each has.

    Topics are those of the section chosen; stages, bases and units those of section and topic.
    """
    places = _PLACES[: _PLACES.index(field)] if field in _PLACES else _PLACES
    within = Choices(choices.what, **{place: getattr(choices, place) for place in places})
    counts = rows_of(within, package)[field].value_counts(sort=False)
    return {str(code): int(n) for code, n in counts.items() if n}


def settled(choices: Choices, package: str | Path = "") -> Choices:
    """The choices without codes that can no longer be chosen: of another kind of rows, or another section's topic."""
    for field in ("section", "topic", "stage", "basis", "unit"):
        known = options(choices, field, package) if field in FIELDS[choices.what] else {}
        if getattr(choices, field) not in known:
            choices = replace(choices, **{field: ""})
    return choices


def chart_of(choices: Choices, rows: pd.DataFrame, package: str | Path = "") -> Chart:
    """The chart that suits the rows chosen: milestones by stage; values of one unit as bars, shares within their whole.

    Values of several units, ranks, and no rows have none.
    """
    if rows.empty:
        return Chart(why="none_chosen")
    if choices.what == "milestones":
        return Chart("stages", by="claim" if choices.topic else "topic" if choices.section else "section")
    units = tuple(str(unit) for unit in rows["unit"].unique())
    if len(units) > 1:
        return Chart(why="choose_unit", units=units)
    if units == ("rank",):
        return Chart(why="ranks_undrawn")
    measures = open_package(package).frames["indicators"].set_index("indicator")["measure"]
    shares = set(rows["indicator"].map(measures)) == {"share"}
    return Chart("progress" if shares else "bars")
