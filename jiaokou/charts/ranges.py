"""Charts of bounds and of growth."""

import math
from collections.abc import Iterable, Sequence

import pandas as pd
import plotly.graph_objects as go

from jiaokou import wording
from jiaokou.analysis.derive import required_growth
from jiaokou.charts.canvas import BAR, GAP, LINE, Canvas, bounds, escape, hover_text, measured
from jiaokou.charts.style import BLUE, GREY, TRACK, Style
from jiaokou.errors import JiaokouError
from jiaokou.wording import Named, Row
from jiaokou.wording.labels import cells, periods
from jiaokou.wording.languages import check_frame

Range = tuple[float | None, float | None]
_SEEN = 0.006  # part of the width under which a band would not be seen
_PANEL = 44  # pixels that a line of `paths` rises at most


def intervals(
    rows: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "", package: Named = None
) -> go.Figure:
    """Bounds as ranges, and the value as a dot.

    Rows of one unit share its scale; rows of several are drawn relative to their value, which then may not be 0. An
    open end runs to the edge. Raises JiaokouError for no rows.
    """
    check_frame(rows, "charts.intervals", "value", "lower", "upper", "unit")
    canvas = Canvas(measured(rows, "intervals"), lang, package, "intervals")
    relative = len({row["unit"] for row in canvas.rows}) > 1
    if relative and not all(row["value"] for row in canvas.rows):
        raise JiaokouError(
            "charts.intervals draws rows of several units relative to their values, of which one is 0: select rows of "
            "one unit"
        )
    bases = [float(row["value"]) / 100 if relative else 1.0 for row in canvas.rows]
    ranges = [[_over(bounds(row), base)] for row, base in zip(canvas.rows, bases, strict=True)]
    unit = "percent" if relative else str(canvas.rows[0]["unit"])
    edges = scale([range_ for row in ranges for range_ in row], unit)
    said, heights = [], []
    for row, found, base in zip(canvas.rows, ranges, bases, strict=True):
        said.append((canvas.name(row), _bounded(canvas, row)))
        canvas.label(*said[-1])
        hover = hover_text(said[-1])
        canvas.bar(0, 1, TRACK, hover, 2)
        draw(canvas, found, edges, BLUE, hover, float(row["value"]) / base)
        heights.append(canvas.top + BAR / 2)
        canvas.next()
    canvas.ticks(_ticks(canvas, *edges, unit), heights)
    described = canvas.say("intervals", n=len(said), items=canvas.items(said))
    return canvas.finish(title, source, [described, canvas.say("relative") if relative else ""], said)


def _over(range_: Range, base: float) -> Range:
    low, high = (None if end is None else end / base for end in range_)
    return low, high


def _bounded(canvas: Canvas, row: Row) -> str:
    """A value, and its bounds if they say more: `78.7%（78.25%–79.15%）`."""
    value = canvas.quantity(row)
    low, high = bounds(row)
    text = wording.interval(low, high, str(row["unit"]), canvas.lang, canvas.package, row)
    said_already = low is None or high is None or text == value
    return value if said_already else canvas.say("in_brackets", text=value, more=text)


def scale(ranges: Iterable[Range], unit: str = "") -> tuple[float, float]:
    """Left and right edge: the finite ends of ranges with room at both sides; 0 to 100 for wide percentages."""
    ends = [end for range_ in ranges for end in range_ if end is not None and math.isfinite(end)] or [0.0]
    low, high = min(ends), max(ends)
    if unit == "percent" and low >= 0 and high <= 100 and high - low > 40:
        return 0.0, 100.0
    room = (high - low) * 0.15 or abs(low) * 0.1 or 1.0
    return low - room, high + room


def _ticks(canvas: Canvas, left: float, right: float, unit: str) -> dict[float, str]:
    """Places and texts of some round numbers on a scale: about four if they are short, else two or three."""
    longest = cells(wording.amount(round(right), unit, canvas.lang, canvas.package))
    rough = (right - left) / (4 if longest <= 5 else 2.5)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough)
    numbers = [round(step * n, 12) for n in range(math.ceil(left / step), math.floor(right / step) + 1)]
    return {
        (n - left) / (right - left): wording.amount(n, unit, canvas.lang, canvas.package) for n in numbers
    }


def draw(
    canvas: Canvas,
    ranges: Sequence[Range],
    edges: tuple[float, float],
    color: str,
    hover: str,
    value: float | None = None,
) -> None:
    """The last range as a thin band with a dot, the one before it as a wide pale band, or a tick if narrow."""
    left, right = edges

    def place(number: float) -> float:
        return (number - left) / (right - left)

    styles = [(TRACK, BAR), (Style(color, 0.55), 6)]
    for (low, high), (style, thickness) in zip(ranges, styles[-len(ranges) :], strict=True):
        if low is not None or high is not None:
            start, end = place(left if low is None else low), place(right if high is None else high)
            canvas.bar(start, end - start, style, hover, thickness)
            if end - start < _SEEN and style is TRACK:
                canvas.mark(start, "line-ns", GREY, hover, BAR + 4, edge=3)
    low, high = ranges[-1]
    if value is None and low is not None and high is not None:
        value = (low + high) / 2
    if value is not None:
        canvas.mark(place(value), "diamond", color, hover)


def paths(
    now: pd.DataFrame,
    lang: str = "zh",
    *,
    goals: Iterable[float],
    target_year: int,
    title: str = "",
    source: str = "",
    package: Named = None,
) -> go.Figure:
    """The constant yearly growth that leads from each value (at the end of its period) to its goal in `target_year`.

    `goals` are numbers in the unit of each row: those of a frame of targets, or what-ifs. Slopes compare: lines
    share one relative scale.
    Raises JiaokouError for no rows, ranks, unequal lengths, or where no growth can lead to the goal.
    """
    check_frame(now, "charts.paths", "value", "lower", "upper", "unit", "period_end")
    canvas = Canvas(now, lang, package, "paths")
    try:
        aims, last = [float(goal) for goal in goals], int(target_year)
    except (TypeError, ValueError):
        raise JiaokouError(
            "charts.paths takes goals, a number for each value, and target_year, a whole number"
        ) from None
    if "rank" in {row["unit"] for row in canvas.rows}:
        raise JiaokouError("charts.paths draws growth, and a rank does not grow: select rows of another unit")
    if len(aims) != len(canvas.rows):
        raise JiaokouError(
            f"charts.paths got {len(canvas.rows)} values and {len(aims)} goals: give one for each value"
        )
    needed = [
        required_growth(row, goal, last - _year(row)) for row, goal in zip(canvas.rows, aims, strict=True)
    ]
    ratios = [goal / float(row["value"]) for row, goal in zip(canvas.rows, aims, strict=True)]
    first, span, said = min(map(_year, canvas.rows)), max(1.0, *ratios) - min(1.0, *ratios), []
    for row, goal, (low, high) in zip(canvas.rows, aims, needed, strict=True):
        growth = canvas.say("per_year", growth=wording.interval(low, high, "percent", lang, canvas.package))
        canvas.label(canvas.name(row), growth)
        start, end = canvas.quantity(row), wording.amount(goal, str(row["unit"]), lang, canvas.package, row)
        said.append((canvas.name(row), canvas.say("path_item", start=start, end=end, growth=growth)))
        _path(canvas, row, goal, (first, last), (start, end), span)
    described = canvas.say("paths", n=len(said), last=str(last), items=canvas.items(said))
    parts = [described, canvas.say("one_scale"), periods(canvas.rows, lang)]
    return canvas.finish(title, source, parts, said)


def _year(row: Row) -> int:
    return int(pd.Timestamp(row["period_end"]).year)


def _path(
    canvas: Canvas,
    row: Row,
    goal: float,
    years: tuple[int, int],
    texts: tuple[str, str],
    span: float,
) -> None:
    """A line through one dot a year, with the start's and the goal's value below it.

    Heights are ratios to the start on one scale for all rows, so that slopes compare.
    """
    value, start = float(row["value"]), _year(row)
    steps = range(start, years[1] + 1)
    ratios = [(goal / value) ** ((year - start) / (years[1] - start)) for year in steps]
    x = [0.02 + 0.96 * (year - years[0]) / (years[1] - years[0]) for year in steps]
    pixels = _PANEL / (span or 1.0)
    y = [canvas.top + 8 + (max(ratios) - ratio) * pixels for ratio in ratios]
    hover = []
    for year, ratio in zip(steps, ratios, strict=True):
        then = canvas.quantity(
            {"value": value * ratio, "unit": row["unit"], "indicator": row.get("indicator")}
        )
        hover.append(hover_text([canvas.name(row), canvas.say("year", year=str(year)), then]))
    canvas.line(x, y, BLUE, hover)
    canvas.top = max(y) + 8
    ends = zip((start, years[1]), texts, (x[0] - 0.02, 1.0), ("right", "left"), strict=True)
    for year, text, at, side in ends:
        canvas.text(f"{canvas.say('year', year=str(year))}\u2002<b>{escape(text)}</b>", at, side)
    canvas.top += LINE + GAP
