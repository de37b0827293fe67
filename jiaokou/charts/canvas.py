"""A figure of rows, laid out for each width: on a desk labels stand left of what is drawn, on a phone above it.

A chart says what its rows hold, once for each width; where that stands, and how labels are wrapped, is decided here.
The x axis is the chart's own. The y axis is in pixels, counted downwards: a row takes the height it needs, a figure
the sum of its rows.
"""

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, wraps
from inspect import signature
from math import inf
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from jiaokou import wording
from jiaokou.charts.style import LAYOUT, TRACES, Style, themed
from jiaokou.data.descriptor import Json
from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError
from jiaokou.wording import Named, Row, phrase
from jiaokou.wording.labels import cells, subtitle, wrap
from jiaokou.wording.languages import LISTED, check_frame, package_of

LINE, SMALL, BAR, GAP = 18, 16, 14, 10  # pixels: a line of a label or a note, a bar, the space between rows
CELL = 7.8  # pixels that a half-width character takes at most; bold ones take more
NARROW = 38
"""Half-width characters in a line on a phone of 320 pixels."""

_LABEL, _HEADING = 28, 58  # half-width characters in a line: of the column of labels, of a title
_NOTE = {"narrow": NARROW, "wide": 38, "broad": 64}  # and of a note beside that column
_PLOT = 80  # pixels: the least width of what is drawn


class Canvas:
    """What is drawn of a chart at one width, row by row from the top, with the words and numbers of its language.

    A figure is "wide" wherever it is shown; pages make it "narrow" below 640 pixels, and "broad" above 800. The x axis
    goes over a `range`, and has its `ticks` written below; the subtitle ends with the `keys` to what is drawn, and to
    the `shapes` behind it. Ticks that are names of columns stand `upright` above them.
    """

    def __init__(
        self, chart: str, width: str, frame: pd.DataFrame, rows: Sequence[Row], words: tuple[str, Package]
    ) -> None:
        self.chart, self.width, self.frame, self.rows = chart, width, frame, rows
        lang, package = self.words = words
        self.lang, self.package, self.say = lang, package, partial(phrase, lang=lang)
        self.code = partial(wording.code, package, lang=lang)
        self.name = partial(wording.label, lang=lang, package=package)
        self.quantity = partial(wording.quantity, lang=lang, package=package)
        self.traces: dict[tuple[str, str], Json] = {}
        self.top, self.beside = 0.0, 2.0  # pixels that rows take from the top, and their labels from the left
        self.drawn = self.middle = self.depth = 0.0  # of the row: where what is drawn begins, its middle, its depth
        self.hover = ""
        self.values: list[tuple[float, float]] = []
        self.table: list[list[str]] = []
        self.ticks: Mapping[float, str] = {}
        self.range, self.described, self.upright = (0.0, 1.0), "", False
        self.keys: list[str] = []
        self.shapes: list[Json] = []

    def together(self, **rows: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
        """The rows that belong together. Raises JiaokouError unless there are as many of each kind."""
        if len(set(map(len, rows.values()))) > 1:
            counts = " and ".join(f"{len(each)} {kind}" for kind, each in rows.items())
            raise JiaokouError(f"charts.{self.chart} got {counts}: give one for each")
        return zip(*rows.values(), strict=True)

    def entry(
        self, label: str, value: str = "", said: str = "", *, row: Row | None = None, at: float = 0, **more: Any
    ) -> None:
        """Begin a row: its label, and its value where what is drawn ends (`at`); `more` is what `place` takes.

        The table says the same, or for the value what is `said`, with the printed form of `row`; so does hovering,
        which shows all of a `row`.
        """
        printed = [] if row is None or wording.missing(row.get("printed")) else [row["printed"], row["paragraph"]]
        self.table.append([label, said or value, *map(str, printed)])
        self.values += [(1.1 * CELL * cells(value) + 8, at)] if value else []
        self.hover = hover_text(label, said or value) if row is None else self._details(row)
        self.place(label, **more)
        self.text([value] if value else [], at, self.middle, "middle right", form="\u2002<b>{}</b>")

    def place(self, label: str, detail: str = "", notes: Sequence[str] = (), depth: float = BAR) -> None:
        """Write a label with a line of detail, and notes below what is drawn, which has a `depth` in pixels."""
        narrow, left, self.depth = self.width == "narrow", self.range[0], depth
        beside = _lines([label] if narrow else [label, detail], NARROW if narrow else _LABEL)
        below = _lines([detail, *notes] if narrow else notes, _NOTE[self.width])
        apart = 6 if depth and below else 0
        deep, high = depth + apart + SMALL * len(below), LINE * len(beside)
        if narrow:
            self.text(beside, left, self.top)
            self.drawn = self.top + high + 4
        else:
            self.beside = max(self.beside, *(CELL * cells(line) + 16 for line in beside))
            self.drawn = self.top if below else self.top + max(0, high - deep) / 2
            middle, side = (self.drawn, "bottom left") if below else (self.drawn + deep / 2, "middle left")
            self.text(beside, left, middle, side, form="{}\u2002")
        self.middle = self.drawn + depth / 2
        self.text(below, left, self.drawn + depth + apart, kind="small")
        self.top = max(self.drawn + deep, self.top + high) + GAP

    def _details(self, row: Row) -> str:
        """Label, quantity, printed form, period and paragraph, as hover text."""
        printed, quantity = row.get("printed"), self.quantity(row) if "unit" in row else ""
        printed = "" if wording.missing(printed) else self.say("printed_as", printed=printed)
        where = [wording.period(row, self.lang), wording.paragraphs([row.get("paragraph")], self.lang)]
        return hover_text(self.name(row), quantity, printed, self.say("and_then").join(filter(None, where)))

    def add(self, kind: str, look: Json, **point: Any) -> None:
        """Add a point to the trace of its kind and look: one trace is drawn sooner than one for each point."""
        trace = self.traces.setdefault((kind, str(look)), TRACES[kind] | look | {name: [] for name in point})
        for name, value in point.items():
            trace[name].append(value)

    def text(
        self, lines: Iterable[str], x: float, y: float, side: str = "bottom right", kind: str = "text", form: str = "{}"
    ) -> None:
        """Lines of text beside a point, each in a form of Plotly's HTML; nothing for none."""
        if text := "<br>".join(form.format(escape(line)) for line in lines):
            self.add(kind, {}, x=x, y=y, text=themed(text), textposition=side)

    def bar(self, start: float, length: float, style: Style, thickness: int = BAR, hover: str = "") -> None:
        """Draw a bar."""
        where = {"base": start, "x": length, "width": thickness, "y": self.middle}
        self.add("bar", {"marker": style.marker}, **where, hovertext=hover or self.hover)

    def mark(self, kind: str, x: float, color: str) -> None:
        """Draw a "limit", an "arrow" or a "dot"."""
        look = {"marker_color": color, "marker_line_color": color}
        self.add(kind, look, x=x, y=self.middle, hovertext=self.hover)

    def groups(self, by: str) -> list[tuple[str, str, list[Row]]]:
        """The values of the column `by` with their labels and rows: categories in their order, "" last."""
        columns = [column for column in self.frame.columns if column in {*self.package.codes, *LISTED}]
        if by not in columns:
            raise JiaokouError(f"charts.{self.chart} cannot group by {by!r}: use one of {', '.join(columns)}")
        kind = self.frame[by].dtype
        found: dict[str, list[Row]] = {code: [] for code in getattr(kind, "categories", ())}
        for row in self.rows:
            found.setdefault("" if wording.missing(row[by]) else str(row[by]), []).append(row)
        names = {code: self.code(by, code) if code else self.say("not_named") for code, rows in found.items() if rows}
        # Labels suit sentences too.
        groups = [(code, name[:1].upper() + name[1:], found[code]) for code, name in names.items()]
        return sorted(groups, key=lambda group: not group[0])

    def describe(self, key: str, *more: str, pairs: Iterable[Sequence[str]] = (), **said: object) -> None:
        """Describe the figure by the phrase `key`, with items (`pairs`, or the table's), and by `more` sentences."""
        texts = [self.say("item", label=label, text=text) for label, text, *_ in pairs or self.table]
        others = [self.say("others", n=len(texts) - 12)] if len(texts) > 12 else []  # only counted
        items = self.say("semicolon").join([*texts[:12], *others])
        described = phrase(key, self.lang, **{"n": len(self.rows), "items": items, **said})
        self.described = self.say("between_sentences").join(filter(None, [described, *more]))

    def layout(self) -> Json:
        """What the layouts of a figure say differently: room at the left for labels, at the right for long values."""
        ticks, (start, end) = [themed(escape(text)) for text in self.ticks.values()], self.range
        axis = {"range": [start, end], "visible": bool(ticks), "tickvals": [*self.ticks], "ticktext": ticks}
        wide = {at: CELL * cells(text) for at, text in self.ticks.items()}
        below, halves = 26 if ticks else 2, [(width / 2 + 2, at) for at, width in wide.items()]
        if self.upright:
            axis |= {"tickangle": -90, "ticklabelstandoff": 6, "side": "top", "showgrid": False}
            below, halves = round(max(wide.values())) + 14, []
        before = [width - _PLOT * (at - start) / (end - start) for width, at in halves]  # that stand left of a tick
        beyond = [width - _PLOT * (end - at) / (end - start) for width, at in (*halves, *self.values)]
        sides = {"l": round(max([self.beside, *before])), "r": round(max([10, *beyond]))}
        return {
            "height": round(self.top) + below + 2,
            "margin": sides | {"t" if self.upright else "b": below},
            "xaxis": LAYOUT["xaxis"] | axis,
            "yaxis": LAYOUT["yaxis"] | {"range": [self.top, 0]},
            "shapes": self.shapes,
        }


def chart(*columns: str) -> Callable[[Callable[..., None]], Callable[..., go.Figure]]:
    """Make a public chart of what draws on a canvas: it takes a frame that has `columns`, a language, and its words.

    Where one of the columns is the value, rows without a value are left out.
    """

    def public(draw: Callable[..., None]) -> Callable[..., go.Figure]:
        @wraps(draw)
        def drawn(
            frame: pd.DataFrame,
            lang: str = "zh",
            *,
            title: str = "",
            subtitle: str = "",
            source: str = "",
            package: Named = None,
            **options: Any,
        ) -> go.Figure:
            called = f"charts.{draw.__name__}"
            opened = package_of(frame, called, lang, package, *columns)
            if "value" in columns:
                frame = frame.dropna(subset="value")
                check_frame(frame, called)
            known = frame, wording.rows(frame), (lang, opened)
            canvases = [Canvas(draw.__name__, width, *known) for width in ("wide", "narrow", "broad")]
            for canvas in canvases:
                draw(canvas, **options)
            return _figure(canvases, str(title), str(subtitle), str(source))

        *common, _ = signature(drawn, follow_wrapped=False).parameters.values()
        _, *own = signature(draw).parameters.values()
        drawn.__signature__ = signature(drawn, follow_wrapped=False).replace(parameters=[*common, *own])  # type: ignore[attr-defined]
        return drawn

    return public


def _figure(canvases: Sequence[Canvas], title: str, under: str, source: str) -> go.Figure:
    """The figure in its three layouts; title, subtitle and source say what the rows are where they are empty."""
    wide, *others = canvases
    title = title or wording.heading(wide.frame, *wide.words)
    under = " · ".join([under or subtitle(wide.frame, *wide.words), *filter(None, wide.keys)])
    heading, layout = _lines([title, under], _HEADING), wide.layout()
    head = [wide.say(column) for column in ("row", "value", "printed", "paragraph")]
    meta = {
        "title": title,
        "subtitle": under,
        "description": wide.described,
        "source": source or wording.source(wide.frame, *wide.words),
        "table": [head[: max(map(len, wide.table))], *wide.table],
        "height": layout["height"],
    }
    every = {key: trace for canvas in canvases for key, trace in canvas.traces.items()}
    keys = sorted(every, key=lambda key: [*TRACES].index(key[0]))  # the lowest first
    empty = {key: {name: [] if isinstance(of, list) else of for name, of in every[key].items()} for key in keys}
    traces = [wide.traces.get(key, empty[key]) for key in keys]
    for canvas in others:
        there = [canvas.traces.get(key, empty[key]) for key in keys]
        data = [
            {name: of for name, of in new.items() if of != old[name]} for old, new in zip(traces, there, strict=True)
        ]
        if any(data) or canvas.layout() != layout:
            meta[canvas.width] = {"data": data, "layout": canvas.layout()}
    height = layout["height"] + 22 * len(heading) + 16
    titled = {"title_text": themed("<br>".join(map(escape, heading))), "height": height, "meta": meta}
    return go.Figure(traces, LAYOUT | layout | titled)


escape = partial(html.escape, quote=False)
"""Plotly reads a little HTML in every text; text from the data is none."""


def _lines(texts: Iterable[str], width: int) -> list[str]:
    """Texts in lines of at most `width`."""
    return [line for text in texts for line in wrap(text, width) if line]


def hover_text(first: str, *rest: str) -> str:
    """Lines of plain text as hover text: wrapped, escaped, the first in bold."""
    bold = (f"<b>{escape(line)}</b>" for line in _lines([first], NARROW))
    return "<br>".join([*bold, *map(escape, _lines(rest, NARROW))])


def bounds(row: Row, side: str = "") -> tuple[float, float]:
    """A row's bounds, or those of the `side` ("found_" …) of a relation; infinite where there is none."""
    low, high = row.get(f"{side}lower", -inf), row.get(f"{side}upper", inf)
    return -inf if wording.missing(low) else float(low), inf if wording.missing(high) else float(high)


def is_open(row: Row) -> bool:
    """Whether a row says that its value may be larger without a limit of its own."""
    return row.get("qualifier") in ("over", "at_least") or ("upper" in row and wording.missing(row["upper"]))
