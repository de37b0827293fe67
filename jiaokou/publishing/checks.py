"""What must be right with an edition before anyone is led to it."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.descriptor import Json
from jiaokou.html.display import PLOTLY
from jiaokou.html.document import is_shown
from jiaokou.html.figures import losses, normal
from jiaokou.html.markup import requests, style_requests

_FRONT, _VALUES = "index.html", "data/observations.csv"


class Markup(HTMLParser):
    """What stands in a piece of HTML, as a parser finds it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids, self.codes = set[str](), set[str]()
        self.numbers, self.requests, self.lost = list[str](), list[str](), list[str]()
        self.counts = Counter[str]()
        """How many elements there are of a name, and how many charts."""

        self._opened: tuple[str, list[str]] = ("", [])
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Count an element, and note what it says and asks for."""
        attributes = {name: value or "" for name, value in attrs}
        classes = attributes.get("class", "").split()
        self.counts.update([tag, *(["chart"] if "chart" in classes else [])])
        self.ids |= {attributes["id"]} if "id" in attributes else set()
        self.codes |= {attributes["data-observation"]} if "data-observation" in attributes else set()
        if tag == "data" and (of := [f'{name}="{value}"' for name, value in attrs if name.startswith("data-")]):
            self.numbers.append(f"{of[0]} {attributes.get('value', '')}")
        self.requests += requests(tag, attributes)
        self._opened = tag, classes

    def handle_data(self, data: str) -> None:
        """Note what a style sheet asks for, what a page says that it lost, and the rows that its script adds."""
        tag, classes = self._opened
        if tag == "style":
            self.requests += style_requests(data)
        elif tag == "script" and "rows" in classes:
            self.ids |= {code for code, *_ in json.loads(data)}
        elif "lost" in classes:
            self.lost.append(data.strip())
        self._opened = "", []


def gate(folder: Path, expected: Sequence[str]) -> Iterator[str]:
    """What is wrong with an edition that is about to be published, one line for each finding.

    `expected` are the pages, as ``zh/01_economy``.
    """
    needed = [_FRONT, _VALUES, *(file for name in expected for file in (f"{name}.html", f"notebooks/{name}.ipynb"))]
    if missing := [file for file in needed if not (folder / file).is_file()]:
        yield f"{', '.join(missing)} is missing"
        return
    files = sorted(folder.rglob("*.html"))
    pages = {path.relative_to(folder).as_posix(): Markup(path.read_text(encoding="utf-8")) for path in files}
    numbers: dict[str, dict[str, set[str]]] = {}
    for name in expected:
        lang, _, briefing = name.partition("/")
        outputs = list(_outputs(folder / "notebooks" / f"{name}.ipynb", lang))
        forms = [output.get("data", {}) for output in outputs]
        figures = [each[PLOTLY] for each in forms if PLOTLY in each]
        # Only text that was split into lines is joined.
        shown = Markup("".join("".join(each.get("text/html", "")) for each in forms if PLOTLY not in each))
        yield from (f"{name} {finding}" for finding in _page(pages[f"{name}.html"], outputs, figures, shown))
        numbers.setdefault(briefing, {})[lang] = {*shown.numbers, *_numbers(figures)}
    for briefing, spoken in numbers.items():
        yield from (f"{briefing} {finding}" for finding in _differing(spoken))
    for name, page in pages.items():
        if page.requests:
            yield f"{name} would ask a network: {page.requests[0][:80]}"
    # `null` is a code like any other.
    codes = pd.read_csv(folder / _VALUES, usecols=[0], dtype="str", keep_default_na=False)
    if unlisted := {*codes.iloc[:, 0]} - pages[_FRONT].ids:
        yield f"{_FRONT} does not list {', '.join(sorted(unlisted))}"


def _outputs(notebook: Path, lang: str) -> Iterator[Json]:
    """The outputs of an executed notebook that its page shows."""
    for cell in json.loads(notebook.read_bytes())["cells"]:
        if is_shown(set(cell["metadata"].get("tags", [])), lang):
            yield from cell.get("outputs", [])


def _page(page: Markup, outputs: Sequence[Json], figures: Sequence[Json], shown: Markup) -> Iterator[str]:
    """What a page does not show of its notebook's outputs, `shown` as HTML; it says itself what it had to leave out."""
    yield from (f"has something {lost}" for lost in page.lost)
    drawn = sum(not any(losses(normal(figure))) for figure in figures)  # the others' other form, or why not
    if (charts := page.counts["chart"]) != drawn:
        yield f"shows {charts} of {drawn} charts"
    if empty := sum(not any(map(_drawn, figure.get("data", []))) for figure in figures):
        yield f"has {empty} charts with nothing in them"
    if (tables := page.counts["table"]) < shown.counts["table"]:
        yield f"shows {tables} of {shown.counts['table']} tables"
    if missing := sorted(shown.codes - page.ids):
        yield f"does not show {', '.join(missing)}"
    if errors := [output for output in outputs if output["output_type"] == "error"]:
        yield f"holds an error: {errors[0]['ename']}"


def _drawn(trace: Json) -> bool:
    """Whether a trace has anything to draw."""
    return any(
        value.get("bdata") if isinstance(value, dict) else isinstance(value, list) and value for value in trace.values()
    )


def _numbers(figures: Sequence[Json]) -> Iterator[str]:
    """The numbers that a page draws, each with its chart; where words stand is none.

    They are those along the axis that values run along: x where it holds any, since labels' lengths decide y there.
    """
    for chart, figure in enumerate(figures, start=1):
        marks = [trace for trace in figure.get("data", []) if trace.get("mode") != "text"]
        along = ([number for trace in marks for number in _flat(trace.get(axis))] for axis in ("x", "y", "values"))
        yield from (f"number {number} in chart {chart}" for number in next(filter(None, along), []))


def _flat(values: Any) -> Iterator[str]:
    if isinstance(values, dict):  # how plotly writes an array of numpy's
        yield str(values.get("bdata"))
    elif isinstance(values, list):
        for value in values:
            yield from _flat(value)
    elif isinstance(values, int | float):
        yield f"{values:.15g}"


def _differing(spoken: dict[str, set[str]]) -> Iterator[str]:
    """What numbers one language of a briefing has and another has not."""
    every = set().union(*spoken.values())
    for lang, numbers in spoken.items():
        if missing := sorted(every - numbers):
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            yield f"has no {missing[0]}{more} in {lang}, which another language has"
