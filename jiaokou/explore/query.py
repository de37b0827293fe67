"""Rows chosen among observations or milestones, code that gives the same rows, and the chart that suits them."""

import json
from pathlib import Path
from typing import Any

from jiaokou.data.package import open_package, pick
from jiaokou.explore.search import search

FIELDS = {"observations": ("section", "topic", "basis", "unit"), "milestones": ("section", "topic", "stage")}
"""What can be chosen of each kind of row; each is a column of codes."""


class Selection:
    """Which rows are wanted (`what` is observations or milestones): by codes of fields, `words`, and single `codes`.

    Choices are made one after the other; a code that those before it leave nothing of is dropped, so that `chosen` and
    `codes` are those that hold. Of `total` rows the `offered` are those out of which single ones can be chosen, and
    `rows` those chosen; `options` says of each field how many rows each code would leave. Words are looked for as
    `search` does. Raises JiaokouError for words without a letter or digit.
    """

    def __init__(self, what: str = "observations", *, package: str | Path = "", **choices: Any) -> None:
        self.what, self.package, self.words = what, package, choices.get("words", "")
        self.kind = what.removesuffix("s")  # the rows' column of codes, and their kind in a search
        self.chosen: dict[str, str] = {}
        self.options: dict[str, dict[str, int]] = {}
        frame = open_package(package).frames[what].copy()
        self.total = len(frame)
        for field in FIELDS[what]:
            counts = frame[field].value_counts(sort=False)
            self.options[field] = {str(code): int(n) for code, n in counts.items() if n}
            if (code := choices.get(field)) in self.options[field]:
                self.chosen[field] = code
                frame = frame[frame[field] == code]
        if self.words.strip():
            found = search(self.words, package=package).query(f"kind == {self.kind!r}")
            frame = frame[frame[self.kind].isin(found["code"])]
        self.offered = frame
        known = set(frame[self.kind])
        self.codes = tuple(code for code in choices.get("codes", ()) if code in known)
        self.rows = pick(frame, *self.codes) if self.codes else frame

    @property
    def chart(self) -> tuple[str, str, str]:
        """The chart that suits the rows: its name in `charts`, the column it is made by, or why there is none.

        Milestones by stage; values of one unit as bars, shares within their whole.
        """
        if self.rows.empty:
            return "", "", "none_chosen"
        if self.what == "milestones":
            by = "claim" if "topic" in self.chosen else "topic" if "section" in self.chosen else "section"
            return "board", by, ""
        units = {*self.rows["unit"]}
        if len(units) > 1 or "rank" in units:
            return "", "", "choose_unit" if len(units) > 1 else "ranks_undrawn"
        indicators = open_package(self.package).frames["indicators"].set_index("indicator")
        if {*indicators.loc[self.rows["indicator"], "measure"]} == {"share"}:
            return "progress", "", ""
        return "intervals" if (self.rows["value"] < 0).any() else "bars", "", ""

    def code(self, lang: str = "zh") -> str:
        """Python for a notebook cell: makes `rows` what is chosen, and ends in the chart or the table of them."""
        chart, by, _ = self.chart
        lines = ["import jiaokou", "", f"page = jiaokou.briefing({_texts(lang, str(self.package))})"]
        rows = "page.milestones()" if self.what == "milestones" else "page.load()"
        if self.codes:
            lines.append(f"rows = jiaokou.pick({rows}, {_texts(*self.codes)})")
        else:
            query = " and ".join(f"{field} == {code!r}" for field, code in self.chosen.items())
            lines.append(f"rows = {rows}" + (f".query({_texts(query)})" if query else ""))
            if self.words.strip():
                lines.append(f"found = page.search({_texts(self.words)}).query(\"kind == '{self.kind}'\")")
                lines.append(f'rows = rows[rows["{self.kind}"].isin(found["code"])]')
        drawn = f"page.charts.{chart}(rows{f', by={_texts(by)}' if by else ''})" if chart else "page.show(rows)"
        return "\n".join([*lines, "rows" if self.rows.empty else drawn])


def _texts(*texts: str) -> str:
    """Those strings that are not empty as Python code, in double quotes."""
    return ", ".join(json.dumps(text, ensure_ascii=False) for text in texts if text)
