"""What must be right with an edition before anyone is led to it."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.languages import LANGUAGES
from jiaokou.html.document import PLOTLY, PLOTLY_JS, UNSEEN

# What a browser would fetch by itself; a link for the reader to follow is none of it. It looks back to “url” from the
# bracket, since a search for what has no upper and lower case takes a fifth of the time.
_REQUEST = re.compile(
    r"<(?:script|link|img|iframe|source|video|audio|object|embed|image|use)\b[^>]*?\s(?:src|href|data|srcset)\s*=\s*[\"']?\s*"
    r"(?:\w+:)?//[^>]*>|@import|\((?<=url\()\s*[\"']?(?:\w+:)?//",
    re.IGNORECASE,
)
_NUMBER = re.compile(r'<data\b(?=[^>]*\svalue="([^"]+)")(?=[^>]*\s(data-\w+="[^"]+"))')
_OBSERVATION = re.compile(r'data-observation="([^"]+)"')
_ID = re.compile(r'id="(?<=\sid=")([^"]+)"')  # as above: fixed characters first, found five times as fast

Output = dict[str, Any]


def gate(folder: Path, expected: Sequence[str]) -> Iterator[str]:
    """What is wrong with an edition that is about to be published, one line for each finding.

    `expected` are the pages, as ``zh/01_economy``.
    """
    pages = {path.relative_to(folder).as_posix(): _markup(path) for path in sorted(folder.rglob("*.html"))}
    numbers: dict[str, dict[str, set[str]]] = {}
    for name in expected:
        notebook = folder / "notebooks" / f"{name}.ipynb"
        if f"{name}.html" not in pages or not notebook.is_file():
            yield f"{name} is missing"
            continue
        lang, _, briefing = name.partition("/")
        outputs = list(_outputs(notebook, lang))
        yield from (f"{name} {finding}" for finding in _page(pages[f"{name}.html"], outputs))
        numbers.setdefault(briefing, {})[lang] = set(_numbers(outputs))
    for briefing, spoken in numbers.items():
        yield from (f"{briefing} {finding}" for finding in _differing(spoken))
    for name, markup in pages.items():
        if found := _REQUEST.search(markup):
            yield f"{name} would ask a network: {found[0][:80]}"
    yield from _index(folder, pages.get("index.html"))


def _markup(page: Path) -> str:
    """A page without what its scripts hold: 600 kB of compressed code are no markup."""
    before, start, rest = page.read_bytes().partition(PLOTLY_JS.encode())
    # It has no bracket, and one is found at once; the end of a script is searched for fifty times as long.
    _, bracket, after = rest.partition(b"<")
    pieces = b"".join((before, start, bracket, after)).split(b"</script>")
    for number, piece in enumerate(pieces[:-1]):
        before, script, inside = piece.rpartition(b"<script")
        pieces[number] = before + script + inside.partition(b">")[0] + b">"
    return b"</script>".join(pieces).decode()


def _outputs(notebook: Path, lang: str) -> Iterator[Output]:
    """The outputs of an executed notebook that its page shows."""
    others = set(LANGUAGES) - {lang}
    for cell in json.loads(notebook.read_bytes())["cells"]:
        tags = set(cell["metadata"].get("tags", []))
        if not tags & UNSEEN and (lang in tags or not tags & others):
            yield from cell.get("outputs", [])


def _html(output: Output) -> str:
    """The HTML of an output that is shown as HTML; only text that was split into lines is joined."""
    data = output.get("data", {})
    if PLOTLY in data:
        return ""
    html: str | list[str] = data.get("text/html", "")
    return html if isinstance(html, str) else "".join(html)


def _page(markup: str, outputs: Sequence[Output]) -> Iterator[str]:
    """What a page does not show of its notebook's outputs."""
    figures = [output["data"][PLOTLY] for output in outputs if PLOTLY in output.get("data", {})]
    if (shown := markup.count('class="chart"')) != len(figures):
        yield f"shows {shown} of {len(figures)} charts"
    if empty := sum(not any(map(_drawn, figure.get("data", []))) for figure in figures):
        yield f"has {empty} charts with nothing in them"
    tables = sum(_html(output).count("<table") for output in outputs)
    if (shown := markup.count("<table")) < tables:
        yield f"shows {shown} of {tables} tables"
    held = {code for output in outputs for code in _OBSERVATION.findall(_html(output))}
    if missing := sorted(held - set(_ID.findall(markup))):
        yield f"does not show {', '.join(missing)}"
    if errors := [output for output in outputs if output["output_type"] == "error"]:
        yield f"holds an error: {errors[0]['ename']}"


def _drawn(trace: dict[str, Any]) -> bool:
    """Whether a trace has anything to draw."""
    return any(len(value) for value in trace.values() if isinstance(value, list)) or any(
        isinstance(value, dict) and value.get("bdata") for value in trace.values()
    )


def _numbers(outputs: Iterable[Output]) -> Iterator[str]:
    """The numbers that a page states, each with the observation or derivation it is of, or the chart it is drawn in."""
    charts = count(1)
    for output in outputs:
        yield from (f"{code} {value}" for value, code in _NUMBER.findall(_html(output)))
        if figure := output.get("data", {}).get(PLOTLY):
            chart = next(charts)
            yield from (
                f"number {value} in chart {chart}" for value in _drawn_numbers(figure.get("data", []))
            )


def _drawn_numbers(traces: Sequence[dict[str, Any]]) -> set[str]:
    """The numbers along the axis that values run along: x where it holds any, since labels' lengths decide y there.

    Where words stand is no number.
    """
    marks = [trace for trace in traces if trace.get("mode") != "text"]
    for axis in ("x", "y", "values"):
        if numbers := {number for trace in marks for number in _flat(trace.get(axis))}:
            return numbers
    return set()


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


def _index(folder: Path, markup: str | None) -> Iterator[str]:
    """What is not found on the front page, which lists every published observation."""
    table = folder / "data" / "observations.csv"
    if markup is None:
        yield "index.html is missing"
    elif not table.is_file():
        yield "data/observations.csv is missing"
    elif missing := _codes(table) - set(_ID.findall(markup)):
        yield f"index.html does not list {', '.join(sorted(missing))}"


def _codes(table: Path) -> set[str]:
    """The first column of a CSV file; `null` is a code like any other."""
    return set(pd.read_csv(table, usecols=[0], dtype="str", keep_default_na=False).iloc[:, 0])
