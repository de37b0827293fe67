"""A figure filled row by row from the top.

Labels stand above their bars and carry the value, so that a chart says the same at 320 pixels as at 1280. The y axis
is in pixels, counted downwards: a row takes the height it needs, and a figure the sum of its rows. How labels are
wrapped on a narrow screen, and what moves down for that, goes along in the figure's `meta`.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from jiaokou import wording
from jiaokou.charts.style import LAYOUT, TRACES, Style, style_of, themed
from jiaokou.data.descriptor import Json
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

Range = tuple[float | None, float | None]
"""Lower and upper bound, None where there is none."""


class Canvas:
    """What the rows of a chart are drawn on; `top` is the height in pixels that it is filled to.

    `columns` are those that the frame must have; where one is the value, rows without a value are left out.
    """

    def __init__(self, chart: str, frame: pd.DataFrame, lang: str, package: Named, *columns: str) -> None:
        check_frame(frame, f"charts.{chart}", *columns)
        if "value" in columns:
            frame = frame.dropna(subset="value")
            check_frame(frame, f"charts.{chart}")
        self.chart, self.frame, self.rows = chart, frame, wording.rows(frame)
        self.lang, self.package = wording.check_language(lang), vocabulary(package, frame)
        # Words and numbers, in the chart's language and of its package.
        self.say = partial(phrase, lang=self.lang)
        self.code = partial(wording.code, self.package, lang=self.lang)
        self.name = partial(wording.label, lang=self.lang, package=self.package)
        self.quantity = partial(wording.quantity, lang=self.lang, package=self.package)
        self.arithmetic = partial(wording.arithmetic, lang=self.lang, package=self.package)
        self.because = partial(wording.because, lang=self.lang, package=self.package)
        self.top = 0.0
        self._table: list[list[str]] = []
        # Plotly takes long to add to a figure, and little to make one: everything is kept until the end.
        self._traces: dict[str, dict[str, tuple[Json, list[Json]]]] = {kind: {} for kind in TRACES}
        self._narrow: dict[int, str] = {}
        self._lower: list[tuple[float, int]] = []

    def hover(self, row: Row, *more: str) -> str:
        """What hovering over a row shows: label, `more`, quantity, printed form, period and paragraph."""
        label, *rest = details(row, self.lang, self.package)
        return hover_text(label, *more, *rest)

    def items(self, pairs: Iterable[Sequence[str]] = ()) -> str:
        """Labels and values as one line of a description: `pairs`, or the table's."""
        texts = [self.say("item", label=label, text=text) for label, text, *_ in pairs or self._table]
        return listing(texts, self.lang)

    # -- rows

    def groups(self, by: str) -> list[tuple[str, list[Row]]]:
        """The rows of each value of the column `by` with its label, in the order of `by_code`."""
        known = lists(self.package)
        columns = [column for column in self.frame.columns if _LISTS.get(column, column) in known]
        if by not in columns:
            raise JiaokouError(f"charts.{self.chart} cannot group by {by!r}: use one of {', '.join(columns)}")
        return [
            (capital(self.code(_LISTS.get(by, by), code) if code else self.say("not_named")), rows)
            for code, rows in self.by_code(by).items()
        ]

    def by_code(self, by: str) -> dict[str, list[Row]]:
        """The rows by the code in the column `by`: categories in their order, others as they appear, "" last."""
        found: dict[str, list[Row]] = {}
        for row in self.rows:
            found.setdefault("" if wording.missing(row[by]) else str(row[by]), []).append(row)
        order = map(str, getattr(self.frame[by].dtype, "categories", found))
        return {code: found[code] for code in dict.fromkeys([*order, ""]) if code in found}

    def check_lengths(self, rows: Sequence[Row]) -> None:
        """Refuse rows that cannot share one length: several units, ranks, or values below 0."""
        units = list(dict.fromkeys(str(row["unit"]) for row in rows))
        if len(units) > 1 or units == ["rank"]:
            raise JiaokouError(
                f"charts.{self.chart} draws lengths of one unit, not {', '.join(units)}: select rows of one unit"
            )
        if any(row["value"] < 0 for row in rows):
            raise JiaokouError(f"charts.{self.chart} draws lengths, and a value is below 0: use charts.intervals")

    # -- texts

    def label(self, label: str, value: str, said: Sequence[str] = (), row: Row | None = None) -> None:
        """A row's label, with its value in bold after it; moves on below.

        The table says the same, or the label and the value `said`, with the printed form and paragraph of `row`.
        """
        printed = [] if row is None or "printed" not in row else [str(row["printed"]), str(row["paragraph"])]
        self._table.append([*(said or (label, value)), *printed])
        self._pack([(label, False), (value, True)])

    def note(self, *texts: str, bold: bool = False, size: int = 12) -> None:
        """Texts side by side if they fit, below a label or above a group of rows; moves on below."""
        self._pack([(text, bold) for text in texts], size)

    def text(self, text: str, x: float = 0, side: str = "right", size: int = 12) -> int:
        """Escaped text on one `side` of `x` or at its "center"; gives its place among the texts, does not move on."""
        at = {"x": x, "y": self.top + _ABOVE_TEXT, "textposition": f"bottom {side}"}
        return self._add("text", {}, text=themed(text), textfont_size=size, **at)

    def _pack(self, parts: Sequence[tuple[str, bool]], size: int = 13) -> None:
        """Parts in lines for a wide screen, and what is different on a narrow one; moves on below."""
        lines, narrow = _packed(parts, WIDE), _packed(parts, NARROW)
        place = self.text("<br>".join(lines), size=size)
        if narrow != lines:
            self._narrow[place] = themed("<br>".join(narrow))
        self.top += LINE * len(lines) + 2
        if len(narrow) > len(lines):
            self._lower.append((self.top, LINE * (len(narrow) - len(lines))))

    # -- marks

    def _add(self, kind: str, look: Json, **point: Any) -> int:
        """Keep a point, at the height of a bar if none is given, for the trace of its kind and look.

        Gives its place in the trace. A browser draws one trace in a fraction of the time that one for each point takes.
        """
        _, points = self._traces[kind].setdefault(str(look), (look, []))
        points.append({"y": self.top + BAR / 2} | point)
        return len(points) - 1

    def bar(self, start: float, length: float, style: Style, hover: str, thickness: int = BAR) -> None:
        """A bar at the present height; does not move on."""
        self._add("bar", {"marker": style.marker}, base=start, x=length, width=thickness, hovertext=hover)

    def tiles(self, tiles: Iterable[tuple[Style, str]], in_line: int, width: float, size: int = BAR) -> None:
        """Tiles of a style and a hover text each, one unit apart, so many in a line; moves on below."""
        for i, (style, hover) in enumerate(tiles):
            self.top += size + 3 if i and i % in_line == 0 else 0
            self.bar(i % in_line, width, style, hover, size)
        self.top += size - BAR
        self.next()

    def mark(self, kind: str, x: float, color: str, hover: str) -> None:
        """A "limit", an "arrow" or a "dot" at the present height; does not move on."""
        self._add(kind, {"marker_color": color, "marker_line_color": color}, x=x, hovertext=hover)

    def line(self, x: list[float], y: list[float], hover: list[str]) -> None:
        """A line with a dot at each point, in pixels from the top; does not move on."""
        self._traces["line"][str(y)] = {"x": x, "y": y, "hovertext": hover}, [{}]

    def value_bar(self, row: Row, full: float, scale: float = 1) -> None:
        """A bar for a row's value; whiskers where its bounds can be seen, an arrow where there is no upper one."""
        style, hover = style_of("basis", row.get("basis")), self.hover(row)
        value, (low, high) = float(row["value"]), bounds(row)
        self.bar(0, value * scale, style, hover)
        if is_open(row):
            self.mark("arrow", value * scale, style.color, hover)
        elif low is not None and high is not None and high - low > 0.015 * full:
            ends = {"error_x_array": (high - value) * scale, "error_x_arrayminus": (value - low) * scale}
            self._add("whiskers", {}, x=value * scale, hovertext=hover, **ends)
        self.next()

    def next(self) -> None:
        """Move on below a bar."""
        self.top += BAR + GAP

    def ticks(self, ticks: Mapping[float, str], heights: Sequence[float]) -> None:
        """Numbers below the rows, those at the edges kept inside, and a small mark for each at the rows' `heights`."""
        for x, text in ticks.items():
            for y in heights:
                self._add("tick", {}, x=x, y=y)
            half = cells(text) / 2 / (NARROW + 3)
            self.text(escape(text), x, "right" if x < half else "left" if x > 1 - half else "center")
        self.top += LINE

    # -- the figure

    def finish(self, key: str, title: str, source: str, *more: str, right: float = 1, **said: object) -> go.Figure:
        """The figure, its x axis from 0 to `right`; described by the phrase `key`, filled, and `more` sentences."""
        described = phrase(key, self.lang, **{"n": len(self.rows), "items": self.items(), **said})
        title = str(title or wording.heading(self.frame, self.lang, self.package))
        source = str(source or wording.source(self.frame, self.lang, self.package))
        heading = [escape(line) for line in wrap(title, _TITLE_WIDTH)]
        head = [self.say(column) for column in ("row", "value", "printed", "paragraph")]
        height = round(self.top) + 4
        layout = LAYOUT | {
            "height": height + _TITLE_LINE * len(heading) + 16,
            "title_text": themed("<br>".join(heading)),
            "xaxis_range": [0, right],
            "yaxis_range": [self.top, 0],
            "meta": {
                "title": title,
                "description": self.say("between_sentences").join(filter(None, [described, *more])),
                "source": source,
                "table": [head[: len(self._table[0])], *self._table],
                "height": height,
                "narrow": {"texts": self._narrow, "lower": self._lower},
            },
        }
        traces = [
            TRACES[kind] | look | {name: [point[name] for point in points] for name in points[0]}
            for kind, looks in self._traces.items()
            for look, points in looks.values()
        ]
        return go.Figure(traces, layout)


escape = partial(html.escape, quote=False)
"""Plotly reads a little HTML in every text; text from the data is none."""


def capital(text: str) -> str:
    """The text with a capital at its beginning; codes' labels have none, since they stand in sentences too."""
    return text[:1].upper() + text[1:]


def _packed(parts: Sequence[tuple[str, bool]], width: int) -> list[str]:
    """Parts, each a text and whether it is bold, in lines of `width` characters: side by side as long as they fit."""
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
    return lines


def _bold(text: str) -> str:
    return f"<b>{escape(text)}</b>"


def labelled(label: str, value: str) -> str:
    """A label and its value in bold, escaped."""
    return f"{escape(label)}\u2002{_bold(value)}"


def hover_text(*lines: str) -> str:
    """Lines of plain text as hover text: wrapped, escaped, the first in bold."""
    first, *rest = (wrap(line, NARROW) for line in lines if line)
    return "<br>".join([*map(_bold, first), *(escape(part) for line in rest for part in line)])


def bounds(row: Row, base: float = 1, side: str = "") -> Range:
    """A row's `lower` and `upper`, or those of the `side` ("found_" …) of a relation, as multiples of `base`."""
    ends: Iterable[Any] = (row.get(f"{side}{end}") for end in ("lower", "upper"))
    low, high = (None if wording.missing(end) else float(end) / base for end in ends)
    return low, high


def is_open(row: Row) -> bool:
    """Whether a row says that its value may be larger without a limit of its own."""
    return row.get("qualifier") in ("over", "at_least") or ("upper" in row and wording.missing(row["upper"]))


def reach(rows: Sequence[Row]) -> float:
    """The largest value or upper bound of rows."""
    return max(max(float(row["value"]), bounds(row)[1] or 0) for row in rows) or 1.0
