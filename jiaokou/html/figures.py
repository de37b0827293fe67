"""Plotly figures as a page carries them: as data, if plotly.js can draw them without a network."""

import math
import re
from collections.abc import Iterator
from typing import Any

from jiaokou.html.markup import Loss, requests
from jiaokou.html.plotly_bundle import DRAWN, drawable

_MAP = re.compile("scattergeo|choropleth|(?:scatter|density)map")
"""Kinds that fetch outlines or tiles."""
_WITHOUT_CODE = {"scattergl": "scatter", "scatterpolargl": "scatterpolar"}
"""Kinds that look the same as those whose drawing writes no code as it runs, which a page's policy forbids."""
_CODE = {"parcoords", "splom"}
"""Kinds that have no such other."""

# As MathJax would read it: a pair of dollars with something in between that only a formula has.
_DOLLAR = "&#36;"
_FORMULA = re.compile(r"\$[^$]*[\\^_{][^$]*\$")


def normal(value: Any, *, own: bool = False, key: str = "") -> Any:
    """JSON that does not tell who saved it, nor says what plotly.js no longer understands.

    Keys come in order, whole numbers without the point that JavaScript drops, and what is no number as null. A title
    that is a text becomes what holds one, except in what is its author's `own`: ``meta``. Dollars in pairs are written
    so that plotly.js does not take what is between them for a formula, and a kind of trace as one that a page can draw.
    """
    if isinstance(value, dict):
        return {k: normal(value[k], own=own or k == "meta", key=k) for k in sorted(value)}
    if isinstance(value, list | tuple):
        return [normal(each, own=own, key=key) for each in value]
    if isinstance(value, float):
        return None if not math.isfinite(value) else int(value) if value.is_integer() else value
    if own or not isinstance(value, str):
        return value
    if key == "type":
        return _WITHOUT_CODE.get(value, value)
    if key in ("title", "text", "name") and value.count("$") > 1:
        value = value.replace("$", _DOLLAR)
    return {"text": value} if key == "title" else value


def traces(figure: dict[str, Any]) -> list[dict[str, Any]]:
    """All traces of a figure, those of its frames too."""
    return [*figure["data"], *(trace for frame in figure.get("frames", ()) for trace in frame.get("data", ()))]


def kinds(figure: dict[str, Any]) -> set[str]:
    """The kinds of traces that a figure has."""
    return {trace.get("type", "scatter") for trace in traces(figure)}


def losses(figure: dict[str, Any]) -> Iterator[Loss]:
    """Why a figure cannot be drawn on a page; nothing if it can."""
    for kind in sorted(kinds(figure) - DRAWN):
        if _MAP.match(kind):
            yield Loss("map", kind)
        elif kind in _CODE or kind not in drawable():
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
