"""A figure filled row by row from the top.

Labels stand above their bars and carry the value, so that a chart says the same at 320 pixels as at 1280. The y axis
is in pixels, counted downwards: a row takes the height it needs, and a figure the sum of its rows. How labels are
wrapped on a narrow screen, and what moves down for that, goes along in the figure's `meta`.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from jiaokou import wording
from jiaokou.charts.style import BASIS, DONE, GREY, INK, Style, themed
from jiaokou.errors import JiaokouError
from jiaokou.wording import Named, Row, phrase
from jiaokou.wording.labels import cells, details, listing, lists, wrap
from jiaokou.wording.languages import check_frame, vocabulary

LINE, BAR, GAP = 18, 14, 16  # pixels: a line of a label, the thickness of a bar, the space between rows
_ABOVE_TEXT = 3  # pixels
# Half-width characters of a label that fit a screen of 320 pixels, and half a window of JupyterLab: 500.
NARROW, WIDE = 38, 72
_TITLE_WIDTH, _TITLE_LINE = 58, 22
_LISTS = {
    "topic": "topics", "section": "sections", "indicator": "indicators", "unit": "units",
    "actor": "entities", "place": "entities", "entity": "entities",
}  # fmt: skip
_HOVER = "%{hovertext}<extra></extra>"


class _Mark(NamedTuple):
    """What a mark looks like."""

    size: int
    symbol: str
    color: str
    edge: int


class Canvas:
    """What the rows of a chart are drawn on; `top` is the height in pixels that it is filled to."""

    def __init__(self, frame: pd.DataFrame, lang: str, package: Named, chart: str) -> None:
        check_frame(frame, f"charts.{chart}")
        self.rows = wording.rows(frame)
        self.lang = wording.check_language(lang)
        self.package = vocabulary(package, frame)
        self._frame = frame
        self.top = 0.0
        # Plotly takes long to add to a figure, and little to make one: everything is kept until the end.
        self._texts: list[tuple[str, float, float, int, str]] = []
        self._lines: list[dict[str, Any]] = []
        self._marks: dict[_Mark, list[tuple[float, float, str]]] = {}
        self._whiskers: list[tuple[float, float, str, float, float]] = []
        self._bars: dict[tuple[Style, int], list[tuple[float, float, float, str]]] = {}
        self._narrow: dict[int, str] = {}
        self._lower: list[tuple[float, int]] = []

    # -- words

    def say(self, key: str, **values: object) -> str:
        """A phrase in the chart's language."""
        return phrase(key, self.lang, **values)

    def quantity(self, row: Row) -> str:
        """A row's value as text."""
        return wording.quantity(row, self.lang, self.package)

    def name(self, row: Row) -> str:
        """A row's label, and whom it is about where that is not the release's own place."""
        return wording.label(row, self.lang, self.package)

    def hover(self, row: Row, *more: str) -> str:
        """What hovering over a row shows: label, `more`, quantity, printed form, period and paragraph."""
        label, *rest = details(row, self.lang, self.package)
        return hover_text([label, *more, *rest])

    def items(self, pairs: Sequence[tuple[str, str]]) -> str:
        """Labels and values as one line of a description."""
        return listing([self.say("item", label=label, text=text) for label, text in pairs], self.lang)

    # -- marks

    def text(self, text: str, x: float = 0, side: str = "right", size: int = 12) -> None:
        """Escaped text at the present height, on one `side` of `x` or at its "center"; does not move on."""
        self._texts.append((themed(text), x, self.top + _ABOVE_TEXT, size, f"bottom {side}"))

    def label(self, label: str, value: str = "") -> None:
        """A row's label, with its value in bold after it; moves on below."""
        self._pack([(label, False), (value, True)])

    def heading(self, text: str) -> None:
        """The label of a group of rows, in bold; moves on below."""
        self._pack([(text, True)])

    def note(self, *texts: str) -> None:
        """What is said below a label, side by side if it fits; moves on below."""
        self._pack([(text, False) for text in texts], size=12)

    def _pack(self, parts: Sequence[tuple[str, bool]], size: int = 13) -> None:
        """Parts in lines for a wide screen, and what is different on a narrow one; moves on below."""
        lines, room = _packed(parts, WIDE)
        narrow = lines if len(lines) == 1 and WIDE - room <= NARROW else _packed(parts, NARROW)[0]
        if narrow != lines:
            self._narrow[len(self._texts)] = themed("<br>".join(narrow))
        self.text("<br>".join(lines), size=size)
        self.top += LINE * len(lines) + 2
        if len(narrow) > len(lines):
            self._lower.append((self.top, LINE * (len(narrow) - len(lines))))

    def bar(self, start: float, length: float, style: Style, hover: str, thickness: int = BAR) -> None:
        """A bar at the present height; does not move on."""
        self._bars.setdefault((style, thickness), []).append((start, length, self.top + BAR / 2, hover))

    def mark(self, x: float, symbol: str, color: str, hover: str, size: int = 9, edge: int = 0) -> None:
        """A mark at the present height, its edge so many pixels wide; does not move on."""
        look = _Mark(size, symbol, color, edge)
        self._marks.setdefault(look, []).append((x, self.top + BAR / 2, hover))

    def line(self, x: list[float], y: list[float], color: str, hover: list[str]) -> None:
        """A line with a dot at each point, in pixels from the top; does not move on."""
        look = {
            "mode": "lines+markers",
            "line": {"color": color, "width": 2},
            "marker": {"color": color, "size": 6},
        }
        at = {"x": x, "y": y, "hovertext": hover, "hovertemplate": _HOVER}
        self._lines.append({"type": "scatter", "cliponaxis": False} | look | at)

    def value_bar(self, row: Row, full: float, scale: float = 1) -> None:
        """A bar for a row's value; whiskers where its bounds can be seen, an arrow where there is no upper one."""
        style, hover = BASIS.get(str(row.get("basis")), DONE), self.hover(row)
        value = float(row["value"])
        self.bar(0, value * scale, style, hover)
        low, high = bounds(row)
        if is_open(row):
            self.mark(value * scale, "triangle-right", style.color, hover, size=16)
        elif low is not None and high is not None and high - low > 0.015 * full:
            ends = (high - value) * scale, (value - low) * scale
            self._whiskers.append((value * scale, self.top + BAR / 2, hover, *ends))
        self.next()

    def next(self) -> None:
        """Move on below a bar."""
        self.top += BAR + GAP

    def ticks(self, ticks: Mapping[float, str], heights: Sequence[float]) -> None:
        """Numbers below the rows, those at the edges kept inside, and a small mark for each at the rows' `heights`."""
        at = {"x": [x for x in ticks for _ in heights], "y": [y for _ in ticks for y in heights]}
        marker = {"symbol": "line-ns", "size": 6, "line": {"width": 1, "color": GREY}}
        look = {"type": "scatter", "mode": "markers", "hoverinfo": "skip", "cliponaxis": False}
        self._lines.append(look | at | {"marker": marker})
        for x, text in ticks.items():
            half = cells(text) / 2 / (NARROW + 3)
            self.text(escape(text), x, "right" if x < half else "left" if x > 1 - half else "center")
        self.top += LINE

    # -- the figure

    def finish(
        self,
        title: str,
        source: str,
        description: Sequence[str],
        said: Sequence[tuple[str, str]],
        rows: Sequence[Row] = (),
        right: float = 1,
    ) -> go.Figure:
        """The figure: bars, an x axis from 0 to `right`, the title, and `meta` with description and table.

        The table is what the chart has `said`, a label and a value each; with the printed form and the paragraph of
        `rows`, if each is one of these.
        """
        title = title or wording.heading(self._frame, self.lang, self.package)
        source = source or wording.source(self._frame, self.lang, self.package)
        heading = [escape(line) for line in wrap(str(title), _TITLE_WIDTH)]
        height = round(self.top) + 4
        layout = {
            "template": "jiaokou",
            "height": height + _TITLE_LINE * len(heading) + 16,
            "title": {"text": themed("<br>".join(heading)), "automargin": True},
            "xaxis": {"range": [0, right], "visible": False, "fixedrange": True},
            "yaxis": {"range": [self.top, 0], "visible": False, "fixedrange": True},
            "barmode": "overlay",
            "showlegend": False,
            "dragmode": False,
            "meta": {
                "title": str(title),
                "description": self.say("between_sentences").join(filter(None, description)),
                "source": str(source),
                "table": self._table(said, rows),
                "height": height,
                "narrow": {"texts": self._narrow, "lower": self._lower},
            },
        }
        bars = map(_bars, self._bars, self._bars.values())
        whiskers = map(_whiskers, [self._whiskers] if self._whiskers else [])
        marks = [
            _marks(look, self._marks[look]) for look in sorted(self._marks, reverse=True)
        ]  # small on large
        traces = [*bars, *whiskers, *self._lines, *marks, _texts(self._texts)]
        return go.Figure(traces, layout)

    def _table(self, said: Sequence[tuple[str, str]], rows: Sequence[Row]) -> list[list[str]]:
        """The chart's table: its head and then its rows, all text."""
        if not rows:
            return [[self.say("row"), self.say("value")], *map(list, said)]
        head = [self.say(column) for column in ("row", "value", "printed", "paragraph")]
        places = ([str(row["printed"]), str(row["paragraph"])] for row in rows)
        return [head, *([*cells, *place] for cells, place in zip(said, places, strict=True))]


def _trace(names: str, rows: Iterable[Sequence[Any]], **look: Any) -> dict[str, Any]:
    """Rows as one trace of one look, which a browser draws in a fraction of the time that a trace for each takes."""
    return look | dict(zip(names.split(), map(list, zip(*rows, strict=True)), strict=True))


def _marks(look: _Mark, marks: Iterable[Sequence[Any]], names: str = "x y hovertext") -> dict[str, Any]:
    """The marks of one look as a trace."""
    marker = {"symbol": look.symbol, "color": look.color, "size": look.size}
    marker["line"] = {"width": look.edge, "color": look.color}
    return _trace(
        names, marks, type="scatter", mode="markers", marker=marker, cliponaxis=False, hovertemplate=_HOVER
    )


def _whiskers(whiskers: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """Whiskers as a trace: how far each reaches to the right and to the left of its value."""
    trace = _marks(_Mark(9, "line-ns", INK, 0), whiskers, "x y hovertext array arrayminus")
    ends = {end: trace.pop(end) for end in ("array", "arrayminus")}
    return trace | {"error_x": {"color": INK, "thickness": 1.2, "width": 4} | ends}


def _texts(texts: Iterable[Sequence[Any]]) -> dict[str, Any]:
    """All texts as a trace, not as annotations."""
    look = {"type": "scatter", "mode": "text", "hoverinfo": "skip", "cliponaxis": False}
    trace = _trace("text x y size textposition", texts, **look)
    return trace | {"textfont": {"size": trace.pop("size")}}


def _bars(style: tuple[Style, int], bars: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """The bars of one style and thickness as a trace."""
    look = {"type": "bar", "orientation": "h", "marker": style[0].marker, "width": [style[1]] * len(bars)}
    return _trace("base x y hovertext", bars, **look, hovertemplate=_HOVER)


def measured(frame: pd.DataFrame, chart: str) -> pd.DataFrame:
    """The rows that have a value."""
    check_frame(frame, f"charts.{chart}", "value", "unit")
    known = frame["value"].notna()
    return frame if known.all() else frame[known]


def escape(text: str) -> str:
    """Plotly reads a little HTML in every text; text from the data is none."""
    return html.escape(text, quote=False)


def capital(text: str) -> str:
    """The text with a capital at its beginning; codes' labels have none, since they stand in sentences too."""
    return text[:1].upper() + text[1:]


def _packed(parts: Sequence[tuple[str, bool]], width: int) -> tuple[list[str], float]:
    """Parts in lines of `width` characters, beside one another as long as they fit, and what room the last line has.

    Each part is a text, and whether it is bold.
    """
    lines: list[str] = []
    room = 0.0
    for text, bold in parts:
        written = _bold if bold else escape
        wide = 1.12 if bold else 1.0  # bold letters are wider
        taken = cells(text) * wide + 2
        if text and lines and taken <= room:
            lines[-1] += ("\u2002" if bold else "\u2003") + written(text)
            room -= taken
        elif text:
            wrapped = wrap(text, int(width / wide))
            lines += map(written, wrapped)
            room = width - cells(wrapped[-1]) * wide
    return lines, room


def _bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"


def hover_text(lines: Sequence[str]) -> str:
    """Lines of plain text as hover text: wrapped, escaped, the first in bold."""
    first, *rest = ([escape(part) for part in wrap(line, NARROW)] for line in lines if line)
    return "<br>".join([*(f"<b>{part}</b>" for part in first), *(part for line in rest for part in line)])


def bounds(row: Row) -> tuple[float | None, float | None]:
    """A row's `lower` and `upper`, None where it has no such bound."""

    def end(bound: Any) -> float | None:
        return None if wording.missing(bound) else float(bound)

    return end(row.get("lower")), end(row.get("upper"))


def is_open(row: Row) -> bool:
    """Whether a row says that its value may be larger without a limit of its own."""
    return row.get("qualifier") in ("over", "at_least") or ("upper" in row and wording.missing(row["upper"]))


def one_unit(rows: Sequence[Row], chart: str) -> None:
    """Refuse rows that cannot share one length: several units, ranks, or values below 0."""
    units = list(dict.fromkeys(str(row["unit"]) for row in rows))
    if len(units) > 1 or units == ["rank"]:
        raise JiaokouError(
            f"charts.{chart} draws lengths of one unit, not {', '.join(units)}: select rows of one unit"
        )
    if any(float(row["value"]) < 0 for row in rows):
        raise JiaokouError(f"charts.{chart} draws lengths, and a value is below 0: use charts.intervals")


def reach(rows: Sequence[Row]) -> float:
    """The largest value or upper bound of rows."""
    return max(max(float(row["value"]), bounds(row)[1] or 0) for row in rows) or 1.0


def groups(canvas: Canvas, frame: pd.DataFrame, by: str, chart: str) -> list[tuple[str, list[Row]]]:
    """The rows of each value of the column `by` with its label, in the order of `sorted_by`."""
    known = lists(canvas.package)
    named = [column for column in frame.columns if _LISTS.get(column, column) in known]
    if by not in named:
        raise JiaokouError(f"charts.{chart} cannot group by {by!r}: use one of {', '.join(named)}")

    def label(code: str) -> str:
        named = wording.code(canvas.package, _LISTS.get(by, by), code, canvas.lang) if code else ""
        return capital(named or canvas.say("not_named"))

    return [(label(code), rows) for code, rows in sorted_by(canvas, frame, by).items()]


def sorted_by(canvas: Canvas, frame: pd.DataFrame, by: str) -> dict[str, list[Row]]:
    """The rows by the code in the column `by`: categories in their order, others as they appear, those of none last."""
    found: dict[str, list[Row]] = {}
    for row in canvas.rows:
        found.setdefault("" if wording.missing(row[by]) else str(row[by]), []).append(row)
    dtype = frame[by].dtype
    order = map(str, dtype.categories) if isinstance(dtype, pd.CategoricalDtype) else found
    return {code: found[code] for code in dict.fromkeys([*order, ""]) if code in found}
