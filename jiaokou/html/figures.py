"""Plotly figures as a page carries them: as data, if plotly.js can draw them without a network."""

import math
import re
from collections.abc import Iterator
from typing import Any

from jiaokou.html.markup import Loss, requests
from jiaokou.html.plotly_bundle import DRAWN, drawable

_MAPS = {
    *("scattergeo", "choropleth", "scattermap", "choroplethmap", "densitymap"),
    *("scattermapbox", "choroplethmapbox", "densitymapbox"),
}
"""Kinds that fetch outlines or tiles."""
_WRITES_CODE = {"scattergl": "scatter", "scatterpolargl": "scatterpolar", "parcoords": "", "splom": ""}
"""Kinds whose drawing writes code as it runs, which a page's policy forbids, and the kinds that look the same."""

# As MathJax would read it: a pair of dollars with something in between that only a formula has.
_DOLLAR = "&#36;"
_FORMULA = re.compile(r"\$[^$]*[\\^_{][^$]*\$")


def normal(value: Any, *, own: bool = False, key: str = "") -> Any:
    """JSON that does not tell who saved it, nor says what plotly.js no longer understands.

    Keys come in order, whole numbers without the point that JavaScript drops, and what is no number as null. A title
    that is a text becomes what holds one, except in what is its author's `own`: ``meta``. Dollars in pairs are written
    so that plotly.js does not take what is between them for a formula.
    """
    if isinstance(value, dict):
        return {k: normal(value[k], own=own or k == "meta", key=k) for k in sorted(value)}
    if isinstance(value, list | tuple):
        return [normal(each, own=own, key=key) for each in value]
    if isinstance(value, float):
        return None if not math.isfinite(value) else int(value) if value.is_integer() else value
    if own or key not in ("title", "text", "name") or not isinstance(value, str):
        return value
    words = value.replace("$", _DOLLAR) if value.count("$") > 1 else value
    return {"text": words} if key == "title" else words


def traces(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """All traces of a figure, those of its frames too."""
    return [*figure["data"], *(trace for frame in figure.get("frames", ()) for trace in frame.get("data", ()))]


def without_code(figure: dict[str, Any]) -> dict[str, Any]:
    """The figure, with traces of kinds that a page can draw, where they look the same."""
    for trace in traces(figure):
        if same := _WRITES_CODE.get(trace.get("type", "")):
            trace["type"] = same
    return figure


def kinds(figure: dict[str, Any]) -> set[str]:
    """The kinds of traces that a figure has."""
    return {trace.get("type", "scatter") for trace in traces(figure)}


def losses(figure: dict[str, Any]) -> Iterator[Loss]:
    """Why a figure cannot be drawn on a page; nothing if it can."""
    for kind in sorted(kinds(figure) - DRAWN):
        if kind in _MAPS:
            yield Loss("map", kind)
        elif not _WRITES_CODE.get(kind, kind) or kind not in drawable():
            yield Loss("trace", kind)
    sources = [*figure["layout"].get("images", ()), *(t for t in traces(figure) if t.get("type") == "image")]
    for each in sources:
        yield from (Loss("network", found) for found in requests("img", {"src": str(each.get("source") or "")}))


def formulas(figure: dict[str, Any]) -> list[Loss]:
    """The formulas in a figure's words, which plotly.js shows as they are typed."""
    layout = figure["layout"]
    words = [
        *layout.get("annotations", ()),
        *(part.get("title") for part in (layout, *layout.values()) if isinstance(part, dict)),
    ]
    texts = (str(each.get("text") or "").replace(_DOLLAR, "$") for each in words if isinstance(each, dict))
    return [Loss("formula", text) for text in texts if _FORMULA.search(text)]


def name(figure: dict[str, Any]) -> str:
    """What a figure says of itself in its title, or else on its axes; empty if nothing."""
    layout = figure["layout"]
    own, *axes = (
        ((part or {}).get("title") or {}).get("text") for part in (layout, layout.get("yaxis"), layout.get("xaxis"))
    )
    return str(own or " / ".join(map(str, filter(None, axes)))).replace(_DOLLAR, "$")
